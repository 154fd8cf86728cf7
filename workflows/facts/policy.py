"""What is known of a change of the policy when an act on it is judged."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFacts:
    """A change as the rules see it on the day `on`; `since`: the day from which it is to act, None: not said."""

    on: date
    since: date | None = None
    document: bool = False
    """The document that decides it is on file."""
    reasons: bool = False
    fits: bool | None = None
    """The policy takes it without contradicting itself; None: it cannot be read."""
    actor_proposed: bool = False
    replayed: bool | None = None
    """It was run over all cases as it stands, against the policy as it stands; None: never."""
