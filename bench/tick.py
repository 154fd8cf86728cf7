"""The nightly tick over many open cases, per case, against a bare loop over the same rows.

Quiet: nothing is due, the tick looks at every clock whose day has come and finds each told already. Reminding: some
are due, and each goes through the door (lock, facts, rule, reminder, link of the chain, notices, commit); the bare
loop reads the same rows and writes one reminder and its notices with a commit each, and proves nothing.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import text

from bench import library
from bench.tools import CAVEAT, arguments, database, in_turn, possible, quiet, say, seconds, table
from registry import clock
from registry.extensions import db
from registry.services.tick import tick

KIND = {
    "submitted": "acceptance",
    "methodology_screening": "risk_decision",
    "risk_review": "risk_decision",
    "registration": "registration_decision",
}
LOOK = (
    "SELECT k.id, k.case_id, k.kind, k.due_on, k.half_on, k.near_on, c.state"
    " FROM clocks k JOIN cases c ON c.id = k.case_id"
)
TOLD = 9
"""People a reminder of a decision reaches in the world of the benchmarks, about."""


def clocks(on: date, every: int) -> Iterator[dict[str, Any]]:
    """A clock for each open case: half time has passed and was told of; one in `every` nears its end today."""
    rows = db.session.execute(
        text(
            "SELECT id, state FROM cases WHERE state IN"
            " ('submitted', 'methodology_screening', 'risk_review', 'registration')"
        )
    )
    for n, (case_id, state) in enumerate(rows.all(), 1):
        yield {
            "id": n, "case_id": case_id, "round_no": 1, "kind": KIND[state], "ref": 0,
            "started_on": on - timedelta(days=20), "length": 20, "unit": "working_days", "start_counts": False,
            "extended": 0, "due_on": on + timedelta(days=9), "provisional": False, "half_on": on - timedelta(days=3),
            "near_on": on if n % every == 0 else on + timedelta(days=5),
        }  # fmt: skip


def fill(app: Flask, number: int, every: int) -> int:
    """So many open cases with their clocks; how many clocks there are."""
    library.OPEN = number
    library.fill(app, 20)
    with app.app_context():
        rows = list(clocks(clock.today(), every))
        db.session.rollback()
        columns = ", ".join(rows[0])
        with db.engine.begin() as connection, library.past_the_guards(connection):
            if db.engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA query_only=0")
            # the one whole case of the library brings clocks of its own
            for name in ("clock_reminders", "clock_pauses", "clocks"):
                connection.execute(text(f"DELETE FROM {name}"))
            connection.execute(text(f"INSERT INTO clocks ({columns}) VALUES (:{', :'.join(rows[0])})"), rows)
            told = [{"clock": r["id"]} for r in rows]
            connection.execute(
                text(
                    "INSERT INTO clock_reminders (clock_id, kind, extended, sent_at)"
                    " VALUES (:clock, 'half', 0, '2026-01-05 01:00:00')"
                ),
                told,
            )
        db.session.remove()
    return len(rows)


def bare_look(on: date) -> list[int]:
    """The loop that a script would be: every running clock, and whether its day has come and was told."""
    with db.engine.connect() as connection:
        sent = {(row[0], row[1]) for row in connection.execute(text("SELECT clock_id, kind FROM clock_reminders"))}
        found = []
        for row in connection.execute(text(f"{LOOK} WHERE k.ended_on IS NULL AND k.half_on <= :on"), {"on": on}):
            near = row.near_on if isinstance(row.near_on, date) else date.fromisoformat(row.near_on)
            kind = "near" if near <= on else "half"
            if (row.id, kind) not in sent:
                found.append(row.id)
        return found


def bare_remind(on: date) -> None:
    """The same, and a reminder with its notices for each, committed one by one; of another extension."""
    for clock_id in bare_look(on):
        with db.engine.execution_options(writes=True).connect() as connection:
            connection.execute(
                text("INSERT INTO clock_reminders VALUES (:clock, 'near', 99, '2026-01-05 01:00:00')"),
                {"clock": clock_id},
            )
            connection.execute(
                text("INSERT INTO notices (user_id, case_id, seq, action, made_at) VALUES (1, 1, 1, 'remind', :at)"),
                [{"at": "2026-01-05 01:00:00"}] * TOLD,
            )
            connection.commit()


def measure(engine: str, number: int, every: int, times: int) -> list[tuple[str, int, float, float, float]]:
    with database(engine) as app:
        running = fill(app, number, every)
        with app.app_context():
            on, now = clock.today(), clock.now()
            due = len(bare_look(on))
            db.session.rollback()
            bare = seconds(lambda: bare_remind(on))
            db.session.rollback()
            came: list[Any] = []
            ours = seconds(lambda: came.append(tick(now)))
            assert came[0].done["remind"] == due, (came[0], due)
            assert not came[0].failed
            lines = [("reminding, per reminder", due, bare / due * 1e3, ours / due * 1e3, ours / bare)]
            taken = in_turn({"bare": lambda: bare_look(on), "tick": lambda: tick(now)}, times)
        per = {name: span / running * 1e6 for name, span in taken.items()}
        lines.append(
            ("quiet, per open case", running, per["bare"] / 1e3, per["tick"] / 1e3, taken["tick"] / taken["bare"])
        )
        return lines


def main() -> None:
    asked = arguments(__doc__.splitlines()[0])
    quiet()
    number, every, times = (600, 20, 2) if asked.quick else (12_500, 50, 5)
    say(CAVEAT)
    for engine in possible(asked.engines):
        heads = ("The tick", "n", "bare ms", "tick ms", "ratio")
        table(f"{engine}: {number * 4 // 5} open cases with a clock", heads, measure(engine, number, every, times))


if __name__ == "__main__":
    main()
