"""Tables 1–11 of a pilot report (domain.md §7.3): shapes, what must agree in them, and where each figure comes from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from workflows.states import PeriodKind

MU_PER_HA = 15
Q, Y = PeriodKind.QUARTER, PeriodKind.YEAR
BOTH = frozenset({Q, Y})
ANNUAL = frozenset({Y})


class Kind(StrEnum):
    """What stands in a column."""

    WORDS = "words"
    NUMBER = "number"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key, what stands in it, the unit of a number, and whether its rows add up to the total.

    `places`: how many decimals are printed, the same in every row.
    """

    key: str
    kind: Kind = Kind.NUMBER
    unit: str = ""
    sums: bool = False
    places: int = 2


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as the report asks for it."""

    no: int
    key: str
    columns: tuple[Column, ...]
    periods: frozenset[PeriodKind] = ANNUAL

    def column(self, key: str) -> Column:
        """The column of that key; raises KeyError."""
        found = next((c for c in self.columns if c.key == key), None)
        if found is None:
            raise KeyError(f"table {self.no} has no column {key!r}")
        return found


def _words(*keys: str) -> tuple[Column, ...]:
    return tuple(Column(key, Kind.WORDS) for key in keys)


def _day(key: str) -> Column:
    return Column(key, Kind.DAY)


def _sum(key: str, unit: str) -> Column:
    return Column(key, unit=unit, sums=True)


def _n(key: str, unit: str = "", places: int = 2) -> Column:
    return Column(key, unit=unit, places=places)


# fmt: off
SHAPES: Mapping[int, Shape] = MappingProxyType({shape.no: shape for shape in (
    Shape(1, "resource", (
        *_words("forest_district", "forest_category", "species", "age_group"), _sum("area_mu", "mu"),
        _sum("area_ha", "ha"), _sum("volume_m3", "m3"), _n("crown_closure"), _n("dbh_cm", "cm", 1),
        _n("height_m", "m", 1),
    )),
    Shape(2, "stock", (
        *_words("stratum"), _sum("area_ha", "ha"), _n("volume_m3_per_ha", "m3_per_ha"), _n("wd", places=3),
        _n("bef", places=3), _n("r", places=3), _n("cf", places=3), _sum("carbon_tc", "tc"), _sum("co2_t", "t"),
        _n("uncertainty_pct", "pct", 1),
    )),
    Shape(3, "change", (
        *_words("stratum"), _sum("start_t", "t"), _sum("end_t", "t"), _sum("change_t", "t"), _sum("yearly_t", "t"),
        _n("yearly_t_per_mu", "t_per_mu", 3),
    )),
    Shape(4, "tasks", (
        *_words("task"), _sum("planned_mu", "mu"), _sum("done_mu", "mu"), _n("done_pct", "pct", 1),
        _sum("year_mu", "mu"),
    ), BOTH),
    Shape(5, "plots", (
        *_words("plot", "place"), _n("area_m2", "m2"), _n("trees", places=0), _day("surveyed_on"),
        *_words("persons", "instrument"),
    )),
    Shape(6, "losses", (
        *_words("cause"), _day("on"), _sum("area_mu", "mu"), _sum("volume_m3", "m3"), _sum("co2_t", "t"),
        *_words("handling"),
    ), BOTH),
    Shape(7, "projects", (
        *_words("number", "scheme", "stage"), _sum("area_mu", "mu"), *_words("term", "risk", "result"),
    ), BOTH),
    Shape(8, "sales", (
        *_words("batch", "kind"), _sum("quantity_t", "t"), _n("price_yuan_per_t", "yuan_per_t"),
        _sum("amount_yuan", "yuan"), *_words("counterparty", "retirement"),
    ), BOTH),
    Shape(9, "finance", (
        *_words("contract", "kind"), _sum("pledged_t", "t"), _sum("loan_wan_yuan", "wan_yuan"), *_words("registration"),
    ), BOTH),
    # Money in and money out do not add up to anything: each has a line of its own for its sum.
    Shape(10, "money", (
        *_words("heading"), _n("budget_wan_yuan", "wan_yuan"), _n("spent_wan_yuan", "wan_yuan"), *_words("source"),
    )),
    Shape(11, "trials", (
        *_words("pair", "measure"), _n("before"), _n("after"), _n("difference"), *_words("significance"),
    )),
)})
PLACES: Mapping[str, int] = MappingProxyType({c.key: c.places for shape in SHAPES.values() for c in shape.columns})
# fmt: on

Value = str | Decimal | date | None


class Source(NamedTuple):
    """What a figure was made from: kind of record, id, and of an inventory the group of its rows (`group_of`)."""

    kind: str
    id: int
    group: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure, or words, with what it was made from."""

    value: Value
    sources: tuple[Source, ...] = ()
    method: str = ""
    mark: str = ""
    """known or unsure, where a parameter it rests on has not been verified."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table filled: its rows in order, each a cell for each column it has; and the totals that it states."""

    no: int
    rows: tuple[Mapping[str, Cell], ...] = ()
    total: Mapping[str, Cell] = field(default_factory=dict)

    @property
    def shape(self) -> Shape:
        """What is asked for."""
        return SHAPES[self.no]

    @property
    def marked(self) -> bool:
        """Whether a figure in it rests on a parameter that has not been verified."""
        return any(cell.mark for row in (*self.rows, self.total) for cell in row.values())

    def numbers(self, key: str) -> Iterator[Decimal]:
        """The numbers of a column, those that are there."""
        for row in self.rows:
            value = row[key].value if key in row else None
            if isinstance(value, Decimal):
                yield value


