"""Meetings as pages and forms ask for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, extract, func, or_, select
from sqlalchemy.orm import joinedload

from registry import formats, permissions
from registry.clock import today
from registry.extensions import db
from registry.labels import label
from registry.models import (
    AgendaItem,
    Appointment,
    Attendance,
    Case,
    Deliberation,
    DeliberationEnd,
    Elector,
    Meeting,
    Recusal,
    RecusalProposal,
    User,
    Vote,
)
from registry.queries.called import Called
from registry.queries.paging import Page
from workflows.roles import VOTING, Role
from workflows.states import Choice, MeetingState, ProjectState, Question

STILL_TO_BE_HELD = (MeetingState.PLANNED, MeetingState.IN_SESSION)
TABLED_NEXT = (ProjectState.RISK_REVIEW, ProjectState.REGISTRATION, ProjectState.AMENDMENT_REVIEW)
"""States in which the leading group is the one to decide next."""
SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting in a list, with the number of its items."""

    meeting: Meeting
    items: int


@dataclass(frozen=True, slots=True)
class Place:
    """A seat of the group on the roll: who, in which office, and whether the person is in the room since when."""

    user_id: int
    name: str
    role: Role
    present: bool
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Said:
    """What a member said in a sitting: a vote, or (choice None) that something ties the member to the case.

    `case` None: its file is closed to the member.
    """

    at: datetime
    meeting_id: int | None
    meeting: str
    item: int
    question: Question
    choice: Choice | None
    words: str
    case: Case | None
    ended: str


def of_bodies(user: User) -> frozenset[int]:
    """The bodies whose meetings are open to a person today."""
    held = permissions.appointments(user)
    return frozenset(body for role, body in held if role in permissions.MEETING.offices)


def one(user: User, meeting_id: int) -> Meeting | None:
    """A meeting, if it is one of a body of this person."""
    found = db.session.get(Meeting, meeting_id)
    return found if found is not None and found.body_id in of_bodies(user) else None


def coming(user: User, *, within: timedelta | None = None) -> list[Held]:
    """Meetings in session or still to be held, the next first; `within` so many days from today."""
    which = [Meeting.state.in_(STILL_TO_BE_HELD)]
    if within is not None:
        which.append(or_(Meeting.state == MeetingState.IN_SESSION, Meeting.held_on <= today() + within))
    return _held(user, *which, newest_first=False)


def past(user: User, year: int) -> list[Held]:
    """Meetings of a year that were held or called off, the last first."""
    over = Meeting.state.not_in(STILL_TO_BE_HELD)
    return _held(user, over, extract("year", Meeting.held_on) == year, newest_first=True)


def years(user: User) -> list[int]:
    """The years in which meetings were held or called off, the last first."""
    year = extract("year", Meeting.held_on)
    query = select(year).where(Meeting.body_id.in_(of_bodies(user)), Meeting.state.not_in(STILL_TO_BE_HELD))
    return [int(y) for y in db.session.scalars(query.distinct().order_by(year.desc()))]


def _held(user: User, *which: ColumnElement[bool], newest_first: bool) -> list[Held]:
    items = select(func.count()).where(AgendaItem.meeting_id == Meeting.id).scalar_subquery()
    order = (Meeting.held_on, Meeting.starts_at, Meeting.id)
    query = (
        select(Meeting, items)
        .where(Meeting.body_id.in_(of_bodies(user)), *which)
        .order_by(*((column.desc() for column in order) if newest_first else order))
        .options(joinedload(Meeting.body))
    )
    return [Held(meeting, count) for meeting, count in db.session.execute(query)]


def roll(meeting: Meeting) -> list[Place]:
    """The group as it stands on the day of the meeting, in the order of its seats, and who is in the room."""
    lines = select(Attendance).where(Attendance.meeting_id == meeting.id).order_by(Attendance.id)
    last = {line.user_id: line for line in db.session.scalars(lines)}
    day = meeting.held_on
    seats = (
        select(User.id, User.name, Appointment.role)
        .join(Appointment, Appointment.user_id == User.id)
        .where(Appointment.body_id == meeting.body_id, Appointment.role.in_(VOTING))
        .where(Appointment.since <= day, or_(Appointment.until.is_(None), Appointment.until >= day))
        .where(or_(User.active.is_(True), User.id.in_(last)))
        .order_by(Appointment.id)
    )
    found: dict[int, Place] = {}
    for user_id, name, role in db.session.execute(seats):
        line = last.get(user_id)
        found.setdefault(
            user_id, Place(user_id, name, role, bool(line and line.present), line.noted_at if line else None)
        )
    return list(found.values())


