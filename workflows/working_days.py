"""期间 (periods): on which day a period ends, and the proof, day by day.

Working days follow the State Council's yearly notice, which moves holidays and makes weekend days worked (调休).
The calendar is an argument, so that any past or coming year can be counted under the notices known then. A year
without a notice counts Mondays to Fridays and makes the result provisional (暂定): to be counted again later.

Two conventions: the start day is left out (民法典 art. 201), or it is the first day of the period (national notices).
Periods in days, months and years are calendar periods (arts. 202, 203); they never use working days but to move an
end that falls on a day off.
"""

import calendar as months
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

ONE = timedelta(days=1)
LONGEST = 4000
"""The longest period counted, in its own unit; a longer one is a slip of the pen."""


class Unit(StrEnum):
    """What a period is counted in."""

    WORKING_DAYS = "working_days"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"


class Reason(StrEnum):
    """Why a day is counted or skipped."""

    WORKDAY = "workday"
    MADE_UP = "made_up"
    """A weekend day that the notice makes a working day."""
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    START = "start"
    """The start day, where it is left out."""
    STOPPED = "stopped"
    """The clock stood still."""
    DAY = "day"
    """A day of a calendar period, whatever day it is."""
    LAST = "last"
    """The last day of a calendar period."""


@dataclass(frozen=True, slots=True)
class Special:
    """A day that a notice sets apart: a day off, or a weekend day worked; `name` in the notice's words."""

    working: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days set apart by notices, and the years that have one. Compare, hand on; never change."""

    special: Mapping[date, Special] = field(default_factory=dict)
    announced: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "special", MappingProxyType(dict(self.special)))

    def works(self, on: date) -> bool:
        """Whether people work that day, as far as is known."""
        set_apart = self.special.get(on)
        return set_apart.working if set_apart else on.weekday() < 5

    def reason(self, on: date) -> Reason:
        """Why people work that day, or why not."""
        set_apart = self.special.get(on)
        if set_apart is None:
            return Reason.WORKDAY if on.weekday() < 5 else Reason.WEEKEND
        return Reason.MADE_UP if set_apart.working else Reason.HOLIDAY

    def name(self, on: date) -> str:
        """What the notice calls the day; "" for an ordinary one."""
        set_apart = self.special.get(on)
        return set_apart.name if set_apart else ""

    def knows(self, on: date) -> bool:
        """Whether the notice of that day's year has come."""
        return on.year in self.announced

    def working_days_of(self, year: int, month: int | None = None) -> int:
        """How many working days a year, or a month of it, has."""
        asked = [month] if month else range(1, 13)
        return sum(self.works(date(year, m, d)) for m in asked for d in range(1, months.monthrange(year, m)[1] + 1))

    def working_day_after(self, on: date) -> date:
        """The first working day after a day."""
        on += ONE
        while not self.works(on):
            on += ONE
        return on

    def working_days_between(self, after: date, upto: date) -> int:
        """Working days after one day up to another, the latter counted; negative backwards."""
        if upto < after:
            return -self.working_days_between(upto, after)
        return sum(self.works(after + ONE * n) for n in range(1, (upto - after).days + 1))


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a proof; `ordinal` is its number in the period, None for a day skipped."""

    on: date
    reason: Reason
    name: str = ""
    ordinal: int | None = None

    @property
    def counted(self) -> bool:
        """Whether the day counts."""
        return self.ordinal is not None


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stands still after one day until another, `until` still skipped; None: it stands still yet.

    The day on which something stops the clock is counted; the day on which it goes on is not (民法典 art. 201).
    """

    after: date
    until: date | None = None
    why: str = ""

    def covers(self, on: date) -> bool:
        """Whether the clock stood still that day."""
        return self.after < on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Period:
    """A period with its proof. `last_day` None: the clock stands still, so the end is not known.

    `provisional`: it reaches into a year whose notice has not come. A period in months or years lists its end only.
    """

    start: date
    length: int
    unit: Unit
    start_counts: bool
    last_day: date | None
    provisional: bool
    days: tuple[Day, ...]

    def day_of_ordinal(self, ordinal: int) -> date | None:
        """The day with a number in the period."""
        return next((d.on for d in self.days if d.ordinal == ordinal), None)

    def counted_by(self, on: date) -> int:
        """How many days have been counted when a day is over."""
        return max((d.ordinal for d in self.days if d.ordinal is not None and d.on <= on), default=0)