def asked(kind: PeriodKind) -> tuple[int, ...]:
    """The numbers of the tables of a report."""
    return tuple(no for no, shape in SHAPES.items() if kind in shape.periods)


def completed(no: int, row: Mapping[str, Cell]) -> dict[str, Cell]:
    """A row with what is worked out from its own figures; each rests on what those rest on."""
    numbers = {key: cell.value for key, cell in row.items() if isinstance(cell.value, Decimal)}
    made: dict[str, Decimal] = {}
    match no:
        case 1 if "area_mu" in numbers:
            made["area_ha"] = numbers["area_mu"] / MU_PER_HA
        case 3 if {"start_t", "end_t"} <= set(numbers):
            made["change_t"] = numbers["end_t"] - numbers["start_t"]
        case 4 if numbers.get("planned_mu") and "done_mu" in numbers:
            made["done_pct"] = numbers["done_mu"] * 100 / numbers["planned_mu"]
        case 11 if {"before", "after"} <= set(numbers):
            made["difference"] = numbers["after"] - numbers["before"]
    sources = tuple(dict.fromkeys(s for cell in row.values() for s in cell.sources))
    method = next((cell.method for cell in row.values() if cell.method), "")
    mark = next((cell.mark for cell in row.values() if cell.mark), "")
    cells = {**row, **{key: Cell(value, sources, method, mark) for key, value in made.items()}}
    return {column.key: cells[column.key] for column in SHAPES[no].columns if column.key in cells}


def with_totals(
    no: int, rows: Sequence[Mapping[str, Cell]], stated: Mapping[str, Cell] = MappingProxyType({})
) -> Table:
    """A table of rows and what their summable columns come to; a total rests on all that its rows rest on.

    `stated`: what its total says that is no sum of its rows.
    """
    table = Table(no, tuple(rows))
    total = {}
    for column in table.shape.columns:
        cells = [row[column.key] for row in rows if column.key in row and isinstance(row[column.key].value, Decimal)]
        if column.sums and cells:
            sources = tuple(dict.fromkeys(s for cell in cells for s in cell.sources))
            method = next((cell.method for cell in cells if cell.method), "")
            mark = next((cell.mark for cell in cells if cell.mark), "")
            total[column.key] = Cell(sum(table.numbers(column.key), Decimal(0)), sources, method, mark)
    return Table(no, tuple(rows), total | dict(stated))


