"""All methods ranked for a site: none is hidden, nothing unknown passes, published projects come out as they must."""

from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from workflows.facts import ParcelFacts, ProjectFacts, SiteFacts
from workflows.gates import GATES, judge
from workflows.policy import MethodStatus, Policy
from workflows.rules import RULES, Outcome
from workflows.rules.methodology import logic
from workflows.rules.panels import ON_RECORD
from workflows.screening import BARS, rank
from workflows.states import (
    Activity,
    Burning,
    Fit,
    ForestUse,
    GateName,
    LandSetting,
    Misfit,
    Severity,
    Soil,
    TitleDocument,
    Verdict,
)

POLICY = Policy.base()
ON = date(2026, 11, 20)
NOTHING = SiteFacts(on=ON)
PLANTED = SiteFacts(
    on=ON,
    activity=Activity.AFFORESTATION,
    parcels=(
        ParcelFacts(
            key="p1",
            name="东坡",
            district_code="370911",
            area_mu=Decimal(600),
            title_document=TitleDocument.FOREST_RIGHT_CERTIFICATE,
            title_end=date(2066, 12, 31),
            disputed=False,
        ),
    ),
    land_setting=LandSetting.FOREST_LAND,
    forest_use=ForestUse.PROTECTION,
    nonforest_since=date(2015, 1, 1),
    planned_afforestation_land=True,
    start_on=date(2024, 3, 12),
    wetland_overlap=False,
    trees_removed=False,
    shrub_removed_pct=Decimal(5),
    repeat_soil_disturbance=False,
    burning=Burning.NONE,
    activity_shift=False,
    lawful=True,
    crediting_start=date(2024, 3, 12),
    crediting_end=date(2044, 3, 11),
    life_end=date(2064, 3, 11),
    claim_from=date(2024, 3, 12),
    claim_on=date(2027, 6, 1),
    other_mechanism=False,
    overlaps=(),
    public_benefit_forest=True,
    public_benefit_certificate=True,
)
"""A planted site that meets every condition of CCER-14-001."""
CHANGLONG = SiteFacts(
    on=ON,
    activity=Activity.AFFORESTATION,
    start_on=date(2011, 1, 1),
    crediting_start=date(2011, 1, 1),
    crediting_end=date(2030, 12, 31),
    parcels=(ParcelFacts(key="p1", name="长隆", area_mu=Decimal(13000)),),
)
"""广东长隆碳汇造林: 1.3万亩, 20 years from 2011-01-01 to 2030-12-31; nothing else is published here."""
WANLING = SiteFacts(
    on=ON,
    activity=Activity.FOREST_MANAGEMENT,
    monitoring_years=12,
    increment_t=Decimal(7058),
    parcels=(ParcelFacts(key="p1", name="宛陵", area_mu=Decimal("45.43") * 15),),
)
"""宣州区宛陵林场碳票: 45.43 ha, first accounting period of 12 years, 7,058 tCO2e."""
CONDITIONS = sorted(c for m in POLICY.methods.values() for c in (*m.conditions, *m.exemptions) if c not in ON_RECORD)


def of(method, facts, **more):
    return next(found for found in rank(facts, POLICY, **more) if found.method.id == method)


def verdicts(found):
    """Verdict → clauses."""
    said = {}
    for outcome in found.conditions:
        said.setdefault(outcome.verdict, set()).add(outcome.clause)
    return said


def whys(found):
    return [reason.why for reason in found.reasons]


def ids(letter, numbers):
    return {f"{letter}{n:02}" for n in numbers}


# One condition


