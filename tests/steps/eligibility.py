"""Steps on one clause at a time: facts are built, its rule is asked, its outcome is read."""

from dataclasses import replace
from datetime import date

import pytest
from pytest_bdd import given, parsers, then, when

from tests.steps.clocks import day_of
from workflows.facts import ParcelFacts, ProjectFacts
from workflows.policy import Policy
from workflows.rules import RULES, Outcome
from workflows.states import LandSetting, Scheme, TitleDocument, Verdict

SCHEMES = {"CCER": Scheme.CCER, "地方林业碳票": Scheme.LOCAL_TICKET, "其他标准": Scheme.OTHER_STANDARD}
SETTINGS = {
    "林地": LandSetting.FOREST_LAND,
    "通道绿化": LandSetting.CORRIDOR,
    "四旁绿化": LandSetting.FOUR_SIDES,
    "城镇村及工矿用地": LandSetting.URBAN_INDUSTRIAL,
    "其他": LandSetting.OTHER,
}
VERDICTS = {
    "通过": Verdict.PASS,
    "不通过": Verdict.FAIL,
    "未知": Verdict.UNKNOWN,
    "不适用": Verdict.NOT_APPLICABLE,
    "由人员认定": Verdict.MANUAL,
}
TITLES = {
    "不动产权证": TitleDocument.REAL_ESTATE_CERTIFICATE,
    "林权证": TitleDocument.FOREST_RIGHT_CERTIFICATE,
    "流转合同": TitleDocument.TRANSFER_CONTRACT,
    "没有": TitleDocument.NONE,
    "未填写": None,
}
DISPUTES = {"有": True, "无": False, "未填写": None}
CONSENTS = {"同意": "yes", "不同意": "no", "不需要": "not_needed", "未填写": None}

CHECKS = {
    "核对申请是否填写完整": "S00",
    "核对材料清单": "S01",
    "核对告知书": "S02",
    "核对是否适用方法学": "A02",
    "核对申请人资格": "R34",
    "检查地块权属": "R20",
    "核对方法学": "G02",
    "核对筛选表的签字": "S08a",
    "核对合法性审查意见": "S18",
    "核对现场核查记录": "S08b",
    "核对能否签现场核查记录": "S08c",
    "核对能否列入议题": "S14",
    "核对能否开会": "S37",
    "核对能否表决": "S39",
    "核对能否申报回避": "S09",
    "核对主持人能否表决": "S12",
    "核对到会人数": "S11",
    "计算表决结果": "S15",
    "核对附加条件": "S25",
    "核对能否报告条件落实": "S49",
    "核对能否确认条件落实": "S49",
    "核对审定意见": "S31",
    "核对生态环境部门意见": "S30",
    "核对异议答复": "S60",
    "核对全国公示": "S63",
    "核对权属异议": "S19",
    "核对重复登记": "S20",
    "核对此前的撤销": "S26a",
    "核对核查机构": "S28",
    "核对此前各环节": "S32",
    "核对能否申请复核": "S46",
    "核对能否作出复核决定": "S46",
    "核对复核人员": "S24",
    "系统核对时限": "S40",
    "核对专家组的组成": "S55",
    "核对专家组对额外性的结论": "S16",
    "核对专家组对碳票的结论": "T07",
}
"""What is checked, and the clause whose rule is asked."""
ASKING = frozenset({"核对能否报告条件落实", "核对能否申请复核"})


@pytest.fixture
def base_policy():
    return Policy.base()


@pytest.fixture
def project_facts():
    """A project of which nothing is answered yet."""
    return ProjectFacts(on=date(2026, 11, 20))


@given(parsers.parse('申报类型为"{scheme}"'), target_fixture="project_facts")
def _(project_facts, scheme):
    return replace(project_facts, scheme=SCHEMES[scheme])


@given(parsers.parse('按"{scheme}"申报，方法学为"{method}"'), target_fixture="project_facts")
def _(project_facts, scheme, method):
    return replace(project_facts, scheme=SCHEMES[scheme], method=method)


@given(parsers.parse('造林地类型为"{setting}"'), target_fixture="project_facts")
def _(project_facts, setting):
    return replace(project_facts, land_setting=SETTINGS[setting])


@given(parsers.parse('申请人为"{applicant}"'), target_fixture="project_facts")
def _(project_facts, applicant):
    return replace(project_facts, applicant_is_person={"自然人": True, "法人": False}[applicant])


@given(parsers.parse('申请于"{day}"受理'), target_fixture="project_facts")
def _(project_facts, day):
    return replace(project_facts, on=day_of(day))


@given(parsers.parse('同一申请人的另一项目于"{day}"被撤销入库'), target_fixture="project_facts")
def _(project_facts, day):
    return replace(project_facts, revoked_on=day_of(day))


@given("没有申报任何地块", target_fixture="project_facts")
def _(project_facts):
    return replace(project_facts, parcels=())


@given("申报的地块如下:", target_fixture="project_facts")
def _(project_facts, datatable):
    parcels = tuple(
        ParcelFacts(
            key=f"p{number}",
            name=name,
            title_document=TITLES[title],
            disputed=DISPUTES[disputed],
            coowner_consent=CONSENTS[consent],
        )
        for number, (name, title, disputed, consent) in enumerate(datatable[1:], 1)
    )
    return replace(project_facts, parcels=parcels)


@when(parsers.re(f"(?P<sentence>{'|'.join(CHECKS)})"), target_fixture="rule_outcome")
def _(project_facts, base_policy, sentence) -> Outcome:
    asking = sentence in ASKING
    return RULES[CHECKS[sentence]](replace(project_facts, asking=asking), base_policy)


@then(parsers.parse('结论为"{verdict}"'))
def _(rule_outcome, verdict):
    assert rule_outcome.verdict is VERDICTS[verdict]


@then("该发现为阻断项")
def _(rule_outcome):
    assert rule_outcome.blocks


@then("该发现不是阻断项")
def _(rule_outcome):
    assert rule_outcome.finding
    assert not rule_outcome.blocks


@then(parsers.parse('有问题的地块为"{names}"'))
def _(rule_outcome, names):
    told = ("without_title", "disputed", "without_consent")
    assert {name for what in told for name in rule_outcome.facts[what]} == set(names.split("、"))


@then(parsers.parse('提示中写明"{words}"'))
def _(rule_outcome, base_policy, words):
    clause = base_policy.clause(rule_outcome.clause)
    assert words in clause.sentence(rule_outcome.verdict, "zh", rule_outcome.facts, rule_outcome.figures)


@then(parsers.parse('处理办法中写明"{words}"'))
def _(rule_outcome, base_policy, words):
    assert words in base_policy.clause(rule_outcome.clause).cure("zh", rule_outcome.facts, rule_outcome.figures)


@then(parsers.parse('依据中写明"{words}"'))
def _(rule_outcome, base_policy, words):
    assert words in base_policy.clause(rule_outcome.clause).source("zh")
