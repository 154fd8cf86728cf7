"""What a change of the policy would do to every case: the same rules under two policies, and where they differ.

A case is handed in as facts; nothing is read here. `standing` is what the rules say of a case apart from any act in
hand; whatever rule it asks is replayed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from workflows import deliberation
from workflows.facts import ProjectFacts, SittingFacts
from workflows.gates import CONDITIONS, Gate, judge, stops
from workflows.policy import Figure, NoValueYet, Policy
from workflows.rules import RULES, Outcome, severity_of
from workflows.rules import standing as checks
from workflows.states import ProjectState, Verdict

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
    found: dict[Place, Outcome] = {}
    for ask in _asked(facts, policy):
        found |= ask(facts, policy)
    return found


Ask = Callable[[ProjectFacts, Policy], Mapping[Place, Outcome]]
"""A part of what stands of a case, asked apart from the others."""


def _asked(facts: ProjectFacts, policy: Policy) -> Iterator[Ask]:
    """The parts of `standing`; which they are depends on the policy's clauses and methods, not on its figures."""
    method = policy.methods.get(facts.method or "")
    for clause in (*checks.clauses(policy), *((c for c in method.conditions if c in RULES) if method else ())):
        yield partial(_finding, clause)
    gate = ON_FILE if method or facts.method is None else tuple(c for c in ON_FILE if c is not CONDITIONS)
    yield partial(_gate, gate)


def _finding(clause: str, facts: ProjectFacts, policy: Policy) -> Mapping[Place, Outcome]:
    return {("finding", clause): RULES[clause](facts, policy)}


def _gate(gate: Gate, facts: ProjectFacts, policy: Policy) -> Mapping[Place, Outcome]:
    return {("gate", o.clause): o for o in judge(gate, facts, policy)}


def counted(case: CaseFacts, policy: Policy, stand: Mapping[Place, Outcome]) -> Mapping[Place, Outcome]:
    """Every count of the case's sittings, on the terms it would have been tabled with; `stand`: what stands of it."""
    if not case.sittings:
        return {}
    weighty = any(checks.weighty(stand["finding", c], policy) for c in checks.clauses(policy))
    try:
        asks = deliberation.terms(policy, case.facts.on, weighty=weighty)
    except NoValueYet:
        unknown = {c: Outcome(c, Verdict.UNKNOWN, severity_of(c, policy)) for c in COUNT}
        return {(f"count {n}", c): unknown[c] for n, _ in enumerate(case.sittings, 1) for c in COUNT}
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
    stand = standing(case.facts, policy)
    return {**stand, **counted(case, policy, stand)}


class _Noted(Mapping[str, tuple[Figure, ...]]):
    """The figures of a policy, noting which were asked for; `whole` where somebody went through all of them."""

    def __init__(self, figures: Mapping[str, tuple[Figure, ...]]) -> None:
        self._figures, self.read, self.whole = figures, set[str](), False

    def __getitem__(self, key: str) -> tuple[Figure, ...]:
        self.read.add(key)
        return self._figures[key]

    def __iter__(self) -> Iterator[str]:
        self.whole = True
        return iter(self._figures)

    def __len__(self) -> int:
        self.whole = True
        return len(self._figures)


class Judged:
    """What a policy says of a case, and of which figures each part of it was read.

    A rule is a function of its facts and the policy. So under another policy only what read a figure that differs
    there need be asked again; the rest would say the same.
    """

    def __init__(self, case: CaseFacts, policy: Policy) -> None:
        self._case, self._parts = case, list[tuple[Ask, Mapping[Place, Outcome], frozenset[str] | None]]()
        for ask in _asked(case.facts, policy):
            noted = _Noted(policy.figures)
            said = ask(case.facts, replace(policy, figures=noted))
            self._parts.append((ask, said, None if noted.whole else frozenset(noted.read)))
        self.outcomes = self._with_counts(policy, [said for _ask, said, _read in self._parts])

    def under(self, policy: Policy, differing: frozenset[str] | None) -> Mapping[Place, Outcome]:
        """What a policy says whose figures differ in these keys; None: it differs in more, and all is asked."""
        if differing is None:
            return outcomes(self._case, policy)
        return self._with_counts(
            policy,
            [
                ask(self._case.facts, policy) if read is None or read & differing else said
                for ask, said, read in self._parts
            ],
        )

    def _with_counts(self, policy: Policy, parts: Iterable[Mapping[Place, Outcome]]) -> Mapping[Place, Outcome]:
        stand = {place: outcome for part in parts for place, outcome in part.items()}
        return {**stand, **counted(self._case, policy, stand)}


def differing(before: Policy, after: Policy) -> frozenset[str] | None:
    """The keys of the figures in which two policies differ; None where they differ in anything else that rules read."""
    for one, other in ((before.clauses, after.clauses), (before.methods, after.methods)):
        if one != other:
            return None
    keys = before.figures.keys() | after.figures.keys()
    return frozenset(k for k in keys if before.figures.get(k) != after.figures.get(k))


def compared(case: CaseFacts, old: Mapping[Place, Outcome], new: Mapping[Place, Outcome]) -> Iterator[Difference]:
    """Where two policies say another thing of a case."""
    for place in dict.fromkeys((*old, *new)):
        was, would_be = old.get(place), new.get(place)
        if _says(was) != _says(would_be):
            yield Difference(case, place[1], was, would_be)


def _says(outcome: Outcome | None) -> object:
    return (outcome.verdict, stops(outcome)) if outcome else None
