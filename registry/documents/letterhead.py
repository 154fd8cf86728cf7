"""An official report after GB/T 9704: A4, a type area of 156 x 225 mm that holds 22 lines of 28 signs.

Black but for a red head; no emblem, no seal, and no bureau's head unless the operator has set one. Words
reach the page through `setting` alone; the same values give the same bytes.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from reportlab.lib.colors import Color
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    HRFlowable,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Spacer,
)

from registry.documents import fonts
from registry.documents.charts import Chart
from registry.documents.ruled import GAP, Look, Ruled
from registry.documents.setting import Style, Text, paragraph, signs, write
from registry.documents.sheet import RED, across, drawing

Values = Mapping[str, Any]
Block = Mapping[str, Any]

LEFT, TOP = 28 * mm, 37 * mm
WIDTH, DEPTH = 156 * mm, 225 * mm
LINES, SIGNS = 22, 28
LEADING = DEPTH / LINES
SIZE = 16.0
TRACKING = WIDTH / SIGNS - SIZE
"""28 signs of 16 points are a little wider than the line: each stands a fifth of a point closer."""
FEW = 6
"""Lines of a last paragraph that still moves on with the signature; of a longer one lines go over by themselves."""
HEAD_BELOW = 35 * mm
PAGE_NO_BELOW = 7 * mm
GREY = Color(0.35, 0.37, 0.36)


@dataclass(frozen=True, slots=True)
class Styles:
    """How each kind of words is set, in the faces at hand."""

    head: Style
    number: Style
    title: Style
    body: Style
    flush: Style
    signed: Style
    levels: tuple[Style, ...]
    sample: Style
    page: Style
    figure: Style
    label: Style
    table: Look


@cache
def styles(faces: tuple[tuple[str, str], ...]) -> Styles:
    """The styles of a set of faces."""
    face = dict(faces)
    song, kai, hei, title = face["fangsong"], face["kaiti"], face["heiti"], face["xiaobiaosong"]
    body = Style(song, SIZE, LEADING, indent=2 * (SIZE + TRACKING), tracking=TRACKING)
    heading = replace(body, align="left")
    small = Style(song, 10.5, 14.0, align="left")
    return Styles(
        head=Style(title, 40.0, 60.0, align="center", colour=RED),
        number=Style(song, SIZE, LEADING, align="center"),
        title=Style(title, 22.0, 36.0, align="center"),
        body=body,
        flush=replace(body, indent=0.0, align="left"),
        signed=replace(body, indent=0.0, align="right", right=4 * (SIZE + TRACKING)),
        levels=(replace(heading, font=hei), replace(heading, font=kai), heading, heading),
        sample=Style(fonts.HEI, 9.0, 13.0, align="center", colour=GREY),
        page=Style(fonts.SONG, 14.0, 18.0),
        figure=Style(hei, 12.0, 20.0, align="center"),
        label=Style(song, 8.5, 11.0, align="left"),
        table=Look(
            caption=Style(hei, 12.0, 20.0, align="center"),
            unit=Style(song, 10.5, 15.0, align="right"),
            head=Style(hei, 10.0, 13.5, align="center"),
            text=small,
            number=replace(small, align="right"),
            total=Style(hei, 10.0, 14.0),
            note=Style(song, 9.5, 13.5, align="left"),
        ),
    )


def render_report(values: Values) -> bytes:
    """The PDF of a report. Raises FontsMissingError, FaceError, KeyError, TypeError.

    `values`: title (a list of lines), number, head, addressee, organ, issued, sample, sample_note, subject, `faces`
    (face: path of a font file, "" for the usual one) and `blocks`.
    """
    with drawing():
        set_in = styles(tuple(sorted(fonts.faces(values["faces"]).items())))
        out = io.BytesIO()
        document = BaseDocTemplate(
            out,
            pagesize=A4,
            title=" ".join([*values["title"], values["number"]]).strip(),
            author=values["organ"],
            subject=values["subject"],
            creator="Tailin",
            initialFontName=fonts.SONG,
            lang="zh-CN",
            invariant=1,
        )
        frame = Frame(LEFT, A4[1] - TOP - DEPTH, WIDTH, DEPTH, 0, 0, 0, 0)
        every = _every_page(values, set_in)
        document.addPageTemplates(PageTemplate(frames=[frame], onPage=every))
        document.build(list(_story(values, set_in)))
        return out.getvalue()


def _story(values: Values, set_in: Styles) -> Iterator[Flowable]:
    if values["head"]:
        # Its upper edge stands 35 mm below that of the type area.
        yield Spacer(1, HEAD_BELOW - (set_in.head.leading - set_in.head.size) / 2)
        yield paragraph(values["head"], set_in.head)
        yield Spacer(1, 2 * LEADING)
    if values["number"]:
        yield paragraph(values["number"], set_in.number)
    if values["head"]:
        yield HRFlowable(width="100%", thickness=1.4, color=RED, spaceBefore=4 * mm, spaceAfter=0)
    yield Spacer(1, 2 * LEADING)
    for line in values["title"]:
        yield Text(line, replace(set_in.title, **_even(line, set_in.title)))
    yield Spacer(1, LEADING)
    if values["addressee"]:
        yield paragraph(values["addressee"], set_in.flush)
    body = [drawn for block in values["blocks"] for drawn in DRAWN[block["is"]](block, set_in)]
    if not values["organ"]:
        yield from body
        return
    # The last words, under their heading, go with the signature: no page holds the signature alone.
    last = len(body)
    if body and isinstance(body[-1], Text) and body[-1].wrap(WIDTH, DEPTH)[1] <= FEW * LEADING:
        last -= 1
        while last and _heads(body[last - 1], set_in):
            last -= 1
    yield from body[:last]
    lines = (values["organ"], values["issued"])
    signature = (Spacer(1, LEADING), *(paragraph(line, set_in.signed) for line in lines))
    yield KeepTogether([*body[last:], *signature])


def _heads(drawn: Flowable, set_in: Styles) -> bool:
    """Whether it is a heading, or belongs to one."""
    return isinstance(drawn, CondPageBreak) or (isinstance(drawn, Text) and drawn.style in set_in.levels)


def _even(words: str, style: Style) -> dict[str, float]:
    """Margins that part a long title into lines of about the same length."""
    long = sum(s.width for s in signs(words, style))
    lines = int(long / (WIDTH * 0.94)) + 1
    side = max((WIDTH - (long / lines + style.size * 1.2)) / 2, 0.0) if lines > 1 else 0.0
    return {"left": side, "right": side}


# What a report says -------------------------------------------------------------------------------------


class _Heading(Text):
    """A heading that also stands in the outline of the file."""

    def __init__(self, text: str, style: Style, level: int) -> None:
        super().__init__(text, style)
        self.name, self.level = text, level

    def draw(self) -> None:
        super().draw()
        key = f"h{self.canv.getPageNumber()}-{self.canv.absolutePosition(0, 0)[1]:.0f}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(self.name, key, self.level, closed=True)


def _paragraph(block: Block, set_in: Styles) -> Iterator[Flowable]:
    yield paragraph(block["text"], set_in.body)


def _heading(block: Block, set_in: Styles) -> Iterator[Flowable]:
    level = block["level"]
    style = set_in.levels[level - 1]
    # Room for two lines of what it heads; to keep it with all of that would leave half pages empty.
    yield CondPageBreak(3 * LEADING)
    yield _Heading(block["text"], style, 0) if level == 1 else paragraph(block["text"], style)


def _flush(block: Block, set_in: Styles) -> Iterator[Flowable]:
    yield paragraph(block["text"], set_in.flush)


def _table(block: Block, set_in: Styles) -> Iterator[Flowable]:
    yield Ruled(block, set_in.table)


def _chart(block: Block, set_in: Styles) -> Iterator[Flowable]:
    """Its note names the table that holds its figures, which stands before it."""
    caption = paragraph(block["caption"], replace(set_in.figure, before=GAP))
    note = paragraph(block["note"], replace(set_in.table.note, after=GAP))
    yield KeepTogether([caption, Chart(block, set_in.label), note])


def _page(_block: Block, _set_in: Styles) -> Iterator[Flowable]:
    yield PageBreak()


DRAWN: Mapping[str, Callable[[Block, Styles], Iterator[Flowable]]] = {
    "paragraph": _paragraph,
    "heading": _heading,
    "flush": _flush,
    "table": _table,
    "chart": _chart,
    "page": _page,
}


# What stands on every page ------------------------------------------------------------------------------


def _every_page(values: Values, set_in: Styles) -> Callable[[Canvas, Any], None]:
    # 7 mm below the type area; the figures of size 14 stand about two thirds of it above their foot.
    foot = A4[1] - TOP - DEPTH - PAGE_NO_BELOW - set_in.page.size * 0.7

    def draw(canvas: Canvas, _document: Any) -> None:
        n = canvas.getPageNumber()
        align, x = ("right", LEFT - SIZE) if n % 2 else ("left", LEFT + SIZE)
        write(canvas, f"— {n} —", replace(set_in.page, align=align), x, foot, WIDTH)
        if values["sample"]:
            across(canvas, values["sample"])
            write(canvas, values["sample_note"], set_in.sample, LEFT, A4[1] - 18 * mm, WIDTH)

    return draw
