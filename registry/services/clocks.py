"""The clocks of a case in the database: moved by the door with every act, counted by the pure functions.

`follow` is the one call of the door: what an act does to the clocks of its case, by the table of `workflows/clocks.py`,
in the act's own transaction and under its lock.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import selectinload

from registry.extensions import db
from registry.models import ApprovalCondition, Case, CaseClock, ClockPause, Objection, Reconsideration
from registry.queries import calendar, clocks
from registry.services import facts, panel_facts
from registry.services.effects.context import Context
from workflows.clocks import (
    BY_NAME,
    CLOCKS,
    LONGEST_PAUSE,
    MAY_END_A_PANEL,
    PANEL,
    Clock,
    ClockKind,
    Step,
    length_of,
    marks,
    period,
    steps,
)
from workflows.deliberation import lacks_quorum
from workflows.facts import ClockFacts
from workflows.roles import Role
from workflows.working_days import Calendar, in_working_days

OPEN = (
    select(CaseClock)
    .where(CaseClock.case_id == bindparam("case_id", type_=Integer), CaseClock.ended_on.is_(None))
    .options(selectinload(CaseClock.pauses), selectinload(CaseClock.reminders))
    .order_by(CaseClock.id)
    .execution_options(populate_existing=True)
)
BY_A_PANEL = frozenset(act for goes in PANEL.values() for act in goes)
EXTENDED = (ClockKind.CORRECTION, ClockKind.RISK_DECISION, ClockKind.REGISTRATION_DECISION)
"""The clocks that can be extended, first the window for corrections, which holds the others up."""


def open_clocks(case_id: int) -> list[CaseClock]:
    """The clocks of a case that have not ended."""
    return list(db.session.scalars(OPEN, {"case_id": case_id}))


def follow(ctx: Context, before: str) -> Mapping[str, Any]:
    """Move the clocks as the act in hand moves them; what to put into the chain: kind → last day."""
    case, act = ctx.case, _event(ctx)
    if ctx.taken.act.to is None and act not in BY_NAME | MAY_END_A_PANEL:
        return {}
    rows = open_clocks(case.id)
    moved = _panel_broken_off(ctx, act, rows)
    for kind, clock in CLOCKS.items():
        mine = [r for r in rows if r.kind is kind]
        if kind is ClockKind.OBJECTION and act in clock.starts:
            mine = []  # each objection has a clock of its own
        for row in mine or [None]:
            if row is not None and act in clock.ends and not _ends(ctx, row):
                continue
            moved += _step(
                ctx, clock, row, act, steps(clock, is_open=row is not None, act=act, before=before, after=case.state)
            )
    if not moved:
        return {}
    db.session.flush()
    running = list(dict.fromkeys(r for r in moved if r.ended_on is None))
    for row in running:
        count(row)
    return {"clocks": {_name(r): r.due_on.isoformat() if r.due_on else None for r in running}} if running else {}


def _name(row: CaseClock) -> str:
    return f"{row.kind}/{row.ref}" if row.ref else str(row.kind)


def _event(ctx: Context) -> str:
    """What the clocks know the act by: an adjournment for want of a quorum stops them, any other does not."""
    act, sitting = ctx.taken.act.name, ctx.facts.sitting
    lacking = act == "adjourn" and sitting is not None and lacks_quorum(sitting, ctx.facts.meeting)
    return "no_quorum" if lacking else act


def _panel_broken_off(ctx: Context, act: str, rows: Iterable[CaseClock]) -> list[CaseClock]:
    """Clocks that waited for a panel which ended otherwise than by its count: they go on, whatever else stops them."""
    waiting = [(row, pause) for row in rows for pause in row.pauses if pause.act in PANEL and pause.until_act is None]
    if not waiting or act in BY_A_PANEL or panel_facts.at_work(ctx.case) is not None:
        return []
    for _row, pause in waiting:
        pause.until_on, pause.until_act = ctx.on, act
    return [row for row, _pause in waiting]


def _step(ctx: Context, clock: Clock, row: CaseClock | None, act: str, does: Sequence[Step]) -> list[CaseClock]:
    """The rows that changed."""
    if Step.START in does:
        begun = _begin(ctx, clock)
        if not begun:
            return []  # a refused amendment, a condition-free approval: what runs goes on
        if row is not None:
            _end(ctx, row)
            db.session.flush()
        db.session.add_all(begun)
        return begun
    if row is None or not does:
        return []
    match does[0]:
        case Step.END:
            _end(ctx, row)
        case Step.STOP:
            row.pauses.append(ClockPause(act=act, after_on=ctx.on, until_on=_limit(ctx, act)))
        case Step.GO:
            ending = [p for p in row.pauses if p.until_act is None and act in clock.stops.get(p.act, ())]
            for pause in ending[:1] if act == "answer_objection" else ending:
                pause.until_on, pause.until_act = min(ctx.on, pause.until_on or ctx.on), act
            return [row] if ending else []
    return [row]


NAMED_BY = {ClockKind.CONDITION: "condition_id", ClockKind.OBJECTION: "objection_id"}
"""Clocks of which a case may have several, and what an act that ends one names."""


def _ends(ctx: Context, row: CaseClock) -> bool:
    """Whether an act that ends clocks of a kind ends this one; an objection is answered by the officer."""
    if row.kind is ClockKind.OBJECTION and Role.CASE_OFFICER is not ctx.taken.role:
        return False
    return row.kind not in NAMED_BY or row.ref == int(ctx.data[NAMED_BY[row.kind]])


def _end(ctx: Context, row: CaseClock) -> None:
    row.ended_on, row.ended_by = ctx.on, ctx.taken.act.name


def _limit(ctx: Context, act: str) -> date | None:
    """The last day of a pause that is limited itself."""
    if act not in LONGEST_PAUSE:
        return None
    days = int(ctx.policy.number(LONGEST_PAUSE[act], ctx.facts.on))
    return in_working_days(calendar.current(), ctx.on, days).last_day


def _begin(ctx: Context, clock: Clock) -> list[CaseClock]:
    """The new rows of a clock: one for each condition of an approval, else one; none where nothing runs."""
    if ctx.case.scheme not in clock.schemes:
        return []
    if clock.kind is ClockKind.CONDITION:
        query = select(ApprovalCondition).where(
            ApprovalCondition.case_id == ctx.case.id, ApprovalCondition.round_no == ctx.case.round
        )
        return [_row(ctx, clock, ctx.on, ref=c.id, named_on=c.due_on) for c in db.session.scalars(query)]
    if clock.kind is ClockKind.CREDITING:
        end = facts.crediting_end(ctx.case)
        approved = ctx.taken.act.name == "register" or ctx.data.get("approved")
        # A project may be entered for removals of years gone by: then no day is waited for.
        return [_row(ctx, clock, ctx.on, named_on=end)] if end and end > ctx.on and approved else []
    if clock.kind is ClockKind.OBJECTION:
        newest = db.session.scalar(select(func.max(Objection.id)).where(Objection.case_id == ctx.case.id))
        return [_row(ctx, clock, ctx.on, ref=newest or 0)]
    if clock.kind is ClockKind.RECONSIDERATION_ASK:
        here = (Reconsideration.case_id == ctx.case.id, Reconsideration.round_no == ctx.case.round)
        asked = db.session.scalar(select(func.count()).select_from(Reconsideration).where(*here))
        return [] if asked else [_row(ctx, clock, ctx.data.get("delivered_on") or ctx.on)]
    accepted = clock.kind is ClockKind.RISK_DECISION and ctx.taken.act.name in ("accept", "deem_accepted")
    return [_row(ctx, clock, (ctx.case.accepted_on if accepted else None) or ctx.on)]


def _row(ctx: Context, clock: Clock, start: date, *, ref: int = 0, named_on: date | None = None) -> CaseClock:
    figure = length_of(clock, ctx.policy, ctx.facts.on)
    return CaseClock(
        case_id=ctx.case.id,
        round_no=ctx.case.round,
        kind=clock.kind,
        ref=ref,
        started_on=start,
        length=int(figure.number) if figure else max((named_on - start).days, 1) if named_on else 1,
        unit=clock.unit,
        start_counts=clock.start_counts,
        named_on=named_on,
        extended=0,
        pauses=[],
    )


def count(row: CaseClock, by: Calendar | None = None) -> bool:
    """Count a clock's last day and its reminders anew; whether anything changed."""
    by = by or calendar.current()
    running = clocks.running(row)
    counted = period(running, by)
    marked = marks(running, counted, by)
    before = (row.due_on, row.provisional, row.half_on, row.near_on)
    row.due_on, row.provisional = counted.last_day, counted.provisional
    row.half_on, row.near_on = marked.half_on, marked.near_on
    return before != (row.due_on, row.provisional, row.half_on, row.near_on)


