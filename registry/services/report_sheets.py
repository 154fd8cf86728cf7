"""The tables of a report as a workbook: a sheet a table, figures as numbers, and where each figure comes from."""

import io
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from registry.labels import reports as words
from registry.models import PilotReport
from registry.queries import report_sources
from registry.queries import reports as ask
from workflows.report_tables import Kind, Table, Value

BOLD, WRAPPED = Font(bold=True), Alignment(wrap_text=True, vertical="top")
WIDTHS = {Kind.WORDS: 22, Kind.NUMBER: 15, Kind.DAY: 13}


def workbook(report: PilotReport) -> bytes:
    """The file, in the reader's language."""
    book = Workbook()
    book.remove(book.active)
    for table in ask.tables(report):
        _table(book.create_sheet(_("Table %(no)s", no=table.no)), table)
    _sources(book.create_sheet(_("Sources of the figures")), report)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _table(sheet: Worksheet, table: Table) -> None:
    columns = table.shape.columns
    _line(sheet, 1, [words.table_title(table.no)], bold=True)
    _line(sheet, 2, [words.column(c.key) for c in columns], bold=True)
    for n, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(n)].width = WIDTHS[column.kind]
    row_no = 2
    for row in table.rows:
        row_no += 1
        _line(sheet, row_no, [row[c.key].value if c.key in row else None for c in columns])
    if table.total:
        total = [table.total[c.key].value if c.key in table.total else None for c in columns]
        _line(sheet, row_no + 1, [_("Total"), *total[1:]], bold=True)
    for n, column in enumerate(columns, 1):
        for shown_no in range(3, row_no + 2) if column.kind is Kind.NUMBER else ():
            sheet.cell(shown_no, n).number_format = "#,##0" + ("." + "0" * column.places if column.places else "")
    if table.marked:
        _line(sheet, row_no + 3, [_("Parameters not verified")])
    sheet.freeze_panes = "A3"


def _sources(sheet: Worksheet, report: PilotReport) -> None:
    heads = [_("Place in the tables"), _("Figure"), _("Records it was made from"), _("Method and its version")]
    _line(sheet, 1, [*heads, _("Recorded by"), _("As of"), _("Remarks")], bold=True)
    figures, places = [f for f in report.figures if f.value is not None], ask.places(report)
    known = report_sources.rows_of({s for f in figures for s in ask.sources_of(f)})
    for row_no, figure in enumerate(figures, 2):
        rows = [known[source] for source in ask.sources_of(figure)]
        said = "\n".join(_("%(kind)s: %(title)s", kind=row.kind, title=row.title) for row in rows)
        person = figure.person.name if figure.person else ""
        mark = _("Parameters not verified") if figure.mark else ""
        place = words.spot(places[figure.id])
        _line(sheet, row_no, [place, figure.value, said, figure.method, person, figure.as_of, mark])
    for n, width in enumerate((46, 15, 60, 24, 18, 13, 15), 1):
        sheet.column_dimensions[get_column_letter(n)].width = width


def _line(sheet: Worksheet, row_no: int, values: list[Value], *, bold: bool = False) -> None:
    for n, value in enumerate(values, 1):
        cell = sheet.cell(row_no, n)
        if isinstance(value, str):
            # Whatever was typed is text: a leading = makes no formula.
            cell.value, cell.data_type = value, "s"
        elif isinstance(value, Decimal | date):
            cell.value = value
        cell.alignment = WRAPPED
        if bold:
            cell.font = BOLD
