"""The few questions the navigation asks about a person on every page."""

from sqlalchemy import CompoundSelect, exists, func, or_, select, union

from registry.clock import today
from registry.extensions import db
from registry.models import Case, Mail, Membership, Notice, Organisation, User
from registry.models.mail import IN_TROUBLE
from registry.models.people import OrganisationKind
from registry.permissions import ENTRIES
from registry.queries import clocks


def organisations(user: User) -> list[Organisation]:
    """The organisations a person belongs to today, the longest membership first."""
    on = today()
    return list(
        db.session.scalars(
            select(Organisation)
            .join(Membership, Membership.organisation_id == Organisation.id)
            .where(
                Membership.user_id == user.id,
                Membership.since <= on,
                or_(Membership.until.is_(None), Membership.until >= on),
            )
            .order_by(Membership.since, Membership.id)
        )
    )


def works_for_a_validation_body(memberships: list[Organisation]) -> bool:
    """Whether one of these organisations validates projects."""
    return any(o.kind == OrganisationKind.VVB for o in memberships)


def has_own_projects(user: User) -> bool:
    """Whether a person is an applicant, or acts for one, in any case."""
    return bool(db.session.scalar(select(exists(applied_for(user)))))


def applied_for(user: User) -> CompoundSelect[tuple[int]]:
    """Ids of the cases in which a person may be an applicant, or act for one, found from the person's side."""
    on = today()
    mine = select(Membership.organisation_id).where(
        Membership.user_id == user.id, Membership.since <= on, or_(Membership.until.is_(None), Membership.until >= on)
    )
    return union(
        select(Case.id).where(Case.proponent_user_id == user.id),
        select(Case.id).where(Case.proponent_org_id.in_(mine)),
        select(Case.id).where(Case.agent_org_id.in_(mine)),
    )


def overdue(user: User) -> int:
    """How many clocks are overdue in the cases a supervisor or chair sees."""
    return len(clocks.overdue(user, ENTRIES["desk.overdue"].offices, today()))


def letters_in_trouble() -> int:
    """How many letters failed, or may not have arrived."""
    return db.session.scalar(select(func.count()).select_from(Mail).where(Mail.status.in_(IN_TROUBLE))) or 0


def unread_notices(user: User) -> int:
    """How many notices a person has not opened."""
    query = select(func.count()).select_from(Notice).where(Notice.user_id == user.id, Notice.read_at.is_(None))
    return db.session.scalar(query) or 0