# What the rules ask ---------------------------------------------------------------------------------------


def facts_for(case: Case, action: str, data: Mapping[str, Any], on: date) -> dict[str, Any]:
    """What the rules ask of the clocks for an act; read only for the acts that ask."""
    match action:
        case "deem_accepted" | "lapse" | "suspend" | "close":
            return {"deadline_passed": _passed(open_clocks(case.id), action, on)}
        case "ask_extension" | "extend":
            return {"clock": _to_extend(case.id, on)}
        case "remind":
            return {"reminder_due": _reminder(open_clocks(case.id), data, on)}
        case "recount":
            by = calendar.current()
            return {"recount_due": any(outdated(row, by) for row in open_clocks(case.id))}
        case "request_reconsideration":
            asked = [r for r in open_clocks(case.id) if r.kind is ClockKind.RECONSIDERATION_ASK]
            return {"asked_late": any(r.due_on is not None and r.due_on < on for r in asked)}
        case "record_delivery" | "confirm_receipt":
            return _delivery(_of(open_clocks(case.id), ClockKind.DELIVERY), data.get("delivered_on"), on)
        case "resume":
            overdue = _over(_of(open_clocks(case.id), ClockKind.CONDITION), on)
            return {"conditions_overdue": len(overdue) if case.suspended_by == "system" else 0}
    return {}


