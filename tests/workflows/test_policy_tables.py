"""Classes, places for figures and phrases stand in the policy, and what contradicts itself there is refused."""

import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import workflows.policy
from workflows.contract_words import Approval, Cost
from workflows.policy import Confidence, Figure, Policy, PolicyError, fill, with_unit

ON = date(2026, 11, 20)
POLICY = Policy.base()
FOLDER = Path(workflows.policy.__file__).parent
COUNTIES = ("370902", "370911", "370921", "370923", "370982", "370983")


@pytest.mark.parametrize("reference", POLICY.references.values(), ids=lambda r: r.key)
def test_a_place_for_a_figure_says_what_and_who_in_both_languages(reference):
    for words in (reference.title, reference.note):
        assert any("\u4e00" <= letter <= "\u9fff" for letter in words("zh"))
        assert words("en").isascii()


def test_every_county_has_its_place_and_only_the_city_has_a_value():
    assert {f"forest_land_{code}_mu" for code in (*COUNTIES, "370900")} <= set(POLICY.references)
    assert all(POLICY.reference(f"forest_land_{code}_mu", ON) is None for code in COUNTIES)
    assert POLICY.reference("forest_land_370900_mu", ON).number == 4_692_700
    assert POLICY.reference("forest_land_370900_mu", date(2017, 9, 25)) is None


def test_a_figure_set_later_fills_its_place_from_its_day():
    figure = Figure("cost_reference_yuan", Decimal(1), "yuan", ON, "甲", "a", Confidence.PROPOSED)
    policy = replace(POLICY, figures={**POLICY.figures, figure.key: (figure,)})
    assert policy.reference(figure.key, ON) is figure
    assert policy.reference(figure.key, date(2026, 11, 19)) is None


def test_what_nobody_has_a_place_for_has_no_value():
    assert POLICY.reference("forest_land_110000_mu", ON) is None


@pytest.mark.parametrize(
    ("text", "value", "zh", "en"),
    [
        ("{price_yuan_per_t}", Decimal("70.76"), "70.76元/t", "70.76 yuan/t"),
        ("{claimed_t_per_mu_yr}", Decimal("1.20"), "1.2 t/亩·年", "1.2 t/mu·yr"),
        ("{each_yuan_per_mu_yr}", 240, "240元/亩·年", "240 yuan/mu·yr"),
        ("{cost_yuan}", 26_000_000, "26,000,000元", "26,000,000 yuan"),
        ("{term_years}", 18, "18年", "18 years"),
        ("{start_within_months}", 12, "12个月", "12 months"),
        ("{over_times}", Decimal("1.70"), "1.7倍", "1.7 times"),
        ("{unstated}", (Cost.REPLANTING, Cost.PDD), "补植、项目设计文件", "re-planting, design document"),
        ("{missing}", (Approval.PUBLIC_BIDDING,), "公开交易", "public bidding"),
    ],
)
def test_a_place_takes_the_unit_of_its_longest_suffix_and_the_words_of_a_closed_list(text, value, zh, en):
    name = text.strip("{}")
    assert fill(text, "zh", {name: value}) == zh
    assert fill(text, "en", {name: value}) == en


def test_a_unit_that_no_language_names_stands_as_it_is_written():
    assert with_unit(Decimal(400), "lx", "zh") == "400\u00a0lx"
    assert with_unit(Decimal(400), "", "zh") == "400"
    assert with_unit(Decimal("0.9"), "t_per_mu_yr", "zh") == "0.9 t/亩·年"


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("clauses/R.toml", 'malpractice = "M1"', 'malpractice = "M9"', "R01 .*M9"),
        ("lexicon.toml", 'clause = "R07"', 'clause = "R99"', "R99"),
        ("lexicon.toml", 'words = "保底"', 'words = "保证收益"', "twice"),
        ("lexicon.toml", "\nalone = false", "\nonly = false", "独家"),
        ("forest_land.toml", "value = 4692700\n", "", "370900.*no value"),
        ("costs.toml", 'key = "cost_reference_yuan_per_t"', 'key = "cost_reference_yuan"', "twice"),
        ("malpractices.toml", 'id = "M2a"', 'id = "M1"', "twice"),
    ],
)
def test_tables_that_contradict_themselves_are_refused(tmp_path, file, old, new, says):
    folder = tmp_path / "policy"
    shutil.copytree(FOLDER, folder)
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(PolicyError, match=f"(?s){says}"):
        Policy.read(folder)