PATCH = ParcelFacts(key="p1", name="南坡", area_mu=Decimal("0.5"))
SAYS = [
    ("A03", {"nonforest_since": date(2022, 1, 1)}, "自2022年1月1日起没有森林，2024年3月12日开工，须间隔3年"),
    ("A05", {"parcels": (PATCH,)}, "地块南坡，下限400平方米"),
    ("A05", {"parcels": (PATCH,), "start_on": date(2019, 1, 1)}, "地块南坡，下限667平方米"),
    ("A08", {"shrub_removed_pct": Decimal("20.1")}, "占20.1%，上限20%"),
    ("A13", {"start_on": date(2011, 1, 1)}, "2011年1月1日开工，须晚于2012年11月8日"),
    ("A14", {"crediting_end": date(2030, 1, 1)}, "计入期自2024年3月12日至2030年1月1日，须为20年至40年"),
    ("A14", {"life_end": date(2040, 1, 1)}, "计入期至2044年3月11日，项目寿命至2040年1月1日"),
    ("A17", {"claim_from": date(2020, 1, 1)}, "自2020年1月1日起产生，须产生于2020年9月22日之后，且在申请登记前5年以内"),
    ("B01", {"nonforest_since": date(2006, 1, 1)}, "自2006年1月1日起没有森林，须不晚于2005年2月16日"),
    ("B04", {"soil_disturbed_pct": Decimal(12)}, "扰动面积占12%，上限10%"),
    ("C07", {"repeat_soil_disturbance": True, "soil_interval_years": Decimal(5)}, "间隔5年，至少20年"),
    ("D07", {"soil_disturbed_pct": Decimal(12)}, "扰动面积占12%，上限10%"),
    ("B08", {"crediting_end": date(2030, 1, 1)}, "自2024年3月12日至2030年1月1日，须为20年至60年"),
    ("C09", {"crediting_end": date(2030, 1, 1)}, "自2024年3月12日至2030年1月1日，须为20年至60年"),
    ("C01", {"canopy_closure": Decimal("0.1")}, "郁闭度0.1，标准0.2"),
    ("C01", {"tree_height_m": Decimal("1.5")}, "树高1.5米，标准2米"),
    ("C01", {"parcels": (PATCH,)}, "地块南坡的面积，标准0.0667公顷"),
    ("C08", {"start_on": date(2005, 1, 1)}, "2005年1月1日开始，须晚于2005年2月16日"),
    ("D01", {"culm_height_m": Decimal(1)}, "秆高1米，标准2米"),
    ("F01", {"culm_dbh_cm": Decimal(1)}, "胸径1厘米，标准2厘米"),
    ("F02", {"scattered_tree_closure": Decimal("0.2")}, "郁闭度0.2，须低于0.2"),
    ("F09", {"bamboo_measures": ()}, "采用0项，至少1项"),
    ("T04", {"increment_t": Decimal(-3)}, "填写的增量为-3 t"),
    ("T05", {"monitoring_years": Decimal(12)}, "监测期12年，通常为1年至10年"),
    ("T09", {"buffer_pct": Decimal(5)}, "5%，下限10%"),
    ("T10", {"parcels": (PATCH,)}, "地块南坡，下限1亩"),
    ("X01", {"annual_precip_mm": Decimal(300)}, "697毫米，上限400毫米"),
]
"""What is changed of a sound site, and what the sentence then says of figure and limit."""


@pytest.mark.parametrize(("clause", "changed", "said"), SAYS, ids=[f"{c}-{next(iter(f))}" for c, f, _ in SAYS])
def test_a_condition_that_fails_says_figure_and_limit(clause, changed, said):
    outcome = RULES[clause](replace(PLANTED, **changed), POLICY)
    assert outcome.verdict is Verdict.FAIL
    sentence = POLICY.clause(clause).sentence(Verdict.FAIL, "zh", outcome.facts, outcome.figures)
    assert sentence.endswith(f"：{said}。")
    assert sentence.count("：") == 1, "a limit that was kept is none to name"
    english = POLICY.clause(clause).sentence(Verdict.FAIL, "en", outcome.facts, outcome.figures)
    assert english.count(": ") == 1


def test_one_year_is_not_years_in_english():
    outcome = RULES["T05"](replace(PLANTED, monitoring_years=Decimal(12)), POLICY)
    sentence = POLICY.clause("T05").sentence(Verdict.FAIL, "en", outcome.facts, outcome.figures)
    assert sentence.replace("\xa0", " ").endswith(": 12 years, where 1 year to 10 years are usual.")


def test_an_officers_answer_brings_no_figure_and_the_sentence_names_none():
    assert POLICY.clause("T05").sentence(Verdict.FAIL, "zh", {"answers": {}}) == "监测期长度超出通常范围。"


@pytest.mark.parametrize("clause", CONDITIONS)
def test_a_condition_of_which_nothing_is_known_is_unknown(clause):
    assert RULES[clause](NOTHING, POLICY).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("clause", [c for c in CONDITIONS if c != "A02"])
def test_a_condition_of_a_case_without_site_is_unknown_and_with_one_says_the_same(clause):
    assert RULES[clause](ProjectFacts(on=ON), POLICY).verdict is Verdict.UNKNOWN
    assert RULES[clause](ProjectFacts(on=ON, site=PLANTED), POLICY) == RULES[clause](PLANTED, POLICY)


@pytest.mark.parametrize("field", [f.name for f in fields(SiteFacts) if f.name not in {"on", "annual_precip_mm"}])
def test_a_fact_taken_away_never_turns_what_did_not_pass_into_a_pass(field):
    bare = replace(PLANTED, **{field: getattr(NOTHING, field)})
    for clause in CONDITIONS:
        if RULES[clause](PLANTED, POLICY).verdict is not Verdict.PASS:
            assert RULES[clause](bare, POLICY).verdict is not Verdict.PASS, clause


