"""Meetings as pages and forms ask for them."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import Select, select

from registry import formats
from registry.extensions import db
from registry.models import (
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
from workflows.states import MeetingState

STILL_TO_BE_HELD = (MeetingState.PLANNED, MeetingState.IN_SESSION)


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


def entitled(case_id: int) -> list[tuple[int, str]]:
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
    return [(user_id, name) for user_id, name in db.session.execute(query)]


def proposed(case_id: int) -> list[tuple[int, str]]:
    """Members of the open sitting of whom it has been proposed, and not decided, that they stand aside."""
    query = _of_the_open_sitting(case_id).join(
        RecusalProposal,
        (RecusalProposal.deliberation_id == Deliberation.id) & (RecusalProposal.user_id == User.id),
    )
    return [(u, name) for u, name in db.session.execute(query.where(RecusalProposal.upheld.is_(None)))]


def voters(case: Case) -> list[tuple[int, str]]:
    """Whoever has ever voted on a case."""
    query = (
        select(User.id, User.name)
        .join(Vote, Vote.user_id == User.id)
        .join(Deliberation, Deliberation.id == Vote.deliberation_id)
        .where(Deliberation.case_id == case.id)
        .distinct()
        .order_by(User.id)
    )
    return [(user_id, name) for user_id, name in db.session.execute(query)]
