"""What is asked about people: accounts, sessions, organisations, offices."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import selectinload

from registry.extensions import db
from registry.models import Appointment, Body, Case, Membership, Organisation, SetupLink, User, UserSession
from registry.permissions import party_of
from workflows.roles import Role

PAGE = 50
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; `number` counts from 1."""

    rows: Sequence[T]
    total: int
    number: int

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // PAGE))


def user(user_id: int) -> User | None:
    """A person by number."""
    return db.session.get(User, user_id)


def user_by_login(login: str) -> User | None:
    """A person by login, whatever case it was typed in."""
    return db.session.scalars(select(User).where(func.lower(User.login) == login.lower())).first()


def users(words: str = "", number: int = 1) -> Page[User]:
    """People whose login, name, e-mail or organisation holds the words, by login."""
    query = select(User).options(
        selectinload(User.appointments), selectinload(User.memberships).selectinload(Membership.organisation)
    )
    if words:
        in_organisation = (
            select(Membership.user_id).join(Membership.organisation).where(_like(Organisation.name, words))
        )
        query = query.where(
            or_(
                _like(User.login, words),
                _like(User.name, words),
                _like(User.email, words),
                User.id.in_(in_organisation),
            )
        )
    return _page(query.order_by(User.login), number)


def organisation(organisation_id: int) -> Organisation | None:
    """An organisation by number."""
    return db.session.get(Organisation, organisation_id)


def organisation_by_code(code: str) -> Organisation | None:
    """The organisation that has this credit code."""
    return db.session.scalars(select(Organisation).where(Organisation.credit_code == code)).one_or_none()


def organisations(words: str = "", number: int = 1) -> Page[Organisation]:
    """Organisations whose name or credit code holds the words, by name."""
    query = select(Organisation)
    if words:
        query = query.where(
            or_(*(_like(c, words) for c in (Organisation.name, Organisation.name_en, Organisation.credit_code)))
        )
    return _page(query.order_by(Organisation.name), number)


def all_organisations() -> Sequence[Organisation]:
    """Every organisation, by name, for a list to choose from."""
    return db.session.scalars(select(Organisation).order_by(Organisation.name)).all()


def organisation_members(organisation_id: int, on: date) -> Sequence[User]:
    """People who belong to the organisation on a day."""
    query = select(User).join(Membership, Membership.user_id == User.id)
    query = query.where(Membership.organisation_id == organisation_id, _current(Membership, on))
    return db.session.scalars(query.distinct().order_by(User.login)).all()


def membership(membership_id: int) -> Membership | None:
    """A membership by number."""
    return db.session.get(Membership, membership_id)


def appointment(appointment_id: int) -> Appointment | None:
    """An appointment by number."""
    return db.session.get(Appointment, appointment_id)


def bodies() -> Sequence[Body]:
    """Every body that decides."""
    return db.session.scalars(select(Body).order_by(Body.id)).all()


def current_memberships(user_id: int, on: date) -> Sequence[Membership]:
    """The organisations a person belongs to on a day."""
    query = select(Membership).where(Membership.user_id == user_id, _current(Membership, on))
    return db.session.scalars(query.options(selectinload(Membership.organisation)).order_by(Membership.id)).all()


def current_appointments(user_id: int, on: date) -> Sequence[Appointment]:
    """The offices a person holds on a day."""
    query = select(Appointment).where(Appointment.user_id == user_id, _current(Appointment, on))
    return db.session.scalars(query.options(selectinload(Appointment.body)).order_by(Appointment.id)).all()


def example_people() -> Sequence[User]:
    """The people of the demo data who can be signed in as, by login."""
    query = select(User).where(User.is_example.is_(True), User.active.is_(True))
    ties = selectinload(User.memberships).selectinload(Membership.organisation)
    return db.session.scalars(query.options(ties, selectinload(User.appointments)).order_by(User.login)).all()


