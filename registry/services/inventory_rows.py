"""The rows of an inventory out of a table: which column is which, what each cell means, and everything that is wrong.

Plain values in and out, so that a hundred thousand rows are a matter of a second or two.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from registry.sheets import clean
from registry.sheets.read import Table
from workflows.inventory import HA_IN_MU, Column, LandKind, layout

HEAD_ROWS = 12
"""A title and a line of units may stand above the heads."""
LONGEST = {"code": 40, "note": 400}
LONGEST_TEXT = 60
FITTING = {"area": ("mu", "ha"), "volume": ("m3", "m3_per_ha", "m3_per_mu")}
"""The units in which an area, or growing stock, may stand."""
NONE, UNKNOWN = "none", "unknown"
MOST_MU, MOST_M3, MOST_MEASURE = 1e7, 1e8, 1000.0
FIRST_YEAR, LAST_YEAR = 1900, 2100
KEYS = tuple(c.key for c in layout().columns)
AREA, VOLUME, SPECIES = KEYS.index("area_mu"), KEYS.index("volume_m3"), KEYS.index("species_code")

Mapped = Mapping[str, tuple[int, str]]
"""Our column → its place in the file from 0, and the unit of its figures."""


class Why(StrEnum):
    """What is wrong with a cell."""

    EMPTY = "empty"
    FORMULA = "formula"
    ERROR_VALUE = "error_value"
    NOT_A_NUMBER = "not_a_number"
    NEGATIVE = "negative"
    ZERO = "zero"
    TOO_LARGE = "too_large"
    NOT_A_SHARE = "not_a_share"
    NOT_A_YEAR = "not_a_year"
    NOT_LISTED = "not_listed"
    UNKNOWN_SPECIES = "unknown_species"
    NO_SUCH_DISTRICT = "no_such_district"
    TOO_LONG = "too_long"
    TWICE = "twice"
    NO_UNIT = "no_unit"
    UNKNOWN_UNIT = "unknown_unit"
    OTHER_KIND = "other_kind"
    OTHER_DISTRICT = "other_district"
    OTHER_FARM = "other_farm"


@dataclass(frozen=True, slots=True)
class Fault:
    """One cell that cannot be used: row as a spreadsheet counts, our column, why, and what stands there."""

    row: int
    key: str
    why: Why
    value: str = ""


@dataclass(frozen=True, slots=True)
class Heads:
    """Where the heads stand (from 0), their words, and which of our columns they mean."""

    at: int
    words: tuple[str, ...]
    mapping: dict[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What every row has to be of: the kind of land, and for a reporter one of the own districts, or the own farm."""

    land_kind: LandKind
    districts: tuple[str, ...] = ()
    farm: str = ""


@dataclass(slots=True)
class Judged:
    """What the rows come to: values in the order of `KEYS` behind their row number, faults, sums by species."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    read: int = 0
    by_species: dict[str, list[float]] = field(default_factory=dict)
    """Species code → rows, mu, m3; of sound rows only."""

    @property
    def digest(self) -> str:
        """SHA-256 over the rows in order, whatever file they came in."""
        whole = hashlib.sha256()
        for row in self.rows:
            whole.update(repr(row[1:]).encode())
        return whole.hexdigest()


class _OddError(Exception):
    def __init__(self, why: Why) -> None:
        self.why = why


# Heads --------------------------------------------------------------------------------------------------


def heads(table: Table) -> Heads:
    """The row of heads, found by how many of ours it names, with the units that stand in a row of their own.

    A head merged over two rows counts where it begins. A row of units above or below the heads belongs to them.
    """
    best = Heads(0, (), {})
    for at in range(min(HEAD_ROWS, len(table.rows))):
        above = [clean.words(cell) for cell in table.rows[at - 1]] if at else []
        names = tuple(
            _head(clean.words(cell), above[n] if n < len(above) else "") for n, cell in enumerate(table.rows[at])
        )
        below = [clean.words(cell) for cell in table.rows[at + 1]] if at + 1 < len(table.rows) else []
        units = any(below) and all(not cell or _unit_word(cell) for cell in below)
        if units:
            names = tuple(_head(below[n] if n < len(below) else "", name) for n, name in enumerate(names))
        found = guess(names)
        if _told(found) > _told(best.mapping):
            best = Heads(at + units, names, found)
    return best if best.mapping else Heads(0, tuple(clean.words(c) for c in table.rows[0]), {})


def _told(mapping: Mapped) -> tuple[int, int]:
    """How many columns heads name, and how many of them with a unit that fits."""
    return len(mapping), sum(unit not in (NONE, UNKNOWN) for _place, unit in mapping.values())


def _head(own: str, above: str) -> str:
    """A head out of a cell and the one above it: either may be a unit alone, or nothing."""
    if _unit_word(own) and above:
        return f"{above}({_unit_word(own)})"
    if own and _unit_word(above):
        return f"{own}({_unit_word(above)})"
    return own or above


def _unit_word(text: str) -> str:
    """The word of a unit that stands alone, in brackets or not; "" for anything else."""
    word = clean.code(text).casefold().strip("()[]")
    return word if word in _units() else ""


@cache
def _units() -> Mapping[str, str]:
    return {clean.code(word).casefold(): unit for word, unit in layout().units.items()}


def guess(names: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Which columns the heads mean, with the unit each names; the first that fits counts."""
    known = {clean.head(h)[0]: c for c in reversed(layout().columns) for h in c.heads}
    whole = {clean.code(h).casefold(): c for c in layout().columns for h in c.heads}
    found: dict[str, tuple[int, str]] = {}
    for place, name in enumerate(names):
        text, _unit = clean.head(name)
        column = whole.get(clean.code(name).casefold()) or known.get(text)
        if column and column.key not in found:
            found[column.key] = (place, unit_of(column, name))
    return found


