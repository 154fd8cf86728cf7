"""Steps on time: days are counted, time passes, the system does what is due, people are reminded."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pytest_bdd import given, parsers, then, when
from sqlalchemy import select

from registry.clock import now, today
from registry.extensions import db
from registry.models import AuditEvent, Delivery, Notice
from registry.queries import clocks
from registry.services import calendar
from registry.services.tick import tick
from tests.steps.results import of_the_case, page
from tests.workflows.holidays import CALENDAR
from workflows.clocks import ClockKind
from workflows.states import DeliveryWay
from workflows.working_days import Pause, in_working_days

NOTICE = Path(__file__).parents[1] / "data" / "holidays_2027.json"
CLOCKS = {
    "受理": ClockKind.ACCEPTANCE,
    "补正": ClockKind.CORRECTION,
    "风险审查决定": ClockKind.RISK_DECISION,
    "入库决定": ClockKind.REGISTRATION_DECISION,
    "申请复核": ClockKind.RECONSIDERATION_ASK,
    "复核答复": ClockKind.RECONSIDERATION_ANSWER,
    "答复异议": ClockKind.OBJECTION,
    "决定送达": ClockKind.DELIVERY,
    "附加条件": ClockKind.CONDITION,
}
PEOPLE = {
    "申请人": "owner",
    "经办人": "officer",
    "组长": "chair",
    "督办人员": "supervisor",
    "副组长": "deputy",
    "该成员": "member1",
    **{f"成员{n}": f"member{n}" for n in (1, 6, 7)},
}
TOLD = {
    "会议安排": "plan",
    "会议改期": "change_meeting",
    "会议取消": "call_off",
    "项目审议改期": "meeting_moved",
    "列入议题": "table",
    "纪要签发": "issue_minutes",
}
WAYS = {"邮寄送达": DeliveryWay.POST, "申请人在系统中确认收到": DeliveryWay.CONFIRMED}
D = date.fromisoformat


def day_of(words: str) -> date:
    year, month, day = (int(n) for n in re.findall(r"\d+", words))
    return date(year, month, day)


def reading(story, name):
    with story.inside():
        return next(r for r in clocks.readings(story.case_id, today()) if r.kind is CLOCKS[name])


def told(story, action=None):
    """Whom the last act told, or whom notices of an action reached."""
    with story.inside():
        acts = select(AuditEvent.seq).where(AuditEvent.subject_kind == "project")
        last = db.session.scalar(acts.order_by(AuditEvent.seq.desc()).limit(1))
        query = select(Notice.user_id).where(Notice.action == action if action else Notice.seq == last)
        return set(db.session.scalars(query))


# Days, without a case -------------------------------------------------------------------------------------


@given(
    parsers.re('期限自"(?P<start>[^"]+)"起(?P<length>\\d+)个工作日，(?P<how>起始日计入|起始日不计)'),
    target_fixture="asked",
)
def _(start, length, how):
    return {"start": D(start), "length": int(length), "start_counts": how == "起始日计入"}


@when("计算期限", target_fixture="period")
def _(asked):
    return in_working_days(CALENDAR, **asked)


@then(parsers.parse('最后一日为"{day}"'))
def _(period, day):
    assert period.last_day == D(day)


@then("日期为暂定")
def _(period):
    assert period.provisional


@given(parsers.parse('年度为"{year:d}"'), target_fixture="year")
def _(year):
    return year


@when("计算全年工作日", target_fixture="working_days")
def _(year):
    return CALENDAR.working_days_of(year)


@then(parsers.parse("工作日为{days:d}天"))
def _(working_days, days):
    assert working_days == days


@given(
    parsers.re(
        '审议时限自"(?P<start>[^"]+)"起(?P<length>\\d+)个工作日，第(?P<stop>\\d+)个工作日'
        "(送专家评审，历时(?P<panel>\\d+)个工作日|因达不到法定人数改期，(?P<adjourned>\\d+)个工作日后才开会)"
    ),
    target_fixture="asked",
)
def _(start, length, stop, panel, adjourned):
    stopped = in_working_days(CALENDAR, D(start), int(stop)).last_day
    longest = 10  # the figure no_quorum_pause_days
    until = in_working_days(CALENDAR, stopped, int(panel) if panel else min(int(adjourned), longest)).last_day
    return {"start": D(start), "length": int(length), "pauses": [Pause(stopped, until)]}


@when("计算剩余时限", target_fixture="period")
def _(asked):
    return in_working_days(CALENDAR, **asked)


@then(parsers.parse("剩余{days:d}个工作日"))
def _(asked, period, days):
    assert asked["length"] - period.counted_by(asked["pauses"][0].until) == days


# Time passes ----------------------------------------------------------------------------------------------


@given(parsers.parse('时间到了"{day}"'))
def _(story, day):
    assert story.case_id
    story.clock.set(datetime.combine(day_of(day), datetime.min.time(), UTC).replace(hour=1))


@given("申请人已申请延期")
def _(story):
    with story.inside():
        story.done("ask_extension", "owner", words="等登记机关出证")


@given("组长已延长时限")
def _(story):
    with story.inside():
        story.done("extend", "chair", words="需要补充评估")


@given(parsers.re("组长已(?P<what>中止|恢复)办理"))
def _(story, what):
    with story.inside():
        story.done("suspend" if what == "中止" else "resume", "chair", words="疫情")


@given("系统已发出时限提醒")
def _(story):
    with story.inside():
        assert tick(now()).done["remind"] == 1


@given("2027年的放假通知已经公布")
def _(story):
    with story.inside():
        assert story.case_id
        calendar.keep(calendar.read(NOTICE.read_bytes()), by=None, at=now())


# What came of it ------------------------------------------------------------------------------------------


@then(parsers.re('"(?P<name>[^"]+)"的截止日为"(?P<day>[^"]+)"(，剩余(?P<left>\\d+)个工作日)?'))
def _(story, name, day, left):
    found = reading(story, name)
    assert found.due_on == day_of(day)
    assert left is None or found.left == int(left)
    shown = page(story, "owner", of_the_case(story))
    assert day in shown
    assert left is None or f"剩余{left}个工作日" in shown


@then(parsers.parse('"{name}"的时限暂停，剩余{left:d}个工作日'))
def _(story, name, left):
    found = reading(story, name)
    assert (found.due_on, found.left) == (None, left)
    assert f"时限暂停，剩余{left}个工作日" in page(story, "owner", of_the_case(story))


@then(parsers.parse('"{name}"的时限停止，不再届满'))
def _(story, name):
    """It has no last day, so that nobody is reminded, nothing is overdue and nothing lapses however long it takes."""
    assert (reading(story, name).due_on, reading(story, name).overdue) == (None, False)
    assert "决定存在程序瑕疵，暂停效力" in page(story, "owner", of_the_case(story))
    story.clock.set(story.clock.at + timedelta(days=400))
    with story.inside():
        assert not any(tick(now()).done.values())


@then(parsers.parse('正在计算的时限只有"{name}"'))
def _(story, name):
    with story.inside():
        assert [r.kind for r in clocks.readings(story.case_id, today()) if r.watched] == [CLOCKS[name]]


@then("没有正在计算的时限")
def _(story):
    with story.inside():
        assert [r.kind for r in clocks.readings(story.case_id, today()) if r.watched] == []


@then(parsers.parse('收到通知的有"{names}"'))
def _(story, names):
    assert {story.world.people[PEOPLE[n]] for n in names.split("、")} <= told(story)


@then(parsers.re('(?P<none>没有)?收到提醒的有"(?P<names>[^"]+)"'))
def _(story, none, names):
    for name in names.split("、"):
        assert (story.world.people[PEOPLE[name]] in told(story, "remind")) is (none is None), name


@then(parsers.re('收到(?P<what>[^"]+)通知的有"(?P<names>[^"]+)"，每人一次'))
def _(story, what, names):
    with story.inside():
        query = select(Notice.user_id).where(Notice.action == TOLD[what])
        reached = list(db.session.scalars(query))
    assert len(reached) == len(set(reached)), "somebody was told twice"
    assert {story.world.people[PEOPLE[n]] for n in names.split("、")} <= set(reached)


@then(parsers.re('没有收到(?P<what>[^"]+)通知的有"(?P<names>[^"]+)"'))
def _(story, what, names):
    with story.inside():
        query = select(Notice.user_id).where(Notice.action == TOLD[what])
        reached = set(db.session.scalars(query))
    assert not {story.world.people[PEOPLE[n]] for n in names.split("、")} & reached


@then(parsers.re('"(?P<day>[^"]+)"已送达，方式为"(?P<way>[^"]+)"'))
def _(story, day, way):
    with story.inside():
        row = db.session.query(Delivery).filter_by(case_id=story.case_id).one()
        assert (row.delivered_on, row.way) == (day_of(day), WAYS[way])
    assert f"{day}送达（{way}）" in page(story, "owner", of_the_case(story))


@then("记录了超期责任人")
def _(story):
    with story.inside():
        query = select(AuditEvent.detail).where(AuditEvent.action == "project:deem_accepted")
        named = set(json.loads(db.session.scalars(query).one())["answerable"])
        assert {story.world.people[n] for n in ("officer", "officer2", "officer3")} == named


@then(parsers.parse('督办人员在超期清单中看到"{words}"'))
def _(story, words):
    shown = page(story, "supervisor", "/overdue")
    for part in words.split("、"):
        assert part in shown, part
