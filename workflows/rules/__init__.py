"""The rules: one function a clause, `rule(facts, policy) -> Outcome`. Importing this package fills `RULES`."""

from workflows.rules import (
    clocks,
    eligibility,
    independence,
    notice,
    panels,
    procedure,
    screening,
    sitting,
    turns,
    uniqueness,
)
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
    "clocks",
    "eligibility",
    "failed",
    "independence",
    "judge",
    "manual",
    "not_applicable",
    "notice",
    "owner",
    "panels",
    "passed",
    "procedure",
    "rule",
    "screening",
    "severity_of",
    "sitting",
    "title",
    "turns",
    "uniqueness",
    "unknown",
]
