"""Steps on the screening sheet: who answered what, and who signed."""

from dataclasses import replace

from pytest_bdd import given, parsers

from workflows.states import ConditionVerdict

OFFICERS = {"张": 1, "李": 2, "王": 3}
ANSWERS = {
    "符合": ConditionVerdict.MET,
    "不符合": ConditionVerdict.NOT_MET,
    "不能认定": ConditionVerdict.CANNOT_TELL,
}


def people(names):
    return frozenset(OFFICERS[n] for n in names.split("、")) if names != "没有人" else frozenset()


@given(parsers.re(r'筛选表由"(?P<names>[^"]*)"签字'), target_fixture="project_facts")
def _(project_facts, names):
    return replace(project_facts, signatures=people(names))


@given(parsers.parse('"{names}"对全部条件答复"{answer}"并签字'), target_fixture="project_facts")
def _(project_facts, base_policy, names, answer):
    answers = dict.fromkeys(people(names), ANSWERS[answer])
    conditions = {c: dict(answers) for c in base_policy.method(project_facts.method).conditions}
    return replace(project_facts, signatures=people(names), conditions=conditions)


@given(parsers.parse('"{name}"对条件"{clause}"答复"{answer}"'), target_fixture="project_facts")
def _(project_facts, name, clause, answer):
    changed = {**project_facts.conditions[clause], OFFICERS[name]: ANSWERS[answer]}
    return replace(project_facts, conditions={**project_facts.conditions, clause: changed})


@given("本人已经答复全部条件", target_fixture="project_facts")
def _(project_facts):
    return replace(project_facts, own_unanswered=(), actor_has_signed=False)


@given(parsers.parse('本人没有答复的条件为"{clauses}"'), target_fixture="project_facts")
def _(project_facts, clauses):
    return replace(project_facts, own_unanswered=tuple(clauses.split("、")))


@given("本人已经在筛选表上签字", target_fixture="project_facts")
def _(project_facts):
    return replace(project_facts, actor_has_signed=True)
