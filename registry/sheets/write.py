"""A table as a workbook. Words are written as text whatever they begin with, so that no cell becomes a formula."""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST = 32_000
BOLD, WRAP = Font(bold=True), Alignment(wrap_text=True, vertical="top")
BAD = PatternFill("solid", start_color="FFF2B8B0")


def workbook(
    sheets: Mapping[str, Iterable[Sequence[Any]]],
    *,
    bad: Mapping[int, frozenset[int]] | None = None,
    widths: Sequence[int] = (),
    head: int = 1,
) -> bytes:
    """XLSX of named sheets, each a run of rows. `bad`: cells of the first sheet to colour, row (from 1) → places.

    `head` is the row of the first sheet that stays in sight, of others it is the first; `widths` are those of the
    columns in characters.
    """
    book = Workbook(write_only=True)
    for nth, (name, rows) in enumerate(sheets.items()):
        sheet = book.create_sheet(name)
        top = head if nth == 0 else 1
        sheet.freeze_panes = f"A{top + 1}"
        for place, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(place)].width = width
        for no, row in enumerate(rows, 1):
            coloured = (bad or {}).get(no, frozenset()) if nth == 0 else frozenset()
            sheet.append([_cell(sheet, v, place in coloured, no == top) for place, v in enumerate(row)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: Any, bad: bool, bold: bool) -> Any:
    if value is None or (value == "" and not bad):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | date):
        cell = WriteOnlyCell(sheet, value="")
        cell.value = _UNFIT.sub("", str(value))[:LONGEST]
        cell.data_type = "s"  # "=1+1" would else become a formula
    else:
        cell = WriteOnlyCell(sheet, value=value)
    if bad:
        cell.fill = BAD
    if bold:
        cell.font, cell.alignment = BOLD, WRAP
    return cell
