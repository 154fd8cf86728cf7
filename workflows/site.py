"""The words of a site: who holds the land, what stands on it, what is done to it.

`states` hands them on with the others.
"""

from enum import StrEnum


class Tenure(StrEnum):
    """How the land is held (house.md §7)."""

    STATE = "state"
    COLLECTIVE_MANAGED = "collective_managed"
    HOUSEHOLD = "household"
    OTHER_CONTRACT = "other_contract"
    TRANSFERRED = "transferred"
    PRIVATE_PLOT = "private_plot"


class TitleDocument(StrEnum):
    """Which paper shows the right to the land (CCER-14-001-V01, A04)."""

    REAL_ESTATE_CERTIFICATE = "real_estate_certificate"
    FOREST_RIGHT_CERTIFICATE = "forest_right_certificate"
    LAND_CERTIFICATE = "land_certificate"
    CONTRACT = "contract"
    TRANSFER_CONTRACT = "transfer_contract"
    NONE = "none"


class LandSetting(StrEnum):
    """The setting of the planted land (CCER-14-001-V01, A02)."""

    FOREST_LAND = "forest_land"
    CORRIDOR = "corridor"
    FOUR_SIDES = "four_sides"
    URBAN_INDUSTRIAL = "urban_industrial"
    WETLAND = "wetland"
    OTHER = "other"


class ForestUse(StrEnum):
    """The purpose of the stand (林种)."""

    PROTECTION = "protection"
    SPECIAL_PURPOSE = "special_purpose"
    TIMBER = "timber"
    ENERGY = "energy"
    ECONOMIC = "economic"


class ForestOrigin(StrEnum):
    """How the stand came up (起源)."""

    NATURAL = "natural"
    PLANTED = "planted"


class AgeGroup(StrEnum):
    """The age of the stand (龄组)."""

    YOUNG = "young"
    MIDDLE_AGED = "middle_aged"
    NEAR_MATURE = "near_mature"
    MATURE = "mature"
    OVER_MATURE = "over_mature"


class Soil(StrEnum):
    """The soil of the site."""

    MINERAL = "mineral"
    ORGANIC = "organic"


class Burning(StrEnum):
    """What is burnt on the site (CCER-14-001-V01, A10)."""

    NONE = "none"
    INFESTED_WOOD = "infested_wood"
    OTHER = "other"


class LitterRemoval(StrEnum):
    """Why litter, dead wood or residues are taken off the site, if they are (AR-CM-003-V01, C06)."""

    NONE = "none"
    SANITARY = "sanitary"
    OTHER = "other"


class Fertilising(StrEnum):
    """How bamboo is fertilised (AR-CM-005-V01, F08)."""

    NONE = "none"
    COVERED = "covered"
    SPREAD = "spread"