def candidates(body_id: int, user: User, page: int, size: int) -> Page:
    """Cases the leading group decides on next and that no meeting has on its agenda, the longest wait first."""
    tabled = (
        select(Deliberation.id)
        .outerjoin(DeliberationEnd, DeliberationEnd.deliberation_id == Deliberation.id)
        .where(Deliberation.case_id == Case.id, DeliberationEnd.deliberation_id.is_(None))
        .exists()
    )
    which = and_(
        Case.body_id == body_id,
        Case.state.in_(TABLED_NEXT),
        ~tabled,
        permissions.visible(user, frozenset({Role.SECRETARY})),
    )
    total = db.session.scalar(select(func.count()).select_from(Case).where(which)) or 0
    pages = max(1, -(-total // size))
    no = min(page, pages)
    query = select(Case).where(which).order_by(Case.state_since, Case.id).offset((no - 1) * size).limit(size)
    return Page(list(db.session.scalars(query)), no, pages, total, size)


def said_by(user: User, q: str, page: int, size: int) -> Page:
    """Everything a member said in sittings, the latest first; `q` looks in names and numbers of cases still open."""
    seen = permissions.visible(user)
    sought = or_(*(func.lower(c).contains(q.lower(), autoescape=True) for c in (Case.name, Case.number)))
    narrowed = [and_(seen, sought)] if q else []

    def asked(row: type[Vote] | type[Recusal], at: object, *more: object) -> Select[tuple[object, ...]]:
        return (
            select(Deliberation, Meeting, AgendaItem.no, DeliberationEnd.action, Case, seen, at, *more)  # type: ignore[call-overload, no-any-return]
            .join(Case, Case.id == Deliberation.case_id)
            .join(row, row.deliberation_id == Deliberation.id)
            .outerjoin(AgendaItem, AgendaItem.deliberation_id == Deliberation.id)
            .outerjoin(Meeting, Meeting.id == AgendaItem.meeting_id)
            .outerjoin(DeliberationEnd, DeliberationEnd.deliberation_id == Deliberation.id)
            .where(row.user_id == user.id, *narrowed)
        )

    votes = db.session.execute(asked(Vote, Vote.cast_at, Vote.choice, Vote.reasons)).all()
    own = asked(Recusal, Recusal.made_at, Recusal.words).where(Recusal.made_by_id == user.id)
    rows = [*votes, *((*row[:7], None, row[7]) for row in db.session.execute(own))]
    found = [
        Said(
            at,
            m.id if m else None,
            m.number if m else "",
            no or 0,
            Question(d.question),
            choice,
            words,
            c if open_ else None,
            end or "",
        )  # type: ignore[attr-defined]
        for d, m, no, end, c, open_, at, choice, words in rows
    ]
    found.sort(key=lambda s: s.at, reverse=True)
    pages = max(1, -(-len(found) // size))
    no = min(page, pages)
    return Page(found[(no - 1) * size : no * size], no, pages, len(found), size)


def still_to_be_held(body_id: int) -> Sequence[Meeting]:
    """The meetings of a body a case may be tabled for, the next first."""
    query = select(Meeting).where(Meeting.body_id == body_id, Meeting.state.in_(STILL_TO_BE_HELD))
    return db.session.scalars(query.order_by(Meeting.held_on, Meeting.id)).all()


def title(meeting: Meeting) -> str:
    """A meeting in a line: number, day, hour, place."""
    return _(
        "%(number)s, %(day)s %(time)s, %(place)s",
        number=meeting.number,
        day=formats.day(meeting.held_on),
        time=meeting.starts_at,
        place=meeting.place,
    )


def _of_the_open_sitting(case_id: int) -> Select[tuple[int, str]]:
    return (
        select(User.id, User.name)
        .join(Elector, Elector.user_id == User.id)
        .join(Deliberation, Deliberation.id == Elector.deliberation_id)
        .outerjoin(DeliberationEnd, DeliberationEnd.deliberation_id == Deliberation.id)
        .where(Deliberation.case_id == case_id, DeliberationEnd.deliberation_id.is_(None))
        .order_by(Elector.seat)
    )


def of_open_sitting(case_id: int) -> int | None:
    """The meeting in which the open sitting of a case is held."""
    query = (
        select(AgendaItem.meeting_id)
        .join(Deliberation, Deliberation.id == AgendaItem.deliberation_id)
        .outerjoin(DeliberationEnd, DeliberationEnd.deliberation_id == Deliberation.id)
        .where(Deliberation.case_id == case_id, DeliberationEnd.deliberation_id.is_(None))
    )
    return db.session.scalar(query)


def entitled(case_id: int) -> list[int]:
    """Members of the open sitting of whom nobody has proposed that they stand aside, and who have not voted."""
    known = (Recusal, RecusalProposal, Vote)
    query = _of_the_open_sitting(case_id)
    for row in known:
        query = query.where(
            ~select(row.user_id)
            .where(row.deliberation_id == Deliberation.id, row.user_id == User.id)
            .correlate(Deliberation, User)
            .exists()
        )
    return list(db.session.scalars(query))


def proposed(case_id: int) -> list[tuple[int, str]]:
    """Members of the open sitting of whom it has been proposed, and not decided, that they stand aside, and why."""
    query = _of_the_open_sitting(case_id).add_columns(RecusalProposal.ground, RecusalProposal.words)
    query = query.join(
        RecusalProposal,
        (RecusalProposal.deliberation_id == Deliberation.id) & (RecusalProposal.user_id == User.id),
    )
    rows = db.session.execute(query.where(RecusalProposal.upheld.is_(None))).all()
    called = Called(row.id for row in rows)
    return [
        (u, _("%(name)s (%(ground)s): %(words)s", name=called(u, today()), ground=label(ground), words=words))
        for u, _name, ground, words in rows
    ]


def voters(case: Case) -> list[int]:
    """Whoever has ever voted on a case."""
    query = (
        select(Vote.user_id)
        .join(Deliberation, Deliberation.id == Vote.deliberation_id)
        .where(Deliberation.case_id == case.id)
        .distinct()
        .order_by(Vote.user_id)
    )
    return list(db.session.scalars(query))
