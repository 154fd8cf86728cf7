"""What must hold of any survey, whatever its figures."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.carbon import Coded, Columns, Parameters, grouped, stock

P = Parameters.base(date(2026, 11, 20))

rows = st.lists(
    st.tuples(st.sampled_from(sorted(P.factors)), st.floats(0.01, 5000), st.floats(0, 200_000)), min_size=1, max_size=40
)


def stock_of(listed):
    species, area, volume = zip(*listed, strict=True)
    return stock(Columns(np.array(species), area, volume), P)


@given(rows, st.integers(0, 40))
def test_a_survey_holds_what_its_parts_hold(listed, at):
    at = 1 + at % len(listed)
    parts = [part for part in (listed[:at], listed[at:]) if part]
    assert stock_of(listed).total_tc == pytest.approx(sum(stock_of(part).total_tc for part in parts), rel=1e-9)


@given(rows, st.floats(0.01, 0.99))
def test_a_sub_compartment_that_is_divided_holds_the_same(listed, share):
    species, area, volume = listed[0]
    halves = [(species, area * s, volume * s) for s in (share, 1 - share)]
    assert stock_of([*halves, *listed[1:]]).total_tco2e == pytest.approx(stock_of(listed).total_tco2e, rel=1e-9)


@given(rows, st.floats(0.001, 1000))
def test_more_wood_is_more_carbon(listed, more):
    species, area, volume = listed[0]
    assert stock_of([(species, area, volume + more), *listed[1:]]).total_tc > stock_of(listed).total_tc


@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing_that_is_printed(listed, chance):
    mixed = listed[:]
    chance.shuffle(mixed)
    assert stock_of(mixed).total_tc == pytest.approx(stock_of(listed).total_tc, rel=1e-12)


@given(rows, st.data())
def test_groups_leave_no_row_out(listed, data):
    keys = data.draw(st.lists(st.sampled_from("甲乙丙"), min_size=len(listed), max_size=len(listed)))
    told = stock_of(listed)
    groups = grouped(told, keys)
    assert sum(row.rows for row in groups) == len(listed)
    assert sum(row.tc for row in groups) == pytest.approx(told.total_tc, rel=1e-9, abs=1e-9)


@given(st.lists(st.sampled_from(["350", " 350", "柏类", "", None]), min_size=1))
def test_a_coded_column_reads_as_the_words_it_was_made_of(words):
    coded = Coded.of(words)
    assert [coded.words[code] for code in coded.codes] == [(word or "").strip() for word in words]
    assert len(set(coded.words)) == len(coded.words)
