"""`make tour`: a picture of every screen, both languages, wide and narrow, into tests/browser/out (not committed).

A few of them are the README's: those go into docs/pictures.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

os.environ["TAILIN_ENV"] = "test"

from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import select

from registry.config import ROOT
from registry.extensions import db
from registry.models import Appointment, Case, Membership, User
from tests.browser.serving import Served, demo_server, sign_in

OUT = ROOT / "tests" / "browser" / "out"
README = ROOT / "docs" / "pictures"
WIDTHS = (1280, 390)
LANGUAGES = ("zh", "en")
IN_THE_README = ("home", "sign-in", "case_officer-start", "case-risk_review", "projects")

Stop = tuple[str, int | None, str]
"""A picture's name, the demo person's id (None: nobody is signed in), the address."""


def stops(served: Served) -> list[Stop]:
    """Every screen: the public ones, each role's start page, one case of every state as a case officer sees it."""
    found: list[Stop] = [
        ("home", None, "/"),
        ("projects", None, "/projects"),
        ("reference", None, "/reference"),
        ("help", None, "/help"),
        ("sign-in", None, "/sign-in"),
        ("not-found", None, "/no-such-page"),
    ]
    with served.app.app_context():
        by_role = {role.value: user for role, user in db.session.execute(select(Appointment.role, Appointment.user_id))}
        members = select(Membership.user_id).where(Membership.user_id.not_in(select(Appointment.user_id)))
        for user in db.session.scalars(select(User).where(User.id.in_(members)).order_by(User.id)):
            by_role.setdefault("proponent", user.id)
        by_state = {state.value: number for state, number in db.session.execute(select(Case.state, Case.number))}
        db.session.remove()
    found += [(f"{role}-start", user, "") for role, user in sorted(by_role.items())]
    officer = by_role.get("case_officer")
    found += [(f"case-{state}", officer, f"/cases/{number}") for state, number in sorted(by_state.items()) if number]
    return found


def walk(browser: Browser, served: Served) -> Iterator[tuple[str, int]]:
    """Take the pictures; yields each one's name and the answer's status."""
    people: dict[int | None, list[Stop]] = {}
    for stop in stops(served):
        people.setdefault(stop[1], []).append(stop)
    for person, screens in people.items():
        context = browser.new_context(base_url=served.url, locale="zh-CN", timezone_id="Asia/Shanghai")
        page = context.new_page()
        if person is not None:
            sign_in(page, person)
        start = page.url.removeprefix(served.url)
        for language in LANGUAGES:
            page.goto(f"/language/{language}")
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                for name, _person, address in screens:
                    answer = page.goto(address or start)
                    picture = f"{name}-{language}-{width}.png"
                    page.screenshot(path=OUT / picture, full_page=True)
                    yield picture, answer.status if answer else 0
        context.close()


def main() -> None:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if program is None:
        raise SystemExit("No chromium on this machine (Debian: apt-get install chromium).")
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    README.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, demo_server(Path(folder)) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for picture, status in walk(browser, served):
            sys.stdout.write(f"{status} {picture}\n")
        browser.close()
    for name in IN_THE_README:
        picture = OUT / f"{name}-zh-1280.png"
        if picture.exists():
            shutil.copyfile(picture, README / f"{name}.png")


if __name__ == "__main__":
    main()
