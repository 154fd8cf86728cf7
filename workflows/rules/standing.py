"""The standing checks: rules that run over every case, and whose findings stand on its page."""

from functools import cache

from workflows.facts import ProjectFacts
from workflows.policy import Policy
from workflows.rules.outcome import RULES, Outcome
from workflows.states import Severity, Verdict

LAND_SETTING, LAND_TWICE, REVOKED_BEFORE = "A02", "S20", "S26a"
WEIGHTY = frozenset({"M4", "M5"})
"""Classes of plan 5(4) on which the leading group decides by the larger majority (S15)."""


def contract_clauses(policy: Policy) -> tuple[str, ...]:
    """The clauses that speak to a class of plan 5(4), in order."""
    return _contract_clauses(tuple(c.id for c in policy.clauses.values() if c.malpractice is not None))


@cache
def _contract_clauses(found: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(found))


def clauses(policy: Policy) -> tuple[str, ...]:
    """Every standing check, in the order of a page."""
    return (LAND_SETTING, *contract_clauses(policy), LAND_TWICE, REVOKED_BEFORE)


def judged(facts: ProjectFacts, policy: Policy) -> tuple[Outcome, ...]:
    """What each standing check says, passed ones too."""
    return tuple(RULES[clause](facts, policy) for clause in clauses(policy))


def keeps_off_the_agenda(outcome: Outcome, policy: Policy) -> bool:
    """Whether an outcome keeps a case off the agenda (S14).

    What fails, where it weighs as a block; and what nobody can tell, where the clause is a block of itself. That
    does not hold where the policy lacks a figure the clause needs (依据待定): no applicant can supply it.
    """
    if outcome.severity is not Severity.BLOCK or not outcome.finding:
        return False
    return outcome.verdict is Verdict.FAIL or len(outcome.figures) >= len(policy.clause(outcome.clause).figures)


def weighty(outcome: Outcome, policy: Policy) -> bool:
    """Whether what was found asks for the larger majority: a failed check of M4 or M5 that is more than a warning."""
    clause = policy.clause(outcome.clause)
    return outcome.verdict is Verdict.FAIL and clause.malpractice in WEIGHTY and outcome.severity is not Severity.WARN
