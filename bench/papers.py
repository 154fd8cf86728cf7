"""PDFs: a report of 100 and 400 pages, and a certificate with its code, against bare drawing and typst.

Every page of the report has a heading, a paragraph, a table of 26 x 6 and a bar chart with its figures. Bare drawing
places the same words and shapes by hand with lines parted beforehand: nothing that sets type can be faster. Values
differ from call to call, since typst remembers what it has set. Fonts are loaded before. Memory has its own process.
"""

import io
import tempfile
from pathlib import Path
from typing import Any

import typst
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from bench.report_pages import COLUMNS, HEADS, NAMES, ROWS, RUN, TEXT, drawn, our_report, rows
from bench.tools import CAVEAT, arguments, in_turn, run_again, say, table
from registry.documents import fonts, render
from registry.documents.setting import Style, lines_of, signs

LEFT, TOP, WIDTH = 28 * mm, 37 * mm, 156 * mm
GOALS = {"report": 2.3, "linear": 4.4, "memory": 120, "certificate": 1.15, "typst": 1.3}
ADDRESS = "https://tanhui.example.cn/verify/ABCDEFGHJKMN"
CERTIFICATE = {
    "kind": "certificate",
    "title": "入库证明",
    "case_number": "TL2026000001",
    "project": "示例造林项目",
    "head": "",
    "organ": "泰安市林业碳汇工作领导小组",
    "contact": "",
    "sample": "",
    "sample_note": "",
    "addressee": "",
    "pages": "第{page}页 共{pages}页",
    "code_line": "核验码：ABCD-EFGH-JKMN",
    "scan": "扫码核验",
    "colon": "：",
    "verify_line": "核验网址：https://tanhui.example.cn/verify",
    "issued": "2026年3月2日",
}


# Bare drawing -------------------------------------------------------------------------------------------


def bare_report(pages: int) -> bytes:
    """The same words and shapes, each placed by hand."""
    run, out = next(RUN) * 1000, io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, initialFontName=fonts.SONG)
    for page in range(pages):
        _bare_page(canvas, run + page)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _bare_page(canvas: Canvas, seed: int) -> None:
    y = A4[1] - TOP
    canvas.setFont(fonts.HEI, 16)
    canvas.drawString(LEFT + 32, y - 20, f"{seed}、试点概况")
    canvas.setFont(fonts.SONG, 16)
    for n, line in enumerate(PARTED):
        canvas.drawString(LEFT, y - 48 - 29 * n, line if n else f"{seed}{line}")
    y -= 48 + 29 * len(PARTED)
    canvas.setFont(fonts.HEI, 12)
    canvas.drawCentredString(LEFT + WIDTH / 2, y, f"表{seed}")
    wide = WIDTH / COLUMNS
    for n, row in enumerate([HEADS, *rows(seed)]):
        canvas.setFont(fonts.HEI if n == 0 else fonts.SONG, 10)
        for k, text in enumerate(row):
            if n and k > 1:
                canvas.drawRightString(LEFT + wide * (k + 1) - 4, y - 16 - 13 * n, text)
            else:
                canvas.drawString(LEFT + wide * k + 4, y - 16 - 13 * n, text)
    top, foot = y - 6, y - 6 - 13 * (ROWS + 1)
    canvas.setLineWidth(0.5)
    canvas.lines([(LEFT, top - 13 * n, LEFT + WIDTH, top - 13 * n) for n in range(ROWS + 2)])
    canvas.lines([(LEFT + wide * k, top, LEFT + wide * k, foot) for k in range(COLUMNS + 1)])
    canvas.setFont(fonts.SONG, 8.5)
    figures = drawn(seed)
    for n, (name, figure) in enumerate(zip(NAMES, figures, strict=True)):
        x = LEFT + 60 + n * 90
        canvas.rect(x, 120, 34, float(figure), stroke=1, fill=1)
        canvas.drawCentredString(x + 17, 108, name)
        canvas.drawString(LEFT, 70 - 13 * n, name)
        canvas.drawRightString(LEFT + WIDTH, 70 - 13 * n, str(figure))
    canvas.lines([(LEFT + 52, 120 + 20 * n, LEFT + WIDTH, 120 + 20 * n) for n in range(6)])
    for n in range(6):
        canvas.drawRightString(LEFT + 47, 117 + 20 * n, str(20 * n))


# Certificates -------------------------------------------------------------------------------------------


def our_certificate() -> bytes:
    """A certificate as the bureau hands it out."""
    number = next(RUN)
    facts = {"is": "facts", "rows": [[f"事项{n}", f"示例内容{number}-{n}"] for n in range(8)]}
    plain = {"is": "table", "head": HEADS[:4], "widths": [1] * 4, "right": [2, 3], "total": []}
    listed = plain | {"rows": [[f"东坡{n}", "岱岳区", f"{number + n}", "600"] for n in range(5)]}
    paper = {"number": f"示例{number}", "address": f"{ADDRESS}?{number}", "blocks": [facts, listed]}
    return render(CERTIFICATE | paper)