def unit_of(column: Column, name: str) -> str:
    """The unit a head gives its figures: mu or ha; m3, m3_per_ha or m3_per_mu; "" for other columns.

    UNKNOWN where the head names one that does not measure this, and NONE for an area without any: both are in use, and
    a guess would be wrong by fifteen times. Stock without a unit is the m3 of the whole row, as surveys have it.
    """
    if column.kind not in FITTING:
        return ""
    text, written = clean.head(name)
    per_area = next((unit for word, unit in layout().per_area.items() if text.startswith(word)), "")
    if column.kind == "volume" and per_area:
        return per_area
    if not written:
        return NONE if column.kind == "area" else "m3"
    said = _units().get(written, "")
    return said if said in FITTING[column.kind] else UNKNOWN


def missing(mapping: Mapped, land_kind: LandKind) -> list[Column]:
    """The columns the table must have and does not: of forest also species and volume."""
    also = {"species_code", "volume_m3"} if land_kind is LandKind.FOREST else set()
    return [c for c in layout().columns if (c.required or c.key in also) and c.key not in mapping]


# Rows ---------------------------------------------------------------------------------------------------


def judge(table: Table, head: Heads, mapping: Mapped, bounds: Bounds) -> Judged:
    """Read every row below the heads; a row with any fault is left out, an empty one is passed over."""
    judged, seen = Judged(), set()
    for key, (place, unit) in mapping.items():
        if unit in (NONE, UNKNOWN):
            why = Why.NO_UNIT if unit == NONE else Why.UNKNOWN_UNIT
            judged.faults.append(Fault(head.at + 1, key, why, head.words[place][:60]))
    readers = [(key, *mapping.get(key, (-1, "")), _reader(layout().column(key), bounds, mapping)) for key in KEYS]
    unvalued = table.formulas
    for no, cells in enumerate(table.rows[head.at + 1 :], head.at + 2):
        width = len(cells)
        if not any(cell != "" for cell in cells):
            continue
        judged.read += 1
        values: list[Any] = [no]
        bad = len(judged.faults)
        for key, place, _unit, read in readers:
            cell = cells[place] if 0 <= place < width else ""
            if unvalued and (no, place) in unvalued:
                judged.faults.append(Fault(no, key, Why.FORMULA))
                values.append(None)
                continue
            try:
                values.append(read(cell))
            except _OddError as odd:
                judged.faults.append(Fault(no, key, odd.why, clean.words(cell)[:60]))
                values.append(None)
        if values[1] in seen:
            judged.faults.append(Fault(no, "code", Why.TWICE, str(values[1])))
        if len(judged.faults) > bad:
            continue
        seen.add(values[1])
        _per_area(values, mapping)
        judged.rows.append(tuple(values))
        summed = judged.by_species.setdefault(values[SPECIES + 1], [0, 0.0, 0.0])
        summed[0] += 1
        summed[1] += values[AREA + 1]
        summed[2] += values[VOLUME + 1]
    return judged


def _per_area(values: list[Any], mapping: Mapped) -> None:
    unit = mapping.get("volume_m3", (0, ""))[1]
    if unit == "m3_per_mu":
        values[VOLUME + 1] = round(values[VOLUME + 1] * values[AREA + 1], 3)
    elif unit == "m3_per_ha":
        values[VOLUME + 1] = round(values[VOLUME + 1] * values[AREA + 1] / HA_IN_MU, 3)


Read = Callable[[Any], Any]


