"""Steps on the minutes of a meeting: how it went, who confirmed, what is written, and the acts on them."""

import json
import re
from datetime import UTC, date, datetime, time, timedelta

from bs4 import BeautifulSoup
from pytest_bdd import given, parsers, then, when

from registry import formats
from registry.clock import now
from registry.extensions import db, writing
from registry.models import Appointment, ApprovalCondition, AuditEvent, Meeting, MinutesConfirmation, MinutesPage, Paper
from registry.queries import papers as papers_of
from registry.services import acts, audit
from tests.steps.acts import Said
from tests.steps.results import page
from tests.ways import Result, Screens, _filled, _form
from workflows.facts import MeetingFacts
from workflows.machine import NotOpenError
from workflows.rules import RULES
from workflows.states import MeetingState

STATES = {"已开，纪要待确认": MeetingState.HELD, "纪要已签发": MeetingState.MINUTED}
DISSENT = "收益测算偏高。"
ABSENT = "member7"
SAYINGS: dict[str, Said] = {
    "组长宣布散会，生成纪要": Said("close_meeting", "chair", of_meeting=True),
    "秘书签发纪要": Said("issue_minutes", "secretary", of_meeting=True),
    "组长签发纪要": Said("issue_minutes", "chair", of_meeting=True),
    "组长确认纪要": Said("confirm_minutes", "chair", of_meeting=True),
    "成员1确认纪要": Said("confirm_minutes", "member1", of_meeting=True),
    "没有出席的成员确认纪要": Said("confirm_minutes", ABSENT, of_meeting=True),
    '秘书更正纪要，原文为"(?P<wrong>[^"]*)"，更正为"(?P<right>[^"]*)"': Said(
        "correct_minutes", "secretary", lambda story, told: dict(told), of_meeting=True
    ),
}
ON_SCREEN = frozenset({"issue_minutes", "confirm_minutes", "correct_minutes"})
"""Acts whose forms are those of the minutes; a meeting is closed on its own page."""


def said(sentence):
    """What a sentence does to a meeting, and the words in it; None where it is no act on minutes."""
    for pattern, what in SAYINGS.items():
        if found := re.fullmatch(pattern, sentence):
            return what, found.groupdict()
    return None


def who(name):
    """A person of the world by what a story calls it."""
    return {"组长": "chair", "副组长": "deputy"}.get(name, f"member{name.removeprefix('成员')}")


def the_meeting(story):
    """The last meeting; inside the application's context."""
    return db.session.query(Meeting).order_by(Meeting.id.desc()).first().id


def pages_of(story):
    """The pages of its minutes as they were frozen."""
    with story.inside():
        rows = db.session.query(MinutesPage).filter_by(meeting_id=the_meeting(story)).order_by(MinutesPage.no)
        return [row.content for row in rows]


def deliberate(story, in_favour, against, *, decide, reasons="同意", by="chair"):
    """The meeting opens, everybody entitled who is there gives an opinion, who presides (or `by`) ends it."""
    world, case_id = story.world, story.case_id
    with story.inside():
        entitled = [w for w in world.voters if w != story.in_applicant]
        present = entitled[: in_favour + against]
        world.sit(case_id, *present)
        choices = ["against"] * against + ["for"] * in_favour
        for voter, choice in zip([*present[1:], "chair"], choices, strict=True):
            world.act(case_id, "vote", voter, choice=choice, reasons=DISSENT if choice == "against" else "理由充分。")
        world.act(case_id, decide, by, words=reasons)


def confirm(story, names):
    """These people confirm what they have not confirmed."""
    with story.inside():
        for name in () if names == "没有人" else names.split("、"):
            story.world.in_meeting(the_meeting(story), "confirm_minutes", who(name))


def close(story):
    """Seven in favour, one against, approved, and the meeting is over."""
    deliberate(story, 7, 1, decide="approve_risk")
    with story.inside():
        story.world.in_meeting(the_meeting(story), "close_meeting", "chair")


# How it went ----------------------------------------------------------------------------------------------


@given(parsers.parse("领导小组开会审议了该项目，同意{yes:d}票、反对{no:d}票，决定同意"))
def _(story, yes, no):
    deliberate(story, yes, no, decide="approve_risk")


@given(parsers.parse('领导小组开会审议了该项目，同意{yes:d}票、反对{no:d}票，组长决定不同意，理由为"{reasons}"'))
def _(story, yes, no, reasons):
    deliberate(story, yes, no, decide="reject", reasons=reasons)


