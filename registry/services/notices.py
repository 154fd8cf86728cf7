"""Notices: lines in people's inboxes, written by the door in the act's transaction; and reading them."""

import json
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Date, bindparam, or_, select, update

from registry.clock import day_of
from registry.extensions import db, rows, writing
from registry.models import (
    Appointment,
    AuditEvent,
    Case,
    Elector,
    Meeting,
    Membership,
    Notice,
    Panel,
    User,
)
from registry.permissions import APPLICANTS
from registry.queries.people import holders
from registry.services import facts, mail, panel_facts
from workflows.roles import VOTING, Role

QUIET = frozenset(
    {
        *("answer_condition", "sign_screening", "answer_finding", "remind", "recount"),
        *("vote", "call_vote", "declare_recusal", "propose_recusal", "decide_recusal"),
        *("refuse_seat", "give_expert_opinion", "record_site_check", "sign_site_check", "reseat"),
        "confirm_receipt",
    }
)
"""Acts inside a stage, or inside the room, that change nothing for the applicant."""
AGAINST = "against_majority"
"""Decided against the majority in favour: reported upward to the supervisors (S13)."""
MOVED = "meeting_moved"
"""What applicants are told when the meeting on their case is held on another day."""
INVITES = frozenset({"plan", "change_meeting", "call_off"})
"""Acts on a meeting that say to the whole group when and where it meets, or that it does not."""
BY_THE_CLOCK = {
    "deem_accepted": frozenset({Role.CASE_OFFICER, Role.SUPERVISOR}),
    "lapse": frozenset({Role.CASE_OFFICER}),
    "suspend": frozenset({Role.CASE_OFFICER}),
    "close": frozenset({Role.CASE_OFFICER}),
}
"""Whom the system tells of what it did when a time had passed."""


def write(case: Case, action: str, event: AuditEvent, actor: User | None, tells: frozenset[Role] = frozenset()) -> None:
    """One line for each person whom the act concerns, but the one who acted; `tells`: holders of these roles too."""
    told = set() if action in QUIET else _applicants(case, event)
    if actor is None:
        tells |= BY_THE_CLOCK.get(action, frozenset())
    if tells & APPLICANTS:
        told |= _applicants(case, event)
    if offices := tells - APPLICANTS:
        told |= holders(case, offices, day_of(event.at))
    if action == "table":
        sitting = facts.open_sitting(case.id)
        if sitting is not None:
            told |= set(db.session.scalars(select(Elector.user_id).where(Elector.deliberation_id == sitting.id)))
    if action == "reseat":
        told |= set(json.loads(event.detail)["came"])
    if action in {"name_validator", "approve_risk"} and case.vvb_org_id:
        told |= _members({case.vvb_org_id}, event)
    if action in {"draw_panel", "refuse_seat"}:
        panel = panel_facts.at_work(case)
        told |= set(panel_facts.sitting(panel)) if panel and action == "draw_panel" else _just_seated(panel, event)
    oneself = {actor.id} if actor else set()
    upward = _supervisors(case, event) if json.loads(event.detail).get(AGAINST) else set()
    tell(told - upward - oneself, case, action, event)
    tell(upward - oneself, case, AGAINST, event)


def tell(people: Collection[int], case: Case, action: str, event: AuditEvent) -> None:
    """A line in each of these inboxes, and a letter to those who want mail; the job sends it."""
    by_mail = mail.wanted_by(people)
    for user_id in sorted(people):
        notice = Notice(user_id=user_id, case_id=case.id, seq=event.seq, action=action, made_at=event.at)
        db.session.add(notice)
        if user_id in by_mail:
            mail.put_in(notice, event.at)


def _just_seated(panel: Panel | None, event: AuditEvent) -> set[int]:
    """Whoever took the seat that was given up in the same act."""
    return {s.user_id for s in panel.seats if s.replaces_id == event.actor_id} if panel else set()


def write_of_meeting(
    meeting: Meeting, action: str, event: AuditEvent, people: Collection[int], actor: User | None
) -> None:
    """One line about an act on a meeting, and a letter to those who want mail, but not to the one who acted.

    The group is told when it meets; `people` are those whom an act on the minutes concerns.
    """
    told = set(people) | (_group(meeting, day_of(event.at)) if action in INVITES else set())
    told -= {actor.id} if actor else set()
    by_mail = mail.wanted_by(told)
    for user_id in sorted(told):
        notice = Notice(user_id=user_id, meeting_id=meeting.id, seq=event.seq, action=action, made_at=event.at)
        db.session.add(notice)
        if user_id in by_mail:
            mail.put_in(notice, event.at)


def write_to_applicants(cases: Collection[Case], event: AuditEvent, actor: User | None) -> None:
    """The meeting that is to decide these cases was moved: a line to each applicant who is not told as a member."""
    at_the_table = set(db.session.scalars(select(Notice.user_id).where(Notice.seq == event.seq)))
    oneself = {actor.id} if actor else set()
    for case in cases:
        tell(_applicants(case, event) - at_the_table - oneself, case, MOVED, event)


def _group(meeting: Meeting, on: date) -> set[int]:
    """Whoever sits in the group at any time from a day to the day of a meeting."""
    query = (
        select(Appointment.user_id)
        .join(User, User.id == Appointment.user_id)
        .where(
            Appointment.body_id == meeting.body_id,
            Appointment.role.in_(VOTING),
            Appointment.since <= meeting.held_on,
            or_(Appointment.until.is_(None), Appointment.until >= min(on, meeting.held_on)),
            User.active.is_(True),
        )
    )
    return set(db.session.scalars(query))


def write_of_record(
    kind: str, record_id: int, action: str, event: AuditEvent, people: Collection[int], actor: User | None
) -> None:
    """A line about an act on a record for each of these people but the one who acted, and a letter where wanted."""
    told = set(people) - ({actor.id} if actor else set())
    by_mail = mail.wanted_by(told)
    for user_id in sorted(told):
        about = {"record_kind": kind, "record_id": record_id}
        notice = Notice(user_id=user_id, seq=event.seq, action=action, made_at=event.at, **about)
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


def _supervisors(case: Case, event: AuditEvent) -> set[int]:
    day = day_of(event.at)
    query = select(Appointment.user_id).where(
        Appointment.body_id == case.body_id,
        Appointment.role == Role.SUPERVISOR,
        Appointment.since <= day,
        or_(Appointment.until.is_(None), Appointment.until >= day),
    )
    return set(db.session.scalars(query))


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
    return set(rows(MEMBERS, asked).scalars()) if organisations else set()
