"""Sittings as lists and pages ask for them: who is entitled, who stands aside, who is in the room, who has spoken.

However many sittings are asked for, each kind of row is read once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from registry.extensions import db
from registry.models import (
    AgendaItem,
    Attendance,
    Deliberation,
    DeliberationEnd,
    Elector,
    ExcludedMember,
    Meeting,
    Organisation,
    Recusal,
    RecusalProposal,
    SittingCall,
    User,
    Vote,
)
from workflows import deliberation
from workflows.facts import SittingFacts
from workflows.roles import Role
from workflows.states import Choice, MeetingState, Question, RecusalGround


@dataclass(frozen=True, slots=True)
class Aside:
    """Somebody who stands aside; `by` None: found by the system, the person: declared, else decided by who presides.

    `at` None: since the case was tabled.
    """

    user_id: int
    name: str
    ground: RecusalGround
    organisation: Organisation | None
    words: str = ""
    at: datetime | None = None
    by: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A member entitled when the case was tabled, and what became of it; `present` up to the end of the sitting."""

    user_id: int
    name: str
    role: Role
    present: bool
    aside: Aside | None
    choice: Choice | None
    reasons: str
    voted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """That a member stand aside, as the secretary proposed it; `upheld` None: not decided."""

    user_id: int
    name: str
    ground: RecusalGround
    words: str
    upheld: bool | None
    reasons: str


@dataclass(frozen=True)
class Sat:
    """One sitting, open or over."""

    id: int
    case_id: int
    round_no: int
    no: int
    question: Question
    opened_at: datetime
    quorum: tuple[int, int]
    quorum_min: int
    needs: tuple[int, int]
    meeting_id: int | None
    meeting: str
    meeting_state: MeetingState | None
    held_on: date | None
    session_at: datetime | None
    item: int
    call: SittingCall | None
    end: DeliberationEnd | None
    members: tuple[Member, ...]
    excluded: tuple[Aside, ...]
    proposals: tuple[Proposal, ...]

    @cached_property
    def entitled(self) -> tuple[Member, ...]:
        """Electors less those who stand aside, in the order of their seats."""
        return tuple(m for m in self.members if m.aside is None)

    @cached_property
    def asides(self) -> tuple[Aside, ...]:
        """Everybody who stands aside: since the tabling, then as it came up."""
        later = sorted((m.aside for m in self.members if m.aside), key=lambda a: (a.at is not None, a.at))
        return (*self.excluded, *later)

    @cached_property
    def here(self) -> tuple[Member, ...] | None:
        """Members entitled who are in the room; None where no meeting is held."""
        return None if self.meeting_state is None else tuple(m for m in self.entitled if m.present)

    @cached_property
    def presides(self) -> int | None:
        """Who put the question, until standing aside or leaving; else the chair, or a deputy in the chair's place.

        Of a sitting that has ended, whoever put its question.
        """
        caller = self.call.presided_by_id if self.call is not None else None
        begun = self.meeting_state in (MeetingState.IN_SESSION, MeetingState.HELD, MeetingState.MINUTED)
        there = self.here if begun and self.here is not None else self.entitled
        if caller is not None and (self.end is not None or any(m.user_id == caller for m in there)):
            return caller
        return deliberation.presiding((m.user_id, m.role) for m in there)

    @cached_property
    def speaking(self) -> tuple[Member, ...]:
        """Members entitled in the order in which they speak: as they sit, who presides last."""
        return tuple(sorted(self.entitled, key=lambda m: m.user_id == self.presides))

    @cached_property
    def to_speak(self) -> tuple[Member, ...]:
        """Who is in the room and has not voted, in the order in which they speak."""
        return tuple(m for m in self.speaking if m.present and m.choice is None)

    @cached_property
    def last_vote_at(self) -> datetime | None:
        """When the last vote was cast."""
        return max((m.voted_at for m in self.members if m.voted_at), default=None)

    def facts(self, user_id: int | None = None) -> SittingFacts:
        """The sitting as the rules see it, and as somebody stands to it."""
        own = next((m for m in self.entitled if m.user_id == user_id), None)
        choices = [m.choice for m in self.members if m.choice]
        return SittingFacts(
            question=self.question,
            members=len(self.entitled),
            recused=len(self.asides),
            attending=None if self.here is None else len(self.here),
            called=self.call is not None,
            cast_for=choices.count(Choice.FOR),
            cast_against=choices.count(Choice.AGAINST),
            abstained=choices.count(Choice.ABSTAIN),
            quorum=self.quorum,
            quorum_min=self.quorum_min,
            needs=self.needs,
            actor_is_elector=own is not None,
            actor_has_voted=bool(own and own.choice),
            actor_attends=bool(own and own.present),
            actor_presides=bool(own and own.user_id == self.presides),
            others_to_speak=sum(1 for m in self.to_speak if m is not own),
        )


def of_case(case_id: int) -> list[Sat]:
    """The sittings on a case, the latest first."""
    return list(reversed(_read(_of_case(), {"case_id": case_id})))


def of_meeting(meeting_id: int) -> list[Sat]:
    """The items of a meeting's agenda, in order."""
    return sorted(_read(_of_meeting(), {"meeting_id": meeting_id}), key=lambda s: s.item)


def still_open(cases: Sequence[int]) -> dict[int, Sat]:
    """Case → its open sitting."""
    return {s.case_id: s for s in _read(_still_open(), {"cases": list(cases)})}


