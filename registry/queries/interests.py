"""Interests that members of the leading group declared, as pages show them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from registry import permissions
from registry.extensions import db
from registry.models import Appointment, ExpertTie, User
from registry.queries.applications import organisation_name
from workflows.roles import VOTING, Role


@dataclass(frozen=True, slots=True)
class Interest:
    """A declared interest: the kind of relation and the organisation, no other name."""

    id: int
    relation: str
    organisation: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the group, and what the member declared."""

    name: str
    role: Role
    interests: tuple[Interest, ...]


def of(user_id: int) -> list[Interest]:
    """What a person declared, the latest first."""
    query = select(ExpertTie).where(ExpertTie.user_id == user_id).options(joinedload(ExpertTie.organisation))
    return [
        Interest(t.id, t.relation, organisation_name(t.organisation), t.since, t.until)
        for t in db.session.scalars(query.order_by(ExpertTie.since.desc(), ExpertTie.id.desc()))
    ]


def of_members(secretary: User, on: date) -> list[Member]:
    """The members of the bodies a secretary serves on a day, in the order of their seats."""
    bodies = [body for role, body in permissions.appointments(secretary, on) if role is Role.SECRETARY]
    query = (
        select(User, Appointment.role)
        .join(Appointment, Appointment.user_id == User.id)
        .where(Appointment.body_id.in_(bodies), Appointment.role.in_(VOTING), User.active.is_(True))
        .where(Appointment.since <= on, or_(Appointment.until.is_(None), Appointment.until >= on))
        .order_by(Appointment.id)
    )
    return [Member(user.name, role, tuple(of(user.id))) for user, role in db.session.execute(query)]
