"""The lifecycle's table: who may do what, where, and where it leads; every cell of it, without a database."""

from datetime import date
from enum import StrEnum
from itertools import product

import pytest

from registry import labels
from registry.services.effects import EFFECTS
from workflows import machine
from workflows.facts import ProjectFacts
from workflows.gates import judge
from workflows.machine import Act, NotOpenError, RefusedError, To, Workflow
from workflows.policy import Policy
from workflows.project import PROJECT
from workflows.roles import Role
from workflows.rules import Outcome
from workflows.states import ENDED, STAGES, ProjectState, Severity, Verdict

S = ProjectState
POLICY = Policy.base()
FACTS = ProjectFacts(on=date(2026, 3, 2))
NAMES = tuple(dict.fromkeys(row.name for row in PROJECT.acts))
WAITS_FOR = {
    S.CORRECTION_REQUESTED: S.RISK_REVIEW,
    S.SUSPENDED: S.RISK_REVIEW,
    S.DECLINED: S.SUBMITTED,
    S.REJECTED: S.RISK_REVIEW,
}
"""States that remember where the case came from, and one such stage for each."""


def all_pass(gate, facts, policy):
    return ()


def a_case(state, *roles):
    """A case as the door hands it to the table."""
    return machine.Case(
        state, frozenset(roles), FACTS, WAITS_FOR.get(state), next_stage=S.SUBMITTED, flawed_stage=S.RISK_REVIEW
    )


CELLS = [(s, n, r) for s, n, r in product(ProjectState, NAMES, Role)]


def opens(state, action, role):
    return any(row.name == action and state in row.sources and role in row.by for row in PROJECT.acts)


@pytest.mark.parametrize("state", ProjectState)
def test_every_cell_of_the_table_does_what_its_row_says(state):
    for _, action, role in (c for c in CELLS if c[0] is state):
        case = a_case(state, role)
        if opens(state, action, role):
            taken = PROJECT.take(case, action, POLICY, all_pass)
            row = PROJECT.row(action, state)
            assert (taken.act, taken.role) == (row, role)
            assert taken.state in PROJECT.destinations(row, state)
            assert case.state is taken.state
            assert (taken.returns_to is not None) == (taken.state in WAITS_FOR), (state, action)
        else:
            with pytest.raises(NotOpenError):
                PROJECT.take(case, action, POLICY, all_pass)
            assert case.state is state


def test_most_cells_are_shut():
    shut = [c for c in CELLS if not opens(*c)]
    assert len(shut) > len(CELLS) * 0.8


@pytest.mark.parametrize("state", ProjectState)
def test_nobody_may_do_anything_without_a_role(state):
    assert PROJECT.actions(state, frozenset()) == []
    for action in NAMES:
        with pytest.raises(NotOpenError):
            PROJECT.take(a_case(state), action, POLICY, all_pass)


@pytest.mark.parametrize("state", ProjectState)
def test_the_buttons_are_the_open_cells(state):
    for role in Role:
        buttons = [row.name for row in PROJECT.actions(state, frozenset({role}))]
        assert buttons == [n for n in dict.fromkeys(r.name for r in PROJECT.acts if state in r.sources)
                           if opens(state, n, role)]  # fmt: skip


def test_a_refusal_for_the_role_says_who_could():
    with pytest.raises(NotOpenError) as shut:
        PROJECT.take(a_case(S.SUBMITTED, Role.PROPONENT), "accept", POLICY, all_pass)
    assert shut.value.open_to == {Role.CASE_OFFICER}
    with pytest.raises(NotOpenError) as shut:
        PROJECT.take(a_case(S.DRAFT, Role.CASE_OFFICER), "accept", POLICY, all_pass)
    assert shut.value.open_to == frozenset()


def test_an_unknown_action_is_not_open():
    with pytest.raises(NotOpenError):
        PROJECT.take(a_case(S.DRAFT, *Role), "to_registered", POLICY, all_pass)


# Shape --------------------------------------------------------------------------------------------------


