"""A clock on a page: until when, how many days are left, and the proof of the days, in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from registry import formats
from registry.labels import calendar as day_words
from registry.labels import clocks as words
from registry.labels.lists import Due
from registry.queries.calendar import spans
from registry.queries.clocks import Reading
from registry.services.policy import current
from workflows.clocks import CLOCKS, ClockKind
from workflows.policy import Confidence
from workflows.working_days import Day, Period, Reason, Unit

MOST_DAYS = 250
"""A longer proof is a sentence: nobody reads a calendar of years."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the calendar: `on` as it is written, what is said of it, `kind` its class."""

    on: str
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Proof:
    """How the days were counted: a sentence, and weeks from Monday to Sunday (none where the sentence is enough)."""

    title: str
    sentence: str
    basis: str
    weeks: tuple[tuple[Cell | None, ...], ...]


@dataclass(frozen=True, slots=True)
class ClockView:
    """A clock as a page shows it."""

    name: str
    due_on: date | None
    provisional: bool
    due: Due | None
    note: str
    proof: Proof
    watched: bool


def clock_view(read: Reading, on: date, what: str = "") -> ClockView:
    """A clock in words; `what` tells clocks of one kind apart."""
    name = words.clock(read.kind)
    due = words.standing(overdue=read.overdue, near=read.near, stopped=read.due_on is None) if read.watched else None
    return ClockView(
        name=_("%(name)s: %(what)s", name=name, what=what) if what else name,
        due_on=read.due_on,
        provisional=read.provisional,
        due=due,
        note=_note(read),
        proof=_proof(read, on),
        watched=read.watched,
    )


def _note(read: Reading) -> str:
    working = read.period.unit is Unit.WORKING_DAYS or read.kind is ClockKind.CONDITION
    if read.stopped_by == "find_flaw":
        return words.stopped(read.stopped_by)  # the decision is taken again: the days left are nobody's any more
    if read.due_on is None:
        return _("%(why)s; %(left)s", why=words.stopped(read.stopped_by), left=_left(read.left, working=working))
    if read.left < 0 and not read.watched:
        return _("has passed")
    if read.left < 0 and working:
        return ngettext("%(num)s working day overdue", "%(num)s working days overdue", -read.left)
    if read.left < 0:
        return ngettext("%(num)s day overdue", "%(num)s days overdue", -read.left)
    if read.left == 0:
        return _("today is the last day")
    return _left(read.left, working=working)


def _left(days: int, *, working: bool) -> str:
    if working:
        return ngettext("%(num)s working day left", "%(num)s working days left", days)
    return ngettext("%(num)s day left", "%(num)s days left", days)


# The proof ------------------------------------------------------------------------------------------------


def _proof(read: Reading, on: date) -> Proof:
    period = read.period
    shown = period.unit is Unit.WORKING_DAYS and len(period.days) <= MOST_DAYS
    return Proof(_title(read), sentence(read), _basis(read), weeks(period, on) if shown else ())


def _title(read: Reading) -> str:
    if read.period.unit is Unit.WORKING_DAYS:
        return ngettext(
            "How this %(num)s working day is counted", "How these %(num)s working days are counted", read.period.length
        )
    return _("How this day is counted")


def _basis(read: Reading) -> str:
    """The figure's source, and that it is proposed where it is."""
    clock = CLOCKS[read.kind]
    if clock.figure is None:
        return ""
    figure = current().figure(clock.figure, max(read.period.start, current().figures[clock.figure][0].since))
    source = figure.source("zh" if formats.is_chinese() else "en")
    return _("%(source)s (proposed)", source=source) if _say_proposed(figure.confidence, source) else source


def _say_proposed(confidence: Confidence, source: str) -> bool:
    """Not where the source says so itself."""
    return confidence is Confidence.PROPOSED and _("proposed") not in source.lower()


