"""What the farm records: written once, sent twice or not, and replaced by a record that says why."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from registry import permissions
from registry.clock import day_of
from registry.extensions import db, writing
from registry.models import Case, FarmRecord, Pilot, StoredFile, User
from registry.queries import pilot as ask
from registry.storage import Stored
from workflows.roles import Role
from workflows.states import FarmRecordKind, PilotState, ProjectState

AREA = ((Decimal("35.60"), Decimal("36.50")), (Decimal("116.00"), Decimal("118.00")))
"""A box around Tai'an, latitude and longitude in degrees (rounded outwards from the outline of its districts)."""
MODEL = {m.__mapper_args__["polymorphic_identity"]: m for m in ask.KINDS}


LOSS_WRITERS = frozenset({Role.PROPONENT, Role.AGENT, Role.CASE_OFFICER})
"""Who records losses of a project, by what they are to its case."""
WITH_AN_ENTRY = frozenset({ProjectState.REGISTERED, ProjectState.AMENDMENT_REVIEW, ProjectState.SUSPENDED})


class NotTheirs(Exception):
    """The farm, the project, or the record to be replaced, is not this person's to write."""


def outside(latitude: Decimal | None, longitude: Decimal | None) -> bool:
    """Whether coordinates lie outside Tai'an's box: worth a warning, no reason to refuse."""
    if latitude is None or longitude is None:
        return False
    return not all(low <= value <= high for value, (low, high) in zip((latitude, longitude), AREA, strict=True))


def write(
    kind: FarmRecordKind,
    values: Mapping[str, Any],
    *,
    by: User,
    at: datetime,
    client_id: str,
    farm_id: int | None = None,
    case_id: int | None = None,
    photo: tuple[Stored, str] | None = None,
    replaces: int | None = None,
) -> int:
    """Keep one record and return its id; the same `client_id` from the same person gives the record it made before.

    Raises NotTheirs.
    """
    person_id, example = by.id, by.is_example
    if farm_id is not None and all(f.id != farm_id for f in ask.own_farms(by)):
        raise NotTheirs
    with writing():
        if case_id is not None and not may_record_losses(db.session.get(Case, case_id), by, at):
            raise NotTheirs
        before = ask.by_client_id(client_id)
        if before is not None:
            if before.entered_by_id != person_id:
                raise NotTheirs
            return before.id
        if replaces is not None:
            _replaceable(replaces, kind, farm_id, case_id, by, at)
        if photo is not None and db.session.get(StoredFile, photo[0].sha256) is None:
            kept = photo[0]
            db.session.add(StoredFile(sha256=kept.sha256, size=kept.size, media_type=kept.media_type, stored_at=at))
            db.session.flush()
        row = MODEL[kind](
            **values,
            farm_id=farm_id,
            case_id=case_id,
            pilot_id=_running(farm_id),
            sha256=photo[0].sha256 if photo else None,
            filename=photo[1] if photo else None,
            client_id=client_id,
            supersedes_id=replaces,
            entered_by_id=person_id,
            entered_at=at,
            is_example=example,
        )
        db.session.add(row)
        db.session.flush()
        return row.id


def may_record_losses(case: Case | None, by: User, at: datetime) -> bool:
    """Whether a person may record losses of a project: its entry stands, and they file or handle the case."""
    if case is None or case.registered_on is None or case.state not in WITH_AN_ENTRY:
        return False
    return bool(permissions.roles_on(case.id, by, day_of(at)) & LOSS_WRITERS)


def may_correct(record: FarmRecord, by: User, at: datetime) -> bool:
    """Whether a person may replace a loss of a project: an officer any, the applicant's side none of an officer's."""
    if record.case_id is None or not may_record_losses(db.session.get(Case, record.case_id), by, at):
        return False
    if Role.CASE_OFFICER in permissions.roles_on(record.case_id, by, day_of(at)):
        return True
    then = permissions.roles_on(record.case_id, record.entered_by, day_of(record.entered_at))
    return Role.CASE_OFFICER not in then


def _replaceable(
    record_id: int, kind: FarmRecordKind, farm_id: int | None, case_id: int | None, by: User, at: datetime
) -> None:
    query = select(FarmRecord).where(FarmRecord.id == record_id, FarmRecord.kind == kind, ask.in_force())
    row = db.session.scalars(query).one_or_none()
    if row is None or (row.farm_id, row.case_id) != (farm_id, case_id):
        raise NotTheirs
    if case_id is not None and not may_correct(row, by, at):
        raise NotTheirs


def _running(farm_id: int | None) -> int | None:
    """The pilot a record of the farm belongs to: the newest that is not evaluated."""
    if farm_id is None:
        return None
    query = select(Pilot.id).where(Pilot.farm_id == farm_id, Pilot.state != PilotState.EVALUATED)
    return db.session.scalar(query.order_by(Pilot.id.desc()).limit(1))


def propose(title: str, since: date, until: date, budget_yuan: Decimal, *, farm_id: int, by: User, at: datetime) -> int:
    """Begin a pilot as a plan; its aims are records. Raises NotTheirs."""
    bodies = [body for role, body in permissions.appointments(by) if role.value == "farm_reporter"]
    if not bodies or all(f.id != farm_id for f in ask.own_farms(by)):
        raise NotTheirs
    row = Pilot(
        farm_id=farm_id,
        body_id=bodies[0],
        title=title,
        since=since,
        until=until,
        budget_yuan=budget_yuan,
        state=PilotState.PLAN,
        drafted_by_id=by.id,
        drafted_at=at,
        is_example=by.is_example,
    )
    with writing():
        db.session.add(row)
        db.session.flush()
        return row.id
