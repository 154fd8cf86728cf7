"""Many rows at once into a table: the fast road of each engine. Constraints and guards hold as on any other."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from registry.extensions import db

AT_ONCE = 100
"""Rows of one statement. SQLite makes the list of a CHECK (… IN …) anew at each statement: a row each costs twice."""


def insert(table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert plain values, in `writing()`. `table` and `columns` are names of our own."""
    connection = db.session.connection()
    into = f"{table} ({', '.join(columns)})"
    if connection.dialect.name == "postgresql":
        with connection.connection.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:  # type: ignore[attr-defined]
            for row in rows:
                copy.write_row(row)
        return
    one = f"({', '.join('?' * len(columns))})"
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        every = ", ".join([one] * len(some))
        connection.exec_driver_sql(f"INSERT INTO {into} VALUES {every}", tuple(chain.from_iterable(some)))  # noqa: S608 (names of our own)
