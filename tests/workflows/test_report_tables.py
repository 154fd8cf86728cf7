"""What must agree in the tables of a report, and what a correction changes."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.labels import reports as words
from workflows.pilot_report import Period, due, ended, marks, period_of
from workflows.policy import Policy
from workflows.report_tables import (
    SHAPES,
    Cell,
    Kind,
    Source,
    Spot,
    asked,
    completed,
    differences,
    jumps,
    off_sums,
    outside,
    with_totals,
)
from workflows.report_text import national
from workflows.states import PeriodKind
from workflows.working_days import Calendar

NUMBERS = st.decimals(-(10**9), 10**9, places=4)


def row(**cells):
    return {key: Cell(value, (Source("record", n),)) for n, (key, value) in enumerate(cells.items(), 1)}


def losses(*areas):
    return with_totals(6, [row(cause="火灾", area_mu=Decimal(area)) for area in areas])


def test_every_table_and_column_has_words():
    assert set(words.TABLES) == set(SHAPES) == set(range(1, 12))
    assert set(words.COLUMNS) == {c.key for shape in SHAPES.values() for c in shape.columns}


def test_a_quarter_asks_five_tables_and_a_year_all():
    assert asked(PeriodKind.QUARTER) == (4, 6, 7, 8, 9)
    assert asked(PeriodKind.YEAR) == tuple(range(1, 12))


@given(st.lists(NUMBERS, min_size=1, max_size=30))
def test_a_total_made_of_its_rows_agrees_with_them_and_names_all_their_sources(areas):
    table = with_totals(6, [{"area_mu": Cell(a, (Source("record", n),))} for n, a in enumerate(areas)])
    assert off_sums([table], Decimal(0)) == ()
    assert table.total["area_mu"].sources == tuple(Source("record", n) for n in range(len(areas)))


@given(NUMBERS.filter(bool), st.integers(0, 99))
def test_a_change_within_the_limit_is_no_jump_and_one_beyond_is(old, pct):
    new = old + abs(old) * pct / 100
    assert jumps([losses(new)], [losses(old)], Decimal(pct)) == ()
    if pct:
        assert jumps([losses(new)], [losses(old)], Decimal(pct) - 1) == (Spot(6, column="area_mu"),)


def test_what_was_nothing_and_is_something_is_a_jump():
    assert jumps([losses(3)], [losses(0)], Decimal(30)) == (Spot(6, column="area_mu"),)


def test_figures_are_worked_out_from_their_own_row():
    assert completed(1, row(area_mu=Decimal(30)))["area_ha"].value == 2
    assert completed(4, row(planned_mu=Decimal(300), done_mu=Decimal(270)))["done_pct"].value == 90
    assert "done_pct" not in completed(4, row(planned_mu=Decimal(0), done_mu=Decimal(5)))


def test_plots_may_have_been_measured_before_the_period_but_not_after_it():
    start, end = date(2025, 1, 1), date(2025, 12, 31)
    plots = with_totals(5, [row(plot="01", surveyed_on=date(2023, 5, 1)), row(plot="02", surveyed_on=date(2026, 1, 1))])
    assert outside([plots], start, end) == (Spot(5, "02 2026-01-01", "surveyed_on"),)


def test_rows_of_one_name_are_compared_in_order():
    found = differences([losses(3, 5)], [losses(3, 6, 1)])
    assert [(d.before, d.after) for d in found if d.spot.row and d.spot.column == "area_mu"] == [(5, 6), (None, 1)]
    assert [(d.before, d.after) for d in found if not d.spot.row] == [(8, 10)]


def test_numbers_are_columns_of_a_kind_and_only_they_add_up():
    assert all(c.kind is Kind.NUMBER for shape in SHAPES.values() for c in shape.columns if c.sums)


@pytest.mark.parametrize(
    "text", ["国家级试点", "国家级　试点", "国 家 级“试点”", "国家林业和草原局选定的试点", "A National-Pilot"]
)
def test_a_claim_is_found_however_it_is_written(text):
    assert national(text)


@pytest.mark.parametrize("text", ["国有林场森林碳汇试点", "国家核证自愿减排量", "按国家、省方法学开展试点", ""])
def test_the_plans_own_words_are_no_claim(text):
    assert not national(text)


def test_periods_know_their_days():
    assert (Period(2025, 4).start, Period(2025, 4).end) == (date(2025, 10, 1), date(2025, 12, 31))
    assert (Period(2025).start, Period(2025).end) == (date(2025, 1, 1), date(2025, 12, 31))
    assert Period(2025, 1).before == Period(2024, 4)
    assert Period(2025).before == Period(2024)
    assert [period_of(p.kind, p.start) for p in ended(date(2025, 1, 1), date(2026, 1, 1))] == [
        *(Period(2025, q) for q in (1, 2, 3, 4)),
        Period(2025),
    ]
    with pytest.raises(ValueError, match="quarter"):
        Period(2025, 5)


def test_a_quarter_is_due_after_ten_working_days_and_reminded_three_before():
    calendar = Calendar()
    counted = due(Period(2025, 2), calendar, Policy.base())
    assert counted.last_day == date(2025, 7, 14)
    assert marks(counted, calendar).near_on == date(2025, 7, 9)
