"""What moved between two surveys, and gains less losses: as published."""

from datetime import date
from decimal import Decimal

import pytest

from workflows.carbon import Columns, Parameters, change, stock
from workflows.carbon.change import Moved, change_by
from workflows.carbon.gain_loss import Balance, Disturbance, Removal, Stratum
from workflows.carbon.stock import Row

P = Parameters.base(date(2026, 11, 20))
D = Decimal


def standing(volume, species="350", area=1.0):
    return stock(Columns([species], [area], [volume]), P)


def test_a_year_of_gains_and_losses_comes_out_as_the_worked_example():
    """O1: IPCC 2006 vol. 4 ch. 4, temperate continental pine of 25 years."""
    r, cf = D("0.29"), D("0.47")
    year = Balance(
        strata=(Stratum(D(100_000), D("4.0"), r, cf),),
        wood=(Removal(D(1000), D("1.11"), r, cf),),
        fuelwood=(Removal(D(500), D("1.11"), r, cf),),
        disturbed=(Disturbance(D(2000), D("4.0"), r, cf, D("0.3")),),
    )
    assert year.gain_tc == 242_520
    assert [one.loss_tc for one in (*year.wood, *year.fuelwood, *year.disturbed)] == [
        D("672.9930"),
        D("336.49650"),
        D("1455.120"),
    ]
    assert round(year.change_tc, 2) == D("240055.39")
    assert round(year.change_tco2e, 1) == D("880203.1")


def test_a_province_gained_what_was_published():
    """O3: 吉林省 471.29 TgC in 2009, 505.76 in 2014: 34.47, 6.89 a year."""
    told = Moved("吉林", Row("", 1, 1, 0, 471.29), Row("", 1, 1, 0, 505.76), 5)
    assert (round(told.delta_tc, 2), round(told.tc_per_year, 2)) == (34.47, 6.89)


def test_a_change_is_the_later_stock_less_the_earlier_by_year_and_by_mu():
    told = change(standing(50), standing(60), 5)
    assert told.total.delta_tc == pytest.approx(standing(10).total_tc)
    assert told.total.tco2e_per_year == pytest.approx(standing(2).total_tco2e)
    assert told.total.tco2e_per_mu_year == pytest.approx(standing(2).total_tco2e / 15)
    assert [mark.key for mark in told.marks] == ["AR-CM-001-V01/350"]


def test_a_species_that_came_or_went_stands_in_the_table():
    told = change(standing(50), standing(60, "刺槐"), 5)
    assert [(m.key, m.old.volume_m3, m.new.volume_m3) for m in told.species] == [("350", 50, 0), ("465", 0, 60)]
    assert sum(m.delta_tc for m in told.species) == pytest.approx(told.total.delta_tc)


def test_land_that_is_gone_has_no_yield():
    gone = change_by((standing(50), ["泰山区"]), (standing(60), ["岱岳区"]), 1)
    assert [(m.key, m.tco2e_per_mu_year is None) for m in gone] == [("岱岳区", False), ("泰山区", True)]


@pytest.mark.parametrize("years", [0, -1, float("nan")])
def test_no_time_is_no_change(years):
    with pytest.raises(ValueError, match="not later"):
        change(standing(1), standing(2), years)
