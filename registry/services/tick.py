"""What the clock does by itself (`flask tick`): through the one door, as the system, one act at a time.

It looks for what is due and asks the door for it; the door judges again under the case's lock. So it may run twice
at once, or days late: whoever comes second is refused and passes on. A case that somebody held for too long is tried
once more at the end; what fails on one case is logged and left to the next tick, and the others go on.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import Date, Row, and_, bindparam, or_, select
from sqlalchemy.orm import selectinload

from registry.clock import day_of
from registry.extensions import BUSY, db, failure_code
from registry.models import Case, CaseClock, ClockReminder
from registry.queries import calendar, clocks, pilot, reports
from registry.services import acts
from registry.services.clocks import outdated
from registry.services.policy import current
from workflows import pilot_report
from workflows.clocks import CLOCKS, ClockKind, Marks, Reminder, reminder_due

PAGE = 500
ON = bindparam("on", type_=Date)
HAS_COME = and_(
    CaseClock.ended_on.is_(None), or_(CaseClock.half_on <= ON, CaseClock.near_on <= ON, CaseClock.due_on <= ON)
)
# Plain rows: thousands of clocks whose day has come were told of already.
COME = (
    select(
        *(CaseClock.id, CaseClock.case_id, CaseClock.kind, CaseClock.ref, CaseClock.extended),
        *(CaseClock.half_on, CaseClock.near_on, CaseClock.due_on, Case.state),
    )
    .join(Case, Case.id == CaseClock.case_id)
    .where(HAS_COME)
    .order_by(CaseClock.id)
)
SENT = (
    select(ClockReminder.clock_id, ClockReminder.kind, ClockReminder.extended)
    .join(CaseClock, CaseClock.id == ClockReminder.clock_id)
    .where(HAS_COME)
)


@dataclass(frozen=True, slots=True)
class Due:
    """An act that the clock asks for; `otherwise` where the door says no."""

    case_id: int
    action: str
    data: dict[str, Any] = field(default_factory=dict)
    otherwise: "Due | None" = None


@dataclass(slots=True)
class Ticked:
    """What a tick did: act → how often; what waits for a second try, as the database was busy; which cases failed."""

    done: Counter[str] = field(default_factory=Counter)
    busy: list[Due] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)


def tick(at: datetime, *, after_a_notice: bool = False) -> Ticked:
    """Do what is due. `after_a_notice`: count every running clock again, not only those that are provisional."""
    came = Ticked()
    for due in _recounts(every=after_a_notice):
        _take(due, at, came)
    for due in _passed_and_reminders(day_of(at)):
        _take(due, at, came)
    for due in came.busy:
        _take(due, at, came, once_more=True)
    for subject, action, data in _reports(day_of(at)):
        _remind(subject, action, data, at, came)
    return came


def _reports(on: date) -> list[tuple[acts.Subject, str, dict[str, str]]]:
    """Reports with their writers, and those nobody has begun, whose day comes near, has come or has passed."""
    by, policy = calendar.current(), current()

    def now_due(period: pilot_report.Period, sent: list[Reminder]) -> Reminder | None:
        return reminder_due(pilot_report.marks(pilot_report.due(period, by, policy), by), sent, on)

    found: list[tuple[acts.Subject, str, dict[str, str]]] = [
        (("report", report_id), "remind_report", {"kind": kind})
        for report_id, period, sent in reports.with_writers()
        if (kind := now_due(period, sent)) is not None
    ]
    for programme in pilot.running():
        for period in reports.not_begun(programme, on):
            kind = now_due(period, reports.prompts(programme.id, period))
            if kind is not None:
                said = {"kind": kind, "period_kind": period.kind, "period_from": period.start.isoformat()}
                found.append((("pilot", programme.id), "remind_of_report", said))
    return found


def _remind(subject: acts.Subject, action: str, data: dict[str, str], at: datetime, came: Ticked) -> None:
    try:
        acts.act(subject, action, by=None, at=at, seen=None, data=data)
        came.done[action] += 1
    except (acts.NotOpen, acts.Refused, acts.NotVisible):
        pass  # another tick was faster, or it was begun or submitted meanwhile
    except Exception:
        current_app.logger.exception("the tick did not remind of a report of %s %s", *subject)
    finally:
        db.session.rollback()


def _take(due: Due, at: datetime, came: Ticked, *, once_more: bool = False) -> None:
    try:
        acts.act(("project", due.case_id), due.action, by=None, at=at, seen=None, data=due.data)
        came.done[due.action] += 1
    except (acts.NotOpen, acts.Refused, acts.NotVisible):
        # Somebody was faster, or it waits for an answer: then people are reminded of it.
        if due.otherwise:
            _take(due.otherwise, at, came, once_more=once_more)
    except Exception as error:
        if failure_code(error) in BUSY and not once_more:
            came.busy.append(due)
            return
        came.failed.append(due.case_id)
        current_app.logger.exception("the tick did not do %s on case %s", due.action, due.case_id)
    finally:
        db.session.rollback()


def _recounts(*, every: bool) -> list[Due]:
    """Cases of which a date changes by the calendar as it is now."""
    by = calendar.current()
    found: dict[int, Due] = {}
    for row in _rows() if every else _rows(CaseClock.provisional.is_(True)):
        if row.case_id not in found and outdated(row, by):
            found[row.case_id] = Due(row.case_id, "recount")
    return list(found.values())


def _passed_and_reminders(on: date) -> list[Due]:
    rows = db.session.execute(COME, {"on": on}).all()
    sent: dict[tuple[int, int], list[Reminder]] = {}
    for clock_id, kind, extended in db.session.execute(SENT, {"on": on}):
        sent.setdefault((clock_id, extended), []).append(kind)
    reported = clocks.reported([row.ref for row in rows if row.kind is ClockKind.CONDITION])
    dues = (
        _due(row, sent.get((row.id, row.extended), ()), on)
        for row in rows
        if row.kind is not ClockKind.CONDITION or row.ref not in reported
    )
    return [due for due in dues if due is not None]


def _due(row: Row[Any], sent: Sequence[Reminder], on: date) -> Due | None:
    clock = CLOCKS[row.kind]
    kind = reminder_due(Marks(row.half_on, row.near_on, row.due_on), sent, on) if clock.watched else None
    remind = Due(row.case_id, "remind", {"clock": row.id, "kind": kind}) if kind else None
    passed = row.due_on is not None and row.due_on < on
    if clock.then and passed and row.state in clock.then_in:
        return Due(row.case_id, clock.then, otherwise=remind)
    return remind


def _rows(*where: Any) -> Iterator[CaseClock]:
    """Running clocks page by page, so that many do not stay loaded at once."""
    after = 0
    while True:
        query = (
            select(CaseClock)
            .where(CaseClock.ended_on.is_(None), CaseClock.id > after, *where)
            .options(selectinload(CaseClock.pauses))
            .order_by(CaseClock.id)
            .limit(PAGE)
        )
        page = db.session.scalars(query).all()
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].id
