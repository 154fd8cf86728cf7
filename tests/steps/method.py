"""Steps on the conditions of the methods: what is known of a site, one condition asked, all methods compared."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from pytest_bdd import given, parsers, then, when

from tests.steps.eligibility import DISPUTES, SETTINGS, TITLES
from workflows.facts import ParcelFacts, SiteFacts
from workflows.rules import RULES
from workflows.screening import rank
from workflows.states import (
    Activity,
    AgeGroup,
    Burning,
    Fertilising,
    Fit,
    ForestOrigin,
    ForestUse,
    LitterRemoval,
    Misfit,
    Soil,
)

YES = {"是": True, "否": False}
ACTIVITIES = {
    "造林": Activity.AFFORESTATION,
    "森林经营": Activity.FOREST_MANAGEMENT,
    "竹子": Activity.BAMBOO,
    "湿地恢复": Activity.WETLAND_RESTORATION,
    "其他": Activity.OTHER,
}
USES = {
    "防护林": ForestUse.PROTECTION,
    "特种用途林": ForestUse.SPECIAL_PURPOSE,
    "用材林": ForestUse.TIMBER,
    "能源林": ForestUse.ENERGY,
    "经济林": ForestUse.ECONOMIC,
}
AGES = {
    "幼龄林": AgeGroup.YOUNG,
    "中龄林": AgeGroup.MIDDLE_AGED,
    "近熟林": AgeGroup.NEAR_MATURE,
    "成熟林": AgeGroup.MATURE,
    "过熟林": AgeGroup.OVER_MATURE,
}
BURNINGS = {"没有火烧": Burning.NONE, "焚烧病虫原疫木": Burning.INFESTED_WOOD, "其他火烧": Burning.OTHER}
REMOVALS = {"不移除": LitterRemoval.NONE, "卫生需要": LitterRemoval.SANITARY, "其他目的": LitterRemoval.OTHER}
FERTILISERS = {"不施肥": Fertilising.NONE, "沟施覆土": Fertilising.COVERED, "撒施": Fertilising.SPREAD}


def listed(words):
    """A list as people write it."""
    return () if words == "没有" else tuple(words.split("、"))


FACTS = {
    "项目活动": ("activity", ACTIVITIES.get),
    "新造竹林": ("bamboo_planting", YES.get),
    "造林地类型": ("land_setting", SETTINGS.get),
    "林种": ("forest_use", USES.get),
    "起源": ("origin", {"人工": ForestOrigin.PLANTED, "天然": ForestOrigin.NATURAL}.get),
    "龄组": ("age_group", AGES.get),
    "无林地起始日": ("nonforest_since", date.fromisoformat),
    "规划造林地": ("planned_afforestation_land", YES.get),
    "开工日": ("start_on", date.fromisoformat),
    "有湿地": ("wetland_overlap", YES.get),
    "土壤": ("soil", {"矿质土": Soil.MINERAL, "有机土": Soil.ORGANIC}.get),
    "移除散生木": ("trees_removed", YES.get),
    "移除灌木和小径竹占比": ("shrub_removed_pct", Decimal),
    "重复扰动土壤": ("repeat_soil_disturbance", YES.get),
    "土壤扰动占比": ("soil_disturbed_pct", Decimal),
    "扰动间隔年数": ("soil_interval_years", int),
    "沿等高线": ("contour", YES.get),
    "深翻垦复": ("deep_tillage", YES.get),
    "施肥方式": ("fertilising", FERTILISERS.get),
    "火烧": ("burning", BURNINGS.get),
    "全面清林": ("full_clearing", YES.get),
    "移除枯落物": ("litter_removal", REMOVALS.get),
    "农业活动转移": ("activity_shift", YES.get),
    "合法合规": ("lawful", YES.get),
    "计入期起": ("crediting_start", date.fromisoformat),
    "计入期止": ("crediting_end", date.fromisoformat),
    "项目寿命止": ("life_end", date.fromisoformat),
    "首次申请的减排量起": ("claim_from", date.fromisoformat),
    "申请登记日": ("claim_on", date.fromisoformat),
    "参加其他机制": ("other_mechanism", YES.get),
    "查到的重叠项目": ("overlaps", listed),
    "所在县区代码": ("district_code", str),
    "年均降水量毫米": ("annual_precip_mm", Decimal),
    "国家重点生态功能区": ("key_function_zone", YES.get),
    "生态公益林": ("public_benefit_forest", YES.get),
    "公益林认定文件": ("public_benefit_certificate", YES.get),
    "郁闭度": ("canopy_closure", Decimal),
    "平均高米": ("tree_height_m", Decimal),
    "秆高米": ("culm_height_m", Decimal),
    "竹胸径厘米": ("culm_dbh_cm", Decimal),
    "散生乔木郁闭度": ("scattered_tree_closure", Decimal),
    "适宜竹子生长": ("bamboo_suitable", YES.get),
    "经营措施": ("bamboo_measures", listed),
    "碳汇增量吨": ("increment_t", Decimal),
    "监测期年数": ("monitoring_years", int),
    "第三方报告": ("third_party_report", YES.get),
    "第三方与业主有关联": ("third_party_related", YES.get),
    "林业审定通过": ("forestry_approved", YES.get),
    "生态环境部门同意": ("environment_agreed", YES.get),
    "扣减比例": ("buffer_pct", Decimal),
}
"""What a feature calls a fact: its field, and how its value is read."""
PARCEL = {
    "地块": ("name", str),
    "登记亩数": ("area_mu", Decimal),
    "实测平方米": ("area_m2", Decimal),
    "权属证明": ("title_document", TITLES.get),
    "争议": ("disputed", DISPUTES.get),
    "权属到期日": ("title_end", date.fromisoformat),
    "县区代码": ("district_code", str),
}
FITS = {"适用": Fit.FITS, "可能适用": Fit.COULD_FIT, "不适用": Fit.CANNOT}
REASONS = {
    "已经废止": Misfit.CLOSED,
    "尚未施行": Misfit.NOT_YET_IN_FORCE,
    "本市不能采用": Misfit.NOT_HERE,
    "不包括这类活动": Misfit.ACTIVITY,
    "不可更改的条件不符合": Misfit.FINAL,
    "没有额外性依据": Misfit.NO_WAY,
    "可以整改的条件不符合": Misfit.CURABLE,
    "须由人员认定": Misfit.TO_JUDGE,
    "情况不明": Misfit.NOT_KNOWN,
    "额外性尚未说明": Misfit.ADDITIONALITY_OPEN,
    "活动不明": Misfit.ACTIVITY_NOT_KNOWN,
    "条件仅为摘要": Misfit.IN_BRIEF,
}


def read(table, words, value):
    """A fact of the table: field and value; 未填写 is no value, and a word nobody knows is an error."""
    field, reader = table[words]
    found = None if value == "未填写" else reader(value)
    assert found is not None or value == "未填写", f"{words}: {value}"
    return field, found


@pytest.fixture
def site_facts():
    """A site of which nothing is known yet."""
    return SiteFacts(on=date(2026, 11, 20))


@given(parsers.parse('项目的"{words}"为"{value}"'), target_fixture="site_facts")
def _(site_facts, words, value):
    return replace(site_facts, **dict([read(FACTS, words, value)]))


@given("项目的情况如下:", target_fixture="site_facts")
def _(site_facts, datatable):
    head, values = datatable
    return replace(site_facts, **dict(read(FACTS, words, value) for words, value in zip(head, values, strict=True)))


@given("项目的地块如下:", target_fixture="site_facts")
def _(site_facts, datatable):
    head, *rows = datatable
    parcels = tuple(
        ParcelFacts(key=f"p{n}", **dict(read(PARCEL, words, value) for words, value in zip(head, row, strict=True)))
        for n, row in enumerate(rows, 1)
    )
    return replace(site_facts, parcels=parcels)


@given(parsers.parse('申报的开工日为"{day}"'), target_fixture="project_facts")
def _(project_facts, day):
    return replace(project_facts, site=SiteFacts(on=project_facts.on, start_on=date.fromisoformat(day)))


@when(parsers.parse('核对条件"{clause}"'), target_fixture="rule_outcome")
def _(site_facts, base_policy, clause):
    return RULES[clause](site_facts, base_policy)


@then(parsers.parse('不符合的地块为"{names}"'))
def _(rule_outcome, names):
    assert rule_outcome.facts["short_parcels"] == tuple(names.split("、"))


@when("比较全部方法学", target_fixture="ranking")
def _(site_facts, base_policy):
    return rank(site_facts, base_policy)


@then("每种方法学都列在其中，没有遗漏")
def _(ranking, base_policy):
    assert sorted(found.method.id for found in ranking) == sorted(base_policy.methods)


@then(parsers.parse('列在最前面的是"{method}"'))
def _(ranking, method):
    assert ranking[0].method.id == method


@then(parsers.parse('"{method}"的比较结果为"{fit}"'))
def _(ranking, method, fit):
    assert of(ranking, method).fit is FITS[fit]


@then(parsers.parse('"{method}"的原因中有"{why}"'))
def _(ranking, method, why):
    assert REASONS[why] in {reason.why for reason in of(ranking, method).reasons}


@then(parsers.parse('"{method}"因"{why}"涉及的条件为"{clauses}"'))
def _(ranking, method, why, clauses):
    named = next(reason.clauses for reason in of(ranking, method).reasons if reason.why is REASONS[why])
    assert named == tuple(clauses.split("、"))


@then(parsers.parse('"{method}"仅作提示的条件为"{clauses}"'))
def _(ranking, method, clauses):
    assert of(ranking, method).warnings == tuple(clauses.split("、"))


@then(parsers.parse('没有一种CCER方法学"{fit}"'))
def _(ranking, fit):
    assert not [m.method.id for m in ranking if m.method.id.startswith("CCER") and m.fit is FITS[fit]]


def of(ranking, method):
    """The place of a method in the comparison."""
    return next(found for found in ranking if found.method.id == method)
