"""Every cell state × role × act of the lifecycle, walked from the first state on, against the table of the proofs."""

from collections import deque
from datetime import date
from itertools import product

import pytest

from tests.proof.table import ACTIONS, ENDED, ROLES, ROWS, STAGES, STATES, WAITING, ends
from workflows.facts import ProjectFacts
from workflows.machine import Case, NotOpenError
from workflows.policy import Policy
from workflows.project import PROJECT
from workflows.roles import Role
from workflows.states import ProjectState

POLICY = Policy.base()
FACTS = ProjectFacts(on=date(2026, 3, 2))
Node = tuple[str, str | None]


def judged_well(*_):
    return ()


def tried(state, action, role, *, returns_to=None, first=STAGES[0], flawed="risk_review"):
    """Where the registry's table leads, every rule met; None where the act is shut."""
    waits = None if returns_to is None else ProjectState(returns_to)
    case = Case(
        ProjectState(state),
        frozenset({Role(role)}),
        FACTS,
        waits,
        next_stage=ProjectState(first),
        flawed_stage=ProjectState(flawed),
    )
    try:
        taken = PROJECT.take(case, action, POLICY, judged_well)
    except NotOpenError:
        assert case.state == state, "a refused act moved the case"
        return None
    return taken.state.value, taken.returns_to and taken.returns_to.value


def expected(state, action, role, *, returns_to, first, flawed):
    row = ROWS.get((action, state))
    if row is None or role not in row.by:
        return None
    if row.to == "-":
        return state, returns_to
    if row.to == "back":
        return returns_to, None
    if row.to.startswith("next"):
        latest = row.to.partition("<")[2] or returns_to
        return min(first, latest, key=STAGES.index), None
    keeps = {"find_flaw": flawed}.get(action, state if row.to in WAITING else None)
    return row.to, keeps


def walked():
    """Every (state, way back) a case can come to, breadth first over the registry's own table, and all cells tried."""
    start: Node = ("draft", None)
    seen, waiting, cells = {start}, deque([start]), []
    while waiting:
        state, returns_to = waiting.popleft()
        for action, role in product((*ACTIONS, "to_registered", "to_draft", "trigger"), ROLES):
            # What else decides: which gates carry over, and which decision is flawed.
            for first, flawed in zip(STAGES, (*STAGES[1:], STAGES[0]), strict=True):
                got = tried(state, action, role, returns_to=returns_to, first=first, flawed=flawed)
                cells.append(((state, action, role, returns_to, first, flawed), got))
                if got and got not in seen:
                    seen.add(got)
                    waiting.append(got)
    return seen, cells


@pytest.fixture(scope="module")
def walk():
    return walked()


def test_every_cell_leads_where_the_table_of_the_proofs_says(walk):
    _, cells = walk
    wrong = []
    for (state, action, role, returns_to, first, flawed), got in cells:
        want = expected(state, action, role, returns_to=returns_to, first=first, flawed=flawed)
        if got != want:
            wrong.append((state, action, role, returns_to, got, want))
    assert wrong == []
    assert {(c[0][0], c[0][1], c[0][2]) for c in cells} >= set(product(STATES, ACTIONS, ROLES))


def test_every_state_is_reached_and_every_row_is_walked(walk):
    seen, cells = walk
    assert {state for state, _ in seen} == set(STATES)
    open_cells = {(action, state) for (state, action, *_), got in cells if got}
    assert open_cells == set(ROWS)
    for action, state in open_cells:
        led = {got[0] for (s, a, *_), got in cells if got and (a, s) == (action, state)}
        assert led == ends(ROWS[action, state]), (action, state)


def test_no_case_waits_without_knowing_for_what(walk):
    seen, _ = walk
    assert {state for state, back in seen if back} == WAITING
    assert not [node for node in seen if (node[0] in WAITING) != (node[1] is not None)]


def test_from_everywhere_a_case_can_still_end(walk):
    _, cells = walk
    leads = {}
    for (state, _, _, returns_to, *_), got in cells:
        leads.setdefault((state, returns_to), set()).update({got} if got else ())
    for node in leads:
        reach, waiting = {node}, [node]
        while waiting:
            for further in leads.get(waiting.pop(), ()):
                if further not in reach:
                    reach.add(further)
                    waiting.append(further)
        assert {state for state, _ in reach} & set(ENDED), node


def test_the_tables_name_the_same_acts_and_records():
    assert {(row.name, source.value) for row in PROJECT.acts for source in row.sources} == set(ROWS)
    own = {(row.name, source.value) for row in PROJECT.acts for source in row.sources if row.own}
    assert own == {cell for cell, row in ROWS.items() if row.own}
    assert {state.value for state in ProjectState} == set(STATES)
    assert {role.value for role in Role} == set(ROLES)


def test_nothing_moves_a_case_but_the_acts():
    things = (PROJECT, PROJECT._machine, Case(ProjectState.DRAFT, frozenset(), FACTS), Case)
    shortcuts = [n for thing in things for n in dir(thing) if n.startswith(("to_", "may_", "is_registered", "trigger"))]
    assert [n for n in shortcuts if n != "to_dict"] == []
    assert set(PROJECT._machine.events) == set(ACTIONS)
