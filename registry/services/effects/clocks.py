"""More time asked for and given, reminders, and dates counted again once a notice has come."""

from registry.extensions import db
from registry.models import CaseClock, ClockReminder
from registry.services import clocks
from registry.services.effects.context import Context, Effect
from workflows.clocks import CLOCKS, Reminder, told
from workflows.roles import Role


def _extendable(ctx: Context) -> CaseClock:
    row = clocks.extendable(ctx.case.id)
    if row is None:
        raise RuntimeError("S52 lets nobody extend a clock that does not run")
    return row


def ask_extension(ctx: Context) -> Effect:
    """The applicant asks for more time for the corrections, with reasons."""
    row = _extendable(ctx)
    row.asked_at = ctx.at
    return Effect(detail={"clock": row.kind.value}, words=ctx.data["words"], tells=frozenset({Role.CASE_OFFICER}))


def extend(ctx: Context) -> Effect:
    """延长一次: more time by the figure of the policy, or a refusal of what was asked; the reasons are told."""
    row = _extendable(ctx)
    if not ctx.data.get("granted", True):
        row.refused_at = ctx.at
        return Effect(detail={"clock": row.kind.value, "granted": 0}, words=ctx.data["words"])
    row.extended = int(ctx.policy.number(str(CLOCKS[row.kind].extension), ctx.facts.on))
    clocks.count(row)
    due = {"due_on": row.due_on.isoformat()} if row.due_on else {}
    return Effect(detail={"clock": row.kind.value, "granted": 1, "days": row.extended, **due}, words=ctx.data["words"])


def remind(ctx: Context) -> Effect:
    """A reminder of a clock, kept so that it is sent once; the notices go to whom it presses."""
    row = next(r for r in clocks.open_clocks(ctx.case.id) if r.id == ctx.data["clock"])
    kind = Reminder(ctx.data["kind"])
    db.session.add(ClockReminder(clock_id=row.id, kind=kind, extended=row.extended, sent_at=ctx.at))
    due = {"due_on": row.due_on.isoformat()} if row.due_on else {}
    return Effect(detail={"clock": row.kind.value, "reminder": kind.value, **due}, tells=told(row.kind, kind))


def recount(ctx: Context) -> Effect:
    """The calendar says otherwise now: the dates of the case follow it."""
    moved = {}
    for row in clocks.open_clocks(ctx.case.id):
        before = row.due_on
        if clocks.count(row):
            moved[row.kind.value] = [str(before or ""), str(row.due_on or ""), int(row.provisional)]
    changed = any(was != now for was, now, _ in moved.values())
    tells = frozenset({Role.PROPONENT, Role.AGENT, Role.CASE_OFFICER}) if changed else frozenset()
    return Effect(detail={"counted": moved}, tells=tells)


EFFECTS = {"ask_extension": ask_extension, "extend": extend, "remind": remind, "recount": recount}
