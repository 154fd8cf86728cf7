"""Triggers in both dialects from one condition. Migrations use these; a change here changes the past, so add, never edit."""

from collections.abc import Iterable

from alembic import op


def is_sqlite() -> bool:
    """Whether this migration runs on SQLite."""
    return op.get_bind().dialect.name == "sqlite"


def local_day(column: str) -> str:
    """The day in Tai'an (UTC+8) of an instant kept as naive UTC."""
    return f"date({column}, '+8 hours')" if is_sqlite() else f"CAST({column} + INTERVAL '8 hours' AS date)"


def refuse(name: str, table: str, event: str, condition: str, message: str, lock_case: str = "") -> None:
    """Refuse `event` (INSERT, UPDATE, DELETE) on `table` where `condition` holds.

    `lock_case`: on PostgreSQL, the case id to lock before looking, so that two transactions cannot pass each other.
    """
    if is_sqlite():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        return
    lock = f"PERFORM 1 FROM cases WHERE id = ({lock_case}) FOR UPDATE;" if lock_case else ""
    row = "OLD" if event == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN {lock} "
        f"IF ({condition}) THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"RETURN {row}; END $guard$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def allow(name: str, table: str) -> None:
    """Take a refusal away again."""
    if is_sqlite():
        op.execute(f"DROP TRIGGER {name}")
    else:
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {name}()")


def no_truncate(table: str) -> None:
    """Nobody empties the table at one stroke (PostgreSQL; SQLite has no such statement)."""
    if not is_sqlite():
        op.execute(
            f"CREATE FUNCTION {table}_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
            f"RAISE EXCEPTION '{table} is not emptied' USING ERRCODE = 'integrity_constraint_violation'; END $guard$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {table}_no_truncate()"
        )


def may_truncate(table: str) -> None:
    """Undo `no_truncate`."""
    if not is_sqlite():
        op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
        op.execute(f"DROP FUNCTION {table}_no_truncate()")


def append_only(table: str, key: Iterable[str]) -> None:
    """No row is changed, deleted or replaced.

    REPLACE INTO deletes without firing DELETE triggers unless a pragma is set, hence the insert-over guard.
    """
    message = f"{table} is append-only"
    refuse(f"{table}_no_update", table, "UPDATE", "1 = 1", message)
    refuse(f"{table}_no_delete", table, "DELETE", "1 = 1", message)
    same = " AND ".join(f"x.{k} = NEW.{k}" for k in key)
    refuse(f"{table}_no_replace", table, "INSERT", f"EXISTS (SELECT 1 FROM {table} x WHERE {same})", message)
    no_truncate(table)


def append_freely(table: str) -> None:
    """Undo `append_only`."""
    may_truncate(table)
    for what in ("update", "delete", "replace"):
        allow(f"{table}_no_{what}", table)
