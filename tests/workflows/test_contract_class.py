"""Large and long: a term by the calendar, and the land of one partner on one day, however it is cut up."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contracts import HONEST, parcel
from workflows.contract_class import anniversary, area_of, extent, longer_than, overlap_in_time, term_of, term_years
from workflows.facts import PartnerContract

D = Decimal


def other(number="HT-2", area="100", start=date(2027, 1, 1), end=date(2036, 12, 31), code="370911"):
    return PartnerContract(
        number=number,
        partner="泰山林业服务公司",
        district_code=code,
        area_mu=None if area is None else D(area),
        start_on=start,
        end_on=end,
    )


# Term


@pytest.mark.parametrize(
    ("end", "years", "over"),
    [
        (date(2045, 12, 30), "19.99", False),
        (date(2045, 12, 31), "20", False),
        (date(2046, 1, 1), "20", False),
        (date(2046, 1, 2), "20", True),
        (date(2046, 7, 2), "20.50", True),
    ],
)
def test_twenty_years_end_on_the_anniversary_or_the_day_before(end, years, over):
    start = date(2026, 1, 1)
    assert term_years(start, end) == D(years)
    assert longer_than(start, end, 20) is over


def test_a_leap_day_has_its_anniversary_on_the_last_of_february():
    assert anniversary(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert anniversary(date(2024, 2, 29), 4) == date(2028, 2, 29)
    assert anniversary(date(2024, 2, 29), -5) == date(2019, 2, 28)


days = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@given(days, st.integers(0, 36500))
def test_a_longer_term_never_has_fewer_years(start, length):
    end = start + timedelta(days=length)
    assert term_years(start, end) <= term_years(start, end + timedelta(days=1))


@given(days, st.integers(1, 99))
def test_a_term_of_whole_years_has_just_these(start, years):
    end = anniversary(start, years) - timedelta(days=1)
    assert term_years(start, end) == years
    assert not longer_than(start, end, years)


def test_a_term_that_ends_before_it_begins_is_not_known():
    assert term_of(replace(HONEST, end_on=date(2020, 1, 1))) is None
    assert term_of(replace(HONEST, start_on=None)) is None


# Area


def test_the_area_is_what_is_stated_or_what_the_parcels_add_up_to_whichever_is_more():
    assert area_of(HONEST) == 300
    assert area_of(replace(HONEST, area_mu=None)) == 300
    assert area_of(replace(HONEST, area_mu=D(200))) == 300
    assert area_of(replace(HONEST, area_mu=D(400))) == 400
    assert area_of(replace(HONEST, area_mu=None, parcels=(parcel(), parcel(area_mu=None)))) is None
    assert area_of(replace(HONEST, area_mu=None, parcels=())) is None


def test_a_contract_that_stands_in_the_list_of_others_is_not_counted_twice():
    held = extent(replace(HONEST, other_contracts=(other("HT-1", "300"),)))
    assert (held.total_mu, held.counted) == (300, ())


def test_what_does_not_run_at_one_time_is_not_added():
    early, late = other("HT-2", "600", end=date(2029, 12, 31)), other("HT-3", "500", start=date(2030, 1, 1))
    assert extent(replace(HONEST, other_contracts=(early, late))).total_mu == 900
    beside = replace(late, start_on=date(2029, 12, 31))
    assert extent(replace(HONEST, other_contracts=(early, beside))).total_mu == 1400


@pytest.mark.parametrize("open_day", [{"start_on": None}, {"end_on": None}, {"start_on": None, "end_on": None}])
def test_a_day_that_is_not_known_shortens_no_contract(open_day):
    assert extent(replace(HONEST, other_contracts=(replace(other(), **open_day),))).total_mu == 400
    assert extent(replace(HONEST, other_contracts=(other(),), **open_day)).total_mu == 400


def test_land_is_summed_for_each_district():
    held = extent(replace(HONEST, other_contracts=(other(), other("HT-3", "50", code="370921"))))
    assert held.by_district == {"370911": 400, "370921": 50}
    assert held.total_mu == 450
    across = replace(HONEST, area_mu=None, parcels=(parcel(), parcel(key="p2", district_code="370902", area_mu=D(20))))
    assert extent(across).by_district == {"370902": 20, "370911": 300}


def test_what_is_not_known_of_others_makes_the_extent_incomplete():
    assert extent(HONEST).complete
    assert not extent(replace(HONEST, other_contracts=None)).complete
    assert not extent(replace(HONEST, other_contracts=(other(area=None),))).complete
    assert not extent(replace(HONEST, other_contracts=(other(code=None),))).complete
    assert not extent(replace(HONEST, parcels=(parcel(district_code=None),))).complete
    across = (parcel(), parcel(key="p2", district_code="370902", area_mu=None))
    assert not extent(replace(HONEST, area_mu=D(300), parcels=across)).complete
    gone = other(area=None, start=date(2010, 1, 1), end=date(2011, 1, 1))
    assert extent(replace(HONEST, other_contracts=(gone,))).complete


@given(st.lists(st.integers(1, 500), min_size=1, max_size=8))
def test_a_contract_cut_up_is_as_large_as_the_whole(pieces):
    first, *rest = pieces
    others = tuple(other(f"HT-{n}", str(area)) for n, area in enumerate(rest, 2))
    cut = replace(HONEST, parcels=(parcel(area_mu=D(first)),), area_mu=D(first), other_contracts=others)
    held = extent(cut)
    assert held.total_mu == held.by_district["370911"] == sum(pieces)


@given(*[st.one_of(st.none(), days)] * 4)
def test_to_share_a_day_is_mutual(a, b, c, d):
    assert overlap_in_time(a, b, c, d) is overlap_in_time(c, d, a, b)
