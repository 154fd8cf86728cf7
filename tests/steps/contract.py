"""Steps on the check of a contract: one sound contract is changed in a place or two, and a clause is asked."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from pytest_bdd import given, parsers, then, when

from tests import contracts
from workflows import contract_check, wording
from workflows.contract_words import ClaimKind, ContractNature, Cost, Party, PriceFormula, RequiredTerm, Retransfer
from workflows.facts import ContractFacts, CostItem, PartnerContract, RivalClaim
from workflows.policy import Confidence, Figure
from workflows.rules import RULES, Outcome
from workflows.states import Activity, Scheme, Severity, Tenure, Verdict

UNSAID = "未填写"
YES_NO = {"是": True, "有": True, "否": False, "无": False}


def number(words: str) -> Decimal:
    return Decimal(words.rstrip("吨元年亩%倍个月票人").replace(",", ""))


def whole(words: str) -> int:
    return int(number(words))


def day(words: str) -> date:
    year, month, rest = words.replace("年", "-").replace("月", "-").rstrip("日").split("-")
    return date(int(year), int(month), int(rest))


def one_of(known: dict[str, object]) -> Callable[[str], object]:
    return known.__getitem__


def tie(words: str) -> tuple[Party, ...]:
    ties = {"业主": Party.OWNER, "合作方": Party.PARTNER, "项目设计文件编制方": Party.PDD_AUTHOR}
    return () if words == "无" else (ties[words],)


SCHEMES = {"CCER": Scheme.CCER, "地方林业碳票": Scheme.LOCAL_TICKET}
ACTIVITIES = {
    "造林": Activity.AFFORESTATION,
    "森林经营": Activity.FOREST_MANAGEMENT,
    "湿地修复": Activity.WETLAND_RESTORATION,
}
NATURES = {"租赁": ContractNature.LEASE, "合作": ContractNature.COOPERATION, "流转": ContractNature.LAND_TRANSFER}
RETRANSFERS = {"不得再流转": Retransfer.FORBIDDEN, "经书面同意": Retransfer.WITH_CONSENT, "自由转让": Retransfer.FREE}
TENURES = {
    "国有": Tenure.STATE,
    "集体统一经营": Tenure.COLLECTIVE_MANAGED,
    "家庭承包": Tenure.HOUSEHOLD,
    "流转取得": Tenure.TRANSFERRED,
}
yes_no = one_of(dict(YES_NO))

FIELDS: dict[str, tuple[str, Callable[[str], object]]] = {
    "申报类型": ("scheme", one_of(dict(SCHEMES))),
    "经营活动": ("activity", one_of(dict(ACTIVITIES))),
    "合同性质": ("nature", one_of(dict(NATURES))),
    "承诺收益": ("promises_income", yes_no),
    "承诺产出": ("claimed_t_per_mu_yr", number),
    "签字的测算书": ("signed_calculation", yes_no),
    "承诺价格": ("claimed_yuan_per_t", number),
    "承诺总收益": ("claimed_income_yuan", number),
    "扣减比例": ("claimed_deduction_pct", number),
    "收益起算日": ("income_from", day),
    "申请登记日": ("application_on", day),
    "独家": ("exclusive", yes_no),
    "独家期限": ("exclusivity_has_term", yes_no),
    "独家退出办法": ("exclusivity_has_exit", yes_no),
    "分成前先扣成本": ("costs_deducted_first", yes_no),
    "扣除上限": ("cost_capped", yes_no),
    "因垫付成本多分成": ("higher_share_for_costs", yes_no),
    "合作方分成": ("partner_share_pct", number),
    "业主不用出钱": ("claims_zero_cost", yes_no),
    "失败由业主担责": ("owner_liable", yes_no),
    "一并转让林地林木": ("transfers_land_rights", yes_no),
    "林地林木价款": ("land_price_yuan", number),
    "林地林木评估价": ("land_appraised_yuan", number),
    "合同价": ("price_yuan", number),
    "评估价": ("appraised_yuan", number),
    "单价": ("price_yuan_per_t", number),
    "市场价": ("market_yuan_per_t", number),
    "开工期限的约定": ("start_milestone", yes_no),
    "开工期限": ("start_within_months", whole),
    "不开工可以退出": ("idle_exit", yes_no),
    "再流转": ("retransfer", one_of(dict(RETRANSFERS))),
    "合同起始日": ("start_on", day),
    "合同到期日": ("end_on", day),
    "发包方书面同意": ("issuer_consent", yes_no),
    "面积": ("area_mu", number),
    "计入期到期日": ("crediting_end", day),
    "调价条款": ("price_review", yes_no),
    "同意票数": ("votes_for", whole),
    "应到人数": ("votes_entitled", whole),
    "同意比例": ("vote_share_pct", number),
    "表决公示": ("vote_notice", yes_no),
    "农户书面同意": ("household_consent", yes_no),
    "向发包方备案": ("issuer_filing", yes_no),
    "合作方为外部单位": ("partner_outside", yes_no),
    "乡镇批准": ("township_approval", yes_no),
    "资信审查": ("capacity_check", yes_no),
    "上级批准": ("superior_approval", yes_no),
    "资产评估": ("appraisal_on_file", yes_no),
    "集体决策": ("collective_decision", yes_no),
    "公开交易": ("public_bidding", yes_no),
    "违约金只约束业主": ("penalty_one_sided", yes_no),
    "违约金占损失的比例": ("penalty_pct", number),
    "业主可以解除合同": ("owner_may_terminate", yes_no),
    "已确定审定核查机构": ("bodies_named", yes_no),
    "审定机构": ("validator", str),
    "核查机构": ("verifier", str),
    "与审定机构有关联的一方": ("validator_related_to", tie),
    "与核查机构有关联的一方": ("verifier_related_to", tie),
    "原文": ("text", str),
}
"""What a sentence names, the fact it is, and how its value is read."""

PARCEL_FIELDS: dict[str, tuple[str, Callable[[str], object]]] = {
    "权属性质": ("tenure", one_of(dict(TENURES))),
    "权属到期日": ("title_end", day),
    "所在区县": ("district_code", str),
}

COSTS = {
    "项目设计文件": Cost.PDD,
    "审定": Cost.VALIDATION,
    "监测": Cost.MONITORING,
    "核查": Cost.VERIFICATION,
    "补植": Cost.REPLANTING,
}
TERMS = {
    "当事人": RequiredTerm.PARTIES,
    "地块": RequiredTerm.PARCELS,
    "期限": RequiredTerm.TERM,
    "用途": RequiredTerm.USE,
    "价款和支付方式": RequiredTerm.PRICE_AND_PAYMENT,
    "期满后林木的处置": RequiredTerm.END_OF_TERM_TIMBER,
    "违约责任": RequiredTerm.BREACH,
}
KINDS = {"项目": ClaimKind.PROJECT, "合同": ClaimKind.CONTRACT, "碳票": ClaimKind.TICKET, "质押": ClaimKind.PLEDGE}
SAMPLES = {
    "如实订立的十年期本地": contracts.HONEST,
    "包揽全县、三十年、零成本、保底收益的": contracts.COUNTY,
    "低于评估价出租国有林场林地二十五年的": contracts.FARM,
}
CHECKS = {
    "检查承诺的产出": "R01",
    "检查承诺的价格": "R02",
    "复算承诺的收益": "R03",
    "检查承诺收益有没有方法学": "R04",
    "检查收益估算的扣减": "R05",
    "检查收益的起算日": "R06",
    "检查保证收益的措辞": "R07",
    "检查独家开发": "R08",
    "检查开发成本的高低": "R09",
    "检查成本的凭证": "R10",
    "检查成本扣除的上限": "R11",
    "检查零成本的说法": "R12",
    "检查五项成本的承担": "R13",
    "检查开发失败的责任": "R14",
    "检查林地林木的价款": "R15",
    "检查合同价格": "R16",
    "检查地块上的其他权利": "R17",
    "检查开工期限": "R18",
    "检查再流转的约定": "R19",
    "检查权属剩余期限": "R21",
    "检查期限的法定上限": "R22",
    "检查期限的长短": "R23",
    "检查面积的大小": "R24",
    "检查计入期": "R25",
    "检查调价条款": "R26",
    "检查集体和农户的程序": "R27",
    "检查乡镇批准和资信审查": "R28",
    "检查国有资源的程序": "R29",
    "检查违约金": "R30",
    "检查业主的解除权": "R31",
    "检查审定核查机构的独立": "R32",
    "检查必备条款": "R33",
}
WEIGHTS = {"阻断": Severity.BLOCK, "领导小组审议": Severity.LEADING_GROUP, "提示": Severity.WARN}
LEVELS = {
    "没有问题": contract_check.Level.CLEAN,
    "提示": contract_check.Level.WARN,
    "领导小组审议": contract_check.Level.LEADING_GROUP,
    "阻断": contract_check.Level.BLOCK,
}


@pytest.fixture
def contract_facts() -> ContractFacts:
    """A sound contract: a feature changes what it speaks of."""
    return contracts.HONEST


@given(parsers.parse("一份{sample}合同"), target_fixture="contract_facts")
def _(sample):
    return SAMPLES[sample]


@given(parsers.parse('合同的{field}为"{value}"'), target_fixture="contract_facts")
def _(contract_facts, field, value):
    fact, read = FIELDS[field]
    return replace(contract_facts, **{fact: None if value == UNSAID else read(value)})


@given(parsers.parse('合同地块的{field}为"{value}"'), target_fixture="contract_facts")
def _(contract_facts, field, value):
    fact, read = PARCEL_FIELDS[field]
    stated = None if value == UNSAID else read(value)
    return replace(contract_facts, parcels=tuple(replace(p, **{fact: stated}) for p in contract_facts.parcels))


@given("业主自行开发，没有合作方", target_fixture="contract_facts")
def _(contract_facts):
    return replace(contract_facts, has_partner=False)


@given("合同没有承诺产出、价格和收益", target_fixture="contract_facts")
def _(contract_facts):
    claims = (
        "claimed_t_per_mu_yr",
        "claimed_yuan_per_t",
        "claimed_income_yuan",
        "claimed_deduction_pct",
        "income_from",
    )
    return replace(contract_facts, **dict.fromkeys(claims), promises_income=False)


@given("没有核对五项成本的承担", target_fixture="contract_facts")
def _(contract_facts):
    return replace(contract_facts, cost_bearers=None)


@given(parsers.parse('合同没有写明由谁承担"{costs}"'), target_fixture="contract_facts")
def _(contract_facts, costs):
    unsaid = {COSTS[cost] for cost in costs.split("、")}
    return replace(contract_facts, cost_bearers=tuple(b for b in contract_facts.cost_bearers if b.cost not in unsaid))


@given("合同列明的成本如下:", target_fixture="contract_facts")
def _(contract_facts, datatable):
    known = {**YES_NO, UNSAID: None}
    items = tuple(
        CostItem(name=name, amount_yuan=number(amount), evidenced=known[evidence], supplier_related=known[related])
        for name, amount, evidence, related in datatable[1:]
    )
    return replace(contract_facts, cost_items=items)


@given(parsers.parse("每个项目的开发成本参考值已确定为{amount}元"), target_fixture="base_policy")
def _(base_policy, amount):
    figure = Figure(
        "cost_reference_yuan",
        Decimal(amount),
        "yuan",
        date(2026, 1, 1),
        "领导小组文件",
        "by document",
        Confidence.PROPOSED,
    )
    return replace(base_policy, figures={**base_policy.figures, figure.key: (figure,)})


@given(parsers.parse("岱岳区的林地面积已确定为{area}亩"), target_fixture="base_policy")
def _(base_policy, area):
    key = "forest_land_370911_mu"
    figure = Figure(key, Decimal(area), "mu", date(2026, 1, 1), "区林业部门", "district", Confidence.SEEN)
    return replace(base_policy, figures={**base_policy.figures, key: (figure,)})


@given("合同没有填写地块", target_fixture="contract_facts")
def _(contract_facts):
    return replace(contract_facts, parcels=())


@given("没有核对地块上的其他权利", target_fixture="contract_facts")
def _(contract_facts):
    return replace(contract_facts, rival_claims=None)


@given("同一地块上的其他权利如下:", target_fixture="contract_facts")
def _(contract_facts, datatable):
    claims = tuple(
        RivalClaim(
            kind=KINDS[kind],
            number=no,
            parcel="东坡",
            area_mu=None if shared == "未测量" else number(shared),
            parcel_area_mu=Decimal(300),
            start_on=day(start),
            end_on=day(end),
        )
        for kind, no, shared, start, end in datatable[1:]
    )
    return replace(contract_facts, rival_claims=claims)


@given("没有查询合作方的其他合同", target_fixture="contract_facts")
def _(contract_facts):
    return replace(contract_facts, other_contracts=None)


@given("合作方及其关联方的其他合同如下:", target_fixture="contract_facts")
def _(contract_facts, datatable):
    others = tuple(
        PartnerContract(
            number=no, partner=name, district_code="370911", area_mu=number(area), start_on=day(s), end_on=day(e)
        )
        for no, name, area, s, e in datatable[1:]
    )
    return replace(contract_facts, other_contracts=others)


@given("没有核对合同的必备条款", target_fixture="contract_facts")
def _(contract_facts):
    return replace(contract_facts, terms_present=None)


@given(parsers.parse('合同缺少"{terms}"'), target_fixture="contract_facts")
def _(contract_facts, terms):
    missing = {TERMS[term] for term in terms.split("、")}
    return replace(contract_facts, terms_present=tuple(t for t in RequiredTerm if t not in missing))


@given("合同按收益分成计价，没有约定价格", target_fixture="contract_facts")
def _(contract_facts):
    return replace(contract_facts, price_formula=PriceFormula.REVENUE_SHARE, price_yuan=None)


@when(parsers.re(f"(?P<sentence>{'|'.join(CHECKS)})"), target_fixture="rule_outcome")
def _(contract_facts, base_policy, sentence) -> Outcome:
    return RULES[CHECKS[sentence]](contract_facts, base_policy)


@when("检查合同全部条款", target_fixture="contract_outcomes")
def _(contract_facts, base_policy) -> tuple[Outcome, ...]:
    return contract_check.check(contract_facts, base_policy)


@then(parsers.parse('该发现的等级为"{weight}"'))
def _(rule_outcome, weight):
    assert rule_outcome.verdict is Verdict.FAIL
    assert rule_outcome.severity is WEIGHTS[weight]


@then(parsers.parse('合同的等级为"{level}"'))
def _(contract_outcomes, level):
    assert contract_check.worst(contract_outcomes) is LEVELS[level]


@then(parsers.parse('阻断项包括"{clauses}"'))
def _(contract_outcomes, clauses):
    assert {o.clause for o in contract_outcomes if o.blocks} >= set(clauses.split("、"))


@then("没有不通过的条款")
def _(contract_outcomes):
    assert [o.clause for o in contract_outcomes if o.verdict is Verdict.FAIL] == []


@then(parsers.parse('原文中命中的措辞为"{phrases}"'))
def _(contract_facts, base_policy, phrases):
    found = wording.hits(contract_facts.text, base_policy.lexicon)
    assert [contract_facts.text[hit.start : hit.end] for hit in found] == phrases.split("、")
