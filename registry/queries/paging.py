"""A page of a list: what stands on it, how many there are, and where the next one begins."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from registry.extensions import db

LARGEST_ID = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Page:
    """Items of one page; `no` counts from 1 and never lies beyond the last page.

    `more`: there are more than `total`, which was not counted to the end. `before` and `after` are the cursors
    of the first and the last item where the list has an order of its own (`Order`), else "".
    """

    items: list[Any]
    no: int
    pages: int
    total: int
    size: int
    more: bool = False
    before: str = ""
    after: str = ""

    @property
    def first(self) -> int:
        """Position of the first item on the page, counted from 1; 0 where the list is empty."""
        return (self.no - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        """Position of the last item on the page."""
        return (self.no - 1) * self.size + len(self.items)


@dataclass(frozen=True, slots=True)
class Place:
    """The page a URL asks for: its number, and the cursor its link carried so that no row before it is read."""

    no: int = 1
    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a list, last first, by columns of which the final one tells rows apart.

    `read` turns a cursor's words back into their values; it raises ValueError or OverflowError.
    """

    columns: tuple[InstrumentedAttribute[Any], ...]
    read: tuple[Callable[[str], Any], ...]

    def cursor(self, item: Any) -> str:
        """Where an item stands, as it goes into a URL."""
        values = (getattr(item, column.key) for column in self.columns)
        return "~".join(v.isoformat() if isinstance(v, date) else str(v) for v in values)

    def values(self, cursor: str) -> tuple[Any, ...] | None:
        """What a cursor says; None for one that says nothing."""
        words = cursor.split("~")
        if len(words) != len(self.read):
            return None
        try:
            return tuple(read(word) for read, word in zip(self.read, words, strict=True))
        except (ValueError, OverflowError):
            return None


def instant(word: str) -> datetime:
    """An instant of a cursor; raises ValueError or OverflowError."""
    at = datetime.fromisoformat(word)
    if at.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return at.astimezone(UTC)


def identity(word: str) -> int:
    """A row's number of a cursor; raises ValueError."""
    if not re.fullmatch(r"[0-9]{1,10}", word) or int(word) > LARGEST_ID:
        raise ValueError("no row has such a number")
    return int(word)


def code(word: str) -> str:
    """A code of a cursor; raises ValueError."""
    if not re.fullmatch(r"[\w-]{1,60}", word):
        raise ValueError("no code looks like this")
    return word


def page_of(query: Select[Any], no: int, size: int = 20, *, rows: bool = False) -> Page:
    """Page `no` of an ordered query; out of range shows the nearest page. `rows`: whole rows, not single objects.

    Counts and skips, so it is for lists that stay short.
    """
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, -(-total // size))
    no = min(max(1, no), pages)
    found = db.session.execute(query.limit(size).offset((no - 1) * size))
    return Page(list(found if rows else found.scalars()), no, pages, total, size)


def page_in_order(
    query: Select[Any],
    order: Order,
    place: Place,
    total: int,
    size: int = 20,
    *,
    more: bool = False,
    rows: bool = False,
) -> Page:
    """A page of a long list: read from its cursor on, however far down; `total` (and `more`) are known already.

    A page asked for by its number alone is found by skipping; the application's own links carry the cursor.
    """
    pages = max(1, -(-total // size))
    no = max(1, place.no) if more else min(max(1, place.no), pages)
    items = _from_cursor(query, order, place, size, rows=rows) if no > 1 else []
    if not items:
        found = db.session.execute(_sorted(query, order).limit(size).offset((no - 1) * size))
        items = list(found if rows else found.scalars())
    if more and not items and no > 1:
        return page_in_order(query, order, Place(), total, size, more=more, rows=rows)
    if more and len(items) == size:
        pages = max(pages, no + 1)  # nobody has counted to the end
    ends = (order.cursor(items[0]), order.cursor(items[-1])) if items else ("", "")
    return Page(items, no, pages, total, size, more, *ends)


def _from_cursor(query: Select[Any], order: Order, place: Place, size: int, *, rows: bool) -> list[Any]:
    values = order.values(place.after or place.before)
    if values is None:
        return []
    here = tuple_(*order.columns)
    if place.after:
        query = _sorted(query.where(here < values), order)
    else:
        query = query.where(here > values).order_by(*(c.asc() for c in order.columns))
    found = db.session.execute(query.limit(size))
    items = list(found if rows else found.scalars())
    return items if place.after else items[::-1]


def _sorted(query: Select[Any], order: Order) -> Select[Any]:
    return query.order_by(*(c.desc() for c in order.columns))
