"""How a clause reads a contract: its facts, with the figures of the clause on the day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import wraps
from typing import Any

from workflows import wording
from workflows.facts import ContractFacts
from workflows.policy import Figure, Policy
from workflows.rules.outcome import Outcome, Said, failed, not_applicable, passed, rule, unknown
from workflows.states import Severity, Tenure

HUNDRED = Decimal(100)
CENT = Decimal("0.01")
LARGE = Context(prec=400)
"""Sums that nobody would believe must be shown all the same."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A contract under one clause. What a verdict names is what the rule read, shown with the clause's figures."""

    clause: str
    facts: ContractFacts
    policy: Policy
    figures: Mapping[str, Figure]

    def number(self, key: str) -> Decimal:
        """One of the clause's figures."""
        return self.figures[key].number

    def hits(self, clause: str | None = None) -> tuple[wording.Hit, ...]:
        """The phrases in the contract's text that speak to a clause (this one), and are meant."""
        found = wording.hits(self.facts.text or "", self.policy.lexicon)
        return tuple(hit for hit in found if hit.clause == (clause or self.clause))

    def passes(self, **read: object) -> Said:
        """The contract meets the clause."""
        return passed(read, self.figures)

    def fails(self, severity: Severity | None = None, /, **read: object) -> Said:
        """The contract breaks the clause; None: with the clause's own weight."""
        return failed(read, self.figures, severity)

    def cannot_tell(self, **read: object) -> Said:
        """A fact is missing."""
        return unknown(read, self.figures)

    def does_not_apply(self, **read: object) -> Said:
        """The clause does not concern this contract."""
        return not_applicable(read, self.figures)

    def judge(self, broken: bool | None, severity: Severity | None = None, /, **read: object) -> Said:
        """Failed where broken, passed where not, unknown where nobody can tell."""
        if broken is None:
            return self.cannot_tell(**read)
        return self.fails(severity, **read) if broken else self.passes(**read)


def contract_rule(
    clause_id: str, *, without_partner: bool = False
) -> Callable[[Callable[[Reading], Said]], Callable[[Any, Policy], Outcome]]:
    """Make a function the rule of a clause on the contract of a case, or on a contract alone.

    Where nobody but the owner develops the project the clause does not apply, unless it says otherwise.
    A figure of the clause that has no value on the day leaves it unknown.
    """

    def register(judge: Callable[[Reading], Said]) -> Callable[[Any, Policy], Outcome]:
        @rule(clause_id, part="contract")
        @wraps(judge)
        def judged(facts: ContractFacts, policy: Policy) -> Said:
            figures = policy.figures_of(clause_id, facts.on)
            if facts.has_partner is False and not without_partner:
                return not_applicable({"has_partner": False}, figures)
            if len(figures) < len(policy.clause(clause_id).figures):
                return unknown({}, figures)
            return judge(Reading(clause_id, facts, policy, figures))

        return judged

    return register


def either(*answers: bool | None) -> bool | None:
    """True where one is; None where none is and one is not known."""
    return True if True in answers else None if None in answers else False


def lacks(*answers: bool | None) -> bool | None:
    """True where one is no; None where none is and one is not known."""
    return True if False in answers else None if None in answers else False


def words(hits: tuple[wording.Hit, ...]) -> tuple[str, ...]:
    """The phrases found, each once, as the lexicon writes them."""
    return tuple(dict.fromkeys(hit.words for hit in hits))


def held_as(facts: ContractFacts, *tenures: Tenure) -> bool | None:
    """Whether some of the land is held in one of these ways; None where a parcel that could be does not say."""
    ways = [parcel.tenure for parcel in facts.parcels]
    if any(way in tenures for way in ways):
        return True
    return None if not ways or None in ways else False


def rounded(value: Decimal) -> Decimal:
    """To two places, as it is shown."""
    return value.quantize(CENT, context=LARGE)
