"""What is known of a report of completed area when an act on it is judged."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionFacts:
    """A report as the rules see it on the day `on`; `accepted`: the day of its acceptance document, None: not said."""

    on: date
    year: int
    accepted: date | None = None
    document: bool = False
    """The acceptance document is on file, with title and number."""
    of_the_unit: bool = False
    """The person who acts belongs to the unit."""
    actor_reported: bool = False
    standing: bool = False
    """Another report of the same unit, year and kind waits or is confirmed, and this one does not correct it."""
