"""The units that the plan (泰林字〔2023〕7号) is addressed to, and the five-year periods it sets targets for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflows.policy import Policy
from workflows.states import Greening


@dataclass(frozen=True, slots=True)
class Unit:
    """A recipient of the plan; `gb_code` None where it has no code of its own."""

    key: str
    name_zh: str
    name_en: str
    gb_code: str | None = None


UNITS: Mapping[str, Unit] = {
    unit.key: unit
    for unit in (
        Unit("370902", "泰山区林业保护发展中心", "Taishan District", "370902"),
        Unit("370911", "岱岳区林业保护发展中心", "Daiyue District", "370911"),
        Unit("370921", "宁阳县林业保护发展中心", "Ningyang County", "370921"),
        Unit("370923", "东平县林业保护发展中心", "Dongping County", "370923"),
        Unit("370982", "新泰市林业保护发展中心", "Xintai City", "370982"),
        Unit("370983", "肥城市林业保护发展中心", "Feicheng City", "370983"),
        Unit("TA-GX", "泰安高新区农工办", "Tai’an High-tech Zone"),
        Unit("TA-TS", "泰山景区遗产保护部", "Mount Tai Scenic Area"),
        Unit("TA-CLS", "徂徕山林场", "Culai Mountain Forest Farm"),
        Unit("TA-LKY", "市林科院", "Tai’an Academy of Forestry"),
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
