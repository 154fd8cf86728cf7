"""Tables of a report: ruled, with a caption, going on over pages with their head. Drawn at one stroke, for speed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from reportlab.lib.colors import Color
from reportlab.platypus import Flowable

from registry.documents import fonts
from registry.documents.setting import Line, Style, cell, evenly, put

HAIR, SHADE = Color(0.25, 0.26, 0.26), Color(0.925, 0.93, 0.925)
GAP = 8.0
"""The room above and below a table, in points."""
SMALLER = (1.0, 0.95, 0.9, 0.86, 0.81)
"""A table too wide for its page is set smaller, down to this, before a figure or a name in it is broken."""
NUMBER, WORD = 14.0, re.compile("[!-~]+")
"""Ems that a number or a word without Chinese signs takes on one line; a longer one is torn."""
WHOLE, HEAD_LINE, HEAD_LINES = 4.0, 3, 3
"""Ems of a head's name that stays on one line; signs in a line of a longer one, and lines it may take."""
TALLEST = 30
"""The most lines of a row; a taller one goes on as another row, so that every row fits a page."""


@dataclass(frozen=True, slots=True)
class Look:
    """The styles of a table, and the room within it in points."""

    caption: Style
    unit: Style
    head: Style
    text: Style
    number: Style
    total: Style
    note: Style
    first: Style | None = None
    """That of the first column, where it has one of its own."""
    sides: float = 3.5
    ends: float = 3.0
    """Between the words and the rules."""
    name: float = 9.0
    """Ems: what is longer than this is no name but words, and may take more lines."""
    before: float = GAP
    after: float = GAP

    def column(self, n: int, *, figures: bool) -> Style:
        """The style of a column."""
        if n == 0 and self.first:
            return self.first
        return self.number if figures else self.text

    def smaller(self, by: float) -> "Look":
        """The same with the cells that much smaller."""
        set_in = {key: getattr(self, key) for key in ("head", "text", "number", "total", "first") if getattr(self, key)}
        return replace(self, **{k: replace(s, size=s.size * by, leading=s.leading * by) for k, s in set_in.items()})


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is drawn: the lines of each cell and the height in points."""

    cells: tuple[list[Line], ...]
    height: float
    total: bool = False


class Ruled(Flowable):  # type: ignore[misc]
    """A table of plain strings.

    `table`: caption, continued (the caption of later pages), unit, head, widths (shares), right (columns of figures),
    rows, total, note. Without a head its first column is shaded.
    """

    def __init__(
        self, table: Mapping[str, Any], look: Look, rows: Sequence[Row] = (), *, goes_on: bool = False
    ) -> None:
        super().__init__()
        self.table, self.look, self.goes_on = table, look, goes_on
        self.widths: list[float] = []
        self.rows = list(rows)
        self.laid_out = bool(rows)
        self.is_last = True

    def getSpaceBefore(self) -> float:
        return 0.0 if self.goes_on else self.look.before

    def getSpaceAfter(self) -> float:
        return self.look.after

    def wrap(self, available: float, _height: float) -> tuple[float, float]:
        if not self.laid_out:
            self._lay_out(available)
        self.width = available
        self.height = self._above(available) + sum(row.height for row in self.rows) + self._below()
        return self.width, self.height

    def _lay_out(self, available: float) -> None:
        table, look = self.table, self.look
        self.look, self.widths = fitted(table, look, available)
        look, right = self.look, set(table["right"])
        styles = [look.column(n, figures=n in right) for n in range(len(self.widths))]
        self.rows = [row for values in table["rows"] for row in _rows(values, styles, self.widths, look)]
        if table["total"]:
            self.rows += _rows(table["total"], [look.total] * len(self.widths), self.widths, look, total=True)
        self.laid_out = True

    def _above(self, available: float) -> float:
        """Caption and unit, then the head; measured once for each width."""
        look, table = self.look, self.table
        named = table["continued"] if self.goes_on else table["caption"]
        self.caption = cell(named, look.caption, available) if named else []
        self.titled = len(self.caption) * look.caption.leading + (look.unit.leading if table["unit"] else 0.0)
        named_in = zip(table["head"], self.widths, strict=False)
        names = [_named(text, look.head, width - 2 * look.sides) for text, width in named_in]
        self.head = Row(tuple(names), max(map(len, names)) * look.head.leading + 2 * look.ends) if names else None
        return float(self.titled + (self.head.height if self.head else 0.0))

    def _below(self) -> float:
        self.note = cell(self.table["note"], self.look.note, self.width) if self.table["note"] and self.is_last else []
        return len(self.note) * self.look.note.leading + (self.look.ends if self.note else 0.0)

    def split(self, available: float, height: float) -> list[Flowable]:
        self.width = available
        if not self.laid_out:
            self._lay_out(available)
        room, n = height - self._above(available), 0
        while n < len(self.rows) and self.rows[n].height <= room:
            room -= self.rows[n].height
            n += 1
        # No total alone on the next page, and no note.
        n = min(n, len(self.rows) - 1 - bool(self.table["total"]))
        if n < 1:
            return []
        first = Ruled(self.table, self.look, self.rows[:n], goes_on=self.goes_on)
        first.is_last = False
        rest = Ruled(self.table, self.look, self.rows[n:], goes_on=True)
        first.widths = rest.widths = self.widths
        return [first, rest]

    def draw(self) -> None:
        canvas, look, top = self.canv, self.look, self.height
        edges = [0.0, *accumulate(self.widths)]
        words = canvas.beginText()
        words.setFillColor(look.text.colour)
        y = top
        for line in self.caption:
            put(words, line, look.caption, 0, y - look.caption.leading * 0.72, self.width)
            y -= look.caption.leading
        if self.table["unit"]:
            (unit,) = cell(self.table["unit"], look.unit, self.width)[:1]
            put(words, unit, look.unit, 0, y - look.unit.leading * 0.72, self.width)
            y -= look.unit.leading
        ruled, rules = y, []
        canvas.setFillColor(SHADE)
        if self.head:
            canvas.rect(0, y - self.head.height, self.width, self.head.height, stroke=0, fill=1)
        else:
            canvas.rect(0, 0, edges[1], y, stroke=0, fill=1)
        right = set(self.table["right"])
        for row in (self.head, *self.rows) if self.head else self.rows:
            rules.append((0, y, self.width, y))
            for n, lines in enumerate(row.cells):
                usual = look.column(n, figures=n in right)
                style = look.head if row is self.head else usual
                if row.total:
                    style = replace(look.total, align=usual.align)
                foot = y - (row.height - len(lines) * style.leading) / 2 - style.leading * 0.5 - style.size * 0.36
                for line in lines:
                    put(words, line, style, edges[n] + look.sides, foot, self.widths[n] - 2 * look.sides)
                    foot -= style.leading
            y -= row.height
        rules.append((0, y, self.width, y))
        rules += [(x, ruled, x, y) for x in edges]
        canvas.setStrokeColor(HAIR)
        canvas.setLineWidth(0.5)
        canvas.lines(rules)
        y -= look.ends
        for line in self.note:
            put(words, line, look.note, 0, y - look.note.leading * 0.72, self.width)
            y -= look.note.leading
        canvas.drawText(words)


def fitted(table: Mapping[str, Any], look: Look, available: float) -> tuple[Look, list[float]]:
    """The look, no smaller than needed, and widths in which no figure and no name is broken.

    The widths are those of the table's shares; a column that needs more takes it from those with room to spare.
    """
    shares = table["widths"]
    asked = [available * share / sum(shares) for share in shares]
    columns = list(zip(*(row[: len(shares)] for row in table["rows"]), strict=True)) or [()] * len(shares)
    right = set(table["right"])
    for by in SMALLER:
        set_in = look.smaller(by)
        least = [_least(table, set_in, n, texts, figures=n in right) for n, texts in enumerate(columns)]
        spare = [max(width - needed, 0.0) for width, needed in zip(asked, least, strict=True)]
        lacking = sum(max(needed - width, 0.0) for width, needed in zip(asked, least, strict=True))
        if lacking <= sum(spare):
            kept = 1 - lacking / (sum(spare) or 1.0)
            return set_in, [needed + room * kept for needed, room in zip(least, spare, strict=True)]
    return set_in, [available * width / sum(least) for width in least]


def _least(table: Mapping[str, Any], look: Look, n: int, texts: Sequence[str], *, figures: bool) -> float:
    """What a column needs: its longest figure or name, and its head over some lines, with the room at its sides."""
    style = look.column(n, figures=figures)
    widest = _ems(style, max(texts, key=len, default="")) * style.size
    needs = [widest if figures else min(widest, look.name * style.size)]
    if not figures and (words := WORD.findall(" ".join(texts))):
        needs.append(min(_ems(style, max(words, key=len)), NUMBER) * style.size)
    if table["total"]:
        needs.append(_ems(look.total, table["total"][n]) * look.total.size)
    if table["head"]:
        name, unit = _parts(table["head"][n])
        ems = _ems(look.head, name)
        needs.append((ems if ems <= WHOLE else max(ems / HEAD_LINES, HEAD_LINE)) * look.head.size)
        needs.append(_ems(look.head, unit) * look.head.size)
    return max(needs) + 2 * look.sides + ROUNDING


ROUNDING = 0.1
UNIT = re.compile(r"[（(][^（(]*[）)]$")
"""The unit at the end of a head, which stays on one line."""


def _parts(head: str) -> tuple[str, str]:
    """The name and the unit of a head."""
    unit = UNIT.search(head)
    return (head[: unit.start()], unit[0]) if unit else (head, "")


def _named(head: str, style: Style, width: float) -> list[Line]:
    """The lines of a head: on one where it fits, else its name and under that its unit."""
    lines = cell(head, style, width)
    if len(lines) == 1:
        return lines
    name, unit = _parts(head)
    # Chinese words have two or three signs: 生物量/扩展/因子, where four to a line would tear them.
    most = max(HEAD_LINE, -(-len(name) // HEAD_LINES))
    return evenly(name, style, width, most=most) + (cell(unit, style, width) if unit else [])


def _ems(style: Style, text: str) -> float:
    ems = fonts.ems(style.font, text)
    return float(len(text) if ems is None else ems)


def _rows(
    values: Sequence[str], styles: Sequence[Style], widths: Sequence[float], look: Look, *, total: bool = False
) -> list[Row]:
    """A row, or several where one would be too tall."""
    cells = [cell(text, s, w - 2 * look.sides) for text, s, w in zip(values, styles, widths, strict=True)]
    most, leading = max(map(len, cells)), max(s.leading for s in styles)
    if most == 1:
        return [Row(tuple(cells), leading + 2 * look.ends, total)]
    pieces = []
    for n in range(0, most, TALLEST):
        part = tuple(lines[n : n + TALLEST] for lines in cells)
        pieces.append(Row(part, max(map(len, part)) * leading + 2 * look.ends, total))
    return pieces
