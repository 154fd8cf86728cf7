"""How sure a survey is; what is not known is not nothing."""

from datetime import date
from decimal import Decimal
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.carbon import Parameters
from workflows.carbon.deductions import certifiable, less, precision_deduction_pct, risk
from workflows.carbon.uncertainty import Stratum, Unsure, student_share, student_t, uncertainty
from workflows.policy.values import Confidence

ON = date(2026, 11, 20)
AR_CM_001 = Parameters.base(ON)
D = Decimal

# The column "0.95 one-sided" that every statistics book prints.
PRINTED = {
    1: 6.314, 2: 2.920, 3: 2.353, 4: 2.132, 5: 2.015, 6: 1.943, 7: 1.895, 8: 1.860, 9: 1.833, 10: 1.812,
    15: 1.753, 20: 1.725, 25: 1.708, 30: 1.697, 40: 1.684, 60: 1.671, 120: 1.658,
}  # fmt: skip


@pytest.mark.parametrize("degrees", PRINTED)
def test_students_t_is_the_printed_one(degrees):
    assert round(student_t(degrees), 3) == PRINTED[degrees]


def test_students_t_comes_near_the_normal_deviate_and_needs_a_degree():
    assert student_t(100_000) == pytest.approx(1.644854, abs=2e-5)
    with pytest.raises(ValueError, match="degree"):
        student_t(0)


@given(st.integers(1, 300), st.floats(0.01, 0.999))
def test_the_quantile_holds_the_share_it_was_asked_for(degrees, confidence):
    assert student_share(student_t(degrees, confidence), degrees) == pytest.approx(confidence, abs=1e-12)


def test_a_survey_of_one_stratum_is_the_textbook_interval():
    told = uncertainty([Stratum(10, (30.0, 34.0, 38.0, 42.0, 46.0))])
    assert (told.mean, told.degrees) == (38, 4)
    assert told.error == pytest.approx(sqrt(40 / 5))
    assert told.pct == pytest.approx(100 * 2.1318 * sqrt(8) / 38, rel=1e-4)


def test_strata_weigh_by_their_area():
    told = uncertainty([Stratum(30, (40.0, 44.0)), Stratum(10, (20.0, 22.0, 24.0))])
    assert told.mean == pytest.approx(0.75 * 42 + 0.25 * 22)
    assert told.error == pytest.approx(sqrt(0.75**2 * 8 / 2 + 0.25**2 * 4 / 3))
    assert (told.degrees, told.t) == (3, student_t(3))


UNKNOWN = {
    Unsure.ONE_PLOT: [Stratum(10, (30.0, 31.0)), Stratum(1, (20.0,))],
    Unsure.NO_PLOTS: [Stratum(10, (30.0, 31.0)), Stratum(1, ())],
    Unsure.NO_AREA: [Stratum(0, (30.0, 31.0))],
    Unsure.NO_NUMBER: [Stratum(1, (30.0, float("nan")))],
    Unsure.NOTHING_STANDS: [Stratum(1, (0.0, 0.0))],
}


@pytest.mark.parametrize("why", UNKNOWN)
def test_what_cannot_be_told_is_unknown_and_not_nothing(why):
    assert uncertainty(UNKNOWN[why]) is why


def test_no_survey_is_unknown():
    assert uncertainty([]) is Unsure.NO_PLOTS


BANDS = {
    "0": "0",
    "10": "0",
    "10.01": "6",
    "20": "6",
    "20.01": "11",
    "30": "11",
    "30.01": None,
    "NaN": None,
    "-1": None,
}


@pytest.mark.parametrize("pct", BANDS)
def test_the_less_sure_a_survey_the_more_is_taken_off(pct):
    assert precision_deduction_pct(D(pct), AR_CM_001) == (None if BANDS[pct] is None else D(BANDS[pct]))


def test_unknown_is_not_deducted_as_nothing():
    assert precision_deduction_pct(None, AR_CM_001) is None
    assert precision_deduction_pct(D(5), Parameters.base(ON, "CCER-14-001-V01")) is None


def test_a_deduction_makes_a_gain_smaller_and_a_loss_greater():
    assert (less(D(100), D(6)), less(D(-100), D(6))) == (94, -106)


def test_the_deduction_for_non_permanence_is_on_file_as_unsure_and_only_of_its_own_method():
    found = risk(Parameters.base(ON, "CCER-14-001-V01"))
    assert (found.value, found.mark.confidence) == (10, Confidence.UNSURE)
    assert risk(AR_CM_001) is None
    assert certifiable(D(1000), D(100), D(50), found.value) == 765