def _reader(column: Column, bounds: Bounds, mapping: Mapped) -> Read:
    match column.kind:
        case "code":
            return _text(LONGEST.get(column.key, LONGEST_TEXT), required=column.required, read=clean.code)
        case "district":
            return _remembered(lambda cell: _district(cell, bounds.districts))
        case "species":
            return _remembered(lambda cell: _species(cell, bounds.land_kind))
        case "list":
            return _remembered(lambda cell: _listed(column.key, cell, bounds.land_kind))
        case "area":
            factor = HA_IN_MU if mapping.get(column.key, (0, ""))[1] == "ha" else 1
            return lambda cell: _area(cell, factor)
        case "volume":
            needed = bounds.land_kind is LandKind.FOREST
            return lambda cell: _figure(cell, MOST_M3, 3, needed, 0.0)
        case "share":
            return _remembered(_share)
        case "measure":
            return lambda cell: _figure(cell, MOST_MEASURE, 2, False, None)
        case "year":
            return _remembered(_year)
    if column.key == "farm" and bounds.farm:
        return _remembered(lambda cell: _own_farm(cell, bounds.farm))
    return _text(LONGEST.get(column.key, LONGEST_TEXT))


def _remembered(read: Read) -> Read:
    """The same for a column whose words come again and again."""
    kept: dict[Any, Any] = {}

    def look(cell: Any) -> Any:
        found = kept.get((type(cell), cell), kept)
        if found is kept:
            found = read(cell)
            if len(kept) < 5000:
                kept[type(cell), cell] = found
        return found

    return look


def _text(longest: int, *, required: bool = False, read: Callable[[Any], str] = clean.words) -> Read:
    def look(cell: Any) -> str:
        text = read(cell)
        if required and not text:
            raise _OddError(Why.EMPTY)
        if len(text) > longest:
            raise _OddError(Why.TOO_LONG)
        if text[:1] == "#" and text in ERRORS:
            raise _OddError(Why.ERROR_VALUE)
        return text

    return look


ERRORS = frozenset({"#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"})


def _figure(cell: Any, most: float, places: int, required: bool, nothing: float | None) -> float | None:
    if cell == "" or (isinstance(cell, str) and not cell.strip()):
        if required:
            raise _OddError(Why.EMPTY)
        return nothing
    try:
        found = clean.number(cell)
    except ValueError:
        raise _OddError(Why.ERROR_VALUE if cell in ERRORS else Why.NOT_A_NUMBER) from None
    if found < 0:
        raise _OddError(Why.NEGATIVE)
    if found > most:
        raise _OddError(Why.TOO_LARGE)
    return round(found, places)


def _area(cell: Any, factor: int) -> float:
    found = _figure(cell, MOST_MU, 6, True, 0.0) or 0.0
    mu = round(found * factor, 4)
    if mu == 0:
        raise _OddError(Why.ZERO)
    return mu


def _share(cell: Any) -> float | None:
    found = _figure(cell, 100, 4, False, None)
    if found is not None and found > 1:
        raise _OddError(Why.NOT_A_SHARE)
    return None if found is None else round(found, 2)


def _year(cell: Any) -> int | None:
    found = _figure(getattr(cell, "year", cell), 1e6, 4, False, None)
    if found is not None and (found != int(found) or not FIRST_YEAR <= found <= LAST_YEAR):
        raise _OddError(Why.NOT_A_YEAR)
    return None if found is None else int(found)


def _district(cell: Any, own: tuple[str, ...]) -> str:
    word = clean.code(cell)
    if not word:
        raise _OddError(Why.EMPTY)
    # Twelve digits of a township or nine of a village begin with their county's six.
    found = layout().districts.get(word) or layout().districts.get(word[:6] if word.isdigit() else "")
    if found is None:
        raise _OddError(Why.NO_SUCH_DISTRICT)
    if own and found not in own:
        raise _OddError(Why.OTHER_DISTRICT)
    return found


def _species(cell: Any, kind: LandKind) -> str:
    word = clean.words(cell)
    if not word:
        if kind is LandKind.FOREST:
            raise _OddError(Why.EMPTY)
        return ""
    found = layout().species.get(word.casefold())
    if found is None:
        raise _OddError(Why.UNKNOWN_SPECIES)
    return found


def _listed(key: str, cell: Any, kind: LandKind) -> str | None:
    word = clean.code(cell)
    if not word:
        return {"land_kind": kind.value, "cause": "none"}.get(key)
    found = layout().words[key].get(word)
    if found is None:
        raise _OddError(Why.NOT_LISTED)
    if key == "land_kind" and found != kind:
        raise _OddError(Why.OTHER_KIND)
    return found


def _own_farm(cell: Any, own: str) -> str:
    word = clean.words(cell)
    if word and word not in own:
        raise _OddError(Why.OTHER_FARM)
    return own[:LONGEST_TEXT]
