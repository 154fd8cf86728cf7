"""The rules: one function a clause, `rule(facts, policy) -> Outcome`. Importing this package fills `RULES`."""

from workflows.rules import eligibility, minutes, procedure, screening, sitting, turns
from workflows.rules.contract import owner, title
from workflows.rules.outcome import (
    RULES,
    Outcome,
    Rule,
    failed,
    judge,
    manual,
    not_applicable,
    passed,
    rule,
    severity_of,
    unknown,
)

__all__ = [
    "RULES",
    "Outcome",
    "Rule",
    "eligibility",
    "failed",
    "judge",
    "manual",
    "minutes",
    "not_applicable",
    "owner",
    "passed",
    "procedure",
    "rule",
    "screening",
    "severity_of",
    "sitting",
    "title",
    "turns",
    "unknown",
]
