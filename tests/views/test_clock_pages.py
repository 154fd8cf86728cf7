"""Deadlines on the pages: the proof on a case, the inbox by deadline, what is overdue, the calendar and its import."""

import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask_babel import force_locale

from registry.clock import now
from registry.extensions import db
from registry.labels.calendar import holiday
from registry.models import CalendarYear, Case
from registry.services.tick import tick
from tests.services.test_calendar import notice
from tests.views.test_applicant import signed_in
from tests.world import World

NOTICE = Path(__file__).parents[1] / "data" / "holidays_2027.json"


@pytest.fixture
def site(make_app, clock):
    return make_app()


@pytest.fixture
def world(site):
    with site.app_context():
        return World()


@pytest.fixture
def go(clock):
    """Go to nine in the morning of a day."""
    return lambda day: clock.set(datetime.fromisoformat(f"{day}T01:00:00").replace(tzinfo=UTC))


def a_case(site, world, state, name="North slope"):
    with site.app_context():
        return world.advance(world.draft(basics={"name": name}), state)


def page(site, world, who, path, language="en"):
    client = signed_in(site.test_client(), world.people[who]) if who else site.test_client()
    with client.session_transaction() as session:
        session["language"] = language
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", answer.text).replace("\u00a0", " ")


def address(site, world, case_id):
    with site.app_context():
        return f"/cases/{world.case(case_id).number}"


def test_a_case_says_by_when_and_proves_it_day_by_day(site, world, go):
    case_id = a_case(site, world, "risk_review")
    go("2026-03-12")
    shown = page(site, world, "owner", address(site, world, case_id))
    assert '<time datetime="2026-03-30">30 March 2026</time>' in shown
    assert "12 working days left" in shown
    assert "that day is not counted (Civil Code art. 201)" in shown
    assert "day 20" in shown
    assert len(re.findall(r"<span>day \d+</span>", shown)) == 20
    assert "<details open>" not in shown
    assert "<details open>" in page(site, world, "officer", address(site, world, case_id))


def test_a_date_in_a_year_without_a_notice_is_said_to_be_provisional(site, world, go):
    go("2026-12-14")
    case_id = a_case(site, world, "risk_review")
    assert "(provisional)" in page(site, world, "owner", address(site, world, case_id))
    chinese = page(site, world, "owner", address(site, world, case_id), "zh_Hans_CN")
    assert "暂定" in chinese
    assert "尚未公布" in chinese


def test_a_clock_that_stands_still_says_why(site, world, go):
    case_id = a_case(site, world, "risk_review")
    with site.app_context():
        world.act(case_id, "suspend", "officer", words="疫情")
    shown = page(site, world, "owner", address(site, world, case_id))
    assert "The clock stands still: the case is suspended; 20 working days left" in shown


def test_the_inbox_puts_the_nearest_deadline_first_and_says_how_it_stands(site, world, go):
    a_case(site, world, "methodology_screening", "Long")
    go("2026-03-25")
    a_case(site, world, "submitted", "Short")
    go("2026-03-27")
    shown = page(site, world, "officer", "/inbox")
    assert shown.index("Long") < shown.index("Short")  # 30 March before 1 April
    assert "Due soon" in shown
    go("2026-03-31")
    assert "Overdue" in page(site, world, "officer", "/inbox")
    assert "1 working day over" in page(site, world, "officer", "/inbox")


def test_what_is_overdue_stands_before_supervisor_and_chair_only(site, world, go):
    case_id = a_case(site, world, "risk_review")
    for who in ("supervisor", "chair"):
        assert "Nothing is overdue" in page(site, world, who, "/overdue")
    go("2026-04-02")
    for who in ("supervisor", "chair"):
        shown = page(site, world, who, "/overdue")
        assert "North slope" in shown
        assert "3 working days" in shown
        assert "Decision on the risk review" in shown
    for who in ("officer", "member1", "owner", "administrator"):
        assert signed_in(site.test_client(), world.people[who]).get("/overdue").status_code == 403
    assert site.test_client().get("/overdue").status_code in (302, 401)
    with site.app_context():
        world.act(case_id, "extend", "chair", words="需要补充评估")
    assert "Nothing is overdue" in page(site, world, "supervisor", "/overdue")


