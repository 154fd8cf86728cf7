"""Tables for the tests of inventories."""

from typing import Any

from registry.sheets.write import workbook
from workflows.inventory import layout

HEADS = ["小班编号", "县", "优势树种", "面积(亩)", "蓄积(m³)", "龄组", "备注"]
ROW = ["001", "岱岳区", "侧柏", 12.5, 41.3, "中龄林", ""]


def rows(count: int = 3) -> list[list[Any]]:
    return [[f"{n:04d}", *ROW[1:]] for n in range(1, count + 1)]


def table(*lines: list[Any], heads: list[Any] = HEADS) -> bytes:
    return workbook({"小班表": [heads, *(lines or rows())]})


def whole_heads() -> list[str]:
    return [c.head for c in layout().columns]
