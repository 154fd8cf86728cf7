"""A meeting through the door: its plan, its agenda, whom it is tabled for, its roll."""

from datetime import timedelta

import pytest

from registry.clock import now, today
from registry.extensions import db, writing
from registry.models import Appointment, AuditEvent, Meeting
from registry.services import acts, audit, meetings
from tests import factories
from tests.services.sitting import at_risk, count, leaves, refused, stopped
from tests.world import World
from workflows.roles import Role
from workflows.states import MeetingState

pytestmark = pytest.mark.both_engines


@pytest.fixture
def world(app, clock):
    return World()


def test_a_meeting_is_planned_convened_and_ended_and_leaves_its_links(world):
    case_id = at_risk(world)
    meeting_id = world.sit(case_id)
    assert refused(world, meeting_id, "close_meeting", "chair") == ["S73"]
    world.act(case_id, "adjourn", "chair", words="改期")
    done = world.in_meeting(meeting_id, "close_meeting", "chair")
    assert done.state is MeetingState.HELD
    events = db.session.query(AuditEvent.action).filter_by(subject_kind="meeting", subject_id=meeting_id)
    told = ["plan", "open_meeting", "note_attendance", "close_meeting"]
    assert [a for (a,) in events.order_by(AuditEvent.seq)] == [f"meeting:{action}" for action in told]
    assert audit.verify()[1] is None


def test_meetings_are_numbered_without_gaps(world):
    numbers = [db.session.get_one(Meeting, world.meeting()).number for _ in range(3)]
    assert numbers == [f"会〔2026〕{n}号" for n in (1, 2, 3)]


def test_a_meeting_without_an_agenda_or_before_its_day_is_not_opened(world, clock):
    assert refused(world, world.meeting(), "open_meeting", "chair") == ["S72"]
    meeting_id = world.table(at_risk(world))
    world.in_meeting(meeting_id, "change_meeting", "secretary", held_on=today() + timedelta(days=1))
    assert refused(world, meeting_id, "open_meeting", "deputy") == ["S72"]
    clock.move(days=1)
    world.in_meeting(meeting_id, "open_meeting", "deputy")


@pytest.mark.parametrize("who", ["secretary", "member1", "officer"])
def test_only_chair_or_deputy_open_a_meeting(world, who):
    meeting_id = world.table(at_risk(world))
    with pytest.raises(acts.NotOpen):
        world.in_meeting(meeting_id, "open_meeting", who)


@pytest.mark.parametrize("who", ["owner", "vvb", "stranger"])
def test_whoever_holds_no_office_finds_no_meeting(world, who):
    meeting_id = world.table(at_risk(world))
    with pytest.raises(acts.NotVisible):
        world.in_meeting(meeting_id, "note_attendance", who, present=[])
    with pytest.raises(acts.NotVisible):
        acts.act(("meeting", 4711), "open_meeting", by=world.user("chair"), at=now(), seen=1)


def test_a_page_of_an_older_meeting_takes_no_act(world):
    meeting_id = world.table(at_risk(world))
    seen = db.session.get_one(Meeting, meeting_id).version
    world.in_meeting(meeting_id, "open_meeting", "chair")
    late = {"by": world.user("secretary"), "at": now(), "seen": seen, "data": {"present": []}}
    with pytest.raises(acts.Stale) as stale:
        acts.act(("meeting", meeting_id), "note_attendance", **late)
    assert [e.action for e in stale.value.since] == ["meeting:open_meeting"]


@pytest.mark.parametrize("how", ["held", "called_off", "none", "of another body"])
def test_a_case_is_tabled_only_for_a_meeting_still_to_be_held(world, how):
    case_id = at_risk(world)
    meeting_id = world.meeting()
    if how == "held":
        other = at_risk(world)
        world.act(other, "table", "secretary", meeting=meeting_id)
        world.convene(meeting_id)
        world.act(other, "adjourn", "chair", words="改期")
        world.in_meeting(meeting_id, "close_meeting", "chair")
    elif how == "called_off":
        world.in_meeting(meeting_id, "call_off", "secretary", words="取消")
    elif how == "none":
        meeting_id = 4711
    else:
        body = factories.a_body()
        told = {"by": world.user("secretary"), "at": now(), "series": "外〔{year}〕{n}号"}
        meeting_id = meetings.plan(body, today(), "09:00", "别处", **told)
    assert stopped(world, case_id, "table", "secretary", meeting=meeting_id) == ["S68"]
    assert stopped(world, case_id, "table", "secretary") == ["S68"]
    world.table(case_id)


def test_only_the_secretary_tables(world):
    case_id, meeting_id = at_risk(world), world.meeting()
    for who in ("officer", "chair", "member1"):
        with pytest.raises((acts.NotOpen, acts.NotVisible)):
            world.act(case_id, "table", who, meeting=meeting_id)


@pytest.mark.parametrize("question", ["registration", "revocation", "no such question"])
def test_a_question_of_another_state_is_not_tabled(world, question):
    case_id, meeting_id = at_risk(world), world.meeting()
    assert stopped(world, case_id, "table", "secretary", meeting=meeting_id, question=question) == ["S70"]


def test_the_electorate_is_that_of_the_day_of_the_meeting(world):
    case_id, meeting_id = at_risk(world), world.meeting()
    world.in_meeting(meeting_id, "change_meeting", "secretary", held_on=today() + timedelta(days=10))
    new = factories.an_appointee(world.body, Role.MEMBER)
    with writing():
        seats = {a.user_id: a for a in db.session.scalars(db.select(Appointment))}
        seats[world.people["member7"]].until = today() + timedelta(days=5)
        seats[new].since = today() + timedelta(days=5)
    world.act(case_id, "table", "secretary", meeting=meeting_id)
    seated = {e for (e,) in db.session.execute(db.text("SELECT user_id FROM electors"))}
    assert new in seated
    assert world.people["member7"] not in seated


def test_too_few_members_on_the_day_of_the_meeting_keep_a_case_off_its_agenda(world):
    case_id, meeting_id = at_risk(world), world.meeting()
    world.in_meeting(meeting_id, "change_meeting", "secretary", held_on=today() + timedelta(days=10))
    with writing():
        for seat in db.session.scalars(db.select(Appointment).filter(Appointment.role == Role.MEMBER)):
            seat.until = today() + timedelta(days=5)
    assert stopped(world, case_id, "table", "secretary", meeting=meeting_id) == ["S37"]


def test_the_roll_is_kept_line_by_line_and_its_last_line_tells(world):
    case_id = at_risk(world)
    meeting_id = world.table(case_id)
    world.convene(meeting_id, "chair", "member1", "member2")
    assert count(world, case_id) == (9, 0, 9, 3)
    leaves(world, meeting_id, "member1")
    assert count(world, case_id) == (9, 0, 9, 8)
    lines = db.session.execute(db.text("SELECT user_id, present FROM attendances ORDER BY id")).all()
    assert len(lines) == 3 + 6 + 1, "only who came or left makes a line"
    world.in_meeting(meeting_id, "note_attendance", "secretary", present=[world.people["officer"]])
    assert count(world, case_id)[3] == 0, "who holds no seat is not in the room"