def _delivery(waiting: Sequence[CaseClock], day: date | None, on: date) -> dict[str, Any]:
    """Whether a decision is still to be delivered, and whether it can have been on a day."""
    if not waiting:
        return {"undelivered": False}
    return {"undelivered": True, "delivery_fits": day is None or waiting[0].started_on <= day <= on}


def _of(rows: Iterable[CaseClock], kind: ClockKind) -> list[CaseClock]:
    return [r for r in rows if r.kind is kind]


def _over(rows: Iterable[CaseClock], on: date) -> list[CaseClock]:
    """Clocks whose last day is over; a condition that was reported waits for the officer, not for its day."""
    over = [r for r in rows if r.due_on is not None and r.due_on < on]
    reported = clocks.reported([r.ref for r in over if r.kind is ClockKind.CONDITION])
    return [r for r in over if r.kind is not ClockKind.CONDITION or r.ref not in reported]


def _passed(rows: Iterable[CaseClock], action: str, on: date) -> bool | None:
    waiting = [r for r in rows if CLOCKS[r.kind].then == action]
    if not waiting:
        return None
    return any(not clocks.asked(r) for r in _over(waiting, on))


def extendable(case_id: int) -> CaseClock | None:
    """The clock of a case that more time would be given to."""
    found = [row for row in open_clocks(case_id) if row.kind in EXTENDED]
    return min(found, key=lambda row: EXTENDED.index(row.kind), default=None)


def _to_extend(case_id: int, on: date) -> ClockFacts | None:
    row = extendable(case_id)
    if row is None:
        return None
    return ClockFacts(
        kind=row.kind.value,
        extended=bool(row.extended),
        asked=row.asked_at is not None,
        refused=row.refused_at is not None,
        over=row.due_on is not None and row.due_on < on,
    )


def _reminder(rows: Iterable[CaseClock], data: Mapping[str, Any], on: date) -> bool:
    row = next((r for r in rows if r.id == data.get("clock")), None)
    return row is not None and clocks.reminder_of(row, on) == data.get("kind")


def outdated(row: CaseClock, by: Calendar) -> bool:
    """Whether a clock is counted otherwise by the calendar as it is now."""
    counted = period(clocks.running(row), by)
    return (row.due_on, row.provisional) != (counted.last_day, counted.provisional)
