"""Forged ties of organisations: what the database must say, and the statements."""

from typing import Any

from tests.services.forging import AT, FOREIGN, Forge, Stage, Step, delete, emptied, insert, update

FORGERIES: dict[str, tuple[str, Forge]] = {}
ALLOWED: dict[str, Forge] = {}

TIE = 9001
EMPTIED = "is append-only|is not emptied"
ENDED, ONCE = "a tie of organisations is only ever ended", "the same tie stands once at a time"


def tied(s: Stage, number: int = TIE, **changed: Any) -> Step:
    values = {"id": number, "organisation_id": s.orgs["partner"], "related_id": s.orgs["elsewhere"], "kind": "parent"}
    said = {"source": "x", "since": "2026-01-01", "until": None, "entered_at": AT}
    return insert("organisation_ties", **(values | said | {"entered_by_id": s.people["officer"]} | changed))


def written_over(s: Stage) -> list[Step]:
    """REPLACE without the pragma on SQLite, an upsert on PostgreSQL."""
    first = tied(s, until="2026-01-31")
    statement, values = tied(s, source="y", since="2026-02-01")
    if s.engine == "sqlite":
        replace = statement.replace("INSERT", "INSERT OR REPLACE")
        return [first, ("PRAGMA recursive_triggers = OFF", {}), (replace, values)]
    return [first, (f"{statement} ON CONFLICT (id) DO UPDATE SET source = excluded.source", values)]


def turned(s: Stage) -> dict[str, int]:
    """The same two, named from the other side."""
    return {"organisation_id": s.orgs["elsewhere"], "related_id": s.orgs["partner"]}


ALLOWED |= {
    "a tie": lambda s: [tied(s)],
    "a tie that is ended": lambda s: [tied(s), update("organisation_ties", "1 = 1", until="2026-02-01")],
    "the same tie again after it ended": lambda s: [
        tied(s, until="2026-01-31"),
        tied(s, TIE + 1, since="2026-02-01"),
    ],
    "another kind of tie of the same two": lambda s: [tied(s), tied(s, TIE + 1, kind="shareholder")],
}

FORGERIES |= {
    "a tie of organisations taken away": (ENDED, lambda s: [tied(s), delete("organisation_ties", "1 = 1")]),
    "a tie of organisations written over": (ENDED, written_over),
    "a tie of organisations with another source": (
        ENDED,
        lambda s: [tied(s), update("organisation_ties", "1 = 1", source="y")],
    ),
    "a tie of organisations of another kind": (
        ENDED,
        lambda s: [tied(s), update("organisation_ties", "1 = 1", kind="other")],
    ),
    "another last day of a tie of organisations": (
        ENDED,
        lambda s: [tied(s, until="2026-02-01"), update("organisation_ties", "1 = 1", until="2026-03-01")],
    ),
    "the same tie twice": (ONCE, lambda s: [tied(s), tied(s, TIE + 1, since="2026-06-01")]),
    "the same tie from the other side": (ONCE, lambda s: [tied(s), tied(s, TIE + 1, **turned(s))]),
    "a tie of an organisation to itself": ("two", lambda s: [tied(s, related_id=s.orgs["partner"])]),
    "a tie of organisations without a source": ("sourced", lambda s: [tied(s, source="")]),
    "a tie that ends before it begins": ("period_in_order", lambda s: [tied(s, until="2025-12-31")]),
    "a tie of no listed kind": ("kind_listed", lambda s: [tied(s, kind="friend")]),
    "a tie to nobody": (FOREIGN, lambda s: [tied(s, related_id=99999)]),
    "ties of organisations emptied": (f"{EMPTIED}|{ENDED}", lambda s: [tied(s), *emptied(s, "organisation_ties")]),
}
