"""What each act on a pilot of a farm writes. Only the door calls them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from registry import permissions
from registry.extensions import db
from registry.models import Appointment, Pilot, PilotExploration, ReportPrompt, User
from registry.queries import pilot as ask
from registry.queries import reports
from registry.services.effects.context import Effect
from registry.services.records import Context, Kind
from workflows.clocks import Reminder
from workflows.facts import PilotFacts
from workflows.pilot import PILOT, judge
from workflows.pilot_report import Period, period_of
from workflows.roles import Role
from workflows.states import Exploration, FarmRecordKind, PeriodKind

BUREAU = frozenset({Role.CASE_OFFICER, Role.CHAIR})


def roles_on(pilot: Pilot, actor: User, on: date) -> frozenset[Role]:
    """What a person is to a pilot: reporter of its farm, or an office in its body."""
    held = frozenset(role for role, body in permissions.appointments(actor, on) if body == pilot.body_id)
    farm = any(f.id == pilot.farm_id for f in ask.own_farms(actor, on))
    return (held & permissions.FARM_READERS) | (frozenset({Role.FARM_REPORTER}) if farm else frozenset())


def facts(pilot: Pilot, on: date, actor: User | None, data: Mapping[str, Any] | None = None) -> PilotFacts:
    """A pilot as its rules see it; `data`: what the act comes with."""
    said = data or {}
    reminder = Reminder(said["kind"]) if "kind" in said else None
    aims = ask.records(pilot.farm_id, FarmRecordKind.EXPLORATION, pilot.id)
    aimed = {r.field for r in aims if isinstance(r, PilotExploration)}
    return PilotFacts(
        on=on,
        since=pilot.since,
        until=pilot.until,
        missing=tuple(field.value for field in Exploration if field not in aimed),
        actor_took_part=actor is not None and actor.id in (pilot.submitted_by_id, pilot.prepared_by_id),
        measured=ask.measured_twice(pilot.farm_id),
        reminder=reminder,
        reminded=_reminded(pilot, _period(said), on) if reminder else frozenset(),
    )


def _period(said: Mapping[str, Any]) -> Period:
    return period_of(PeriodKind(said["period_kind"]), date.fromisoformat(said["period_from"]))


def _reminded(pilot: Pilot, period: Period, on: date) -> frozenset[Reminder]:
    """What was sent of a report; of one that is begun nothing is left to send."""
    if period not in reports.not_begun(pilot, on):
        return frozenset(Reminder)
    return frozenset(reports.prompts(pilot.id, period))


def told(pilot: Pilot, action: str, on: date) -> set[int]:
    """Officers and chair of the body, and who submitted it; of a report not begun, those who report for the farm."""
    if action == "remind_of_report":
        return ask.reporters(pilot.farm_id, pilot.body_id, on)
    query = select(Appointment.user_id).where(
        Appointment.body_id == pilot.body_id,
        Appointment.role.in_(BUREAU),
        Appointment.since <= on,
        or_(Appointment.until.is_(None), Appointment.until >= on),
    )
    return set(db.session.scalars(query)) | ({pilot.submitted_by_id} if pilot.submitted_by_id else set())


def _submit(ctx: Context) -> Effect:
    return Effect({"submitted_by_id": ctx.person_id, "submitted_at": ctx.at})


def _prepare(ctx: Context) -> Effect:
    return Effect({"prepared_by_id": ctx.person_id}, words=ctx.data.get("words", ""))


def _return(ctx: Context) -> Effect:
    return Effect({"prepared_by_id": None}, words=ctx.data["words"])


def _approve(ctx: Context) -> Effect:
    return Effect({"approved_by_id": ctx.person_id}, words=ctx.data.get("words", ""))


def _start(_ctx: Context) -> Effect:
    return Effect()


def _evaluate(ctx: Context) -> Effect:
    return Effect({"evaluated_by_id": ctx.person_id}, words=ctx.data["words"])


def _remind(ctx: Context) -> Effect:
    """The farm is told how long it has for a report that nobody has begun."""
    period, kind = _period(ctx.data), Reminder(ctx.data["kind"])
    said = {"period_kind": period.kind, "period_from": period.start}
    db.session.add(ReportPrompt(pilot_id=ctx.row.id, kind=kind, sent_at=ctx.at, **said))
    return Effect(detail=dict(ctx.data))


KIND = Kind(
    model=Pilot,
    workflow=PILOT,
    judge=judge,
    roles=roles_on,
    facts=facts,
    effects={
        "submit_pilot": _submit,
        "prepare_pilot": _prepare,
        "return_pilot": _return,
        "approve_pilot": _approve,
        "start_pilot": _start,
        "evaluate_pilot": _evaluate,
        "remind_of_report": _remind,
    },
    told=told,
)
