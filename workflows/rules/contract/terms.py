"""What every contract must say, and must not (all classes)."""

from workflows.contract_words import RequiredTerm
from workflows.rules.contract.reading import Reading, contract_rule, either, lacks
from workflows.rules.outcome import Said
from workflows.rules.uniqueness import plain


@contract_rule("R30")
def penalty_in_proportion(contract: Reading) -> Said:
    """The penalty binds both sides, and is not far above the loss."""
    facts = contract.facts
    high = None if facts.penalty_pct is None else facts.penalty_pct > contract.number("penalty_loss_pct")
    read = {
        "penalty_one_sided": facts.penalty_one_sided,
        "one_sided": (facts.penalty_one_sided,) if facts.penalty_one_sided else (),
        "penalty_pct": facts.penalty_pct,
        "high_pct": facts.penalty_pct if high else "",
    }
    return contract.judge(either(facts.penalty_one_sided, high), **read)


@contract_rule("R31")
def owner_may_leave(contract: Reading) -> Said:
    """The owner may end the contract when the partner fails or is insolvent."""
    may = contract.facts.owner_may_terminate
    return contract.judge(lacks(may), owner_may_terminate=may)


@contract_rule("R32", without_partner=True)
def independent_bodies(contract: Reading) -> Said:
    """Who validates or verifies is tied to nobody in the project, and they are two."""
    facts = contract.facts
    same = _same(facts.validator, facts.verifier)
    read = {
        "bodies_named": facts.bodies_named,
        "validator": facts.validator,
        "verifier": facts.verifier,
        "same_body": (facts.validator,) if same else (),
        "validator_tied_to": facts.validator_related_to or (),
        "verifier_tied_to": facts.verifier_related_to or (),
    }
    tied = facts.validator_related_to or facts.verifier_related_to
    if same or tied:
        return contract.fails(None, **read)
    if facts.bodies_named is False and not (facts.validator or facts.verifier):
        return contract.does_not_apply(**read)
    if facts.has_partner is False and not (facts.bodies_named or facts.validator or facts.verifier):
        return contract.does_not_apply(**read)
    asked = [
        ties
        for body, ties in (
            (facts.validator, facts.validator_related_to),
            (facts.verifier, facts.verifier_related_to),
        )
        if body
    ]
    return contract.passes(**read) if asked and None not in asked else contract.cannot_tell(**read)


@contract_rule("R33")
def required_terms(contract: Reading) -> Said:
    """The contract has the terms the law lists."""
    present = contract.facts.terms_present
    if present is None:
        return contract.cannot_tell(missing=None)
    missing = tuple(term for term in RequiredTerm if term not in present)
    return contract.judge(bool(missing), terms_present=present, missing=missing)


def _same(one: str | None, other: str | None) -> bool:
    return bool(one and other) and plain(one) == plain(other)
