"""Units are exact, are never mixed, and a certificate is never rounded up."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.carbon.units import CO2_PER_C, Unit, UnitsDiffer, convert, factor, whole_tonnes


def test_a_hectare_is_fifteen_mu_and_a_mu_ten_thousand_fifteenths_of_a_square_metre():
    assert factor(Unit.HA, Unit.MU) == 15
    assert factor(Unit.MU, Unit.M2) == Fraction(10_000, 15)


def test_carbon_dioxide_is_forty_four_twelfths_of_its_carbon():
    assert factor(Unit.TC, Unit.TCO2E) == Fraction(44, 12) == CO2_PER_C
    assert convert(Fraction(3), Unit.TC, Unit.TCO2E) == 11
    assert convert(Decimal(300), Unit.TC, Unit.TCO2E) == 1100  # 1101 by 3.67


def test_a_cubic_metre_on_a_mu_is_fifteen_on_a_hectare():
    assert convert(Decimal("3.2"), Unit.M3_PER_MU, Unit.M3_PER_HA) == 48


@pytest.mark.parametrize(("of", "to"), [(Unit.MU, Unit.M3), (Unit.M3, Unit.M3_PER_HA), (Unit.TC, Unit.HA)])
def test_units_of_different_things_are_not_turned_into_each_other(of, to):
    with pytest.raises(UnitsDiffer):
        convert(1.0, of, to)


@given(st.fractions(0, 10**9), st.sampled_from(list(Unit)), st.sampled_from(list(Unit)))
def test_there_and_back_is_the_same_figure(value, of, to):
    try:
        there = convert(value, of, to)
    except UnitsDiffer:
        return
    assert convert(there, to, of) == value


def test_a_column_is_turned_as_its_figures_are():
    column = np.array([15.0, 30.0])
    assert convert(column, Unit.MU, Unit.HA).tolist() == [1.0, 2.0]


@pytest.mark.parametrize(("tonnes", "whole"), [("60610.99", 60610), ("1", 1), ("0.999999", 0), ("-0.2", -1)])
def test_a_certificate_holds_whole_tonnes_and_never_more_than_was_reckoned(tonnes, whole):
    assert whole_tonnes(Decimal(tonnes)) == whole


@given(st.decimals("-1e9", "1e9", places=6))
def test_less_than_a_tonne_is_dropped(tonnes):
    assert 0 <= tonnes - whole_tonnes(tonnes) < 1


def test_what_is_no_number_is_no_certificate():
    with pytest.raises(ValueError, match="no quantity"):
        whole_tonnes(Decimal("NaN"))


def test_published_projects_come_out_in_the_published_units():
    """O5 广东长隆: 13,000 mu, 347,000 t in 20 years; O6 汕头潮阳: 3,000 mu, 60,610 t in 20 years."""
    changlong, chaoyang = Fraction(347_000, 20), Fraction(60_610, 20)
    assert (changlong, chaoyang) == (17_350, Fraction("3030.5"))
    assert round(changlong / 13_000, 3) == Fraction("1.335")
    assert round(changlong / convert(Fraction(13_000), Unit.MU, Unit.HA), 2) == Fraction("20.02")
    assert round(chaoyang / 3_000, 3) == Fraction("1.010")