def in_working_days(
    calendar: Calendar, start: date, length: int, *, start_counts: bool = False, pauses: Sequence[Pause] = ()
) -> Period:
    """So many working days from a start day; raises ValueError for a length below 1 or beyond LONGEST."""
    _check(length)
    days: list[Day] = []
    ordinal = 0
    for on in _from(start):
        paused = next((p for p in pauses if p.covers(on)), None)
        if on == start and not start_counts:
            days.append(Day(on, Reason.START, calendar.name(on)))
        elif not calendar.works(on):
            days.append(Day(on, calendar.reason(on), calendar.name(on)))
        elif paused:
            if paused.until is None:
                return _period(calendar, start, length, Unit.WORKING_DAYS, start_counts, None, days)
            days.append(Day(on, Reason.STOPPED, paused.why))
        else:
            ordinal += 1
            days.append(Day(on, calendar.reason(on), calendar.name(on), ordinal))
        if ordinal == length:
            break
    return _period(calendar, start, length, Unit.WORKING_DAYS, start_counts, days[-1].on, days)


def in_days(calendar: Calendar, start: date, length: int, *, start_counts: bool = False) -> Period:
    """So many calendar days; an end on a day off moves to the next working day (民法典 arts. 201, 203)."""
    _check(length)
    days: list[Day] = [] if start_counts else [Day(start, Reason.START, calendar.name(start))]
    first = start if start_counts else start + ONE
    days += [Day(first + ONE * n, Reason.DAY, calendar.name(first + ONE * n), n + 1) for n in range(length - 1)]
    days += _moved(calendar, first + ONE * (length - 1), length)
    return _period(calendar, start, length, Unit.DAYS, start_counts, days[-1].on, days)


def in_months(calendar: Calendar, start: date, length: int) -> Period:
    """To the day of the same number so many months on, else the end of that month (民法典 arts. 202, 203)."""
    return _to_the_same_number(calendar, start, length, Unit.MONTHS, length)


def in_years(calendar: Calendar, start: date, length: int) -> Period:
    """To the same day so many years on, else the end of that month (民法典 arts. 202, 203)."""
    return _to_the_same_number(calendar, start, length, Unit.YEARS, length * 12)


def until_day(calendar: Calendar, start: date, end: date) -> Period:
    """A period to a day that a decision names: nothing is counted, and nothing moves."""
    days = (Day(end, Reason.LAST, calendar.name(end), max((end - start).days, 1)),)
    return Period(start, max((end - start).days, 1), Unit.DAYS, False, end, False, days)


PERIODS: Mapping[Unit, Callable[[Calendar, date, int], Period]] = MappingProxyType(
    {
        Unit.WORKING_DAYS: in_working_days,
        Unit.DAYS: in_days,
        Unit.MONTHS: in_months,
        Unit.YEARS: in_years,
    }
)


def _to_the_same_number(calendar: Calendar, start: date, length: int, unit: Unit, by_months: int) -> Period:
    _check(length)
    month = start.year * 12 + start.month - 1 + by_months
    year, month = month // 12, month % 12 + 1
    if year > date.max.year - 1:
        raise ValueError(f"{length} {unit} from {start} end beyond the calendar")
    end = date(year, month, min(start.day, months.monthrange(year, month)[1]))
    days = _moved(calendar, end, length)
    return _period(calendar, start, length, unit, False, days[-1].on, days)


def _moved(calendar: Calendar, end: date, ordinal: int) -> list[Day]:
    """The end of a calendar period, moved on while it falls on a day off."""
    days = []
    while not calendar.works(end):
        days.append(Day(end, calendar.reason(end), calendar.name(end)))
        end += ONE
    return [*days, Day(end, Reason.LAST, calendar.name(end), ordinal)]


def _period(
    calendar: Calendar, start: date, length: int, unit: Unit, counts: bool, last: date | None, days: Sequence[Day]
) -> Period:
    # A calendar period rests on the notice only for its end.
    resting = days if unit is Unit.WORKING_DAYS else [d for d in days if d.reason not in (Reason.DAY, Reason.START)]
    provisional = _unknown(calendar, (d.on for d in resting if d.reason is not Reason.START))
    return Period(start, length, unit, counts, last, provisional, tuple(days))


def _unknown(calendar: Calendar, days: Iterable[date]) -> bool:
    return any(not calendar.knows(on) for on in days)


def _from(start: date) -> Iterator[date]:
    while True:
        yield start
        start += ONE


def _check(length: int) -> None:
    if not 1 <= length <= LONGEST:
        raise ValueError(f"a period is 1 to {LONGEST} long, not {length}")
