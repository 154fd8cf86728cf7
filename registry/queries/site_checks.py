"""The records of site checks as a page shows them: those in force, and what stood before."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from registry.extensions import db
from registry.models import Case, SiteCheck, SiteCheckPaper
from registry.queries.called import Called
from registry.queries.waits import policy


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed a record, and when."""

    user_id: int
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """One version of a record; `complete`: as many officers signed it as must."""

    id: int
    no: int
    version: int
    round_no: int
    visited_on: date
    place: str
    who_went: str
    observed: str
    who: str
    at: datetime
    papers: tuple[tuple[int, str], ...]
    signatures: tuple[Signed, ...]
    complete: bool
    earlier: tuple["Record", ...] = ()

    def signed_by(self, user_id: int) -> bool:
        """Whether a person signed it."""
        return any(s.user_id == user_id for s in self.signatures)


def in_force(case: Case) -> list[Record]:
    """The records of the present round as they stand, each with its earlier versions."""
    return [r for r in records(case) if r.round_no == case.round]


def records(case: Case) -> list[Record]:
    """Every record of a case as it stands, the latest visit first."""
    query = (
        select(SiteCheck)
        .where(SiteCheck.case_id == case.id)
        .order_by(SiteCheck.no, SiteCheck.version)
        .options(
            selectinload(SiteCheck.papers).joinedload(SiteCheckPaper.document),
            selectinload(SiteCheck.signatures),
        )
    )
    needed = int(policy().number("site_check_officers", case.accepted_on or date.max))
    rows = db.session.scalars(query).all()
    called = Called(who for row in rows for who in (row.recorded_by_id, *(s.officer_id for s in row.signatures)))
    found: dict[int, Record] = {}
    for row in rows:
        before = found.get(row.no)
        found[row.no] = _record(row, needed, (before, *before.earlier) if before else (), called)
    return sorted(found.values(), key=lambda r: (r.visited_on, r.no), reverse=True)


def _record(row: SiteCheck, needed: int, earlier: tuple[Record, ...], called: Called) -> Record:
    signed = tuple(Signed(s.officer_id, called(s.officer_id, s.signed_at), s.signed_at) for s in row.signatures)
    return Record(
        id=row.id,
        no=row.no,
        version=row.version,
        round_no=row.round_no,
        visited_on=row.visited_on,
        place=row.place,
        who_went=row.who_went,
        observed=row.observed,
        who=called(row.recorded_by_id, row.recorded_at),
        at=row.recorded_at,
        papers=tuple((p.document_id, p.document.filename) for p in row.papers),
        signatures=signed,
        complete=len(signed) >= needed,
        earlier=earlier,
    )
