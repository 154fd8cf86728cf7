"""The demo's meetings, played through the door beside the cases on their agendas."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from registry.clock import day_of
from registry.extensions import db
from registry.models import Appointment, Meeting, User
from registry.queries import minutes, sittings
from registry.services import acts, interests, meetings
from workflows.roles import Role
from workflows.states import Relation

if TYPE_CHECKING:
    from registry.demo.story import Stage

PLACE = "市林业局三楼会议室（示例）"
BEGINS = time(9, 0)
OPENED, ROLL, OVER = timedelta(minutes=2), timedelta(minutes=4), timedelta(hours=8)
"""After the hour at which a meeting begins."""
READ, ISSUED = timedelta(days=1), timedelta(days=2)
"""After that hour again: when the minutes are confirmed, and when they are issued."""


def scenes(
    stage: "Stage", told: list[dict[str, Any]], instant: Callable[[int], datetime], day: Callable[[int], Any]
) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """Every scene of every meeting with its instant; `instant` is the hour of beginning on a working day."""
    for said in told:
        planned = instant(said["planned"])
        yield planned, lambda said=said, at=planned: _plan(stage, said, day(said["held"]), at)  # type: ignore[misc]
        if said["held"] >= 0:
            continue
        begins = instant(said["held"])
        yield begins + OPENED, lambda said=said, at=begins + OPENED: _open(stage, said, at)  # type: ignore[misc]
        rolls = [(ROLL, said["present"])]
        if later := said.get("later"):
            rolls.append((timedelta(minutes=later["minutes"]), later["present"]))
        for after, present in rolls:
            at = begins + after
            yield at, lambda said=said, present=present, at=at: _roll(stage, said, present, at)  # type: ignore[misc]
        if not said.get("open"):
            yield begins + OVER, lambda said=said, at=begins + OVER: _close(stage, said, at)  # type: ignore[misc]
            yield begins + READ, lambda said=said, at=begins + READ: _confirm(stage, said, at)  # type: ignore[misc]
        if said.get("minuted"):
            yield begins + ISSUED, lambda said=said, at=begins + ISSUED: _issue(stage, said, at)  # type: ignore[misc]


def declared(
    stage: "Stage", told: list[dict[str, Any]], instant: Callable[[int], datetime]
) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """Every interest that a member declares beforehand, with its instant."""
    for said in told:
        at = instant(said["day"])
        yield at, lambda said=said, at=at: _declare(stage, said, at)  # type: ignore[misc]


def _declare(stage: "Stage", said: dict[str, Any], at: datetime) -> None:
    at = stage.tick(at)
    organisation = stage.org_ids[said["organisation"]]
    since = day_of(at)
    by = stage.user(said["by"])
    interests.declare(Relation(said["relation"]), organisation, "", since=since, until=None, by=by, at=at)


def _plan(stage: "Stage", said: dict[str, Any], held_on: Any, at: datetime) -> None:
    by = stage.user("secretary")
    held = select(Appointment.body_id).where(Appointment.user_id == by.id, Appointment.role == Role.SECRETARY)
    body_id = db.session.scalars(held).one()
    stage.meetings[said["key"]] = meetings.plan(body_id, held_on, f"{BEGINS:%H:%M}", PLACE, by=by, at=stage.tick(at))


def _act(stage: "Stage", said: dict[str, Any], login: str, action: str, at: datetime, **data: Any) -> None:
    meeting_id = stage.meetings[said["key"]]
    seen = db.session.scalar(select(Meeting.version).where(Meeting.id == meeting_id))
    acts.act(("meeting", meeting_id), action, by=stage.user(login), at=stage.tick(at), seen=seen, data=data)


def _head(said: dict[str, Any]) -> str:
    return "chair" if "chair" in said["present"] else "deputy"


def _open(stage: "Stage", said: dict[str, Any], at: datetime) -> None:
    _act(stage, said, _head(said), "open_meeting", at)


def _roll(stage: "Stage", said: dict[str, Any], present: list[str], at: datetime) -> None:
    _act(stage, said, "secretary", "note_attendance", at, present=[stage.user_ids[who] for who in present])


def _close(stage: "Stage", said: dict[str, Any], at: datetime) -> None:
    _act(stage, said, _head(said), "close_meeting", at)


def _confirm(stage: "Stage", said: dict[str, Any], at: datetime) -> None:
    """Whoever presided confirms the minutes, then members in the order of their seats, as many as are asked for.

    Where the minutes are not to be issued yet, one of those who presided has not come to it.
    """
    seats = [login for login, user_id in stage.user_ids.items() if user_id in _answering(stage, said).there]
    for login in seats if said.get("minuted") else seats[1:2]:
        lacks = _answering(stage, said).lacks
        if lacks.members or stage.user_ids[login] in lacks.heads:
            _act(stage, said, login, "confirm_minutes", at)


def _answering(stage: "Stage", said: dict[str, Any]) -> minutes.Answering:
    meeting = db.session.get_one(Meeting, stage.meetings[said["key"]])
    return minutes.answering(meeting, minutes.pages_of(meeting.id))


def _issue(stage: "Stage", said: dict[str, Any], at: datetime) -> None:
    _act(stage, said, "secretary", "issue_minutes", at)


def to_speak(case_id: int) -> tuple[str, ...]:
    """Logins of the members in the room who have not voted on a case, who presides last; KeyError without a sitting."""
    sitting = sittings.still_open([case_id])[case_id]
    who = select(User.id, User.login).where(User.id.in_({m.user_id for m in sitting.to_speak}))
    logins = dict(db.session.execute(who).all())
    return tuple(logins[m.user_id] for m in sitting.to_speak)
