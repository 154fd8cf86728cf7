"""The minutes of a meeting as pages ask for them: their pages, who confirmed, what this person may read, what waits."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import joinedload

from registry import permissions
from registry.clock import today
from registry.extensions import db
from registry.models import (
    AgendaItem,
    Appointment,
    Attendance,
    Case,
    Deliberation,
    ExcludedMember,
    Meeting,
    MinutesConfirmation,
    MinutesPage,
    Recusal,
    SittingCall,
    User,
)
from workflows.minutes import Answered, Item, Lacking, Seats, answered, heads_of, lacking
from workflows.roles import VOTING, Role
from workflows.states import MeetingState


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the minutes: what it says, its digest, who confirmed it and when."""

    no: int
    content: Mapping[str, Any]
    digest: str
    made_at: datetime
    members_needed: int
    confirmed: tuple[tuple[int, str, datetime], ...]


def pages_of(meeting_id: int) -> list[Page]:
    """The pages, the first first; none before the meeting has been closed."""
    signed: dict[int, list[tuple[int, str, datetime]]] = {}
    query = (
        select(MinutesConfirmation)
        .where(MinutesConfirmation.meeting_id == meeting_id)
        .options(joinedload(MinutesConfirmation.user))
        .order_by(MinutesConfirmation.confirmed_at, MinutesConfirmation.user_id)
    )
    for row in db.session.scalars(query):
        signed.setdefault(row.page_no, []).append((row.user_id, row.user.name, row.confirmed_at))
    rows = db.session.scalars(
        select(MinutesPage).where(MinutesPage.meeting_id == meeting_id).order_by(MinutesPage.no)
    ).all()
    return [
        Page(p.no, json.loads(p.content), p.digest, p.made_at, p.members_needed, tuple(signed.get(p.no, ())))
        for p in rows
    ]


# --- who answers for them ---


def items_of(meeting: Meeting) -> list[Item]:
    """Each item with who presided over it and who stood aside."""
    aside: dict[int, set[int]] = {}
    for table in (Recusal, ExcludedMember):
        rows = (
            select(AgendaItem.no, table.user_id)
            .join(AgendaItem, AgendaItem.deliberation_id == table.deliberation_id)
            .where(AgendaItem.meeting_id == meeting.id)
        )
        for no, user_id in db.session.execute(rows):
            aside.setdefault(no, set()).add(user_id)
    heads = (
        select(AgendaItem.no, SittingCall.presided_by_id)
        .outerjoin(SittingCall, SittingCall.deliberation_id == AgendaItem.deliberation_id)
        .where(AgendaItem.meeting_id == meeting.id)
        .order_by(AgendaItem.no)
    )
    return [
        Item(head or meeting.presided_by_id or 0, frozenset(aside.get(no, ())))
        for no, head in db.session.execute(heads)
    ]


def came_to(meeting_id: int) -> frozenset[int]:
    """Whoever was in the room at any time."""
    query = select(Attendance.user_id).where(Attendance.meeting_id == meeting_id, Attendance.present.is_(True))
    return frozenset(db.session.scalars(query))


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers for the minutes of a meeting: who presided, who was there, and what the pages lack together."""

    heads: frozenset[int]
    there: frozenset[int]
    lacks: Lacking
    pages: tuple[Answered, ...]

    @property
    def instead(self) -> Mapping[int, int]:
        """Who stands in for whom of those who presided."""
        return {stand_in: head for page in self.pages for stand_in, head in page.instead.items()}

    def may(self, user_id: int) -> bool:
        """Whether this person may confirm at all."""
        return user_id in self.there | self.heads


def answering(meeting: Meeting, pages: Sequence[Page]) -> Answering:
    """Who answers for the minutes, and whose confirmation is missing."""
    presided = meeting.presided_by_id or 0
    items, there = items_of(meeting), came_to(meeting.id)
    seats = _seats(meeting.body_id, there, heads_of(presided, items))
    signed = [{u for u, *_ in p.confirmed} for p in pages]
    by = tuple(answered(presided, items, seats, confirmed) for confirmed in signed)
    found = [
        # Nobody waits for a confirmation that cannot come.
        lacking(a.presided, a.items, there - (seats.closed - confirmed), confirmed, p.members_needed)
        for p, a, confirmed in zip(pages, by, signed, strict=True)
    ]
    lacks = Lacking(frozenset().union(*(f.heads for f in found)), max((f.members for f in found), default=0))
    heads = heads_of(presided, items).union(*(heads_of(a.presided, a.items) for a in by))
    return Answering(heads, there, lacks, by)


def _seats(body_id: int, there: frozenset[int], heads: frozenset[int]) -> Seats:
    """Who holds a seat today and was there, by rank and seat; and whose account is closed."""
    day = today()
    rows = db.session.execute(
        select(Appointment.user_id, Appointment.role)
        .join(User, User.id == Appointment.user_id)
        .where(
            Appointment.body_id == body_id,
            Appointment.role.in_(VOTING),
            Appointment.since <= day,
            or_(Appointment.until.is_(None), Appointment.until >= day),
            Appointment.user_id.in_(there),
            User.active.is_(True),
        )
        .order_by(Appointment.id)
    ).all()
    rank = {role: tuple(u for u, held in rows if held is role) for role in VOTING}
    closed = select(User.id).where(User.id.in_(there | heads), User.active.is_(False))
    return Seats(
        (*rank[Role.CHAIR], *rank[Role.DEPUTY_CHAIR]), rank[Role.MEMBER], frozenset(db.session.scalars(closed))
    )


def left_for(user_id: int, pages: Sequence[Page]) -> list[int]:
    """The pages a person has not confirmed."""
    return [p.no for p in pages if user_id not in {u for u, *_ in p.confirmed}]


def name_of(user_id: int) -> str:
    """A person's name."""
    return db.session.get_one(User, user_id).name


