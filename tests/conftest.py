"""What every test may ask for. Tests in `services/`, and those marked `both_engines`, run on both databases."""

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

os.environ["TAILIN_ENV"] = "test"  # before anything reads it: a test must never touch var/

from registry import clock as registry_clock
from tests import postgres
from tests.clock import FIXED, Clock

if folder := postgres.memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", folder)  # a thousand small folders, made and removed without a disk

HERE = Path(__file__).parent
CLAUSE = re.compile(r"[A-Z]\d{2}[a-z]?")

pytest_plugins = [f"tests.steps.{file.stem}" for file in sorted((HERE / "steps").glob("[!_]*.py"))]
pytest.register_assert_rewrite(*pytest_plugins)  # all before any, because they use one another


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "both_engines: run on SQLite and on PostgreSQL")


def pytest_bdd_apply_tag(tag: str, function: Any) -> bool | None:
    """A scenario tagged with a clause's id speaks for that clause."""
    if not CLAUSE.fullmatch(tag):
        return None
    pytest.mark.clause(tag)(function)
    return True


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of the database on both engines."""
    if "engine_name" not in metafunc.fixturenames:
        return
    here = metafunc.definition.path.is_relative_to(HERE / "services")
    if here or metafunc.definition.get_closest_marker("both_engines"):
        no_server = pytest.mark.skipif(bool(postgres.why_not()), reason=f"PostgreSQL: {postgres.why_not()}")
        engines = ["sqlite", pytest.param("postgresql", marks=no_server)]
        metafunc.parametrize("engine_name", engines, indirect=True, scope="session")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The quick run goes through an outline's screens with its first example; the others go through the services."""
    for item in items:
        call = getattr(item, "callspec", None)
        if call and call.params.get("way") == "screens" and call.indices.get("_pytest_bdd_example", 0):
            item.add_marker(pytest.mark.long)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say in plain words which parts did not run here, and why."""
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reason = reason.removeprefix("Skipped: ")
        reasons[reason] = reasons.get(reason, 0) + 1
    for reason, number in sorted(reasons.items()):
        terminalreporter.write_line(f"NOT TESTED HERE ({number} tests): {reason}")


@pytest.fixture(scope="session")
def engine_name(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgresql`."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture(scope="session")
def _pools() -> Iterator[dict[str, Any]]:
    from tests.databases import ENGINES, Databases

    with tempfile.TemporaryDirectory(prefix="tailin-db-", dir=postgres.memory()) as folder:
        pools = {engine: Databases(engine, Path(folder)) for engine in ENGINES}
        yield pools
        for pool in pools.values():
            pool.close()


@pytest.fixture
def database_url(_pools: dict[str, Any], engine_name: str) -> str:
    """The address of a database for this test alone, migrated and empty."""
    return str(_pools[engine_name].fresh())


@pytest.fixture
def make_app(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """`make_app(DEMO=True)`: a new application on this test's database, with settings changed; no context pushed.

    For tests that change what is set up at the start; the others take `app` or `client`, which cost less.
    """
    from registry import create_app
    from tests.databases import let_go, test_settings

    made: list[Flask] = []

    def make(**changed: Any) -> Flask:
        made.append(create_app(test_settings(tmp_path, database_url, **changed)))
        return made[-1]

    (tmp_path / "files").mkdir(exist_ok=True)
    yield make
    for app in made:
        let_go(app)


@pytest.fixture(scope="session")
def _standing_apps() -> dict[str, Flask]:
    """One application an engine: making one costs more than most tests."""
    return {}


@pytest.fixture
def _standing_app(database_url: str, tmp_path: Path, _standing_apps: dict[str, Flask]) -> Iterator[Flask]:
    """The standing application with this test's database and files behind it; its settings are put back afterwards."""
    from registry import create_app
    from tests.databases import let_go, test_settings

    settings = test_settings(tmp_path, database_url)
    Path(settings["STORE_DIR"]).mkdir(exist_ok=True)
    if database_url not in _standing_apps:
        _standing_apps[database_url] = create_app(settings)
    app = _standing_apps[database_url]
    before = dict(app.config)
    app.config["STORE_DIR"] = settings["STORE_DIR"]
    yield app
    let_go(app)
    app.config.clear()
    app.config.update(before)


@pytest.fixture
def app(_standing_app: Flask) -> Iterator[Flask]:
    """The application on this test's own migrated database, in an application context."""
    from registry.extensions import db

    with _standing_app.app_context():
        yield _standing_app
        db.session.rollback()


@pytest.fixture
def client(_standing_app: Flask) -> FlaskClient:
    """A browser without a window; no application context around it, so each request has its own, as in life.

    To look at the database between requests: `with client.application.app_context(): …`.
    """
    return _standing_app.test_client()


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Stand still at FIXED until the test moves on."""
    told = Clock(FIXED)
    with registry_clock.told_by(told):
        yield told
