"""Periods: the oracle of domain.md §8 row by row, and what must hold of any calendar and any period."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.holidays import CALENDAR
from workflows.working_days import (
    LONGEST,
    Calendar,
    Pause,
    Reason,
    Special,
    in_days,
    in_months,
    in_working_days,
    in_years,
    until_day,
)

D = date.fromisoformat
ORACLE = [
    ("2026-07-17", 20, "2026-08-13", "2026-08-14"),  # the national registry publishes this end itself
    ("2023-09-25", 20, "2023-10-26", "2023-10-27"),
    ("2024-02-05", 5, "2024-02-09", "2024-02-18"),  # the eve of the festival worked; a Sunday worked
    ("2024-12-31", 5, "2025-01-07", "2025-01-08"),
    ("2025-09-26", 20, "2025-10-29", "2025-10-30"),
    ("2026-02-13", 5, "2026-02-26", "2026-02-27"),
    ("2026-02-13", 20, "2026-03-18", "2026-03-19"),
]


@pytest.mark.parametrize(("start", "length", "counted", "excluded"), ORACLE)
def test_the_oracle_of_working_days_holds_by_both_conventions(start, length, counted, excluded):
    assert in_working_days(CALENDAR, D(start), length, start_counts=True).last_day == D(counted)
    assert in_working_days(CALENDAR, D(start), length).last_day == D(excluded)
    assert not in_working_days(CALENDAR, D(start), length).provisional


@pytest.mark.parametrize(("year", "days"), [(2023, 249), (2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_as_many_working_days_as_the_notice_leaves(year, days):
    assert CALENDAR.working_days_of(year) == days
    assert sum(CALENDAR.working_days_of(year, month) for month in range(1, 13)) == days


def test_a_year_without_a_notice_counts_mondays_to_fridays_and_is_provisional():
    period = in_working_days(CALENDAR, D("2026-12-28"), 10)
    assert (period.last_day, period.provisional) == (D("2027-01-11"), True)
    assert period.day_of_ordinal(4) == D("2027-01-01")  # a Friday, as long as nobody says otherwise
    assert not in_working_days(CALENDAR, D("2026-12-28"), 3).provisional


def test_each_day_says_why_it_is_counted_or_skipped():
    days = {d.on: d for d in in_working_days(CALENDAR, D("2024-02-05"), 5).days}
    assert days[D("2024-02-05")].reason is Reason.START
    assert days[D("2024-02-09")].ordinal == 4
    assert {days[D("2024-02-10") + timedelta(days=n)].reason for n in range(8)} == {Reason.HOLIDAY}
    assert (days[D("2024-02-18")].reason, days[D("2024-02-18")].ordinal) == (Reason.MADE_UP, 5)
    assert in_working_days(CALENDAR, D("2024-02-02"), 2).days[1].reason is Reason.WEEKEND


def test_a_start_on_a_day_off_counts_from_the_next_working_day():
    assert in_working_days(CALENDAR, D("2026-07-18"), 1, start_counts=True).last_day == D("2026-07-20")
    assert in_working_days(CALENDAR, D("2026-07-18"), 1).last_day == D("2026-07-20")


def test_a_clock_that_stood_still_keeps_the_days_it_had_left():
    # S17: stopped on the 8th working day, for 12 working days; 12 of 20 are left
    start = D("2026-03-02")
    eighth = in_working_days(CALENDAR, start, 8).last_day
    assert eighth is not None
    back = in_working_days(CALENDAR, eighth, 12).last_day
    period = in_working_days(CALENDAR, start, 20, pauses=[Pause(eighth, back, "panel")])
    assert back is not None
    assert 20 - period.counted_by(back) == 12
    assert period.last_day == in_working_days(CALENDAR, back, 12).last_day
    stopped = [d for d in period.days if d.reason is Reason.STOPPED]
    assert (len(stopped), {d.name for d in stopped}) == (12, {"panel"})


def test_a_clock_that_stands_still_has_no_end_yet():
    period = in_working_days(CALENDAR, D("2026-03-02"), 20, pauses=[Pause(D("2026-03-04"))])
    assert (period.last_day, period.counted_by(D("2026-12-31"))) == (None, 2)


def test_stopping_and_going_on_the_same_day_takes_nothing_away():
    paused = in_working_days(CALENDAR, D("2026-03-02"), 5, pauses=[Pause(D("2026-03-04"), D("2026-03-04"))])
    assert paused.last_day == in_working_days(CALENDAR, D("2026-03-02"), 5).last_day


# Calendar periods (民法典 201–203) ------------------------------------------------------------------------


def test_calendar_days_leave_the_start_out_and_end_after_a_day_off():
    assert in_days(CALENDAR, D("2026-03-02"), 60).last_day == D("2026-05-06")  # 1 May begins five days off
    assert in_days(CALENDAR, D("2026-03-02"), 15).last_day == D("2026-03-17")
    assert in_days(CALENDAR, D("2026-03-02"), 15, start_counts=True).last_day == D("2026-03-16")


def test_a_last_day_on_a_worked_weekend_day_stays():
    assert in_days(CALENDAR, D("2026-02-18"), 10).last_day == D("2026-02-28")  # a Saturday worked


def test_months_end_on_the_same_number_or_at_the_end_of_the_month():
    assert in_months(CALENDAR, D("2026-03-16"), 6).last_day == D("2026-09-16")
    assert in_months(CALENDAR, D("2024-08-31"), 6).last_day == D("2025-02-28")
    assert in_months(CALENDAR, D("2025-08-31"), 6).last_day == D("2026-02-28")  # a Saturday, but worked
    assert in_months(CALENDAR, D("2025-10-01"), 4).last_day == D("2026-02-02")  # 1 February is a Sunday


def test_years_end_on_the_same_day_also_from_the_29th_of_february():
    assert in_years(CALENDAR, D("2024-02-29"), 1).last_day == D("2025-02-28")
    assert in_years(CALENDAR, D("2023-05-01"), 2).last_day == D("2025-05-06")  # moved past the holiday
    assert in_years(CALENDAR, D("2020-06-01"), 20).provisional


def test_a_calendar_period_is_provisional_only_where_its_end_is_unsure():
    assert not in_days(Calendar({}, frozenset({2027})), D("2026-12-01"), 60).provisional
    assert in_days(CALENDAR, D("2026-12-01"), 60).provisional


def test_a_day_that_a_decision_names_never_moves():
    assert until_day(CALENDAR, D("2026-01-05"), D("2026-05-02")).last_day == D("2026-05-02")


# What must hold of all -----------------------------------------------------------------------------------

DAYS = st.dates(date(2023, 1, 1), date(2027, 6, 30))
LENGTHS = st.integers(1, 120)


@st.composite
def calendars(draw):
    chosen = draw(st.sets(st.dates(date(2025, 1, 1), date(2025, 12, 31)), max_size=60))
    special = {day: Special(day.weekday() >= 5) for day in chosen}
    return Calendar(special, frozenset(draw(st.sets(st.integers(2023, 2027)))))


def plainly(calendar, start, length, counts):
    """The last day the slow way: step a day at a time."""
    left, on = length, start if counts else start + timedelta(days=1)
    while True:
        left -= calendar.works(on)
        if left == 0:
            return on
        on += timedelta(days=1)


@given(calendars(), DAYS, LENGTHS, st.booleans())
def test_the_last_day_works_and_is_the_one_found_by_stepping(calendar, start, length, counts):
    period = in_working_days(calendar, start, length, start_counts=counts)
    assert period.last_day == plainly(calendar, start, length, counts)
    assert calendar.works(period.last_day)


@given(calendars(), DAYS, LENGTHS, st.booleans())
def test_the_proof_lists_every_day_once_and_numbers_those_counted(calendar, start, length, counts):
    days = in_working_days(calendar, start, length, start_counts=counts).days
    assert [d.on for d in days] == [start + timedelta(days=n) for n in range(len(days))]
    assert [d.ordinal for d in days if d.counted] == list(range(1, length + 1))
    assert all(d.counted == (calendar.works(d.on) and (counts or d.on != start)) for d in days)


@given(calendars(), DAYS, LENGTHS)
def test_a_longer_period_never_ends_earlier_and_the_convention_moves_it_by_at_most_one(calendar, start, length):
    ends = [in_working_days(calendar, start, n).last_day for n in (length, length + 1)]
    assert ends[0] < ends[1]
    counted = in_working_days(calendar, start, length, start_counts=True).last_day
    assert counted == (in_working_days(calendar, start, length - 1).last_day if length > 1 else start) or not (
        calendar.works(start)
    )
    assert calendar.working_days_between(counted, ends[0]) == int(calendar.works(start))


@given(calendars(), DAYS, LENGTHS)
def test_a_period_is_provisional_exactly_where_a_day_of_an_unannounced_year_was_looked_at(calendar, start, length):
    period = in_working_days(calendar, start, length)
    years = {d.on.year for d in period.days[1:]}
    assert period.provisional == bool(years - calendar.announced)


@given(calendars(), DAYS, LENGTHS, st.integers(0, 60), st.integers(0, 60))
def test_a_pause_puts_the_end_off_by_the_working_days_it_covers(calendar, start, length, after, long):
    pause = Pause(start + timedelta(days=after), start + timedelta(days=after + long))
    plain = in_working_days(calendar, start, length)
    paused = in_working_days(calendar, start, length, pauses=[pause])
    lost = calendar.working_days_between(pause.after, pause.until) if pause.after < plain.last_day else 0
    assert calendar.working_days_between(plain.last_day, paused.last_day) == lost


@given(calendars(), DAYS, LENGTHS)
def test_a_calendar_period_ends_on_the_first_working_day_from_its_nominal_end_on(calendar, start, length):
    period = in_days(calendar, start, length)
    nominal = start + timedelta(days=length)
    assert period.last_day == (nominal if calendar.works(nominal) else calendar.working_day_after(nominal))
    assert [d.ordinal for d in period.days if d.counted] == list(range(1, length + 1))


@given(calendars(), DAYS, st.integers(1, 60))
def test_months_end_in_the_month_they_count_to(calendar, start, length):
    end = in_months(Calendar({}, frozenset()), start, length).last_day
    months = (end.year - start.year) * 12 + end.month - start.month
    assert months in (length, length + 1)  # + 1 where the end moved over a weekend into the next month
    assert in_months(calendar, start, 12).last_day == in_years(calendar, start, 1).last_day


@pytest.mark.parametrize("length", [0, -1, LONGEST + 1])
@pytest.mark.parametrize("period", [in_working_days, in_days, in_months, in_years])
def test_a_length_that_is_none_is_refused(period, length):
    with pytest.raises(ValueError, match="a period is 1 to"):
        period(CALENDAR, D("2026-03-02"), length)


def test_a_calendar_cannot_be_changed_from_outside():
    days = {D("2026-03-02"): Special(False)}
    calendar = Calendar(days, frozenset({2026}))
    days.clear()
    assert not calendar.works(D("2026-03-02"))
    with pytest.raises(TypeError):
        calendar.special[D("2026-03-03")] = Special(False)
