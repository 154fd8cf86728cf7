"""How fast an act is taken, complete and durable: ours, Django with django-fsm-2 doing the same, and the limit.

Two acts: a vote (record, chain, head, words) and a lawyer's opinion (the same and the applicants' notices). Each one
locks the case, works out roles, reads every fact the rules may ask for, judges, writes, and commits to the disk.
The limit is one read, one UPDATE and one hashed event by the bare driver, with nothing asked and nothing guarded.
"""

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import event as listen
from sqlalchemy import text

from bench.tools import CAVEAT, arguments, databases_of, in_turn, possible, quiet, run_again, say, table
from registry import create_app
from registry.clock import now
from registry.extensions import SQLITE_PRAGMAS, db
from registry.models import User
from registry.services import acts, audit
from tests.databases import let_go, test_settings
from tests.world import World

FORM = {
    "vote": {"choice": "for", "reasons": "理由充分"},
    "give_legal_opinion": {"conclusion": "favourable", "words": "程序齐全"},
}
RAISES = frozenset({"give_legal_opinion", "opinion"})
"""Acts that raise the case's version: others judge by what they leave."""
ITEM = (
    "CREATE TABLE bench_items (id INTEGER PRIMARY KEY, state VARCHAR(50) NOT NULL, version INTEGER NOT NULL DEFAULT 1)"
)
EVENT = "CREATE TABLE bench_events (seq INTEGER PRIMARY KEY, prev VARCHAR(64), hash VARCHAR(64), body {bytes})"


def prepare(world: World, cases: int) -> list[int]:
    """Cases before the group, each in a meeting in session where the question has been put."""
    found = []
    for _ in range(cases):
        case_id = world.advance(world.draft(), "risk_review")
        world.sit(case_id)
        found.append(case_id)
    with db.engine.begin() as connection:
        sqlite = connection.dialect.name == "sqlite"
        connection.execute(text(ITEM))
        connection.execute(text(EVENT.format(bytes="BLOB" if sqlite else "BYTEA")))
        connection.execute(text("INSERT INTO bench_items (id, state) VALUES (1, 'a')"))
    return found


def ours(action: str, case_id: int, user_id: int, seen: int) -> None:
    """The door, with what a request knows by then: who asks, and the version the page was made from."""
    acts.act(("project", case_id), action, by=User(id=user_id), at=now(), seen=seen, data=FORM[action])


def limit(address: str, folder: Path) -> Callable[[], None]:
    """The raw limit: read, UPDATE, hashed event, commit; on the same kind of database, as durable."""
    if address.startswith("sqlite"):
        raw: Any = sqlite3.connect(folder / "limit.db", isolation_level=None)
        for pragma in SQLITE_PRAGMAS:
            raw.execute(f"PRAGMA {pragma}")
        raw.execute(ITEM)
        raw.execute(EVENT.format(bytes="BLOB"))
        raw.execute("INSERT INTO bench_items (id, state) VALUES (1, 'a')")
        begin, lock, mark = "BEGIN IMMEDIATE", "", "?"
    else:
        raw = psycopg.connect(address.replace("postgresql+psycopg", "postgresql"), autocommit=True)
        raw.execute("DELETE FROM bench_events")
        begin, lock, mark = "BEGIN", " FOR UPDATE", "%s"
    last = {"seq": 0, "hash": "0" * 64}

    def do() -> None:
        raw.execute(begin)
        state, version = raw.execute(f"SELECT state, version FROM bench_items WHERE id = 1{lock}").fetchone()
        raw.execute(f"UPDATE bench_items SET version = {mark} WHERE id = 1", (version + 1,))
        body = f"{last['seq']}{state}{version}".encode()
        said = hashlib.sha256(bytes.fromhex(last["hash"]) + body).hexdigest()
        values = (last["seq"] + 1, last["hash"], said, body)
        raw.execute(f"INSERT INTO bench_events VALUES ({', '.join([mark] * 4)})", values)
        raw.execute("COMMIT")
        last.update(seq=last["seq"] + 1, hash=said)

    return do


