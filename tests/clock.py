"""The time as a test or a benchmark tells it."""

from datetime import UTC, datetime, timedelta

FIXED = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Monday 2 March 2026, nine in the morning in Tai'an."""


class Clock:
    """The time as the test tells it."""

    telling: "Clock"
    """The one that was asked last, so that a helper can wait for a day of its own."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        Clock.telling = self
        return self.at

    def set(self, at: datetime) -> None:
        """Go to an aware instant."""
        assert at.tzinfo is not None
        self.at = at

    def move(self, **span: float) -> None:
        """Go on (`days=1`, `minutes=5`), or back."""
        self.at += timedelta(**span)
