"""What each act writes: one small function an act, filed by noun. Only the door calls them."""

from collections.abc import Callable, Mapping

from registry.services.effects import (
    amendments,
    clocks,
    corrections,
    decisions,
    deliveries,
    endings,
    notices,
    opinions,
    panels,
    pauses,
    screening,
    site_checks,
    sittings,
    submission,
)
from registry.services.effects.context import Context, Effect

EFFECTS: Mapping[str, Callable[[Context], Effect]] = {
    **submission.EFFECTS,
    **screening.EFFECTS,
    **site_checks.EFFECTS,
    **opinions.EFFECTS,
    **sittings.EFFECTS,
    **decisions.EFFECTS,
    **corrections.EFFECTS,
    **pauses.EFFECTS,
    **endings.EFFECTS,
    **amendments.EFFECTS,
    **clocks.EFFECTS,
    **deliveries.EFFECTS,
    **panels.EFFECTS,
    **notices.EFFECTS,
}

__all__ = ["EFFECTS", "Context", "Effect"]