def statements(do: Callable[[], None]) -> int:
    """How many statements our act asks the database."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    listen.listen(db.engine, "before_cursor_execute", note)
    do()
    listen.remove(db.engine, "before_cursor_execute", note)
    return len(asked)


def flushes(folder: Path) -> float:
    """How many small writes a second the disk says it keeps."""
    handle = os.open(folder / "flush", os.O_CREAT | os.O_WRONLY)
    taken = in_turn({"flush": lambda: (os.pwrite(handle, b"x" * 4096, 0), os.fdatasync(handle))}, 100)
    os.close(handle)
    return 1 / taken["flush"]


def peers(address: str) -> dict[str, Callable[..., Any]]:
    try:
        from bench import django_acts
    except ImportError:
        say("Django is not installed here: its lines are left out (make bench installs it).")
        return {}
    django_acts.connect(address)
    return django_acts.acts()


def measure(app: Flask, address: str, folder: Path, cases: int) -> None:
    with app.app_context():
        world = World()
        found = prepare(world, cases)
        theirs = peers(address)
        members = [w for w in world.voters if w != "chair"]  # who presides speaks last (S12)
        votes: Iterator[tuple[int, int]] = iter([(c, world.people[w]) for c in found for w in members])
        legal, where = world.people["legal"], cycle(found)
        version = {c: world.case(c).version for c in found}
        db.session.remove()

        def tailin(action: str, case_id: int, user_id: int) -> None:
            ours(action, case_id, user_id, version[case_id])
            version[case_id] += action in RAISES

        def django(name: str, case_id: int, user_id: int) -> None:
            theirs[name](case_id, user_id, version[case_id], now().replace(tzinfo=None))
            version[case_id] += name in RAISES

        variants: dict[str, dict[str, Callable[[], object]]] = {
            "vote": {"ours": lambda: tailin("vote", *next(votes))},
            "opinion": {"ours": lambda: tailin("give_legal_opinion", next(where), legal)},
        }
        if theirs:
            variants["vote"]["django"] = lambda: django("vote", *next(votes))
            variants["opinion"]["django"] = lambda: django("opinion", next(where), legal)
            variants["opinion"]["bare"] = theirs["bare"]
        raw = limit(address, folder)
        asked = statements(variants["opinion"]["ours"])
        rows = []
        for act, by_whom in variants.items():
            times = (cases * len(members)) // len(by_whom) - 3 if act == "vote" else cases * 8
            taken = in_turn({**by_whom, "limit": raw}, times, warm_up=2)
            names = {
                "ours": f"{act}: Tailin",
                "django": f"{act}: Django + django-fsm-2",
                "bare": "(Django + django-fsm-2, one bare transition)",
                "limit": "(limit: read, UPDATE, hashed event)",
            }
            for key, span in taken.items():
                rows.append((names[key], span * 1000, span / taken["limit"], taken["ours"] / span))
        engine = db.engine.dialect.name
        table(f"One act on {engine}", ("", "ms", "x limit", "ours / this"), rows)
        say(f"Ours asks {asked} statements for an opinion. The disk keeps {flushes(folder):,.0f} writes a second.")
        kept, bad = audit.verify()
        assert bad is None, bad
        say(f"The chain of both holds: {kept} rows.")


def main() -> None:
    asked = arguments("A complete act against Django and against the least there is.")
    engines = possible(asked.engines)
    if len(engines) > 1:
        # Django is set up once a process: each engine has its own.
        for engine in engines:
            words = ["bench.act", "--engine", engine, *(["--quick"] if asked.quick else [])]
            run_again(words)
        return
    quiet()
    with databases_of(engines[0]) as (databases, folder):
        address = databases.copy()
        app = create_app(test_settings(folder, address))
        measure(app, address, folder, 6 if asked.quick else 30)
        let_go(app)
    say(CAVEAT)


if __name__ == "__main__":
    main()
