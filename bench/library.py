"""A library of made-up projects of any size, written in bulk.

Each project has what stands behind an entry: case, round, answers, five gates, two sittings that have ended, and the
entry. (Votes are left out: no list reads them.) A fixed number of cases is still open, however large the library is:
how many people work on at a time depends on the bureau, not on what lies behind it. The rows hold under every guard
of the database; they are put in past the guards, as revision BEFORE, and the migration that follows fills counts and
search index as it would for a bureau with that many projects. People and one whole case come through the door.
"""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

import flask_migrate
from flask import Flask
from sqlalchemy import Connection, text

from registry import clock
from registry.config import MIGRATIONS
from registry.extensions import db
from tests.clock import Clock
from tests.databases import let_go
from tests.world import World

BEFORE = "0009"
BATCH = 5000
OPEN = 200
OPEN_STATES = ("submitted", "methodology_screening", "risk_review", "validation", "registration")
PER_ORGANISATION = 50
GATES = ("acceptance", "screening", "risk_review", "validation", "registration")
SITTINGS = {"risk_review": 1, "registration": 2}
"""Gates the leading group decides, in the order of their sittings."""
DISTRICTS = ("370902", "370911", "370921", "370923", "370982", "370983")
SCHEMES = {"ccer": "CCER", "local_ticket": "TP", "other_standard": "QT"}
_PAIRS = (
    "徂徕泰山新泰肥城宁阳东平良庄房村满庄夏张道朗黄前下港祝阳范镇角峪省庄羊流果都天宝楼德禹村宫里谷里石莱放城刘杜汶南"
)
PLACES = tuple(_PAIRS[n : n + 2] for n in range(0, len(_PAIRS), 2))
SIGNS = (
    "青绿松柏槐杨柳桐银杏竹梅桃李云雾溪泉河湖岭峰谷岗坡湾塘堂寺观庙桥店铺营寨沟峪崖洼台村庄屯里坊东西南北上下前后大小"
)
KINDS = ("造林", "森林经营", "碳汇造林", "中幼林抚育", "退化林修复")
NOTICE = timedelta(days=30)
"""The last entry's public notice runs before the day of the bench."""
FIRST_DAY = date(2018, 1, 1)
"""Entries are spread over the days from here on."""


def fill(app: Flask, number: int) -> World:
    """Make the library in an empty database; the world of people who look at it."""
    with app.app_context():
        flask_migrate.upgrade(directory=MIGRATIONS, revision=BEFORE)
        with db.engine.begin() as connection, past_the_guards(connection):
            _load(connection, number)
        flask_migrate.upgrade(directory=MIGRATIONS)
    let_go(app)
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("SET statement_timeout = 0"))  # a million rows take longer than a page may
                connection.execute(text("VACUUM ANALYZE"))
                connection.execute(text("RESET statement_timeout"))
        with clock.told_by(Clock(clock.now() - NOTICE)):
            world = World(body=1)
            world.advance(world.draft(), "registered")
        db.session.remove()
    return world


