"""What the records say of a meeting that was held: the roll, and each item from its tabling to its end.

Read once, when the minutes are drawn up; afterwards the minutes stand by themselves.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from registry.extensions import db
from registry.models import (
    AgendaItem,
    Appointment,
    ApprovalCondition,
    Attendance,
    AuditEvent,
    Case,
    Deliberation,
    DeliberationEnd,
    Elector,
    ExcludedMember,
    Meeting,
    Organisation,
    Recusal,
    RecusalProposal,
    Remark,
    SittingCall,
    User,
    Vote,
)
from workflows.facts import SittingFacts
from workflows.roles import VOTING, Role
from workflows.states import Choice, Question, RecusalGround

SEATING = (Role.CHAIR, Role.DEPUTY_CHAIR, Role.MEMBER)


@dataclass(frozen=True, slots=True)
class Seated:
    """A member of the group on the day: when the person came and left, in order; nothing where the person did not."""

    user_id: int
    name: str
    role: Role
    moves: tuple[tuple[bool, datetime], ...]

    @property
    def came(self) -> bool:
        """Whether the person was there at all."""
        return any(present for present, _at in self.moves)


@dataclass(frozen=True, slots=True)
class StoodAside:
    """A member who stood aside: the ground, the organisation that ties, and how it came up. No third person."""

    name: str
    role: Role
    ground: RecusalGround
    organisation: str
    how: str
    """declared, decided, found or tabled."""


@dataclass(frozen=True, slots=True)
class Overruled:
    """A proposal that a member stand aside which was refused, with the reasons."""

    name: str
    role: Role
    ground: RecusalGround
    reasons: str


@dataclass(frozen=True, slots=True)
class Given:
    """An opinion as given."""

    name: str
    role: Role
    choice: Choice
    reasons: str


@dataclass(frozen=True, slots=True)
class Discussed:
    """An item of the agenda with everything that came of it; `action` ended it, in the role `ended_by`."""

    no: int
    case: Case
    question: Question
    presides_id: int | None
    presides: str
    aside: tuple[StoodAside, ...]
    overruled: tuple[Overruled, ...]
    opinions: tuple[Given, ...]
    count: SittingFacts
    attending: int | None
    quorum: int | None
    action: str
    ended_by: str
    words: str
    detail: Mapping[str, Any]
    conditions: tuple[ApprovalCondition, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A meeting that was held."""

    meeting: Meeting
    secretary: str
    roll: tuple[Seated, ...]
    first_roll: datetime | None
    items: tuple[Discussed, ...]


def of(meeting: Meeting) -> Record:
    """Everything on record of a meeting."""
    moves = db.session.scalars(
        select(Attendance).where(Attendance.meeting_id == meeting.id).order_by(Attendance.id)
    ).all()
    noted = moves[-1].noted_by_id if moves else meeting.planned_by_id
    return Record(
        meeting=meeting,
        secretary=db.session.get_one(User, noted).name,
        roll=_roll(meeting, moves),
        first_roll=moves[0].noted_at if moves else None,
        items=tuple(_item(item) for item in meeting.items),
    )


def _roll(meeting: Meeting, moves: Sequence[Attendance]) -> tuple[Seated, ...]:
    seats = _seats(meeting.body_id, meeting.held_on)
    came = {m.user_id for m in moves} - {user.id for user, _role in seats}
    # Whoever was let in without a seat on the day (a seat ended since) is still on the roll.
    seats += [(db.session.get_one(User, user_id), Role.MEMBER) for user_id in sorted(came)]
    return tuple(
        Seated(u.id, u.name, role, tuple((m.present, m.noted_at) for m in moves if m.user_id == u.id))
        for u, role in seats
    )


def _seats(body_id: int, on: date) -> list[tuple[User, Role]]:
    """The group on a day in the order of its seats; a person once, by the first of several."""
    rows = db.session.execute(
        select(User, Appointment.role, Appointment.id)
        .join(Appointment, Appointment.user_id == User.id)
        .where(
            Appointment.body_id == body_id,
            Appointment.role.in_(VOTING),
            Appointment.since <= on,
            or_(Appointment.until.is_(None), Appointment.until >= on),
        )
    ).all()
    seats: dict[int, tuple[User, Role]] = {}
    for user, role, _id in sorted(rows, key=lambda r: (SEATING.index(r[1]), r[2])):
        seats.setdefault(user.id, (user, role))
    return list(seats.values())


