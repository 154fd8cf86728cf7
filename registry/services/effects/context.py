"""What the door hands to an effect, and what it gets back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from registry.extensions import db
from registry.models import Case, GateDecision, User
from registry.services import facts
from workflows.facts import ProjectFacts
from workflows.machine import Taken
from workflows.policy import Policy
from workflows.roles import Role
from workflows.states import GateName, GateResult


@dataclass(frozen=True, slots=True)
class Context:
    """The act as it stands: the locked case, what the table said, who, when, and the form's plain values."""

    case: Case
    taken: Taken
    actor: User | None
    at: datetime
    on: date
    data: Mapping[str, Any]
    policy: Policy
    facts: ProjectFacts

    @property
    def actor_id(self) -> int | None:
        """The person, None for the system."""
        return self.actor.id if self.actor else None

    @property
    def person_id(self) -> int:
        """The person; raises RuntimeError for an act only people may take."""
        if self.actor is None:
            raise RuntimeError("this act is a person's")
        return self.actor.id


@dataclass(frozen=True, slots=True)
class Effect:
    """What the door writes on: columns of the case, detail for the chain (no personal data), words beside it.

    `after` runs once the case has moved, for records that belong to the new round. `tells`: who on the case
    is told besides those whom every act of its kind is told to.
    """

    changes: Mapping[str, Any] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""
    after: Callable[[], None] | None = None
    tells: frozenset[Role] = frozenset()


def close_gate(ctx: Context, gate: GateName, result: GateResult, deliberation_id: int | None = None) -> str:
    """Write the decision of a gate; one carried from an earlier round stands. Returns the digest."""
    digest = facts.gate_digest(ctx.case, gate, ctx.case.round, ctx.policy)
    if db.session.get(GateDecision, (ctx.case.id, ctx.case.round, gate)) is None:
        db.session.add(
            GateDecision(
                case_id=ctx.case.id,
                round_no=ctx.case.round,
                gate=gate,
                result=result,
                passed=0 if result is GateResult.REJECT else 1,
                deliberation_id=deliberation_id,
                facts_digest=digest,
                decided_at=ctx.at,
                decided_by_id=ctx.actor_id,
            )
        )
        db.session.flush()
    return digest
