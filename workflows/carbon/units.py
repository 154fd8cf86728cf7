"""Units, and the one way from one to another. The factors are exact: 1 ha is 15 mu, CO2 is 44/12 of its carbon."""

from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Value = TypeVar("Value", float, Decimal, Fraction, NDArray[np.float64])


class Unit(StrEnum):
    """What a figure of carbon accounting may be measured in."""

    MU = "mu"
    HA = "ha"
    M2 = "m2"
    M3 = "m3"
    M3_PER_MU = "m3/mu"
    M3_PER_HA = "m3/ha"
    TC = "tC"
    TCO2E = "tCO2e"


SIZES = {
    Unit.M2: ("area", Fraction(1, 10_000)),
    Unit.MU: ("area", Fraction(1, 15)),
    Unit.HA: ("area", Fraction(1)),
    Unit.M3: ("volume", Fraction(1)),
    Unit.M3_PER_MU: ("yield", Fraction(15)),
    Unit.M3_PER_HA: ("yield", Fraction(1)),
    Unit.TC: ("carbon", Fraction(44, 12)),
    Unit.TCO2E: ("carbon", Fraction(1)),
}
"""Unit → what it measures, and its size in the last unit of that kind."""

MU_PER_HA = 15
CO2_PER_C = Fraction(44, 12)


class UnitsDiffer(ValueError):
    """Two units that measure different things."""


def factor(of: Unit, to: Unit) -> Fraction:
    """What a figure in `of` is multiplied by to stand in `to`; raises UnitsDiffer."""
    (kind, size), (other, whole) = SIZES[of], SIZES[to]
    if kind != other:
        raise UnitsDiffer(f"{of} measures {kind}, {to} measures {other}")
    return size / whole


def convert(value: Value, of: Unit, to: Unit) -> Value:
    """A figure, or a column of figures, in another unit; raises UnitsDiffer."""
    by = factor(of, to)
    if isinstance(value, Fraction):
        return value * by
    if isinstance(value, Decimal):
        return value * by.numerator / by.denominator
    return value * float(by.numerator) / float(by.denominator)


def whole_tonnes(tonnes: Decimal) -> int:
    """Whole tonnes of a certificate: never more than was reckoned, so a part of a tonne is dropped (保守性).

    The only place where tonnes are rounded; raises ValueError for what is no number.
    """
    if not tonnes.is_finite():
        raise ValueError(f"{tonnes} is no quantity")
    return int(tonnes.to_integral_value(rounding=ROUND_FLOOR))
