"""A change of the rules as the demo's officer proposed it, run over all cases, and waiting for the chair."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from registry import permissions
from registry.clock import ZONE
from registry.extensions import db
from registry.models import PolicyChange
from registry.services import acts, policy_changes, replay
from workflows.policy.changes import FigureChange
from workflows.roles import Role

if TYPE_CHECKING:
    from registry.demo.story import Stage

Scene = tuple[datetime, Callable[[], None]]
AFTERNOON = time(16, 30)
"""After the cases of the day, so that the replay reads them."""
LATER = timedelta(minutes=40)


def scenes(stage: "Stage", told: dict[str, Any]) -> Iterator[Scene]:
    """Drafted and replayed, then proposed."""
    day = stage.on - timedelta(days=told["days_ago"])
    at = datetime.combine(day, AFTERNOON, ZONE).astimezone(UTC)
    yield at, lambda: _propose(stage, told, at)


def _propose(stage: "Stage", told: dict[str, Any], at: datetime) -> None:
    officer = stage.user(told["by"])
    body_id = next(body for role, body in permissions.appointments(officer, stage.on) if role is Role.CASE_OFFICER)
    since = stage.on + timedelta(days=told["begins_in"])
    change = FigureChange(told["figure"], Decimal(told["value"]), since, told["source_zh"], told["source_en"])
    draft = policy_changes.Draft(
        changes=(change,),
        reasons=told["reasons"],
        document_number=told["document_number"] % stage.on.year,
        document_title=told["document"],
        stored=stage.file(told["document"]),
        filename=f"{told['document']}.pdf",
    )
    change_id = policy_changes.save(draft, body_id=body_id, by=officer, at=stage.tick(at))
    asked = stage.tick(at)
    replay.carry_on(replay.ask_for(change_id, by=stage.user(told["by"]), at=asked), lambda: asked)
    seen = db.session.get_one(PolicyChange, change_id).version
    proposed = stage.tick(at + LATER)
    acts.act(("policy", change_id), "propose_change", by=stage.user(told["by"]), at=proposed, seen=seen, data={})
