"""Inventories: the words of their columns. Closed lists only; the species stand in policy/carbon/species.toml."""

from enum import StrEnum


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
