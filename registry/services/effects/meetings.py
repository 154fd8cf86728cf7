"""What each act on a meeting writes. Only the door calls them."""

from sqlalchemy import select

from registry.extensions import db
from registry.models import Appointment, Attendance, MinutesConfirmation
from registry.queries.minutes import left_for, pages_of
from registry.services.effects.context import Effect
from registry.services.meetings import Context
from workflows.roles import VOTING


def open_meeting(ctx: Context) -> Effect:
    """Who presides opens the meeting."""
    return Effect({"opened_at": ctx.at, "presided_by_id": ctx.person_id})


def close_meeting(ctx: Context) -> Effect:
    """Every item is decided or adjourned."""
    return Effect({"closed_at": ctx.at})


def call_off(ctx: Context) -> Effect:
    """The meeting does not take place."""
    return Effect(words=ctx.data["words"])


def change_meeting(ctx: Context) -> Effect:
    """Another day, hour or place; what stays as it was is no change."""
    told = {k: ctx.data[k] for k in ("held_on", "starts_at", "place") if ctx.data.get(k)}
    changes = {k: v for k, v in told.items() if v != getattr(ctx.meeting, k)}
    return Effect(changes, {k: str(v) for k, v in changes.items()})


def note_attendance(ctx: Context) -> Effect:
    """The secretary notes who is in the room: `present` = user ids; only what changed becomes a line of the roll."""
    wanted, known = {int(u) for u in ctx.data["present"]}, in_the_room(ctx.meeting.id)
    group = set(members_of(ctx.meeting.body_id))
    came, left = sorted((wanted & group) - known), sorted(known - wanted)
    for user_id, present in [*((u, True) for u in came), *((u, False) for u in left)]:
        db.session.add(
            Attendance(
                meeting_id=ctx.meeting.id,
                user_id=user_id,
                present=present,
                noted_at=ctx.at,
                noted_by_id=ctx.person_id,
            )
        )
    return Effect(detail={"came": came, "left": left})


# --- minutes; what they say is drawn up by services/minutes.py ---


def confirm_minutes(ctx: Context) -> Effect:
    """Whoever was there confirms the pages not confirmed before."""
    pages = left_for(ctx.person_id, pages_of(ctx.meeting.id))
    for no in pages:
        db.session.add(
            MinutesConfirmation(meeting_id=ctx.meeting.id, page_no=no, user_id=ctx.person_id, confirmed_at=ctx.at)
        )
    return Effect(detail={"pages": pages})


def issue_minutes(ctx: Context) -> Effect:
    """Every page is confirmed: the minutes become a paper."""
    return Effect(detail={"pages": len(pages_of(ctx.meeting.id))})


def correct_minutes(ctx: Context) -> Effect:
    """A page is added that says what is wrong and what is right; the pages before it stay as they are."""
    return Effect(words=f"{ctx.data['wrong']}\n→\n{ctx.data['right']}")


def in_the_room(meeting_id: int) -> set[int]:
    """Who is there by the last line of the roll."""
    last: dict[int, bool] = {}
    rows = select(Attendance.user_id, Attendance.present).where(Attendance.meeting_id == meeting_id)
    for user_id, present in db.session.execute(rows.order_by(Attendance.id)):
        last[user_id] = present
    return {user_id for user_id, present in last.items() if present}


def members_of(body_id: int) -> list[int]:
    """Whoever holds, or held, a seat in the group of a body."""
    query = select(Appointment.user_id).where(Appointment.body_id == body_id, Appointment.role.in_(VOTING))
    return list(db.session.scalars(query))


EFFECTS = {
    "open_meeting": open_meeting,
    "close_meeting": close_meeting,
    "call_off": call_off,
    "change_meeting": change_meeting,
    "note_attendance": note_attendance,
    "confirm_minutes": confirm_minutes,
    "issue_minutes": issue_minutes,
    "correct_minutes": correct_minutes,
}
