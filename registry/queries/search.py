"""Finding cases by words: any part of a name or number, Chinese words of one or two characters included.

An index (migration 0031) lists the cases of each pair of neighbouring characters of their words, and of each run of
digits from each of its places on; it narrows the cases down, and the list's own condition decides. Only the newest
FOUND are taken, newest application first, and an entry's cases lie in that order: a common word costs no more than a
rare one, however many cases there are.
"""

import re
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, column, exists, func, literal, or_, select, table
from sqlalchemy.orm import aliased

from registry.extensions import db
from registry.models import Case

FOUND = 200
"""Who finds more should say more; a page of results never costs more than this many cases."""

RARE = 2000
ENTRIES = table("case_search", column("gram", Text()), column("case_id"))
LAST_CHARACTER = "\U0010ffff"
RUN = re.compile("[0-9]{3,}")


def newest(q: str, *which: ColumnElement[bool]) -> list[int]:
    """Ids of the newest cases that meet `which`, at most FOUND + 1; `which` itself says what it is to hold `q`.

    A whole number finds its case alone.
    """
    whole = or_(*(number == q.upper() for number in (Case.number, Case.project_number)))
    if found := list(db.session.scalars(select(Case.id).where(whole, *which))):
        return found
    query = _narrowed(db.session.scalar(select(func.lower(q))) or "")  # small letters as each engine has them
    fits = exists().where(Case.id == query.selected_columns[0], *which)
    return list(db.session.scalars(query.where(fits).limit(FOUND + 1)))


def _narrowed(small: str) -> Select[Any]:
    """The cases with a rare run of digits of `small`, or else with its rarest pair; where it has none, all."""
    every = aliased(Case)
    newest_first = select(every.id).order_by(every.id.desc())
    for start in [small] if len(small) == 1 else RUN.findall(small):
        begins = select(ENTRIES.c.case_id).where(ENTRIES.c.gram.between(start, start + LAST_CHARACTER))
        some = db.session.scalars(begins.limit(RARE)).all()
        if len(some) < RARE:
            return newest_first.where(every.id.in_(set(some)))
    pairs = [ENTRIES.c.gram == pair for pair in dict.fromkeys(small[n : n + 2] for n in range(len(small) - 1))]
    if pairs:
        rarest = min(pairs, key=_frequency) if len(pairs) > 1 else pairs[0]
        return select(ENTRIES.c.case_id).where(rarest).order_by(ENTRIES.c.case_id.desc())
    return newest_first


def _frequency(pair: ColumnElement[bool]) -> int:
    """How many cases have a pair, counted up to RARE."""
    some = select(literal(1)).select_from(ENTRIES).where(pair).limit(RARE).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0
