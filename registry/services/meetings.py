"""Meetings: planned by the secretary, found under lock, and read into facts for their table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import bindparam, func, select

from registry import permissions
from registry.clock import day_of
from registry.extensions import db, rows, writing
from registry.models import AgendaItem, Deliberation, DeliberationEnd, Meeting, User
from registry.services import audit, notices, numbers
from registry.services.paper_words import texts
from workflows.facts import MeetingFacts
from workflows.machine import Taken
from workflows.roles import VOTING, Role
from workflows.states import MeetingState


@dataclass(frozen=True, slots=True)
class Context:
    """An act on a meeting as it stands: the locked row, what the table said, who, when, the form's plain values."""

    meeting: Meeting
    taken: Taken
    actor: User | None
    at: datetime
    data: Mapping[str, Any]

    @property
    def person_id(self) -> int:
        """The person; raises RuntimeError for an act only people may take."""
        if self.actor is None:
            raise RuntimeError("this act is a person's")
        return self.actor.id


def plan(
    body_id: int, held_on: date, starts_at: str, place: str, *, by: User, at: datetime, series: str | None = None
) -> int:
    """The secretary plans a meeting; returns its id. `series` is the number's form, with {year} and {n}."""
    actor_id = by.id
    series = series or current_app.config["MEETING_NUMBER"] or str(texts()["meeting_series"])
    with writing():
        meeting = Meeting(
            body_id=body_id,
            number=series.format(year=held_on.year, n=numbers.allot("meeting", held_on.year)),
            state=MeetingState.PLANNED,
            held_on=held_on,
            starts_at=starts_at,
            place=place,
            planned_at=at,
            planned_by_id=actor_id,
            is_example=db.session.get_one(User, actor_id).is_example,
        )
        db.session.add(meeting)
        db.session.flush()
        actor = db.session.get_one(User, actor_id)
        event = audit.record(
            "meeting:plan",
            actor=actor,
            role=Role.SECRETARY,
            subject_kind="meeting",
            subject_id=meeting.id,
            subject_version=meeting.version,
            to_state=meeting.state,
            detail={"number": meeting.number, "held_on": held_on.isoformat()},
            at=at,
        )
        notices.write_of_meeting(meeting, "plan", event, (), actor)
        return meeting.id


def locked(meeting_id: int) -> Meeting | None:
    """The meeting, locked and read fresh."""
    query = select(Meeting).where(Meeting.id == meeting_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


BY_THE_ROLL = frozenset(
    {
        *("call_vote", "vote", "adjourn", "decide_recusal"),
        *("approve_risk", "register", "reject", "suspend", "revoke", "decide_amendment"),
    }
)
"""Acts on a case that are judged by who is in the room."""


SEATS_FOLLOW = frozenset({"change_meeting", "open_meeting"})
"""Acts on a meeting after which its items are for the group of its day."""


def cases_on(meeting_id: int) -> list[int]:
    """The cases an item of a meeting is still open on, in the order in which they are locked."""
    query = (
        select(Deliberation.case_id)
        .join(AgendaItem, AgendaItem.deliberation_id == Deliberation.id)
        .outerjoin(DeliberationEnd, DeliberationEnd.deliberation_id == Deliberation.id)
        .where(AgendaItem.meeting_id == meeting_id, DeliberationEnd.deliberation_id.is_(None))
    )
    return list(db.session.scalars(query.order_by(Deliberation.case_id)))


_SAT_IN = (
    select(AgendaItem.meeting_id)
    .join(Deliberation, Deliberation.id == AgendaItem.deliberation_id)
    .outerjoin(DeliberationEnd, DeliberationEnd.deliberation_id == Deliberation.id)
    .where(Deliberation.case_id == bindparam("case_id"), DeliberationEnd.deliberation_id.is_(None))
)
HELD_STILL = select(Meeting.id).where(Meeting.id.in_(_SAT_IN)).with_for_update(read=True)


def held_still(case_id: int) -> None:
    """Keep the roll of the meeting that has a case on its agenda as it is until the act is over."""
    rows(HELD_STILL, {"case_id": case_id}).all()


def roles_on(meeting: Meeting, actor: User | None, on: date) -> frozenset[Role]:
    """What a person is to a meeting: the offices held in its body; who presided over it keeps the seat of that day."""
    if actor is None:
        return frozenset({Role.SYSTEM})
    held = permissions.appointments(actor, on)
    query = select(Meeting.id).where(Meeting.id == meeting.id, permissions.led(actor.id))
    if meeting.state is MeetingState.HELD and db.session.scalar(query) is not None:
        day = meeting.held_on if meeting.opened_at is None else day_of(meeting.opened_at)
        held += [(role, body) for role, body in permissions.appointments(actor, day) if role in VOTING]
    return frozenset(role for role, body_id in held if body_id == meeting.body_id)


def facts(meeting: Meeting, on: date, minutes: Mapping[str, Any]) -> MeetingFacts:
    """A meeting as its rules see it; `minutes`: what services/minutes.py knows of them."""
    items = (
        select(func.count(), func.count(DeliberationEnd.deliberation_id))
        .select_from(AgendaItem)
        .outerjoin(DeliberationEnd, DeliberationEnd.deliberation_id == AgendaItem.deliberation_id)
        .where(AgendaItem.meeting_id == meeting.id)
    )
    total, ended = db.session.execute(items).one()
    return MeetingFacts(on=on, held_on=meeting.held_on, items=total, items_open=total - ended, **minutes)
