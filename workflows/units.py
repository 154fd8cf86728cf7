"""The units that the plan (泰林字〔2023〕7号) is addressed to, and the five-year periods it sets targets for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflows.policy import Policy
from workflows.states import Greening


@dataclass(frozen=True, slots=True)
class Unit:
    """A recipient of the plan; `gb_code` None where it has no code of its own.

    `within`: the districts in which the land of a zone without a code lies.
    """

    key: str
    gb_code: str | None = None
    within: tuple[str, ...] = ()

    @property
    def districts(self) -> tuple[str, ...]:
        """The codes that its land bears."""
        return (self.gb_code,) if self.gb_code else self.within


UNITS: Mapping[str, Unit] = {
    unit.key: unit
    for unit in (
        Unit("370902", "370902"),
        Unit("370911", "370911"),
        Unit("370921", "370921"),
        Unit("370923", "370923"),
        Unit("370982", "370982"),
        Unit("370983", "370983"),
        Unit("TA-GX", within=("370902", "370911")),
        Unit("TA-TS", within=("370902", "370911")),
        Unit("TA-CLS"),
        Unit("TA-LKY"),
    )
}
"""By the key that its organisation carries (`unit_key`), in the order of the plan."""


@dataclass(frozen=True, slots=True)
class Period:
    """A five-year period, both years counted; `number` as the country counts them."""

    number: int
    first: int
    last: int

    @property
    def years(self) -> range:
        """Its years."""
        return range(self.first, self.last + 1)


PERIODS = (Period(14, 2021, 2025), Period(15, 2026, 2030))
"""The periods the plan has targets for."""
TARGETS: Mapping[Greening, str] = {
    Greening.AFFORESTATION: "afforestation_target",
    Greening.QUALITY: "forest_quality_target",
}
"""What is counted → its figure in the policy."""


def period_of(year: int) -> Period | None:
    """The period a year lies in; None where the plan has no target."""
    return next((p for p in PERIODS if year in p.years), None)


def target(period: Period, kind: Greening, policy: Policy) -> Decimal:
    """The target of a period in mu, as it stands on the period's last day."""
    return policy.number(TARGETS[kind], date(period.last, 12, 31))
