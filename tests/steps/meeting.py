"""Steps on a meeting of the leading group: agenda, roll, who stands aside, who voted."""

from datetime import date, timedelta

from bs4 import BeautifulSoup
from pytest_bdd import given, parsers, then, when

from registry.clock import now, today
from registry.extensions import db, writing
from registry.models import Appointment, Meeting
from registry.security import sessions
from registry.services import interests
from tests import factories
from tests.steps.results import page
from tests.steps.story import QUESTIONS
from workflows.roles import Role
from workflows.states import MeetingState, Relation

ASKED = "|".join(QUESTIONS)
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
