"""Reports of completed area: drafted by a unit's reporter, found under lock, and read into facts for their table."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased

from registry import permissions
from registry.clock import day_of
from registry.extensions import db, writing
from registry.models import Appointment, CompletionReport, StoredFile, User
from registry.queries import greening as ask
from registry.storage import Stored
from workflows.facts import CompletionFacts
from workflows.roles import Role
from workflows.states import CompletionState, Greening

C = CompletionState
OPEN = frozenset({C.DRAFT, C.RETURNED})
"""States in which the unit may still write."""


class NotEditable(Exception):
    """The report waits or is confirmed, or is not of a unit this person belongs to."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reporter writes; area in mu, `stored` None: the file before."""

    year: int
    kind: Greening
    area_mu: Decimal
    document_title: str
    document_number: str
    document_on: date | None
    stored: Stored | None = None
    filename: str = ""


def save(
    draft: Draft, *, unit_id: int, by: User, at: datetime, report_id: int | None = None, corrects: int | None = None
) -> int:
    """Keep a draft, new or again; `corrects`: the confirmed report it is to replace. Raises NotEditable."""
    person_id = by.id
    with writing():
        by = db.session.get_one(User, person_id)
        row = _opened(report_id, by, at) if report_id else _new(by, unit_id, at, corrects)
        if row.supersedes_id is None:
            row.year, row.kind = draft.year, draft.kind
        row.area_mu = draft.area_mu
        row.document_title, row.document_number = draft.document_title, draft.document_number
        row.document_on = draft.document_on
        if draft.stored is not None:
            _keep(draft.stored, at)
            row.sha256, row.filename = draft.stored.sha256, draft.filename
        db.session.add(row)
        db.session.flush()
        return row.id


def _new(by: User, unit_id: int, at: datetime, corrects: int | None) -> CompletionReport:
    bodies = [body for role, body in permissions.appointments(by, day_of(at)) if role is Role.DISTRICT_REPORTER]
    if not bodies or unit_id not in ask.unit_ids(by, day_of(at)):
        raise NotEditable
    row = CompletionReport(state=C.DRAFT, body_id=bodies[0], unit_id=unit_id, drafted_by_id=by.id, drafted_at=at)
    row.is_example = by.is_example
    if corrects is not None:
        old = _locked(corrects)
        if old is None or old.state is not C.CONFIRMED or old.unit_id != unit_id:
            raise NotEditable
        row.supersedes_id, row.year, row.kind = old.id, old.year, old.kind
    return row


def _opened(report_id: int, by: User, at: datetime) -> CompletionReport:
    row = _locked(report_id)
    if row is None or row.state not in OPEN or row.unit_id not in ask.unit_ids(by, day_of(at)):
        raise NotEditable
    row.version += 1
    return row


def _locked(report_id: int) -> CompletionReport | None:
    query = select(CompletionReport).where(CompletionReport.id == report_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _keep(stored: Stored, at: datetime) -> None:
    if db.session.get(StoredFile, stored.sha256) is None:
        db.session.add(StoredFile(sha256=stored.sha256, size=stored.size, media_type=stored.media_type, stored_at=at))
        db.session.flush()


def discard(report_id: int, *, by: User, at: datetime) -> None:
    """Throw away a draft that was never sent. Raises NotEditable."""
    person_id = by.id
    with writing():
        row = _opened(report_id, db.session.get_one(User, person_id), at)
        if row.reported_at is not None:
            raise NotEditable
        db.session.delete(row)


# For the door ---------------------------------------------------------------------------------------------


def roles_on(row: CompletionReport, actor: User, on: date) -> frozenset[Role]:
    """What a person is to a report: the offices held in its body, as reporter only of the own unit."""
    held = frozenset(role for role, body in permissions.appointments(actor, on) if body == row.body_id)
    held &= permissions.COMPLETION.offices
    return held if row.unit_id in ask.unit_ids(actor, on) else held - {Role.DISTRICT_REPORTER}


def facts(row: CompletionReport, on: date, actor: User | None) -> CompletionFacts:
    """A report as its rules see it."""
    return CompletionFacts(
        on=on,
        year=row.year,
        accepted=row.document_on,
        document=row.sha256 is not None and bool(row.document_title and row.document_number and row.document_on),
        of_the_unit=actor is not None and row.unit_id in ask.unit_ids(actor, on),
        actor_reported=actor is not None and row.reported_by_id == actor.id,
        standing=_another_stands(row),
    )


def _another_stands(row: CompletionReport) -> bool:
    """Whether another report of unit, year and kind waits, or is confirmed and neither corrected nor the one meant."""
    other, later = aliased(CompletionReport), aliased(CompletionReport)
    corrected = exists().where(later.supersedes_id == other.id, later.state == C.CONFIRMED)
    stands = (other.state == C.CONFIRMED) & ~corrected & (other.id != (row.supersedes_id or 0))
    waits = (other.state == C.REPORTED) & (other.id != row.id)
    same = (other.unit_id == row.unit_id, other.year == row.year, other.kind == row.kind)
    return bool(db.session.scalar(select(exists().where(*same, other.id != row.id, or_(stands, waits)))))


def told(row: CompletionReport, action: str, on: date) -> set[int]:
    """The officers of the body when a report comes in or is taken back; else who reported it."""
    if action not in ("report_completion", "withdraw_completion"):
        return {row.reported_by_id} if row.reported_by_id else set()
    query = select(Appointment.user_id).where(
        Appointment.body_id == row.body_id,
        Appointment.role == Role.CASE_OFFICER,
        Appointment.since <= on,
        or_(Appointment.until.is_(None), Appointment.until >= on),
    )
    return set(db.session.scalars(query))
