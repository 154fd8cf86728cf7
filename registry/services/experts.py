"""Verbs on the expert register, kept by the secretary; nothing that was entered is ever written over.

An expert is a user with the office of an expert, so the register's first and last days are the appointment's.
Like accounts the register has no lifecycle: each verb is one transaction and leaves one audit row.
"""

from collections.abc import Collection
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from registry import permissions
from registry.clock import day_of
from registry.extensions import db, writing
from registry.models import (
    Appointment,
    ExpertProfile,
    ExpertProfileField,
    User,
)
from registry.queries import people as people_of
from registry.services import audit, people, ties
from registry.services.people import NotDone
from workflows.roles import Role
from workflows.states import ExpertField, Relation

NOT_SECRETARY = _l("Only the secretary keeps the expert register")
NO_SUCH_EXPERT = _l("This person is not in the expert register")
LOGIN_TAKEN = _l(
    "This sign-in name is taken. If it is this person’s, let the administrator give the office of an expert; "
    "then the person stands in the register."
)
OTHER_OFFICE = _l("Whoever holds another office here cannot be an expert")
IN_OFFICE = _l("This person is an expert already")
NO_FIELD = _l("Choose at least one field")
OWN_ENTRY = _l("Nobody keeps the own entry in the register")


def add(
    *,
    login: str,
    name: str,
    email: str | None,
    fields: Collection[ExpertField],
    district: str,
    title: str,
    since: date,
    by: User,
    at: datetime,
) -> tuple[int, str]:
    """Enter an expert with an account. Returns its number and the token of a set-up link; raises NotDone."""
    with writing():
        actor, body_id = _secretary(by.id, at)
        if people_of.user_by_login(login) is not None:
            raise NotDone(LOGIN_TAKEN, "login")
        user = User(login=login.lower(), name=name, email=email, created_at=at)
        db.session.add(user)
        db.session.flush()
        db.session.add(Appointment(user_id=user.id, body_id=body_id, role=Role.EXPERT, since=since))
        profile = _profile(user.id, fields, district, title, since, actor, at)
        token = people.new_link(user.id, at)
        _note("add_expert", actor, user.id, at, profile=profile)
    return user.id, token


def appoint(user_id: int, *, since: date, by: User, at: datetime) -> None:
    """An expert whose time had ended is appointed again; raises NotDone."""
    with writing():
        actor, body_id = _secretary(by.id, at)
        user = _expert(user_id, body_id, actor)
        held = select(Appointment).where(Appointment.user_id == user.id)
        for row in db.session.scalars(held):
            lasts = row.until is None or row.until >= since
            if row.role is Role.EXPERT and row.body_id == body_id and lasts:
                raise NotDone(IN_OFFICE, "since")
            if row.role is not Role.EXPERT and lasts:
                raise NotDone(OTHER_OFFICE, "since")
        db.session.add(Appointment(user_id=user.id, body_id=body_id, role=Role.EXPERT, since=since))
        people.end_sessions(user.id, at)
        _note("appoint_expert", actor, user.id, at, since=since)


def end(user_id: int, *, until: date, by: User, at: datetime) -> None:
    """Say the last day of an expert in the register; raises NotDone."""
    with writing():
        actor, body_id = _secretary(by.id, at)
        user = _expert(user_id, body_id, actor)
        query = select(Appointment).where(
            Appointment.user_id == user.id,
            Appointment.body_id == body_id,
            Appointment.role == Role.EXPERT,
            Appointment.until.is_(None),
        )
        row = db.session.scalars(query).first()
        if row is None:
            raise NotDone(_l("The last day is recorded already"), "until")
        if until < row.since:
            raise NotDone(people.WRONG_ORDER, "until")
        row.until = until
        _note("end_expert", actor, user.id, at, until=until)


def change(
    user_id: int,
    *,
    fields: Collection[ExpertField],
    district: str,
    title: str,
    since: date,
    by: User,
    at: datetime,
) -> None:
    """What the expert knows and where the expert works, from a day on; earlier entries stay. Raises NotDone."""
    with writing():
        actor, body_id = _secretary(by.id, at)
        user = _expert(user_id, body_id, actor)
        profile = _profile(user.id, fields, district, title, since, actor, at)
        _note("change_expert", actor, user.id, at, profile=profile)


def add_tie(
    user_id: int,
    relation: Relation,
    organisation_id: int | None,
    organisation_name: str,
    *,
    since: date,
    until: date | None,
    by: User,
    at: datetime,
) -> None:
    """Record a declared tie to an organisation; one not known yet is entered by its name. Raises NotDone."""
    with writing():
        actor, body_id = _secretary(by.id, at)
        user = _expert(user_id, body_id, actor)
        told = {"since": since, "until": until, "by": actor, "at": at}
        tie = ties.enter(user.id, relation, organisation_id, organisation_name, **told)
        detail = {"tie": tie.id, "relation": relation.value, "organisation": tie.organisation_id}
        _note("add_tie", actor, user.id, at, **detail)


def end_tie(tie_id: int, *, until: date, by: User, at: datetime) -> None:
    """Say the last day of a tie, once; raises NotDone."""
    with writing():
        actor, body_id = _secretary(by.id, at)
        tie = ties.locked(tie_id)
        if tie is None:
            raise NotDone(NO_SUCH_EXPERT)
        _expert(tie.user_id, body_id, actor)
        ties.end(tie, until)
        _note("end_tie", actor, tie.user_id, at, tie=tie.id, until=until)


def _profile(
    user_id: int, fields: Collection[ExpertField], district: str, title: str, since: date, actor: User, at: datetime
) -> int:
    if not fields:
        raise NotDone(NO_FIELD, "fields")
    profile = ExpertProfile(
        user_id=user_id, district_code=district, title=title, since=since, entered_at=at, entered_by_id=actor.id
    )
    db.session.add(profile)
    db.session.flush()
    db.session.add_all(ExpertProfileField(profile_id=profile.id, field=f) for f in sorted(set(fields)))
    return profile.id


def _secretary(user_id: int, at: datetime) -> tuple[User, int]:
    """The acting person, read again, and the body; raises NotDone unless secretary now."""
    actor = db.session.get(User, user_id)
    held = permissions.appointments(actor, day_of(at))
    body = next((body_id for role, body_id in held if role is Role.SECRETARY), None)
    if actor is None or body is None:
        raise NotDone(NOT_SECRETARY)
    return actor, body


def _expert(user_id: int, body_id: int, actor: User) -> User:
    """Somebody the body appointed as an expert, now or before; nobody keeps the own entry."""
    user = people.account(user_id)
    query = select(Appointment.id).where(
        Appointment.user_id == user_id, Appointment.body_id == body_id, Appointment.role == Role.EXPERT
    )
    if db.session.scalars(query).first() is None:
        raise NotDone(NO_SUCH_EXPERT)
    if user.id == actor.id:
        raise NotDone(OWN_ENTRY)
    return user


def _note(action: str, actor: User, user_id: int, at: datetime, **detail: object) -> None:
    """One link; numbers and closed words only."""
    audit.record(
        action, actor=actor, role=Role.SECRETARY, subject_kind="user", subject_id=user_id, at=at, detail=detail
    )
