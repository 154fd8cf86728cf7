"""A table of sub-compartments from a file, XLSX, CSV (UTF-8 or GB18030) or JSON, read into columns to reckon with.

Every fault is named with its row as the file counts it, its column and what stands there; where there is one, nothing
is reckoned.
"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from registry.services.carbon_faults import Fault, Problem, Unusable
from registry.services.carbon_heads import TOLD, Column, Head, placed, plain
from registry.sheets import clean
from registry.sheets import read as sheets
from registry.sheets.read import Unreadable
from workflows.carbon import Columns, Parameters
from workflows.carbon.columns import Floats, number_faults
from workflows.carbon.plausible import Plausible, suspicion, too_dense
from workflows.carbon.stock import species_faults
from workflows.carbon.units import Unit, convert

MOST_BYTES = 300_000_000
ZIPPED = b"PK\x03\x04"
REFUSED = {
    Unreadable.TOO_LARGE: Problem.TOO_LARGE_FILE,
    Unreadable.TOO_MANY_ROWS: Problem.TOO_MANY,
    Unreadable.TOO_MANY_COLUMNS: Problem.TOO_MANY,
    Unreadable.TOO_MANY_CELLS: Problem.TOO_MANY,
    Unreadable.EMPTY: Problem.EMPTY,
}
LEFT_EMPTY = frozenset(TOLD["nothing"])
ASKED = (Head.NAME, Head.SPECIES, Head.AREA, Head.VOLUME)


@dataclass(frozen=True)
class Table:
    """Heads, rows of cells as texts, and the line or entry of the file in which each row stands."""

    heads: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]

    def cells(self, place: int) -> list[str]:
        """The cells of a column."""
        return [row[place].strip() for row in self.rows]


@dataclass(frozen=True)
class Survey:
    """Sub-compartments that can be reckoned with; `suspected` is what a person looked at and found right."""

    columns: Columns
    table: Table
    suspected: tuple[Fault, ...]

    def key(self, head: str) -> list[str]:
        """The cells under any head, to group by; raises Unusable."""
        for place, one in enumerate(self.table.heads):
            if plain(one) == plain(head):
                return self.table.cells(place)
        raise Unusable([Fault(Problem.NO_GROUP, column=head, detail="、".join(self.table.heads))])


def table_of(raw: bytes) -> Table:
    """The table in a file; raises Unusable."""
    if len(raw) > MOST_BYTES:
        raise Unusable([Fault(Problem.TOO_LARGE_FILE, detail=str(MOST_BYTES // 1_000_000))])
    table = _of_workbook(raw) if raw[:4] == ZIPPED else _of_text(_text(raw))
    if not table.rows:
        raise Unusable([Fault(Problem.EMPTY)])
    return table


def _of_text(text: str) -> Table:
    return _of_json(text) if text.lstrip()[:1] in ("[", "{") else _of_csv(text)


def survey_of(table: Table, parameters: Parameters, checked: bool = False) -> Survey:
    """The sub-compartments of a table; raises Unusable with every fault.

    `checked`: a person looked at what whole columns are suspected of, and says that they are right.
    """
    columns = placed(table.heads, ASKED)
    species = ["" if word in LEFT_EMPTY else word for word in table.cells(columns[Head.SPECIES].place)]
    area, faults = figures_of(table, columns[Head.AREA])
    volume, more = figures_of(table, columns[Head.VOLUME], empty=0.0)
    faults += more
    given = Columns(species, _in(columns[Head.AREA], area, Unit.HA), volume)
    if columns[Head.VOLUME].unit is not Unit.M3:
        given = Columns(given.species, given.area_ha, _in(columns[Head.VOLUME], volume, Unit.M3_PER_HA) * given.area_ha)
    faults += [*names_of(table, columns[Head.NAME]), *_of_species(given, table, columns[Head.SPECIES], parameters)]
    faults += _of_land(given, table, columns[Head.AREA])
    if faults:
        raise Unusable([*_crossed(table, columns, faults, parameters), *faults])
    suspected = list(_suspected(given, table, columns))
    if suspected and not checked:
        raise Unusable(suspected)
    return Survey(given, table, tuple(suspected))


def figure(cell: str) -> float | None:
    """The number in a cell, thousands commas taken out; None: it holds none. NaN and infinity are numbers here."""
    try:
        return None if "_" in cell else float(cell.replace(",", "").replace("，", ""))
    except ValueError:
        return None


def _in(column: Column, values: Floats, unit: Unit) -> Floats:
    return convert(values, column.unit, unit) if column.unit else values


def figures_of(table: Table, column: Column, empty: float | None = None) -> tuple[Floats, list[Fault]]:
    """The figures of a column, and its faults; `empty` is what an empty cell means."""
    cells = table.cells(column.place)
    found = [empty if cell in LEFT_EMPTY else figure(cell) for cell in cells]
    faults = [
        Fault(Problem.NO_FIGURE, table.lines[row], column.name, cells[row])
        for row, value in enumerate(found)
        if value is None
    ]
    values = np.array([0.0 if value is None else value for value in found], np.float64)
    faults += [
        Fault(Problem(fault.why.value), table.lines[fault.row], column.name, cells[fault.row])
        for fault in number_faults(column.name, values)
    ]
    return values, faults


def names_of(table: Table, column: Column) -> Iterator[Fault]:
    """Rows without a name, and those whose name stands in an earlier row."""
    first: dict[str, int] = {}
    for line, name in zip(table.lines, table.cells(column.place), strict=True):
        if not name:
            yield Fault(Problem.NO_NAME, line, column.name)
        elif first.setdefault(name, line) != line:
            yield Fault(Problem.TWICE, line, column.name, name, str(first[name]))


def _of_species(given: Columns, table: Table, column: Column, parameters: Parameters) -> Iterator[Fault]:
    for fault in species_faults(given, parameters):
        yield Fault(Problem(fault.why.value), table.lines[fault.row], column.name, fault.detail)


def _of_land(given: Columns, table: Table, column: Column) -> Iterator[Fault]:
    """Rows that state no area, unless what stands there is no figure, which is said of them already."""
    cells = table.cells(column.place)
    for row in np.flatnonzero(given.area_ha == 0):
        if figure(cells[row]) == 0:
            yield Fault(Problem.NO_LAND, table.lines[row], column.name, cells[row])


def _crossed(table: Table, columns: dict[Head, Column], faults: list[Fault], known: Parameters) -> Iterator[Fault]:
    """Where figures stand under the species and species under a figure, the two columns changed places."""
    species = columns[Head.SPECIES]
    figures = sum(f.problem is Problem.UNKNOWN_SPECIES and figure(f.detail) is not None for f in faults)
    for column in (columns[Head.AREA], columns[Head.VOLUME]):
        trees = sum(known.code(cell) is not None for cell in table.cells(column.place))
        if 2 * min(figures, trees) > len(table.rows):
            yield Fault(Problem.CROSSED, 0, f"{species.name}、{column.name}")


def _suspected(given: Columns, table: Table, columns: dict[Head, Column]) -> Iterator[Fault]:
    limits = Plausible.base()
    both = f"{columns[Head.AREA].name}、{columns[Head.VOLUME].name}"
    if found := suspicion(given, limits, columns[Head.AREA].unit is Unit.MU):
        yield Fault(Problem(found[0].value), 0, both, f"{found[1]:.1f}")
    for row in too_dense(given, limits):
        density = given.volume_m3[row] / given.area_ha[row]
        yield Fault(Problem.ROW_TOO_DENSE, table.lines[row], both, f"{density:,.0f}", f"{limits.most_of_a_row:,.0f}")


def _text(raw: bytes) -> str:
    """The text of a file as this country writes it; raises Unusable."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and text.strip():
            return text
    raise Unusable([Fault(Problem.NOT_TEXT if raw.strip() else Problem.EMPTY)])