# What must agree --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a report: table, what the row is called, column; "" for a whole table or a total."""

    table: int
    row: str = ""
    column: str = ""

    def __str__(self) -> str:
        return "-".join(filter(None, (str(self.table), self.row, self.column)))


def named(row: Mapping[str, Cell]) -> str:
    """What a row is called: what stands before its first figure."""
    said = []
    for cell in row.values():
        if isinstance(cell.value, Decimal):
            break
        if cell.value:
            said.append(str(cell.value))
    return " ".join(said)


def off_sums(tables: Sequence[Table], tolerance: Decimal) -> tuple[Spot, ...]:
    """Totals that are not the sum of their rows, and areas of tables 1 and 2 that are not the same forest."""
    found = []
    for table in tables:
        for column in table.shape.columns:
            stated = table.total[column.key].value if column.key in table.total else None
            if not column.sums or not isinstance(stated, Decimal):
                continue
            if abs(sum(table.numbers(column.key), Decimal(0)) - stated) > tolerance:
                found.append(Spot(table.no, column=column.key))
    areas = {t.no: sum(t.numbers("area_ha"), Decimal(0)) for t in tables if t.no in (1, 2) and t.rows}
    if len(areas) == 2 and abs(areas[1] - areas[2]) > tolerance:
        found.append(Spot(2, column="area_ha"))
    return tuple(found)


def jumps(now: Sequence[Table], before: Sequence[Table], most_pct: Decimal) -> tuple[Spot, ...]:
    """Sums that differ from those of the last period by more than so many per cent of the latter."""
    last = {table.no: table for table in before}
    found = []
    for table in now:
        for key, cell in table.total.items():
            old = last[table.no].total.get(key) if table.no in last else None
            if not table.shape.column(key).sums:
                continue
            if old is None or not isinstance(old.value, Decimal) or not isinstance(cell.value, Decimal):
                continue
            if abs(cell.value - old.value) * 100 > most_pct * abs(old.value):
                found.append(Spot(table.no, column=key))
    return tuple(found)


def outside(tables: Sequence[Table], start: date, end: date) -> tuple[Spot, ...]:
    """Days that are not in the period. Plots are measured every few years, so their day may only not be later."""
    found = []
    for table in tables:
        for row in table.rows:
            for key, cell in row.items():
                if isinstance(cell.value, date) and (cell.value > end or (table.no != 5 and cell.value < start)):
                    found.append(Spot(table.no, named(row), key))
    return tuple(found)


def unhandled(tables: Sequence[Table]) -> tuple[Spot, ...]:
    """Losses of which nobody says what was done."""
    losses = (row for table in tables if table.no == 6 for row in table.rows)
    return tuple(Spot(6, named(row), "handling") for row in losses if not (row.get("handling") or Cell(None)).value)


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that reads otherwise than in the version before."""

    spot: Spot
    before: Value
    after: Value


def differences(before: Sequence[Table], after: Sequence[Table]) -> tuple[Difference, ...]:
    """What a correction changes, cell by cell; rows are told apart by their names, and those of one name in order."""
    old, new = dict(_cells(before)), dict(_cells(after))
    return tuple(
        Difference(spot, old.get((spot, n)), new.get((spot, n)))
        for spot, n in dict.fromkeys((*old, *new))
        if old.get((spot, n)) != new.get((spot, n))
    )


def _cells(tables: Sequence[Table]) -> Iterator[tuple[tuple[Spot, int], Value]]:
    for table in tables:
        seen: dict[str, int] = {}
        for row in table.rows:
            name = named(row)
            seen[name] = seen.get(name, 0) + 1
            yield from (((Spot(table.no, name, key), seen[name]), cell.value) for key, cell in row.items())
        yield from (((Spot(table.no, "", key), 1), cell.value) for key, cell in table.total.items())