@given(parsers.parse('领导小组开会审议了该项目，同意{yes:d}票、反对{no:d}票，组长决定暂缓，理由为"{reasons}"'))
def _(story, yes, no, reasons):
    deliberate(story, yes, no, decide="suspend", reasons=reasons)


@given(parsers.parse('领导小组开会审议了该项目，同意{yes:d}票、反对{no:d}票，经办人中止办理，理由为"{reasons}"'))
def _(story, yes, no, reasons):
    deliberate(story, yes, no, decide="suspend", reasons=reasons, by="officer")


@given("审议该项目的会议已经开始")
def _(story):
    with story.inside():
        story.world.sit(story.case_id, *(w for w in story.world.voters if w != story.in_applicant))


@given("附加条件逾期，系统中止办理")
def _(story):
    with story.inside():
        due = db.session.query(ApprovalCondition).filter_by(case_id=story.case_id).one().due_on
    story.clock.set(datetime.combine(due + timedelta(days=1), time(1), UTC))
    with story.inside():
        acts.act(("project", story.case_id), "suspend", by=None, at=now(), seen=None)


@given("审议该项目的会议已经散会")
def _(story):
    close(story)


@given(parsers.re("(?P<name>组长|成员1)次日已经卸任"))
def _(story, name):
    with story.inside(), writing():
        row = db.session.query(Appointment).filter_by(user_id=story.world.people[who(name)]).one()
        row.until = story.clock().date()
    story.clock.move(days=1)


@given("组长的账号已经停用")
def _(story):
    with story.inside(), writing():
        story.world.user("chair").active = False


@given(parsers.parse('确认纪要的有"{names}"'))
def _(story, names):
    confirm(story, names)


@given("该项目的会议纪要已经签发", target_fixture="first_page")
def _(story):
    close(story)
    confirm(story, "组长、成员1、成员2")
    with story.inside():
        story.world.in_meeting(the_meeting(story), "issue_minutes", "secretary")
    return pages_of(story)[0]


@given(parsers.parse('秘书已经更正纪要，原文为"{wrong}"，更正为"{right}"'))
def _(story, wrong, right):
    with story.inside():
        story.world.in_meeting(the_meeting(story), "correct_minutes", "secretary", wrong=wrong, right=right)


@given(parsers.parse('主持人还差"{heads:d}"人、成员还差"{members:d}"人确认'), target_fixture="meeting_facts")
def _(heads, members):
    day = date(2026, 3, 2)
    return MeetingFacts(on=day, held_on=day, minutes_pages=1, heads_missing=heads, members_missing=members)


@given("还没有纪要", target_fixture="meeting_facts")
def _():
    return MeetingFacts(on=date(2026, 3, 2), held_on=date(2026, 3, 2))


# What is done ---------------------------------------------------------------------------------------------


@when("核对纪要的确认", target_fixture="rule_outcome")
def _(meeting_facts, base_policy):
    return RULES["S29"](meeting_facts, base_policy)


@when(parsers.re("(?P<sentence>" + "|".join(re.sub(r"\?P<\w+>", "?:", p) for p in SAYINGS) + ")"))
def _(story, sentence):
    what, told = said(sentence)
    with story.inside():
        case, meeting_id = story.world.case(story.case_id), the_meeting(story)
        story.before = (case.state, case.version)
    data = what.data(story, told)
    by_form = story.way == "screens" and what.action in ON_SCREEN
    story.result = (_by_form if by_form else _by_door)(story, meeting_id, what, data)


def _by_door(story, meeting_id, what, data):
    with story.inside():
        try:
            story.world.in_meeting(meeting_id, what.action, what.who, **data)
        except acts.Refused as refused:
            return Result(stopped=tuple(o.clause for o in refused.stopping))
        except (NotOpenError, acts.NotVisible):
            return Result(open=False)
    return Result(done=True)


def _by_form(story, meeting_id, what, data):
    screens = Screens(story.client, story.world)
    screens.sign_in(what.who)
    path = f"/meetings/{meeting_id}/minutes/{what.action}"
    answer = story.client.get(path)
    if answer.status_code in (403, 409):
        return Result(open=False)
    assert answer.status_code == 200, answer.text
    filled, offered = _filled(_form(answer.text, path), what.action, data)
    if what.action == "confirm_minutes":
        filled["read"] = "y"
    sent = story.client.post(path, data=filled)
    if sent.status_code == 302:
        return Result(done=True, offered=offered)
    assert sent.status_code == 422, sent.text
    stopped = BeautifulSoup(sent.text, "html.parser").select(".error-summary .code")
    return Result(stopped=tuple(code.text for code in stopped), offered=offered)


