"""Steps on a change of the rules: drafted, proposed, replayed, decided, and what holds from when."""

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest
from pytest_bdd import given, parsers, then, when
from sqlalchemy import select

from registry.clock import now
from registry.extensions import db
from registry.models import Notice
from registry.queries import policy as ask
from registry.services import acts
from registry.services.policy import current
from registry.services.replay import replayed
from tests import factories, revisions
from tests.steps.acts import Said
from tests.world import World
from workflows.facts import ChangeFacts, ProjectFacts
from workflows.machine import NotOpenError
from workflows.roles import Role
from workflows.rules import RULES
from workflows.states import ChangeState, Verdict

FIGURES = {
    "合法性审查时间": "legal_review_days",
    "筛选表签字人数": "screening_officers",
    "灌木清除比例上限": "shrub_removed_max_pct",
}
NAMED = "|".join(FIGURES)
WHO = {
    "经办人": "officer",
    "提出人": "officer",
    "另一名经办人": "officer2",
    "秘书": "secretary",
    "组长": "chair",
    "副组长": "deputy",
    "系统管理员": "administrator",
}
DONE = {
    "提出": "propose_change",
    "确认": "confirm_change",
    "不予确认": "refuse_change",
    "撤回": "withdraw_change",
}
STATES = {
    "已提出": ChangeState.PROPOSED,
    "已确认": ChangeState.CONFIRMED,
    "不予确认": ChangeState.REFUSED,
    "已撤回": ChangeState.WITHDRAWN,
}
VERDICTS = {"通过": "pass", "无法判断": "unknown"}
ACT = re.compile(f"({'|'.join(sorted(WHO, key=len, reverse=True))})(不予确认|提出|确认|撤回)该规则修订")
CONTENT = rf'把(?P<what>{NAMED})改为"(?P<value>[\d.]+)"(?:个工作日)?，自"(?P<day>[\d-]+)"起施行'


def said(sentence):
    """What a sentence does to a change; None where it is no act on one."""
    found = ACT.fullmatch(sentence)
    return Said(DONE[found[2]], WHO[found[1]], of_change=True) if found else None


@dataclass
class Revision:
    """The story's world, its change, and what came of the act."""

    world: World
    id: int = 0
    stopped: tuple[str, ...] = ()
    open: bool = True


@pytest.fixture
def revision(app, clock):
    world = World()
    world.people["administrator"] = factories.an_appointee(world.body, Role.ADMINISTRATOR)
    return Revision(world)


def change(what, value, day):
    figure = revisions.longer_review(key=FIGURES[what], since=date.fromisoformat(day))
    return replace(figure, value=Decimal(value))


# How it stands ------------------------------------------------------------------------------------------


@given(parsers.re(f"经办人起草规则修订，{CONTENT}"))
def _(revision, what, value, day):
    revision.id = revisions.draft(revision.world, change(what, value, day))


@given(parsers.re(f"经办人已经提出规则修订，{CONTENT}"))
def _(revision, what, value, day):
    revision.id = revisions.proposed(revision.world, change(what, value, day))


@given(parsers.re(f"组长已经确认规则修订，{CONTENT}"))
def _(revision, what, value, day):
    revision.id = revisions.confirmed(revision.world, change(what, value, day))


@given(parsers.parse('随后组长确认了自"{day}"起施行的另一项修订'))
def _(revision, day):
    revisions.confirmed(revision.world, revisions.longer_review(15, date.fromisoformat(day)))


@given("该规则修订没有附决定文件")
def _(revision):
    revision.id = revisions.draft(revision.world, paper=False)


@given("该规则修订没有写理由")
def _(revision):
    revision.id = revisions.draft(revision.world, reasons="")


@given("该规则修订没有回放")
def _(revision):
    revision.id = revisions.proposed(revision.world, replays=False)


@given("提出人又被任命为组长")
def _(revision):
    factories.office(revision.world.people["officer"], revision.world.body, Role.CHAIR)


@given("一个办件由两名经办人签字通过了筛选")
def _(revision):
    revision.world.advance(revision.world.draft(), "risk_review")


@given(parsers.parse('今天是"{today}"，规则修订自"{day}"起施行'), target_fixture="change_facts")
def _(today, day):
    return ChangeFacts(on=date.fromisoformat(today), since=date.fromisoformat(day))


# What is done -------------------------------------------------------------------------------------------


@when(parsers.re(f"(?P<sentence>{ACT.pattern})"))
def _(revision, sentence):
    what = said(sentence)
    words = {"words": "条件还不成熟。"} if what.action == "refuse_change" else {}
    try:
        revisions.act(revision.world, revision.id, what.action, what.who, **words)
    except acts.Refused as refused:
        revision.stopped = tuple(o.clause for o in refused.stopping)
    except (NotOpenError, acts.NotVisible):
        revision.open = False


@when("核对规则修订的施行日", target_fixture="day_outcome")
def _(change_facts, base_policy):
    return RULES["S82"](change_facts, base_policy)


@when("回放该规则修订", target_fixture="replay_result")
def _(revision):
    change = revisions.row(revision.id)
    content = revisions.policy_changes.content_of(change)
    return replayed(current(), content, now())[1]


@when(parsers.parse('查"{day}"受理的办件适用的合法性审查时间'), target_fixture="days")
def _(revision, day):
    known = ProjectFacts(on=date.fromisoformat(day))
    return int(current().number("legal_review_days", known.on))


# What came of it ----------------------------------------------------------------------------------------


@then(parsers.parse('该规则修订处于"{state}"'))
def _(revision, state):
    assert revision.open
    assert revision.stopped == ()
    assert revisions.row(revision.id).state is STATES[state]


@then("该规则修订有了编号")
def _(revision):
    assert revisions.row(revision.id).number == "泰林碳规〔2026〕1号"


@then("组长收到该规则修订的通知")
def _(revision):
    told = select(Notice.user_id).where(Notice.record_kind == "policy", Notice.record_id == revision.id)
    assert revision.world.people["chair"] in set(db.session.scalars(told))


@then(parsers.parse('该规则修订没有办成，违反的条款为"{clauses}"'))
def _(revision, clauses):
    assert list(revision.stopped) == clauses.split("、")


@then("该规则修订无权办理")
def _(revision):
    assert not revision.open


@then(parsers.parse('规则注明由"{body}"依据"{number}"确定'))
def _(revision, body, number):
    decision = current().figures["legal_review_days"][-1].decision
    assert body in decision.body_zh
    assert number in decision.document


@then("规则没有变化")
def _(revision):
    db.session.rollback()
    assert current() == ask.base()


@then(parsers.parse('规则修订的施行日"{verdict}"'))
def _(day_outcome, verdict):
    assert day_outcome.verdict is {"符合": Verdict.PASS, "不符合": Verdict.FAIL}[verdict]


@then(parsers.parse('适用的合法性审查时间为"{number:d}"个工作日'))
def _(days, number):
    assert days == number


@then("受理日在施行日以前的办件结果不变")
def _(replay_result):
    assert replay_result["by_day"]["cases"] == 0


@then(parsers.parse('如果一直如此，该办件的"{clause}"由"{before}"变为"{after}"'))
def _(replay_result, clause, before, after):
    line = next(x for x in replay_result["always"]["listed"] if x["clause"] == clause)
    assert (line["before"], line["after"]) == (VERDICTS[before], VERDICTS[after])
