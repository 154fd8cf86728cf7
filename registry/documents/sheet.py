"""The sheet of a paper: head, title, what it says, who signs, and what stands on every page. A4, GB/T 9704 margins."""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from threading import Lock
from typing import Any

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel
from reportlab.lib.colors import Color
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    HRFlowable,
    KeepTogether,
    PageTemplate,
    Spacer,
    Table,
    TableStyle,
)

from registry.documents import fonts
from registry.documents.blocks import Block, flow
from registry.documents.setting import INK, Style, paragraph, write

Values = Mapping[str, Any]

LEFT, RIGHT, TOP, BOTTOM = 28 * mm, 26 * mm, 27 * mm, 28 * mm
WIDTH = A4[0] - LEFT - RIGHT
RED, GREY = Color(0.8, 0.05, 0.05), Color(0.35, 0.37, 0.36)
PALE = Color(0.55, 0.57, 0.56, alpha=0.16)
HEAD = Style(font=fonts.SONG_BOLD, size=30.0, leading=44.0, align="center", colour=RED)
TITLE = Style(font=fonts.SONG_BOLD, size=22.0, leading=34.0, align="center")
NUMBER = Style(size=13.0, leading=22.0, align="center", after=12.0)
ADDRESSEE = Style(keep=True, align="left")
SIGNED = Style(align="center")
CONTACT = Style(size=10.5, leading=16.0, align="left", before=3.0)
SCAN = Style(size=9.0, leading=13.0, align="center")
FOOT = Style(size=9.0, leading=13.0, align="left", colour=GREY)
PAGE_NO = Style(size=10.5, leading=14.0, align="center")
ACROSS = Style(font=fonts.HEI, size=150.0, align="center", colour=PALE)
WARNING = Style(font=fonts.HEI, size=9.0, leading=13.0, align="center", colour=GREY)
QR_SIZE = 30 * mm
MASK = 3
LONG = 200.0
"""Points from which what stands last does not move on with the signature: its own end goes over by itself."""

_one_at_a_time = Lock()


@contextmanager
def drawing() -> Iterator[None]:
    """One file at a time: the fonts note which signs a file uses, which two at once would mix up."""
    with _one_at_a_time:
        fonts.register()
        yield


def render(values: Values) -> bytes:
    """The PDF of a paper; the same values give the same bytes. Raises FontsMissingError, KeyError, TypeError."""
    with drawing():
        out = io.BytesIO()
        document = BaseDocTemplate(
            out,
            pagesize=A4,
            leftMargin=LEFT,
            rightMargin=RIGHT,
            topMargin=TOP,
            bottomMargin=BOTTOM,
            title=f"{values['title']} {values['number']}",
            author=values["organ"],
            subject=values["project"],
            creator="Tailin",
            initialFontName=fonts.SONG,
            lang="zh-CN",
            invariant=1,
        )
        frame = Frame(LEFT, BOTTOM, WIDTH, A4[1] - TOP - BOTTOM, 0, 0, 0, 0)
        document.addPageTemplates(PageTemplate(frames=[frame]))
        document.build(list(_story(values)), canvasmaker=lambda *a, **k: _Pages(*a, values=values, **k))
        return out.getvalue()


def _story(values: Values) -> Iterator[Flowable]:
    if values["head"]:
        yield paragraph(values["head"], HEAD)
        yield HRFlowable(width="100%", thickness=1.6, color=RED, spaceBefore=4, spaceAfter=14)
    yield paragraph(values["title"], TITLE)
    yield paragraph(values["number"], NUMBER)
    if values["addressee"]:
        yield paragraph(f"{values['addressee']}{values['colon']}", ADDRESSEE)
    certificate = values["kind"] == "certificate"
    blocks = values["blocks"]
    # A certificate is signed on its first page; its parcels follow on a list of their own.
    before = next((n for n, b in enumerate(blocks) if certificate and b["is"] == "heading"), len(blocks))
    notes = next((n for n in range(before, 0, -1) if blocks[n - 1]["is"] != "note"), 0)
    yield from _to_the_signature(values, blocks[: before if certificate else notes], blocks[notes:before])
    yield from flow(blocks[before:], WIDTH)


