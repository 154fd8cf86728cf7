"""How records beside cases and meetings show in notices, letters and the inbox."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import LazyString

from registry.models import User


@dataclass(frozen=True, slots=True)
class Shown:
    """A record as a notice or a letter names it; `path` below the site's root, `asked`: of the reader, now."""

    title: str
    number: str | None
    path: str
    asked: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record that waits for a person: what is to be done, on what, since when, and by when (None: no deadline)."""

    task: str
    title: str
    number: str | None
    path: str
    since: datetime
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What one kind answers: the words for a record out of sight, how one shows to a person, which wait for one."""

    gone: LazyString
    shown: Callable[[User, int], Shown | None]
    waits: Callable[[User], list[Waiting]]
