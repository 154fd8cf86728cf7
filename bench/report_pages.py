"""A report of many pages as plain values: each has a heading, a paragraph, a table of 26 x 6 and a bar chart with its
figures. Run, it says the peak memory of 400 pages, in a process that has loaded nothing but what draws them.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from registry.documents import render_report

ROWS, COLUMNS = 26, 6
TEXT = "聚焦林业碳汇能力巩固提升的重点领域和关键环节，探索国有林场固碳增汇的经营模式和关键技术，拓展开发机制。" * 2
HEADS = ["营林区", "优势树种", "面积", "蓄积", "碳量", "变化"]
NAMES = ["一季度", "二季度", "三季度", "四季度"]
RUN = count(1)
MANY = 400


def rows(seed: int) -> list[list[str]]:
    """A table's cells."""
    return [
        [f"示例{n % 9}区", f"侧柏{n}", *(f"{(seed * 37 + n * 11 + k * 7) % 90000:,}" for k in range(COLUMNS - 2))]
        for n in range(ROWS)
    ]


def drawn(seed: int) -> list[Decimal]:
    """A chart's values."""
    return [Decimal((seed * 13 + n * 29) % 97 + 3) for n in range(len(NAMES))]


def our_report(pages: int) -> bytes:
    """By the letterhead."""
    run = next(RUN) * 1000
    return render_report(
        {
            "title": ["示例报告"],
            "number": f"示例{run}",
            "head": "",
            "addressee": "",
            "organ": "",
            "issued": "",
            "sample": "",
            "sample_note": "",
            "subject": "",
            "faces": {},
            "blocks": list(_blocks(run, pages)),
        }
    )


def _blocks(run: int, pages: int) -> Iterator[dict[str, Any]]:
    for page in range(pages):
        seed, figures = run + page, drawn(run + page)
        yield {"is": "page"}
        yield {"is": "heading", "level": 1, "text": f"{seed}、试点概况"}
        yield {"is": "paragraph", "text": f"{seed}{TEXT}"}
        plain = {"caption": f"表{seed}", "continued": "", "unit": "", "total": [], "note": "", "right": [2, 3, 4, 5]}
        yield {"is": "table", **plain, "head": HEADS, "widths": [1] * COLUMNS, "rows": rows(seed)}
        chart = {"kind": "bars", "caption": f"图{seed}", "unit": "亩", "names": NAMES, "note": ""}
        yield {"is": "chart", **chart, "series": [("完成", figures)]}
        listed = [[name, str(figure)] for name, figure in zip(NAMES, figures, strict=True)]
        shape = plain | {"caption": "", "right": [1], "head": ["季度", "完成"], "widths": [2, 1]}
        yield {"is": "table", **shape, "rows": listed}


if __name__ == "__main__":
    our_report(MANY)
    # Not the figure of `getrusage`: that begins with the memory of whoever started this process.
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(f"peak memory of {MANY} pages: {int(peak.split()[1]) / 1024:.0f} MB")
