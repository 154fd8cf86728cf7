"""Runs migrations on the application's database, each run in one transaction, on both engines."""

from alembic import context
from flask import current_app
from sqlalchemy import TypeDecorator

db = current_app.extensions["migrate"].db


def render_item(kind, item, _autogen):
    """Write our own column types as the plain ones they stand on: a migration must not need today's code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def include_name(name, kind, _parents):
    """Leave out what triggers alone write (the search index) and what belongs to the queue of the jobs."""
    return kind != "table" or not name.startswith(("case_search", "huey_"))


def run_offline():
    """Write SQL instead of running it."""
    url = db.engine.url.render_as_string(hide_password=False)
    context.configure(url=url, target_metadata=db.metadata, literal_binds=True, dialect_opts={"paramstyle": "named"})
    with context.begin_transaction():
        context.run_migrations()


def run_online():
    """Run them. The engine's plain connections write; only the sessions' are read-only."""
    sqlite = db.engine.dialect.name == "sqlite"
    with db.engine.connect() as connection:
        raw = connection.connection.driver_connection
        if sqlite:
            # Batch mode drops and renames tables. The switch has no effect inside a transaction, so it comes first.
            raw.execute("PRAGMA foreign_keys=OFF")
        else:
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.commit()
        try:
            context.configure(
                connection=connection,
                target_metadata=db.metadata,
                render_item=render_item,
                include_name=include_name,
                render_as_batch=sqlite,
                transactional_ddl=True,  # SQLite can do it too, given an explicit BEGIN
                compare_type=True,
            )
            with context.begin_transaction():
                context.run_migrations()
                if sqlite:
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                    if broken:
                        raise RuntimeError(f"the migration leaves rows without their parent: {broken[:5]}")
        finally:
            connection.rollback()
            if sqlite:
                raw.execute("PRAGMA foreign_keys=ON")
            connection.invalidate()  # the next user gets a connection as the application sets it up


if context.is_offline_mode():
    run_offline()
else:
    run_online()
