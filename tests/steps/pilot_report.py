"""Steps on a report of the pilot: written, reviewed, approved, published, corrected; and rules on its figures."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from pytest_bdd import given, parsers, then, when
from sqlalchemy import func, select

from registry.clock import now
from registry.extensions import db
from registry.models import Notice
from registry.queries import reports as ask
from registry.services import acts, tick
from registry.services import reports as services
from registry.services.policy import current
from tests import factories, reports
from tests.steps.acts import Said
from tests.workflows.holidays import CALENDAR
from tests.world import World
from workflows.facts import ReportFacts, SurveyFault
from workflows.machine import NotOpenError
from workflows.pilot_report import Period, due
from workflows.report_tables import Cell, Spot, Table, with_totals
from workflows.roles import Role
from workflows.rules import RULES
from workflows.states import ReportState, Verdict

WHO = {
    "林场填报员": "reporter",
    "经办人": "officer",
    "组长": "chair",
    "系统管理员": "administrator",
}
DONE = {
    "提交": "submit_report",
    "退回": "return_report",
    "审核": "review_report",
    "批准": "approve_report",
    "发布": "publish_report",
    "更正": "correct_report",
}
STATES = {
    "已提交": ReportState.SUBMITTED,
    "已退回": ReportState.RETURNED,
    "已审核": ReportState.REVIEWED,
    "已批准": ReportState.APPROVED,
    "已发布": ReportState.PUBLISHED,
}
VERDICTS = {
    "符合": Verdict.PASS,
    "不符合": Verdict.FAIL,
    "不适用": Verdict.NOT_APPLICABLE,
    "不明": Verdict.UNKNOWN,
}
CHAPTERS = {"问题与请示": "questions"}
QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}
ACT = re.compile(f"({'|'.join(WHO)})({'|'.join(DONE)})(?:该|原来的)试点报告")


def said(sentence):
    """What a sentence does to a report; None where it is no act on one."""
    if re.fullmatch('到了"[0-9-]+"，系统提醒试点报告', sentence):
        return Said("remind_report", None, of_report=True)
    if re.fullmatch('到了"[0-9-]+"，系统提醒起草试点报告', sentence):
        return Said("remind_of_report", None, of_pilot=True)
    found = ACT.fullmatch(sentence)
    return Said(DONE[found[2]], WHO[found[1]], of_report=True) if found else None


def period(words):
    """2025年第四季度, 2025年度."""
    found = re.fullmatch("([0-9]{4})年(?:第([一二三四])季度|度)", words)
    return Period(int(found[1]), QUARTERS.get(found[2], 0))


@dataclass
class Told:
    """The story's world, its report, and what came of the act."""

    world: World
    farm: int
    id: int = 0
    first: int = 0
    stopped: tuple[str, ...] = ()
    open: bool = True


@pytest.fixture
def report(app, clock):
    world = World()
    farm = reports.farm(world)
    reports.some_rows(world, farm)
    return Told(world, farm)


# How it stands ------------------------------------------------------------------------------------------


@given(parsers.parse('林场填报员起草"{of}"的试点报告'))
def _(report, of):
    report.id = report.first = reports.begun(report.world, report.farm, period(of))


@given(parsers.parse('该试点报告的"{chapter}"一章没有写'))
def _(report, chapter):
    reports.written(report.world, report.id, **{CHAPTERS[chapter]: ""})


@given(parsers.re('(?:林场填报员|经办人|组长)已经(?P<done>提交|审核|批准|发布)"(?P<of>.+)"的试点报告'))
def _(report, done, of):
    drafted = reports.begun(report.world, report.farm, period(of))
    report.id = report.first = reports.brought(report.world, drafted, DONE[done])


@given(parsers.re("(?P<who>林场填报员|经办人)又被任命为(?P<role>经办人|组长)"))
def _(report, who, role):
    role = {"经办人": Role.CASE_OFFICER, "组长": Role.CHAIR}[role]
    factories.office(report.world.people[WHO[who]], report.world.body, role)


@given(parsers.re('林场填报员起草更正，理由为"(?P<reason>.*)"'))
def _(report, reason):
    reports.act(report.world, report.first, "correct_report", "reporter")
    report.id = ask.newest(report.farm, reports.QUARTER).id
    reports.written(report.world, report.id, reason)


@given("林场的试点正在实施")
def _(report):
    reports.running_pilot(report.world, report.farm, since=date(2026, 1, 1))


