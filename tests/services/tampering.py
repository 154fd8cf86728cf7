"""The audit chain changed past every guard, and what the walk over it says."""

from typing import Any

from sqlalchemy import text

from registry.extensions import db
from registry.services import audit


def tamper(*statements: str, **values: Any) -> None:
    """Write past every trigger, as somebody with the file or the server's key could."""
    db.session.rollback()
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
            for name in found.scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in ("audit_events", "audit_head", "remarks"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for statement in statements:
            connection.execute(text(statement), values)


def found() -> tuple[int, int, str]:
    """Rows that hold, the bad row, and why."""
    rows, bad = audit.verify()
    db.session.rollback()
    assert bad is not None
    return rows, bad.seq, bad.why
