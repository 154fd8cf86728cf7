"""Steps on the side ways of a case: notices, pauses, reconsideration, conditions; the rules are asked directly."""

from dataclasses import replace
from datetime import date

import pytest
from pytest_bdd import given, parsers, then, when

from workflows.facts import ProjectFacts
from workflows.policy import Policy
from workflows.rules import RULES
from workflows.states import Verdict

VERDICTS = {
    "通过": Verdict.PASS,
    "不通过": Verdict.FAIL,
    "未知": Verdict.UNKNOWN,
    "不适用": Verdict.NOT_APPLICABLE,
}
YES = {"已": True, "未": False}


@pytest.fixture
def told():
    return {"before": set(), "changed": set()}


@pytest.fixture
def known():
    return ProjectFacts(on=date(2026, 11, 20))


@given(parsers.parse('上一轮的告知书列出"{field}"'), target_fixture="known")
def _(known, told, field):
    told["before"].add(field)
    return replace(known, notice_before=True)


@given("此前没有发出过告知书", target_fixture="known")
def _(known):
    return replace(known, notice_before=False)


@given(parsers.parse('补正时改动了"{field}"'))
def _(told, field):
    told["changed"].add(field)


@given("组长书面说明了补充告知的理由", target_fixture="known")
def _(known):
    return replace(known, late_reason_given=True)


@when(parsers.parse('专班告知"{field}"'), target_fixture="known")
def _(known, told, field):
    new = () if field in told["before"] | told["changed"] else (field,)
    return replace(known, new_faults=new)


@given(parsers.parse('办件由"{who}"中止'), target_fixture="known")
def _(known, who):
    return replace(known, suspended_by_chair=who == "组长")


@when(parsers.parse('"{who}"申请恢复'), target_fixture="known")
def _(known, who):
    return replace(known, actor_is_chair=who == "组长")


@given(parsers.parse('办件"{tabled}"列入领导小组议程'), target_fixture="known")
def _(known, tabled):
    return replace(known, tabled=YES[tabled])


@given(parsers.parse('项目"{entered}"入库'), target_fixture="known")
def _(known, entered):
    return replace(known, has_entry=YES[entered])


@given(parsers.parse('时限"{deadline}"'), target_fixture="known")
def _(known, deadline):
    return replace(known, deadline_passed={"未计算": None, "未到": False, "已过": True}[deadline])


@when("系统自动办理", target_fixture="known")
def _(known):
    return replace(known, actor_is_system=True)


@given(parsers.parse('复核的情况为"{how}"'), target_fixture="known")
def _(known, how):
    outcome = {"没有申请过": None, "已经申请": "asked", "已经维持": "upheld", "已经重审过": None}[how]
    return replace(known, reconsideration=outcome, was_reopened=how == "已经重审过")


@given(parsers.parse("复核人员{people:d}人, 其中参与过原办理的{part:d}人"), target_fixture="known")
def _(known, people, part):
    return replace(known, reconsiderers=people, reconsiderers_with_part=part)


@given(parsers.parse('条件的情况为"{how}"'), target_fixture="known")
def _(known, how):
    return replace(known, condition={"未报告": "open", "已报告": "reported", "已确认": "confirmed"}[how])


@when("项目业主申请复核", target_fixture="known")
@when("项目业主办理条件", target_fixture="known")
def _(known):
    return replace(known, asking=True)


@when("项目业主申请撤回", target_fixture="known")
@when("领导小组决定撤销", target_fixture="known")
@when("专班办理", target_fixture="known")
@when("专班办理条件", target_fixture="known")
@when("秘书提交复核决定", target_fixture="known")
def _(known):
    return replace(known, asking=False)


CHECKS = {
    "一次性告知": "S02",
    "恢复": "S42",
    "议程检查": "S43",
    "撤销检查": "S44",
    "撤回检查": "S45",
    "自动办理": "S40",
    "复核次数检查": "S46",
    "复核人员检查": "S24",
    "条件检查": "S49",
}


@then(parsers.re(f'(?P<check>{"|".join(CHECKS)})的结果为"(?P<verdict>.+)"'))
def _(known, check, verdict):
    assert RULES[CHECKS[check]](known, Policy.base()).verdict is VERDICTS[verdict]
