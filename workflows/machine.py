"""A lifecycle as a table of acts, run by the transitions library; the only file that imports it.

The library decides whether a row may fire; reasons are collected beside it, because a condition
that fails only says False. No effect ever hangs on a callback: if one raised, the state would
already have changed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any, Generic, TypeVar, cast

from transitions import EventData, Machine

from workflows.gates import Gate, stops
from workflows.policy import Policy
from workflows.roles import Role
from workflows.rules import Outcome


class To(Enum):
    """Destinations that depend on the case."""

    BACK = "back"
    """To `returns_to`."""
    NEXT = "next"
    """To the earliest stage whose gate does not carry over, at latest `returns_to` (or the row's `latest`)."""


@dataclass(frozen=True, slots=True)
class Act:
    """One row: what may be done, in which states, leading where, by whom, and what it needs.

    `to` None: the act adds a record and the state stays. `keeps` is what happens to `returns_to`:
    "source" stores the state left, "flaw" the stage of the flawed decision, None clears it.
    `own`: a person's own record (vote, signature); it does not raise the case's version.
    """

    name: str
    sources: tuple[StrEnum, ...]
    to: StrEnum | To | None
    by: frozenset[Role]
    gate: Gate = ()
    keeps: str | None = None
    latest: StrEnum | None = None
    own: bool = False


class NotOpenError(Exception):
    """The act is not open to this person in this state; `open_to` says who could."""

    def __init__(self, action: str, state: StrEnum, open_to: frozenset[Role]) -> None:
        super().__init__(f"{action} is not open in {state}")
        self.action, self.state, self.open_to = action, state, open_to


class RefusedError(Exception):
    """Rules stop the act; `outcomes` are all that were judged, the stopping ones included."""

    def __init__(self, action: str, outcomes: tuple[Outcome, ...]) -> None:
        super().__init__(f"{action} refused by {', '.join(o.clause for o in outcomes if stops(o))}")
        self.action, self.outcomes = action, outcomes

    @property
    def stopping(self) -> tuple[Outcome, ...]:
        """The outcomes that stop."""
        return tuple(o for o in self.outcomes if stops(o))


F = TypeVar("F")
"""What is known of the subject when an act is judged: the facts of a project, or of a meeting."""


@dataclass(slots=True)
class Case(Generic[F]):
    """A throw-away stand-in for the row: the machine moves this, the door writes the row."""

    state: StrEnum
    roles: frozenset[Role]
    facts: F
    returns_to: StrEnum | None = None
    next_stage: StrEnum | None = None
    """Earliest stage whose gate would not carry over in the round to be opened."""
    flawed_stage: StrEnum | None = None
    target: StrEnum | None = None
    outcomes: tuple[Outcome, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Taken:
    """What the table says of an act that passed."""

    act: Act
    role: Role
    state: StrEnum
    returns_to: StrEnum | None
    outcomes: tuple[Outcome, ...]


class Workflow:
    """A table of acts over a closed list of states.

    Raises ValueError when two rows answer the same (action, state), or a row names an unknown state.
    """

    def __init__(self, states: type[StrEnum], acts: Iterable[Act], stages: Sequence[StrEnum]) -> None:
        self.states, self.acts, self.stages = states, tuple(acts), tuple(stages)
        self._rows: dict[tuple[str, StrEnum], Act] = {}
        # auto_transitions would add to_registered() and the like, which skip every rule.
        self._machine = Machine(
            model=None, states=states, initial=None, auto_transitions=False, send_event=True, queued=False
        )
        for row in self.acts:
            for source in row.sources:
                if (row.name, source) in self._rows:
                    raise ValueError(f"two rows for {row.name} in {source}")
                self._rows[row.name, states(source)] = row
                for dest in self.destinations(row, source):
                    self._machine.add_transition(row.name, source, states(dest), conditions=_leads_to(dest))

    def destinations(self, row: Act, source: StrEnum) -> tuple[StrEnum, ...]:
        """Every state a row may lead to from a source."""
        if row.to is None:
            return (source,)
        if row.to is To.NEXT:
            came_from = [s for r in self.acts if r.keeps and r.to is source for s in r.sources]
            latest = row.latest or max(came_from, key=self.stages.index, default=self.stages[-1])
            return tuple(self.stages[: self.stages.index(latest) + 1])
        if row.to is To.BACK:
            return tuple(dict.fromkeys(s for r in self.acts if r.keeps for s in self._waits_for(r, source)))
        return (row.to,)

    def _waits_for(self, row: Act, waiting: StrEnum) -> tuple[StrEnum, ...]:
        if row.to is not waiting:
            return ()
        return row.sources if row.keeps == "source" else self.stages

    def row(self, action: str, state: StrEnum) -> Act | None:
        """The row that answers an action in a state."""
        return self._rows.get((action, state))

    def actions(self, state: StrEnum, roles: frozenset[Role]) -> list[Act]:
        """What these roles may try in this state, in table order: the page's buttons."""
        return [row for row in self.acts if state in row.sources and row.by & roles]

    def open_to(self, action: str, state: StrEnum) -> frozenset[Role]:
        """Who could take an action in a state; empty when nobody can."""
        row = self.row(action, state)
        return row.by if row else frozenset()

    def take(self, case: Case[F], action: str, policy: Policy, gates: "Judge[F]") -> Taken:
        """Roles, state, then every rule: raise NotOpenError or RefusedError, or say where the case goes."""
        row = self.row(action, case.state)
        if row is None or not row.by & case.roles:
            raise NotOpenError(action, case.state, self.open_to(action, case.state))
        before = case.state
        case.outcomes = gates(row.gate, case.facts, policy)
        if any(stops(o) for o in case.outcomes):
            raise RefusedError(action, case.outcomes)
        case.target = self._target(row, case)
        if not self._machine.events[action].trigger(case):
            raise NotOpenError(action, before, frozenset())
        waits = {"source": before, "flaw": case.flawed_stage, "stay": case.returns_to}
        returns_to = case.returns_to if row.to is None else waits.get(row.keeps or "")
        role = next(r for r in Role if r in row.by & case.roles)
        return Taken(row, role, case.state, returns_to, case.outcomes)

    def _target(self, row: Act, case: Case[F]) -> StrEnum:
        if row.to is None:
            return case.state
        if row.to is To.BACK:
            return cast(StrEnum, case.returns_to)
        if row.to is To.NEXT:
            limit = row.latest or case.returns_to or self.stages[-1]
            return min(case.next_stage or limit, limit, key=self.stages.index)
        return row.to


Judge = Callable[[Gate, F, Policy], tuple[Outcome, ...]]


def _leads_to(dest: StrEnum) -> Callable[[EventData], bool]:
    def leads_to(event: EventData) -> bool:
        return cast(Case[Any], event.model).target is dest

    return leads_to


def mermaid(workflow: Workflow) -> str:
    """The steps as a mermaid state diagram; steps between the same two states share an arrow.

    A step whose end depends on the case is drawn to the last stage it may lead to, marked (…); one that is
    open in all stages is drawn from the box around them; where there is no such step, there is no box.
    """
    stages = set(workflow.stages)
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in workflow.acts:
        if row.to is None:
            continue
        boxed = stages <= set(row.sources)
        sources = ["stages", *(s for s in row.sources if s not in stages)] if boxed else list(row.sources)
        for source in sources:
            dests = workflow.destinations(row, workflow.stages[0] if source == "stages" else workflow.states(source))
            name = row.name if len(dests) == 1 else f"{row.name} (…)"
            arrows.setdefault((str(source), dests[-1].value), []).append(name)
    boxed = any(source == "stages" for source, _dest in arrows)
    inside = {pair for pair in arrows if boxed and stages.issuperset(pair)}
    lines = ["stateDiagram-v2", f"    [*] --> {next(iter(workflow.states)).value}"]
    if boxed:
        lines.append("    state stages {")
        lines += [f"        {a} --> {b} : {', '.join(names)}" for (a, b), names in arrows.items() if (a, b) in inside]
        lines.append("    }")
    lines += [f"    {a} --> {b} : {', '.join(names)}" for (a, b), names in arrows.items() if (a, b) not in inside]
    return "\n".join(lines)
