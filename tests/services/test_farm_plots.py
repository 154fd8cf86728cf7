"""Table 2 says how sure the carbon of a stratum is where its plots tell it, and why not where they do not."""

from datetime import date
from decimal import Decimal
from statistics import mean, stdev

import pytest

from registry.queries import report_sources
from registry.queries import reports as ask
from registry.services import farm_plots
from registry.services import reports as services
from registry.services.policy import current
from tests import reports
from tests.world import World
from workflows.facts import PlotGap, PlotWhy, StratumGap
from workflows.pilot_report import findings
from workflows.report_tables import Source
from workflows.states import AgeGroup

pytestmark = pytest.mark.both_engines

END, ON = date(2025, 12, 31), date(2026, 1, 20)
TERMS = ((0.0937, 2.2225), (0.0323, 2.3338), (0.0236, 2.3106), (0.057, 2.1651))
"""domain.md §4.3 (c), cypress; its carbon fraction is 0.51."""
T_2 = 2.919985580355516
"""Student's t, two-sided 90 per cent, 2 degrees of freedom."""
T_4 = 2.131846786326649
PLOTS = ((10.0, 12.0, 15.0), (11.0, 14.0), (9.0, 9.5, 16.0, 18.5))


@pytest.fixture
def world(app, clock):
    return World()


@pytest.fixture
def farm(world):
    farm = reports.farm(world)
    reports.surveyed(world, farm, date(2025, 6, 1))
    return farm


def cells(report_id, stratum="柏类中龄林"):
    (table,) = (t for t in ask.tables(reports.row(report_id)) if t.no == 2)
    return next(row for row in table.rows if row["stratum"].value == stratum)


def annual(world, farm):
    return reports.begun(world, farm, reports.YEAR)


def gaps(report_id):
    return services.facts(reports.row(report_id), ON, None, {}).strata_unsure


def tc_per_ha(d_cm):
    return sum(a * d**b for d in d_cm for a, b in TERMS) / 1000 * 0.51 / 0.06


def test_the_uncertainty_is_half_the_interval_of_the_plots_as_a_share_of_their_mean(world, farm):
    laid = [reports.a_sampled_plot(world, farm, f"样{n}", d) for n, d in enumerate(PLOTS)]
    report_id = annual(world, farm)
    found = cells(report_id)["uncertainty_pct"]
    held = [tc_per_ha(d) for d in PLOTS]
    by_hand = 100 * T_2 * stdev(held) / 3**0.5 / mean(held)
    assert float(found.value) == pytest.approx(by_hand, rel=1e-7)
    assert found.sources == tuple(Source("record", number) for both in laid for number in both)
    assert found.mark == "unsure"
    assert "uncertainty_pct" not in cells(report_id, "刺槐成熟林")


def test_an_uncertainty_leads_to_its_plots_and_what_stands_on_each(world, farm):
    laid = [reports.a_sampled_plot(world, farm, f"样{n}", d) for n, d in enumerate(PLOTS)]
    report = reports.row(annual(world, farm))
    figure = next(f for f in report.figures if f.column_key == "uncertainty_pct")
    titles = [row.title for row in report_sources.source_rows(figure)]
    assert titles == [f"样{n}：{reports.LEDGER}" for n in (0, 0, 1, 1, 2, 2)]
    assert (figure.person.id, figure.as_of) == (world.people["reporter"], date(2025, 5, 1))
    behind = farm_plots.behind((number for both in laid for number in both), END)
    assert [one.plot.plot_no for one in behind] == ["样0", "样1", "样2"]
    assert [one.tc_per_ha for one in behind] == pytest.approx([tc_per_ha(d) for d in PLOTS])


