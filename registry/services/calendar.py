"""Verbs on the working calendar: read the State Council's yearly notice and keep it.

The notice is read whole and checked before anything is written; what is odd has a name, and changes nothing.
The layout is that of holiday-cn: {"year": 2027, "papers": [address], "days": [{"name", "date", "isOffDay"}]}.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, or_

from registry.extensions import db, writing
from registry.models import CalendarDay, CalendarYear, User
from registry.queries import calendar as queries
from registry.services import audit
from workflows.roles import Role

MAX_BYTES = 1_000_000
LONGEST_NAME, LONGEST_SOURCE = 40, 400
FIRST, LAST = 2004, 2099
STATUTORY = ((1, 1), (5, 1), (10, 1))
"""Days off in every notice so far: a file without one of them is cut off."""
MOST_DAYS = 120


class Problem(StrEnum):
    """Why a notice is not kept."""

    MISSING = "missing"
    NOT_A_FILE = "not_a_file"
    NO_ACCESS = "no_access"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    NOT_A_NOTICE = "not_a_notice"
    NO_YEAR = "no_year"
    NO_PAPER = "no_paper"
    NO_DAYS = "no_days"
    NOT_A_DAY = "not_a_day"
    OTHER_YEAR = "other_year"
    TWICE = "twice"
    NO_NAME = "no_name"
    NOT_YES_OR_NO = "not_yes_or_no"
    WEEKDAY_WORKED = "weekday_worked"
    INCOMPLETE = "incomplete"


class UnusableNoticeError(Exception):
    """A notice that is not kept; nothing was written. `row` counts the days of the file from 1; 0: the whole file."""

    def __init__(self, problem: Problem, value: object = "", row: int = 0) -> None:
        super().__init__(f"{problem}: {value}")
        self.problem, self.value, self.row = problem, str(value)[:60], row


@dataclass(frozen=True, slots=True)
class NoticeDay:
    """A day that the notice sets apart."""

    on: date
    working: bool
    name: str


@dataclass(frozen=True, slots=True)
class YearNotice:
    """A notice as read."""

    year: int
    source: str
    days: tuple[NoticeDay, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over its days, in order."""
        return digest_of(self.days)


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of an import: `how` ∈ added, changed, unchanged."""

    notice: YearNotice
    how: str
    working_days: int


def digest_of(days: Iterable[NoticeDay]) -> str:
    """SHA-256 over days, one a line, whatever they are called; as in the migration that set the first years up."""
    lines = sorted(f"{d.on.isoformat()} {int(d.working)}" for d in days)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def read_file(path: Path) -> YearNotice:
    """A notice from a file; raises UnusableNoticeError."""
    try:
        with path.open("rb") as file:
            return read(file.read(MAX_BYTES + 1))
    except FileNotFoundError:
        raise UnusableNoticeError(Problem.MISSING) from None
    except IsADirectoryError:
        raise UnusableNoticeError(Problem.NOT_A_FILE) from None
    except OSError as error:
        raise UnusableNoticeError(Problem.NO_ACCESS, error.strerror or error) from None


def read(raw: bytes) -> YearNotice:
    """A notice from the bytes of its file; raises UnusableNoticeError."""
    if not raw.strip():
        raise UnusableNoticeError(Problem.EMPTY)
    if len(raw) > MAX_BYTES:
        raise UnusableNoticeError(Problem.TOO_LARGE, MAX_BYTES // 1_000_000)
    try:
        told = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnusableNoticeError(Problem.NOT_UTF8, error.start) from None
    except (ValueError, RecursionError) as error:
        raise UnusableNoticeError(Problem.NOT_JSON, getattr(error, "lineno", "")) from None
    if not isinstance(told, dict):
        raise UnusableNoticeError(Problem.NOT_A_NOTICE)
    year = told.get("year")
    if type(year) is not int or not FIRST <= year <= LAST:
        raise UnusableNoticeError(Problem.NO_YEAR, "" if year is None else year)
    days = told.get("days")
    if not isinstance(days, list) or not days or len(days) > MOST_DAYS:
        raise UnusableNoticeError(Problem.NO_DAYS)
    notice = YearNotice(year, _source(told.get("papers")), _days(year, days))
    off = {d.on for d in notice.days if not d.working}
    for month, number in STATUTORY:
        if date(year, month, number) not in off:
            raise UnusableNoticeError(Problem.INCOMPLETE, date(year, month, number))
    return notice


def _source(papers: Any) -> str:
    """The address of the notice: a file without one tells a guess, not an announcement."""
    found = [p.strip() for p in papers if isinstance(p, str)] if isinstance(papers, list) else []
    sound = [p for p in found if p.startswith(("https://", "http://")) and len(p) <= LONGEST_SOURCE]
    if not sound:
        raise UnusableNoticeError(Problem.NO_PAPER)
    return sound[0]


def _days(year: int, told: list[Any]) -> tuple[NoticeDay, ...]:
    days: dict[date, NoticeDay] = {}
    for row, entry in enumerate(told, 1):
        day = _day(year, entry, row)
        if day.on in days:
            raise UnusableNoticeError(Problem.TWICE, day.on, row)
        days[day.on] = day
    return tuple(days.values())


def _day(year: int, entry: Any, row: int) -> NoticeDay:
    if not isinstance(entry, dict):
        raise UnusableNoticeError(Problem.NOT_A_DAY, entry, row)
    word, off, name = entry.get("date"), entry.get("isOffDay"), entry.get("name")
    try:
        on = date.fromisoformat(word)
    except (TypeError, ValueError):
        raise UnusableNoticeError(Problem.NOT_A_DAY, "" if word is None else word, row) from None
    # A holiday at the turn of the year begins in December.
    if on.year != year and (on.year, on.month) != (year - 1, 12):
        raise UnusableNoticeError(Problem.OTHER_YEAR, on, row)
    if not isinstance(off, bool):
        raise UnusableNoticeError(Problem.NOT_YES_OR_NO, "" if off is None else off, row)
    if not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST_NAME:
        raise UnusableNoticeError(Problem.NO_NAME, on, row)
    if not off and on.weekday() < 5:
        raise UnusableNoticeError(Problem.WEEKDAY_WORKED, on, row)
    return NoticeDay(on, not off, name.strip())


def keep(notice: YearNotice, *, by: User | None, at: datetime) -> Kept:
    """Keep a notice in one transaction; the same notice again changes nothing and leaves no link."""
    actor_id = by.id if by else None
    with writing():
        db.session.execute(audit.HEAD)  # one import at a time, also of a year that has no row to lock
        row = db.session.get(CalendarYear, notice.year)
        if row is not None and row.digest == notice.digest:
            return Kept(notice, "unchanged", queries.current().working_days_of(notice.year))
        how = _write(notice, row, db.session.get(User, actor_id) if actor_id else None, at)
    return Kept(notice, how, queries.current().working_days_of(notice.year))


def _write(notice: YearNotice, row: CalendarYear | None, actor: User | None, at: datetime) -> str:
    how = "changed" if row else "added"
    event = audit.record(
        "calendar:import",
        actor=actor,
        role=Role.SECRETARY if actor else Role.SYSTEM,
        subject_kind="calendar",
        subject_id=notice.year,
        at=at,
        detail={
            "how": how,
            "digest": notice.digest,
            "source": notice.source,
            "off": sum(not d.working for d in notice.days),
            "worked": sum(d.working for d in notice.days),
        },
    )
    if row is None:
        row = CalendarYear(year=notice.year)
        db.session.add(row)
    row.source, row.digest, row.seq = notice.source, notice.digest, event.seq
    db.session.flush()
    replaced = or_(CalendarDay.year == notice.year, CalendarDay.on.in_([d.on for d in notice.days]))
    db.session.execute(delete(CalendarDay).where(replaced))
    db.session.execute(
        insert(CalendarDay),
        [{"on": d.on, "year": notice.year, "working": d.working, "name": d.name} for d in notice.days],
    )
    return how
