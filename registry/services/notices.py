"""Notices: lines in people's inboxes, written by the door in the act's transaction; and reading them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Date, bindparam, or_, select, update

from registry.clock import day_of
from registry.extensions import db, writing
from registry.models import AuditEvent, Case, Elector, Membership, Notice, User
from registry.services import facts, mail

QUIET = frozenset(
    {"answer_condition", "sign_screening", "answer_finding", "vote", "record_site_check", "sign_site_check"}
)
"""Acts inside a stage that change nothing for the applicant."""


def write(case: Case, action: str, event: AuditEvent, actor: User | None) -> None:
    """One line for each person whom the act concerns, but the one who acted."""
    told = set() if action in QUIET else _applicants(case, event)
    if action == "table":
        sitting = facts.open_sitting(case.id)
        if sitting is not None:
            told |= set(db.session.scalars(select(Elector.user_id).where(Elector.deliberation_id == sitting.id)))
    if action in {"name_validator", "approve_risk"} and case.vvb_org_id:
        told |= _members({case.vvb_org_id}, event)
    tell(told - ({actor.id} if actor else set()), case, action, event)


def tell(people: Collection[int], case: Case, action: str, event: AuditEvent) -> None:
    """A line in each of these inboxes, and a letter to those who want mail; the job sends it."""
    by_mail = mail.wanted_by(people)
    for user_id in sorted(people):
        notice = Notice(user_id=user_id, case_id=case.id, seq=event.seq, action=action, made_at=event.at)
        db.session.add(notice)
        if user_id in by_mail:
            mail.put_in(notice, event.at)


def mark_read(user_id: int, upto: int, at: datetime) -> None:
    """Mark a person's notices up to a number as read: one that came in since the page was made stays new."""
    mine = (Notice.user_id == user_id, Notice.id <= upto, Notice.read_at.is_(None))
    with writing():
        db.session.execute(update(Notice).where(*mine).values(read_at=at))


def _applicants(case: Case, event: AuditEvent) -> set[int]:
    people = {case.proponent_user_id} if case.proponent_user_id else set()
    return people | _members({o for o in (case.proponent_org_id, case.agent_org_id) if o}, event)


DAY = bindparam("day", type_=Date)
MEMBERS = (
    select(Membership.user_id)
    .join(User, User.id == Membership.user_id)
    .where(
        Membership.organisation_id.in_(bindparam("organisations", expanding=True)),
        Membership.since <= DAY,
        or_(Membership.until.is_(None), Membership.until >= DAY),
        User.active.is_(True),
    )
)


def _members(organisations: set[int], event: AuditEvent) -> set[int]:
    asked = {"organisations": sorted(organisations), "day": day_of(event.at)}
    return set(db.session.scalars(MEMBERS, asked)) if organisations else set()
