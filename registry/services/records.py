"""Records beside cases and meetings that have a lifecycle of their own: what the door needs to know of each kind.

A kind names its table in `workflows/`, how its row is found and locked, who is what to it, and what its acts write.
Its module under `effects/` declares it as `KIND`; `acts.KINDS` lists them.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from registry.extensions import db
from registry.models import User
from registry.services.effects.context import Effect
from workflows.gates import Gate
from workflows.machine import Taken, Workflow
from workflows.policy import Policy
from workflows.roles import Role
from workflows.rules import Outcome


@dataclass(frozen=True, slots=True)
class Context:
    """An act on a record as it stands: the locked row, what the table said, who, when, the form's plain values."""

    row: Any
    taken: Taken
    actor: User | None
    at: datetime
    data: Mapping[str, Any]
    facts: Any

    @property
    def person_id(self) -> int:
        """The person; raises RuntimeError for an act only people may take."""
        if self.actor is None:
            raise RuntimeError("this act is a person's")
        return self.actor.id


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record.

    `model`: its table, with `id`, `state`, `version` and `number` (None where it has none). `roles`: what a person is
    to the record on a day; none means that it is not there for this person. `facts`: what its rules read (the row,
    the day, the person or None for the system, the form's values). `told`: whom an act concerns; the one who acted is
    left out. `first`: what must be locked before the policy is read; its values join the form's.
    """

    model: type[Any]
    workflow: Workflow
    judge: Callable[[Gate, Any, Policy], tuple[Outcome, ...]]
    roles: Callable[[Any, User, date], frozenset[Role]]
    facts: Callable[[Any, date, User | None, Mapping[str, Any]], Any]
    effects: Mapping[str, Callable[[Context], Effect]]
    told: Callable[[Any, str, date], Collection[int]]
    first: Callable[[str], Mapping[str, Any]] = lambda _action: {}


def locked(kind: Kind, record_id: int) -> Any | None:
    """The row, locked and read fresh."""
    query = select(kind.model).where(kind.model.id == record_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
