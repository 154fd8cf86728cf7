"""The working calendar in the database: what it is set up with, and the import of a yearly notice."""

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from registry.clock import now
from registry.extensions import db, writing
from registry.models import AuditEvent, CalendarDay, CalendarYear
from registry.queries import calendar as queries
from registry.services import calendar
from registry.services.calendar import Problem, UnusableNoticeError
from tests.workflows.holidays import CALENDAR
from workflows.working_days import in_working_days

NOTICE = Path(__file__).parents[1] / "data" / "holidays_2027.json"


def notice(**changed):
    """The example of a coming year as bytes, with keys changed."""
    return json.dumps(json.loads(NOTICE.read_text("utf-8")) | changed).encode()


def day(on="2027-02-06", off=True, name="春节", **more):
    return {"name": name, "date": on, "isOffDay": off} | more


def with_days(*more):
    return notice(days=[*json.loads(NOTICE.read_text("utf-8"))["days"], *more])


def everything():
    return [tuple(row) for row in db.session.execute(text("SELECT * FROM calendar_days ORDER BY on_day"))] + [
        tuple(row) for row in db.session.execute(text("SELECT * FROM calendar_years ORDER BY year"))
    ]


def test_the_calendar_is_set_up_with_the_years_known_and_agrees_with_the_oracle(app):
    calendar_now = queries.current()
    assert set(range(2004, 2027)) == calendar_now.announced
    for year in range(2023, 2027):
        days = {d for d in (*calendar_now.special, *CALENDAR.special) if d.year == year}
        assert [d for d in days if calendar_now.works(d) != CALENDAR.works(d)] == []
        assert calendar_now.working_days_of(year) == CALENDAR.working_days_of(year)
    assert "gov.cn" in db.session.get(CalendarYear, 2026).source


def test_a_notice_settles_what_was_provisional(app):
    start = date(2027, 2, 1)
    assert in_working_days(queries.current(), start, 10).provisional
    kept = calendar.keep(calendar.read(notice()), by=None, at=now())
    assert (kept.how, kept.notice.year, kept.working_days) == ("added", 2027, 247)
    period = in_working_days(queries.current(), start, 10)
    assert (period.provisional, period.last_day) == (False, date(2027, 2, 20))
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()
    assert (event.action, event.subject_kind, event.subject_id) == ("calendar:import", "calendar", 2027)
    assert kept.notice.digest in event.detail


def test_the_same_notice_again_changes_nothing_and_leaves_no_link(app):
    calendar.keep(calendar.read(notice()), by=None, at=now())
    before, links = everything(), db.session.scalar(select(func.count()).select_from(AuditEvent))
    assert calendar.keep(calendar.read(notice()), by=None, at=now()).how == "unchanged"
    assert (everything(), db.session.scalar(select(func.count()).select_from(AuditEvent))) == (before, links)


def test_a_corrected_notice_replaces_the_year_and_only_it(app):
    calendar.keep(calendar.read(notice()), by=None, at=now())
    others = db.session.scalar(select(func.count()).select_from(CalendarDay).where(CalendarDay.year != 2027))
    kept = calendar.keep(calendar.read(with_days(day("2027-02-18"))), by=None, at=now())
    assert (kept.how, kept.working_days) == ("changed", 246)
    assert not queries.current().works(date(2027, 2, 18))
    assert db.session.scalar(select(func.count()).select_from(CalendarDay).where(CalendarDay.year != 2027)) == others


def test_a_holiday_may_begin_in_the_december_before(app):
    calendar.keep(calendar.read(with_days(day("2026-12-31", name="元旦"))), by=None, at=now())
    assert not queries.current().works(date(2026, 12, 31))


ODD = [
    (b" \n", Problem.EMPTY),
    (b" " * (calendar.MAX_BYTES + 1) + b"{}", Problem.TOO_LARGE),
    ("春节".encode("gbk"), Problem.NOT_UTF8),
    (b"year,2027", Problem.NOT_JSON),
    (b"[" * 100_000, Problem.NOT_JSON),
    (b"[]", Problem.NOT_A_NOTICE),
    (notice(year=None), Problem.NO_YEAR),
    (notice(year="2027"), Problem.NO_YEAR),
    (notice(year=True), Problem.NO_YEAR),
    (notice(year=1999), Problem.NO_YEAR),
    (notice(papers=[]), Problem.NO_PAPER),
    (notice(papers=["javascript:alert(1)"]), Problem.NO_PAPER),
    (notice(papers={"a": 1}), Problem.NO_PAPER),
    (notice(days=[]), Problem.NO_DAYS),
    (notice(days={"a": 1}), Problem.NO_DAYS),
    (notice(days=[day()] * 500), Problem.NO_DAYS),
    (notice(days=["2027-01-01"]), Problem.NOT_A_DAY),
    (notice(days=[day("2027-02-30")]), Problem.NOT_A_DAY),
    (notice(days=[day(None)]), Problem.NOT_A_DAY),
    (notice(days=[day(20270101)]), Problem.NOT_A_DAY),
    (notice(days=[day("2028-01-01")]), Problem.OTHER_YEAR),
    (notice(days=[day("2026-11-30")]), Problem.OTHER_YEAR),
    (notice(days=[day(), day()]), Problem.TWICE),
    (notice(days=[day(name=" ")]), Problem.NO_NAME),
    (notice(days=[day(name="节" * 41)]), Problem.NO_NAME),
    (notice(days=[day(off="true")]), Problem.NOT_YES_OR_NO),
    (notice(days=[day("2027-02-08", off=False)]), Problem.WEEKDAY_WORKED),
    (notice(days=[day("2027-01-01"), day("2027-05-01")]), Problem.INCOMPLETE),
]


@pytest.mark.parametrize(("raw", "problem"), ODD, ids=[f"{n}-{p}" for n, (_, p) in enumerate(ODD)])
def test_an_odd_notice_has_a_name_and_changes_nothing(app, raw, problem):
    before = everything()
    with pytest.raises(UnusableNoticeError) as refused:
        calendar.keep(calendar.read(raw), by=None, at=now())
    assert refused.value.problem is problem
    assert everything() == before


@pytest.mark.parametrize(
    "forgery",
    [
        "DELETE FROM calendar_years WHERE year = 2026",
        "UPDATE calendar_years SET digest = '0' WHERE year = 2026",
        "INSERT INTO calendar_years (year, source, digest) VALUES (2030, 'x', 'y')",
    ],
)
def test_a_notice_that_stands_in_no_chain_is_refused_by_the_database(app, forgery):
    with pytest.raises(DatabaseError), writing():
        db.session.execute(text(forgery))
