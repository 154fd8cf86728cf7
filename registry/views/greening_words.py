"""How far the targets are reached, ready for tables and bars."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from registry.clock import today
from registry.labels.units import UNIT_NAMES
from registry.queries import greening as ask
from registry.services.policy import current
from workflows.states import Greening
from workflows.units import UNITS, Period, target

SCALE = 1000
"""Width of a bar in its own units: the target."""


def unit_name(key: str) -> str:
    """A unit of the plan in the reader's language."""
    return str(UNIT_NAMES[key])


@dataclass(frozen=True, slots=True)
class KindDone:
    """One kind against its target, in mu: `by_unit` and `by_year` add up to `done`."""

    kind: Greening
    target: Decimal
    done: Decimal
    by_unit: dict[str, Decimal]
    by_year: dict[int, Decimal]
    elapsed: Decimal
    """The share of the period's days that has passed, 0 to 1."""

    @property
    def pct(self) -> Decimal:
        """Per cent of the target, not rounded."""
        return self.done / self.target * 100

    @property
    def bar(self) -> int:
        """Length of the bar, at most the whole."""
        return min(SCALE, int(self.done / self.target * SCALE))

    @property
    def tick(self) -> int:
        """Where the bar would end if work kept pace with time."""
        return int(self.elapsed * SCALE)


@dataclass(frozen=True, slots=True)
class Progress:
    """A period with its kinds; `over`: its last day has passed."""

    period: Period
    kinds: tuple[KindDone, ...]
    over: bool
    elapsed: Decimal


def progress(period: Period) -> Progress:
    """What is confirmed of a period's targets."""
    done, on = ask.completed(period), today()
    first, last = date(period.first, 1, 1), date(period.last, 12, 31)
    days = (last - first).days + 1
    elapsed = Decimal(min(max((on - first).days + 1, 0), days)) / days
    kinds = []
    for kind in Greening:
        rows = [(unit, year, mu) for (of, unit, year), mu in done.items() if of is kind]
        by_unit = {key: sum((mu for unit, _y, mu in rows if unit == key), Decimal(0)) for key in UNITS}
        by_year = {y: sum((mu for _u, year, mu in rows if year == y), Decimal(0)) for y in period.years}
        total = sum((mu for _u, _y, mu in rows), Decimal(0))
        kinds.append(KindDone(kind, target(period, kind, current()), total, by_unit, by_year, elapsed))
    return Progress(period, tuple(kinds), on > last, elapsed)