def test_there_is_one_row_for_an_action_in_a_state():
    cells = [(row.name, source) for row in PROJECT.acts for source in row.sources]
    assert len(cells) == len(set(cells))


def test_nothing_leads_past_the_table():
    case = a_case(S.DRAFT, *Role)
    assert set(PROJECT._machine.events) == set(NAMES)
    for thing in (case, machine.Case, PROJECT, PROJECT._machine):
        assert not [name for name in dir(thing) if name.startswith(("to_", "trigger", "may_")) and name != "to_dict"]


def test_only_register_leads_into_the_library_from_outside():
    into = {(row.name, source) for row in PROJECT.acts for source in row.sources if row.to is S.REGISTERED}
    outside = {(name, source) for name, source in into if source not in {S.AMENDMENT_REVIEW, S.SUSPENDED}}
    assert outside == {("register", S.REGISTRATION)}


def test_steps_into_a_later_stage_are_asked_for_a_gate():
    for row in PROJECT.acts:
        if row.to in STAGES:
            later = [s for s in row.sources if s in STAGES and STAGES.index(s) < STAGES.index(row.to)]
            assert row.gate or not later, row.name


def reached():
    seen, waiting = {S.DRAFT}, [S.DRAFT]
    while waiting:
        state = waiting.pop()
        for row in PROJECT.acts:
            if state in row.sources:
                new = set(PROJECT.destinations(row, state)) - seen
                seen |= new
                waiting += new
    return seen


def test_every_state_a_case_can_come_to_has_a_way_out_unless_it_is_an_end():
    leading = {s for row in PROJECT.acts if row.to is not None for s in row.sources}
    stuck = reached() - set(ENDED) - leading
    assert stuck <= {S.REGISTERED}  # a project rests in the library


def test_the_ends_that_are_final_stay_final():
    final = {S.LAPSED, S.WITHDRAWN, S.REVOKED, S.CLOSED}
    assert not [row.name for row in PROJECT.acts if row.to is not None and final & set(row.sources)]


def test_every_action_has_its_record_and_its_words():
    assert set(NAMES) <= set(EFFECTS)
    for name in NAMES:
        assert labels.action_label(name)
        assert labels.happened(name)


def test_every_requirement_of_a_row_is_a_clause_of_the_policy():
    for row in PROJECT.acts:
        for requirement in row.gate:
            clauses = getattr(requirement, "clauses", (requirement,))
            assert all(c in POLICY.clauses for c in clauses if isinstance(c, str)), row.name


# Rules at a row -----------------------------------------------------------------------------------------


def test_all_outcomes_are_reported_at_once():
    outcomes = (
        Outcome("S14", Verdict.FAIL, Severity.BLOCK),
        Outcome("S18", Verdict.PASS, Severity.BLOCK),
        Outcome("S11", Verdict.UNKNOWN, Severity.BLOCK),
        Outcome("S15", Verdict.FAIL, Severity.WARN),
    )
    case = a_case(S.RISK_REVIEW, Role.CHAIR)
    with pytest.raises(RefusedError) as refused:
        PROJECT.take(case, "approve_risk", POLICY, lambda *_: outcomes)
    assert refused.value.outcomes == outcomes
    assert [o.clause for o in refused.value.stopping] == ["S14", "S11"]
    assert case.state is S.RISK_REVIEW


def test_the_real_gate_names_every_requirement_that_is_not_met():
    case = a_case(S.REGISTRATION, Role.CHAIR)
    with pytest.raises(RefusedError) as refused:
        PROJECT.take(case, "register", POLICY, judge)
    assert [o.clause for o in refused.value.stopping] == ["S32", "S14", "S71", "S11", "S15"]


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("severity", Severity)
def test_only_what_passed_or_does_not_concern_the_case_lets_a_block_through(verdict, severity):
    case = a_case(S.SUBMITTED, Role.CASE_OFFICER)
    clear = severity is not Severity.BLOCK or verdict in {Verdict.PASS, Verdict.NOT_APPLICABLE}
    outcomes = (Outcome("S01", verdict, severity),)
    if clear:
        assert PROJECT.take(case, "accept", POLICY, lambda *_: outcomes).outcomes == outcomes
    else:
        with pytest.raises(RefusedError):
            PROJECT.take(case, "accept", POLICY, lambda *_: outcomes)
        assert case.state is S.SUBMITTED


