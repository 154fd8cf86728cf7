"""Everybody gets everywhere: with the keyboard alone, and without a barrier that axe knows of."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import walk
from tests.browser.conftest import People, barriers
from tests.browser.serving import Served

MOST_TABS = 120


@pytest.fixture(scope="module")
def submitted(people: People) -> str:
    """The number of a case of the demo that waits for acceptance."""
    page = people("officer1")
    page.goto("/cases?state=submitted")
    return page.locator("main table td .code, main table th .code").first.inner_text()


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element that fits has the focus; it must be seen there."""
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            focused = page.locator(":focus")
            expect(focused).to_be_in_viewport()
            return
    raise AssertionError(f"{selector} is not reached by Tab on {page.url}")


def test_the_first_waiting_case_and_its_act_are_reached_by_keyboard(people: People, served: Served) -> None:
    page = people.fresh()
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_in_viewport()
    _tab_to(page, 'a[href^="/sign-in"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in*")
    _tab_to(page, f'button[name="person"][value="{served.people["officer3"]}"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the skip link
    _tab_to(page, "main table a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/*")
    _tab_to(page, "main a[data-action]")
    name = page.locator(":focus").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/act/" in url or "/screening" in url)
    assert page.locator("main h1").inner_text()
    assert name
    page.context.close()


@pytest.mark.parametrize(
    ("login", "address"),
    [
        ("company1", "/my"),
        ("company1", "/my/start"),
        ("officer1", "/inbox"),
        ("officer1", "/cases"),
        ("officer1", "/cases/{number}"),
        ("officer1", "/cases/{number}/act/request_correction"),
        ("officer1", "/cases/{number}/act/decline"),
        ("auditor", "/cases/{number}/audit"),
        ("admin", "/admin/users"),
        ("chair", "/notices"),
        ("secretary", "/meetings"),
        ("secretary", "/meetings/plan"),
        ("deputy", "/opinions"),
        ("chair", "/rules"),
        ("chair", "/rules/S11"),
    ],
)
def test_a_main_screen_has_no_barrier(people: People, submitted: str, login: str, address: str) -> None:
    page = people(login)
    page.goto(address.format(number=submitted))
    assert barriers(page) == []


def test_the_pages_of_an_application_have_no_barrier(people: People) -> None:
    page = people("company2", width=390)
    home = walk.start(page)
    walk.section(page, home, "basics", walk.BASICS)
    assert barriers(page) == []
    for name in ("basics", "method", "documents", "check"):
        page.goto(f"{home}/{name}")
        assert barriers(page) == [], name
    page.goto(f"{home}/crediting")
    walk.send(page)
    expect(page.locator(".error-summary")).to_be_focused()
    assert barriers(page) == []
    page.goto(f"{home}/parcels")
    walk.send(page)
    assert barriers(page) == []


@pytest.mark.parametrize(
    ("login", "inbox", "act"),
    [
        ("officer1", "/inbox?state=methodology_screening&q=造林", "answer_condition"),
        ("deputy", "/inbox?state=risk_review", "vote"),
    ],
)
def test_the_sheet_of_a_screening_and_a_vote_have_no_barrier(people: People, login: str, inbox: str, act: str) -> None:
    page = people(login)
    page.goto(inbox)
    page.locator("main table a").first.click()
    page.locator(f'main a[data-action="{act}"]').click()
    page.wait_for_url(lambda url: "/act/" in url or "/screening" in url)
    assert page.locator("main form").count() > 0
    assert barriers(page) == []


def test_a_meeting_its_agenda_and_its_room_have_no_barrier(people: People) -> None:
    page = people("secretary")
    page.goto("/meetings")
    for place in (0, -1):
        page.goto("/meetings")
        page.locator("main table").first.locator("a").nth(place).click()
        assert barriers(page) == []
        here = page.url
        for below in ("room", "history", "act/note_attendance"):
            page.goto(f"{here}/{below}")
            assert barriers(page) == [], below
    page.goto(f"{here}/candidates")
    assert barriers(page) == []
