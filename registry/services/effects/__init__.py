"""What each act writes: one small function an act, filed by noun. Only the door calls them."""

from collections.abc import Callable, Mapping

from registry.services.effects import (
    amendments,
    corrections,
    decisions,
    endings,
    opinions,
    pauses,
    screening,
    site_checks,
    submission,
)
from registry.services.effects.context import Context, Effect

EFFECTS: Mapping[str, Callable[[Context], Effect]] = {
    **submission.EFFECTS,
    **screening.EFFECTS,
    **site_checks.EFFECTS,
    **opinions.EFFECTS,
    **decisions.EFFECTS,
    **corrections.EFFECTS,
    **pauses.EFFECTS,
    **endings.EFFECTS,
    **amendments.EFFECTS,
}

__all__ = ["EFFECTS", "Context", "Effect"]
