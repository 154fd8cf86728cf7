"""The carbon of an inventory, reckoned once for its rows and the parameters, and what moved between two."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import fsum

import numpy as np

from registry.models.inventory import Inventory
from registry.queries import inventory_moves
from registry.queries.inventory_moves import NOT_SAID, Line
from registry.queries.inventory_stock import Standing, standing
from registry.services.farm_plots import Stratum
from workflows.carbon import Columns, Mark, Moved, Parameters, Row, grouped, stock
from workflows.carbon.change import moved
from workflows.carbon.units import Unit, convert
from workflows.inventory import ChangeCause, LandKind, RowChange
from workflows.states import AgeGroup

KEPT = 64
"""Results that are kept: a table of some hundred lines each."""
SPECIES = "species_code"


@dataclass(frozen=True)
class Tables:
    """The stock of an inventory: in all, by species, and by each other column; and the hectares of each stratum."""

    total: Row
    by: Mapping[str, tuple[Row, ...]]
    marks: tuple[Mark, ...]
    strata_ha: Mapping[Stratum, float]


@dataclass(frozen=True)
class Comparison:
    """What moved between two inventories: in all, by species, and by each other column."""

    total: Moved
    by: Mapping[str, tuple[Moved, ...]]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is reckoned, told apart by the digests of the rows and the revision of the parameters alone."""

    key: tuple[str, ...]
    ids: tuple[int, ...] = field(compare=False)
    parameters: Parameters = field(compare=False)
    wood: bool = field(compare=False)

    @classmethod
    def of(cls, parameters: Parameters, *versions: Inventory) -> "_Asked":
        """These versions, by these parameters."""
        digests = tuple(version.digest for version in versions)
        wood = all(version.land_kind is LandKind.FOREST for version in versions)
        return cls((*digests, parameters.revision), tuple(version.id for version in versions), parameters, wood)


def stock_of(version: Inventory, parameters: Parameters) -> Tables:
    """The stock of a complete version; raises RowFaults naming each row that cannot be reckoned.

    No method is on file for the carbon of wetland and grassland: of these only the area is told.
    """
    return _reckoned(_Asked.of(parameters, version))


@lru_cache(KEPT)
def _reckoned(asked: _Asked) -> Tables:
    (version_id,) = asked.ids
    found = standing(version_id)
    reckoned = stock(found.columns if asked.wood else _bare(found.columns), asked.parameters)
    groups = {key: grouped(reckoned, column) for key, column in found.keys.items()}
    return Tables(reckoned.total, {SPECIES: reckoned.species, **groups}, reckoned.marks, _strata(found))


def _strata(found: Standing) -> dict[Stratum, float]:
    """The area of each species and age group."""
    species, ages = found.columns.species, found.keys["age_group"]
    width = len(ages.words)
    codes, size = species.codes * width + ages.codes, len(species.words) * width
    there = np.flatnonzero(np.bincount(codes, minlength=size)).tolist()
    areas = np.bincount(codes, found.columns.area_ha, size)[there].tolist()
    words = ((species.words[pair // width], ages.words[pair % width]) for pair in there)
    return {(code, AgeGroup(age) if age else None): ha for (code, age), ha in zip(words, areas, strict=True)}


def _bare(columns: Columns) -> Columns:
    """The same land without what stands on it."""
    return Columns([""] * len(columns), columns.area_ha, np.zeros(len(columns)))


def change_of(old: Inventory, new: Inventory, parameters: Parameters) -> Comparison:
    """What moved between two versions; raises RowFaults, and ValueError where the later one is not later."""
    years = (new.surveyed_on - old.surveyed_on).days / 365.25
    before, after = stock_of(old, parameters), stock_of(new, parameters)
    by = {key: moved(before.by[key], after.by[key], years) for key in before.by}
    (total,) = moved([before.total], [after.total], years)
    return Comparison(total, by, tuple(dict.fromkeys((*before.marks, *after.marks))))


@dataclass(frozen=True, slots=True)
class Caused:
    """What sub-compartments of one kind and cause gained, less than 0 where they lost; all of them add up."""

    kind: RowChange
    cause: str
    rows: int
    area_mu: float
    volume_m3: float
    tc: float

    @property
    def tco2e(self) -> float:
        """The same in tonnes of carbon dioxide."""
        return convert(self.tc, Unit.TC, Unit.TCO2E)


def caused(old: Inventory, new: Inventory, parameters: Parameters) -> tuple[Caused, ...]:
    """What moved, by kind and cause; raises RowFaults like the stock of either version."""
    stock_of(old, parameters)
    stock_of(new, parameters)
    return _caused(_Asked.of(parameters, old, new))


@lru_cache(KEPT)
def _caused(both: _Asked) -> tuple[Caused, ...]:
    found: dict[tuple[RowChange, str], list[Caused]] = {}
    for one in inventory_moves.sums(*both.ids):
        tc = 0.0
        if both.wood:
            tc = _tc(one.new_species, one.new_volume_m3, both.parameters)
            tc -= _tc(one.old_species, one.old_volume_m3, both.parameters)
        area, volume = one.new_area_mu - one.old_area_mu, one.new_volume_m3 - one.old_volume_m3
        line = Caused(one.kind, one.cause, one.rows, area, volume, tc)
        found.setdefault((one.kind, one.cause), []).append(line)
    return tuple(_together(found[key]) for key in sorted(found, key=_place))


def _place(key: tuple[RowChange, str]) -> tuple[int, int]:
    """Causes in the order of their list; growth, and what no survey gives a cause for, come last."""
    kind, word = key
    causes = [*ChangeCause, NOT_SAID]
    return (causes.index(word) or len(causes)), list(RowChange).index(kind)


def _together(lines: list[Caused]) -> Caused:
    sums = (fsum(column) for column in zip(*((one.area_mu, one.volume_m3, one.tc) for one in lines), strict=True))
    return Caused(lines[0].kind, lines[0].cause, sum(one.rows for one in lines), *sums)


def _tc(species: str | None, volume_m3: float, parameters: Parameters) -> float:
    return volume_m3 * float(parameters.factors[species].tc_per_m3) if species else 0.0


def gained_tco2e(line: Line, parameters: Parameters) -> float:
    """What one sub-compartment gained, in tonnes of carbon dioxide; less than 0 where it lost."""
    after = _tc(line.new_species, float(line.new_volume_m3 or 0), parameters)
    return convert(after - _tc(line.old_species, float(line.old_volume_m3 or 0), parameters), Unit.TC, Unit.TCO2E)
