"""Photos from the field, kept without what the camera wrote beside the picture (place, time, device)."""

import io
import warnings
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

from registry import storage
from registry.storage import FileRefused, Problem, Stored

ACCEPT = ".jpg,.jpeg,.png"
FORMATS = {"JPEG": "jpg", "PNG": "png"}
QUALITY = 88


def keep(stream: IO[bytes], filename: str) -> tuple[Stored, str]:
    """Keep a photo without EXIF, turned upright; returns it with a clean name. Raises FileRefused."""
    raw = stream.read(storage.limit_bytes() + 1)
    if len(raw) > storage.limit_bytes():
        raise FileRefused(Problem.TOO_LARGE)
    if not raw:
        raise FileRefused(Problem.EMPTY)
    try:
        with warnings.catch_warnings():
            # Pillow only warns of a picture that is far larger unpacked than packed.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(raw), formats=tuple(FORMATS)) as picture:
                ending = FORMATS[picture.format or ""]
                upright = ImageOps.exif_transpose(picture)
                bare = Image.new(upright.mode, upright.size)
                if upright.palette:
                    bare.putpalette(upright.palette)
                bare.paste(upright)
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning, OSError) as error:
        raise FileRefused(Problem.TYPE) from error
    out = io.BytesIO()
    bare.save(out, "JPEG" if ending == "jpg" else "PNG", quality=QUALITY)
    out.seek(0)
    name = f"{storage.clean_name(filename).rpartition('.')[0] or 'photo'}.{ending}"
    return storage.put(out, name), name
