"""Chinese text on a page: where lines may break, how they are filled, and nothing read as markup.

reportlab's Paragraph reads its text as XML (an `<img>` in a name would be fetched) and knows few of the rules
of Chinese lines. `Text` draws its signs as they are. No other file sets words.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from reportlab.lib.colors import Color
from reportlab.platypus import Flowable

from registry.documents import fonts

NO_START = frozenset("，。、；：？！,.;:?!%％‰°℃）〕】》〉」』”’)]}…—·～")
"""Signs that begin no line."""
NO_END = frozenset("（〔【《〈「『“‘([{￥¥$")
"""Signs that end no line."""
JOINTS = frozenset("-/_")
"""Where a number longer than its line is torn."""
WIDE = 0x2E80
"""From here on a line may break between any two signs; below, words and figures stay whole."""
LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
LOWERED_SIZE, LOWERED_BY = 0.64, 0.14
LOOSE = 0.22
"""The most a line is stretched, per sign, as a share of the size; a looser one is left ragged."""

INK = Color(0.09, 0.1, 0.1)


@dataclass(frozen=True, slots=True)
class Style:
    """How a piece of text is set; lengths in points. `indent` is that of the first line."""

    font: str = fonts.SONG
    size: float = 15.0
    leading: float = 26.0
    indent: float = 0.0
    align: str = "justify"
    before: float = 0.0
    after: float = 0.0
    left: float = 0.0
    right: float = 0.0
    keep: bool = False
    colour: Any = field(default=INK)
    tracking: float = 0.0
    """Points added after each sign; negative to fit the 28 signs of an official line."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign as it is drawn: what, how large, how far below the line."""

    text: str
    font: str
    size: float
    rise: float
    tracking: float = 0.0

    @property
    def width(self) -> float:
        return fonts.width(self.font, self.text) * self.size + self.tracking


def signs(text: str, style: Style) -> list[Sign]:
    """The signs of a text: lowered figures (CO₂) drawn small, what the font lacks in the usual one or as a mark."""
    found = []
    for sign in _plain(text):
        if sign in "₀₁₂₃₄₅₆₇₈₉":
            low, size = sign.translate(LOWERED), style.size * LOWERED_SIZE
            found.append(Sign(low, style.font, size, -style.size * LOWERED_BY, style.tracking))
        else:
            font = style.font if fonts.has(style.font, sign) else fonts.SONG
            drawn = sign if fonts.has(font, sign) else fonts.MISSING
            found.append(Sign(drawn, font, style.size, 0.0, style.tracking))
    return found


def _plain(text: str) -> Iterator[str]:
    """Without control and direction signs; any run of white space is one space, a no-break space is kept."""
    space = False
    for sign in unicodedata.normalize("NFC", text).strip():
        if sign != "\u00a0" and (sign.isspace() or unicodedata.category(sign) in ("Cc", "Cf")):
            space = space or sign.isspace()
            continue
        if space:
            yield " "
        space = False
        yield sign


def may_break(before: str, after: str) -> bool:
    """Whether a line may end between two signs."""
    if not _stands(before, after) or after == " " or "\u00a0" in (before, after):
        return False
    return before == " " or ord(before) >= WIDE or ord(after) >= WIDE


def _stands(before: str, after: str) -> bool:
    return after not in NO_START and before not in NO_END


def lines_of(row: Sequence[Sign], first: float, rest: float) -> list[list[Sign]]:
    """The signs parted into lines no wider than `first`, then `rest`; a word longer than a line is cut."""
    lines: list[list[Sign]] = []
    start, used, n = 0, 0.0, 0
    while n < len(row):
        used += row[n].width
        if used > (rest if lines else first) + 0.01 and n > start:
            places = range(n, start, -1)
            cut = next((k for k in places if may_break(row[k - 1].text, row[k].text)), 0)
            # One word fills the line: a number is torn after its hyphen, else anywhere, but so that no closing mark
            # begins the next line.
            cut = cut or next(
                (k for k in places if row[k - 1].text in JOINTS and _stands(row[k - 1].text, row[k].text)), 0
            )
            cut = cut or next((k for k in places if _stands(row[k - 1].text, row[k].text)), n)
            lines.append(_trimmed(row[start:cut]))
            start, used, n = cut, 0.0, cut
            continue
        n += 1
    return [*lines, _trimmed(row[start:])]


def _trimmed(line: Sequence[Sign]) -> list[Sign]:
    end = len(line)
    while end and line[end - 1].text == " ":
        end -= 1
    return list(line[:end])


@dataclass(frozen=True, slots=True)
class Line:
    """One line of words and its width in points; `row` only where signs must be drawn one by one."""

    words: str
    width: float
    row: tuple[Sign, ...] = ()

    @property
    def count(self) -> int:
        """How many signs it has."""
        return len(self.row or self.words)


