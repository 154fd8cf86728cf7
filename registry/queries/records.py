"""Records beside cases and meetings, asked over all kinds; each kind declares its `LOOK`."""

from collections.abc import Mapping

from registry.models import User
from registry.queries import greening, pilot, policy, reports
from registry.queries.record_shapes import Look, Shown, Waiting

LOOKS: Mapping[str, Look] = {
    "policy": policy.LOOK,
    "pilot": pilot.LOOK,
    "report": reports.LOOK,
    "greening": greening.LOOK,
}
"""The same kinds, under the same names, as `services.acts.KINDS`."""


def shown(user: User, kind: str | None, record_id: int | None) -> Shown | None:
    """A record as a notice names it; None where this person does not see it."""
    return None if kind is None or record_id is None else LOOKS[kind].shown(user, record_id)


def gone(kind: str) -> str:
    """What stands in the place of a record one no longer sees."""
    return str(LOOKS[kind].gone)


def waits(user: User) -> list[Waiting]:
    """Records that wait for a person, the nearest day first, then the longest wait."""
    found = [w for look in LOOKS.values() for w in look.waits(user)]
    return sorted(found, key=lambda w: (w.due is None, w.due, w.since))
