"""The first thing anybody sees."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import barriers


def test_the_front_page_opens_without_barriers(page: Page) -> None:
    answer = page.goto("/")
    assert answer is not None
    assert answer.status == 200
    assert page.locator("h1").count() == 1
    assert barriers(page) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_the_front_page_fits_its_window(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("size", ["normal", "large"])
def test_a_dark_device_gets_dark_pages_without_barriers(page: Page, size: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(f"/type/{size}")
    for address in ("/", "/projects", "/sign-in"):
        page.goto(address)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 26, 22)"
        assert barriers(page) == [], address


def test_a_dark_device_prints_black_on_white(page: Page) -> None:
    page.emulate_media(color_scheme="dark", media="print")
    page.goto("/projects")
    colours = page.evaluate(
        "['body', 'h1', '.brand b'].map(s => getComputedStyle(document.querySelector(s)))"
        ".map((s, i) => i ? s.color : s.backgroundColor)"
    )
    assert colours == ["rgb(255, 255, 255)", "rgb(24, 35, 30)", "rgb(0, 0, 0)"]
