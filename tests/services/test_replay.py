"""Replays: cases read in bulk are the cases the door sees; what would change is listed, by the same rules."""

import json
from dataclasses import fields
from datetime import date

import pytest
from sqlalchemy import event

from registry.clock import now, today
from registry.extensions import db
from registry.models import PolicyReplay
from registry.services import facts, replay_facts
from registry.services.policy import current
from registry.services.replay import replayed
from registry.services.replay_facts import every_case
from tests.revisions import draft, longer_review, run
from tests.world import PARCEL, World
from workflows.facts import ProjectFacts

LEFT_OUT = {
    *("parcels_apart", "unanswered", "documents_missing", "documents_on_file", "own_unanswered", "panel", "sitting"),
    *("validator_named", "validation", "matters", "environment", "notice", "national_notice_days", "tabled", "meeting"),
    *("conditions_open", "has_entry", "reconsideration", "was_reopened", "suspended_by_chair", "overlaps"),
    *("objections_unanswered", "parcels_disputed"),
}
"""What no figure and no method weighs, or what belongs to an act in hand."""
CHECK = {"visited_on": date(2026, 3, 1), "place": "东坡", "who_went": "二人", "observed": "界桩齐全"}
STATE_LAND = {**PARCEL, "tenure": "state", "title_document": "forest_right_certificate"}


@pytest.fixture
def world(app, clock) -> World:
    return World()


def state_land(world: World) -> int:
    """A case on state land, sent for legal review and favoured by the lawyer."""
    case_id = world.advance(world.draft(parcels={"parcels": [STATE_LAND]}), "methodology_screening")
    world.act(case_id, "send_for_legal_review", "officer")
    return case_id


def in_bulk() -> dict[int, ProjectFacts]:
    db.session.rollback()
    return {case.case_id: case.facts for case in every_case(today())}


def differing(case_id: int, world: World, read: ProjectFacts) -> set[str]:
    """Names of the facts that the bulk reading has otherwise than the door."""
    at_the_door = facts.project_facts(world.case(case_id), current(), today())
    return {f.name for f in fields(ProjectFacts) if getattr(at_the_door, f.name) != getattr(read, f.name)}


def test_cases_read_in_bulk_are_what_the_door_sees(world):
    stages = ("submitted", "methodology_screening", "risk_review", "validation", "registration", "registered")
    ids = [world.advance(world.draft(), stage) for stage in stages]
    ids += [world.advance(world.draft("local_ticket"), "methodology_screening"), state_land(world)]
    world.screen(ids[-1], "officer")
    world.act(ids[-1], "record_site_check", "officer", **CHECK)
    world.draft()
    bulk = in_bulk()
    assert set(bulk) == set(ids)
    for case_id, read in bulk.items():
        assert differing(case_id, world, read) <= LEFT_OUT


def test_a_third_officer_would_leave_a_screened_case_wanting(world):
    case_id = world.advance(world.draft(), "risk_review")
    number = world.case(case_id).number
    cases, result = replayed(current(), (longer_review(3, key="screening_officers"),), now())
    assert cases == 1
    assert result["by_day"]["cases"] == 0
    assert result["always"]["cases"] == 1
    line = next(x for x in result["always"]["listed"] if x["clause"] == "S08a")
    assert (line["number"], line["state"], line["before"], line["after"]) == (number, "risk_review", "pass", "unknown")
    assert line["figures"] == {"screening_officers": ["2", "3"]}
    assert line["zh"]
    assert line["en"]


def test_a_case_decided_is_counted_again_by_the_votes_it_had(world):
    world.advance(world.draft(), "validation")
    changes = (longer_review(9, key="quorum_min"),)
    listed = replayed(current(), changes, now())[1]["always"]["listed"]
    assert [(x["clause"], x["before"], x["after"]) for x in listed] == [("S11", "pass", "fail")]


def test_the_time_a_legal_review_had_is_counted_to_the_tabling(world, clock):
    case_id = state_land(world)
    world.screen(case_id)
    clock.move(days=14)
    world.act(case_id, "pass_screening", "officer")
    world.act(case_id, "give_legal_opinion", "legal", conclusion="favourable", words="程序齐全")
    world.vote(case_id, 8)
    world.act(case_id, "approve_risk", "chair")
    clock.move(days=60)
    had = in_bulk()[case_id].legal_working_days
    assert had == 9
    for days, expected in ((9, []), (10, [("S18", "pass", "fail")])):
        listed = replayed(current(), (longer_review(days),), now())[1]["always"]["listed"]
        assert [(x["clause"], x["before"], x["after"]) for x in listed] == expected


def test_a_replay_is_kept_with_what_it_was_of(world):
    world.advance(world.draft(), "risk_review")
    change_id = draft(world)
    replay_id = run(world, change_id)
    db.session.rollback()
    kept = db.session.get_one(PolicyReplay, replay_id)
    assert (kept.change_id, kept.cases, kept.revision) == (change_id, 1, "")
    assert set(json.loads(kept.result)) == {"by_day", "always"}


def test_another_case_asks_for_its_parties_only(world, monkeypatch):
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)

    def number() -> int:
        db.session.rollback()
        list(every_case(today()))
        asked.clear()
        list(every_case(today()))
        return len(asked)

    world.advance(world.draft(), "risk_review")
    few = number()
    for _ in range(4):
        world.advance(world.draft(), "methodology_screening")
    assert number() == few + 4
    event.remove(db.engine, "before_cursor_execute", note)
    monkeypatch.setattr(replay_facts, "CHUNK", 2)
    assert {c.case_id for c in every_case(today())} == set(in_bulk())
    assert len(in_bulk()) == 5
