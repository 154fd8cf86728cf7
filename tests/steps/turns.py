"""Steps on the side ways, one clause at a time: notices, the clock, reconsideration, conditions."""

from dataclasses import replace

import pytest
from pytest_bdd import given, parsers


@pytest.fixture
def told():
    """What an earlier notice named, and what the resubmission changed."""
    return {"before": set(), "changed": set()}


@given(parsers.parse('上一轮的告知书列出"{field}"'), target_fixture="project_facts")
def _(project_facts, told, field):
    told["before"].add(field)
    return replace(project_facts, notice_before=True)


@given(parsers.parse('补正时改动了"{field}"'))
def _(told, field):
    told["changed"].add(field)


@given(parsers.parse('这一轮的告知书列出"{field}"'), target_fixture="project_facts")
def _(project_facts, told, field):
    new = () if field in told["before"] | told["changed"] else (field,)
    return replace(project_facts, new_faults=new)


@given(parsers.parse('时限"{deadline}"'), target_fixture="project_facts")
def _(project_facts, deadline):
    passed = {"未计算": None, "未到": False, "已过": True}[deadline]
    return replace(project_facts, deadline_passed=passed, actor_is_system=True)


@given(parsers.parse('复核的情况为"{how}"'), target_fixture="project_facts")
def _(project_facts, how):
    outcome = {"没有申请过": None, "已经申请": "asked", "已经维持": "upheld", "已经重审过": None}[how]
    return replace(project_facts, reconsideration=outcome, was_reopened=how == "已经重审过")


@given(parsers.parse("复核人员{people:d}人，其中参与过原办理的{part:d}人"), target_fixture="project_facts")
def _(project_facts, people, part):
    return replace(project_facts, reconsiderers=people, reconsiderers_with_part=part)


@given(parsers.parse('条件的情况为"{how}"'), target_fixture="project_facts")
def _(project_facts, how):
    return replace(project_facts, condition={"未报告": "open", "已报告": "reported", "已确认": "confirmed"}[how])
