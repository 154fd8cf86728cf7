"""What a story ends with: where the project stands, what was written, what people read; or why nothing was done."""

import json
from datetime import date

from bs4 import BeautifulSoup
from flask_babel import force_locale
from pytest_bdd import parsers, then
from sqlalchemy import func, select, text

from registry.clock import today
from registry.extensions import db
from registry.labels import label
from registry.models import (
    AuditEvent,
    CorrectionFault,
    CorrectionNotice,
    Elector,
    GateDecision,
    Objection,
    Paper,
    PaperKind,
    PublicNotice,
    Registration,
    Round,
)
from registry.security import sessions
from registry.services import audit, facts
from registry.services.policy import current
from tests.steps.story import FAULTS
from workflows.project import PROJECT
from workflows.states import GateName, GateResult
from workflows.states import ProjectState as S

STATES = {
    "草稿": S.DRAFT,
    "已提交": S.SUBMITTED,
    "方法学筛选": S.METHODOLOGY_SCREENING,
    "风险审查": S.RISK_REVIEW,
    "审定": S.VALIDATION,
    "入库审议": S.REGISTRATION,
    "已入库": S.REGISTERED,
    "待补正": S.CORRECTION_REQUESTED,
    "已中止": S.SUSPENDED,
    "变更审查": S.AMENDMENT_REVIEW,
    "不予受理": S.DECLINED,
    "视为撤回": S.LAPSED,
    "已撤回": S.WITHDRAWN,
    "不予入库": S.REJECTED,
    "已撤销": S.REVOKED,
    "已退出": S.CLOSED,
}
GATES = {
    "受理": GateName.ACCEPTANCE,
    "方法学筛选": GateName.SCREENING,
    "风险审查": GateName.RISK_REVIEW,
    "审定": GateName.VALIDATION,
    "入库": GateName.REGISTRATION,
}


def page(story, who, path):
    """A page in Chinese, as somebody sees it (None: anybody)."""
    story.client.delete_cookie("sid")
    if who:
        with story.client.application.test_request_context():
            story.client.set_cookie("sid", sessions.start(story.world.people[who]))
    with story.client.session_transaction() as session:
        session["language"] = "zh_Hans_CN"
    answer = story.client.get(path)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser").main.text


def of_the_case(story):
    with story.inside():
        return f"/cases/{story.world.case(story.case_id).number}"


def nothing_happened(story):
    with story.inside():
        case = story.world.case(story.case_id)
        assert (case.state, case.version) == story.before
        assert audit.verify()[1] is None


# Where it stands ------------------------------------------------------------------------------------------


@then(parsers.parse('项目状态为"{state}"'))
def _(story, state):
    assert story.result.done, story.result
    with story.inside():
        case = story.world.case(story.case_id)
        assert case.state is STATES[state]
        assert audit.verify()[1] is None
        with force_locale("zh_Hans_CN"):
            words = label(case.state)
    if story.way == "screens":
        assert words in page(story, "owner", of_the_case(story))


@then(parsers.re('不能办理，违反的条款为"(?P<clauses>[^"]*)"'))
def _(story, clauses):
    if story.result.offered:
        assert sorted(story.result.stopped) == sorted(clauses.split("、")), story.result
    assert not story.result.done  # also where the page does not even offer it
    nothing_happened(story)


@then(parsers.re('不能办理，违反的条款中有"(?P<clauses>[^"]*)"'))
def _(story, clauses):
    assert set(clauses.split("、")) <= set(story.result.stopped), story.result
    nothing_happened(story)


@then("不能提交")
def _(story):
    assert not story.result.done
    nothing_happened(story)


@then("无权办理")
def _(story):
    assert not story.result.open
    nothing_happened(story)


@then(parsers.parse('没有办成，页面要求"{words}"'))
def _(story, words):
    asked = {"写明理由": "Give the reasons", "指明途径": "Say where the applicant should turn"}
    assert not story.result.done
    assert set(story.result.problems) == {asked[w] for w in words.split("、")}
    nothing_happened(story)


@then("已经办成")
def _(story):
    assert story.result.done, story.result
    with story.inside():
        assert story.world.case(story.case_id).state is story.before[0]
        assert audit.verify()[1] is None


# What was written -----------------------------------------------------------------------------------------


@then(parsers.parse('办件编号为"{number}"'))
def _(story, number):
    with story.inside():
        assert story.world.case(story.case_id).number == number


@then("没有办件编号")
def _(story):
    with story.inside():
        assert story.world.case(story.case_id).number is None


@then(parsers.parse('项目编号为"{number}"'))
def _(story, number):
    with story.inside():
        case = story.world.case(story.case_id)
        assert case.project_number == number
        assert db.session.get(Registration, (case.id, case.round)).project_number == number


@then("没有项目编号")
def _(story):
    with story.inside():
        assert story.world.case(story.case_id).project_number is None


@then(parsers.parse('受理日为"{day}"'))
def _(story, day):
    year, month, of_month = (int(n) for n in day.rstrip("日").replace("年", "月").split("月"))
    with story.inside():
        assert story.world.case(story.case_id).accepted_on == date(year, month, of_month)


@then("还没有受理日")
def _(story):
    with story.inside():
        assert story.world.case(story.case_id).accepted_on is None


@then(parsers.parse('告知书列明"{names}"'))
def _(story, names):
    with story.inside():
        told = db.session.query(CorrectionFault.field).join(CorrectionNotice).filter_by(case_id=story.case_id)
        round_no = story.world.case(story.case_id).round
        assert {f for (f,) in told.filter_by(round_no=round_no)} == {FAULTS[n] for n in names.split("、")}


