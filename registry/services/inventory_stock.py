"""The carbon of an inventory, reckoned once for its rows and the parameters, and what moved between two."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from registry.models.inventory import Inventory
from registry.queries.inventory_stock import standing
from workflows.carbon import Mark, Moved, Parameters, Row, grouped, stock
from workflows.carbon.change import moved

KEPT = 64
"""Results that are kept: a table of some hundred lines each."""
SPECIES = "species_code"


@dataclass(frozen=True)
class Tables:
    """The stock of an inventory: in all, by species, and by each other column."""

    total: Row
    by: Mapping[str, tuple[Row, ...]]
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Comparison:
    """What moved between two inventories: in all, by species, and by each other column."""

    total: Moved
    by: Mapping[str, tuple[Moved, ...]]
    marks: tuple[Mark, ...]


class _Asked:
    """What is reckoned, told apart by the digest of the rows and the revision of the parameters alone."""

    def __init__(self, version: Inventory, parameters: Parameters) -> None:
        self.version_id, self.parameters = version.id, parameters
        self.key = version.digest, parameters.revision

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


def stock_of(version: Inventory, parameters: Parameters) -> Tables:
    """The stock of a complete version; raises RowFaults naming each row that cannot be reckoned."""
    return _reckoned(_Asked(version, parameters))


@lru_cache(KEPT)
def _reckoned(asked: _Asked) -> Tables:
    found = standing(asked.version_id)
    reckoned = stock(found.columns, asked.parameters)
    groups = {key: grouped(reckoned, column) for key, column in found.keys.items()}
    return Tables(reckoned.total, {SPECIES: reckoned.species, **groups}, reckoned.marks)


def change_of(old: Inventory, new: Inventory, parameters: Parameters) -> Comparison:
    """What moved between two versions; raises RowFaults, and ValueError where the later one is not later."""
    years = (new.surveyed_on - old.surveyed_on).days / 365.25
    before, after = stock_of(old, parameters), stock_of(new, parameters)
    by = {key: moved(before.by[key], after.by[key], years) for key in before.by}
    (total,) = moved([before.total], [after.total], years)
    return Comparison(total, by, tuple(dict.fromkeys((*before.marks, *after.marks))))
