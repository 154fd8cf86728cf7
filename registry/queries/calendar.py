"""The working calendar as the notices kept here make it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import chinese_calendar
from chinese_calendar import constants
from sqlalchemy import select

from registry.extensions import db, rows
from registry.models import AuditEvent, CalendarDay, CalendarYear
from workflows.working_days import Calendar, Special

KEPT = select(CalendarYear.year, CalendarYear.digest).order_by(CalendarYear.year)
DAYS = select(CalendarDay.on, CalendarDay.working, CalendarDay.name)


def current() -> Calendar:
    """The calendar; read again only when a notice has come."""
    return _calendar(tuple((year, digest) for year, digest in rows(KEPT)))


@lru_cache(maxsize=8)
def _calendar(kept: tuple[tuple[int, str], ...]) -> Calendar:
    days = {on: Special(working, name) for on, working, name in rows(DAYS)}
    return Calendar(days, frozenset(year for year, _digest in kept))


def published() -> Calendar:
    """The notices that come with the program: what a new database is seeded with."""
    names = {h.value: h.chinese for h in chinese_calendar.Holiday}
    first = chinese_calendar.Holiday.new_years_day.value
    told = [
        (on, Special(working, names[name]), on.year + (on.month == 12 and name == first))
        for working, known in ((False, constants.holidays), (True, constants.workdays))
        for on, name in known.items()
    ]
    return Calendar({on: special for on, special, _year in told}, frozenset(year for *_rest, year in told))


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a year: its working days, and its weeks from Monday; None outside the month."""

    number: int
    working_days: int
    weeks: tuple[tuple[date | None, ...], ...]


@dataclass(frozen=True, slots=True)
class YearView:
    """A year with its notice; `source` is "" while none has come."""

    year: int
    announced: bool
    source: str
    kept_on: date | None
    working_days: int
    months: tuple[Month, ...]
    special: tuple[tuple[date, Special], ...]


def years_kept() -> list[int]:
    """The years whose notice is kept, in order."""
    return list(db.session.scalars(select(CalendarYear.year).order_by(CalendarYear.year)))


def year_view(year: int) -> YearView:
    """A year as it is counted now."""
    calendar = current()
    kept = db.session.execute(
        select(CalendarYear.source, AuditEvent.at)
        .outerjoin(AuditEvent, AuditEvent.seq == CalendarYear.seq)
        .where(CalendarYear.year == year)
    ).one_or_none()
    return YearView(
        year,
        kept is not None,
        kept.source if kept else "",
        kept.at.date() if kept and kept.at else None,
        calendar.working_days_of(year),
        tuple(Month(m, calendar.working_days_of(year, m), _weeks(year, m)) for m in range(1, 13)),
        tuple((on, special) for on, special in sorted(calendar.special.items()) if on.year == year),
    )


def _weeks(year: int, month: int) -> tuple[tuple[date | None, ...], ...]:
    first = date(year, month, 1)
    cells: list[date | None] = [None] * first.weekday()
    number = 1
    while number <= 31:
        try:
            cells.append(date(year, month, number))
        except ValueError:
            break
        number += 1
    cells += [None] * (-len(cells) % 7)
    return tuple(tuple(cells[n : n + 7]) for n in range(0, len(cells), 7))


def spans(days: Sequence[date]) -> list[tuple[date, date]]:
    """Neighbouring days as spans from … to."""
    found: list[tuple[date, date]] = []
    for on in sorted(days):
        if found and (on - found[-1][1]).days == 1:
            found[-1] = (found[-1][0], on)
        else:
            found.append((on, on))
    return found
