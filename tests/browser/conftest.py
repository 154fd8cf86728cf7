"""A real browser on the real application: its own server, database and demo data for the whole run."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from registry.config import ROOT
from tests.browser.serving import Served, demo_server, sign_in

AXE = ROOT / "registry" / "static" / "vendor" / "axe.min.js"
PATIENCE_MS = 10_000


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A running application with demo data, shared by the run: a test makes its own case rather than use one."""
    with demo_server(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture(scope="session")
def base_url(served: Served) -> str:
    """So that `page.goto("/")` leads to our server."""
    return served.url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's own chromium; without it these tests are skipped, and the run says so."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("browser tests: no chromium on this machine")
    return {**browser_type_launch_args, "executable_path": program, "args": ["--no-sandbox"]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A reader in Tai'an; a test that wants English says so in its own context."""
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    context.set_default_timeout(PATIENCE_MS)
    return context


@pytest.fixture(autouse=True)
def faults(page: Page) -> Iterator[list[str]]:
    """What the browser complained about on the test's own page; the test fails if anything is in it at the end.

    An answer that is an error page is not a complaint: tests ask for those on purpose.
    """
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            found.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: found.append(str(error)))
    yield found
    assert found == []


@pytest.fixture
def people(browser: Browser, browser_context_args: dict[str, Any], served: Served) -> Iterator[Any]:
    """`people("login")`: the page of a demo person, signed in, in a browser of their own; the same page each time."""
    pages: dict[str, Page] = {}

    def page_of(login: str, **changed: Any) -> Page:
        if login not in pages:
            context = browser.new_context(**(browser_context_args | {"base_url": served.url} | changed))
            context.set_default_timeout(PATIENCE_MS)
            pages[login] = context.new_page()
            sign_in(pages[login], served.people[login])
        return pages[login]

    yield page_of
    for page in pages.values():
        page.context.close()


def barriers(page: Page) -> list[str]:
    """What axe finds on the page: rule and element of each barrier of WCAG 2.2 A and AA."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", tags)["violations"]
    return [f"{v['id']}: {node['html']}" for v in found for node in v["nodes"]]
