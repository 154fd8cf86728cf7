"""What is done in a story: every 当 of a story is one act of the table, taken by one person.

The sentences stand in one table, so that a test can see which rows of the lifecycle the stories walk.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pytest_bdd import parsers, when

from tests.steps.story import CONDITION, FAULTS, QUESTIONS, SITE_CHECK, WHERE, Story
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


def words(text: str) -> Data:
    return lambda story, told: {"words": text}


def _faults(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    faults = [{"field": FAULTS[n], "what": "请改正"} for n in told["names"].split("、")]
    late = {"late_reason": "组长同意补充告知：核对时发现"} if told["late"] else {}
    return {"faults": faults, **late}


def _table(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    question = QUESTIONS[told["asked"]].value if told["asked"] else GATE_OF[WHERE[story.where][0]].value
    return {"question": question}


def _matters(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    unmet = (told["unmet"] or "").split("、")
    matters = {f"V{n}": {"met": f"V{n}" not in unmet, "words": "已核对"} for n in range(1, 6)}
    return {"conclusion": "unfavourable" if told["unmet"] else "favourable", "words": "已审定", "matters": matters}


def _people(*names: str, **more: str) -> Data:
    return lambda story, told: {"people": [story.world.people[n] for n in names], "words": "复核理由", **more}


def _condition(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    with story.inside():
        return {"condition_id": story.condition(), "words": "已办妥，附登记证明"}


def _vvb(story: Story, told: Mapping[str, str]) -> dict[str, Any]:
    return {"organisation_id": story.world.vvb_org}


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
    # pauses
    "经办人中止办理": Said("suspend", "officer", words("林地现状不明")),
    "组长中止办理": Said("suspend", "chair", words("发生松材线虫病疫情")),
    "组长宣布中止入库项目": Said("suspend", "chair", words("核查权属")),
    "经办人恢复办理": Said("resume", "officer", words("原因已消除")),
    "组长恢复办理": Said("resume", "chair", words("原因已消除")),
    "督办人员认定风险审查存在程序瑕疵": Said(
        "find_flaw", "supervisor", lambda s, t: {"gate": "risk_review", "words": "成员应回避未回避"}
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
    "经办人(就(?P<asked>撤销入库|中止|变更))?列入议题": Said("table", "officer", _table),
    "经办人撤下议题": Said("untable", "officer", words("材料待补充")),
    "该成员表决同意": Said("vote", "member1", lambda s, t: {"choice": "for", "reasons": "材料齐全"}),
    "组长表决同意": Said("vote", "chair", lambda s, t: {"choice": "for", "reasons": "材料齐全"}),
    "审定机构出具(肯定的意见|否定的意见，未通过的方面为\"(?P<unmet>[^\"]*)\")": Said(
        "file_validation", "vvb", _matters
    ),
    f"生态环境部门出具{HOW}的意见": Said("give_environment_opinion", "eco", _opinion),
}  # fmt: skip


def said(sentence: str) -> tuple[Said, Mapping[str, str]] | None:
    """What a sentence does, and the words in it; None where it is no act of the table."""
    for pattern, what in SAYINGS.items():
        if found := re.fullmatch(pattern, sentence):
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
    assert PROJECT.row(what.action, state), f"no row for {what.action} in {state}"
    story.result = story.by.act(case_id, what.action, what.who, **what.data(story, told))
