"""Steps on a meeting of the leading group: agenda, roll, who stands aside, who voted, and what is on record."""

import json
from datetime import date, timedelta

from bs4 import BeautifulSoup
from pytest_bdd import given, parsers, then, when

from registry import permissions
from registry.clock import now, today
from registry.extensions import db, writing
from registry.models import (
    Appointment,
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
from registry.security import sessions
from registry.services import facts, interests
from tests import factories
from tests.steps.results import of_the_case, page
from tests.steps.story import QUESTIONS
from workflows.facts import ProjectFacts, SittingFacts
from workflows.roles import Role
from workflows.rules import RULES
from workflows.states import Choice, MeetingState, Question, RecusalGround, Relation

ASKED = "|".join(QUESTIONS)
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
ASIDE = {"组长": "chair", "该成员": "member1", "经办人": "officer"}


# What came before: the agenda ------------------------------------------------------------------------------


@given(parsers.re("(?P<who>组长|一名成员)在申请单位任职"))
def _(story, who):
    story.in_applicant = "chair" if who == "组长" else "member1"


@given("经办人新任领导小组成员")
def _(story):
    assert story.case_id
    with story.inside(), writing():
        world = story.world
        seat = {"user_id": world.people["officer"], "body_id": world.body, "role": Role.MEMBER}
        db.session.add(Appointment(**seat, since=today()))


@given(parsers.re(f"项目已(就(?P<question>{ASKED}))?列入领导小组议题"))
def _(story, question):
    with story.inside():
        story.world.table(story.case_id, **({"question": QUESTIONS[question]} if question else {}))


@given("秘书已撤下议题")
def _(story):
    with story.inside():
        story.done("untable", "secretary", words="另行安排")


@given("已安排会议，还没有议题")
def _(story):
    assert story.case_id
    with story.inside():
        story.world.meeting()


@given(parsers.re("会议(?P<how>已经结束|已经取消)"))
def _(story, how):
    assert story.case_id
    with story.inside():
        world = story.world
        if how == "已经取消":
            world.in_meeting(world.meeting(), "call_off", "secretary", words="会议取消")
            return
        other = world.advance(world.draft(), "risk_review")
        meeting_id = world.sit(other)
        world.act(other, "adjourn", "chair", words="材料待补充")
        world.in_meeting(meeting_id, "close_meeting", "chair")


@given("会议还没有召开")
def _(story):
    with story.inside():
        assert db.session.get_one(Meeting, story.meeting()).state is MeetingState.PLANNED


# The roll ---------------------------------------------------------------------------------------------------


@given(parsers.re("会议已经召开，(?P<who>全体成员|除组长外都|除该成员外都|[56]名成员|5名没有回避的成员)到会"))
def _(story, who):
    names = story.world.voters
    here = {
        "全体成员": names,
        "除组长外都": names[1:],
        "除该成员外都": [n for n in names if n != "member1"],
        "5名成员": names[:5],
        "6名成员": names[:6],
        "5名没有回避的成员": [n for n in names if n != "member1"][:5],
    }[who]
    with story.inside():
        story.convene(*here, head="chair" if "chair" in here else "deputy")


@given("该成员离会")
def _(story):
    with story.inside():
        world = story.world
        staying = [world.people[w] for w in world.voters[:6] if w != "member1"]
        world.in_meeting(story.meeting(), "note_attendance", "secretary", present=staying)


# Who stands aside -------------------------------------------------------------------------------------------


@given(parsers.re("(?P<who>该成员|组长和副组长都)已申报回避"))
def _(story, who):
    with story.inside():
        for name in ("member1",) if who == "该成员" else ("chair", "deputy"):
            story.done("declare_recusal", name, ground="relatives_employer", words="近亲属，示例合作企业")


@given(parsers.re("秘书已提出(?P<who>该成员|组长)回避"))
def _(story, who):
    with story.inside():
        member = story.world.people[ASIDE[who]]
        story.done("propose_recusal", "secretary", member=member, ground="other_tie", words="有人反映")


@given("一名新成员自3天后到任")
def _(story):
    with story.inside(), writing():
        seat = {"user_id": story.world.people["stranger"], "body_id": story.world.body, "role": Role.MEMBER}
        db.session.add(Appointment(**seat, since=today() + timedelta(days=3)))


@given(parsers.re("(?P<who>该成员昨日卸任|组长、副组长以外的成员昨日都已卸任|组长昨日卸任，副组长自今日起任组长)"))
def _(story, who):
    world = story.world
    leaving = {"该": ["member1"], "组长、": world.voters[2:], "组长昨": ["chair", "deputy"]}
    names = next(names for begins, names in leaving.items() if who.startswith(begins))
    with story.inside(), writing():
        for name in names:
            row = db.session.query(Appointment).filter_by(user_id=world.people[name]).one()
            row.until = today() - timedelta(days=1)
        if "任组长" in who:
            seat = {"user_id": world.people["deputy"], "body_id": world.body, "role": Role.CHAIR}
            db.session.add(Appointment(**seat, since=today()))


def interest(story, **days):
    """The member declares that a near relative works for the applicant."""
    told = {"since": date(2020, 1, 1), "until": None, **days}
    by = story.world.user("member1")
    interests.declare(Relation.SPOUSE, story.world.org, "", by=by, at=now(), **told)


@given("该成员已登记近亲属在申请单位任职")
def _(story):
    assert story.case_id
    with story.inside():
        interest(story)


@given("该成员登记的近亲属任职已于项目提交前结束")
def _(story):
    assert story.case_id
    with story.inside():
        interest(story, until=today() - timedelta(days=1))


@when("该成员在系统中登记近亲属在申请单位任职")
def _(story):
    assert story.case_id
    client, path = story.client, "/my/interests"
    page(story, "member1", path)
    form = BeautifulSoup(client.get(path).text, "html.parser").select("main form[method=post]")[-1]
    token = form.find("input", {"name": "csrf_token"})["value"]
    told = {"tie-relation": "spouse", "tie-organisation": str(story.world.org), "tie-since": "2020-01-01"}
    assert client.post(path, data={"csrf_token": token, **told}).status_code == 302
    assert "示例林业公司" in page(story, "member1", path)


@then(parsers.parse('秘书在成员登记中看到"{words}"'))
def _(story, words):
    shown = page(story, "secretary", "/interests")
    assert [w for w in words.split("、") if w not in shown] == []


@then("其他成员、经办人和公众看不到成员登记")
def _(story):
    for who in ("member2", "officer", "supervisor"):
        with story.client.application.test_request_context():
            story.client.set_cookie("sid", sessions.start(story.world.people[who]))
        assert story.client.get("/interests").status_code == 403
    assert "您还没有登记" in page(story, "member2", "/my/interests")
    story.client.delete_cookie("sid")
    assert story.client.get("/interests").status_code in (302, 401)


@given("该成员刚到申请单位任职")
def _(story):
    with story.inside():
        factories.belongs(story.world.people["member1"], story.world.org, since=today())


# The vote ---------------------------------------------------------------------------------------------------


@given("组长已宣布表决")
def _(story):
    with story.inside():
        story.done("call_vote", "chair")


@given("组长已宣布改期")
def _(story):
    with story.inside():
        story.done("adjourn", "chair", words="材料待补充")


@given("该成员已表决")
def _(story):
    with story.inside():
        story.speak("member1")


@given("其他到会成员都已表决同意")
def _(story):
    with story.inside():
        story.speak(*[w for w in story.world.voters[1:6] if w != "member1"], "chair")


@given("除组长外的到会成员都已表决同意")
def _(story):
    with story.inside():
        story.speak(*story.world.voters[1:6])


@given(parsers.re(rf"领导小组(就(?P<asked>{ASKED}))?表决，同意(?P<yes>\d+)票、反对(?P<no>\d+)票、弃权(?P<none>\d+)票"))
def _(story, asked, yes, no, none):
    with story.inside():
        story.votes(int(yes), int(no), int(none), QUESTIONS.get(asked))


@given("领导小组由副组长等8人表决，全部同意")
@given("组长缺席，由副组长主持表决，8人同意")
def _(story):
    with story.inside():
        world = story.world
        world.table(story.case_id)
        story.convene(*world.voters[1:], head="deputy")
        story.done("call_vote", "deputy")
        story.speak(*world.voters[2:], "deputy")


@given("领导小组其余8人表决，5人同意，3人反对")
def _(story):
    with story.inside():
        others = [w for w in story.world.voters if w != "member1"]
        story.world.sit(story.case_id)
        story.speak(*others[1:4], choice="against")
        story.speak(*others[4:], others[0])


# What stands on record --------------------------------------------------------------------------------------


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


# Of the meeting that is no longer to come --------------------------------------------------------------------


@given("会议正在审议另一个项目")
def _(story):
    with story.inside():
        other = story.world.advance(story.world.draft(), "risk_review")
        story.world.sit(other)


@given("会议改在7天以后")
def _(story):
    with story.inside():
        later = today() + timedelta(days=7)
        story.world.in_meeting(story.meeting(), "change_meeting", "secretary", held_on=later)
