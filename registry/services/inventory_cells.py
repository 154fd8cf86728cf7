"""What the cells of an inventory mean, column by column, and why one cannot be used. Plain values in and out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from registry.sheets import clean
from workflows.inventory import HA_IN_MU, Column, LandKind, layout

LONGEST = {"code": 40, "note": 400}
LONGEST_TEXT = 60
MOST_MU, MOST_M3, MOST_MEASURE = 1e7, 1e8, 1000.0
FIRST_YEAR, LAST_YEAR = 1900, 2100
MOST_KEPT = 5000
"""Words of a column that are remembered."""
ERRORS = frozenset({"#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"})

Mapped = Mapping[str, tuple[int, str]]
"""Our column → its place in the file from 0, and the unit of its figures."""
Read = Callable[[Sequence[Any]], list[Any]]
"""What the cells of a column come to; raises Odd at the first that cannot be used."""


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
class Bounds:
    """What every row has to be of: the kind of land, and for a reporter one of the own districts, or the own farm."""

    land_kind: LandKind
    districts: tuple[str, ...] = ()
    farm: str = ""


class Odd(Exception):
    """A cell that cannot be used."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


def reader(column: Column, bounds: Bounds, mapping: Mapped) -> Read:
    """How the cells of a column are read: settled once, not at every cell."""
    match column.kind:
        case "code" if column.required:  # no two are the same: there is nothing to remember
            return _each(partial(_text, longest=LONGEST[column.key], required=True, read=clean.code))
        case "code":
            return _remembered(partial(_text, longest=LONGEST_TEXT, read=clean.code))
        case "district":
            return _remembered(partial(_district, own=bounds.districts))
        case "species":
            return _remembered(partial(_species, kind=bounds.land_kind))
        case "list":
            return _remembered(partial(_listed, column.key, kind=bounds.land_kind))
        case "area":
            return _each(partial(_area, factor=HA_IN_MU if mapping.get(column.key, (0, ""))[1] == "ha" else 1))
        case "volume":
            needed = bounds.land_kind is LandKind.FOREST
            return _each(partial(_figure, most=MOST_M3, places=3, required=needed, nothing=0.0))
        case "share":
            return _remembered(_share)
        case "measure":
            return _remembered(partial(_figure, most=MOST_MEASURE, places=2))
        case "year":
            return _remembered(_year)
    if column.key == "farm" and bounds.farm:
        return _remembered(partial(_own_farm, own=bounds.farm))
    return _remembered(partial(_text, longest=LONGEST.get(column.key, LONGEST_TEXT)))


def _each(read: Callable[[Any], Any]) -> Read:
    return lambda cells: list(map(read, cells))


def _remembered(read: Callable[[Any], Any]) -> Read:
    """The same for a column whose words come again and again."""
    kept = _Kept(read)
    return lambda cells: list(map(kept.__getitem__, cells))


class _Kept(dict[Any, Any]):
    """What words came to. 1 and 1.0 are the same key and the same figure; true and false are no cells of a `Table`."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, cell: Any) -> Any:
        found = self.read(cell)
        if len(self) < MOST_KEPT:
            self[cell] = found
        return found


def _text(cell: Any, longest: int, *, required: bool = False, read: Callable[[Any], str] = clean.words) -> str:
    text = read(cell)
    if required and not text:
        raise Odd(Why.EMPTY)
    if len(text) > longest:
        raise Odd(Why.TOO_LONG)
    if text[:1] == "#" and text in ERRORS:
        raise Odd(Why.ERROR_VALUE)
    return text


def _figure(
    cell: Any, most: float, places: int, *, required: bool = False, nothing: float | None = None
) -> float | None:
    if type(cell) is float and 0 <= cell <= most:  # nearly every one
        return round(cell, places)
    if cell == "" or (isinstance(cell, str) and not cell.strip()):
        if required:
            raise Odd(Why.EMPTY)
        return nothing
    try:
        found = clean.number(cell)
    except ValueError:
        raise Odd(Why.ERROR_VALUE if cell in ERRORS else Why.NOT_A_NUMBER) from None
    if found < 0:
        raise Odd(Why.NEGATIVE)
    if found > most:
        raise Odd(Why.TOO_LARGE)
    return round(found, places)


def _area(cell: Any, factor: int) -> float:
    found = _figure(cell, MOST_MU, 6, required=True) or 0.0
    mu = round(found * factor, 4)
    if mu == 0:
        raise Odd(Why.ZERO)
    return mu


def _share(cell: Any) -> float | None:
    found = _figure(cell, 100, 4)
    if found is not None and found > 1:
        raise Odd(Why.NOT_A_SHARE)
    return None if found is None else round(found, 2)


def _year(cell: Any) -> int | None:
    found = _figure(getattr(cell, "year", cell), 1e6, 4)
    if found is not None and (found != int(found) or not FIRST_YEAR <= found <= LAST_YEAR):
        raise Odd(Why.NOT_A_YEAR)
    return None if found is None else int(found)


def _district(cell: Any, own: tuple[str, ...]) -> str:
    word = clean.code(cell)
    if not word:
        raise Odd(Why.EMPTY)
    # Twelve digits of a township or nine of a village begin with their county's six.
    found = layout().districts.get(word) or layout().districts.get(word[:6] if word.isdigit() else "")
    if found is None:
        raise Odd(Why.NO_SUCH_DISTRICT)
    if own and found not in own:
        raise Odd(Why.OTHER_DISTRICT)
    return found


def _species(cell: Any, kind: LandKind) -> str:
    word = clean.words(cell)
    if not word:
        if kind is LandKind.FOREST:
            raise Odd(Why.EMPTY)
        return ""
    found = layout().species.get(word.casefold())
    if found is None:
        raise Odd(Why.UNKNOWN_SPECIES)
    return found


def _listed(key: str, cell: Any, kind: LandKind) -> str | None:
    word = clean.code(cell)
    if not word:
        return {"land_kind": kind.value, "cause": "none"}.get(key)
    found = layout().words[key].get(word)
    if found is None:
        raise Odd(Why.NOT_LISTED)
    if key == "land_kind" and found != kind:
        raise Odd(Why.OTHER_KIND)
    return found


def _own_farm(cell: Any, own: str) -> str:
    word = clean.words(cell)
    if word and word not in own:
        raise Odd(Why.OTHER_FARM)
    return own[:LONGEST_TEXT]
