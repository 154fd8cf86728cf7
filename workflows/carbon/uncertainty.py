"""How sure the mean of a stratified plot survey is: 90 per cent confidence, two-sided (domain.md §11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import atan, cos, fsum, isfinite, pi, sin, sqrt, tan

CONFIDENCE = 0.90


class Unsure(StrEnum):
    """Why no uncertainty can be told. It is unknown then, and never 0."""

    NO_PLOTS = "no_plots"
    ONE_PLOT = "one_plot"
    NO_AREA = "no_area"
    NO_NUMBER = "no_number"
    NOTHING_STANDS = "nothing_stands"


@dataclass(frozen=True, slots=True)
class Stratum:
    """A stratum: its area, and what each plot in it holds for a hectare."""

    area_ha: float
    plots: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean of its plots."""
        return fsum(self.plots) / len(self.plots)

    @property
    def variance(self) -> float:
        """The variance of its plots, n − 1 in the denominator."""
        mean = self.mean
        return fsum((value - mean) ** 2 for value in self.plots) / (len(self.plots) - 1)


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """Mean for a hectare, its standard error, degrees of freedom, Student's t and the relative error in per cent."""

    mean: float
    error: float
    degrees: int
    t: float

    @property
    def pct(self) -> float:
        """Half the interval as a share of the mean, per cent."""
        return 100 * self.t * self.error / self.mean


def uncertainty(strata: Sequence[Stratum]) -> Uncertainty | Unsure:
    """`U = t·SE/C̄` with `SE² = Σ wᵢ²·sᵢ²/nᵢ`, `wᵢ = Aᵢ/A`, without a finite-population correction."""
    if not strata or any(not one.plots for one in strata):
        return Unsure.NO_PLOTS
    if not all(isfinite(value) for one in strata for value in (one.area_ha, *one.plots)):
        return Unsure.NO_NUMBER
    if any(one.area_ha <= 0 for one in strata):
        return Unsure.NO_AREA
    if any(len(one.plots) == 1 for one in strata):
        return Unsure.ONE_PLOT
    area_ha = fsum(one.area_ha for one in strata)
    weights = [one.area_ha / area_ha for one in strata]
    mean = fsum(w * one.mean for w, one in zip(weights, strata, strict=True))
    if mean <= 0:
        return Unsure.NOTHING_STANDS
    error = sqrt(fsum(w**2 * one.variance / len(one.plots) for w, one in zip(weights, strata, strict=True)))
    degrees = sum(len(one.plots) for one in strata) - len(strata)
    return Uncertainty(mean, error, degrees, student_t(degrees))


def student_t(degrees: int, confidence: float = CONFIDENCE) -> float:
    """The two-sided quantile of Student's t, from the exact distribution; raises ValueError below one degree.

    For whole degrees the distribution is a finite sum in the angle atan(t/√ν) (Abramowitz and Stegun, 26.7.3 and
    26.7.4), so no table is needed: the angle is halved down to the last digit.
    """
    if degrees < 1:
        raise ValueError("Student's t needs a degree of freedom")
    low, high = 0.0, pi / 2
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if _within(middle, degrees) < confidence else (low, middle)
    return tan(low) * sqrt(degrees)


def student_share(t: float, degrees: int) -> float:
    """The probability of a value between −t and t."""
    return _within(atan(t / sqrt(degrees)), degrees)


def _within(angle: float, degrees: int) -> float:
    square = cos(angle) ** 2
    odd = degrees % 2
    term, terms = cos(angle) if odd else 1.0, []
    for step in range(1 + odd, degrees, 2):
        terms.append(term)
        term *= square * step / (step + 1)
    total = sin(angle) * fsum(terms)
    return 2 / pi * (angle + total) if odd else total
