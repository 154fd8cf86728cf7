"""Inventories: their closed lists, and the columns of their table as surveys write it.

The words stand in policy/inventory.toml, the species in policy/carbon/species.toml.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any


class InventoryState(StrEnum):
    """How far the import of a version is."""

    IMPORTING = "importing"
    COMPLETE = "complete"
    FAILED = "failed"


class LandKind(StrEnum):
    """What an inventory lists (一张图: 森林、湿地、草地)."""

    FOREST = "forest"
    WETLAND = "wetland"
    GRASSLAND = "grassland"


class ChangeCause(StrEnum):
    """What changed a sub-compartment since the survey before."""

    NONE = "none"
    PLANTED = "planted"
    FELLED = "felled"
    BURNT = "burnt"
    PEST = "pest"
    STORM = "storm"
    REMEASURED = "remeasured"
    OTHER = "other"


class RowChange(StrEnum):
    """What a sub-compartment is to two surveys, told by its code and figures: the first that holds."""

    ADDED = "added"
    GONE = "gone"
    AREA = "area"
    VOLUME = "volume"
    SPECIES = "species"
    SAME = "same"


PLACE = Path(__file__).parent / "policy"
HA_IN_MU = 15


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: how surveys head it (the first is ours) and how its cells are read."""

    key: str
    heads: tuple[str, ...]
    kind: str
    required: bool = False
    template_unit: str = ""

    @property
    def head(self) -> str:
        """Its head in the template, with its unit."""
        return f"{self.heads[0]}({self.template_unit})" if self.template_unit else self.heads[0]


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns, units of their heads, and the words of their cells: list → word → member."""

    columns: tuple[Column, ...]
    units: Mapping[str, str]
    per_area: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]
    first_words: Mapping[str, tuple[str, ...]]
    """List → the word the template uses for each member."""
    districts: Mapping[str, str]
    species: Mapping[str, str]
    """Code, name or alias, case folded → code."""
    species_names: Mapping[str, str]

    def column(self, key: str) -> Column:
        """A column by its key; raises StopIteration for another word."""
        return next(c for c in self.columns if c.key == key)


@cache
def layout() -> Layout:
    """The table as the policy files describe it."""
    told = _toml("inventory.toml")
    species = _toml("carbon/species.toml")["species"]
    members = {
        key: {name: member for member, names in listed.items() for name in (member, *names)}
        for key, listed in told["words"].items()
    }
    return Layout(
        columns=tuple(Column(**{**entry, "heads": tuple(entry["heads"])}) for entry in told["columns"]),
        units={word: unit for unit, words in told["units"].items() for word in words},
        per_area={word: unit for unit, words in told["per_area"].items() for word in words},
        words=members,
        first_words={key: tuple(names[0] for names in listed.values()) for key, listed in told["words"].items()},
        districts={word: code for code, names in told["districts"].items() for word in (code, *names)},
        species={
            name.casefold(): entry["code"]
            for entry in species
            for name in (entry["code"], entry["name_zh"], entry["name_en"], *entry.get("aliases", ()))
        },
        species_names={entry["code"]: entry["name_zh"] for entry in species},
    )


def _toml(name: str) -> dict[str, Any]:
    with (PLACE / name).open("rb") as file:
        return tomllib.load(file)
