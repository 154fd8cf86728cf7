"""Single trees and their plots: the arithmetic of the equations, and what a plot without trees says."""

import tomllib
from datetime import date

import numpy as np
import pytest

from workflows.carbon import Parameters, RowFaults, Why
from workflows.carbon.parameters import PLACE
from workflows.carbon.trees import Equations, plots

ON = date(2026, 11, 20)
EQUATIONS, P = Equations.base(ON), Parameters.base(ON)
BY = EQUATIONS, P

O9 = {
    "350": 169.437,
    "200": 163.823,
    "410": 241.178,
    "150": 148.491,
    "490": 187.101,
    "530": 141.143,
    "590": 147.087,
}


@pytest.mark.parametrize("code", O9)
def test_a_tree_of_twenty_centimetres_weighs_what_its_equation_says(code):
    assert round(float(EQUATIONS.by_species[code].kg(np.array([20.0]))[0]), 3) == O9[code]


def test_the_equations_are_marked_as_no_approved_method():
    told = plots(["侧柏"], [20.0], ["1"], {"1": 600.0}, BY)
    assert not EQUATIONS.approved
    assert [(mark.key, mark.confidence.value) for mark in told.marks] == [
        ("tree-equations", "unsure"),
        ("AR-CM-001-V01/350", "known"),
    ]


def test_a_plot_stands_for_a_hectare():
    told = plots(["侧柏", "350", "栎类"], [20.0, 20.0, 20.0], ["1", "2", "2"], {"1": 1000.0, "2": 500.0}, BY)
    assert told.names == ("1", "2")
    assert told.biomass_t_per_ha == pytest.approx([1.69437, (0.169437 + 0.241178) * 20], rel=1e-5)
    assert told.tc_per_ha[0] == pytest.approx(1.69437 * 0.510, rel=1e-5)
    assert told.tco2e_per_ha[0] == pytest.approx(1.69437 * 0.510 * 44 / 12, rel=1e-5)


def test_a_plot_without_a_tree_is_a_measurement_of_nothing():
    assert plots(["350"], [20.0], ["1"], {"1": 600.0, "2": 600.0}, BY).tc_per_ha[1] == 0


def test_a_tree_that_cannot_be_reckoned_is_named():
    with pytest.raises(RowFaults) as refused:
        plots(
            ["350", "火星树", "柳树", "350", "350", "350", "350"],
            [20.0, 20.0, 20.0, -1.0, 0.0, 2000.0, 20.0],
            ["1", "1", "1", "1", "1", "1", "9"],
            {"1": 600.0},
            BY,
        )
    assert [(f.row, f.column, f.why) for f in refused.value.faults] == [
        (1, "species", Why.UNKNOWN_SPECIES),
        (2, "species", Why.NO_PARAMETERS),
        (3, "d_cm", Why.NEGATIVE),
        (4, "d_cm", Why.NO_NUMBER),
        (5, "d_cm", Why.TOO_LARGE),
        (6, "plot", Why.NO_AREA),
    ]


def test_there_are_no_equations_before_their_day():
    with pytest.raises(KeyError):
        Equations.base(date(2000, 1, 1))


def test_the_carbon_fractions_of_the_table_lie_near_those_measured_in_north_china():
    told = tomllib.loads((PLACE / "carbon-fractions.toml").read_text("utf-8"))
    for measured in told["fraction"]:
        assert float(P.factors[measured["species"]].cf) == pytest.approx(measured["organs"], rel=0.06)
