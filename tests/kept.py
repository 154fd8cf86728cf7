"""What a test builds first, built once: a city with its people, a draft, a case carried to a stage.

Carrying a case to its entry takes thirty acts, and hundreds of tests begin with one. A step that begins where another
test's step began, at the same hour and with the same words, ends where that one ended: its database and files are put
back instead. Where anything else was written in between, the step is simply taken.
"""

import copy
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from flask import current_app

from registry.clock import now
from registry.extensions import db
from tests.clock import Clock
from tests.databases import Databases, let_go

T = TypeVar("T")
MOST = 80
"""Databases kept of one engine; after that the one that was not asked for longest makes room."""


@dataclass(frozen=True)
class Kept:
    """Where a step ended: its database, the files, the hour, and what it handed back."""

    database: Any
    files: dict[Path, bytes]
    hour: datetime
    answer: Any


_kept: dict[Databases, dict[str, Kept]] = {}


def step(name: str, take: Callable[[], T]) -> T:
    """Take a step of that name and words, or put back where it ended when it was taken before."""
    databases = Databases.standing.get(current_app.config["SQLALCHEMY_DATABASE_URI"])
    hour = now()
    if databases is None or hour != now():  # a database that is shared, or time that goes on
        return take()
    _let_go()
    if (begun := databases.untouched()) is None:
        return take()
    settings = sorted(
        (k, v) for k, v in current_app.config.items() if isinstance(v, str | int | bool) and k != "STORE_DIR"
    )
    key = hashlib.sha256(repr((begun, hour, name, settings)).encode()).hexdigest()
    kept = _kept.setdefault(databases, {})
    if key in kept:
        kept[key] = kept.pop(key)  # asked for last
        databases.put_back(kept[key].database, key)
        for path, content in kept[key].files.items():
            file = _store() / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        if kept[key].hour != hour:
            Clock.telling.set(kept[key].hour)
        return copy.deepcopy(kept[key].answer)
    answer = take()
    _let_go()
    files = {p.relative_to(_store()): p.read_bytes() for p in _store().rglob("*") if p.is_file()}
    if len(kept) == MOST:
        databases.forget(kept.pop(next(iter(kept))).database)
    kept[key] = Kept(databases.keep(key), files, now(), copy.deepcopy(answer))
    return answer


def _store() -> Path:
    return Path(current_app.config["STORE_DIR"])


def _let_go() -> None:
    db.session.remove()  # of the context the test stands in; `let_go` opens one of its own
    let_go(current_app._get_current_object())  # type: ignore[attr-defined]