# What came of it ------------------------------------------------------------------------------------------


@then(parsers.parse('会议状态为"{state}"'))
def _(story, state):
    assert story.result.done, story.result
    with story.inside():
        assert db.session.get_one(Meeting, the_meeting(story)).state is STATES[state]
        assert audit.verify()[1] is None


def shown(story, reader="secretary"):
    """The page of the minutes, as somebody reads it."""
    with story.inside():
        meeting_id = the_meeting(story)
    return page(story, reader, f"/meetings/{meeting_id}/minutes")


@then(parsers.re('纪要写明"(?P<words>[^"]*)"'))
def _(story, words):
    assert words in pages_of(story)[0]
    assert words in shown(story)


@then(parsers.re('纪要没有写明"(?P<words>[^"]*)"'))
def _(story, words):
    assert words not in pages_of(story)[0]
    assert words not in shown(story)


@then("回避的成员在纪要页面看不到该议题")
def _(story):
    seen = shown(story, story.in_applicant)
    assert "您已回避本议题" in seen
    assert "示例造林项目" not in seen
    assert DISSENT not in seen


@then(parsers.parse("纪要逐条记录{number:d}条不同意见"))
def _(story, number):
    assert f"不同意见（{number}条，原文）" in pages_of(story)[0]
    listed = [b for b in json.loads(pages_of(story)[0])["items"][0]["blocks"] if b["is"] == "list"]
    assert [len(b["items"]) for b in listed] == [number]


@then("纪要第1页一字未动")
def _(story, first_page):
    assert pages_of(story)[0] == first_page
    with story.inside():
        assert audit.verify()[1] is None


@then(parsers.re('纪要有2页，第2页写明"(?P<wrong>[^"]*)"、"(?P<right>[^"]*)"'))
def _(story, wrong, right):
    first, second = pages_of(story)
    assert wrong in second
    assert right in second
    assert right not in first
    assert right in shown(story)


@then(parsers.parse('纪要由"{name}"确认'))
def _(story, name):
    assert story.result.done, story.result
    with story.inside():
        rows = db.session.query(MinutesConfirmation).filter_by(meeting_id=the_meeting(story)).all()
        assert [row.user_id for row in rows] == [story.world.people[who(name)]]


@then(parsers.parse('签发的纪要为"{number}"'))
def _(story, number):
    with story.inside():
        paper = db.session.query(Paper).filter_by(meeting_id=the_meeting(story)).order_by(Paper.id.desc()).first()
        assert paper.number == number
        assert json.loads(db.session.get_one(AuditEvent, paper.seq).detail)["paper_digest"] == paper.digest


@then(parsers.parse('签发的纪要载明"{names}"的姓名和确认时间'))
def _(story, names):
    with story.inside():
        paper = db.session.query(Paper).filter_by(meeting_id=the_meeting(story)).order_by(Paper.id.desc()).first()
        table = [b for b in json.loads(paper.content)["blocks"] if b["is"] == "table"][-1]
        told = {row[0]: row[3] for row in table["rows"]}
        assert set(told) == {story.world.user(who(name)).name for name in names.split("、")}
        day, clock = formats.day(story.clock()), formats.clock(story.clock())
    assert all(at.endswith(clock) and at for at in told.values()), (told, day)


@then(parsers.parse('原来签发的纪要由"{number}"替代'))
def _(story, number):
    with story.inside():
        last, first = papers_of.papers_of_meeting(db.session.get_one(Meeting, the_meeting(story)))
        assert (last.superseded_by, first.superseded_by) == ("", number)


@then(parsers.parse('签发的纪要载明"{who_signed}"代主持人"{head}"确认'))
def _(story, who_signed, head):
    with story.inside():
        name = {word: story.world.user(who(word)).name for word in (who_signed, head)}
        content = json.loads(db.session.query(Paper).order_by(Paper.id.desc()).first().content)
    row = next(row for row in content["blocks"][-2]["rows"] if row[0] == name[who_signed])
    assert row[1] == "代主持人确认"
    said_so = content["blocks"][-1]["text"]
    assert said_so == f"主持人{name[head]}的账号已停用，由出席会议的{name[who_signed]}代为确认。"
