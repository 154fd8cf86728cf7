"""The fonts papers are set in, from npm at set-up; embedded as subsets."""

import unicodedata
from collections.abc import Mapping
from functools import cache
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfbase.ttfonts import TTFError, TTFont

FOLDER = Path(__file__).parent / "fonts"
SONG, SONG_BOLD, HEI = "Song", "SongBold", "Hei"
FILES = {
    SONG: "NotoSerifSC_400Regular.ttf",
    SONG_BOLD: "NotoSerifSC_700Bold.ttf",
    HEI: "NotoSansSC_500Medium.ttf",
}
FACES = {"fangsong": SONG, "xiaobiaosong": SONG_BOLD, "kaiti": SONG_BOLD, "heiti": HEI}
"""The faces of an official document, and what stands for each where the bureau has no licensed one."""
MISSING = "\u3013"
"""What stands for a sign the fonts lack: the printers' mark for a sort that is not there."""


class FontsMissingError(RuntimeError):
    """The fonts are not there: set-up has not run."""


@cache
def register() -> None:
    """Make the fonts known, once; raises FontsMissingError."""
    # Otherwise every file names a Helvetica that it does not embed. Before the first canvas.
    rl_config.canvas_basefontname = SONG
    # Streams as they are: as printable signs they are a quarter longer and take as long again.
    rl_config.useA85 = 0
    # Nothing in a paper is fetched; a second wall, since no text is read as markup here.
    rl_config.trustedSchemes, rl_config.trustedHosts = ["data"], []
    ttfonts.makeToUnicodeCMap = _to_unicode
    for name, file in FILES.items():
        path = FOLDER / file
        if not path.exists():
            raise FontsMissingError(f"{path} is missing: run `make setup`")
        _add(name, _Mapped(path))


def _add(name: str, file: Any) -> None:
    font = TTFont(name, file)
    _read_glyphs_alone(font.face)
    pdfmetrics.registerFont(font)


class _Mapped:
    """A font file that reportlab takes for an open one: 40 MB of which little is read need not lie in memory.

    The file must not be written over in place while it is in use: set-up puts a new one beside it (`Makefile`).
    """

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, str(path)

    def read(self) -> mmap:
        with self.path.open("rb") as file:
            return mmap(file.fileno(), 0, access=ACCESS_READ)


class _Glyphs:
    """The outlines of a font, of which only those asked for are read."""

    def __init__(self, file: bytes | mmap, start: int) -> None:
        self.file, self.start = file, start

    def __getitem__(self, part: slice) -> bytes:
        return self.file[self.start + part.start : self.start + part.stop]


def _read_glyphs_alone(face: Any) -> None:
    """For each subset reportlab would copy all outlines, 14 MB, which takes longer than anything else on a paper."""
    whole, glyphs = face.get_table, _Glyphs(face._ttf_data, face.get_table_pos("glyf")[0])
    face.get_table = lambda tag: glyphs if tag == "glyf" else whole(tag)


_reportlab_to_unicode = ttfonts.makeToUnicodeCMap


def _to_unicode(name: str, subset: list[int]) -> str:
    """What copying and searching read. reportlab writes signs beyond the first plane (rare names) wrongly."""
    cmap = str(_reportlab_to_unicode(name, subset))
    for place, sign in enumerate(subset):
        if sign > 0xFFFF:
            utf16 = chr(sign).encode("utf-16-be").hex().upper()
            cmap = cmap.replace(f"<{place:02X}> <{sign:04X}>", f"<{place:02X}> <{utf16}>")
    return cmap


@cache
def has(name: str, sign: str) -> bool:
    """Whether a font draws a sign."""
    return ord(sign) in pdfmetrics.getFont(name).face.charToGlyph


@cache
def width(name: str, sign: str) -> float:
    """The advance of a sign at size 1."""
    return float(pdfmetrics.stringWidth(sign, name, 1000)) / 1000


@cache
def ems(name: str, words: str) -> float | None:
    """The width of words at size 1; None where a sign needs more than being drawn as it stands."""
    advances = _advances(name)
    total = 0.0
    for sign in words:
        advance = advances.get(sign)
        if advance is None:
            advance = advances[sign] = _advance(name, sign)
        if advance < 0:
            return None
        total += advance
    return None if words != words.strip() or "  " in words else total


@cache
def _advances(_name: str) -> dict[str, float]:
    return {}


def _advance(name: str, sign: str) -> float:
    """The same for one sign, negative for None: lowered, invisible, joined to another, or not in the font."""
    special = sign in "₀₁₂₃₄₅₆₇₈₉" or unicodedata.combining(sign) or not (sign == " " or sign.isprintable())
    odd = special or unicodedata.normalize("NFC", sign) != sign
    return -1.0 if odd or not has(name, sign) else width(name, sign)


def faces(paths: Mapping[str, str]) -> dict[str, str]:
    """The font of each face: the file the operator gave for it, or what stands for it. Raises FaceError."""
    register()
    return {face: _given(paths[face]) if paths.get(face) else usual for face, usual in FACES.items()}


class FaceError(RuntimeError):
    """A font file that cannot be set and embedded; the message says why."""


@cache
def _given(path: str) -> str:
    if fault := fault_of(path):
        raise FaceError(f"{path}: {fault}")
    _add(path, path)
    return path


def fault_of(path: str) -> str:
    """Why a font file cannot be set and embedded; empty where it can."""
    try:
        TTFont("trial", path)
    except (TTFError, OSError, ValueError) as error:
        return str(error)
    return ""