@then(parsers.parse("进入第{number:d}轮办理"))
def _(story, number):
    with story.inside():
        assert story.world.case(story.case_id).round == number
        assert db.session.get(Round, (story.case_id, number))


@then(parsers.re('沿用原结论的环节为"(?P<gates>[^"]*)"'))
def _(story, gates):
    with story.inside():
        case = story.world.case(story.case_id)
        rows = db.session.query(GateDecision).filter_by(case_id=case.id, round_no=case.round)
        expected = {GATES[g] for g in gates.split("、") if g != "没有"}
        assert {r.gate for r in rows} == expected
        assert {r.result for r in rows} <= {GateResult.CARRIED}


@then(parsers.parse("入库登记的面积为{area:d}亩"))
def _(story, area):
    with story.inside():
        case = story.world.case(story.case_id)
        assert case.area_mu == area
        number = case.project_number
    assert f"{area}亩" in page(story, None, f"/projects/{number}")


@then("需要三分之二多数同意")
def _(story):
    with story.inside():
        sitting = facts.open_sitting(story.case_id)
        assert (sitting.needs_num, sitting.needs_den) == (2, 3)


@then(parsers.parse("应到成员为{members:d}人"))
def _(story, members):
    with story.inside():
        sitting = facts.open_sitting(story.case_id)
        assert sitting.members == members
        assert db.session.query(Elector).filter_by(deliberation_id=sitting.id).count() == members


@then(parsers.re('发出的"(?P<title>[^"]+)"写明"(?P<words>[^"]+)"'))
def _(story, title, words):
    with story.inside():
        paper = db.session.query(Paper).filter_by(case_id=story.case_id).order_by(Paper.id.desc()).first()
        said = json.loads(paper.content)
    assert said["title"] == title
    assert any(words in block.get("text", "") for block in said["blocks"])


@then("会议已经结束")
def _(story):
    with story.inside():
        assert facts.open_sitting(story.case_id) is None


@then(parsers.re("(还有(?P<number>1)项|没有)尚未落实的条件"))
def _(story, number):
    with story.inside():
        case = story.world.case(story.case_id)
        assert facts.project_facts(case, current(), today()).conditions_open == int(number or 0)


# What people read -----------------------------------------------------------------------------------------


@then(parsers.re('申请人在办件页面(?P<how>看到|看不到)"(?P<words>[^"]*)"'))
def _(story, how, words):
    shown = page(story, "owner", of_the_case(story))
    for part in words.split("、"):
        assert (part in shown) is (how == "看到"), part


@then(parsers.parse('公众在项目页面看到"{words}"'))
def _(story, words):
    with story.inside():
        number = story.world.case(story.case_id).project_number
    shown = page(story, None, f"/projects/{number}")
    for part in words.split("、"):
        assert part in shown, part


@then(parsers.parse('公示自"{start}"至"{end}"'))
def _(story, start, end):
    shown = page(story, None, _notice(story))
    assert start in shown
    assert end in shown


@then(parsers.re('公众在公示页面(?P<how>看到|看不到)"(?P<words>[^"]*)"'))
def _(story, how, words):
    shown = page(story, None, _notice(story))
    for part in words.split("、"):
        assert (part in shown) is (how == "看到"), part


@then(parsers.parse('异议人凭回执编号看到"{words}"'))
def _(story, words):
    with story.inside():
        code = db.session.query(Objection.code).filter_by(case_id=story.case_id).order_by(Objection.id).first().code
    shown = page(story, None, f"/objections/{code}")
    assert ("尚未答复" if words == "没有答复" else words) in shown


@then(parsers.parse('审计记录中没有"{words}"'))
def _(story, words):
    with story.inside():
        kept = [
            repr(row)
            for table in ("audit_events", "remarks")
            for row in db.session.execute(text(f"SELECT * FROM {table}"))
        ]
        raw = b"".join(db.session.scalars(select(AuditEvent.canonical)))
    for part in words.split("、"):
        assert part not in " ".join(kept)
        assert part.encode() not in raw


def _notice(story):
    newest = select(func.max(PublicNotice.id)).where(PublicNotice.case_id == story.case_id)
    with story.inside():
        return f"/public-notices/{db.session.scalar(newest)}"


@then(parsers.parse("项目面积为{area:d}亩"))
def _(story, area):
    with story.inside():
        assert story.world.case(story.case_id).area_mu == area
    assert f"{area}" in page(story, "owner", of_the_case(story)).partition("合计")[2]


@then(parsers.parse('入库登记证的地块中没有"{name}"'))
def _(story, name):
    with story.inside():
        paper = db.session.query(Paper).filter_by(case_id=story.case_id, kind=PaperKind.CERTIFICATE).one()
        blocks = json.loads(paper.content)["blocks"]
    (table,) = [b for b in blocks if b["is"] == "table"]
    assert not [row for row in table["rows"] if name in row]
    assert [b for b in blocks if b["is"] == "note" and name in b["text"]], "not said to be set apart"


@then("项目不在公开的项目库中")
def _(story):
    assert "示例造林项目" not in page(story, None, "/projects")


@then("此前的答复、材料和办理记录全部保留")
def _(story):
    with story.inside():
        case = story.world.case(story.case_id)
        assert facts.answers_of(case.id, case.round)["basics"]["name"] == "示例造林项目"
        assert audit.verify()[1] is None
    shown = page(story, "owner", of_the_case(story))
    assert "申请已提交" in shown


@then("没有签发、转移或者注销减排量的办理事项")
def _(story):
    with story.inside():
        state = story.world.case(story.case_id).state
    open_now = {row.name for row in PROJECT.acts if state in row.sources}
    assert not {n for n in open_now if any(w in n for w in ("issue", "transfer", "retire", "cancel", "pledge", "mint"))}