@contextmanager
def past_the_guards(connection: Connection) -> Iterator[None]:
    """Without triggers; they are there again afterwards."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield
        return
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=1")
    kept = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for name, _sql in kept:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _name, sql in kept:
        connection.exec_driver_sql(sql)


def _load(connection: Connection, number: int) -> None:
    at = "2017-01-01 00:00:00"
    group = {"key": "city", "name": "示例领导小组", "name_en": "Example group", "jurisdiction": "370900"}
    _write(connection, "bodies", [{"id": 1, **group}])
    person = {"must_change_password": False, "active": True, "large_type": False, "is_example": True, "created_at": at}
    _write(connection, "users", [{"id": 1, "login": "loader", "name": "示例", **person}])
    draw = random.Random(7)
    organisations = (
        {"id": n, "name": f"{_name(draw)}林业专业合作社", "kind": "enterprise", "is_example": True, "created_at": at}
        for n in range(1, (number + OPEN) // PER_ORGANISATION + 2)
    )
    _write(connection, "organisations", organisations)
    rows: dict[str, list[dict[str, Any]]] = {}
    for n in range(1, number + OPEN + 1):
        for table, row in _project(draw, n, number):
            rows.setdefault(table, []).append(row)
        if n % BATCH == 0 or n == number + OPEN:
            for table, some in rows.items():
                _write(connection, table, some)
            rows.clear()
    if connection.dialect.name != "sqlite":
        for table in ("bodies", "users", "organisations", "cases", "deliberations"):
            connection.execute(text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"))


def _name(draw: random.Random) -> str:
    return draw.choice(PLACES) + "".join(draw.choices(SIGNS, k=2))


def _project(draw: random.Random, n: int, number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of one project in the order of their references; those beyond `number` are still open."""
    entered = n <= number
    day = FIRST_DAY + timedelta(days=n * 3000 // (number + 1))
    at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC).replace(tzinfo=None) + timedelta(seconds=n % 20_000)
    scheme, district = draw.choice(tuple(SCHEMES)), draw.choice(DISTRICTS)
    code = f"TA-{SCHEMES[scheme]}-{district}-{day.year}-{n:04d}"
    state = ("closed" if n % 50 == 0 else "registered") if entered else OPEN_STATES[n % len(OPEN_STATES)]
    name = f"{_name(draw)}{draw.choice(KINDS)}项目"
    case = {
        "id": n, "number": f"TL{day.year}{n:06d}", "project_number": code if entered else None, "body_id": 1,
        "state": state, "round": 1, "version": 9, "created_by_id": 1, "name": name, "scheme": scheme,
        "proponent_org_id": n // PER_ORGANISATION + 1, "activity": "afforestation", "method": "CCER-14-001",
        "district_code": district, "area_mu": draw.randrange(4000, 90_000) / 10, "created_at": at, "submitted_at": at,
        "accepted_on": day, "state_since": at, "is_example": True,
    }  # fmt: skip
    yield "cases", case
    key = {"case_id": n, "round_no": 1}
    yield "rounds", {"case_id": n, "no": 1, "opened_by": "submit", "opened_at": at}
    yield "answers", {
        **key, "section": "basics", "version": 1, "done": True, "saved_at": at, "saved_by_id": 1,
        "data": json.dumps({"name": name, "scheme": scheme}, ensure_ascii=False),
    }  # fmt: skip
    for gate in GATES[: 5 if entered else OPEN_STATES.index(state)]:
        sitting = SITTINGS.get(gate) and 2 * n - 2 + SITTINGS[gate]
        if sitting:
            yield "deliberations", {
                "id": sitting, **key, "question": gate, "sitting": 1, "members": 9, "quorum_num": 2, "quorum_den": 3,
                "quorum_min": 3, "needs_num": 1, "needs_den": 2, "opened_at": at, "opened_by_id": 1,
            }  # fmt: skip
            end = {"action": "approve_risk", "ended_at": at, "ended_by_id": 1}
            yield "deliberation_ends", {"deliberation_id": sitting, **end}
        yield "gate_decisions", {
            **key, "gate": gate, "result": "pass", "passed": 1, "deliberation_id": sitting,
            "facts_digest": "0" * 64, "decided_at": at, "decided_by_id": 1,
        }  # fmt: skip
    if entered:
        gates = {f"g{place}": gate for place, gate in enumerate(GATES, 1)}
        entry = {"project_number": code, "registered_at": at, "registered_on": day}
        yield "registrations", {**key, "ok": 1, **gates, **entry}


def _write(connection: Connection, table: str, rows: Any) -> None:
    rows = iter(rows)
    while some := list(islice(rows, BATCH)):
        columns = list(some[0])
        values = [tuple(_stored(v) for v in row.values()) for row in some]
        cursor = connection.connection.cursor()
        if connection.dialect.name == "sqlite":
            marks = ", ".join("?" * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)
        else:
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for value in values:
                    copy.write_row(value)


def _stored(value: Any) -> Any:
    """Days and instants as SQLite keeps them."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "microseconds")
    return value.isoformat() if isinstance(value, date) else value
