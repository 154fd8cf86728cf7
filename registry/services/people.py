"""Verbs on accounts: people, what they belong to, what they are appointed to.

Accounts have no lifecycle, so they do not go through the door; each verb is one transaction and leaves
one audit row. Passwords come in hashed: hashing takes long and must not happen inside `writing()`.
"""

import re
from datetime import date, datetime, timedelta

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, or_, select, true, update

from registry import permissions
from registry.clock import ZONE
from registry.extensions import db, writing
from registry.models import (
    Appointment,
    Body,
    ExpertTie,
    Membership,
    Organisation,
    OrganisationKind,
    OrganisationTie,
    SetupLink,
    User,
    UserSession,
)
from registry.queries import people as ask
from registry.security import tokens
from registry.services import audit
from workflows.roles import APPOINTED, Role

Lasting = Membership | Appointment | ExpertTie | OrganisationTie
"""What lasts from one day to another."""

LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,59}")
"""What a sign-in name may look like; kept in lower case."""
LINK_BY_HAND = timedelta(hours=72)
"""How long a link is valid that an administrator passes on."""
LINK_AT_CONSOLE = timedelta(minutes=30)
"""How long the link of `flask create-admin` is valid."""


class NotDone(Exception):
    """A verb refused; `words` say why and what to do, `field` names the question they belong to."""

    def __init__(self, words: LazyString | str, field: str | None = None) -> None:
        super().__init__(str(field))
        self.words = words
        self.field = field


NOT_ADMINISTRATOR = _l("Only an administrator can change accounts")
NO_SUCH_PERSON = _l("This person has no account")
LOGIN_TAKEN = _l("This sign-in name is taken; choose another")
OWN_APPOINTMENT = _l("Nobody can appoint themselves; another administrator has to do this")
LAST_ADMINISTRATOR = _l("This is the last administrator; appoint another before this one goes")
NOT_APPOINTED = _l("This role is not given by appointment")
ADMINISTRATOR_ALONE = _l("An administrator keeps accounts and holds no other office")
PERIODS_OVERLAP = _l("This is already recorded for the same time")
WRONG_ORDER = _l("The last day cannot be before the first day")
CODE_TAKEN = _l("Another organisation has this credit code")
ADMINISTRATOR_EXISTS = _l("There is already an administrator; ask them for an account")


# People ------------------------------------------------------------------------------------------------


def create_user(
    *, login: str, name: str, email: str | None, by: User, at: datetime, is_example: bool = False
) -> tuple[int, str]:
    """Make an account without a password. Returns its number and the token of a set-up link; raises NotDone."""
    with writing():
        actor = administrator(by.id, at)
        user = _new_user(login, name, email, at, is_example)
        token = _new_link(user.id, at, LINK_BY_HAND)
        note("create_user", actor, "user", user.id, at)
    return user.id, token


def make_setup_link(user_id: int, *, by: User, at: datetime) -> str:
    """A new link by which the person sets a password; earlier links end. Returns its token; raises NotDone."""
    with writing():
        actor = administrator(by.id, at)
        user = account(user_id)
        if not user.active:
            raise NotDone(_l("This account is closed; open it first"))
        token = _new_link(user.id, at, LINK_BY_HAND)
        note("make_setup_link", actor, "user", user.id, at)
    return token


def set_active(user_id: int, active: bool, *, by: User, at: datetime) -> None:
    """Open or close an account; closing ends its sessions and links. Raises NotDone for the last administrator."""
    with writing():
        actor = administrator(by.id, at)
        user = account(user_id)
        if not active and not [a for a in ask.administrators(_day(at)) if a.user_id != user.id]:
            raise NotDone(LAST_ADMINISTRATOR)
        user.active = active
        if not active:
            end_sessions(user.id, at)
            end_links(user.id, at)
        note("open_account" if active else "close_account", actor, "user", user.id, at)


def set_email(user_id: int, email: str | None, *, by: User, at: datetime) -> None:
    """Correct or forget the address letters go to; raises NotDone."""
    with writing():
        actor = administrator(by.id, at)
        user = account(user_id)
        if email != user.email:
            user.email = email
            note("set_email", actor, "user", user.id, at)


