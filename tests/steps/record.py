"""Steps on what stands on record of a meeting: its count, who stood aside, who voted, who was told."""

import json
from datetime import date

from pytest_bdd import given, parsers, then, when

from registry import permissions
from registry.extensions import db
from registry.models import (
    AuditEvent,
    Deliberation,
    ExcludedMember,
    Meeting,
    Notice,
    Recusal,
    RecusalProposal,
    SittingCall,
    Vote,
)
from registry.services import facts
from tests.steps.meeting import ASIDE
from tests.steps.results import of_the_case, page
from workflows.facts import ProjectFacts, SittingFacts
from workflows.rules import RULES
from workflows.states import Choice, MeetingState, Question, RecusalGround

GROUNDS = {
    "近亲属在项目单位任职": RecusalGround.RELATIVES_EMPLOYER,
    "在项目单位任职": RecusalGround.OWN_ORGANISATION,
}
STATES = {
    "尚未召开": MeetingState.PLANNED,
    "正在召开": MeetingState.IN_SESSION,
    "已经结束": MeetingState.HELD,
    "已经取消": MeetingState.CALLED_OFF,
}


@then(parsers.re('会议"(?P<state>[^"]*)"'))
def _(story, state):
    assert story.result.done, story.result
    with story.inside():
        assert db.session.get_one(Meeting, story.meeting()).state is STATES[state]


def count(story):
    sitting = facts.open_sitting(story.case_id)
    return facts.sitting_facts(sitting, story.world.user("secretary"))


@then(parsers.parse("实到{present:d}人"))
def _(story, present):
    with story.inside():
        assert count(story).attending == present


@then(parsers.parse("应到{seats:d}人，回避{recused:d}人"))
def _(story, seats, recused):
    with story.inside():
        told = count(story)
        assert (told.seats, told.recused, told.members) == (seats, recused, seats - recused)


@then("审计记录载明按会议当日的成员重新列入")
def _(story):
    with story.inside():
        event, sitting = last_event("reseat"), facts.open_sitting(story.case_id)
        newcomer = story.world.people["stranger"]
        told = {"members": 10, "sitting": sitting.sitting, "came": [newcomer], "left": []}
        assert told.items() <= json.loads(event.detail).items()
        assert event.actor_role == "system"
        # who came is told, and nobody who knew already
        assert [n.user_id for n in db.session.query(Notice).filter_by(seq=event.seq)] == [newcomer]


@then("该成员的回避仍待决定")
def _(story):
    with story.inside():
        sitting = facts.open_sitting(story.case_id)
        row = db.session.query(RecusalProposal).filter_by(deliberation_id=sitting.id).one()
        assert (row.user_id, row.upheld) == (story.world.people["member1"], None)
        assert sitting.sitting == 2


@then("议题没有重新列入")
def _(story):
    with story.inside():
        assert facts.open_sitting(story.case_id).sitting == 1
        assert last_event("reseat") is None


@given(
    parsers.re("议题列入后成员(?P<how>有变动|没有变动)，会议当日有表决权的成员为(?P<number>[0-9]+)人"),
    target_fixture="seats",
)
def _(how, number):
    sitting = SittingFacts(question=Question.RISK_REVIEW, members=9)
    changed = how == "有变动"
    known = {"sitting": sitting, "seats_changed": changed, "available_members": int(number), "agenda_item": 1}
    return ProjectFacts(on=date(2026, 3, 2), **known)


@when("核对议题能否重新列入", target_fixture="rule_outcome")
def _(seats, base_policy):
    return RULES["S76"](seats, base_policy)


@given("该成员已经看不到案卷")
@then("该成员看不到案卷")
def _(story):
    with story.inside():
        roles = frozenset(permissions.SEES)
        found = permissions.find_case(story.world.user("member1"), roles, number=None, case_id=story.case_id)
        assert found is None


@then(parsers.re('回避记录载明该成员"(?P<ground>[^"]*)"'))
def _(story, ground):
    with story.inside():
        row = db.session.query(Recusal).one()
        assert (row.user_id, row.ground) == (story.world.people["member1"], GROUNDS[ground])


@then(parsers.re("会议记录载明回避的成员为(?P<who>组长|该成员|经办人)"))
def _(story, who):
    with story.inside():
        sitting = facts.open_sitting(story.case_id)
        excluded = [row.user_id for row in db.session.query(ExcludedMember).filter_by(deliberation_id=sitting.id)]
        assert excluded == [story.world.people[ASIDE[who]]]
        name = story.world.user(ASIDE[who]).name
    assert name in page(story, "secretary", of_the_case(story)).partition("回避：")[2]


def last_event(action):
    query = db.session.query(AuditEvent).filter_by(action=f"project:{action}")
    return query.order_by(AuditEvent.seq.desc()).first()


@then(parsers.parse("表决记录载明应到{entitled:d}人、法定{quorum:d}人、实到{attending:d}人"))
def _(story, entitled, quorum, attending):
    with story.inside():
        call = db.session.get_one(SittingCall, facts.open_sitting(story.case_id).id)
        assert (call.entitled, call.quorum, call.attending) == (entitled, quorum, attending)


@then("表决由副组长主持")
def _(story):
    with story.inside():
        call = db.session.get_one(SittingCall, facts.open_sitting(story.case_id).id)
        assert call.presided_by_id == story.world.people["deputy"]


@then("表决的只有副组长本人")
def _(story):
    with story.inside():
        votes = db.session.query(Vote).filter_by(deliberation_id=facts.open_sitting(story.case_id).id)
        assert [v.user_id for v in votes] == [story.world.people["deputy"]]


@then(parsers.parse("改期记录载明应到{seats:d}人、回避{recused:d}人、法定{quorum:d}人、实到{attending:d}人"))
def _(story, seats, recused, quorum, attending):
    told = {"seats": seats, "recused": recused, "quorum": quorum, "attending": attending, "no_quorum": 1}
    with story.inside():
        assert told.items() <= json.loads(last_event("adjourn").detail).items()


@then("原来的表决全部留存")
def _(story):
    with story.inside():
        first = db.session.query(Deliberation).filter_by(case_id=story.case_id).order_by(Deliberation.id).first()
        assert db.session.query(Vote).filter_by(deliberation_id=first.id).count() in {5, 8}


@then("会议记录逐人载明表决意见和理由")
def _(story):
    with story.inside():
        votes = db.session.query(Vote).join(Deliberation).filter_by(case_id=story.case_id).all()
        assert sorted(v.choice for v in votes) == [Choice.AGAINST] * 2 + [Choice.FOR] * 6
        people = {w: story.world.user(w).name for w in story.world.voters[:8]}
        reasons = [v.reasons for v in votes]
        assert all(reasons)
    shown = page(story, "supervisor", of_the_case(story))
    assert [name for name in people.values() if name not in shown] == []
    assert all(shown.count(said) >= reasons.count(said) for said in reasons)


@then(parsers.re("督办人员(?P<how>收到|没有收到)抄报"))
def _(story, how):
    with story.inside():
        told = db.session.query(Notice.action).filter_by(user_id=story.world.people["supervisor"]).all()
        assert told == ([("against_majority",)] if how == "收到" else [])
    if how == "收到":
        assert "不采纳多数" in page(story, "supervisor", "/notices")
