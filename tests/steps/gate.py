"""Steps on the gates: which are closed, what is still open, and a gate judged as a whole."""

from dataclasses import replace

from pytest_bdd import given, parsers, then, when

from workflows.gates import GATES, judge, stops
from workflows.project import SUBMISSION
from workflows.states import GateName

GATE_NAMES = {
    "受理": GateName.ACCEPTANCE,
    "筛选": GateName.SCREENING,
    "风险审查": GateName.RISK_REVIEW,
    "审定": GateName.VALIDATION,
    "入库": GateName.REGISTRATION,
}
STAGES = {"提交": SUBMISSION, **{words: GATES[gate] for words, gate in GATE_NAMES.items()}}


@given(parsers.parse('本轮已通过"{gates}"'), target_fixture="project_facts")
def _(project_facts, gates):
    passed = frozenset(GATE_NAMES[g] for g in gates.split("、") if g != "没有")
    return replace(project_facts, gates_passed=passed)


@given(parsers.parse('没有落实的附加条件有"{number:d}"项'), target_fixture="project_facts")
def _(project_facts, number):
    return replace(project_facts, conditions_open=number)


@when(parsers.parse('审查"{stage}"'), target_fixture="stopping")
def _(project_facts, base_policy, stage):
    return [o.clause for o in judge(STAGES[stage], project_facts, base_policy) if stops(o)]


@then("没有未通过的条款")
def _(stopping):
    assert stopping == []


@then(parsers.parse('未通过的条款为"{clauses}"'))
def _(stopping, clauses):
    assert stopping == clauses.split("、")