@pytest.mark.parametrize(
    ("field", "clauses"),
    [
        ("forest_use", {"A01"}),
        ("land_setting", {"A02"}),
        ("nonforest_since", {"A03"}),
        ("planned_afforestation_land", {"A03"}),
        ("wetland_overlap", {"A06"}),
        ("trees_removed", {"A07"}),
        ("shrub_removed_pct", {"A08"}),
        ("repeat_soil_disturbance", {"A09"}),
        ("burning", {"A10"}),
        ("activity_shift", {"A11"}),
        ("lawful", {"A12"}),
        ("start_on", {"A03", "A13"}),
        ("life_end", {"A14"}),
        ("crediting_end", {"A14", "A15"}),
        ("overlaps", {"A16"}),
        ("claim_on", {"A17"}),
        ("parcels", {"A04", "A05", "A15"}),
    ],
)
def test_each_fact_of_planting_is_read_by_the_conditions_that_name_it(field, clauses):
    found = of("CCER-14-001", replace(PLANTED, **{field: getattr(NOTHING, field)}))
    assert verdicts(found).get(Verdict.UNKNOWN, set()) == clauses


def test_a_legacy_soil_worked_seldom_needs_no_answer_on_whether_it_is_worked_again():
    worked = replace(NOTHING, soil_disturbed_pct=Decimal(5), contour=True, soil_interval_years=25, soil=Soil.MINERAL)
    assert RULES["C07"](worked, POLICY).verdict is Verdict.PASS


def test_an_area_in_mu_counts_where_nothing_was_measured():
    one_mu = ParcelFacts(key="p1", area_mu=Decimal("1.00"))
    early = replace(NOTHING, start_on=date(2015, 3, 1), parcels=(one_mu,))
    assert logic.measured_m2(one_mu) < Decimal(667)
    assert RULES["A05"](early, POLICY).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("day", "years", "end"),
    [
        (date(2024, 3, 12), 20, date(2044, 3, 12)),
        (date(2024, 2, 29), 1, date(2025, 3, 1)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(9990, 1, 1), 20, date.max),
    ],
)
def test_years_are_counted_to_the_same_day(day, years, end):
    assert logic.later(day, years) == end


@pytest.mark.parametrize("known", [(), (True,), (None, True), (False, None), (None,)])
def test_some_and_every_mirror_each_other(known):
    assert logic.some(*known) is logic.no(logic.every(*map(logic.no, known)))
    assert (logic.every(*known) is True) is all(k is True for k in known)


@pytest.mark.parametrize("stated", [None, Decimal(380), Decimal(400)])
def test_the_rain_of_taian_never_exempts(stated):
    assert RULES["X01"](replace(PLANTED, annual_precip_mm=stated), POLICY).verdict is Verdict.FAIL


def test_the_officers_are_asked_although_a_rule_knows_the_answer():
    facts = ProjectFacts(on=ON, method="CCER-14-001", site=PLANTED)
    gate = {o.clause: o for o in judge(GATES[GateName.SCREENING], facts, POLICY)}
    assert gate["A01"].verdict is gate["X03"].verdict is Verdict.UNKNOWN
    assert gate["A01"].severity is Severity.BLOCK


# The ranking


def test_every_method_is_ranked_and_the_order_does_not_depend_on_the_policys():
    turned = replace(POLICY, methods=dict(reversed(POLICY.methods.items())))
    for facts in (NOTHING, PLANTED, CHANGLONG, WANLING):
        ranked = [found.method.id for found in rank(facts, POLICY)]
        assert sorted(ranked) == sorted(POLICY.methods)
        assert ranked == [found.method.id for found in rank(facts, turned)]


@pytest.mark.parametrize("facts", [NOTHING, PLANTED, CHANGLONG, WANLING])
def test_the_best_fit_comes_first_and_whatever_does_not_fit_says_why(facts):
    ranked = rank(facts, POLICY)
    for one, next_ in pairwise(ranked):
        assert list(Fit).index(one.fit) <= list(Fit).index(next_.fit)
    for found in ranked:
        assert bool(found.reasons) is (found.fit is not Fit.FITS)
        assert (found.fit is Fit.CANNOT) is bool(set(whys(found)) & BARS)


def test_nothing_known_fits_nothing_and_rules_out_only_what_is_closed_or_not_for_here():
    for found in rank(NOTHING, POLICY):
        assert found.fit is not Fit.FITS
        shut = found.method.status is MethodStatus.REPEALED or not found.method.applicable
        assert (found.fit is Fit.CANNOT) is shut


