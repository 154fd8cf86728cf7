"""A page of a list: what stands on it, and how many there are."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from registry.extensions import db


@dataclass(frozen=True, slots=True)
class Page:
    """Items of one page; `no` counts from 1 and never lies beyond the last page."""

    items: list[Any]
    no: int
    pages: int
    total: int
    size: int

    @property
    def first(self) -> int:
        """Position of the first item on the page, counted from 1; 0 where the list is empty."""
        return (self.no - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        """Position of the last item on the page."""
        return (self.no - 1) * self.size + len(self.items)


def page_of(query: Select[Any], no: int, size: int = 20, *, rows: bool = False) -> Page:
    """Page `no` of an ordered query; out of range shows the nearest page. `rows`: whole rows, not single objects."""
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, -(-total // size))
    no = min(max(1, no), pages)
    found = db.session.execute(query.limit(size).offset((no - 1) * size))
    return Page(list(found if rows else found.scalars()), no, pages, total, size)
