"""Whether the columns of a survey can be what their heads say: the wood on a hectare tells a change of places."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

import numpy as np

from workflows.carbon.columns import Columns, Floats
from workflows.carbon.parameters import PLACE
from workflows.carbon.units import MU_PER_HA

FEWEST = 5
"""Stands with wood from which on their median says something."""


class Suspicion(StrEnum):
    """What may have happened to the columns as a whole."""

    SWAPPED = "swapped"
    MU_AS_HA = "mu_as_ha"
    HA_AS_MU = "ha_as_mu"
    TOO_THIN = "too_thin"
    TOO_DENSE = "too_dense"


@dataclass(frozen=True, slots=True)
class Plausible:
    """Between which medians a survey lies, and the most on any hectare, m3/ha."""

    least_median: float
    most_median: float
    most_of_a_row: float

    @classmethod
    def base(cls) -> Self:
        """The figures of the file beside the policy."""
        return cls.read(PLACE / "plausible.toml")

    @classmethod
    def read(cls, path: Path) -> Self:
        """The figures in a file."""
        with path.open("rb") as file:
            told: dict[str, Any] = tomllib.load(file, parse_float=Decimal)["plausible"]
        return cls(*(float(told[name]) for name in ("least_median", "most_median", "most_of_a_row")))

    def holds(self, median: float) -> bool:
        """Whether a survey may have this median."""
        return self.least_median <= median <= self.most_median


def too_dense(columns: Columns, limits: Plausible) -> list[int]:
    """The rows with more wood on a hectare than any stand bears."""
    return [int(row) for row in np.flatnonzero(columns.volume_m3 > columns.area_ha * limits.most_of_a_row)]


def suspicion(columns: Columns, limits: Plausible, in_mu: bool) -> tuple[Suspicion, float] | None:
    """What is suspected of sound columns, and the median m3/ha that tells it; None: nothing.

    `in_mu`: the areas stood under a head in mu, so that a swap is tried with the figures as they were written.
    """
    wooded = (columns.volume_m3 > 0) & (columns.area_ha > 0)
    area_ha, volume_m3 = columns.area_ha[wooded], columns.volume_m3[wooded]
    if len(area_ha) < FEWEST:
        return None
    median = _median(volume_m3, area_ha)
    if limits.holds(median):
        return None
    written = area_ha * MU_PER_HA if in_mu else area_ha
    swapped = _median(written, volume_m3 / (MU_PER_HA if in_mu else 1))
    if median < limits.least_median and limits.holds(swapped):
        return Suspicion.SWAPPED, median
    if median < limits.least_median:
        mistaken = not in_mu and limits.holds(median * MU_PER_HA)
        return (Suspicion.MU_AS_HA if mistaken else Suspicion.TOO_THIN), median
    mistaken = in_mu and limits.holds(median / MU_PER_HA)
    return (Suspicion.HA_AS_MU if mistaken else Suspicion.TOO_DENSE), median


def _median(volume_m3: Floats, area_ha: Floats) -> float:
    return float(np.median(volume_m3 / area_ha))
