"""What time it is: the only file that asks the system. Tests and replays put another source in its place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
"""Where days begin and end for everybody who files or decides."""


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _source()


def today() -> date:
    """The present day in Shandong, which is not always the day in UTC."""
    return day_of(now())


def day_of(instant: datetime) -> date:
    """The day in Shandong of an instant."""
    return instant.astimezone(ZONE).date()


def start_of(day: date) -> datetime:
    """The instant a day begins in Shandong."""
    return datetime.combine(day, time.min, ZONE).astimezone(UTC)


@contextmanager
def told_by(source: Callable[[], datetime]) -> Iterator[None]:
    """Ask `source` for the instant instead of the system; it must answer aware instants."""
    global _source  # noqa: PLW0603 (one clock for the process, by design)
    before, _source = _source, lambda: source().astimezone(UTC)
    try:
        yield
    finally:
        _source = before
