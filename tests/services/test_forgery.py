"""Every forgery that the migrations are there to refuse, tried by plain SQL past the application, on both engines.

One prepared database an engine; each forgery runs in a transaction of its own that is rolled back.
Statements before the last one are what the forger is let do; the last is the forgery.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from registry import clock as registry_clock
from registry import create_app
from registry.extensions import db
from registry.services import audit
from tests.clock import FIXED, Clock
from tests.databases import let_go, test_settings
from tests.services import (
    forged_clocks,
    forged_decisions,
    forged_greening,
    forged_inventories,
    forged_mail,
    forged_meetings,
    forged_minutes,
    forged_notices,
    forged_panels,
    forged_papers,
    forged_pilot,
    forged_policy,
    forged_records,
    forged_reports,
    forged_site_checks,
    forged_ties,
)
from tests.services.forging import Stage, Step, prepared

FORGED = (
    *(forged_decisions, forged_records, forged_papers, forged_mail),
    *(forged_clocks, forged_panels, forged_meetings, forged_minutes, forged_notices, forged_site_checks),
    *(forged_policy, forged_ties, forged_reports, forged_inventories, forged_greening),
    forged_pilot,
)
FORGERIES = {name: forgery for part in FORGED for name, forgery in part.FORGERIES.items()}
ALLOWED = {name: forge for part in FORGED for name, forge in part.ALLOWED.items()}

LEAST = 40
"""Forged rows the proof asks for at the least; what must be let through beside them keeps the refusals honest."""


@pytest.fixture(scope="module")
def stage(_pools: Any, engine_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder: Path = tmp_path_factory.mktemp("forgery")
    (folder / "files").mkdir()
    url = _pools[engine_name].copy()
    app = create_app(test_settings(folder, url))
    with app.app_context(), registry_clock.told_by(Clock(FIXED)):
        yield prepared(app, engine_name)
        db.session.rollback()
    let_go(app)
    _pools[engine_name].drop(url)


def _take(connection: Connection, steps: list[Step]) -> None:
    for statement, values in steps:
        connection.execute(text(statement), values)


def _closed(connection: Connection, engine: str) -> None:
    connection.rollback()
    if engine == "sqlite":
        connection.exec_driver_sql("PRAGMA recursive_triggers = ON")
        connection.rollback()


@pytest.mark.parametrize("what", FORGERIES)
def test_a_forgery_by_plain_sql_is_refused(stage, what):
    words, forge = FORGERIES[what]
    *before, forged = forge(stage)
    with stage.connect() as connection:
        try:
            _take(connection, before)
            with pytest.raises(IntegrityError, match=words):
                _take(connection, [forged])
        finally:
            _closed(connection, stage.engine)


@pytest.mark.parametrize("what", ALLOWED)
def test_the_same_statement_with_right_values_is_let_through(stage, what):
    with stage.connect() as connection:
        _take(connection, ALLOWED[what](stage))
        connection.rollback()


def test_there_are_enough_forgeries_and_none_hides_another():
    assert len(FORGERIES) == sum(len(part.FORGERIES) for part in FORGED)
    assert len(ALLOWED) == sum(len(part.ALLOWED) for part in FORGED)
    assert len(FORGERIES) >= LEAST
    assert len(ALLOWED) >= LEAST // 4


def test_no_forgery_left_a_trace(stage):
    assert audit.verify()[1] is None
    db.session.rollback()
