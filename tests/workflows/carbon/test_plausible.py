"""Columns in the wrong place or unit are suspected, and sound ones are not."""

import numpy as np
import pytest

from workflows.carbon import Columns
from workflows.carbon.plausible import Plausible, Suspicion, suspicion, too_dense

LIMITS = Plausible.base()
AREA_HA = np.array([3.2, 4.0, 5.5, 2.1, 8.0, 4.4])
VOLUME = AREA_HA * np.array([40, 58, 75, 90, 31, 60])


def columns(area, volume):
    return Columns(["350"] * len(area), area, volume)


@pytest.mark.parametrize("in_mu", [True, False])
def test_a_survey_as_they_are_is_not_suspected(in_mu):
    assert suspicion(columns(AREA_HA, VOLUME), LIMITS, in_mu) is None


@pytest.mark.parametrize(
    ("area_ha", "volume", "in_mu", "found"),
    [
        (VOLUME, AREA_HA, False, Suspicion.SWAPPED),
        (VOLUME / 15, AREA_HA * 15, True, Suspicion.SWAPPED),
        (AREA_HA * 15, VOLUME, False, Suspicion.MU_AS_HA),
        (AREA_HA / 15, VOLUME, True, Suspicion.HA_AS_MU),
        (AREA_HA, VOLUME / 1e4, True, Suspicion.TOO_THIN),
        (AREA_HA, VOLUME * 1e4, False, Suspicion.TOO_DENSE),
    ],
)
def test_what_happened_to_the_columns_is_named(area_ha, volume, in_mu, found):
    told = suspicion(columns(area_ha, volume), LIMITS, in_mu)
    assert told is not None
    assert told[0] is found


def test_a_few_stands_and_land_without_wood_say_nothing_of_the_columns():
    assert suspicion(columns(VOLUME[:4], AREA_HA[:4]), LIMITS, False) is None
    assert suspicion(columns(AREA_HA, VOLUME * 0), LIMITS, False) is None


def test_a_row_with_more_wood_than_any_stand_bears_is_named():
    assert too_dense(columns([1.0, 1.0, 0.0], [999.0, 1001.0, 0.0]), LIMITS) == [1]
