"""A real browser on the real application: its own server, database and demo data for the whole run."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from registry.config import ROOT
from tests.browser import walk
from tests.browser.serving import Served, chromium, demo_server, sign_in

AXE = ROOT / "registry" / "static" / "vendor" / "axe.min.js"
PATIENCE_MS = 10_000
NOT_REACHED = ("Failed to load resource", "An unknown error occurred when fetching the script")
"""What Chromium says without a signal, of a page's parts and of the field worker; an answer is judged by itself."""
PAGES = frozenset({"document", "fetch", "xhr"})
"""Requests that may be answered with a refusal: tests ask for those on purpose."""


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
    program = chromium()
    if program is None:
        pytest.skip("browser tests: no chromium on this machine")
    return {**browser_type_launch_args, "executable_path": program, "args": ["--no-sandbox"]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], served: Served) -> dict[str, Any]:
    """A reader in Tai'an who does not want things to glide: a click need not wait for the page to stop scrolling."""
    reader = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "reduced_motion": "reduce"}
    return {**browser_context_args, "base_url": served.url, **reader}


@dataclass
class Faults:
    """What the browsers complained about: errors in the console (a broken security policy among them), broken parts."""

    found: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext, url: str) -> BrowserContext:
        """Listen to everything that opens in a context; nothing may come from any place but ours."""
        host = urlsplit(url).netloc

        def said(message: ConsoleMessage) -> None:
            if message.type == "error" and not message.text.startswith(NOT_REACHED):
                self.found.append(message.text)

        def answered(response: Response) -> None:
            if response.status >= 500 or (response.status >= 400 and response.request.resource_type not in PAGES):
                self.found.append(f"{response.status} {response.url}")

        def asked(request: Request) -> None:
            if request.url.startswith("http") and urlsplit(request.url).netloc != host:
                self.found.append(f"asked elsewhere: {request.url}")

        context.set_default_timeout(PATIENCE_MS)
        context.on("console", said)
        context.on("weberror", lambda error: self.found.append(str(error.error)))
        context.on("response", answered)
        context.on("request", asked)
        return context


@pytest.fixture(scope="session")
def watching() -> Faults:
    """The one list of the run."""
    return Faults()


@pytest.fixture(autouse=True)
def faults(watching: Faults) -> Iterator[list[str]]:
    """The test fails if a browser complained meanwhile."""
    watching.found.clear()
    yield watching.found
    assert watching.found == []


@pytest.fixture
def context(context: BrowserContext, watching: Faults, served: Served) -> BrowserContext:
    return watching.watch(context, served.url)


class People:
    """`people("login", "en")`: the page of a demo person, signed in once for the whole run, in that language."""

    def __init__(self, browser: Browser, served: Served, watching: Faults, args: dict[str, Any]) -> None:
        self.browser, self.served, self.watching, self.args = browser, served, watching, args
        self._pages: dict[str, Page] = {}
        self._languages: dict[str, str] = {}

    def __call__(self, login: str, language: str = "zh", width: int = 1280) -> Page:
        page = self._pages.get(login)
        if page is None:
            page = self._pages[login] = self.fresh()
            sign_in(page, self.served.people[login])
        if self._languages.get(login, "zh") != language:
            page.goto(f"/language/{language}")
        self._languages[login] = language
        if page.viewport_size != {"width": width, "height": 900}:
            page.set_viewport_size({"width": width, "height": 900})
        return page

    def fresh(self, **changed: Any) -> Page:
        """A page in a browser of its own, nobody signed in; the caller closes its context, or the end of the run."""
        context = self.browser.new_context(**(self.args | {"viewport": {"width": 1280, "height": 900}} | changed))
        return self.watching.watch(context, self.served.url).new_page()


@pytest.fixture(scope="session")
def people(
    browser: Browser, browser_context_args: dict[str, Any], served: Served, watching: Faults
) -> Iterator[People]:
    """Everybody of the demo, each in a browser of their own."""
    yield People(browser, served, watching, browser_context_args)
    for context in browser.contexts:
        context.close()


@pytest.fixture(scope="session")
def afforestation(people: People) -> str:
    """The number of a case under CCER-14-001, filled in by hand from an empty form and submitted."""
    return walk.apply(people("company1"))


def barriers(page: Page) -> list[str]:
    """What axe finds on the page: rule and element of each barrier of WCAG 2.2 A and AA."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", tags)["violations"]
    return [f"{v['id']}: {node['html']}" for v in found for node in v["nodes"]]
