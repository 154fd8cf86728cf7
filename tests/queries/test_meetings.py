"""What pages and inbox know of a sitting is what the door judges by; and the lists of meetings, on both databases."""

import dataclasses
from datetime import timedelta

import pytest
from flask import Flask

from registry.clock import now, today
from registry.extensions import db
from registry.models import Meeting
from registry.queries import inbox, meetings, sittings
from registry.services import facts
from registry.services import meetings as verbs
from tests.world import World
from workflows.facts import SittingFacts

pytestmark = pytest.mark.both_engines

ASKED = tuple(
    f.name
    for f in dataclasses.fields(SittingFacts)
    if f.name not in {"presides", "has_head", "yet_to_speak"}  # what only the rules ask
)


@pytest.fixture
def world(app: Flask, clock) -> World:
    return World()


def alike(world: World, case_id: int) -> None:
    """Everybody's facts of the open sitting, read by the page and by the door."""
    db.session.rollback()
    page = sittings.still_open([case_id])[case_id]
    for who in (*world.voters, "officer"):
        door = facts.sitting_facts(facts.open_sitting(case_id), world.user(who))
        shown = page.facts(world.people[who])
        for name in ASKED:
            assert getattr(shown, name) == getattr(door, name), (who, name)


def test_page_and_door_know_the_same_of_a_sitting_at_every_step(world: World) -> None:
    case_id = world.advance(world.draft(), "risk_review")
    meeting_id = world.table(case_id)
    alike(world, case_id)
    world.in_meeting(meeting_id, "open_meeting", "chair")
    alike(world, case_id)
    everybody = [world.people[w] for w in world.voters]
    world.in_meeting(meeting_id, "note_attendance", "secretary", present=everybody)
    world.act(case_id, "declare_recusal", "member1", ground="other_tie", words="")
    alike(world, case_id)
    world.in_meeting(meeting_id, "note_attendance", "secretary", present=everybody[1:])  # the chair has left
    alike(world, case_id)
    world.act(case_id, "call_vote", "deputy")
    world.act(case_id, "vote", "member2", choice="against", reasons="Too dear")
    alike(world, case_id)


def test_whose_turn_it_is_follows_the_sitting(world: World) -> None:
    case_id = world.advance(world.draft(), "risk_review")

    def turn() -> set[tuple[str, str]]:
        db.session.rollback()
        return {(t.role.value, t.act) for t in inbox.turns(world.case(case_id))}

    assert turn() == {("secretary", "table")}
    meeting_id = world.table(case_id)
    assert turn() == {("chair", "call_vote")}  # the day has come
    world.convene(meeting_id)
    world.act(case_id, "call_vote", "chair")
    assert turn() == {("member", "vote"), ("deputy_chair", "vote"), ("chair", "vote")}


def test_meetings_are_listed_by_body_day_and_year(world: World) -> None:
    near, far = (
        verbs.plan(world.body, today() + timedelta(days=n), "09:00", "", by=world.user("secretary"), at=now())
        for n in (3, 30)
    )
    off = world.meeting()
    world.in_meeting(off, "call_off", "secretary", words="No case is ready")
    db.session.rollback()
    member = world.user("member1")
    assert [h.meeting.id for h in meetings.coming(member)] == [near, far]
    assert [h.meeting.id for h in meetings.coming(member, within=meetings.SOON)] == [near]
    assert [h.meeting.id for h in meetings.past(member, today().year)] == [off]
    assert (meetings.years(member), meetings.past(member, 2020)) == ([today().year], [])
    assert meetings.coming(world.user("owner")) == []
    assert meetings.one(world.user("owner"), near) is None


def test_the_roll_lists_the_group_of_the_day_in_the_order_of_its_seats(world: World) -> None:
    meeting_id = world.meeting()
    db.session.rollback()
    roll = meetings.roll(db.session.get_one(Meeting, meeting_id))
    assert [p.user_id for p in roll] == [world.people[w] for w in world.voters]
    assert not any(p.present for p in roll)


def test_candidates_are_the_cases_no_meeting_has_and_what_was_said_is_found(world: World) -> None:
    waiting = world.advance(world.draft(basics={"name": "泰山西麓造林"}), "risk_review")
    tabled = world.advance(world.draft(basics={"name": "徂徕山造林"}), "risk_review")
    world.sit(tabled)
    world.act(tabled, "vote", "member1", choice="for", reasons="Good")
    db.session.rollback()
    secretary, member = world.user("secretary"), world.user("member1")
    assert [c.id for c in meetings.candidates(world.body, secretary, 1, 20).items] == [waiting]
    assert [s.words for s in meetings.said_by(member, "徂徕", 1, 20).items] == ["Good"]
    assert meetings.said_by(member, "西麓", 1, 20).total == 0
