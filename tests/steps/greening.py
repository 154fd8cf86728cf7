"""Steps on a report of completed area: drafted, reported, confirmed or returned, and what counts."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pytest
from pytest_bdd import given, parsers, then, when

from registry.queries import greening as ask
from registry.services import acts
from tests import factories, greening
from tests.steps.acts import Said
from tests.world import World
from workflows.facts import CompletionFacts
from workflows.machine import NotOpenError
from workflows.rules import RULES
from workflows.states import CompletionState, Greening, Verdict
from workflows.units import PERIODS

WHO = {"岱岳区填报员": "daiyue", "新泰市填报员": "xintai", "经办人": "officer"}
DONE = {
    "上报": "report_completion",
    "撤回": "withdraw_completion",
    "确认": "confirm_completion",
    "退回": "return_completion",
}
STATES = {
    "草稿": CompletionState.DRAFT,
    "已上报": CompletionState.REPORTED,
    "已确认": CompletionState.CONFIRMED,
    "已退回": CompletionState.RETURNED,
}
ACT = re.compile(f"({'|'.join(WHO)})(上报|撤回|确认|退回)该面积报告")


def said(sentence):
    """What a sentence does to a report; None where it is no act on one."""
    found = ACT.fullmatch(sentence)
    return Said(DONE[found[2]], WHO[found[1]], of_area=True) if found else None


@dataclass
class Area:
    """The story's world, its report, and what came of the act."""

    world: World
    units: dict[str, int] = field(default_factory=dict)
    id: int = 0
    stopped: tuple[str, ...] = ()
    open: bool = True


@pytest.fixture
def completed(app, clock):
    world = World()
    return Area(world, greening.settle(world))


# How it stands ------------------------------------------------------------------------------------------


@given(parsers.parse('岱岳区填报员起草"{year:d}"年造林绿化"{mu}"亩的面积报告'))
def _(completed, year, mu):
    completed.id = greening.draft(completed.world, completed.units["daiyue"], mu, year=year)


@given(parsers.parse('岱岳区填报员已经上报"{year:d}"年造林绿化"{mu}"亩的面积报告'))
def _(completed, year, mu):
    completed.id = greening.reported(completed.world, completed.units["daiyue"], mu, year=year)


@given(parsers.parse('岱岳区"{year:d}"年造林绿化"{mu}"亩的面积报告已经确认'))
def _(completed, year, mu):
    completed.id = greening.confirmed(completed.world, completed.units["daiyue"], mu, year=year)


@given(parsers.parse('岱岳区填报员已经上报更正为"{mu}"亩的面积报告'))
def _(completed, mu):
    completed.id = greening.reported(completed.world, completed.units["daiyue"], mu, corrects=completed.id)


@given("该面积报告没有附验收文件")
def _(completed):
    completed.id = greening.draft(completed.world, completed.units["daiyue"], paper=False)


@given("该经办人也是岱岳区的人员")
def _(completed):
    factories.belongs(completed.world.people["officer"], completed.units["daiyue"])


@given(parsers.parse('今天是"{today}"，面积报告的年度为"{year:d}"'), target_fixture="area_facts")
def _(today, year):
    return CompletionFacts(on=date.fromisoformat(today), year=year)


@given(parsers.parse('今天是"{today}"，面积报告的年度为"{year:d}"，验收日期为"{day}"'), target_fixture="area_facts")
def _(today, year, day):
    return CompletionFacts(on=date.fromisoformat(today), year=year, accepted=date.fromisoformat(day))


@given("不是该单位的人员要上报面积报告", target_fixture="area_facts")
def _():
    return CompletionFacts(on=date(2026, 3, 2), year=2026)


# What is done -------------------------------------------------------------------------------------------


@when(parsers.re(f"(?P<sentence>{ACT.pattern})"))
def _(completed, sentence):
    what = said(sentence)
    words = {"words": "面积与验收文件不一致。"} if what.action == "return_completion" else {}
    try:
        greening.act(completed.world, completed.id, what.action, what.who, **words)
    except acts.Refused as refused:
        completed.stopped = tuple(o.clause for o in refused.stopping)
    except (NotOpenError, acts.NotVisible):
        completed.open = False


@when(parsers.parse('核对面积报告的"{clause}"'), target_fixture="area_outcome")
def _(area_facts, clause, base_policy):
    return RULES[clause](area_facts, base_policy)


# What came of it ----------------------------------------------------------------------------------------


@then(parsers.parse('该面积报告处于"{state}"'))
def _(completed, state):
    assert completed.open
    assert completed.stopped == ()
    assert greening.row(completed.id).state is STATES[state]


@then("经办人的待办里有该面积报告")
def _(completed):
    paths = [w.path for w in ask.waits(completed.world.user("officer"))]
    assert paths == [f"/greening/reports/{completed.id}"]


@then(parsers.parse('该面积报告没有办成，违反的条款为"{clauses}"'))
def _(completed, clauses):
    assert list(completed.stopped) == clauses.split("、")


@then("该面积报告无权办理")
def _(completed):
    assert not completed.open


@then(parsers.parse('"十五五"时期造林绿化完成"{mu}"亩'))
def _(completed, mu):
    done = ask.completed(PERIODS[1])
    assert sum((v for (kind, _u, _y), v in done.items() if kind is Greening.AFFORESTATION), Decimal(0)) == Decimal(mu)


@then(parsers.parse('面积报告的核对结论为"{verdict}"'))
def _(area_outcome, verdict):
    assert area_outcome.verdict is {"符合": Verdict.PASS, "不符合": Verdict.FAIL}[verdict]