def cell(text: str, style: Style, width: float, indent: float = 0.0) -> list[Line]:
    """The lines of a text. Most hold a figure or a name that fits: those are measured and not taken apart."""
    ems = fonts.ems(style.font, text)
    if ems is not None:
        long = ems * style.size + len(text) * style.tracking
        if long <= width - indent:
            return [Line(text, long)] if text else []
    parts = lines_of(signs(text, style), width - indent, width)
    return [Line("", sum(s.width for s in part), tuple(part)) for part in parts]


class Text(Flowable):  # type: ignore[misc]
    """A paragraph of plain text."""

    def __init__(self, text: str, style: Style, lines: list[Line] | None = None) -> None:
        super().__init__()
        self.text, self.style, self.lines = text, style, lines or []
        self.parted, self.width = lines is not None, 0.0
        self.keepWithNext = style.keep

    def getSpaceBefore(self) -> float:
        return self.style.before

    def getSpaceAfter(self) -> float:
        return self.style.after

    def wrap(self, available: float, _height: float) -> tuple[float, float]:
        before, self.width = self.width, available - self.style.left - self.style.right
        if not self.parted and self.width != before:
            self.lines = cell(self.text, self.style, self.width, self.style.indent)
        self.height = len(self.lines) * self.style.leading
        return available, self.height

    def minWidth(self) -> float:
        return self.style.size

    def split(self, available: float, height: float) -> list["Text"]:
        self.wrap(available, height)
        lines, fit = self.lines, int(height / self.style.leading + 1e-9)
        fit = min(fit, len(lines) - 2) if fit == len(lines) - 1 else fit  # no single line alone on the next page
        if fit < min(2, len(lines)):
            return []
        if fit >= len(lines):
            return [self]
        head, tail = Text("", self.style, lines[:fit]), Text("", replace(self.style, indent=0.0), lines[fit:])
        head.to_be_continued = True
        return [head, tail]

    to_be_continued = False

    def draw(self) -> None:
        style, canvas = self.style, self.canv
        canvas.saveState()
        text = canvas.beginText()
        text.setFillColor(style.colour)
        y = self.height - style.leading / 2 - style.size * 0.36
        for n, line in enumerate(self.lines):
            indent = style.indent if n == 0 else 0.0
            room = self.width - indent
            is_last = n == len(self.lines) - 1 and not self.to_be_continued
            text.setCharSpace(style.tracking + (0.0 if is_last else self._stretch(line, room)))
            put(text, line, style, style.left + indent, y, room)
            y -= style.leading
        canvas.drawText(text)
        canvas.restoreState()

    def _stretch(self, line: Line, room: float) -> float:
        """What is added after each sign to fill a line."""
        gaps = max(line.count - 1, 1)
        extra = (room - line.width) / gaps
        return extra if self.style.align == "justify" and 0 < extra <= LOOSE * self.style.size else 0.0


def _runs(line: Sequence[Sign]) -> Iterator[list[Sign]]:
    """Neighbours that are drawn alike."""
    run: list[Sign] = []
    for sign in line:
        if run and (sign.font, sign.size, sign.rise) != (run[0].font, run[0].size, run[0].rise):
            yield run
            run = []
        run.append(sign)
    if run:
        yield run


def paragraph(text: str, style: Style) -> Text:
    """The one way words come onto a page; whatever they hold lands as text."""
    return Text(text, style)


# Words beside a table's rules or on a chart: placed by hand, many in one text object ----------------------


def evenly(text: str, style: Style, width: float, *, most: int = 99, longer_last: bool = False) -> list[Line]:
    """A name's lines: where it may break anywhere of about the same length (2 + 2 signs, not 3 + 1), at most `most`."""
    lines = cell(text, style, width)
    count = len(lines)
    if count == 1 or any(ord(sign) < WIDE or sign in NO_START or sign in NO_END for sign in text):
        return lines
    count = max(count, -(-len(text) // most))
    ends = [-(-len(text) * n // count) for n in range(count + 1)]
    if longer_last:
        ends = [len(text) - end for end in reversed(ends)]
    return [line for start, end in pairwise(ends) for line in cell(text[start:end], style, width)]


def put(to: Any, line: Line, style: Style, x: float, y: float, room: float = 0.0) -> None:
    """Draw a line into a text object with its foot at (x, y); `room` is the width it is aligned in."""
    match style.align:
        case "center":
            x += (room - line.width) / 2
        case "right":
            x += room - line.width
    to.setTextOrigin(x, y)
    if not line.row:
        to.setFont(style.font, style.size)
        to.textOut(line.words)
        return
    for run in _runs(line.row):
        to.setFont(run[0].font, run[0].size)
        to.setRise(run[0].rise)
        to.textOut("".join(s.text for s in run))
    to.setRise(0)


def write(canvas: Any, words: str, style: Style, x: float, y: float, room: float = 0.0) -> None:
    """One line of words on a canvas, as `put`."""
    to = canvas.beginText()
    to.setFillColor(style.colour)
    for line in cell(words, style, 1e6)[:1]:
        put(to, line, style, x, y, room)
    canvas.drawText(to)
