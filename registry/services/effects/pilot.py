"""What each act on a pilot of a farm writes. Only the door calls them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from registry import permissions
from registry.extensions import db
from registry.models import Appointment, Pilot, PilotExploration, User
from registry.queries import pilot as ask
from registry.services.effects.context import Effect
from registry.services.records import Context, Kind
from workflows.facts import PilotFacts
from workflows.pilot import PILOT, judge
from workflows.roles import Role
from workflows.states import Exploration, FarmRecordKind

BUREAU = frozenset({Role.CASE_OFFICER, Role.CHAIR})


def roles_on(pilot: Pilot, actor: User, on: date) -> frozenset[Role]:
    """What a person is to a pilot: reporter of its farm, or an office in its body."""
    held = frozenset(role for role, body in permissions.appointments(actor, on) if body == pilot.body_id)
    farm = any(f.id == pilot.farm_id for f in ask.own_farms(actor, on))
    return (held & permissions.FARM_READERS) | (frozenset({Role.FARM_REPORTER}) if farm else frozenset())


def facts(pilot: Pilot, on: date, actor: User | None) -> PilotFacts:
    """A pilot as its rules see it."""
    aims = ask.records(pilot.farm_id, FarmRecordKind.EXPLORATION, pilot.id)
    said = {r.field for r in aims if isinstance(r, PilotExploration)}
    return PilotFacts(
        on=on,
        since=pilot.since,
        until=pilot.until,
        missing=tuple(field.value for field in Exploration if field not in said),
        actor_took_part=actor is not None and actor.id in (pilot.submitted_by_id, pilot.prepared_by_id),
        measured=ask.measured_twice(pilot.farm_id),
    )


def told(pilot: Pilot, _action: str, on: date) -> set[int]:
    """Officers and chair of the body, and who submitted it."""
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


def _facts(row: Any, on: date, actor: User | None, _data: Mapping[str, Any]) -> PilotFacts:
    return facts(row, on, actor)


KIND = Kind(
    model=Pilot,
    workflow=PILOT,
    judge=judge,
    roles=roles_on,
    facts=_facts,
    effects={
        "submit_pilot": _submit,
        "prepare_pilot": _prepare,
        "return_pilot": _return,
        "approve_pilot": _approve,
        "start_pilot": _start,
        "evaluate_pilot": _evaluate,
    },
    told=told,
)