def first_administrator(*, login: str, name: str, body: dict[str, str], at: datetime) -> str:
    """The first administrator of an empty system, from the console. Returns the token of a set-up link.

    `body` (key, name, name_en, jurisdiction) is made when no body exists yet. Raises NotDone when
    there is an administrator already.
    """
    with writing():
        if ask.administrator_exists(_day(at)):
            raise NotDone(ADMINISTRATOR_EXISTS)
        user = _new_user(login, name, None, at, False)
        bodies = ask.bodies()
        seat = bodies[0] if bodies else Body(**body)
        db.session.add(seat)
        db.session.flush()
        db.session.add(Appointment(user_id=user.id, body_id=seat.id, role=Role.ADMINISTRATOR, since=_day(at)))
        token = _new_link(user.id, at, LINK_AT_CONSOLE)
        audit.record(
            "create_admin", actor=None, role=Role.SYSTEM, subject_kind="user", subject_id=user.id, at=at, detail={}
        )
    return token


# What people belong to and hold -------------------------------------------------------------------------


def add_membership(
    user_id: int, organisation_id: int, *, since: date, until: date | None, by: User, at: datetime
) -> int:
    """A person belongs to an organisation, both days counted. Returns the row's number; raises NotDone."""
    _in_order(since, until)
    with writing():
        actor = administrator(by.id, at)
        user, organisation = account(user_id), _organisation(organisation_id)
        same = Membership.organisation_id == organisation.id
        query = select(Membership).where(Membership.user_id == user.id, same, overlaps(Membership, since, until))
        if db.session.scalars(query).first():
            raise NotDone(PERIODS_OVERLAP, "organisation")
        row = Membership(user_id=user.id, organisation_id=organisation.id, since=since, until=until)
        db.session.add(row)
        db.session.flush()
        note("add_membership", actor, "user", user.id, at, row=row.id, organisation=organisation.id)
    return row.id


def end_membership(membership_id: int, *, until: date, by: User, at: datetime) -> None:
    """Say the last day of a membership; raises NotDone."""
    with writing():
        actor = administrator(by.id, at)
        row = db.session.get(Membership, membership_id)
        if row is None:
            raise NotDone(NO_SUCH_PERSON)
        _in_order(row.since, until)
        row.until = until
        note("end_membership", actor, "user", row.user_id, at, row=row.id, until=until)


def add_appointment(
    user_id: int, body_id: int, role: Role, *, since: date, until: date | None, by: User, at: datetime
) -> int:
    """A body gives a person an office, both days counted. Returns the row's number; raises NotDone.

    Nobody appoints themselves, and an administrator holds no office that sees cases.
    """
    _in_order(since, until)
    if role not in APPOINTED:
        raise NotDone(NOT_APPOINTED, "role")
    with writing():
        actor = administrator(by.id, at)
        user = account(user_id)
        if user.id == actor.id:
            raise NotDone(OWN_APPOINTMENT)
        if db.session.get(Body, body_id) is None:
            raise NotDone(_l("Choose a body"), "body")
        query = select(Appointment).where(Appointment.user_id == user.id, overlaps(Appointment, since, until))
        for held in db.session.scalars(query):
            if held.role == role and held.body_id == body_id:
                raise NotDone(PERIODS_OVERLAP, "role")
            if (held.role == Role.ADMINISTRATOR) != (role == Role.ADMINISTRATOR):
                raise NotDone(ADMINISTRATOR_ALONE, "role")
        row = Appointment(user_id=user.id, body_id=body_id, role=role, since=since, until=until)
        db.session.add(row)
        db.session.flush()
        end_sessions(user.id, at)  # what one may do has changed: sign in again
        note("add_appointment", actor, "user", user.id, at, row=row.id, body=body_id, role=str(role))
    return row.id


def end_appointment(appointment_id: int, *, until: date, by: User, at: datetime) -> None:
    """Say the last day of an office; raises NotDone for the last administrator."""
    with writing():
        actor = administrator(by.id, at)
        row = db.session.get(Appointment, appointment_id)
        if row is None:
            raise NotDone(NO_SUCH_PERSON)
        _in_order(row.since, until)
        if row.role == Role.ADMINISTRATOR and not ask.administrators(_day(at), without_appointment=row.id):
            raise NotDone(LAST_ADMINISTRATOR)
        row.until = until
        note("end_appointment", actor, "user", row.user_id, at, row=row.id, role=str(row.role), until=until)


# Organisations ------------------------------------------------------------------------------------------


