"""The libraries the application leans on, and the one way to write to the database."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask_babel import Babel
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, CursorResult, Engine, MetaData, Select, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase

SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "recursive_triggers=ON",  # without it REPLACE INTO walks past BEFORE DELETE triggers
    "secure_delete=ON",
    "trusted_schema=OFF",
    "busy_timeout=10000",
)


class Base(DeclarativeBase):
    """All tables; constraints carry names so that a refusal can be read and a migration can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class ReadUnlessAsked(Session):
    """A session that reads; inside `writing()` it writes.

    The two option engines share one pool and are kept: a new one at each call opens a second
    connection, and SQLite then says "database is locked" against oneself.
    """

    _engines: dict[tuple[Engine, bool], Engine] = {}  # noqa: RUF012 (one cache for the process, by design)

    def get_bind(self, *args: Any, **kwargs: Any) -> Any:
        """The engine of this session's mode."""
        engine = super().get_bind(*args, **kwargs)
        if not isinstance(engine, Engine):
            return engine
        key = (engine, bool(self.info.get("writes")))
        if key not in self._engines:
            self._engines[key] = engine.execution_options(writes=key[1])
        return self._engines[key]


db = SQLAlchemy(model_class=Base, session_options={"class_": ReadUnlessAsked})
migrate = Migrate()
babel = Babel()
csrf = CSRFProtect()


def rows(statement: Select[Any], values: Mapping[str, Any] | None = None) -> CursorResult[Any]:
    """Ask for columns, in the session's transaction but past the session: its own work costs more than a short one's.

    Rows come as their columns, never as objects of a model.
    """
    db.session.flush()  # as the session does before it reads
    return db.session.connection().execute(statement, values)


@contextmanager
def writing() -> Iterator[None]:
    """Write in one transaction and commit once; anything raised rolls it all back.

    Ends the read in progress first, so rows read before must be read again inside.
    """
    if db.session.info.get("writes"):
        raise RuntimeError("writing() inside writing(): one act, one transaction")
    db.session.rollback()
    db.session.info["writes"] = True
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        db.session.info["writes"] = False


BUSY = frozenset({"55P03", "40P01", "57014", "SQLITE_BUSY"})
"""Waited too long for a lock; two that waited for one another; a statement over its time; SQLite's one lock."""


def failure_code(error: BaseException | None) -> str:
    """The database's own code for what went wrong (SQLSTATE, or SQLite's name for it); "" where there is none."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    return str(getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None) or "")


def prepare_engine(engine: Engine) -> None:
    """Set the pragmas and transaction modes `writing()` relies on; call once per engine."""
    if engine.dialect.name != "sqlite":
        # A server we share: read-only is the transaction's own property.
        @event.listens_for(engine, "begin")
        def _begin_on_server(connection: Connection) -> None:
            if connection.get_execution_options().get("writes") is False:
                connection.exec_driver_sql("SET TRANSACTION READ ONLY")

        return

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]

    @event.listens_for(engine, "begin")
    def _begin_on_sqlite(connection: Connection) -> None:
        # IMMEDIATE: a read that later writes under DEFERRED fails with "database is locked" under load.
        reads = connection.get_execution_options().get("writes") is False
        if connection.info.get("reads") is not reads:  # setting it makes SQLite prepare every statement anew
            connection.exec_driver_sql(f"PRAGMA query_only={int(reads)}")
            connection.info["reads"] = reads
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