def test_a_reminder_says_what_and_by_when(site, world, go):
    a_case(site, world, "risk_review")
    go("2026-03-25")
    with site.app_context():
        assert tick(now()).done["remind"] == 1
    shown = page(site, world, "chair", "/notices")
    assert "Decision on the risk review: three working days are left, the last day is 30 March 2026" in shown


def test_asking_for_more_time_waits_for_an_officer_and_the_answer_is_told(site, world, go):
    case_id = a_case(site, world, "submitted")
    with site.app_context():
        world.act(case_id, "request_correction", "officer", faults=[{"field": "basics.contact_phone", "what": "改"}])
        world.act(case_id, "ask_extension", "owner", words="等登记机关出证")
    assert "The applicant asked for more time: answer the request" in page(site, world, "officer", "/inbox")
    with site.app_context():
        world.act(case_id, "extend", "officer", granted=False, words="理由不足，请按期补正")
    shown = page(site, world, "owner", address(site, world, case_id))
    assert "Corrections: more time was refused" in shown
    assert "理由不足，请按期补正" in shown


# The calendar -------------------------------------------------------------------------------------------


def test_anybody_sees_a_year_with_its_working_days_and_its_notice(site, world):
    shown = page(site, world, None, "/calendar/2026")
    assert "248 working days in the year" in shown
    assert "content_7047091" in shown
    assert "16 working days" in shown  # February: fourteen, and two Saturdays
    assert site.test_client().get("/calendar/1990").status_code == 404


def test_a_year_that_is_not_announced_says_so_plainly(site, world):
    shown = page(site, world, None, "/calendar/2027", "zh_Hans_CN")
    assert "尚未导入" in shown
    assert "均为暂定" in shown


def sent(site, world, content, who="secretary"):
    client = signed_in(site.test_client(), world.people[who])
    with client.session_transaction() as session:
        session["language"] = "en"
    return client.post(
        "/calendar/import", data={"file": (io.BytesIO(content), "2027.json")}, content_type="multipart/form-data"
    )


def test_the_secretary_imports_the_notice_and_provisional_dates_follow(site, world, go):
    go("2026-12-14")
    case_id = a_case(site, world, "risk_review")
    answer = sent(site, world, NOTICE.read_bytes())
    assert answer.status_code == 302
    assert "(provisional)" not in page(site, world, "owner", address(site, world, case_id))
    assert "12 January 2027" in page(site, world, "owner", address(site, world, case_id))
    shown = page(site, world, "secretary", answer.headers["Location"])
    assert "The notice of 2027 is kept" in shown
    assert "counted again by the new calendar" in page(site, world, "owner", "/notices")


@pytest.mark.parametrize("who", ["officer", "administrator", "chair", "owner"])
def test_nobody_else_imports_a_notice(site, world, who):
    assert sent(site, world, NOTICE.read_bytes(), who).status_code == 403


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not json", "not JSON"),
        (notice(papers=[]), "names no notice"),
        (notice(days=[{"name": "<b>", "date": "2027-13-01", "isOffDay": True}]), "is not a day"),
        (json.dumps({"year": 2027}).encode(), "lists no days"),
    ],
    ids=["not JSON", "no notice", "no day", "no days"],
)
def test_an_odd_notice_is_named_on_the_page_and_changes_nothing(site, world, content, words):
    answer = sent(site, world, content)
    assert answer.status_code == 422
    assert words in answer.text
    with site.app_context():
        assert db.session.get(CalendarYear, 2027) is None
        assert db.session.query(Case).count() == 0


def test_the_holidays_of_a_year_stand_in_the_order_of_their_days_off(site, world):
    """In 2026 a Sunday is worked for 国庆 before 中秋 comes."""
    with site.app_context():
        shown = BeautifulSoup(page(site, world, None, "/calendar/2026"), "html.parser")
    names = [row.th.text for row in shown.select("section[aria-labelledby=holidays] tbody tr")]
    assert names[-2:] == ["Mid-Autumn Festival", "National Day"]
    assert names[0] == "New Year’s Day"


def test_a_holiday_is_called_in_the_readers_language_and_one_of_a_single_year_as_in_its_notice(app):
    for tongue, called in (("en", "Dragon Boat Festival"), ("zh_Hans_CN", "端午节")):
        with app.test_request_context(), force_locale(tongue):
            assert {holiday("端午"), holiday("端午节")} == {called}
            assert holiday("城市解放纪念日") == "城市解放纪念日"