def test_of_a_plot_the_newest_measurement_of_the_period_counts(world, farm):
    for n, d in enumerate(PLOTS[:2]):
        plot, _first = reports.a_sampled_plot(world, farm, f"样{n}", (5.0,))
        trees = {"plot_id": plot, "trees": len(d), "tree_list": "\n".join(f"{cm} 侧柏" for cm in d)}
        reports.recorded(world, farm, "measurement", date(2025, 10, 1), **trees)
        later = {"plot_id": plot, "trees": 1, "tree_list": "30 侧柏"}
        reports.recorded(world, farm, "measurement", date(2026, 1, 3), **later)
    samples = farm_plots.of(farm, END)
    (counted,) = samples.counted.values()
    assert [one.tc_per_ha for one in counted] == pytest.approx([tc_per_ha(d) for d in PLOTS[:2]])


def test_a_plot_on_which_no_tree_stands_counts_as_nothing(world, farm):
    reports.a_sampled_plot(world, farm, "样0", PLOTS[0])
    plot, _measured = reports.a_sampled_plot(world, farm, "样1", PLOTS[1])
    reports.recorded(world, farm, "measurement", date(2025, 9, 1), plot_id=plot, trees=0)
    (counted,) = farm_plots.of(farm, END).counted.values()
    assert [one.tc_per_ha for one in counted] == [pytest.approx(tc_per_ha(PLOTS[0])), 0]


def test_one_plot_is_unknown_and_the_finding_says_which_do_not_count_and_why(world, farm):
    reports.a_sampled_plot(world, farm, "甲", PLOTS[0])
    reports.a_sampled_plot(world, farm, "乙")
    plot, _measured = reports.a_sampled_plot(world, farm, "丙", PLOTS[1])
    reports.recorded(world, farm, "measurement", date(2025, 9, 1), plot_id=plot, trees=1, tree_list="12cm 侧柏")
    plot, _measured = reports.a_sampled_plot(world, farm, "丁", PLOTS[1])
    reports.recorded(world, farm, "measurement", date(2025, 9, 1), plot_id=plot, trees=9, tree_list="12 侧柏")
    reports.a_sampled_plot(world, farm, "戊", PLOTS[1], species="赤松")
    reports.a_sampled_plot(world, farm, "己", PLOTS[1], stratum="")
    reports.recorded(world, farm, "plot", date(2025, 5, 1), plot_no="庚", stratum="侧柏中龄林")
    reports.a_sampled_plot(world, farm, "甲", PLOTS[1])
    report_id = annual(world, farm)
    assert "uncertainty_pct" not in cells(report_id)
    cypress, locust = gaps(report_id)
    assert (cypress.stratum, cypress.plots) == ("柏类中龄林", 1)
    assert set(cypress.left_out) == {
        PlotGap("乙", PlotWhy.NO_TREES),
        PlotGap("丙", PlotWhy.UNREADABLE, "1"),
        PlotGap("丁", PlotWhy.OTHER_COUNT, "1"),
        PlotGap("戊", PlotWhy.NO_EQUATION, "赤松"),
        PlotGap("庚", PlotWhy.NOT_MEASURED),
        PlotGap("甲", PlotWhy.TWICE),
    }
    assert locust == StratumGap("刺槐成熟林", 0)
    known = services.facts(reports.row(report_id), ON, None, {})
    assert known.plots_astray == (PlotGap("己", PlotWhy.NO_STRATUM),)
    (found,) = (o for o in findings(known, current()) if o.clause == "P37")
    assert (found.severity, found.facts["count"]) == ("warn", 2)


def sampled_everywhere(world, farm):
    """Plots of both strata of table 2: cypress of 60 mu, locust of 30."""
    for n, d in enumerate(PLOTS):
        reports.a_sampled_plot(world, farm, f"样{n}", d)
        reports.a_sampled_plot(world, farm, f"槐{n}", d, stratum="刺槐成熟林", species="刺槐")


def test_the_total_is_as_sure_as_its_strata_weighed_by_their_areas(world, farm):
    sampled_everywhere(world, farm)
    (table,) = (t for t in ask.tables(reports.row(annual(world, farm))) if t.no == 2)
    counted = farm_plots.of(farm, END).counted
    cypress, locust = ([one.tc_per_ha for one in counted[key]] for key in (("350", "middle_aged"), ("465", "mature")))
    weights = ((2 / 3, cypress), (1 / 3, locust))
    error = sum(w**2 * stdev(held) ** 2 / len(held) for w, held in weights) ** 0.5
    by_hand = 100 * T_4 * error / sum(w * mean(held) for w, held in weights)
    found = table.total["uncertainty_pct"]
    assert float(found.value) == pytest.approx(by_hand, rel=1e-7)
    assert len(found.sources) == 12
    assert found.mark == "unsure"


