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
