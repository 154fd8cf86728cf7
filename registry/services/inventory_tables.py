"""The tables of an inventory as a page shows them and a workbook holds them: one shape, figures rounded at the end."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _

from registry.labels import inventory as words
from registry.models import Inventory
from registry.queries import inventory_moves
from registry.queries.inventory_moves import Line
from registry.services.inventory_stock import SPECIES, Caused, Comparison, Tables, gained_tco2e
from registry.sheets.write import workbook
from workflows.carbon import Mark, Moved, Parameters, Row
from workflows.carbon.units import MU_PER_HA
from workflows.inventory import LandKind, RowChange

MOST_LINES = 20_000
"""Sub-compartments a workbook lists; the sums count all."""


class Kind(StrEnum):
    """What a column holds."""

    WORDS = "words"
    FIGURE = "figure"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, and of figures the decimals that are shown."""

    head: str
    kind: Kind = Kind.FIGURE
    places: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its title, columns, rows and total. `keys`: the word each row is filtered by, where there is one."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    total: Sequence[Any] | None = None
    notes: Sequence[str] = ()
    keys: Sequence[Mapping[str, str]] = field(default=())


@dataclass(frozen=True, slots=True)
class Reader:
    """Of what land the tables are, by which parameters they were reckoned, and who reads them."""

    land_kind: LandKind
    parameters: Parameters
    lang: str

    @property
    def wood(self) -> bool:
        """Whether there is carbon to show: no method is on file for other land than forest."""
        return self.land_kind is LandKind.FOREST

    def group(self, key: str, word: str) -> str:
        """A group of a table."""
        return words.group(key, word, self.parameters, self.lang)

    def species(self, code: str) -> str:
        """The name of a species."""
        return words.species(code, self.parameters, self.lang)

    def groups(self, by: Mapping[str, Iterable[Row] | Iterable[Moved]]) -> list[str]:
        """By what tables are divided here: not by what no row states."""
        kept = [key for key in words.GROUPS if self.wood or key not in words.OF_WOOD]
        return [key for key in kept if any(row.key for row in by[key])]


def _words(head: str) -> Column:
    return Column(head, Kind.WORDS)


# Stock --------------------------------------------------------------------------------------------------


def stock_sheets(tables: Tables, reader: Reader) -> list[Sheet]:
    """The stock by each column, and the parameters it was reckoned with; of land without a method its area alone."""
    notes = unverified(tables.marks, reader)
    sheets = [_stock_sheet(key, tables.by[key], tables.total, notes, reader) for key in reader.groups(tables.by)]
    return [*sheets, *([_parameters(tables, reader)] if reader.wood else [])]


def _stock_sheet(key: str, rows: Iterable[Row], total: Row, notes: Sequence[str], reader: Reader) -> Sheet:
    columns = [
        _words(words.column(key)),
        Column(_("Rows")),
        Column(_("Area (mu)"), places=2),
        Column(_("Area (ha)"), places=2),
    ]
    if reader.wood:
        columns += [
            Column(_("Volume (m³)"), places=1),
            Column(_("tC"), places=1),
            Column(_("tCO₂e"), places=1),
            Column(_("tCO₂e per mu"), places=3),
        ]

    def line(name: str, row: Row) -> list[Any]:
        area_mu = row.area_ha * MU_PER_HA
        cells = [name, row.rows, area_mu, row.area_ha]
        if reader.wood:
            cells += [row.volume_m3, row.tc, row.tco2e, row.tco2e / area_mu if area_mu else None]
        return cells

    listed = [line(reader.group(key, row.key), row) for row in words.in_order(key, rows)]
    return Sheet(str(words.GROUPS[key]), columns, listed, line(_("Total"), total), notes)


def unverified(marks: Iterable[Mark], reader: Reader) -> list[str]:
    """What every output of a figure says whose parameters are not verified, or stand in for others."""
    if not reader.wood:
        return []
    named = [(mark, reader.species(mark.key.rpartition("/")[2])) for mark in marks]
    said = []
    if loose := [name for mark, name in named if mark.unverified]:
        said.append(_("Parameters not verified: %(what)s", what=_(", ").join(dict.fromkeys(loose))))
    said += [
        _("%(what)s: the parameters of another group stand in", what=name) for mark, name in named if mark.proxy_of
    ]
    return said


def _parameters(tables: Tables, reader: Reader) -> Sheet:
    columns = [
        _words(_("Dominant species")),
        *(Column(head, places=3) for head in (_("WD (t/m³)"), _("BEF"), _("R"), _("CF (tC/t)"))),
        _words(_("Compared with the text")),
        _words(_("Source")),
    ]
    rows = []
    for row in tables.by[SPECIES]:
        if used := row.factors:
            loose = used.mark.unverified or used.mark.proxy_of
            figures = [float(figure) for figure in (used.wd, used.bef, used.r, used.cf)]
            state = _("Parameters not verified") if loose else _("Yes")
            rows.append([reader.species(row.key), *figures, state, used.mark.source(reader.lang)])
    return Sheet(_("Parameters used"), columns, rows)


# Change -------------------------------------------------------------------------------------------------


def change_sheets(found: Comparison, reader: Reader) -> list[Sheet]:
    """What moved by each column: both surveys side by side."""
    notes = unverified(found.marks, reader)
    return [_change_sheet(key, found.by[key], found.total, notes, reader) for key in reader.groups(found.by)]


