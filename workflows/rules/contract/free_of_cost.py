"""M3: development that seems to cost nothing – the cost comes back by another way, or is nobody's."""

from workflows.contract_words import Cost, CostReturn
from workflows.rules.contract.reading import Reading, contract_rule, either, words
from workflows.rules.outcome import Said
from workflows.states import Severity


@contract_rule("R12")
def free_means_free(contract: Reading) -> Said:
    """Who says "no cost" does not take the cost back first, nor by a higher share.

    A share above the usual one is only a hint: what is usual has no source yet.
    """
    facts = contract.facts
    said, taken = contract.hits(), contract.hits("R11")
    free = True if said else facts.claims_zero_cost
    if free is None and facts.text is not None:
        free = False
    usual = contract.number("partner_share_usual_pct")
    high = facts.partner_share_pct is not None and facts.partner_share_pct > usual
    ways = {
        CostReturn.DEDUCTED_FIRST: True if taken else facts.costs_deducted_first,
        CostReturn.HIGHER_SHARE: facts.higher_share_for_costs,
        CostReturn.UNUSUAL_SHARE: high,
    }
    back = either(ways[CostReturn.DEDUCTED_FIRST], ways[CostReturn.HIGHER_SHARE])
    read = {
        "claims_zero_cost": free,
        "phrases": words(said),
        "taken_back": words(taken),
        "back_by": tuple(way for way, taken_so in ways.items() if taken_so),
        "costs_deducted_first": facts.costs_deducted_first,
        "higher_share_for_costs": facts.higher_share_for_costs,
        "high_share_pct": facts.partner_share_pct if high else "",
    }
    if free is not True or back:
        return contract.judge(free and back, **read)
    return contract.fails(Severity.WARN, **read) if high else contract.judge(back, **read)


@contract_rule("R13")
def costs_have_a_bearer(contract: Reading) -> Said:
    """For each of the five costs the contract says who bears it."""
    stated = contract.facts.cost_bearers
    if stated is None:
        return contract.cannot_tell(unstated=None)
    borne = {item.cost for item in stated if item.bearer is not None}
    unstated = tuple(cost for cost in Cost if cost not in borne)
    read = {"bearers": tuple((item.cost, item.bearer) for item in stated), "unstated": unstated}
    return contract.judge(bool(unstated), **read)


@contract_rule("R14")
def owner_not_liable(contract: Reading) -> Said:
    """The owner does not answer for it when the project fails or nothing is registered."""
    return contract.judge(contract.facts.owner_liable, owner_liable=contract.facts.owner_liable)