def sentence(read: Reading) -> str:
    """The count in words."""
    period = read.period
    if read.kind is ClockKind.CONDITION and read.due_on is not None:
        return _("The decision names this day. It does not move.")
    if read.kind is ClockKind.CREDITING:
        return _("The last day of the crediting period, as the application states it.")
    parts = [_begun(period)]
    if read.extended:
        parts.append(
            ngettext("It was extended once by %(num)s day.", "It was extended once by %(num)s days.", read.extended)
        )
    parts += _left_out(period.days) if period.unit is Unit.WORKING_DAYS else []
    if period.last_day is not None:
        parts.append(_("The last day is %(day)s.", day=formats.day(period.last_day)))
    else:
        parts.append(_("It stands still, so the last day is not known yet."))
    if read.provisional:
        parts.append(
            _(
                "The State Council's notice of a year in it has not come: the date is provisional "
                "and is counted again then."
            )
        )
    return formats.gap().join(parts)


def _begun(period: Period) -> str:
    start = formats.day(period.start)
    if period.unit is not Unit.WORKING_DAYS:
        return _(
            "%(days)s calendar days from %(start)s, that day not counted; an end on a day off moves to the next "
            "working day (Civil Code arts. 201, 203).",
            days=formats.number(period.length),
            start=start,
        )
    if period.start_counts:
        return _("From %(start)s, that day counted as the first.", start=start)
    return _("From %(start)s; that day is not counted (Civil Code art. 201).", start=start)


def _left_out(days: Sequence[Day]) -> list[str]:
    number = {reason: sum(d.reason is reason for d in days) for reason in Reason}
    parts = []
    if number[Reason.WEEKEND]:
        parts.append(_("Weekends are left out."))
    off = [d for d in days if d.reason is Reason.HOLIDAY]
    if off:
        parts.append(_("Days off: %(days)s.", days=_listed(off)))
    worked = [d for d in days if d.reason is Reason.MADE_UP]
    if worked:
        parts.append(_("Weekend days worked, and counted: %(days)s.", days=_listed(worked)))
    if number[Reason.STOPPED]:
        parts.append(
            ngettext(
                "The clock stood still for %(num)s working day.",
                "The clock stood still for %(num)s working days.",
                number[Reason.STOPPED],
            )
        )
    return parts


def _listed(days: Sequence[Day]) -> str:
    found = []
    names = {d.on: day_words.holiday(d.name) for d in days}
    for first, last in spans([d.on for d in days]):
        when = formats.day_short(first) if first == last else f"{formats.day_short(first)}–{formats.day_short(last)}"
        found.append(_("%(when)s %(name)s", when=when, name=names[first]) if names[first] else when)
    return _("; ").join(found)


def weeks(period: Period, on: date) -> tuple[tuple[Cell | None, ...], ...]:
    """The days of a proof by weeks from Monday to Sunday."""
    days = list(period.days)
    if not days:
        return ()
    before = [None] * days[0].on.weekday()
    cells = [*before, *(_cell(d, period, on) for d in days)]
    cells += [None] * (-len(cells) % 7)
    return tuple(tuple(cells[n : n + 7]) for n in range(0, len(cells), 7))


def _cell(day: Day, period: Period, on: date) -> Cell:
    kinds = []
    if day.on == period.last_day:
        kinds.append("last")
    elif day.counted and day.on <= on:
        kinds.append("past")
    elif not day.counted and day.reason is not Reason.START:
        kinds.append("off")
    if day.on == on:
        kinds.append("today")
    return Cell(f"{day.on:%m-%d}", _said(day), " ".join(kinds))


def _said(day: Day) -> str:
    if day.reason is Reason.MADE_UP:
        return _("day %(n)s, worked instead", n=day.ordinal)
    if day.counted:
        return _("day %(n)s", n=day.ordinal)
    if day.reason is Reason.START:
        return _("start")
    if day.reason is Reason.STOPPED:
        return _("stopped")
    return _("off") if day.reason is Reason.WEEKEND else day_words.holiday(day.name) or day_words.reason(day)


def monday_to_sunday() -> list[str]:
    """The short names of the days of the week."""
    from babel.dates import format_date

    locale = formats.CHINESE if formats.is_chinese() else formats.BRITISH
    monday = date(2026, 3, 2)
    return [format_date(monday + timedelta(days=n), "EEE", locale=locale) for n in range(7)]