def bare_certificate() -> bytes:
    """The same by hand, with the code of a fixed mask in runs."""
    number, out = next(RUN), io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, initialFontName=fonts.SONG)
    canvas.setFont(fonts.SONG_BOLD, 22)
    canvas.drawCentredString(A4[0] / 2, 740, "入库证明")
    canvas.setFont(fonts.SONG, 13)
    canvas.drawCentredString(A4[0] / 2, 712, f"示例{number}")
    canvas.setFont(fonts.SONG, 12)
    for n in range(8):
        canvas.drawString(LEFT + 7, 680 - 25 * n, f"事项{n}")
        canvas.drawString(LEFT + 113, 680 - 25 * n, f"示例内容{number}-{n}")
    canvas.lines([(LEFT, 696 - 25 * n, LEFT + WIDTH, 696 - 25 * n) for n in range(9)])
    canvas.setFont(fonts.SONG, 11)
    for n in range(6):
        row = [f"东坡{n}", "岱岳区", f"{number + n}", "600"] if n else HEADS[:4]
        for k, text in enumerate(row):
            canvas.drawString(LEFT + WIDTH / 4 * k + 5, 460 - 23 * n, text)
    canvas.lines([(LEFT, 476 - 23 * n, LEFT + WIDTH, 476 - 23 * n) for n in range(7)])
    canvas.lines([(LEFT + WIDTH / 4 * k, 476, LEFT + WIDTH / 4 * k, 338) for k in range(5)])
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(f"{ADDRESS}?{number}")
    code.version = code.calculate_version()
    code.makeImpl(False, 3)
    modules, side = code.getModuleCount(), 30 * mm / code.getModuleCount()
    for row_no in range(modules):
        start = None
        for column in range(modules + 1):
            dark = column < modules and code.isDark(row_no, column)
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                canvas.rect(LEFT + start * side, 300 - row_no * side, (column - start) * side, side, stroke=0, fill=1)
                start = None
    canvas.setFont(fonts.SONG, 9)
    for n, line in enumerate(("泰安市林业碳汇工作领导小组", "2026年3月2日", "扫码核验", "第1页 共1页", "核验码")):
        canvas.drawString(LEFT + 150, 290 - 16 * n, line)
    canvas.save()
    return out.getvalue()


TYPST = """#set page(paper: "a4")
#set text(font: ("Noto Serif SC", "Noto Serif CJK SC"), size: 12pt)
#align(center, text(22pt)[入库证明])
#align(center)[示例 {number}]
#table(columns: (1fr, 3fr), ..range(8).map(n => ([事项#n], [示例内容 {number}-#n])).flatten())
#table(columns: 4, ..range(6).map(n => ([东坡#n], [岱岳区], [{number}], [600])).flatten())
"""


def with_typst(folder: Path) -> Any:
    """A function that sets a certificate without its code, the compiler kept."""
    source = folder / "certificate.typ"
    source.write_text(TYPST.replace("{number}", "0"), encoding="utf-8")
    compiler = typst.Compiler(str(source), font_paths=[str(fonts.FOLDER)])

    def make() -> bytes:
        source.write_text(TYPST.replace("{number}", str(next(RUN))), encoding="utf-8")
        return bytes(compiler.compile())

    return make


# ---------------------------------------------------------------------------------------------------------

PARTED: list[str] = []


def main() -> None:
    """Measure and say it; a goal that is missed is marked."""
    asked = arguments(__doc__ or "")
    fonts.register()
    PARTED.extend("".join(s.text for s in line) for line in lines_of(signs(TEXT, Style(size=16)), WIDTH, WIDTH))
    pages, times = (10, 1) if asked.quick else (100, 3)
    _reports(pages, times)
    _certificates(5 if asked.quick else 60)
    if not asked.quick:
        run_again(["bench.report_pages"])
        say(f"goal: at most {GOALS['memory']} MB")
    say(CAVEAT)


def _reports(pages: int, times: int) -> None:
    found = in_turn(
        {
            "bare": lambda: bare_report(pages),
            "ours": lambda: our_report(pages),
            "ours, four times": lambda: our_report(4 * pages),
        },
        times,
    )
    ratio, growth = found["ours"] / found["bare"], found["ours, four times"] / found["ours"]
    lines = [(name, span, span / found["bare"]) for name, span in found.items()]
    table(f"A report of {pages} pages, seconds", ("", "s", "x bare"), lines)
    say(f"ours / bare {ratio:.2f} (goal {GOALS['report']}), growth to four times {growth:.2f} (goal {GOALS['linear']})")


def _certificates(times: int) -> None:
    with tempfile.TemporaryDirectory(prefix="tailin-bench-") as folder:
        variants = {"bare, fixed mask": bare_certificate, "ours": our_certificate, "typst": with_typst(Path(folder))}
        found = in_turn(variants, times, warm_up=3)
    lines = [(name, span * 1000, span / found["bare, fixed mask"]) for name, span in found.items()]
    table("A certificate of one page, milliseconds", ("", "ms", "x bare"), lines)
    say(
        f"ours / bare {found['ours'] / found['bare, fixed mask']:.2f} (goal {GOALS['certificate']}), "
        f"typst / ours {found['typst'] / found['ours']:.2f} (goal {GOALS['typst']}; it draws no code here)"
    )


if __name__ == "__main__":
    main()
