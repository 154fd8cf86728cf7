"""What is done in a story: every 当 of a story is one act of the table, taken by one person.

The sentences stand in one table, so that a test can see which rows of the lifecycle the stories walk.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pytest_bdd import parsers, when

from registry.clock import today
from registry.models import OrganisationKind
from registry.services import clocks
from tests import factories
from tests.steps.story import CONDITION, FAULTS, QUESTIONS, SITE_CHECK, TENURE, WHERE, Story
from tests.world import NATIONAL
from workflows.clocks import CLOCKS, Marks, Reminder, reminder_due
from workflows.project import PROJECT
from workflows.states import GATE_OF

Data = Callable[[Story, Mapping[str, str]], dict[str, Any]]


@dataclass(frozen=True)
class Said:
    """A sentence: which action, who (None: the system), and what is typed."""

    action: str
    who: str | None
    data: Data = lambda story, told: {}
    screens_only: bool = False
    """What is asked is a matter of the form: the services are never handed it."""
    of_meeting: bool = False
    """An act on a meeting; through the services alone, whose pages have stories of their own."""
    of_change: bool = False
    """The same of a change of the rules."""
    of_report: bool = False
    """The same of a report of the pilot."""
    of_pilot: bool = False
    """The same of a pilot."""
    of_area: bool = False
    """The same of a report of completed area."""


def words(text: str) -> Data:
    return lambda story, told: {"words": text}


def _faults(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    faults = [{"field": FAULTS[n], "what": "请改正"} for n in told["names"].split("、")]
    late = {"late_reason": "组长同意补充告知：核对时发现"} if told["late"] else {}
    return {"faults": faults, **late}


def _table(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    question = QUESTIONS[told["asked"]].value if told.get("asked") else GATE_OF[WHERE[story.where][0]].value
    with story.inside():
        return {"question": question, "meeting": story.meeting() if told.get("this") else story.world.meeting()}


WHO = {"该成员": "member1", "组长": "chair", "自己": "chair", "没有表决的成员": "member7"}


def _member(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    more = {"upheld": told["how"] == "回避"} if "how" in told else {"ground": "other_tie"}
    return {"member": story.world.people[WHO[told["whom"]]], "words": "有人反映存在利害关系", **more}


def _flaw(gate: str) -> Data:
    def found(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
        named = {"member": story.world.people[WHO[told["whom"]]]} if "whom" in told else {}
        return {"gate": gate, "words": "成员应回避未回避", **named}

    return found


def _choice(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    return {"choice": "for", "reasons": "材料齐全"}


def _for_another(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    """What a forged form would say of another person; no form has such a box."""
    return {**_choice(story, told), "user_id": story.world.people["member1"]}


def _six(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    return {"present": [story.world.people[w] for w in story.world.voters[:6]]}


def _in_a_week(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    return {"held_on": story.clock().date() + timedelta(days=7)}


def _matters(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    unmet = (told["unmet"] or "").split("、")
    matters = {f"V{n}": {"met": f"V{n}" not in unmet, "words": "已核对"} for n in range(1, 6)}
    national = NATIONAL if story.scheme == "ccer" and story.way == "services" else {}
    said = {"conclusion": "unfavourable" if told["unmet"] else "favourable", "words": "已审定"}
    return {**said, "matters": matters, **national}


def _people(*names: str, **more: str) -> Data:
    return lambda story, told: {"people": [story.world.people[n] for n in names], "words": "复核理由", **more}


def _condition(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    with story.inside():
        return {"condition_id": story.condition(), "words": "已办妥，附登记证明"}


def _vvb(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    return {"organisation_id": story.world.vvb_org}


COMMENT = {"kind": "comment", "about": "other", "words": "请说明护林安排"}


def _objection(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    with story.inside():
        key = story.objection()
    return {"objection_id": key, "outcome": "unfounded", "words": "经核对林权证，四至清楚，异议不成立"}


def _verifier(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    if told["which"] == "审定机构":
        return {"verifier_id": story.world.vvb_org}
    with story.inside():
        return {"verifier_id": factories.an_organisation(name="示例核查机构", kind=OrganisationKind.VVB)}


def _delivery(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    year, month, day = (int(n) for n in re.findall("[0-9]+", told["day"]))
    return {"way": "post", "delivered_on": date(year, month, day)}


def _reminder(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    """The reminder that the tick would ask for now; else the nearest it could think of."""
    with story.inside():
        row = next(r for r in clocks.open_clocks(story.case_id) if CLOCKS[r.kind].watched)
        sent = [r.kind for r in row.reminders]
        kind = reminder_due(Marks(row.half_on, row.near_on, row.due_on), sent, today()) or Reminder.NEAR
        return {"clock": row.id, "kind": kind}


OPINIONS = {"同意": "favourable", "附条件同意": "conditional", "不同意": "unfavourable"}


def _opinion(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    return {"conclusion": OPINIONS[told["how"]], "words": "审查意见"}


def _verdict(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    return {"answers": {told["clause"]: {"verdict": "met", "evidence": "见作业设计批复"}}}


def _site_check(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    with story.inside():
        return {"site_check_id": story.site_check(first=bool(told.get("old")))}


HOW = "(?P<how>同意|附条件同意|不同意)"
OTHERS = ("legal", "eco", "officer3")
MIXED = ("officer", "legal", "officer3")
VOTED = ("legal", "member1", "officer3")

SEATED, NOT_SEATED = "seated", "not seated"
"""Whoever the draw put first on the panel, and somebody of the register it did not seat."""
ADVICE = {"认可": "accept", "附条件认可": "accept_with_conditions", "不认可": "not_accept"}


def _draw(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    return {"size": int(told["size"]), "expected_days": 10, "words": "请就额外性和监测方法提出意见"}


def _advice(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    return {"conclusion": ADVICE[told["how"]], "words": "论证情况已核对", "independent": True}


SAYINGS: dict[str, Said] = {
    # the straight way
    "申请人提交申请": Said("submit", "owner"),
    "经办人受理申请": Said("accept", "officer"),
    "组长受理申请": Said("accept", "chair"),
    "申请人受理申请": Said("accept", "owner"),
    "系统按时限视为受理": Said("deem_accepted", None),
    "经办人通过方法学筛选": Said("pass_screening", "officer"),
    "组长宣布同意": Said("approve_risk", "chair", words("同意")),
    "副组长主持并宣布同意": Said("approve_risk", "deputy", words("同意")),
    "组长宣布附条件同意": Said("approve_risk", "chair", lambda s, t: {"words": "同意", "conditions": [CONDITION]}),
    "经办人通过审定": Said("pass_validation", "officer"),
    "组长宣布入库": Said("register", "chair", words("同意入库")),
    # corrections
    "经办人一次性告知\"(?P<names>[^\"]*)\"有误(?P<late>，并附组长的书面理由)?": Said(
        "request_correction", "officer", _faults
    ),
    "申请人重新提交": Said("resubmit", "owner"),
    "申请人书面说明没有问题，重新提交": Said("resubmit", "owner", words("经核对，联系电话没有错误")),
    "系统按时限视为撤回": Said("lapse", None),
    "申请人申请延期": Said("ask_extension", "owner", words("等登记机关出证属实")),
    "经办人(?P<no>不)?同意延期": Said(
        "extend", "officer", lambda s, t: {"granted": not t["no"], "words": "等登记机关出证属实"}
    ),
    "组长延长时限": Said("extend", "chair", words("需要补充评估")),
    "副组长延长时限": Said("extend", "deputy", words("需要补充评估")),
    "系统发出时限提醒": Said("remind", None, _reminder),
    "系统按新的放假通知重新计算时限": Said("recount", None),
    "系统因条件逾期中止办理": Said("suspend", None),
    # deliveries
    "经办人记录决定已于\"(?P<day>[^\"]*)\"邮寄送达": Said("record_delivery", "officer", _delivery),
    "申请人确认收到决定": Said("confirm_receipt", "owner"),
    # refusals and what can be done about them
    "经办人决定不予受理": Said(
        "decline", "officer", lambda s, t: {"words": "不属于受理范围", "right_way": "local_ticket"}
    ),
    "经办人不写明理由，决定不予受理": Said("decline", "officer", screens_only=True),
    "组长宣布不予入库": Said("reject", "chair", words("收益测算没有依据")),
    "组长不写明理由，宣布不予入库": Said("reject", "chair", screens_only=True),
    "申请人申请复核": Said("request_reconsideration", "owner", words("收益测算有依据")),
    "没有参与过的三人复核，维持原决定": Said("uphold", "secretary", _people(*OTHERS)),
    "没有参与过的三人复核，撤销原决定": Said("reopen", "secretary", _people(*OTHERS, outcome="annulled")),
    "原经办人参加复核，撤销原决定": Said("reopen", "secretary", _people(*MIXED, outcome="annulled")),
    "表决过的成员参加复核，撤销原决定": Said("reopen", "secretary", _people(*VOTED, outcome="annulled")),
    # pauses
    "经办人中止办理": Said("suspend", "officer", words("林地现状不明")),
    "组长中止办理": Said("suspend", "chair", words("发生松材线虫病疫情")),
    "组长宣布中止入库项目": Said("suspend", "chair", words("核查权属")),
    "经办人恢复办理": Said("resume", "officer", words("原因已消除")),
    "组长恢复办理": Said("resume", "chair", words("原因已消除")),
    "督办人员认定风险审查存在程序瑕疵": Said("find_flaw", "supervisor", _flaw("risk_review")),
    "督办人员认定入库审议存在程序瑕疵": Said("find_flaw", "supervisor", _flaw("registration")),
    "督办人员认定(?P<whom>该成员|没有表决的成员)在风险审查中应回避未回避": Said(
        "find_flaw", "supervisor", _flaw("risk_review")
    ),
    "申请人撤回申请": Said("withdraw", "owner"),
    # after an approval, after the entry
    "申请人提交变更": Said("amend", "owner", words("修路占用部分林地")),
    "组长宣布同意变更": Said("decide_amendment", "chair", lambda s, t: {"approved": True, "words": "同意变更"}),
    "组长宣布不同意变更": Said("decide_amendment", "chair", lambda s, t: {"approved": False, "words": "理由不足"}),
    "申请人撤回变更": Said("withdraw_amendment", "owner"),
    "申请人报告条件已经落实": Said("report_condition", "owner", _condition),
    "经办人确认条件已经落实": Said("confirm_condition", "officer", _condition),
    "组长宣布撤销入库": Said("revoke", "chair", words("权属证明系伪造")),
    "经办人办理退出": Said("close", "officer", words("申请人要求退出")),
    "系统按计入期届满办理退出": Said("close", None),
    # records
    "经办人认定符合\"(?P<clause>[^\"]*)\"": Said("answer_condition", "officer", _verdict),
    "经办人在筛选表上签字": Said("sign_screening", "officer"),
    "经办人记录现场核查": Said("record_site_check", "officer", lambda s, t: SITE_CHECK),
    "经办人在现场核查记录上签字": Said("sign_site_check", "officer", _site_check),
    "另一名经办人在(?P<old>改动前的)?现场核查记录上签字": Said("sign_site_check", "officer2", _site_check),
    "经办人将完整材料送合法性审查": Said("send_for_legal_review", "officer"),
    "经办人答复检查发现\"(?P<clause>[^\"]*)\"": Said(
        "answer_finding", "officer", lambda s, t: {"clause": t["clause"], "words": "已要求补充政府处理决定"}
    ),
    f"法律顾问出具{HOW}的意见": Said("give_legal_opinion", "legal", _opinion),
    "申请人选定审定机构": Said("name_validator", "owner", _vvb),
    # the leading group
    "秘书(就(?P<asked>撤销入库|中止|变更))?列入(?P<this>这次会议的)?议题": Said("table", "secretary", _table),
    "经办人列入议题": Said("table", "officer", _table),
    "系统按会议当日的成员重新列入议题": Said("reseat", None),
    "秘书撤下议题": Said("untable", "secretary", words("材料待补充")),
    "该成员表决同意": Said("vote", "member1", _choice),
    "副组长表决同意": Said("vote", "deputy", _choice),
    "副组长代替该成员表决同意": Said("vote", "deputy", _for_another),
    "组长表决同意": Said("vote", "chair", _choice),
    "组长宣布表决": Said("call_vote", "chair"),
    "副组长宣布表决": Said("call_vote", "deputy"),
    "组长宣布改期": Said("adjourn", "chair", words("到会人数不足")),
    "秘书宣布改期": Said("adjourn", "secretary", words("没有主持人")),
    "该成员申报近亲属在合作企业任职": Said(
        "declare_recusal", "member1", lambda s, t: {"ground": "relatives_employer", "words": "近亲属，示例合作企业"}
    ),
    "秘书提出(?P<whom>该成员)回避": Said("propose_recusal", "secretary", _member),
    "组长决定(?P<whom>该成员|自己)(?P<how>回避|不回避)": Said("decide_recusal", "chair", _member),
    "副组长决定(?P<whom>该成员|组长)(?P<how>回避)": Said("decide_recusal", "deputy", _member),
    "组长宣布开会": Said("open_meeting", "chair", of_meeting=True),
    "副组长宣布开会": Said("open_meeting", "deputy", of_meeting=True),
    "组长宣布散会": Said("close_meeting", "chair", of_meeting=True),
    "秘书取消会议": Said("call_off", "secretary", words("会议取消"), of_meeting=True),
    "秘书将会议改在7天以后": Said("change_meeting", "secretary", _in_a_week, of_meeting=True),
    "秘书记录6名成员到会": Said("note_attendance", "secretary", _six, of_meeting=True),
    # records of others
    "审定机构出具(肯定的意见|否定的意见，未通过的方面为\"(?P<unmet>[^\"]*)\")": Said(
        "file_validation", "vvb", _matters
    ),
    # the public notice
    "经办人发布公示": Said("open_notice", "officer"),
    "经办人结束公示": Said("close_notice", "officer"),
    "村民对地块权属提出异议": Said("object", "anybody", lambda s, t: TENURE),
    "村民提出意见": Said("object", "anybody", lambda s, t: COMMENT),
    "经办人答复异议不成立": Said("answer_objection", "officer", _objection),
    "申请人答复异议": Said("answer_objection", "owner", _objection),
    "经办人剔除有争议的地块": Said(
        "set_parcel_apart", "officer", lambda s, t: {"parcel_key": "p1", "words": "权属有争议"}
    ),
    "申请人登记(?P<which>审定机构|另一家机构)为核查机构": Said("name_verifier", "owner", _verifier),
    f"生态环境部门出具{HOW}的意见": Said("give_environment_opinion", "eco", _opinion),
    # expert panels
    "秘书抽取(?P<size>[0-9])名专家": Said("draw_panel", "secretary", _draw),
    "经办人抽取(?P<size>[0-9])名专家": Said("draw_panel", "officer", _draw),
    "一名专家说明理由，退出专家组": Said("refuse_seat", SEATED, words("与申请人有业务往来")),
    "一名专家声明独立，出具(?P<how>认可|附条件认可|不认可)的意见": Said("give_expert_opinion", SEATED, _advice),
    "没有列入专家组的专家出具(?P<how>认可)的意见": Said("give_expert_opinion", NOT_SEATED, _advice),
    "秘书结束专家评审": Said("close_panel", "secretary"),
    "秘书写明理由，终止专家评审": Said("close_panel", "secretary", words("专家长期出差，不能完成评审")),
}  # fmt: skip


PATTERNS = {re.compile(pattern): what for pattern, what in SAYINGS.items()}
"""The same, ready to match: every sentence of every feature is held against all of them."""


def said(sentence: str) -> tuple[Said, Mapping[str, str]] | None:
    """What a sentence does, and the words in it; None where it is no act of the table."""
    for pattern, what in PATTERNS.items():
        if found := pattern.fullmatch(sentence):
            return what, found.groupdict()
    return None


ANY = "|".join(re.sub(r"\?P<\w+>", "?:", pattern) for pattern in SAYINGS)


@when(parsers.re(f"(?P<sentence>{ANY})"))
def _(story, sentence):
    what, told = said(sentence)
    case_id = story.case_id
    with story.inside():
        case = story.world.case(case_id)
        story.before = (case.state, case.version)
    state = story.before[0]
    assert state is WHERE[story.where][0], "the story does not begin where it says"
    data = what.data(story, told)
    if what.of_meeting:
        story.result = story.by.on_meeting(story.the_meeting, what.action, str(what.who), **data)
        return
    assert PROJECT.row(what.action, state), f"no row for {what.action} in {state}"
    story.result = story.by.act(case_id, what.action, _whoever(story, what.who), **data)


def _whoever(story: Story, who: str | None) -> str | None:
    if who not in (SEATED, NOT_SEATED):
        return who
    with story.inside():
        sitting = story.world.sitting(story.case_id)
    return sitting[0] if who == SEATED else next(f"expert{n}" for n in range(1, 10) if f"expert{n}" not in sitting)
