"""The tick twice at once, and against a withdrawal, in real processes on both engines: everything is done once."""

import os
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from tests import postgres
from tests.apart import CONTEXT
from tests.proof.city import City

NO_SERVER = pytest.mark.skipif(bool(postgres.why_not()), reason=f"PostgreSQL: {postgres.why_not()}")
ENGINES = ["sqlite", pytest.param("postgresql", marks=NO_SERVER)]
PATIENCE_S = 90
QUICK, LONG = 2, 100
"""Every second round a withdrawal joins in."""
DAY = datetime(2026, 3, 25, 1, tzinfo=UTC)
"""Submissions of 2 March are deemed accepted long since, decisions are three days from their end."""


def run(url: str, folder: str, owner: int | None, pipe: Any) -> None:
    """A process that ticks, or with an owner withdraws every case; answers what it did and what failed."""
    os.environ["TAILIN_ENV"] = "test"
    from registry import clock, create_app
    from registry.extensions import db
    from registry.models import Case, User
    from registry.services import acts
    from registry.services.tick import tick
    from tests.clock import Clock
    from tests.databases import test_settings

    app = create_app(test_settings(Path(folder), url))
    with app.app_context(), clock.told_by(Clock(DAY)):
        pipe.send("ready")
        pipe.recv()
        if owner is None:
            came = tick(clock.now())
            pipe.send((dict(came.done), came.failed))
            return
        done: Counter[str] = Counter()
        for case_id in db.session.scalars(select(Case.id).order_by(Case.id.desc())).all():
            by = db.session.get_one(User, owner)
            acts.act(("project", case_id), "withdraw", by=by, at=clock.now(), seen=None)
            done["withdraw"] += 1
        pipe.send((dict(done), []))


def at_once(city: City, *owners: int | None) -> list[tuple[dict[str, int], list[int]]]:
    """Processes that begin at the same moment; what each did."""
    pipes, processes = [], []
    for owner in owners:
        mine, theirs = CONTEXT.Pipe()
        process = CONTEXT.Process(target=run, args=(city.url, str(city.folder), owner, theirs), daemon=True)
        process.start()
        pipes.append(mine)
        processes.append(process)
    for pipe in pipes:
        assert pipe.poll(PATIENCE_S), "a process did not start"
        assert pipe.recv() == "ready"
    for pipe in pipes:
        pipe.send("go")
    answers = []
    for pipe in pipes:
        assert pipe.poll(PATIENCE_S), "no answer"
        answers.append(pipe.recv())
    for process in processes:
        process.join(10)
    return answers


def races(engine: str, rounds: int) -> None:
    from registry.extensions import db
    from registry.models import AuditEvent, Case, ClockReminder
    from registry.services import audit

    with tempfile.TemporaryDirectory(prefix="tailin-tick-", dir=postgres.memory()) as folder:
        city = City(engine, Path(folder))
        try:
            with city.running():
                submitted = [city.world.advance(city.world.draft(), "submitted") for _ in range(4)]
                deciding = [city.world.advance(city.world.draft(), "methodology_screening") for _ in range(4)]
            owner, kept = city.people["owner"], city.keep()
            for n in range(rounds):
                city.go_back(kept)
                city._let_go()
                withdraws = n % 2 == 1
                answers = at_once(city, None, None, *([owner] if withdraws else []))
                assert [failed for _, failed in answers] == [[] for _ in answers], answers
                with city.running():
                    asked = select(AuditEvent.subject_id, func.count()).group_by(AuditEvent.subject_id)
                    deemed = dict(db.session.execute(asked.where(AuditEvent.action == "project:deem_accepted")).all())
                    reminded = dict(db.session.execute(asked.where(AuditEvent.action == "project:remind")).all())
                    states = Counter(db.session.scalars(select(Case.state)))
                    sent = db.session.scalar(select(func.count()).select_from(ClockReminder))
                    assert audit.verify()[1] is None
                assert set(deemed) <= set(submitted)
                assert {*deemed.values(), *reminded.values()} <= {1}, "something was done twice"
                assert sent == len(reminded)
                if withdraws:
                    assert states == {"withdrawn": 8}
                else:
                    assert (set(deemed), states["methodology_screening"]) == (set(submitted), 8)
                    assert set(reminded) >= set(deciding)
        finally:
            city.close()


@pytest.mark.parametrize("engine", ENGINES)
def test_two_ticks_and_a_withdrawal_at_once_do_everything_once(engine: str) -> None:
    races(engine, QUICK)


@pytest.mark.long
@pytest.mark.parametrize("engine", ENGINES)
def test_many_ticks_at_once_do_everything_once(engine: str) -> None:
    races(engine, LONG)
