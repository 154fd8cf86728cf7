"""Migrated databases to copy: migrating takes seconds, copying takes milliseconds."""

import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask

from registry import create_app
from registry.config import MIGRATIONS, read
from registry.extensions import ReadUnlessAsked, db
from tests import postgres

ENGINES = ("sqlite", "postgresql")


def test_settings(folder: Path, url: str, **more: Any) -> dict[str, Any]:
    """Settings of the kind `test`, with files under `folder`."""
    environ = {"TAILIN_ENV": "test", "DATABASE_URL": url, "STORE_DIR": str(folder / "files")}
    return read(environ, development_key=str) | more


test_settings.__test__ = False  # a helper, whatever its name begins with


class Databases:
    """Of one engine: a migrated template, made on first use, and copies of it. `close()` ends all.

    `durable`: the server writes to the disk and waits for it, as in life; for benchmarks.
    """

    def __init__(self, engine: str, folder: Path, *, durable: bool = False) -> None:
        self.engine, self.folder, self.durable = engine, folder, durable
        self._ends = ExitStack()
        self._server: postgres.Server | None = None
        self._template: str | None = None
        self._standing: str | None = None
        self._copies = 0

    def copy(self) -> str:
        """The address of a fresh migrated database."""
        template = self._ready()
        if self._server is not None:
            return self._server.url(self._server.create(template))
        self._copies += 1
        file = self.folder / f"{self._copies}.db"
        shutil.copyfile(template, file)
        return f"sqlite:///{file}"

    def fresh(self) -> str:
        """The one standing address, with a fresh migrated database behind it; nobody may be connected."""
        if self._standing is None:
            self._standing = self.copy()
            return self._standing
        if self._server is not None:
            name = _name(self._standing)
            self._server.drop(name)
            self._server.create(self._ready(), name)
        else:
            self.drop(self._standing)
            shutil.copyfile(self._ready(), self._standing.removeprefix("sqlite:///"))
        return self._standing

    def empty(self) -> str:
        """The address of a database without tables."""
        if self.engine == "sqlite":
            self._copies += 1
            return f"sqlite:///{self.folder / f'{self._copies}.db'}"
        return self._running().url(self._running().create())

    def drop(self, url: str) -> None:
        """Remove a copy that is not used any more."""
        if self.engine == "sqlite":
            for ending in ("", "-wal", "-shm"):
                Path(url.removeprefix("sqlite:///") + ending).unlink(missing_ok=True)
        else:
            self._running().drop(_name(url))

    def close(self) -> None:
        self._ends.close()

    def _running(self) -> postgres.Server:
        if self._server is None:
            self._server = self._ends.enter_context(postgres.server(durable=self.durable))
        return self._server

    def _ready(self) -> str:
        if self._template is None:
            url = self.empty()
            app = create_app(test_settings(self.folder, url))
            migrate_up(app)
            if self.engine == "sqlite":
                self._template = url.removeprefix("sqlite:///")
            else:
                self._template = _name(url)
        return self._template


def _name(url: str) -> str:
    """The database's name in an address of the test server."""
    return url.partition("@/")[2].partition("?")[0]


def migrate_up(app: Flask) -> None:
    """Run all migrations on the application's database and let go of it."""
    with app.app_context():
        flask_migrate.upgrade(directory=MIGRATIONS)
    let_go(app)


def let_go(app: Flask) -> None:
    """Close every connection the application holds; what it kept about its engines goes too."""
    with app.app_context():
        db.session.remove()
        engines = set(db.engines.values())
        for engine in engines:
            engine.dispose()
        for key in [key for key in ReadUnlessAsked._engines if key[0] in engines]:
            del ReadUnlessAsked._engines[key]
