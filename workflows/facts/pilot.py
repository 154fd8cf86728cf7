"""What is known of a pilot of the farm when an act on it is judged."""

from dataclasses import dataclass
from datetime import date

from workflows.clocks import Reminder


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotFacts:
    """A pilot as the rules see it on the day `on`."""

    on: date
    since: date
    until: date
    missing: tuple[str, ...] = ()
    """Fields of exploration without an aim."""
    actor_took_part: bool = False
    """The person acting submitted or prepared it."""
    measured: int = 0
    """Plots with two measurements or more."""
    reminded: frozenset[Reminder] = frozenset()
    """Reminders sent of a report of it that nobody has begun; all of them once it is begun."""
    reminder: Reminder | None = None
    """The reminder that is to be sent."""
