"""`make bench`: how long the pages take, and how many hello pages would fit into the same time.

The ratio is what counts: it stays about the same from one machine to the next.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

os.environ["TAILIN_ENV"] = "test"

from flask import Flask
from sqlalchemy import select

from registry import create_app
from registry.extensions import db
from registry.models import Case
from registry.serve import load_demo_once
from tests.databases import Databases, let_go, test_settings

TIMES = 200
WARM_UP = 20


def milliseconds(ask: Callable[[], int]) -> float:
    """The median time of one answer; raises AssertionError when it is not a page."""
    times = []
    for number in range(TIMES + WARM_UP):
        start = time.perf_counter()
        status = ask()
        if number >= WARM_UP:
            times.append((time.perf_counter() - start) * 1000)
        assert status == 200, status
    return median(times)


def hello() -> Flask:
    """The least that Flask can answer."""
    app = Flask("hello")
    app.add_url_rule("/", view_func=lambda: "hello")
    return app


def pages(app: Flask) -> dict[str, str]:
    """What is measured: a name and an address each."""
    with app.app_context():
        number = db.session.scalar(
            select(Case.project_number).where(Case.project_number.is_not(None)).order_by(Case.id).limit(1)
        )
    found = {"front page": "/", "public list": "/projects"}
    return found | ({"project page": f"/projects/{number}"} if number else {})


def main() -> None:
    sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (the log's lines are not what is measured)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        databases = Databases("sqlite", folder)
        app = create_app(test_settings(folder, databases.copy(), DEMO=True))
        load_demo_once(app)
        plain = hello().test_client()
        least = milliseconds(lambda: plain.get("/").status_code)
        sys.stdout.write(f"{'page':<16}{'ms':>8}{'x hello':>10}\n{'hello':<16}{least:>8.2f}{1:>10.1f}\n")
        client = app.test_client()
        for page, address in pages(app).items():
            taken = milliseconds(lambda address=address: client.get(address).status_code)
            sys.stdout.write(f"{page:<16}{taken:>8.2f}{taken / least:>10.1f}\n")
        let_go(app)
        databases.close()


if __name__ == "__main__":
    main()
