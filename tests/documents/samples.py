"""Papers as plain values, and what other programs read in the PDFs made of them."""

import io
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from bs4 import BeautifulSoup
from PIL import Image

from registry.documents import render
from registry.services.paper_words import texts

needs_poppler = pytest.mark.skipif(
    not all(map(shutil.which, ("pdffonts", "pdftotext", "pdftoppm"))), reason="poppler-utils is not installed"
)
CODE = "ABCDEFGHJKMN"
ADDRESS = f"https://tanhui.example.cn/verify/{CODE}"
STATEMENT = (
    "本证明仅说明项目已列入泰安市林业碳汇项目库，不是行政许可，不代表国家核证自愿减排量项目登记，也不是林业碳票。"
)


def values(kind: str = "acceptance", *blocks: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """A paper of a kind that says these blocks."""
    plain = {
        "kind": kind,
        "title": texts()[kind]["title"],
        "number": "泰林碳审〔2026〕1号",
        "case_number": "TL2026000001",
        "project": "示例造林项目",
        "code": CODE,
        "address": ADDRESS,
        "head": "",
        "organ": "泰安市林业碳汇工作领导小组",
        "contact": "联系：泰安市林业局林业碳汇工作专班。",
        "sample": "",
        "sample_note": "",
        "pages": texts()["pages"],
        "code_line": "核验码：ABCD-EFGH-JKMN",
        "verify_line": "核验网址：https://tanhui.example.cn/verify",
        "scan": texts()["scan"],
        "colon": "：",
        "addressee": "示例林业公司",
        "issued": "2026年3月2日",
        "issued_on": "2026-03-02",
        "blocks": list(blocks),
    }
    return plain | changed


def said(text: str) -> dict[str, Any]:
    return {"is": "paragraph", "text": text}


def a_table(rows: int) -> dict[str, Any]:
    return {
        "is": "table",
        "head": ["序号", "地块", "所在地", "面积（亩）"],
        "widths": [9, 40, 25, 26],
        "right": [3],
        "rows": [[str(n), f"东坡第{n}地块", "岱岳区", "600"] for n in range(1, rows + 1)],
        "total": ["合计", "", "", f"{rows * 600:,}"],
    }


def run(program: str, pdf: bytes, *options: str) -> str:
    """What a poppler program says of a PDF."""
    done = subprocess.run([program, *options, "-", "-"][: None if program == "pdftotext" else -1],
                          input=pdf, capture_output=True, check=True)  # fmt: skip
    return done.stdout.decode()


def words(pdf: bytes) -> str:
    """The text of a PDF in reading order, without any white space."""
    return re.sub(r"\s+", "", run("pdftotext", pdf, "-raw"))


def pages(pdf: bytes) -> list[str]:
    """The same page by page."""
    return [re.sub(r"\s+", "", page) for page in run("pdftotext", pdf, "-raw").split("\f")[:-1]]


def picture(pdf: bytes, folder: Path, page: int = 1) -> Image.Image:
    """A page as people see it."""
    source = folder / "paper.pdf"
    source.write_bytes(pdf)
    target = folder / "page"
    subprocess.run(
        ["pdftoppm", "-r", "110", "-f", str(page), "-l", str(page), "-png", "-singlefile", source, target], check=True
    )
    return Image.open(io.BytesIO(target.with_suffix(".png").read_bytes()))


def scanned(image: Image.Image) -> list[str]:
    """What a scanner reads in a picture."""
    return [found.text for found in zxingcpp.read_barcodes(image)]


@cache
def plain_pdf() -> bytes:
    """A short paper, made once."""
    return render(values("acceptance", said("决定予以受理。")))


def signs_of_pdf(pdf: bytes, content: Mapping[str, Any]) -> Counter[str]:
    """How often each sign stands in the PDF of a paper that says `content`, but for what every page repeats.

    A table's head counts once for each table, however many pages the table goes over.
    """
    printed = pages(pdf)
    counted = Counter("".join(printed))
    for n in range(1, len(printed) + 1):
        parts = [content["pages"].format(page=n, pages=len(printed))]
        parts += [content[name] for name in ("number", "code_line", "verify_line")]
        parts += [content["sample"], content["sample_note"]] if content["sample"] else []
        counted.subtract(squeezed("".join(parts)))
    heads = Counter(squeezed("".join(b["head"])) for b in content["blocks"] if b["is"] == "table")
    for head, tables in heads.items():
        counted.subtract(head * ("".join(printed).count(head) - tables))
    return counted


def signs_of_page(article: str, content: Mapping[str, Any]) -> Counter[str]:
    """The same of the page that reads like it, given its HTML: without what it says of itself once."""
    page = BeautifulSoup(article, "html.parser").select_one("article.issued-paper")
    assert page
    for called in page.select("caption"):
        called.decompose()  # the heading above the table
    for numbered in page.select("ol"):
        for n, item in enumerate(numbered.find_all("li", recursive=False), 1):
            item.insert(0, f"{n}.")
    counted = Counter(squeezed(page.text))
    once = [content["code_line"], "·", content["verify_line"]]
    once += [content["sample"], content["sample_note"]] if content["sample"] else []
    counted.subtract(squeezed("".join(once)))
    if content["kind"] == "certificate":
        counted.update(squeezed(content["scan"]))  # under the square, in whose place the page has a link
    return counted


def squeezed(text: str) -> str:
    """Without any white space."""
    return re.sub(r"\s+", "", text)