def _item(item: AgendaItem) -> Discussed:
    sitting = item.deliberation
    case = db.session.get_one(Case, sitting.case_id)
    call = db.session.get(SittingCall, sitting.id)
    end, event = _end(sitting)
    members = {e.user_id: e for e in sitting.electors}
    presides = call.presided_by_id if call else item.meeting.presided_by_id
    recused = _recused(sitting.id)
    opinions = _opinions(sitting.id, presides)
    tally = {choice: sum(v.choice is choice for v in opinions) for choice in Choice}
    excluded = _excluded(sitting.id)
    return Discussed(
        no=item.no,
        case=case,
        question=sitting.question,
        presides_id=presides,
        presides=db.session.get_one(User, presides).name if presides else "",
        aside=(*excluded, *(_aside(r, members[r.user_id]) for r in recused)),
        overruled=tuple(
            Overruled(members[p.user_id].user.name, members[p.user_id].role, p.ground, p.reasons or "")
            for p in _refused(sitting.id)
        ),
        opinions=tuple(
            Given(members[v.user_id].user.name, members[v.user_id].role, v.choice, v.reasons) for v in opinions
        ),
        count=SittingFacts(
            question=sitting.question,
            members=sitting.members - len(recused),
            recused=len(excluded) + len(recused),
            attending=call.attending if call else None,
            called=call is not None,
            cast_for=tally[Choice.FOR],
            cast_against=tally[Choice.AGAINST],
            abstained=tally[Choice.ABSTAIN],
            quorum=(sitting.quorum_num, sitting.quorum_den),
            quorum_min=sitting.quorum_min,
            needs=(sitting.needs_num, sitting.needs_den),
        ),
        attending=call.attending if call else None,
        quorum=call.quorum if call else None,
        action=end.action if end else "",
        ended_by=event.actor_role if event else "",
        words=_words(event),
        detail=json.loads(event.detail) if event else {},
        conditions=_conditions(sitting) if end and end.action == "approve_risk" else (),
    )


def _recused(sitting_id: int) -> Sequence[Recusal]:
    query = select(Recusal).where(Recusal.deliberation_id == sitting_id).options(joinedload(Recusal.organisation))
    return db.session.scalars(query.order_by(Recusal.made_at, Recusal.user_id)).all()


def _aside(recusal: Recusal, member: Elector) -> StoodAside:
    how = {None: "found", member.user_id: "declared"}.get(recusal.made_by_id, "decided")
    organisation = recusal.organisation.name if recusal.organisation else ""
    return StoodAside(member.user.name, member.role, recusal.ground, organisation, how)


def _excluded(sitting_id: int) -> list[StoodAside]:
    """Members left out when the case was tabled, with the seat they hold in the group."""
    rows = db.session.execute(
        select(ExcludedMember, Organisation.name)
        .outerjoin(Organisation, Organisation.id == ExcludedMember.organisation_id)
        .where(ExcludedMember.deliberation_id == sitting_id)
        .order_by(ExcludedMember.user_id)
    ).all()
    return [StoodAside(x.user.name, _seat(x), x.ground, name or "", "tabled") for x, name in rows]


def _seat(excluded: ExcludedMember) -> Role:
    meeting = db.session.scalars(
        select(Meeting)
        .join(AgendaItem, AgendaItem.meeting_id == Meeting.id)
        .where(AgendaItem.deliberation_id == excluded.deliberation_id)
    ).one()
    seats = {user.id: role for user, role in _seats(meeting.body_id, meeting.held_on)}
    return seats.get(excluded.user_id, Role.MEMBER)


def _refused(sitting_id: int) -> Sequence[RecusalProposal]:
    query = select(RecusalProposal).where(
        RecusalProposal.deliberation_id == sitting_id, RecusalProposal.upheld.is_(False)
    )
    return db.session.scalars(query.order_by(RecusalProposal.id)).all()


def _opinions(sitting_id: int, presides: int | None) -> list[Vote]:
    """In the order in which they were given; who presides last, and by seat where two came at one instant."""
    rows = db.session.execute(
        select(Vote, Elector.seat)
        .join(Elector, (Elector.deliberation_id == Vote.deliberation_id) & (Elector.user_id == Vote.user_id))
        .where(Vote.deliberation_id == sitting_id)
    ).all()
    ordered = sorted(rows, key=lambda r: (r[0].cast_at, r[0].user_id == presides, r[1]))
    return [vote for vote, _seat in ordered]


def _end(sitting: Deliberation) -> tuple[DeliberationEnd | None, AuditEvent | None]:
    """How the sitting ended, and the link of the act that ended it.

    The n-th sitting of a case that was ended by an act belongs to the n-th act of that name that ended one.
    """
    end = db.session.get(DeliberationEnd, sitting.id)
    if end is None:
        return None, None
    same = db.session.scalars(
        select(DeliberationEnd.deliberation_id)
        .join(Deliberation, Deliberation.id == DeliberationEnd.deliberation_id)
        .where(Deliberation.case_id == sitting.case_id, DeliberationEnd.ended_at == end.ended_at)
        .where(DeliberationEnd.action == end.action)
        .order_by(DeliberationEnd.deliberation_id)
    ).all()
    events = db.session.scalars(
        select(AuditEvent)
        .where(
            AuditEvent.subject_kind == "project",
            AuditEvent.subject_id == sitting.case_id,
            AuditEvent.action == f"project:{end.action}",
            AuditEvent.at == end.ended_at.replace(microsecond=end.ended_at.microsecond // 1000 * 1000),
        )
        .order_by(AuditEvent.seq)
    ).all()
    place = same.index(sitting.id)
    return end, events[place] if place < len(events) else None


def _words(event: AuditEvent | None) -> str:
    remark = db.session.get(Remark, event.seq) if event else None
    return remark.words if remark else ""


def _conditions(sitting: Deliberation) -> tuple[ApprovalCondition, ...]:
    query = select(ApprovalCondition).where(
        ApprovalCondition.case_id == sitting.case_id, ApprovalCondition.round_no == sitting.round_no
    )
    return tuple(db.session.scalars(query.order_by(ApprovalCondition.no)))