def test_roles_are_looked_at_before_rules():
    def never(*_):
        raise AssertionError("judged for somebody who may not")

    with pytest.raises(NotOpenError):
        PROJECT.take(a_case(S.SUBMITTED, Role.PROPONENT), "accept", POLICY, never)


# A table that contradicts itself ------------------------------------------------------------------------


class Light(StrEnum):
    RED = "red"
    GREEN = "green"
    AMBER = "amber"


ANYBODY = frozenset({Role.CASE_OFFICER})


def a_table(*rows):
    return Workflow(Light, rows, (Light.RED, Light.AMBER))


def test_two_rows_for_one_action_in_one_state_are_refused():
    go = Act("go", (Light.RED,), Light.GREEN, ANYBODY)
    with pytest.raises(ValueError, match="two rows for go in red"):
        a_table(go, Act("go", (Light.AMBER, Light.RED), Light.AMBER, ANYBODY))


@pytest.mark.parametrize(("source", "to"), [("blue", Light.GREEN), (S.DRAFT, Light.GREEN), (Light.RED, "blue")])
def test_an_unknown_state_is_refused(source, to):
    with pytest.raises(ValueError, match=r"blue|draft"):
        a_table(Act("go", (source,), to, ANYBODY))


def test_one_action_may_lead_to_different_states_from_different_sources():
    table = a_table(Act("go", (Light.RED,), Light.AMBER, ANYBODY), Act("go", (Light.AMBER,), Light.GREEN, ANYBODY))
    assert table.take(a_case(Light.RED, *ANYBODY), "go", POLICY, all_pass).state is Light.AMBER
    assert table.take(a_case(Light.AMBER, *ANYBODY), "go", POLICY, all_pass).state is Light.GREEN


def test_a_record_leaves_the_state_and_the_way_back_alone():
    case = machine.Case(Light.AMBER, ANYBODY, FACTS, returns_to=Light.RED)
    taken = a_table(Act("note", (Light.AMBER,), None, ANYBODY)).take(case, "note", POLICY, all_pass)
    assert (taken.state, taken.returns_to) == (Light.AMBER, Light.RED)


@pytest.mark.parametrize(("back", "expected"), [(Light.RED, Light.RED), (Light.GREEN, None)])
def test_the_way_back_leads_only_to_where_somebody_may_have_waited(back, expected):
    table = a_table(
        Act("halt", (Light.RED,), Light.AMBER, ANYBODY, keeps="source"),
        Act("resume", (Light.AMBER,), To.BACK, ANYBODY),
    )
    case = machine.Case(Light.AMBER, ANYBODY, FACTS, returns_to=back)
    if expected is None:
        with pytest.raises(NotOpenError):
            table.take(case, "resume", POLICY, all_pass)
        assert case.state is Light.AMBER
    else:
        assert table.take(case, "resume", POLICY, all_pass).state is expected


@pytest.mark.parametrize(
    ("next_stage", "returns_to", "expected"),
    [(Light.RED, Light.AMBER, Light.RED), (Light.AMBER, Light.RED, Light.RED), (None, Light.AMBER, Light.AMBER)],
)
def test_a_new_round_never_skips_past_the_stage_it_waits_for(next_stage, returns_to, expected):
    table = a_table(Act("again", (Light.GREEN,), To.NEXT, ANYBODY))
    case = machine.Case(Light.GREEN, ANYBODY, FACTS, returns_to=returns_to, next_stage=next_stage)
    assert table.take(case, "again", POLICY, all_pass).state is expected


def test_the_diagram_draws_every_step():
    drawn = machine.mermaid(PROJECT)
    for row in PROJECT.acts:
        assert (row.name in drawn) == (row.to is not None), row.name
    assert "registration --> registered : register" in drawn