# Facts alone --------------------------------------------------------------------------------------------


def known(of="2025年第四季度", **more):
    of = period(of)
    last = due(of, CALENDAR, current()).last_day
    values = {"on": last, "kind": of.kind, "start": of.start, "end": of.end, "due_on": last}
    return ReportFacts(**(values | more))


def row(**cells):
    return {key: Cell(value) for key, value in cells.items()}


def done(area):
    return with_totals(4, [row(task="造林", done_mu=Decimal(area))])


JUMP = '上期完成"(?P<before>.+)"亩，本期完成"(?P<now>.+)"亩，原因为"(?P<why>.*)"'
LOSS = '"(?P<of>.+)"的试点报告列有"(?P<on>.+)"的损失事件，处置情况为"(?P<handling>.*)"'


@given(parsers.parse("表4分项完成{one}亩和{other}亩，合计完成{total}亩"), target_fixture="report_facts")
def _(app, one, other, total):
    rows = (row(task="造林", done_mu=Decimal(one)), row(task="抚育", done_mu=Decimal(other)))
    return known(tables=(Table(4, rows, row(done_mu=Decimal(total))),))


@given(parsers.parse('表1面积为"{one}"公顷，表2面积为"{other}"公顷'), target_fixture="report_facts")
def _(app, one, other):
    tables = (with_totals(n, [row(area_ha=Decimal(area))]) for n, area in ((1, one), (2, other)))
    return known("2025年度", tables=tuple(tables))


@given(parsers.re(JUMP), target_fixture="report_facts")
def _(app, before, now, why):
    return known(tables=(done(now),), before=(done(before),), remarks={Spot(4, column="done_mu"): why})


@given(parsers.parse('没有上期报告，本期完成"{area}"亩'), target_fixture="report_facts")
def _(app, area):
    return known(tables=(done(area),))


@given(parsers.parse('"{of}"的试点报告，没有按期复测的样地为"{plots}"'), target_fixture="report_facts")
def _(app, of, plots):
    return known(of, plots_overdue={"无": (), "未登记样地": None}.get(plots, (plots,)))


@given(parsers.re(LOSS), target_fixture="report_facts")
def _(app, of, on, handling):
    loss = row(cause="火灾", on=date.fromisoformat(on), area_mu=Decimal(12), handling=handling)
    return known(of, tables=(with_totals(6, [loss]),))


@given(parsers.re('表2用到的参数为"(?P<mark>.+)"，组长说明为"(?P<note>.*)"'), target_fixture="report_facts")
def _(app, mark, note):
    cell = Cell(Decimal(120), mark="" if mark == "已核实" else "known")
    return known("2025年度", tables=(Table(2, ({"co2_t": cell},)),), chairs_note=note)


@given(parsers.parse('试点报告写有"{text}"，认定文件"{document}"'), target_fixture="report_facts")
def _(app, text, document):
    return known(chapters={"progress": text}, national_document=document == "在案")


@given(parsers.parse('"{of}"的试点报告在"{on}"提交'), target_fixture="report_facts")
def _(app, of, on):
    return replace(known(of), on=date.fromisoformat(on))


SURVEYS = '"(?P<of>.+)"的试点报告，在案本底调查"(?P<count>.+)"期，不能推算的小班为"(?P<code>.+)"'


@given(parsers.re(SURVEYS), target_fixture="report_facts")
def _(app, of, count, code):
    faults = () if code == "无" else (SurveyFault(7, code, "no_parameters"),)
    return known(of, surveys=None if count == "不问" else int(count), survey_faults=faults)


@given("林场导入的本底调查有一个小班的树种没有参数")
def _(report):
    willow = ["0009", "岱岳区", reports.FARM, "示例一区", "防护林", "柳树", "中龄林", 15, 50, 0.6, 10, 7]
    reports.surveyed(report.world, report.farm, date(2025, 6, 1), *reports.STANDS, willow)


CALIPERED = '林场只有一个碳层，其中"(?P<listed>[0-9]+)"块样地列有每木记录，"(?P<bare>[0-9]+)"块没有'


@given(parsers.re(CALIPERED), target_fixture="report_facts")
def _(report, listed, bare):
    reports.surveyed(report.world, report.farm, date(2025, 6, 1), *reports.STANDS[:2])
    for n in range(int(listed)):
        reports.a_sampled_plot(report.world, report.farm, f"检尺{n}", (10 + n, 12, 15))
    for n in range(int(bare)):
        reports.a_sampled_plot(report.world, report.farm, f"未检尺{n}")
    return asked(report)