def test_a_site_that_meets_everything_fits_by_the_exemption_it_claims():
    best = rank(PLANTED, POLICY)[0]
    assert (best.method.id, best.fit, best.way) == ("CCER-14-001", Fit.FITS, "X03")
    assert verdicts(best) == {Verdict.PASS: ids("A", range(1, 18))}


def test_without_an_exemption_additionality_stays_open_until_a_panel_accepts_or_refuses():
    argued = replace(PLANTED, public_benefit_forest=False, key_function_zone=False)
    found = of("CCER-14-001", argued)
    assert (found.fit, whys(found)) == (Fit.COULD_FIT, [Misfit.ADDITIONALITY_OPEN])
    assert found.reasons[0].clauses == ("S16",)
    accepted = {"S16": Outcome("S16", Verdict.PASS, Severity.BLOCK)}
    assert of("CCER-14-001", argued, on_record=accepted).fit is Fit.FITS
    refused = {"S16": Outcome("S16", Verdict.FAIL, Severity.BLOCK)}
    assert whys(of("CCER-14-001", argued, on_record=refused)) == [Misfit.NO_WAY]


def test_a_curable_fail_leaves_the_method_possible_and_a_final_one_does_not():
    assert of("CCER-14-001", replace(PLANTED, wetland_overlap=True)).fit is Fit.COULD_FIT
    economic = of("CCER-14-001", replace(PLANTED, forest_use=ForestUse.ECONOMIC))
    assert economic.fit is Fit.CANNOT
    assert economic.reasons[0].clauses == ("A01",)


@pytest.mark.parametrize("activity", [Activity.FOREST_MANAGEMENT, Activity.OTHER, Activity.WETLAND_RESTORATION])
def test_no_ccer_method_is_open_to_anything_but_planting(activity):
    for found in rank(replace(PLANTED, activity=activity), POLICY):
        if found.method.id.startswith("CCER"):
            assert found.fit is Fit.CANNOT


@pytest.mark.parametrize(("planting", "fit"), [(True, Fit.FITS), (None, Fit.COULD_FIT), (False, Fit.CANNOT)])
def test_bamboo_fits_ccer_only_where_it_is_planted(planting, fit):
    assert of("CCER-14-001", replace(PLANTED, activity=Activity.BAMBOO, bamboo_planting=planting)).fit is fit


def test_a_method_of_another_standard_is_never_more_than_possible():
    for found in rank(PLANTED, POLICY):
        if found.method.id in {"VCS-VM0047", "GS-AR", "OTHER"}:
            assert (found.fit, whys(found)) == (Fit.COULD_FIT, [Misfit.IN_BRIEF])


def test_before_its_first_day_a_method_is_not_judged():
    method = POLICY.method("CCER-14-001")
    found = of("CCER-14-001", replace(PLANTED, on=method.since - timedelta(days=1)))
    assert whys(found) == [Misfit.NOT_YET_IN_FORCE]
    assert found.conditions == found.ways == ()


# Published projects


def test_changlong_began_too_early_for_ccer_and_its_own_method_is_closed():
    found = of("CCER-14-001", CHANGLONG)
    assert found.fit is Fit.CANNOT
    assert verdicts(found) == {
        Verdict.FAIL: {"A13"},
        Verdict.PASS: {"A05"},
        Verdict.UNKNOWN: ids("A", range(1, 18)) - {"A05", "A13"},
    }
    assert found.reasons[0].clauses == ("A13",)
    former = of("AR-CM-001", CHANGLONG)
    assert whys(former)[0] is Misfit.CLOSED
    assert verdicts(former) == {Verdict.PASS: {"B08"}, Verdict.UNKNOWN: ids("B", range(1, 8))}


def test_the_length_of_changlong_passes_as_soon_as_its_lifetime_is_known():
    whole = replace(CHANGLONG, life_end=date(2030, 12, 31))
    assert RULES["A14"](whole, POLICY).verdict is Verdict.PASS


def test_the_twelve_years_of_wanling_are_outside_the_usual_range_and_only_warn():
    found = of("TA-TICKET", WANLING)
    assert found.warnings == ("T05",)
    assert verdicts(found) == {
        Verdict.FAIL: {"T05"},
        Verdict.PASS: {"T04", "T10"},
        Verdict.UNKNOWN: {"T01", "T02", "T03", "T06", "T07", "T08", "T09"},
    }
    assert (found.fit, whys(found)) == (Fit.COULD_FIT, [Misfit.NOT_KNOWN])