def test_a_total_is_unknown_where_a_stratum_is(world, farm):
    for n, d in enumerate(PLOTS):
        reports.a_sampled_plot(world, farm, f"样{n}", d)
    (table,) = (t for t in ask.tables(reports.row(annual(world, farm))) if t.no == 2)
    assert "uncertainty_pct" not in table.total


def test_bare_land_has_no_plots_and_makes_nothing_less_sure(world, farm):
    sampled_everywhere(world, farm)
    samples = farm_plots.of(farm, END)
    wooded = {("350", AgeGroup.MIDDLE_AGED): Decimal(4), ("465", AgeGroup.MATURE): Decimal(2)}
    assert samples.cell(wooded | {("", None): Decimal(9)}).value == samples.cell(wooded).value


def test_a_plot_of_no_stratum_of_table_2_is_named_even_where_all_are_sure(world, farm):
    sampled_everywhere(world, farm)
    reports.a_sampled_plot(world, farm, "外", PLOTS[0], stratum="柏类幼龄林")
    report_id = annual(world, farm)
    known = services.facts(reports.row(report_id), ON, None, {})
    assert known.strata_unsure == ()
    assert known.plots_astray == (PlotGap("外", PlotWhy.OTHER_STRATUM, "柏类幼龄林"),)
    (found,) = (o for o in findings(known, current()) if o.clause == "P38")
    assert (found.severity, found.facts["count"]) == ("warn", 1)


def test_a_mean_diameter_is_held_against_the_tree_list_of_its_measurement(world, farm):
    reports.a_sampled_plot(world, farm, "对", (10, 12, 20), mean_cm=Decimal("14.7"))
    reports.a_sampled_plot(world, farm, "错", (10, 12, 20), mean_cm=Decimal("24.7"))
    reports.a_sampled_plot(world, farm, "无", mean_cm=Decimal("24.7"))
    known = services.facts(reports.row(annual(world, farm)), ON, None, {})
    assert [one.plot for one in known.plot_means] == ["对", "错"]
    (found,) = (o for o in findings(known, current()) if o.clause == "P39")
    assert (found.severity, [one.plot for one in found.facts["means"]]) == ("warn", ["错"])


def test_plots_that_came_later_are_told_of_until_the_figures_are_read_again(world, farm):
    report_id = annual(world, farm)
    sampled_everywhere(world, farm)
    assert [gap.plots for gap in gaps(report_id)] == [3, 3]
    services.read_again(report_id, by=world.user("reporter"), at=reports.now())
    assert gaps(report_id) == ()


@pytest.mark.parametrize(
    ("words", "species", "stratum"),
    [
        ("柏类中龄林", "", ("350", "middle_aged")),
        ("侧柏 中龄林", "赤松", ("350", "middle_aged")),
        ("中龄林", "侧柏", ("350", "middle_aged")),
        ("栎类近熟", "", ("410", "near_mature")),
        ("柏类", "", ("350", None)),
        ("", "侧柏", None),
        ("中龄林", "", None),
        ("示例一区中龄林", "侧柏", None),
    ],
)
def test_a_stratum_is_told_by_species_and_age(words, species, stratum):
    assert farm_plots.stratum_of(words, species) == stratum


def test_the_area_of_the_plot_decides_what_stands_on_a_hectare(world, farm):
    plot, _measured = reports.a_sampled_plot(world, farm, "样0", PLOTS[0])
    reports.recorded(
        world, farm, "plot", date(2025, 5, 1), replaces=plot, plot_no="样0", stratum="柏类中龄林", area_m2=Decimal(300)
    )
    (counted,) = farm_plots.of(farm, END).counted.values()
    assert [one.tc_per_ha for one in counted] == pytest.approx([2 * tc_per_ha(PLOTS[0])])
