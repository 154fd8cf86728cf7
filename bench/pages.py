"""How long the pages take with ever larger libraries, and how many empty Flask pages would fit into the same time.

Flat is the aim: with the largest library at most 1.3 times what it takes with ten thousand projects.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select

from bench.library import OPEN, fill
from bench.tools import CAVEAT, arguments, databases_of, in_turn, possible, quiet, run_again, say, table
from registry import create_app
from registry.extensions import db
from registry.models import Case
from registry.queries import public
from registry.security import sessions
from tests.databases import let_go, test_settings
from tests.world import World

Ask = Callable[[], int]
BASE = 10_000
"""What the largest library is compared with."""
STAYS = dict.fromkeys(("SESSION_IDLE", "SESSION_IDLE_STAFF", "SESSION_LENGTH"), timedelta(days=1))
"""Whoever signed in to the smallest library is asked again when the largest one is made."""


def hello() -> Flask:
    """The least that Flask can answer."""
    app = Flask("hello")
    app.add_url_rule("/", view_func=lambda: "hello")
    return app


def asking(app: Flask, user_id: int | None = None) -> Callable[[str], Ask]:
    """A browser, signed in or not: an address in, something that asks for it out."""
    client = app.test_client()
    if user_id:
        with app.test_request_context():
            client.set_cookie(app.config["SIGN_IN_COOKIE_NAME"], sessions.start(user_id))

    def ask(address: str) -> Ask:
        def answer() -> int:
            status = client.get(address).status_code
            assert status == 200, (address, status)
            return status

        return answer

    return ask


def pages(app: Flask, world: World) -> dict[str, Ask]:
    """What is measured: a name and a request each."""
    reader, officer = asking(app), asking(app, world.people["officer"])
    with app.app_context():
        middle = db.session.scalar(select(Case).where(Case.registered_on.is_not(None), Case.id > _half()).limit(1))
        last = db.session.scalars(
            select(Case).where(Case.state == "registered").order_by(Case.id.desc()).limit(1)
        ).one()
        deep = urlencode({"page": 99, "after": public.ORDER.cursor(middle)})
        moved = urlencode({"page": 99, "after": f"{middle.state_since.isoformat()}~{middle.id}"})
        tail, number, code = middle.project_number[-7:], last.number, last.project_number
        db.session.remove()
    return {
        "public list": reader("/projects"),
        "public list, halfway down": reader(f"/projects?{deep}"),
        "public list, district and scheme": reader("/projects?district=370921&scheme=ccer"),
        "search 造林 (in most names)": reader("/projects?q=造林"),
        "search 徂徕 (1 in 40)": reader("/projects?q=徂徕"),
        "search 云杏 (1 in thousands)": reader("/projects?q=云杏"),
        "search by a whole number": reader(f"/projects?q={code}"),
        "search by a part of a number": reader(f"/projects?q={tail}"),
        "project page": reader(f"/projects/{code}"),
        "inbox": officer("/inbox"),
        "case page": officer(f"/cases/{number}"),
        "case list": officer("/cases"),
        "case list, halfway down": officer(f"/cases?{moved}"),
        "case list, one state": officer("/cases?state=validation"),
        "case list, search 徂徕": officer("/cases?q=徂徕"),
    }


def _half() -> int:
    return (db.session.scalar(select(db.func.max(Case.id))) or 0) // 2


def peers(addresses: dict[str, str]) -> dict[str, dict[str, Ask]]:
    """Django's list over each library, or nothing where Django is not installed."""
    try:
        from bench.django_lists import lists
    except ImportError:
        say("Django is not installed here: its lines are left out (make bench installs it).")
        return {}
    readers = lists(addresses)
    asked = {
        "Django ListView": "page=1",
        "Django ListView, halfway down": "page={half}",
        "Django search 云杏": "q=云杏",
    }

    def ask(name: str, query: str) -> Ask:
        words = query.format(half=int(name) // 40)
        return lambda: readers[name](words)

    return {page: {name: ask(name, query) for name in readers} for page, query in asked.items()}


def measure(engine: str, sizes: list[int], times: int) -> None:
    with databases_of(engine) as (databases, folder):
        apps: dict[str, Flask] = {}
        asked: dict[str, dict[str, Ask]] = {}
        addresses = {}
        for size in sizes:
            addresses[str(size)] = databases.empty()
            apps[str(size)] = app = create_app(test_settings(folder, addresses[str(size)], **STAYS))
            start = time.perf_counter()
            world = fill(app, size)
            took = time.perf_counter() - start
            say(f"{engine}: a library of {size:,} projects and {OPEN} open cases made in {took:.0f} s")
            for page, ask in pages(app, world).items():
                asked.setdefault(page, {})[str(size)] = ask
        asked |= peers(addresses)
        empty = asking(hello())("/")
        rows = []
        for page, by_size in asked.items():
            taken = in_turn({**by_size, "empty": empty}, times, warm_up=3)
            ms = [taken[str(size)] * 1000 for size in sizes]
            base = taken[str(BASE if BASE in sizes else sizes[0])]
            rows.append((page, *ms, taken[str(sizes[-1])] / taken["empty"], taken[str(sizes[-1])] / base))
        heads = ("ms with projects:", *(f"{size:,}" for size in sizes), "x empty", f"{sizes[-1]:,} / {BASE:,}")
        table(f"Pages on {engine}", heads, rows)
        for app in apps.values():
            let_go(app)


def main() -> None:
    asked = arguments("Pages with libraries of several sizes.", full="a million projects too (some minutes, some GB)")
    engines = possible(asked.engines)
    if len(engines) > 1:
        # Django is set up once a process: each engine has its own.
        flags = [f"--{name}" for name in ("quick", "full") if getattr(asked, name)]
        for engine in engines:
            run_again(["bench.pages", "--engine", engine, *flags])
        return
    quiet()
    sizes = [1000, BASE] if asked.quick else [1000, BASE, 100_000, *([1_000_000] if asked.full else [])]
    measure(engines[0], sizes, 5 if asked.quick else 25)
    say(f"\n{CAVEAT}")


if __name__ == "__main__":
    main()