@given("林场导入了本底调查，样地没有每木记录")
def _(report):
    reports.surveyed(report.world, report.farm, date(2025, 6, 1))
    reports.a_sampled_plot(report.world, report.farm, "示例01")


@given(parsers.parse('林场导入了本底调查，样地记录的碳层为"{stratum}"'), target_fixture="report_facts")
def _(report, stratum):
    reports.surveyed(report.world, report.farm, date(2025, 6, 1))
    reports.a_sampled_plot(report.world, report.farm, "示例01", stratum=stratum)
    return asked(report)


@given(parsers.parse('样地的每木记录为10、12、20厘米，填写的平均胸径为"{cm}"厘米'), target_fixture="report_facts")
def _(report, cm):
    reports.a_sampled_plot(report.world, report.farm, "示例01", (10, 12, 20), mean_cm=Decimal(cm))
    return asked(report)


@given("样地填写的平均胸径与每木记录不符")
def _(report):
    reports.a_sampled_plot(report.world, report.farm, "示例01", (10, 12, 20), mean_cm=Decimal(30))


def asked(report):
    """The facts of an annual report, as its writers are asked."""
    found = reports.row(reports.begun(report.world, report.farm, reports.YEAR))
    return services.facts(found, date(2026, 1, 20), None, {})


@given("林场登记并测量了样地")
def _(report):
    reports.a_plot(report.world, report.farm)


# What is done -------------------------------------------------------------------------------------------


@when(parsers.re(f"(?P<sentence>{ACT.pattern})"))
def _(report, sentence):
    what = said(sentence)
    words = {"words": "表4的数字请核对。"} if what.action == "return_report" else {}
    report_id = report.first if "原来的" in sentence else report.id
    try:
        reports.act(report.world, report_id, what.action, what.who, **words)
    except acts.Refused as refused:
        report.stopped = tuple(o.clause for o in refused.stopping)
    except (NotOpenError, acts.NotVisible):
        report.open = False


@when(parsers.parse('核对试点报告的"{clause}"'), target_fixture="report_outcome")
def _(report_facts, clause):
    return RULES[clause](report_facts, current())


@when(parsers.re('到了"(?P<on>[0-9-]+)"，系统提醒(?:起草)?试点报告'))
def _(report, clock, on):
    clock.set(datetime.combine(date.fromisoformat(on), time(1), UTC))
    tick.tick(now())
    tick.tick(now())


# What came of it ----------------------------------------------------------------------------------------


@then(parsers.parse('该试点报告处于"{state}"'))
def _(report, state):
    assert report.open
    assert report.stopped == ()
    assert reports.row(report.id).state is STATES[state]


@then(parsers.re("(?P<who>林场填报员|经办人)收到该试点报告的通知"))
def _(report, who):
    about = (Notice.record_kind == "report", Notice.record_id == report.id)
    assert report.world.people[WHO[who]] in set(db.session.scalars(select(Notice.user_id).where(*about)))


@then(parsers.re('林场填报员收到(?P<what>该|起草)试点报告的提醒"(?P<times>[0-9]+)"次'))
def _(report, what, times):
    action = "remind_report" if what == "该" else "remind_of_report"
    told = (Notice.action == action, Notice.user_id == report.world.people["reporter"])
    assert db.session.scalar(select(func.count()).select_from(Notice).where(*told)) == int(times)


@then(parsers.parse('该试点报告没有办成，违反的条款为"{clauses}"'))
def _(report, clauses):
    assert list(report.stopped) == clauses.split("、")


@then("该试点报告无权办理")
def _(report):
    assert not report.open


@then(parsers.parse('该试点报告的编号为"{number}"'))
def _(report, number):
    assert reports.row(report.id).number == number


@then(parsers.parse('该试点报告是第"{no:d}"版'))
def _(report, no):
    assert reports.row(report.id).version_no == no


@then(parsers.parse('该期间有第"{no:d}"版的初报'))
def _(report, no):
    new = ask.newest(report.farm, reports.QUARTER)
    assert (new.version_no, new.state, new.replaces_id) == (no, ReportState.DRAFT, report.id)


@then(parsers.parse('试点报告的核对结果为"{verdict}"'))
def _(report_outcome, verdict):
    assert report_outcome.verdict is VERDICTS[verdict]
