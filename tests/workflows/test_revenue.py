"""A promised income is worked out in decimals, beside the range of published projects."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contracts import COUNTY, HONEST
from workflows.policy import Policy
from workflows.revenue import Estimate, picture, recomputed, reference, years_of

POLICY = Policy.base()
D = Decimal


def estimate(area="6000", grown="1.60", price="120", years="18", deduction="0"):
    return Estimate(D(area), D(grown), D(price), D(years), D(deduction))


def test_income_is_area_times_yield_times_price_times_years():
    assert estimate().total_yuan == D("20736000")
    assert estimate().yuan_per_mu_yr == D("192.00")
    assert estimate(deduction="10").total_yuan == D("18662400")


def test_a_published_project_comes_out_as_published():
    """广东长隆: 13,000 mu and 20 years at 1.335 t give the published 347,000 t (domain.md O5, rounded there)."""
    assert abs(estimate("13000", "1.335", "1", "20").tonnes - 347_000) < 200


amounts = st.decimals("0.01", "100000", places=2)


@given(amounts, amounts, amounts, st.integers(1, 70), st.integers(0, 100))
def test_a_sum_is_that_of_its_mus_and_years(area, grown, price, years, deduction):
    made = Estimate(area, grown, price, D(years), D(deduction))
    assert abs(made.total_yuan - made.yuan_per_mu_yr * area * years) <= made.total_yuan * D("1e-20")
    assert made.total_yuan <= Estimate(area, grown, price, D(years), D(0)).total_yuan


@pytest.mark.parametrize("fact", ["claimed_t_per_mu_yr", "claimed_yuan_per_t", "claimed_deduction_pct"])
def test_a_sum_with_a_missing_figure_is_not_known(fact):
    assert recomputed(HONEST) is not None
    assert recomputed(replace(HONEST, **{fact: None})) is None


def test_without_years_of_its_own_a_promise_runs_for_the_term():
    assert years_of(HONEST) == 10
    assert years_of(replace(HONEST, claimed_years=None)) == 10
    assert years_of(replace(HONEST, claimed_years=None, end_on=None)) is None
    assert recomputed(replace(HONEST, claimed_years=None, start_on=None)) is None


def test_the_range_runs_from_the_lowest_yield_and_ticket_price_to_the_highest_yield_and_ccer_price():
    low, high = reference(D(300), D(10), POLICY, HONEST.on)
    assert (low.yield_t_per_mu_yr, low.price_yuan_per_t) == (D("0.33"), D("15.02"))
    assert (high.yield_t_per_mu_yr, high.price_yuan_per_t) == (D("1.335"), D("70.76"))
    assert low.deduction_pct == high.deduction_pct == 10


def test_a_day_without_a_mean_price_has_no_range():
    assert reference(D(300), D(10), POLICY, date(2025, 12, 31)) is None
    assert picture(replace(HONEST, on=date(2025, 12, 31)), POLICY) is None


def test_the_picture_says_what_a_promise_needs():
    shown = picture(COUNTY, POLICY)
    assert shown.claimed_yuan_per_mu_yr == D(5_000_000_000) / D(400_000 * 30)
    assert shown.implied_t_per_mu_yr == shown.claimed_yuan_per_mu_yr / 120
    assert shown.own.total_yuan == D(3_600_000_000)
    assert shown.times_high == shown.claimed_yuan / shown.high.total_yuan
    assert shown.scale_yuan == 5_000_000_000


def test_an_honest_promise_lies_within_the_range():
    shown = picture(HONEST, POLICY)
    assert shown.low.total_yuan < shown.claimed_yuan < shown.high.total_yuan
    assert shown.scale_yuan == shown.high.total_yuan


def test_without_a_price_of_its_own_a_promise_is_measured_by_the_reference():
    shown = picture(replace(COUNTY, claimed_yuan_per_t=None, claimed_deduction_pct=None), POLICY)
    assert shown.own is None
    assert shown.implied_t_per_mu_yr == shown.claimed_yuan_per_mu_yr / (D("70.76") * D("0.9"))


def test_a_picture_without_a_promise_shows_the_range_alone():
    shown = picture(replace(HONEST, claimed_income_yuan=None), POLICY)
    assert shown.claimed_yuan is shown.times_high is shown.implied_t_per_mu_yr is None
    assert shown.own is not None


@pytest.mark.parametrize("missing", [{"area_mu": None, "parcels": ()}, {"claimed_years": None, "end_on": None}])
def test_without_area_or_years_there_is_no_picture(missing):
    assert picture(replace(HONEST, **missing), POLICY) is None
