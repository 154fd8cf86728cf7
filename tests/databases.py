"""Migrated databases to copy: migrating takes seconds, copying takes milliseconds."""

import hashlib
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar

import flask_migrate
from flask import Flask
from sqlalchemy import Engine, event

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

    standing: ClassVar[dict[str, "Databases"]] = {}
    """Whose standing address it is."""

    def __init__(self, engine: str, folder: Path, *, durable: bool = False) -> None:
        self.engine, self.folder, self.durable = engine, folder, durable
        self._ends = ExitStack()
        self._server: postgres.Server | None = None
        self._template: str | None = None
        self._standing: str | None = None
        self._copies = 0
        self._begun, self._mark = "", ""
        self._due: str | None = None

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
        """The one standing address, with a fresh migrated database behind it; nobody may be connected.

        Like `put_back`, it copies nothing before the application connects: a test that begins where another went
        on asks for one state after the other, and only the last of them is looked at.
        """
        if self._standing is None:
            self._standing = self.copy()
            self.standing[self._standing] = self
            self._begun, self._mark = "fresh", self._written()
        elif self._server is None or self.untouched() != "fresh":  # asking a server costs less than a copy
            self.put_back(self._ready(), "fresh")
        return self._standing

    def keep(self, begun: str) -> str:
        """A copy of what stands at the standing address, to be put back by that name; nobody may be connected."""
        self.settle()
        kept = self._server.create(_name(self._at)) if self._server else str(self.folder / f"kept-{begun}.db")
        if self._server is None:
            shutil.copyfile(self._file, kept)
        self._begun, self._mark = begun, self._written()
        return kept

    def forget(self, kept: str) -> None:
        """Remove what `keep` made, unless it was put back last; a server counts this as somebody's writing."""
        if self._server is not None:
            self._server.drop(kept)
        else:
            Path(kept).unlink()

    def put_back(self, kept: str, begun: str) -> None:
        """Put a kept database, or the template, behind the standing address; nobody may be connected."""
        self._due, self._begun = kept, begun

    def settle(self) -> None:
        """Copy what was put back last; the application's connections do it by themselves, other processes cannot."""
        if (kept := self._due) is None:
            return
        self._due = None
        if self._server is not None:
            self._server.drop(_name(self._at))
            self._server.create(kept, _name(self._at))
        else:
            self.drop(self._at)
            shutil.copyfile(kept, self._file)
        self._mark = self._written()

    def untouched(self) -> str | None:
        """What was put back or kept last, if nobody has written since; nobody may be connected."""
        return self._begun if self._due is not None or self._mark == self._written() else None

    def _written(self) -> str:
        """Something that changes with every writing transaction."""
        if self._server is not None:
            return self._server.next_transaction()
        return hashlib.sha256(Path(self._file).read_bytes()).hexdigest()

    @property
    def _at(self) -> str:
        assert self._standing is not None
        return self._standing

    @property
    def _file(self) -> str:
        return self._at.removeprefix("sqlite:///")

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
        self.standing.pop(self._standing or "", None)
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


@event.listens_for(Engine, "do_connect")
def _settle(*_: Any) -> None:
    """Whoever connects finds what was put back."""
    for databases in Databases.standing.values():
        databases.settle()


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
