"""An expert panel on the pages of a case: what it is asked, and who could be drawn for it."""

from dataclasses import dataclass

from registry.clock import today
from registry.models import Case
from registry.queries import panels
from registry.services import panel_facts
from registry.services.policy import current


def asked_of_panel(case: Case) -> str:
    """What the panel at work is asked."""
    panel = panel_facts.at_work(case)
    return panel.question if panel else ""


@dataclass(frozen=True, slots=True)
class Drawable:
    """An expert before a draw; `reason`: why the expert is left out of it."""

    who: str
    fields: str
    where: str
    outside: bool
    reason: str


@dataclass(frozen=True, slots=True)
class DrawPreview:
    """Who could be drawn for a case today, and who not."""

    experts: tuple[Drawable, ...]
    free: int
    outside: int
    barred: int


def draw_preview(case: Case) -> DrawPreview:
    """Everybody of the register, as a draw now would see them: those who can be drawn first."""
    known = {e.id: e for e in panels.register(today())}
    listed = [entry.candidate for entry in panel_facts.register(case, current(), today())]
    experts = [
        Drawable(
            known[c.user_id].name,
            known[c.user_id].fields,
            known[c.user_id].where,
            c.outside,
            panels.why_barred(c.bar, c.organisation_id),
        )
        for c in listed
    ]
    free = [c for c in listed if c.bar is None]
    return DrawPreview(
        tuple(sorted(experts, key=lambda e: (bool(e.reason), e.who))),
        len(free),
        sum(c.outside for c in free),
        len(listed) - len(free),
    )
