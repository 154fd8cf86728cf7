"""What each stage needs before it may close: clause ids and any_of(…), read like a table.

An empty gate never passes; unknown never passes; not_applicable counts as passed.
"""

from dataclasses import dataclass

from workflows.facts import ProjectFacts
from workflows.policy import Confidence, Policy
from workflows.rules import RULES, Outcome, screening, standing
from workflows.rules.panels import ON_RECORD
from workflows.states import GateName, Severity, Verdict


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of these clauses is enough."""

    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MethodConditions:
    """Every condition of the case's method, and one of its exemptions where it has any."""


@dataclass(frozen=True, slots=True)
class Whole:
    """All a gate needs, unless it carried over into this round."""

    gate: GateName


@dataclass(frozen=True, slots=True)
class IfApproving:
    """Asked only where the sitting approves."""

    gate: tuple["Requirement", ...]


Requirement = str | AnyOf | MethodConditions | Whole | IfApproving
Gate = tuple[Requirement, ...]

CONDITIONS = MethodConditions()


def any_of(*clauses: str) -> AnyOf:
    """One of these clauses is enough."""
    return AnyOf(clauses)


# fmt: off
GATES: dict[GateName, Gate] = {
    GateName.ACCEPTANCE:   ("S01",),
    GateName.SCREENING:    ("G02", CONDITIONS, "S08a", "S08b", "S20"),
    GateName.RISK_REVIEW:  ("S14", "S18", "S71", "S11", "S15"),
    GateName.VALIDATION:   ("S31", "S30", "S63", "S59", "S60", "S19"),
    GateName.REGISTRATION: ("S32", "S14", "S19", "S25", "S71", "S11", "S15"),
}
# fmt: on


def stops(outcome: Outcome) -> bool:
    """Whether an outcome keeps a gate shut."""
    if outcome.verdict in (Verdict.PASS, Verdict.NOT_APPLICABLE):
        return False
    return outcome.severity is Severity.BLOCK


def judge(requirements: Gate, facts: ProjectFacts, policy: Policy) -> tuple[Outcome, ...]:
    """All outcomes of a gate together; every requirement that is not met stops (severity block)."""
    outcomes: list[Outcome] = []
    for requirement in requirements:
        match requirement:
            case MethodConditions():
                outcomes += _conditions(facts, policy)
            case Whole(gate):
                outcomes += () if gate in facts.gates_passed else judge(GATES[gate], facts, policy)
            case IfApproving(inner):
                outcomes += judge(inner, facts, policy) if facts.approving else ()
            case AnyOf(clauses):
                outcomes += _one_of(clauses, facts, policy)
            case clause:
                outcomes.append(_required(clause, facts, policy))
    return tuple(outcomes)


def findings(facts: ProjectFacts, policy: Policy) -> tuple[Outcome, ...]:
    """What the standing checks find: outcomes neither passed nor not applicable."""
    return tuple(o for o in standing.judged(facts, policy) if o.finding)


def _required(clause: str, facts: ProjectFacts, policy: Policy) -> Outcome:
    rule = RULES.get(clause)
    outcome = rule(facts, policy) if rule else screening.condition(clause, facts, policy)
    return stops_if_unknown(outcome)


def stops_if_unknown(outcome: Outcome) -> Outcome:
    """What a gate requires and nobody can tell, stops."""
    return _stopping(outcome) if outcome.verdict is Verdict.UNKNOWN else outcome


def _stopping(outcome: Outcome) -> Outcome:
    """A missing fact that a gate requires stops, whatever the clause's own weight."""
    return outcome._replace(severity=Severity.BLOCK)


def _conditions(facts: ProjectFacts, policy: Policy) -> list[Outcome]:
    if facts.method is None:
        return []  # G02 says so
    method = policy.method(facts.method)
    # The officers' agreed answer decides a condition; the rule's proposal is shown beside it.
    outcomes = [_condition(c, facts, policy) for c in method.conditions]
    if method.ways:
        outcomes += _one_of(method.ways, facts, policy)
    return outcomes


def _condition(clause: str, facts: ProjectFacts, policy: Policy) -> Outcome:
    if clause in ON_RECORD:
        return _stopping_unless_met(RULES[clause](facts, policy))
    outcome = screening.condition(clause, facts, policy)
    # Nothing that rests on an unsure fact stops anybody: it must be answered, and may be answered "not met".
    unsure = policy.clause(clause).confidence is Confidence.UNSURE and outcome.verdict is Verdict.FAIL
    return outcome if unsure else _stopping_unless_met(outcome)


def _stopping_unless_met(outcome: Outcome) -> Outcome:
    return _stopping(outcome) if outcome.finding else outcome


def _way(clause: str, facts: ProjectFacts, policy: Policy) -> Outcome:
    """What officers are asked they decide; the rest is its rule's, as the panel's record is."""
    asked = policy.clause(clause).field is not None or clause not in RULES
    return screening.condition(clause, facts, policy) if asked else RULES[clause](facts, policy)


def _one_of(clauses: tuple[str, ...], facts: ProjectFacts, policy: Policy) -> list[Outcome]:
    outcomes = [_way(c, facts, policy) for c in clauses]
    met = [o for o in outcomes if o.verdict is Verdict.PASS]
    return met[:1] or [_stopping_unless_met(o) for o in outcomes]
