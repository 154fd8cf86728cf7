"""The rules of a sitting, one at a time, and the table of a meeting."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.facts import MeetingFacts, ProjectFacts, SittingFacts
from workflows.machine import Case, NotOpenError, RefusedError
from workflows.meeting import MEETING, judge
from workflows.policy import Policy
from workflows.roles import Role
from workflows.rules import RULES
from workflows.states import MeetingState, Question, Verdict

POLICY = Policy.base()
TODAY = date(2026, 3, 2)
SITTING = SittingFacts(question=Question.RISK_REVIEW, members=9, actor_is_elector=True)
FACTS = ProjectFacts(on=TODAY, sitting=SITTING, tabled=True)
M = MeetingState
PASS, FAIL, UNKNOWN, NOT_APPLICABLE = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE


def verdict(clause, facts=FACTS, **sitting):
    return RULES[clause](replace(facts, sitting=replace(facts.sitting, **sitting)), POLICY).verdict


def without_a_sitting(clause, **facts):
    return RULES[clause](replace(FACTS, sitting=None, **facts), POLICY).verdict


@pytest.mark.parametrize("clause", ["S09", "S11", "S15", "S39", "S66", "S67", "S69", "S71"])
def test_without_a_sitting_nothing_of_it_can_be_told_and_so_nothing_passes(clause):
    assert without_a_sitting(clause) is UNKNOWN


@pytest.mark.parametrize(
    ("clause", "sitting", "expected"),
    [
        ("S09", {"actor_has_voted": False}, PASS),
        ("S09", {"actor_has_voted": True}, FAIL),
        ("S09", {"actor_is_elector": False}, UNKNOWN),
        ("S66", {"called": True}, PASS),
        ("S66", {"called": False}, FAIL),
        ("S67", {"actor_attends": True}, PASS),
        ("S67", {"actor_attends": False}, FAIL),
        ("S71", {"actor_presides": True}, PASS),
        ("S71", {"actor_presides": False}, FAIL),
    ],
)
def test_each_rule_reads_its_own_fact(clause, sitting, expected):
    assert verdict(clause, **sitting) is expected


@given(st.integers(0, 14), st.booleans())
def test_who_presides_votes_exactly_when_nobody_else_in_the_room_is_still_to_speak(others, presides):
    expected = NOT_APPLICABLE if not presides else FAIL if others else PASS
    assert verdict("S12", actor_presides=presides, others_to_speak=others) is expected


def test_nobody_presides_over_what_the_clock_does():
    assert RULES["S71"](replace(FACTS, sitting=None, actor_is_system=True), POLICY).verdict is NOT_APPLICABLE


@given(st.integers(3, 15), st.data())
def test_the_question_is_put_on_those_in_the_room_and_decided_on_those_who_voted(members, data):
    attending, cast = data.draw(st.integers(0, members)), data.draw(st.integers(0, members))
    needed = max(3, -(-2 * members // 3))
    count = {"members": members, "attending": attending, "cast_against": cast}
    assert (verdict("S11", replace(FACTS, calling=True), **count) is PASS) == (attending >= needed)
    assert (verdict("S11", **count) is PASS) == (cast >= needed)


def test_before_the_meeting_has_begun_nobody_counts_as_present():
    assert verdict("S11", replace(FACTS, calling=True), attending=None) is FAIL


@pytest.mark.parametrize(
    ("fits", "oneself", "expected"),
    [(True, False, PASS), (True, True, FAIL), (False, False, FAIL), (False, True, FAIL), (None, False, UNKNOWN)],
)
def test_a_recusal_names_a_member_entitled_and_nobody_decides_on_oneself(fits, oneself, expected):
    assert RULES["S65"](replace(FACTS, named_fits=fits, names_oneself=oneself), POLICY).verdict is expected


@pytest.mark.parametrize("state", [*M, None])
def test_a_case_is_tabled_only_for_a_meeting_still_to_be_held(state):
    expected = UNKNOWN if state is None else PASS if state in {M.PLANNED, M.IN_SESSION} else FAIL
    assert RULES["S68"](replace(FACTS, meeting=state), POLICY).verdict is expected


@pytest.mark.parametrize(("state", "called"), list(product([*M, None], [True, False])))
def test_a_question_is_put_once_and_only_in_session(state, called):
    expected = PASS if state is M.IN_SESSION and not called else FAIL
    assert verdict("S69", replace(FACTS, meeting=state), called=called) is expected


@pytest.mark.parametrize(("fits", "expected"), [(True, PASS), (False, FAIL), (None, UNKNOWN)])
def test_a_flaw_names_a_decision_and_a_vote_in_it(fits, expected):
    assert RULES["S75"](replace(FACTS, flaw_fits=fits), POLICY).verdict is expected


@pytest.mark.parametrize(("fits", "expected"), [(True, PASS), (False, FAIL)])
def test_a_sitting_is_asked_a_question_of_the_state(fits, expected):
    assert RULES["S70"](replace(FACTS, question_fits=fits), POLICY).verdict is expected


# What has been voted on is taken off only where nobody can decide any more


@pytest.mark.parametrize(
    ("sitting", "expected"),
    [
        ({"cast_for": 0}, PASS),
        ({"cast_for": 1, "called": True, "yet_to_speak": 5}, FAIL),
        ({"cast_for": 1, "called": True, "yet_to_speak": 4}, PASS),
        ({"cast_for": 6, "called": True, "yet_to_speak": 0}, FAIL),
        ({"cast_for": 6, "called": True, "has_head": False}, PASS),
    ],
)
def test_a_vote_is_left_without_a_decision_only_where_none_can_be_made(sitting, expected):
    assert verdict("S38", **sitting) is expected


# The table of a meeting


def tried(state, role, action, **facts):
    known = MeetingFacts(on=TODAY, **({"held_on": TODAY, "items": 1, "items_open": 0} | facts))
    try:
        return MEETING.take(Case(state, frozenset({role}), known), action, POLICY, judge).state
    except NotOpenError:
        return None
    except RefusedError as refused:
        return [o.clause for o in refused.stopping]


HEADS, SECRETARY = {Role.CHAIR, Role.DEPUTY_CHAIR}, {Role.SECRETARY}
LEADS = {
    "open_meeting": ({M.PLANNED: M.IN_SESSION}, HEADS),
    "close_meeting": ({M.IN_SESSION: M.HELD}, HEADS),
    "call_off": ({M.PLANNED: M.CALLED_OFF}, SECRETARY),
    "change_meeting": ({M.PLANNED: M.PLANNED}, SECRETARY),
    "note_attendance": ({M.PLANNED: M.PLANNED, M.IN_SESSION: M.IN_SESSION}, SECRETARY),
}


@pytest.mark.parametrize("action", LEADS)
def test_every_cell_of_a_meeting_leads_where_it_should(action):
    leads, by = LEADS[action]
    for state, role in product(M, Role):
        expected = leads.get(state) if role in by else None
        assert tried(state, role, action) is expected, (state, role)


def test_a_meeting_has_no_other_acts():
    assert {row.name for row in MEETING.acts} >= set(LEADS)


@pytest.mark.parametrize(
    ("days", "items", "expected"),
    [(0, 1, M.IN_SESSION), (-3, 2, M.IN_SESSION), (1, 1, ["S72"]), (0, 0, ["S72"]), (1, 0, ["S72"])],
)
def test_a_meeting_opens_on_its_day_with_an_agenda(days, items, expected):
    assert tried(M.PLANNED, Role.CHAIR, "open_meeting", held_on=TODAY + timedelta(days=days), items=items) == expected


@pytest.mark.parametrize(
    ("action", "role", "state"), [("close_meeting", Role.CHAIR, M.IN_SESSION), ("call_off", Role.SECRETARY, M.PLANNED)]
)
def test_a_meeting_ends_or_is_called_off_only_when_nothing_is_left_open(action, role, state):
    assert tried(state, role, action, items=3, items_open=1) == ["S73"]
    assert tried(state, role, action, items=3, items_open=0) in {M.HELD, M.CALLED_OFF}
