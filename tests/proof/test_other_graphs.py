"""Every cell state × act × role of meetings, changes of the policy, pilots, reports and completed area.

As for projects (`test_graph.py`), against tables that the proofs keep for themselves.
"""

from itertools import product

import pytest

from registry.services.acts import KINDS
from tests.proof.other_tables import ENDS, ROWS, STATES
from tests.proof.table import ACTIONS as OF_PROJECTS
from tests.proof.table import ROLES
from workflows.machine import Case, NotOpenError
from workflows.meeting import MEETING
from workflows.policy import Policy
from workflows.roles import Role

POLICY = Policy.base()
TABLES = {"meeting": MEETING, **{name: kind.workflow for name, kind in KINDS.items()}}
every_kind = pytest.mark.parametrize("kind", list(STATES))


def tried(kind, state, action, role):
    """Where the registry's table leads, every rule met; None where the act is shut."""
    workflow = TABLES[kind]
    case = Case(workflow.states(state), frozenset({Role(role)}), None)
    try:
        taken = workflow.take(case, action, POLICY, lambda *_: ())
    except NotOpenError:
        assert case.state == state, "a refused act moved it"
        return None
    assert taken.returns_to is None, "nothing here waits for a state"
    assert taken.role == role
    return taken.state.value


def cells(kind):
    every = {action for rows in ROWS.values() for action, _ in rows} | set(OF_PROJECTS)
    return product(STATES[kind], sorted(every), ROLES)


def expected(kind, state, action, role):
    row = ROWS[kind].get((action, state))
    if row is None or role not in row.by:
        return None
    return state if row.to == "-" else row.to


def test_every_kind_of_record_has_a_table_here():
    assert set(TABLES) == set(STATES)


@every_kind
def test_every_cell_leads_where_the_table_of_the_proofs_says(kind):
    wrong = []
    for state, action, role in cells(kind):
        got, want = tried(kind, state, action, role), expected(kind, state, action, role)
        if got != want:
            wrong.append((state, action, role, got, want))
    assert wrong == []


@every_kind
def test_every_state_is_reached_and_from_each_it_can_still_end(kind):
    leads = {state: set() for state in STATES[kind]}
    for state, action, role in cells(kind):
        if got := tried(kind, state, action, role):
            leads[state].add(got)

    def reached(start):
        found, waiting = {start}, [start]
        while waiting:
            new = leads[waiting.pop()] - found
            found |= new
            waiting += new
        return found

    assert reached(STATES[kind][0]) == set(STATES[kind])
    for state in STATES[kind]:
        assert reached(state) & ENDS[kind], state
    shut = {state for state in STATES[kind] if reached(state) == {state}}
    assert shut <= ENDS[kind]


@every_kind
def test_the_tables_name_the_same_states_acts_and_records(kind):
    workflow = TABLES[kind]
    assert {(row.name, source.value) for row in workflow.acts for source in row.sources} == set(ROWS[kind])
    own = {(row.name, source.value) for row in workflow.acts for source in row.sources if row.own}
    assert own == {cell for cell, row in ROWS[kind].items() if row.own}
    assert {state.value for state in workflow.states} == set(STATES[kind])
    assert set(workflow._machine.events) == {action for action, _ in ROWS[kind]}
    assert next(iter(workflow.states)) == STATES[kind][0]