def create_organisation(
    *,
    name: str,
    name_en: str | None,
    kind: OrganisationKind,
    credit_code: str | None,
    gb_code: str | None,
    by: User,
    at: datetime,
) -> int:
    """Enter an organisation; an empty credit code is to be filled in later. Returns its number; raises NotDone."""
    with writing():
        actor = administrator(by.id, at)
        _free_code(credit_code, None)
        row = Organisation(
            name=name, name_en=name_en, kind=kind, credit_code=credit_code, gb_code=gb_code, created_at=at
        )
        db.session.add(row)
        db.session.flush()
        note("create_organisation", actor, "organisation", row.id, at)
    return row.id


def change_organisation(
    organisation_id: int,
    *,
    name: str,
    name_en: str | None,
    kind: OrganisationKind,
    credit_code: str | None,
    gb_code: str | None,
    by: User,
    at: datetime,
) -> None:
    """Correct an organisation; raises NotDone."""
    with writing():
        actor = administrator(by.id, at)
        row = _organisation(organisation_id)
        _free_code(credit_code, row.id)
        new = {"name": name, "name_en": name_en, "kind": kind, "credit_code": credit_code, "gb_code": gb_code}
        changed = [key for key, value in new.items() if getattr(row, key) != value]
        for key in changed:
            setattr(row, key, new[key])
        if changed:
            note("change_organisation", actor, "organisation", row.id, at, changed=changed)


# Inside -------------------------------------------------------------------------------------------------


def note(action: str, actor: User, kind: str, subject_id: int, at: datetime, **detail: object) -> None:
    """One link; numbers and closed words only, no name, no login, no address."""
    own = kind == "user" and actor.id == subject_id
    role = "self" if own else str(Role.ADMINISTRATOR)
    audit.record(action, actor=actor, role=role, subject_kind=kind, subject_id=subject_id, at=at, detail=detail)


def _day(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def account(user_id: int) -> User:
    """Somebody's account, locked; raises NotDone when there is none."""
    found = db.session.get(User, user_id, with_for_update=True)
    if found is None:
        raise NotDone(NO_SUCH_PERSON)
    return found


def _organisation(organisation_id: int) -> Organisation:
    found = db.session.get(Organisation, organisation_id)
    if found is None:
        raise NotDone(_l("Choose an organisation"), "organisation")
    return found


def administrator(user_id: int, at: datetime) -> User:
    """The acting person, read again; raises NotDone unless administrator now."""
    actor = db.session.get(User, user_id)
    if actor is None or Role.ADMINISTRATOR not in permissions.offices(actor, _day(at)):
        raise NotDone(NOT_ADMINISTRATOR)
    return actor


def _new_user(login: str, name: str, email: str | None, at: datetime, is_example: bool) -> User:
    if ask.user_by_login(login) is not None:
        raise NotDone(LOGIN_TAKEN, "login")
    user = User(login=login.lower(), name=name, email=email, created_at=at, is_example=is_example)
    db.session.add(user)
    db.session.flush()
    return user


def new_link(user_id: int, at: datetime) -> str:
    """The token of a set-up link that is handed on by hand; earlier links end."""
    return _new_link(user_id, at, LINK_BY_HAND)


def _new_link(user_id: int, at: datetime, valid: timedelta) -> str:
    end_links(user_id, at)
    token = tokens.fresh()
    db.session.add(SetupLink(token_digest=tokens.digest(token), user_id=user_id, made_at=at, expires_at=at + valid))
    return token


def end_sessions(user_id: int, at: datetime, but: int | None = None) -> None:
    """End the open sessions of a person, all but one."""
    which = [UserSession.user_id == user_id, UserSession.ended_at.is_(None)]
    if but is not None:
        which.append(UserSession.id != but)
    db.session.execute(update(UserSession).where(*which).values(ended_at=at))


def end_links(user_id: int, at: datetime) -> None:
    """A link that is no longer wanted counts as used."""
    which = (SetupLink.user_id == user_id, SetupLink.used_at.is_(None))
    db.session.execute(update(SetupLink).where(*which).values(used_at=at))


def _in_order(since: date, until: date | None) -> None:
    if until is not None and until < since:
        raise NotDone(WRONG_ORDER, "until")


def overlaps(model: type[Lasting], since: date, until: date | None) -> ColumnElement[bool]:
    """SQL: a row's period shares a day with another."""
    begins_in_time = true() if until is None else model.since <= until
    return and_(begins_in_time, or_(model.until.is_(None), model.until >= since))


def _free_code(code: str | None, but: int | None) -> None:
    other = ask.organisation_by_code(code) if code else None
    if other is not None and other.id != but:
        raise NotDone(CODE_TAKEN, "credit_code")