def agenda(meeting: Meeting) -> list[tuple[AgendaItem, str]]:
    """The items in their order, each with the name of its case."""
    query = (
        select(AgendaItem, Case.name)
        .join(Deliberation, Deliberation.id == AgendaItem.deliberation_id)
        .join(Case, Case.id == Deliberation.case_id)
        .where(AgendaItem.meeting_id == meeting.id)
        .order_by(AgendaItem.no)
    )
    return [(item, name) for item, name in db.session.execute(query)]


# --- who reads them ---


def seen_by(user: User | None, on: date | None = None) -> ColumnElement[bool]:
    """SQL filter on `Meeting`: the meetings whose minutes a person may open, of the own bodies or presided over."""
    bodies = [b for role, b in permissions.appointments(user, on) if role in permissions.MEETING.offices]
    over = Meeting.state.in_((MeetingState.HELD, MeetingState.MINUTED))
    led = and_(over, permissions.led(user.id)) if user is not None and user.active else false()
    return or_(Meeting.body_id.in_(bodies), led)


def find(user: User | None, meeting_id: int) -> Meeting | None:
    """A meeting this person may open the minutes of."""
    return db.session.scalars(select(Meeting).where(Meeting.id == meeting_id, seen_by(user))).one_or_none()


def hidden_from(user: User, meeting_id: int) -> dict[int, str]:
    """Items a person may not read, by number: 'aside' where the person stood aside, 'unseen' where not of the case.

    The same definition as for the case itself: minutes tell nobody what the case would not.
    """
    led = func.coalesce(SittingCall.presided_by_id, Meeting.presided_by_id) == user.id
    of_case = (
        select(AgendaItem.no, permissions.stands_aside(user.id), or_(permissions.visible(user), led))
        .select_from(AgendaItem)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .outerjoin(SittingCall, SittingCall.deliberation_id == AgendaItem.deliberation_id)
        .join(Deliberation, Deliberation.id == AgendaItem.deliberation_id)
        .join(Case, Case.id == Deliberation.case_id)
        .where(AgendaItem.meeting_id == meeting_id)
    )
    rows = db.session.execute(of_case).all()
    return {no: "aside" if aside else "unseen" for no, aside, sees in rows if aside or not sees}


# --- what waits ---


@dataclass(frozen=True, slots=True)
class Waiting:
    """Minutes that wait for a person: to be confirmed, or to be issued."""

    meeting: Meeting
    act: str
    since: datetime


def waiting(user: User | None, on: date | None = None) -> list[Waiting]:
    """The minutes a person is to confirm, or, as secretary, to issue; the longest wait first."""
    if user is None or not user.active:
        return []
    seats = permissions.appointments(user, on or today())
    sits = {body for role, body in seats if role in VOTING}
    keeps = {body for role, body in seats if role is Role.SECRETARY}
    was_there = or_(
        Meeting.presided_by_id == user.id,
        exists().where(
            Attendance.meeting_id == Meeting.id, Attendance.user_id == user.id, Attendance.present.is_(True)
        ),
    )
    led = permissions.led(user.id)
    mine = or_(and_(Meeting.body_id.in_(sits), was_there), led, Meeting.body_id.in_(keeps))
    query = select(Meeting).where(Meeting.state == MeetingState.HELD, mine).order_by(Meeting.closed_at, Meeting.id)
    found = []
    for meeting in db.session.scalars(query):
        pages = pages_of(meeting.id)
        if not pages:
            continue
        answers = answering(meeting, pages)
        done = not answers.lacks.heads and not answers.lacks.members
        if done and meeting.body_id in keeps:
            last = max(at for p in pages for _u, _n, at in p.confirmed)
            found.append(Waiting(meeting, "issue_minutes", last))
        elif not done and answers.may(user.id) and left_for(user.id, pages):
            left = next(p for p in pages if user.id not in {u for u, *_ in p.confirmed})
            found.append(Waiting(meeting, "confirm_minutes", left.made_at))
    return found
