"""The blocks of a paper as they are drawn, one function each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from reportlab.lib.colors import Color
from reportlab.platypus import CondPageBreak, Flowable, PageBreak, Table, TableStyle

from registry.documents import fonts
from registry.documents.setting import INK, Style, Text, paragraph, parted

Block = Mapping[str, Any]

HAIR, SHADE = Color(0.45, 0.47, 0.46), Color(0.945, 0.95, 0.945)
BODY = Style(indent=30.0)
LEADING = Style(indent=30.0, keep=True)
HEADING = Style(font=fonts.HEI, size=15.0, leading=26.0, before=3.0, indent=30.0, keep=True)
PAGE = Style(font=fonts.SONG_BOLD, size=18.0, leading=30.0, align="center", after=6.0, keep=True)
ITEM = Style(size=13.0, leading=22.0, left=30.0)
NOTE = Style(size=10.5, leading=16.0, before=3.0)
CELL = Style(size=11.0, leading=16.5, align="left")
CELL_RIGHT = Style(size=11.0, leading=16.5, align="right")
CELL_CENTRE = Style(size=11.0, leading=16.5, align="center")
HEAD = Style(font=fonts.HEI, size=10.5, leading=16.5, align="center")
TERM = Style(font=fonts.HEI, size=11.5, leading=17.5, align="left")
VALUE = Style(size=12.0, leading=17.5, align="left")
STATEMENT = Style(font=fonts.SONG_BOLD, size=13.0, leading=22.0)
TERM_SHARE = 0.24
FEW_ROWS, BEGINNING = 5, 96.0
"""Rows of a table that is kept whole with its sentence; points that the beginning of a longer one takes at least."""
TALLEST, PIECE = 36, 12
"""The most lines a table's row may have; a taller one becomes several of `PIECE` lines, which pages can hold."""


# The space around a table is its own: a heading is kept with what follows it, and a gap would be that.


def flow(blocks: Sequence[Block], width: float) -> Iterator[Flowable]:
    """Everything a paper says, in order; raises KeyError for a block of another kind."""
    for before, block, after in zip((None, *blocks), blocks, (*blocks[1:], None), strict=False):
        if after is not None and block["is"] == "paragraph" and after["is"] == "table":
            headed = before is not None and before["is"] == "heading"
            yield from _leading(block["text"], after, width, headed=headed)
        else:
            yield from DRAWN[block["is"]](block, width)


def _leading(text: str, table: Block, width: float, *, headed: bool) -> Iterator[Flowable]:
    """A sentence that leads to a table: with the whole of a small one, with the first rows of a large one."""
    sentence = paragraph(text, LEADING)
    if headed or len(table["rows"]) <= FEW_ROWS:
        yield sentence
        return
    begun = next(_table({**table, "rows": table["rows"][:1], "total": []}, width)).wrap(width, 0)[1]
    yield CondPageBreak(sentence.wrap(width, 0)[1] + max(begun, BEGINNING))
    yield paragraph(text, BODY)


def _paragraph(block: Block, _width: float) -> Iterator[Flowable]:
    yield paragraph(block["text"], BODY)


def _heading(block: Block, _width: float) -> Iterator[Flowable]:
    yield paragraph(block["text"], HEADING)


def _page(block: Block, _width: float) -> Iterator[Flowable]:
    """A page added later begins on a sheet of its own."""
    yield PageBreak()
    yield paragraph(block["text"], PAGE)


def _note(block: Block, _width: float) -> Iterator[Flowable]:
    yield paragraph(block["text"], NOTE)


def _list(block: Block, _width: float) -> Iterator[Flowable]:
    for n, item in enumerate(block["items"], 1):
        yield paragraph(f"{n}. {item}", ITEM)


def _statement(block: Block, width: float) -> Iterator[Flowable]:
    boxed = Table([[paragraph(block["text"], STATEMENT)]], colWidths=[width], spaceBefore=6, spaceAfter=4)
    boxed.setStyle(
        TableStyle(
            [
                ("BOX", (0, 0), (-1, -1), 1.0, INK),
                *_cells(10, 8),
            ]
        )
    )
    yield boxed


def _facts(block: Block, width: float) -> Iterator[Flowable]:
    widths = [width * TERM_SHARE, width * (1 - TERM_SHARE)]
    rows = [row for pair in block["rows"] for row in _rows(pair, (TERM, VALUE), widths, 7)]
    ruled = Table(rows, colWidths=widths, spaceBefore=8, spaceAfter=8)
    ruled.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.5, HAIR),
                ("BACKGROUND", (0, 0), (0, -1), SHADE),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                *_cells(7, 3.5),
            ]
        )
    )
    yield ruled


def _table(block: Block, width: float) -> Iterator[Flowable]:
    shares, right = block["widths"], set(block["right"])
    widths = [width * share / sum(shares) for share in shares]
    styles = [CELL_RIGHT if n in right else CELL if n else CELL_CENTRE for n in range(len(widths))]
    rows = [[paragraph(name, HEAD) for name in block["head"]]]
    rows += [cells for row in block["rows"] for cells in _rows(row, styles, widths, 5)]
    if block["total"]:
        first, *others = block["total"]
        rows += _rows(["", first, *others[1:]], styles, widths, 5)
    ruled = Table(rows, colWidths=widths, repeatRows=1, spaceBefore=4, spaceAfter=6)
    ruled.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.5, HAIR),
                ("BACKGROUND", (0, 0), (-1, 0), SHADE),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                *_cells(5, 3.5),
            ]
        )
    )
    yield ruled


def _rows(row: Sequence[str], styles: Sequence[Style], widths: Sequence[float], sides: float) -> list[list[Text]]:
    """A row of a table; one that is too tall as several."""
    columns = [
        parted(text, style, width - 2 * sides, TALLEST, PIECE)
        for text, style, width in zip(row, styles, widths, strict=True)
    ]
    return [
        [column[n] if n < len(column) else paragraph("", style) for column, style in zip(columns, styles, strict=True)]
        for n in range(max(map(len, columns)))
    ]


def _cells(sides: float, ends: float) -> list[tuple[Any, ...]]:
    everywhere = ((0, 0), (-1, -1))
    return [
        ("FONTNAME", *everywhere, fonts.SONG),  # a table names a font of its own even where it sets no words
        ("LEFTPADDING", *everywhere, sides),
        ("RIGHTPADDING", *everywhere, sides),
        ("TOPPADDING", *everywhere, ends),
        ("BOTTOMPADDING", *everywhere, ends),
    ]


DRAWN: Mapping[str, Callable[[Block, float], Iterator[Flowable]]] = {
    "paragraph": _paragraph,
    "heading": _heading,
    "page": _page,
    "note": _note,
    "list": _list,
    "statement": _statement,
    "facts": _facts,
    "table": _table,
}