def _of_csv(text: str) -> Table:
    reader = csv.reader(io.StringIO(text, newline=""))
    heads: tuple[str, ...] = ()
    rows, lines, ragged = [], [], []
    try:
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if not heads:
                heads = tuple(cell.strip() for cell in row)
            elif len(row) != len(heads):
                ragged.append(Fault(Problem.RAGGED, reader.line_num, "", str(len(row)), str(len(heads))))
            else:
                rows.append(row)
                lines.append(reader.line_num)
    except csv.Error:
        raise Unusable([Fault(Problem.NOT_TEXT)]) from None
    if ragged:
        raise Unusable(ragged)
    return Table(heads, rows, lines)


def _of_workbook(raw: bytes) -> Table:
    """The first sheet; its heads are the first row with two words, so that a title may stand above them."""
    try:
        found = sheets.read(raw)
    except sheets.SheetRefused as refused:
        raise Unusable([Fault(REFUSED.get(refused.why, Problem.NOT_WORKBOOK), detail=refused.detail)]) from None
    heads: tuple[str, ...] = ()
    rows, lines, faults = [], [], []
    for line, cells in enumerate(found.rows, 1):
        row = [clean.words(cell) for cell in cells]
        if not heads:
            heads = tuple(str(cell).strip() for cell in cells[: _width(row)]) if sum(map(bool, row)) > 1 else ()
        elif any(row) or any((line, place) in found.formulas for place in range(len(heads))):
            if _width(row) > len(heads):
                faults.append(Fault(Problem.RAGGED, line, "", str(_width(row)), str(len(heads))))
            rows.append([*row, *[""] * (len(heads) - len(row))][: len(heads)])
            lines.append(line)
    # Without its value such a cell would be taken for an empty one, and empty volume for no wood.
    faults += [Fault(Problem.FORMULA, line, heads[place]) for line, place in found.formulas if place < len(heads)]
    if faults:
        raise Unusable(faults)
    return Table(heads, rows, lines)


def _width(row: list[str]) -> int:
    """Up to which cell a row is filled in."""
    return max((place for place, cell in enumerate(row, 1) if cell), default=0)


def _of_json(text: str) -> Table:
    """A list of objects, or an object whose `rows` is one; rows count from 1."""
    try:
        told: Any = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (json.JSONDecodeError, RecursionError) as error:
        raise Unusable([Fault(Problem.NOT_JSON, detail=str(getattr(error, "lineno", 1)))]) from None
    listed = told.get("rows") if isinstance(told, dict) else told
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise Unusable([Fault(Problem.NOT_ROWS)])
    heads = tuple(dict.fromkeys(head for row in listed for head in row))
    rows = [["" if row.get(head) is None else str(row[head]) for head in heads] for row in listed]
    return Table(heads, rows, list(range(1, len(rows) + 1)))
