"""What moved between two surveys, and gains less losses within a year (IPCC 2006, equations 2.7 to 2.14)."""

from collections.abc import Iterable
from dataclasses import dataclass

from workflows.carbon.columns import Words
from workflows.carbon.parameters import Mark
from workflows.carbon.stock import Row, Stock, grouped, total_of
from workflows.carbon.units import MU_PER_HA, Unit, convert


@dataclass(frozen=True, slots=True)
class Moved:
    """A line of a comparison: the same group in the earlier and in the later survey, `years` apart."""

    key: str
    old: Row
    new: Row
    years: float

    @property
    def delta_tc(self) -> float:
        """Tonnes of carbon gained; less than 0 where it was lost."""
        return self.new.tc - self.old.tc

    @property
    def delta_tco2e(self) -> float:
        """The same in tonnes of carbon dioxide."""
        return convert(self.delta_tc, Unit.TC, Unit.TCO2E)

    @property
    def tc_per_year(self) -> float:
        """Equation 2.8."""
        return self.delta_tc / self.years

    @property
    def tco2e_per_year(self) -> float:
        """Equation 2.8 in tonnes of carbon dioxide."""
        return self.delta_tco2e / self.years

    @property
    def tco2e_per_mu_year(self) -> float | None:
        """The same for a mu of the later survey; None: it has no land."""
        return self.tco2e_per_year / (self.new.area_ha * MU_PER_HA) if self.new.area_ha else None


@dataclass(frozen=True)
class Change:
    """What moved, by species and in all."""

    years: float
    species: tuple[Moved, ...]
    total: Moved
    marks: tuple[Mark, ...]


def change(old: Stock, new: Stock, years: float) -> Change:
    """The change between two surveys; raises ValueError where the later one is not later."""
    both = moved(old.species, new.species, years)
    total = Moved("", old.total, new.total, years)
    return Change(years, both, total, tuple(dict.fromkeys((*old.marks, *new.marks))))


def change_by(old: tuple[Stock, Words], new: tuple[Stock, Words], years: float) -> tuple[Moved, ...]:
    """The change by the words of another column of each survey."""
    return moved(grouped(*old), grouped(*new), years)


def moved(old: Iterable[Row], new: Iterable[Row], years: float) -> tuple[Moved, ...]:
    """Two tables side by side, in the order of their keys; raises ValueError where no time passed."""
    if not years > 0:
        raise ValueError("the later survey is not later")
    before, after = ({row.key: row for row in rows} for rows in (old, new))
    none = total_of(())
    return tuple(
        Moved(key, before.get(key, none), after.get(key, none), years) for key in sorted(before.keys() | after.keys())
    )
