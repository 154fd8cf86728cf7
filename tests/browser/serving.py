"""The application as a browser meets it: a server in a thread, a database of its own, demo data."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from registry import clock, create_app
from registry.extensions import db
from registry.models import User
from registry.serve import load_demo_once
from tests.databases import Databases, let_go, test_settings

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The lightest first: the shell draws pages alike, and no tabs and menus around them."""


def chromium() -> str | None:
    """The machine's own browser; None where there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)


@dataclass(frozen=True)
class Served:
    """A running application: its address, and the demo people's ids by login."""

    url: str
    people: dict[str, int]
    app: Flask
    clock: "Ahead"


class Ahead:
    """The time of the served process: the machine's own, and the days that a journey has waited."""

    def __init__(self) -> None:
        self.by = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.by

    def wait(self, days: int) -> None:
        """Let days pass."""
        self.by += timedelta(days=days)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 (the base class's name)
        """The application writes its own lines."""


@contextmanager
def demo_server(folder: Path) -> Iterator[Served]:
    """Serve until the end of the block; answers as in life (CSRF on, errors as pages)."""
    databases = Databases("sqlite", folder)
    # Nobody is signed out by the days a journey waits.
    signed_in = dict.fromkeys(("SESSION_IDLE", "SESSION_IDLE_STAFF", "SESSION_LENGTH"), timedelta(days=3650))
    settings = test_settings(folder, databases.copy(), DEMO=True, TESTING=False, WTF_CSRF_ENABLED=True, **signed_in)
    Path(settings["STORE_DIR"]).mkdir(exist_ok=True)
    app = create_app(settings)
    ahead = Ahead()
    try:
        with clock.told_by(ahead):
            load_demo_once(app)
            yield from _served(app, ahead)
    finally:
        let_go(app)
        databases.close()


def _served(app: Flask, ahead: Ahead) -> Iterator[Served]:
    with app.app_context():
        people = {row.login: row.id for row in db.session.execute(select(User.login, User.id))}
        db.session.remove()
    server = make_server("localhost", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Served(f"http://localhost:{server.port}", people, app, ahead)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sign_in(page: Page, user_id: int) -> None:
    """Sign in as a demo person, as a visitor does."""
    page.goto("/sign-in")
    page.locator(f'button[name="person"][value="{user_id}"]').click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
