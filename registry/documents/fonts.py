"""The fonts papers are set in, from npm at set-up; embedded as subsets."""

from functools import cache
from pathlib import Path

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfbase.ttfonts import TTFont

FOLDER = Path(__file__).parent / "fonts"
SONG, SONG_BOLD, HEI = "Song", "SongBold", "Hei"
FILES = {
    SONG: "NotoSerifSC_400Regular.ttf",
    SONG_BOLD: "NotoSerifSC_700Bold.ttf",
    HEI: "NotoSansSC_500Medium.ttf",
}
MISSING = "\u3013"
"""What stands for a sign the fonts lack: the printers' mark for a sort that is not there."""


class FontsMissingError(RuntimeError):
    """The fonts are not there: set-up has not run."""


@cache
def register() -> None:
    """Make the fonts known, once; raises FontsMissingError."""
    # Otherwise every file names a Helvetica that it does not embed. Before the first canvas.
    rl_config.canvas_basefontname = SONG
    # Nothing in a paper is fetched; a second wall, since no text is read as markup here.
    rl_config.trustedSchemes, rl_config.trustedHosts = ["data"], []
    ttfonts.makeToUnicodeCMap = _to_unicode
    for name, file in FILES.items():
        path = FOLDER / file
        if not path.exists():
            raise FontsMissingError(f"{path} is missing: run `make setup`")
        pdfmetrics.registerFont(TTFont(name, str(path)))


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