def _to_the_signature(values: Values, body: Sequence[Block], notes: Sequence[Block]) -> Iterator[Flowable]:
    """What is signed, the signature and the small print: the last words go with it, so that no page holds it alone."""
    certificate = values["kind"] == "certificate"
    drawn = list(flow(body, WIDTH))
    first = len(drawn) if certificate else _moving(drawn)
    yield from drawn[:first]
    small = [] if certificate else [*flow(notes, WIDTH), paragraph(values["contact"], CONTACT)]
    yield KeepTogether([*drawn[first:], Spacer(1, 14), _signed(values, with_qr=certificate), *small])


def _moving(drawn: Sequence[Flowable]) -> int:
    """Where what moves on with the signature begins: a short end, with the words that are kept with it."""
    first = len(drawn) - 1
    while first > 0 and drawn[first - 1].getKeepWithNext():
        first -= 1
    height = sum(part.wrap(WIDTH, A4[1])[1] for part in drawn[first:])
    return first if 0 < height < LONG else len(drawn)


def _signed(values: Values, *, with_qr: bool) -> Flowable:
    """Organ and day, no name and no seal; on a certificate with the code to scan beside them."""
    organ = [paragraph(values["organ"], SIGNED), paragraph(values["issued"], SIGNED)]
    left: list[Flowable] = [_Code(values["address"]), paragraph(values["scan"], SCAN)] if with_qr else []
    beside = QR_SIZE + 12 if with_qr else WIDTH * 0.32
    row = Table([[left, organ]], colWidths=[beside, WIDTH - beside])
    row.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("FONTNAME", (0, 0), (-1, -1), fonts.SONG)]))
    return row


class _Code(Flowable):  # type: ignore[misc]
    """The code to scan, drawn as plain squares."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.code = QRCode(None, QRErrorCorrectLevel.M)
        self.code.addData(address)
        # To try all eight masks takes longer than everything else on the paper; any of them is read.
        self.code.version = self.code.calculate_version()
        self.code.makeImpl(False, MASK)
        self.width = self.height = QR_SIZE
        self.hAlign = "CENTER"

    def draw(self) -> None:
        count = self.code.getModuleCount()
        canvas = self.canv
        canvas.saveState()
        canvas.setFillColor(INK)
        canvas.scale(QR_SIZE / count, QR_SIZE / count)
        runs = []
        for row in range(count):
            dark = [bool(self.code.isDark(row, column)) for column in range(count)]
            runs += [f"{column} {count - 1 - row} {run} 1 re" for column, run in _dark_runs(dark)]
        # One path in whole numbers: to draw 300 rectangles one by one takes longer than to reckon the code.
        canvas.addLiteral(" ".join([*runs, "f"]))
        canvas.restoreState()


def _dark_runs(row: list[bool]) -> Iterator[tuple[int, int]]:
    """Where dark squares begin in a row, and how many stand together."""
    start = 0
    for is_dark, group in groupby(row):
        length = len(list(group))
        if is_dark:
            yield start, length
        start += length


class _Pages(Canvas):  # type: ignore[misc]
    """Holds the pages back until their number is known, then puts on each what stands on every page."""

    def __init__(self, *args: Any, values: Values, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.values, self.held = values, []

    def showPage(self) -> None:
        self.held.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for n, page in enumerate(self.held, 1):
            self.__dict__.update(page)
            self._every_page(n, len(self.held))
            super().showPage()
        super().save()

    def _every_page(self, n: int, pages: int) -> None:
        values = self.values
        if values["sample"]:
            across(self, values["sample"])
            self._put(values["sample_note"], WARNING, A4[1] - 18 * mm)
        self._put(values["pages"].format(page=n, pages=pages), PAGE_NO, 19 * mm)
        self._put(f"{values['number']}　{values['code_line']}　{values['verify_line']}", FOOT, 12 * mm)

    def _put(self, words: str, style: Style, y: float) -> None:
        line = paragraph(words, style)
        _width, height = line.wrapOn(self, WIDTH, 100)
        line.drawOn(self, LEFT, y - height / 2)


def across(canvas: Canvas, words: str) -> None:
    """Large pale words from corner to corner of a page."""
    canvas.saveState()
    canvas.translate(A4[0] / 2, A4[1] / 2)
    canvas.rotate(50)
    write(canvas, words, ACROSS, -A4[0], -50, 2 * A4[0])
    canvas.restoreState()
