"""What a rule says, and how a function becomes the rule of a clause."""

from collections.abc import Callable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from workflows.facts import ProjectFacts
from workflows.policy import Confidence, Enforced, Figure, NoValueYet, Policy
from workflows.states import Severity, Verdict

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Outcome(NamedTuple):
    """What a rule found. `facts` holds whatever the rule read, so that a gate's digest covers it."""

    clause: str
    verdict: Verdict
    severity: Severity
    facts: Mapping[str, object] = _NOTHING
    figures: Mapping[str, Figure] = _NOTHING

    @property
    def finding(self) -> bool:
        """Whether somebody must look at it: neither pass nor not applicable."""
        return self.verdict is not Verdict.PASS and self.verdict is not Verdict.NOT_APPLICABLE

    @property
    def blocks(self) -> bool:
        """Whether it stops the case whatever anybody votes; an unknown stops only a gate that needs it."""
        return self.verdict is Verdict.FAIL and self.severity is Severity.BLOCK


class Said(NamedTuple):
    """A verdict before it is tied to its clause and weight. Its mappings are the rule's own: no rule keeps them."""

    verdict: Verdict
    facts: Mapping[str, object]
    figures: Mapping[str, Figure]
    severity: Severity | None = None
    """Where a clause has several thresholds, the weight of the one that was passed; None: the clause's own."""


def passed(facts: Mapping[str, object], figures: Mapping[str, Figure] = _NOTHING) -> Said:
    """The facts meet the clause."""
    return Said(Verdict.PASS, facts, figures)


def failed(
    facts: Mapping[str, object], figures: Mapping[str, Figure] = _NOTHING, severity: Severity | None = None
) -> Said:
    """The facts break the clause; `facts` and `figures` fill the places of its `fails` sentence.

    `severity` is the weight of the threshold that was passed, where the clause has several.
    """
    return Said(Verdict.FAIL, facts, figures, severity)


def unknown(facts: Mapping[str, object], figures: Mapping[str, Figure] = _NOTHING) -> Said:
    """A fact is missing, so the rule cannot tell."""
    return Said(Verdict.UNKNOWN, facts, figures)


def manual(facts: Mapping[str, object], figures: Mapping[str, Figure] = _NOTHING) -> Said:
    """The facts are there, but a person must judge them."""
    return Said(Verdict.MANUAL, facts, figures)


def not_applicable(facts: Mapping[str, object], figures: Mapping[str, Figure] = _NOTHING) -> Said:
    """The clause does not concern this project."""
    return Said(Verdict.NOT_APPLICABLE, facts, figures)


F = TypeVar("F")
Rule = Callable[[Any, Policy], Outcome]
"""A rule of a project takes its facts, a rule of a meeting that one's."""

RULES: dict[str, Rule] = {}
"""The function of each clause that a rule enforces; filled by `@rule` when `workflows.rules` is imported."""


def rule(
    clause_id: str, part: str | None = None
) -> Callable[[Callable[[F, Policy], Said]], Callable[[Any, Policy], Outcome]]:
    """Make a function the rule of a clause; raises ValueError when the clause has one already.

    `part` names the field of ProjectFacts the rule reads: handed a whole project it takes that part, and
    a part nobody has filled in is unknown, as is a day before a figure had its first value. So one rule serves a
    case, a self-check and the command line.
    The rule takes its severity from the policy it is handed, and raises KeyError when that
    policy does not know the clause.
    """

    def register(judge: Callable[[F, Policy], Said]) -> Callable[[Any, Policy], Outcome]:
        if clause_id in RULES:
            raise ValueError(f"clause {clause_id} has a rule already: {RULES[clause_id].__name__}")

        @wraps(judge)
        def judged(facts: Any, policy: Policy) -> Outcome:
            of = getattr(facts, part) if part and isinstance(facts, ProjectFacts) else facts
            try:
                said = unknown({}) if of is None else judge(of, policy)
            except NoValueYet:
                said = unknown({})
            severity = severity_of(clause_id, policy, said.severity)
            return Outcome(
                clause_id, said.verdict, severity, MappingProxyType(said.facts), MappingProxyType(said.figures)
            )

        RULES[clause_id] = judged
        return judged

    return register


def severity_of(clause_id: str, policy: Policy, said: Severity | None = None) -> Severity:
    """How heavy a fail of the clause weighs, or what the rule said; on an unsure fact it warns at most."""
    clause = policy.clause(clause_id)
    return Severity.WARN if clause.confidence is Confidence.UNSURE else said or clause.severity


def judge(clause_id: str, facts: ProjectFacts, policy: Policy) -> Outcome:
    """The outcome of a clause: by its rule, or `manual` where people answer it.

    Raises LookupError for a clause that neither a rule nor a person answers.
    """
    if clause_id in RULES:
        return RULES[clause_id](facts, policy)
    if policy.clause(clause_id).enforced is not Enforced.MANUAL:
        raise LookupError(f"clause {clause_id} is not judged by a rule nor answered by a person")
    return Outcome(
        clause_id, Verdict.MANUAL, severity_of(clause_id, policy), figures=policy.figures_of(clause_id, facts.on)
    )
