"""The blocks of a paper as they are drawn, one function each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from reportlab.platypus import CondPageBreak, Flowable, PageBreak, Table, TableStyle

from registry.documents import fonts
from registry.documents.ruled import Look, Ruled
from registry.documents.setting import INK, Style, paragraph

Block = Mapping[str, Any]

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
TERM_SHARES = (24, 76)
FEW_ROWS, BEGINNING = 5, 96.0
"""Rows of a table that is kept whole with its sentence; points that the beginning of a longer one takes at least."""
TABLE = Look(
    caption=HEAD, unit=NOTE, head=HEAD, text=CELL, number=CELL_RIGHT, total=CELL, note=NOTE,
    sides=5.0, ends=3.5, name=6.0, before=4.0, after=6.0,
)  # fmt: skip
NUMBERED = replace(TABLE, first=CELL_CENTRE)
FACTS = replace(TABLE, first=TERM, text=VALUE, sides=7.0, before=8.0, after=8.0)
PLAIN = {"caption": "", "continued": "", "unit": "", "note": ""}
"""What a table of a paper does without."""


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
    everywhere = ((0, 0), (-1, -1))
    boxed.setStyle(
        TableStyle(
            [
                ("BOX", *everywhere, 1.0, INK),
                ("FONTNAME", *everywhere, fonts.SONG),  # a table names a font of its own even where it sets no words
                ("LEFTPADDING", *everywhere, 10),
                ("RIGHTPADDING", *everywhere, 10),
                ("TOPPADDING", *everywhere, 8),
                ("BOTTOMPADDING", *everywhere, 8),
            ]
        )
    )
    yield boxed


def _facts(block: Block, _width: float) -> Iterator[Flowable]:
    yield Ruled({**PLAIN, "head": [], "widths": TERM_SHARES, "right": [], "rows": block["rows"], "total": []}, FACTS)


def _table(block: Block, _width: float) -> Iterator[Flowable]:
    """A first column of numbers stands in the middle; a total is called so in the second."""
    total = ["", block["total"][0], *block["total"][2:]] if block["total"] else []
    numbered = all(row[0].isdigit() or not row[0] for row in block["rows"])
    yield Ruled({**PLAIN, **block, "total": total}, NUMBERED if numbered else TABLE)


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