def _read(statement: Select[Any], asked: Mapping[str, Any]) -> list[Sat]:
    rows = db.session.execute(statement, asked).all()
    if not rows:
        return []
    these = {"sittings": [row.Deliberation.id for row in rows]}
    members: dict[int, list[Member]] = {}
    for row in db.session.execute(_members(), these):
        members.setdefault(row.deliberation_id, []).append(_member(row))
    excluded: dict[int, list[Aside]] = {}
    for sitting, user_id, name, ground, organisation in db.session.execute(_excluded(), these):
        excluded.setdefault(sitting, []).append(Aside(user_id, name, ground, organisation))
    proposals: dict[int, list[Proposal]] = {}
    for p, name in db.session.execute(_proposals(), these):
        said = Proposal(p.user_id, name, p.ground, p.words, p.upheld, p.reasons or "")
        proposals.setdefault(p.deliberation_id, []).append(said)
    return [
        Sat(
            id=d.id,
            case_id=d.case_id,
            round_no=d.round_no,
            no=d.sitting,
            question=Question(d.question),
            opened_at=d.opened_at,
            quorum=(d.quorum_num, d.quorum_den),
            quorum_min=d.quorum_min,
            needs=(d.needs_num, d.needs_den),
            meeting_id=m.id if m else None,
            meeting=m.number if m else "",
            meeting_state=m.state if m else None,
            held_on=m.held_on if m else None,
            session_at=m.opened_at if m else None,
            item=item or 0,
            call=call,
            end=end,
            members=tuple(members.get(d.id, ())),
            excluded=tuple(excluded.get(d.id, ())),
            proposals=tuple(proposals.get(d.id, ())),
        )
        for d, m, item, call, end in rows
    ]


def _member(row: Any) -> Member:
    aside = None
    if row.Recusal is not None:
        r = row.Recusal
        aside = Aside(row.user_id, row.name, r.ground, row.Organisation, r.words, r.made_at, r.made_by_id)
    return Member(row.user_id, row.name, row.role, bool(row.present), aside, row.choice, row.reasons or "", row.cast_at)


# --- the questions; each is put together once, because that costs more than asking it ---

_SITTINGS = bindparam("sittings", expanding=True, type_=Integer)


def _of(which: ColumnElement[bool]) -> Select[Any]:
    return (
        select(Deliberation, Meeting, AgendaItem.no, SittingCall, DeliberationEnd)
        .outerjoin(AgendaItem, AgendaItem.deliberation_id == Deliberation.id)
        .outerjoin(Meeting, Meeting.id == AgendaItem.meeting_id)
        .outerjoin(SittingCall, SittingCall.deliberation_id == Deliberation.id)
        .outerjoin(DeliberationEnd, DeliberationEnd.deliberation_id == Deliberation.id)
        .where(which)
        .order_by(Deliberation.id)
    )


@cache
def _of_case() -> Select[Any]:
    return _of(Deliberation.case_id == bindparam("case_id", type_=Integer))


@cache
def _of_meeting() -> Select[Any]:
    return _of(AgendaItem.meeting_id == bindparam("meeting_id", type_=Integer))


@cache
def _still_open() -> Select[Any]:
    cases = bindparam("cases", expanding=True, type_=Integer)
    return _of(and_(Deliberation.case_id.in_(cases), DeliberationEnd.deliberation_id.is_(None)))


@cache
def _members() -> Select[Any]:
    end = aliased(DeliberationEnd)
    present = (
        select(Attendance.present)
        .where(Attendance.meeting_id == AgendaItem.meeting_id, Attendance.user_id == Elector.user_id)
        .where(or_(end.ended_at.is_(None), Attendance.noted_at <= end.ended_at))
        .order_by(Attendance.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    own = (Elector.deliberation_id, Elector.user_id)
    return (
        select(
            *own,
            User.name,
            Elector.role,
            Vote.choice,
            Vote.reasons,
            Vote.cast_at,
            Recusal,
            Organisation,
            present.label("present"),
        )
        .join(User, User.id == Elector.user_id)
        .outerjoin(Vote, and_(Vote.deliberation_id == own[0], Vote.user_id == own[1]))
        .outerjoin(Recusal, and_(Recusal.deliberation_id == own[0], Recusal.user_id == own[1]))
        .outerjoin(Organisation, Organisation.id == Recusal.organisation_id)
        .outerjoin(AgendaItem, AgendaItem.deliberation_id == own[0])
        .outerjoin(end, end.deliberation_id == own[0])
        .where(own[0].in_(_SITTINGS))
        .order_by(Elector.seat)
    )


@cache
def _excluded() -> Select[Any]:
    return (
        select(ExcludedMember.deliberation_id, User.id, User.name, ExcludedMember.ground, Organisation)
        .join(User, User.id == ExcludedMember.user_id)
        .outerjoin(Organisation, Organisation.id == ExcludedMember.organisation_id)
        .where(ExcludedMember.deliberation_id.in_(_SITTINGS))
        .order_by(User.id)
    )


@cache
def _proposals() -> Select[Any]:
    return (
        select(RecusalProposal, User.name)
        .join(User, User.id == RecusalProposal.user_id)
        .where(RecusalProposal.deliberation_id.in_(_SITTINGS))
        .order_by(RecusalProposal.id)
    )
