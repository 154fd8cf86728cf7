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


@given(parsers.parse('各份现场核查记录的签字人数为"{signed}"'), target_fixture="project_facts")
def _(project_facts, signed):
    counted = () if signed == "没有核查" else tuple(map(int, signed.split("、")))
    return replace(project_facts, site_checks=counted)


@given(parsers.parse('手上的现场核查记录"{how}"'), target_fixture="project_facts")
def _(project_facts, how):
    known = {"本人没有签过字": "open", "本人已经签过字": "signed", "已被改动": None}
    return replace(project_facts, site_check=known[how])


@given(parsers.parse('"{names}"对全部条件答复"{answer}"并签字'), target_fixture="project_facts")
def _(project_facts, base_policy, names, answer):
    answers = dict.fromkeys(people(names), ANSWERS[answer])
    method = base_policy.method(project_facts.method)
    conditions = {c: dict(answers) for c in (*method.conditions, *method.exemptions)}
    return replace(project_facts, signatures=people(names), conditions=conditions)


@given(parsers.parse('"{names}"对条件"{clause}"答复"{answer}"'), target_fixture="project_facts")
def _(project_facts, names, clause, answer):
    changed = {**project_facts.conditions.get(clause, {}), **dict.fromkeys(people(names), ANSWERS[answer])}
    return replace(project_facts, conditions={**project_facts.conditions, clause: changed})


@given(parsers.parse('"{names}"对其他额外性条件答复"不符合"，只认定"{clause}"'), target_fixture="project_facts")
def _(project_facts, base_policy, names, clause):
    method = base_policy.method(project_facts.method)
    grounds = {c: dict.fromkeys(people(names), ANSWERS["符合" if c == clause else "不符合"]) for c in method.exemptions}
    return replace(project_facts, conditions={**project_facts.conditions, **grounds})
