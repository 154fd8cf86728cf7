"""Replays: cases read in bulk are the cases the door sees; what would change is listed, by the same rules."""

import json
from dataclasses import fields
from datetime import date

import pytest
from sqlalchemy import event, select

from registry import jobs
from registry.clock import now, today
from registry.extensions import db
from registry.models import PolicyReplay, ReplayRun
from registry.services import facts, policy_changes, replay, replay_facts
from registry.services.policy import current
from registry.services.replay import replayed
from registry.services.replay_facts import every_case
from tests.contract_answers import with_partner
from tests.revisions import confirmed, draft, longer_review, run
from tests.world import PARCEL, World
from workflows.facts import ContractFacts, ProjectFacts

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
    world.vote(ids[5], 8, question="revocation")
    world.act(ids[5], "revoke", "chair", words="权属证明系伪造")
    bulk = in_bulk()
    assert set(bulk) == set(ids)
    assert [bulk[case_id].revoked_on for case_id in ids[5:7]] == [None, today()]
    for case_id, read in bulk.items():
        assert differing(case_id, world, read) <= LEFT_OUT


def test_papers_of_an_amendment_taken_back_are_left_behind_and_those_of_the_next_are_not(world):
    case_id = world.advance(world.draft(**with_partner()), "registered")

    def amend(area: str, paper: str) -> ContractFacts:
        world.save(case_id, "parcels", {"parcels": [{**PARCEL, "area": area, "area_mu": area}]})
        world.upload(case_id, paper)
        world.act(case_id, "amend", "owner")
        return as_the_door_has_it()

    def as_the_door_has_it() -> ContractFacts:
        read = in_bulk()[case_id]
        assert "contract" not in differing(case_id, world, read)
        return read.contract

    assert amend("500", "public_bidding").public_bidding
    world.act(case_id, "withdraw_amendment", "owner", words="不改了")
    assert not as_the_door_has_it().public_bidding
    again = amend("400", "superior_approval")
    assert (again.public_bidding, again.superior_approval) == (False, True)


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


# A replay beside the server --------------------------------------------------------------------------------


def ask_for(world: World, change_id: int) -> int:
    return replay.ask_for(change_id, by=world.user("officer"), at=now())


def run_of(run_id: int) -> ReplayRun:
    db.session.rollback()
    return db.session.get_one(ReplayRun, run_id)


def kept() -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(PolicyReplay.id)))


@pytest.fixture
def many(world, monkeypatch) -> World:
    """Five cases, read two at a time."""
    for _ in range(5):
        world.advance(world.draft(), "methodology_screening")
    for module in (replay, replay_facts):
        monkeypatch.setattr(module, "CHUNK", 2)
    return world


def test_a_replay_is_asked_for_and_carried_out_beside_the_server(many):
    run_id = ask_for(many, draft(many))
    assert ask_for(many, draft_of(run_id)) == run_id
    assert (run_of(run_id).done, run_of(run_id).cases, kept()) == (0, 5, [])
    assert jobs.replay_changes() == 1
    assert (run_of(run_id).done, run_of(run_id).problem, len(kept())) == (5, "", 1)
    assert run_of(run_id).ended_at
    assert jobs.replay_changes() == 0


def draft_of(run_id: int) -> int:
    return run_of(run_id).change_id


def at_the(number: int, monkeypatch, what) -> None:
    """Do something once, when so many cases of a replay are done."""
    beat, done = replay._Beat.__call__, []

    def seen(self, number_done):
        beat(self, number_done)
        if number_done == number and not done:
            done.append(number)
            what()

    monkeypatch.setattr(replay._Beat, "__call__", seen)


def test_how_far_it_is_can_be_seen_while_it_runs(many, monkeypatch):
    run_id, seen = ask_for(many, draft(many)), []
    at_the(4, monkeypatch, lambda: seen.append(run_of(run_id).done))
    assert jobs.replay_changes() == 1
    assert seen == [4]


def test_a_replay_that_was_killed_is_begun_anew_by_another(many, monkeypatch, clock):
    run_id = ask_for(many, draft(many))

    def killed():
        raise KeyboardInterrupt

    at_the(2, monkeypatch, killed)
    with pytest.raises(KeyboardInterrupt):
        jobs.replay_changes()
    assert (run_of(run_id).done, run_of(run_id).ended_at) == (2, None)
    assert jobs.replay_changes() == 0  # it may still be at work
    clock.move(minutes=3)
    assert jobs.replay_changes() == 1
    assert len(kept()) == 1


def test_one_that_was_taken_for_dead_stops_without_a_trace(many, monkeypatch, clock):
    run_id = ask_for(many, draft(many))

    def taken_over():
        clock.move(minutes=3)
        assert jobs.replay_changes() == 1

    at_the(2, monkeypatch, taken_over)
    assert jobs.replay_changes() == 0
    assert len(kept()) == 1
    assert run_of(run_id).problem == ""


def test_a_replay_can_be_stopped_and_asked_for_again(many, monkeypatch):
    change_id = draft(many)
    run_id = ask_for(many, change_id)
    at_the(2, monkeypatch, lambda: replay.stop(change_id, at=now()))
    assert jobs.replay_changes() == 0
    assert (run_of(run_id).problem, kept()) == ("stopped", [])
    assert ask_for(many, change_id) != run_id
    assert jobs.replay_changes() == 1


@pytest.mark.parametrize("at", [2, 5])
def test_a_replay_of_a_draft_that_was_written_anew_keeps_nothing(many, monkeypatch, at):
    change_id = draft(many)
    run_id = ask_for(many, change_id)
    at_the(at, monkeypatch, lambda: draft(many, longer_review(12), change_id=change_id))
    assert jobs.replay_changes() == 0
    assert (run_of(run_id).problem, kept()) == ("changed", [])


def test_asking_for_the_new_words_ends_the_replay_of_the_old_ones(many):
    change_id = draft(many)
    old = ask_for(many, change_id)
    draft(many, longer_review(12), change_id=change_id)
    assert ask_for(many, change_id) != old
    assert run_of(old).problem == "changed"
    assert jobs.replay_changes() == 1


def test_a_replay_a_fault_breaks_off_says_so_and_holds_up_no_other(many, monkeypatch):
    first, second = ask_for(many, draft(many)), ask_for(many, draft(many, longer_review(12)))

    def broken():
        raise RuntimeError("planted")

    at_the(2, monkeypatch, broken)
    assert jobs.replay_changes() == 1
    assert [run_of(r).problem for r in (first, second)] == ["failed", ""]


def test_a_draft_is_thrown_away_with_the_replay_that_was_asked_for(many):
    change_id = draft(many)
    ask_for(many, change_id)
    policy_changes.discard(change_id, body_id=many.body)
    assert jobs.replay_changes() == 0


def test_a_change_that_was_decided_is_not_replayed(many):
    change_id = confirmed(many)
    with pytest.raises(replay.NotReplayable):
        ask_for(many, change_id)


# How it is read --------------------------------------------------------------------------------------------


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
