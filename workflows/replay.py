"""What a change of the policy would do to every case: the same rules under two policies, and where they differ.

A case is handed in as facts; nothing is read here. `standing` is what the rules say of a case apart from any act in
hand; whatever rule it asks is replayed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from workflows import deliberation
from workflows.facts import ProjectFacts, SittingFacts
from workflows.gates import CONDITIONS, Gate, findings, judge, stops
from workflows.policy import Figure, Policy
from workflows.rules import RULES, Outcome
from workflows.rules import standing as checks
from workflows.states import ProjectState

ON_FILE: Gate = ("G02", CONDITIONS, "S08a", "S08b", "S18")
"""What the gates ask of the file itself. Who sits, votes or waits today is no matter of a replay."""
COUNT = ("S11", "S15")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """A past or open case as a replay takes it."""

    case_id: int
    number: str
    state: ProjectState
    facts: ProjectFacts
    sittings: tuple[SittingFacts, ...] = ()
    """Sittings that were counted, with the votes cast."""


Place = tuple[str, str]
"""Where an outcome stands: as a finding, at a gate or as a count, and its clause."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A clause that says another thing of a case under the changed policy; None: it is not asked there."""

    case: CaseFacts
    clause: str
    before: Outcome | None
    after: Outcome | None

    @property
    def figures(self) -> dict[str, tuple[Figure | None, Figure | None]]:
        """The figures that differ: what each was, and what it would be."""
        old, new = (dict(o.figures) if o else {} for o in (self.before, self.after))
        keys = sorted(k for k in old.keys() | new.keys() if _value(old.get(k)) != _value(new.get(k)))
        return {key: (old.get(key), new.get(key)) for key in keys}


def _value(figure: Figure | None) -> object:
    return figure.value if figure else None


def standing(facts: ProjectFacts, policy: Policy) -> Mapping[Place, Outcome]:
    """What the rules say of a case whatever is done next: findings, the method's own rules, and its gates."""
    method = policy.methods.get(facts.method or "")
    asked = (*checks.clauses(policy), *((c for c in method.conditions if c in RULES) if method else ()))
    found: dict[Place, Outcome] = {("finding", c): RULES[c](facts, policy) for c in asked}
    gate = ON_FILE if method or facts.method is None else tuple(c for c in ON_FILE if c is not CONDITIONS)
    found |= {("gate", o.clause): o for o in judge(gate, facts, policy)}
    return found


def counted(case: CaseFacts, policy: Policy) -> Mapping[Place, Outcome]:
    """Every count of the case's sittings, on the terms it would have been tabled with."""
    if not case.sittings:
        return {}
    weighty = any(checks.weighty(o, policy) for o in findings(case.facts, policy))
    asks = deliberation.terms(policy, case.facts.on, weighty=weighty)
    terms: dict[str, Any] = {
        "quorum": (asks["quorum_num"], asks["quorum_den"]),
        "quorum_min": asks["quorum_min"],
        "needs": (asks["needs_num"], asks["needs_den"]),
    }
    found: dict[Place, Outcome] = {}
    for number, sitting in enumerate(case.sittings, 1):
        facts = replace(case.facts, sitting=replace(sitting, **terms))
        found |= {(f"count {number}", clause): RULES[clause](facts, policy) for clause in COUNT}
    return found


def differences(cases: Iterable[CaseFacts], before: Policy, after: Policy) -> Iterator[Difference]:
    """Where the rules say another thing of a case under `after` than under `before`, in the order of the cases."""
    for case in cases:
        yield from compared(case, outcomes(case, before), outcomes(case, after))


def outcomes(case: CaseFacts, policy: Policy) -> Mapping[Place, Outcome]:
    """Everything a policy says of a case."""
    return {**standing(case.facts, policy), **counted(case, policy)}


def compared(case: CaseFacts, old: Mapping[Place, Outcome], new: Mapping[Place, Outcome]) -> Iterator[Difference]:
    """Where two policies say another thing of a case."""
    for place in dict.fromkeys((*old, *new)):
        was, would_be = old.get(place), new.get(place)
        if _says(was) != _says(would_be):
            yield Difference(case, place[1], was, would_be)


def _says(outcome: Outcome | None) -> object:
    return (outcome.verdict, stops(outcome)) if outcome else None