def agent_organisations() -> frozenset[int]:
    """The organisations that file for others in any case."""
    return frozenset(db.session.scalars(select(Case.agent_org_id).where(Case.agent_org_id.is_not(None)).distinct()))


def administrators(on: date, *, able: bool = True, without_appointment: int | None = None) -> Sequence[Appointment]:
    """Appointments as administrator that last; `able`: of people who can sign in."""
    query = select(Appointment).join(Appointment.user).where(Appointment.role == Role.ADMINISTRATOR)
    query = query.where(Appointment.since <= on, Appointment.until.is_(None))
    if able:
        query = query.where(User.active.is_(True), or_(User.password_hash.is_not(None), User.is_example.is_(True)))
    if without_appointment is not None:
        query = query.where(Appointment.id != without_appointment)
    # Locked where the engine can: two who end each other at once must not both succeed.
    if db.session.info.get("writes"):
        query = query.with_for_update(of=Appointment)
    return db.session.scalars(query.order_by(Appointment.id)).all()


def administrator_exists(on: date) -> bool:
    """Is anybody administrator on this day, or will be?"""
    query = select(Appointment.id).join(Appointment.user).where(Appointment.role == Role.ADMINISTRATOR)
    query = query.where(or_(Appointment.until.is_(None), Appointment.until >= on), User.active.is_(True))
    return db.session.scalar(query.limit(1)) is not None


def open_session(token_digest: str, at: datetime) -> tuple[UserSession, User] | None:
    """The session of a token with its person, unless it ended, is too old or the person is inactive."""
    query = select(UserSession, User).join(User, User.id == UserSession.user_id)
    query = query.where(UserSession.token_digest == token_digest, _open(at), User.active.is_(True))
    row = db.session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def open_sessions(user_id: int, at: datetime, last_seen_since: datetime | None = None) -> Sequence[UserSession]:
    """The open sessions of a person, last used first."""
    query = select(UserSession).where(UserSession.user_id == user_id, _open(at))
    if last_seen_since is not None:
        query = query.where(UserSession.last_seen_at >= last_seen_since)
    return db.session.scalars(query.order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())).all()


def usable_link(token_digest: str, at: datetime) -> SetupLink | None:
    """The set-up link of a token, unless it was used or is too old or its person is inactive."""
    query = select(SetupLink).join(User, User.id == SetupLink.user_id)
    query = query.where(SetupLink.token_digest == token_digest, SetupLink.used_at.is_(None), SetupLink.expires_at > at)
    return db.session.scalars(query.where(User.active.is_(True))).one_or_none()


def _open(at: datetime) -> ColumnElement[bool]:
    return UserSession.ended_at.is_(None) & (UserSession.expires_at > at)


def _current(model: type[Membership] | type[Appointment], on: date) -> ColumnElement[bool]:
    return (model.since <= on) & or_(model.until.is_(None), model.until >= on)


def _like(column: object, words: str) -> ColumnElement[bool]:
    return column.icontains(words, autoescape=True)  # type: ignore[attr-defined, no-any-return]


def _page(query: Select[tuple[T]], number: int) -> Page[T]:
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    number = min(max(1, number), max(1, -(-total // PAGE)))
    rows = db.session.scalars(query.limit(PAGE).offset((number - 1) * PAGE)).all()
    return Page(rows, total, number)


def holders(case: Case, offices: Collection[Role], on: date) -> set[int]:
    """Who holds one of these offices in the case's body on a day, people of its parties left out."""
    query = (
        select(Appointment.user_id)
        .join(User, User.id == Appointment.user_id)
        .join(Case, Case.body_id == Appointment.body_id)
        .where(
            Case.id == case.id,
            Appointment.role.in_(sorted(offices)),
            Appointment.since <= on,
            or_(Appointment.until.is_(None), Appointment.until >= on),
            User.active.is_(True),
            ~party_of(User.id, on),
        )
    )
    return set(db.session.scalars(query))