def _change_sheet(key: str, rows: Iterable[Moved], total: Moved, notes: Sequence[str], reader: Reader) -> Sheet:
    columns = [
        _words(words.column(key)),
        *(Column(head, places=2) for head in (_("Area before (mu)"), _("Area after (mu)"))),
    ]
    if reader.wood:
        heads = (
            _("Volume before (m³)"),
            _("Volume after (m³)"),
            _("tCO₂e before"),
            _("tCO₂e after"),
            _("Change (tCO₂e)"),
        )
        columns += [Column(head, places=1) for head in heads]
        columns += [Column(_("tCO₂e a year"), places=1), Column(_("tCO₂e a mu and year"), places=3)]

    def line(name: str, row: Moved) -> list[Any]:
        cells: list[Any] = [name, row.old.area_ha * MU_PER_HA, row.new.area_ha * MU_PER_HA]
        if reader.wood:
            cells += [row.old.volume_m3, row.new.volume_m3, row.old.tco2e, row.new.tco2e]
            cells += [row.delta_tco2e, row.tco2e_per_year, row.tco2e_per_mu_year]
        return cells

    listed = [line(reader.group(key, row.key), row) for row in words.in_order(key, rows)]
    return Sheet(str(words.GROUPS[key]), columns, listed, line(_("Total"), total), notes)


def cause_sheet(found: Sequence[Caused], notes: Sequence[str], reader: Reader) -> Sheet:
    """What moved by what happened and why; the lines add up to the whole change."""
    columns = [
        _words(_("What changed it")),
        _words(_("What differs")),
        Column(_("Rows")),
        Column(_("Change of area (mu)"), places=2),
    ]
    if reader.wood:
        columns += [Column(_("Change of volume (m³)"), places=1), Column(_("Change (tCO₂e)"), places=1)]

    def line(first: str, second: str, of: Sequence[Caused]) -> list[Any]:
        cells: list[Any] = [first, second, sum(one.rows for one in of), sum(one.area_mu for one in of)]
        return cells + ([sum(one.volume_m3 for one in of), sum(one.tco2e for one in of)] if reader.wood else [])

    rows = [line(words.cause(one.kind, one.cause), words.row_change(one.kind), [one]) for one in found]
    keys = [_filter_of(one) for one in found]
    return Sheet(_("What moved, by cause"), columns, rows, line(_("Total"), "", found), notes, keys)


def _filter_of(one: Caused) -> dict[str, str]:
    """The filter that lists what a line sums up; nothing where no sub-compartment is listed."""
    if one.kind is RowChange.SAME:
        return {}
    return {"kind": one.kind.value} | ({"cause": one.cause} if one.cause else {})


def lines_sheet(found: Iterable[Line], reader: Reader) -> Sheet:
    """Sub-compartments that differ, each with what differs and why."""
    columns = [
        *map(
            _words,
            (
                _("Code of the sub-compartment"),
                _("Forest district of the farm"),
                _("What differs"),
                _("What changed it"),
            ),
        ),
        *(Column(head, places=2) for head in (_("Area before (mu)"), _("Area after (mu)"))),
    ]
    if reader.wood:
        columns.insert(2, _words(_("Dominant species")))
        columns += [
            Column(head, places=1) for head in (_("Volume before (m³)"), _("Volume after (m³)"), _("Change (tCO₂e)"))
        ]

    def row(one: Line) -> list[Any]:
        cells = [one.code, one.forest_district, words.row_change(one.kind), words.cause(one.kind, one.cause)]
        cells += [one.old_area_mu, one.new_area_mu]
        if reader.wood:
            cells.insert(2, _species_of(one, reader))
            cells += [one.old_volume_m3, one.new_volume_m3, gained_tco2e(one, reader.parameters)]
        return cells

    return Sheet(_("Sub-compartments that differ"), columns, [row(one) for one in found])


def _species_of(one: Line, reader: Reader) -> str:
    named = [reader.species(code) for code in (one.old_species, one.new_species) if code]
    return " → ".join(dict.fromkeys(named))


# Workbooks ----------------------------------------------------------------------------------------------


def facts_sheet(title: str, pairs: Iterable[tuple[str, Any]]) -> Sheet:
    """The first sheet of a workbook: what it is of, and how it was reckoned."""
    return Sheet(title, [_words(title), _words("")], [list(pair) for pair in pairs])


def all_lines(old: Inventory, new: Inventory, chosen: Mapping[str, str]) -> tuple[list[Line], int]:
    """The lines a workbook lists, and how many there are."""
    found = inventory_moves.lines(old, new, chosen, "", MOST_LINES)
    return found.items, found.total


def in_workbook(sheets: Iterable[Sheet]) -> bytes:
    """XLSX of these tables, a sheet each."""
    return workbook({sheet.title: list(_written(sheet)) for sheet in sheets}, widths=[28, *[16] * 10])


def _written(sheet: Sheet) -> Iterator[Sequence[Any]]:
    yield [column.head for column in sheet.columns]
    for row in (*sheet.rows, *([sheet.total] if sheet.total else [])):
        yield [_rounded(cell, column) for cell, column in zip(row, sheet.columns, strict=True)]
    if sheet.notes:
        yield []
        yield from ([note] for note in sheet.notes)


def _rounded(cell: Any, column: Column) -> Any:
    return cell if column.kind is Kind.WORDS or cell is None else round(cell, column.places)
