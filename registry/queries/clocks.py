"""The clocks of cases as pages and lists read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import joinedload

from registry.extensions import db
from registry.models import ApprovalCondition, Case, CaseClock, Delivery, User
from registry.permissions import visible
from registry.queries import calendar
from workflows.clocks import CLOCKS, NEAR_DAYS, ClockKind, Marks, Reminder, Running, left, period, reminder_due
from workflows.roles import Role
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


def of_kind(case_id: int, kind: ClockKind) -> CaseClock | None:
    """The clock of a kind that runs in a case; where there may be several, one of them."""
    mine = (CaseClock.case_id == case_id, CaseClock.kind == kind, CaseClock.ended_on.is_(None))
    return db.session.scalars(select(CaseClock).where(*mine).order_by(CaseClock.id).limit(1)).one_or_none()


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
class Deadline:
    """Until when a case waits for an act; None: the clock stands still. `left`: working days, below 0 overdue."""

    due_on: date | None
    provisional: bool
    left: int


WATCHED = tuple(kind for kind, clock in CLOCKS.items() if clock.watched)


def deadlines(cases: Sequence[int], on: date) -> dict[int, list[tuple[CaseClock, Deadline]]]:
    """The watched clocks of cases, the nearest first, each as a list shows it."""
    query = select(CaseClock).where(
        CaseClock.case_id.in_(cases), CaseClock.ended_on.is_(None), CaseClock.kind.in_(WATCHED)
    )
    by, found = calendar.current(), {}
    rows = db.session.scalars(query).all() if cases else []
    for row in sorted(rows, key=lambda r: (r.due_on or date.max, r.id)):
        left_now = by.working_days_between(on, row.due_on) if row.due_on else 0
        found.setdefault(row.case_id, []).append((row, Deadline(row.due_on, row.provisional, left_now)))
    return found


def deadline_of(act: str, clocks: Sequence[tuple[CaseClock, Deadline]]) -> Deadline | None:
    """The nearest of a case's deadlines that an act is asked for by."""
    for row, deadline in clocks:
        acts = CLOCKS[row.kind].waits_for
        if not acts or act in acts:
            return deadline
    return None


@dataclass(frozen=True, slots=True)
class Overdue:
    """A case whose time has passed."""

    case: Case
    clock: CaseClock
    days: int


def overdue(user: User, roles: frozenset[Role], on: date) -> list[Overdue]:
    """What is overdue in the cases a person sees under these roles, the longest first."""
    condition = ApprovalCondition
    answered = exists().where(condition.id == CaseClock.ref, condition.reported_at.is_not(None))
    query = (
        select(Case, CaseClock)
        .join(CaseClock, CaseClock.case_id == Case.id)
        .where(
            visible(user, roles, on),
            CaseClock.ended_on.is_(None),
            CaseClock.due_on < on,
            CaseClock.kind.in_(WATCHED),
            or_(CaseClock.kind != ClockKind.CONDITION, ~answered),
        )
        .options(joinedload(Case.proponent_org), joinedload(Case.proponent_user))
        .order_by(CaseClock.due_on, CaseClock.id)
    )
    by = calendar.current()
    return [
        Overdue(case, clock, by.working_days_between(clock.due_on, on)) for case, clock in db.session.execute(query)
    ]


def deliveries(case: Case) -> list[Delivery]:
    """How the decisions on a case reached the applicant, in order."""
    query = select(Delivery).where(Delivery.case_id == case.id).options(joinedload(Delivery.clock))
    return list(db.session.scalars(query.order_by(Delivery.id)))


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
