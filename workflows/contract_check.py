"""The contract check: every clause on a contract judged in order, and how grave the whole is."""

from collections.abc import Iterable
from enum import IntEnum

from workflows.facts import ContractFacts, ProjectFacts
from workflows.policy import Policy
from workflows.rules import RULES, Outcome
from workflows.rules.standing import contract_clauses as clauses
from workflows.states import Severity, Verdict

__all__ = ["UNUSABLE", "Level", "check", "clauses", "level", "worst"]


class Level(IntEnum):
    """How grave the gravest finding is; the number is what a command ends with (domain.md §11)."""

    CLEAN = 0
    WARN = 1
    LEADING_GROUP = 2
    BLOCK = 3


UNUSABLE = 64
"""What a command ends with when its input cannot be read."""

_LEVEL = {
    Severity.WARN: Level.WARN,
    Severity.LEADING_GROUP: Level.LEADING_GROUP,
    Severity.BLOCK: Level.BLOCK,
}


def check(facts: ContractFacts | ProjectFacts, policy: Policy) -> tuple[Outcome, ...]:
    """Every clause's outcome on a contract, or on that of a project, passed ones too, in the order of the catalogue."""
    return tuple(RULES[clause](facts, policy) for clause in clauses(policy))


def worst(outcomes: Iterable[Outcome]) -> Level:
    """The gravest finding: what fails by its weight; what nobody can tell is a warning."""
    return max(map(level, outcomes), default=Level.CLEAN)


def level(outcome: Outcome) -> Level:
    """How grave one outcome is."""
    if not outcome.finding:
        return Level.CLEAN
    return _LEVEL[outcome.severity] if outcome.verdict is Verdict.FAIL else Level.WARN
