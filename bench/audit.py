"""How long a walk over the whole audit chain takes, and how many bare walks would fit into the same time.

The limit reads only the hashed bytes and hashes them again; `flask audit verify` also compares every column
with those bytes and every word with its digest. The ORM line is a part of the chain, scaled up.
"""

import hashlib
import json
import resource
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from flask import Flask
from sqlalchemy import select, text

from bench.tools import CAVEAT, arguments, database, in_turn, possible, quiet, say, seconds, table
from registry.extensions import db
from registry.models import AuditEvent
from registry.services import audit

BATCH = 10_000
PART = 20_000
STATES = ("submitted", "methodology_screening", "risk_review", "validation", "registration", "registered")


def events(number: int) -> Iterator[dict[str, Any]]:
    """Rows of a chain such as the door writes."""
    prev, at = audit.GENESIS, datetime(2026, 1, 5, 1, tzinfo=UTC)
    for seq in range(1, number + 1):
        values: dict[str, Any] = {
            "seq": seq,
            "at": at + timedelta(seconds=seq, milliseconds=seq % 1000),
            "actor_id": seq % 40 + 1,
            "actor_role": "case_officer",
            "action": "project:answer_condition",
            "subject_kind": "project",
            "subject_id": seq // 12 + 1,
            "subject_version": seq % 12 + 1,
            "round_no": 1,
            "from_state": STATES[seq % 6],
            "to_state": STATES[(seq + 1) % 6],
            "detail": json.dumps({"clauses": [f"c{seq % 30}"], "digest": hashlib.sha256(b"%d" % seq).hexdigest()}),
            "words_digest": None,
            "request_id": f"{seq:032x}",
        }
        raw = audit.canonical(values)
        prev, before = audit.link(prev, raw), prev
        yield values | {"prev": before, "hash": prev, "canonical": raw}


def fill(number: int) -> None:
    """Write the chain past the guards (they ask for one row at a time), and set its head."""
    db.session.rollback()
    sqlite = db.engine.dialect.name == "sqlite"
    with db.engine.begin() as connection:
        triggers = []
        if sqlite:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=1")
            found = (
                "SELECT name, sql FROM sqlite_master"
                " WHERE type = 'trigger' AND tbl_name IN ('audit_events', 'audit_head')"
            )
            triggers = connection.execute(text(found)).all()
            for name, _sql in triggers:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            for name in ("audit_events", "audit_head"):
                connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        connection.execute(
            text("INSERT INTO users (id, login, name, must_change_password, active, large_type, is_example, created_at)"
                 " VALUES (:n, :l, :l, :f, :t, :f, :f, :at)"),
            [{"n": n, "l": f"u{n}", "f": False, "t": True, "at": "2026-01-01 00:00:00"} for n in range(1, 41)],
        )  # fmt: skip
        rows = events(number)
        last: dict[str, Any] = {}
        while batch := list(islice(rows, BATCH)):
            connection.execute(AuditEvent.__table__.insert(), batch)
            last = batch[-1]
        connection.execute(text("UPDATE audit_head SET seq = :seq, hash = :hash"), last)
        for _name, sql in triggers:
            connection.exec_driver_sql(sql)
        if not sqlite:
            for name in ("audit_events", "audit_head"):
                connection.exec_driver_sql(f"ALTER TABLE {name} ENABLE TRIGGER USER")
    if not sqlite:
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE audit_events")


def limit() -> None:
    """The least: the stored bytes, read by the bare driver and hashed in turn."""
    sqlite = db.engine.dialect.name == "sqlite"
    raw = db.engine.raw_connection()
    try:
        cursor = raw.cursor()
        prev, last, seen = bytes(32), 0, 0
        mark = "?" if sqlite else "%s"
        while True:
            cursor.execute(
                f"SELECT seq, canonical, hash FROM audit_events WHERE seq > {mark} ORDER BY seq LIMIT 2000", (last,)
            )
            rows = cursor.fetchall()
            if not rows:
                break
            for _seq, body, said in rows:
                prev = hashlib.sha256(b"\x00" + prev + body).digest()
                assert prev.hex() == said
            last, seen = rows[-1][0], seen + len(rows)
        assert seen
        raw.rollback()
    finally:
        raw.close()


def ours() -> None:
    rows, bad = audit.verify()
    assert rows, bad
    assert bad is None
    db.session.rollback()


def orm_and_json() -> None:
    """What one would write first: an object a row, JSON as the bytes."""
    prev = audit.GENESIS
    query = select(AuditEvent).order_by(AuditEvent.seq).limit(PART)
    for event in db.session.scalars(query):
        values = {c: getattr(event, c) for c in AuditEvent.__table__.columns.keys() if c not in audit.NOT_IN_BYTES}  # noqa: SIM118
        raw = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
        prev = hashlib.sha256(bytes.fromhex(prev) + raw.encode()).hexdigest()
    db.session.rollback()


def measure(app: Flask, number: int, rounds: int) -> None:
    with app.app_context():
        say(f"\n{db.engine.dialect.name}: {number:,} rows written in {seconds(lambda: fill(number)):.0f} s")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        ours()
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        taken = in_turn({"limit": limit, "ours": ours}, rounds)
        peer = in_turn({"orm": orm_and_json}, 1)["orm"] * number / min(number, PART)
        rows = [
            ("limit: stored bytes and hashes only", taken["limit"], 1.0),
            ("flask audit verify: with every column and word", taken["ours"], taken["ours"] / taken["limit"]),
            (f"objects and JSON (from {min(number, PART):,} rows)", peer, peer / taken["limit"]),
        ]
        table(f"Walk over {number:,} rows on {db.engine.dialect.name}", ("", "s", "x limit"), rows)
        say(f"Memory the walk added at its peak: {grown:.0f} MB. {CAVEAT}")


def main() -> None:
    asked = arguments("Verification of the audit chain.")
    quiet()
    number, rounds = (20_000, 3) if asked.quick else (1_000_000, 3)
    for engine in possible(asked.engines):
        with database(engine) as app:
            measure(app, number, rounds)


if __name__ == "__main__":
    main()
