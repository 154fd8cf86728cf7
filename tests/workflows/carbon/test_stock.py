"""The volume method: what its figures give, and what no sum may hide."""

from datetime import date

import numpy as np
import pytest

from workflows.carbon import Columns, Parameters, RowFaults, Why, grouped, stock

ON = date(2026, 11, 20)
P = Parameters.base(ON)

O10 = {
    "侧柏": (25.756, 94.438),
    "油松": (18.642, 68.354),
    "赤松": (18.776, 68.847),
    "黑松": (25.203, 92.410),
    "刺槐": (31.369, 115.019),
    "栎类": (29.586, 108.483),
    "杨树": (16.632, 60.986),
    "落叶松": (21.906, 80.323),
}


@pytest.mark.parametrize("species", O10)
def test_fifty_cubic_metres_on_a_hectare_hold_what_the_table_says(species):
    told = stock(Columns([species], [1.0], [50.0]), P)
    assert (round(told.total_tc, 3), round(told.total_tco2e, 3)) == O10[species]


def test_a_code_a_name_and_an_alias_are_one_species():
    told = stock(Columns(np.array(["350", "柏类", " 侧柏 "]), [1, 1, 1], [10, 20, 30]), P)
    assert [(row.key, row.rows, row.volume_m3) for row in told.species] == [("350", 3, 60.0)]


def test_rows_species_and_groups_add_up_to_one_total():
    told = stock(Columns(["350", "410", "", "530"], [1, 2, 3, 4], [10, 20, 0, 40]), P)
    assert told.rows_tc.sum() == pytest.approx(told.total_tc, rel=1e-12)
    groups = grouped(told, ["泰山区", "岱岳区", "泰山区", "岱岳区"])
    assert sum(row.tc for row in groups) == pytest.approx(told.total_tc, rel=1e-12)
    assert {row.key: (row.rows, row.area_ha, row.volume_m3) for row in groups} == {
        "岱岳区": (2, 6.0, 60.0),
        "泰山区": (2, 4.0, 10.0),
    }


def test_land_without_trees_counts_as_land_and_holds_no_carbon():
    told = stock(Columns(["", None], [3, 4], [0, 0]), P)
    assert [(row.key, row.area_ha, row.tc) for row in told.species] == [("", 7.0, 0.0)]


def test_no_row_is_dropped_and_none_is_reckoned_as_nothing():
    with pytest.raises(RowFaults) as refused:
        stock(
            Columns(["火星树", "柳树", "", "350", "350"], [1, 1, 1, float("nan"), 1], [5, 5, 5, 5, -1]),
            P,
        )
    assert [(f.row, f.column, f.why) for f in refused.value.faults] == [
        (0, "species", Why.UNKNOWN_SPECIES),
        (1, "species", Why.NO_PARAMETERS),
        (2, "species", Why.NO_SPECIES),
        (3, "area_ha", Why.NO_NUMBER),
        (4, "volume_m3", Why.NEGATIVE),
    ]


@pytest.mark.parametrize("value", [float("inf"), 1e30])
def test_a_figure_nothing_can_measure_is_refused(value):
    with pytest.raises(RowFaults):
        stock(Columns(["350"], [1.0], [value]), P)


def test_every_unverified_parameter_leaves_its_mark_and_a_proxy_says_so():
    told = stock(Columns(["核桃", "350"], [1, 1], [50, 50]), P)
    assert [(m.key, m.unverified, m.proxy_of) for m in told.marks] == [
        ("AR-CM-001-V01/350", True, ""),
        ("AR-CM-001-V01/TA-HT", True, "490"),
    ]


def test_a_method_whose_table_is_not_on_file_reckons_nothing():
    with pytest.raises(RowFaults) as refused:
        stock(Columns(["350"], [1.0], [50.0]), Parameters.base(ON, "CCER-14-001-V01"))
    assert refused.value.faults[0].why is Why.NO_PARAMETERS


def test_before_its_day_a_parameter_is_not_in_force():
    assert not Parameters.base(date(2013, 11, 3)).factors
