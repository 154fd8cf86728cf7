"""Workbooks of an import: the empty table to fill in, and the own table back with what is wrong in it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask_babel import gettext as _

from registry import labels
from registry.labels import inventory as words
from registry.services.inventory_cells import Mapped
from registry.services.inventory_rows import Heads, Judged
from registry.sheets.read import Table
from registry.sheets.write import workbook
from workflows.inventory import layout

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def template() -> bytes:
    """Heads, a row to be replaced, and on a second sheet the units and the words each list takes."""
    columns = layout().columns
    listed = layout().first_words
    first = {key: names[0] for key, names in listed.items()}
    example = {
        "code": "370911001000010",
        "district_code": "370911",
        "compartment": "001",
        "sub_compartment": "00010",
        "species_code": next(iter(layout().species_names)),
        "area_mu": 12.5,
        "volume_m3": 41.3,
        "crown_closure": 0.6,
        "dbh_cm": 12.4,
        "height_m": 8.2,
        "planted_year": 1998,
        "note": _("Example: replace this row"),
        **first,
    }
    rows = [[c.head for c in columns], [example.get(c.key, "") for c in columns]]
    return workbook({_("Table"): rows, _("Notes"): list(_notes())}, widths=[16] * len(columns))


def _notes() -> Iterator[Sequence[Any]]:
    yield (_("Column"), _("Words or unit"), _("Note"))
    yield ("", "", _("Area in mu, or in hectares where the head says so; volume is that of the whole sub-compartment."))
    for column in layout().columns:
        need = _("must be filled in") if column.required else ""
        if column.kind == "species":
            for code, name in layout().species_names.items():
                yield (column.head, name, code)
        elif column.kind == "district":
            for code, name in labels.DISTRICTS.items():
                yield (column.head, code, str(name))
        elif column.key in layout().first_words:
            for word in layout().first_words[column.key]:
                yield (column.head, word, need)
        else:
            yield (column.head, column.template_unit, need)


def repair_sheet(table: Iterable[Table], head: Heads, mapping: Mapped, judged: Judged) -> bytes:
    """The same table (its parts) with the cells at fault coloured, and beside each row what is wrong with them."""
    width = judged.width
    said: dict[int, list[str]] = defaultdict(list)
    bad: dict[int, set[int]] = defaultdict(set)
    for fault in judged.faults:
        said[fault.row].append(_(": ").join((words.column(fault.key), words.fault(fault.why))))
        if fault.key in mapping:
            bad[fault.row].add(mapping[fault.key][0])
    title = _("Problem")
    old = [place for place, name in enumerate(head.words) if name == title]
    place = old[0] if old else width

    def rows() -> Iterator[list[Any]]:
        for no, cells in enumerate((row for part in table for row in part.rows), 1):
            row = [*cells, *[""] * (max(width, place + 1) - len(cells))]
            row[place] = title if no == head.at + 1 else _("; ").join(said.get(no, []))
            yield row

    return workbook({_("Table"): rows()}, bad={no: frozenset(places) for no, places in bad.items()}, head=head.at + 1)
