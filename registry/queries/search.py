"""Finding cases by words: any part of a name or number, Chinese words of one or two characters included.

Each engine has an index of the pairs of neighbouring characters of a case's words (migration 0010); it narrows the
cases down, and the list's own condition decides. Only the newest FOUND are taken, newest application first.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    column,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.orm import aliased

from registry.extensions import db
from registry.models import Case, CaseWords

FOUND = 200
"""Who finds more should say more; a page of results never costs more than this many cases."""

RARE = 2000
PAIRS = table("case_search", column("gram", Text()), column("case_id"))
LAST_CHARACTER = "\U0010ffff"


def newest(q: str, *which: ColumnElement[bool]) -> list[int]:
    """Ids of the newest cases that meet `which`, at most FOUND + 1; `which` itself says what it is to hold `q`.

    A whole number finds its case alone. Two searches take longer the more cases there are (`bench.pages --full`):
    on SQLite a part of a number, which is made of pairs that many numbers share; on PostgreSQL a word that one case
    in some dozens has.
    """
    whole = or_(*(number == q.upper() for number in (Case.number, Case.project_number)))
    if found := list(db.session.scalars(select(Case.id).where(whole, *which))):
        return found
    query = _on_sqlite(q) if db.engine.dialect.name == "sqlite" else _on_server(q)
    fits = exists().where(Case.id == query.selected_columns[0], *which)
    return list(db.session.scalars(query.where(fits).limit(FOUND + 1)))


def _on_server(q: str) -> Select[Any]:
    # Without this the server may keep one plan for rare and for common words, and be a thousand times slower.
    db.session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    asked = func.case_grams(func.lower(literal(q, Text())))
    kept = literal_column("case_words.grams")  # a column of this engine alone
    return select(CaseWords.case_id).where(kept.op("@>")(asked)).order_by(CaseWords.case_id.desc())


def _on_sqlite(q: str) -> Select[Any]:
    """The cases with the rarest pair of `q`; where that is no pair, or in nearly every case, all of them."""
    small = "".join(c.lower() if c.isascii() else c for c in q)  # as SQLite's lower() does it
    if len(small) > 1:
        pairs = dict.fromkeys(small[n : n + 2] for n in range(len(small) - 1))
        rarest = (
            min((PAIRS.c.gram == pair for pair in pairs), key=_frequency) if len(pairs) > 1 else PAIRS.c.gram == small
        )
        return select(PAIRS.c.case_id).where(rarest).order_by(PAIRS.c.case_id.desc())
    begins = PAIRS.c.gram.between(small, small + LAST_CHARACTER)
    if _frequency(begins) < RARE:
        return select(PAIRS.c.case_id).where(begins).distinct().order_by(PAIRS.c.case_id.desc())
    every = aliased(Case)
    return select(every.id).order_by(every.id.desc())


def _frequency(which: ColumnElement[bool]) -> int:
    """How many entries of the index there are, counted up to RARE."""
    some = select(literal(1)).select_from(PAIRS).where(which).limit(RARE).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0
