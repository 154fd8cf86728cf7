"""The clocks of cases as pages and lists read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from registry.extensions import db
from registry.models import ApprovalCondition, CaseClock
from registry.queries import calendar
from workflows.clocks import CLOCKS, NEAR_DAYS, ClockKind, Marks, Reminder, Running, left, period, reminder_due
from workflows.working_days import Calendar, Pause, Period


def running(row: CaseClock) -> Running:
    """A row as plain values."""
    return Running(
        kind=row.kind,
        started_on=row.started_on,
        length=row.length,
        unit=row.unit,
        start_counts=row.start_counts,
        extended=row.extended,
        named_on=row.named_on,
        pauses=tuple(Pause(p.after_on, p.until_on, p.act) for p in row.pauses),
    )


def asked(row: CaseClock) -> bool:
    """Whether more time was asked for and nobody has answered."""
    return row.asked_at is not None and row.refused_at is None and not row.extended


def reported(conditions: Sequence[int]) -> set[int]:
    """Of these conditions, those that were reported as met."""
    if not conditions:
        return set()
    query = select(ApprovalCondition.id).where(
        ApprovalCondition.id.in_(conditions), ApprovalCondition.reported_at.is_not(None)
    )
    return set(db.session.scalars(query))


def reminder_of(row: CaseClock, on: date) -> Reminder | None:
    """The reminder to send about a clock on a day."""
    if row.ended_on is not None or not CLOCKS[row.kind].watched:
        return None
    if row.kind is ClockKind.CONDITION and reported([row.ref]):
        return None
    sent = [r.kind for r in row.reminders if r.extended == row.extended]
    return reminder_due(Marks(row.half_on, row.near_on, row.due_on), sent, on)


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock as it stands on a day. `left` in the clock's unit; `stopped_by`: the act that made it stand still."""

    id: int
    kind: ClockKind
    ref: int
    period: Period
    due_on: date | None
    provisional: bool
    left: int
    extended: int
    stopped_by: str
    asked: bool
    watched: bool

    @property
    def overdue(self) -> bool:
        """The last day is over."""
        return self.due_on is not None and self.left < 0

    @property
    def near(self) -> bool:
        """Only a few working days are left."""
        return self.due_on is not None and 0 <= self.left <= NEAR_DAYS


def reading(row: CaseClock, by: Calendar, on: date) -> Reading:
    """A row as it stands on a day."""
    clock = running(row)
    counted = period(clock, by)
    paused = clock.stands_still
    return Reading(
        id=row.id,
        kind=row.kind,
        ref=row.ref,
        period=counted,
        due_on=counted.last_day,
        provisional=counted.provisional,
        left=left(clock, counted, by, on),
        extended=row.extended,
        stopped_by=paused.why if paused else "",
        asked=asked(row),
        watched=CLOCKS[row.kind].watched,
    )


def readings(case_id: int, on: date) -> list[Reading]:
    """The clocks of a case that have not ended, the nearest first."""
    rows = db.session.scalars(
        select(CaseClock).where(CaseClock.case_id == case_id, CaseClock.ended_on.is_(None)).order_by(CaseClock.id)
    )
    by = calendar.current()
    found = [reading(row, by, on) for row in rows]
    return sorted(found, key=lambda r: (not r.watched, r.due_on or date.max, r.id))
