"""M2: difficulty talked up (M2a), costs that are not real or have no end (M2b)."""

from decimal import Decimal

from workflows import revenue
from workflows.contract_words import ExclusivityGap
from workflows.policy import Confidence, Figure
from workflows.rules.contract.reading import Reading, contract_rule, either, lacks, rounded, words
from workflows.rules.outcome import Said
from workflows.states import Severity


@contract_rule("R08")
def exclusive_with_an_end(contract: Reading) -> Said:
    """Exclusive rights have a term and a way out, and nobody claims that he alone can develop.

    Where the text says exclusive, it is, whatever else is stated.
    """
    facts, found = contract.facts, contract.hits()
    exclusive = True if found else facts.exclusive
    if exclusive is None and facts.text is not None:
        exclusive = False
    lacking = lacks(facts.exclusivity_has_term, facts.exclusivity_has_exit) if exclusive else exclusive
    boasts = words(tuple(hit for hit in found if hit.alone))
    ends = {ExclusivityGap.TERM: facts.exclusivity_has_term, ExclusivityGap.EXIT: facts.exclusivity_has_exit}
    read = {
        "exclusive": exclusive,
        "ends": tuple(ends.items()),
        "open_ended": tuple(end for end, there in ends.items() if exclusive and there is False),
        "boasts": boasts,
        "phrases": words(found),
    }
    unread = None if facts.text is None else False
    return contract.judge(either(bool(boasts), lacking, unread), **read)


@contract_rule("R09")
def cost_near_the_reference(contract: Reading) -> Said:
    """The cost of a tonne and of the project is not far above what is usual; unknown while nobody has set that."""
    facts = contract.facts
    items = facts.cost_items
    amounts = [item.amount_yuan for item in items or ()]
    if items is None or None in amounts:
        return contract.cannot_tell(cost_yuan=None)
    cost = sum((a for a in amounts if a is not None), Decimal(0))
    own = revenue.recomputed(facts)
    tonne = rounded(cost / own.tonnes) if own and own.tonnes else None
    read: dict[str, object] = {"cost_yuan": cost, "cost_yuan_per_t": tonne}
    if not items:
        return contract.does_not_apply(**read)
    measured = [(cost, _reference(contract, "cost_reference_yuan"))]
    if tonne is not None:
        measured.append((tonne, _reference(contract, "cost_reference_yuan_per_t")))
    times = contract.number("cost_group_times")
    known = [(value, figure) for value, figure in measured if figure is not None]
    over = [(value, figure) for value, figure in known if value > times * figure.number]
    if not known:
        return contract.cannot_tell(**read)
    if not over:
        return contract.passes(**read)
    unsure = all(figure.confidence is Confidence.UNSURE for _, figure in over)
    highest = max(rounded(value / figure.number) for value, figure in over)
    return contract.fails(Severity.WARN if unsure else None, **read, over_times=highest)


@contract_rule("R10")
def costs_are_evidenced(contract: Reading) -> Said:
    """Every cost has a contract or an invoice, and is not paid to somebody tied to the partner."""
    items = contract.facts.cost_items
    if items is None:
        return contract.cannot_tell(costs=None)
    bare = tuple(item.name for item in items if item.evidenced is False)
    tied = tuple(item.name for item in items if item.supplier_related)
    open_questions = [item for item in items if item.evidenced is None or item.supplier_related is None]
    read = {"costs": tuple(item.name for item in items), "without_evidence": bare, "related_suppliers": tied}
    return contract.judge(True if bare or tied else None if open_questions else False, **read)


@contract_rule("R11")
def deductions_have_a_cap(contract: Reading) -> Said:
    """Costs that are taken out before sharing have an upper limit; what the text says goes before what is stated."""
    facts, found = contract.facts, contract.hits()
    deducted = True if found else facts.costs_deducted_first
    capped = True if facts.cost_cap_yuan is not None else facts.cost_capped
    read = {
        "costs_deducted_first": deducted,
        "cost_capped": capped,
        "cost_cap_yuan": facts.cost_cap_yuan,
        "phrases": words(found),
    }
    if deducted is False or capped:
        return contract.passes(**read)
    return contract.judge(True if deducted and capped is False else None, **read)


def _reference(contract: Reading, key: str) -> Figure | None:
    return contract.policy.reference(key, contract.facts.on)
