"""M1: income blown up – yields, prices, sums and words that promise more than forests and markets give."""

from collections.abc import Sequence
from decimal import Decimal

from workflows import revenue
from workflows.contract_class import anniversary
from workflows.facts import ContractFacts
from workflows.rules.contract.reading import HUNDRED, Reading, contract_rule, rounded, words
from workflows.rules.outcome import Said
from workflows.states import Scheme, Severity


@contract_rule("R01")
def claimed_yield(contract: Reading) -> Said:
    """A yield beyond what forests here give; far beyond it, a signed calculation must be on file first."""
    facts = contract.facts
    read = {"claimed_t_per_mu_yr": facts.claimed_t_per_mu_yr, "signed_calculation": facts.signed_calculation}
    if facts.claimed_t_per_mu_yr is None:
        return _not_claimed(contract, **read)
    calculated = Severity.LEADING_GROUP if facts.signed_calculation else Severity.BLOCK
    limits = (
        ("yield_block_t_per_mu_yr", calculated),
        ("yield_group_t_per_mu_yr", Severity.LEADING_GROUP),
        ("yield_warn_t_per_mu_yr", Severity.WARN),
    )
    for key, severity in limits:
        limit = contract.number(key)
        if facts.claimed_t_per_mu_yr > limit:
            over = rounded(facts.claimed_t_per_mu_yr / limit)
            return contract.fails(severity, **read, limit_t_per_mu_yr=limit, over_times=over)
    return contract.passes(**read)


@contract_rule("R02")
def claimed_price(contract: Reading) -> Said:
    """A price above the mean price of CCER in the last full year."""
    price = contract.facts.claimed_yuan_per_t
    mean = contract.number("ccer_mean_yuan_per_t")
    read = {"claimed_yuan_per_t": price, "mean_yuan_per_t": mean}
    if price is None:
        return _not_claimed(contract, **read)
    read["price_times"] = rounded(price / mean)
    for key, severity in (("price_group_times", Severity.LEADING_GROUP), ("price_warn_times", Severity.WARN)):
        limit = contract.number(key)
        if price > limit * mean:
            return contract.fails(severity, **read, limit_times=limit)
    return contract.passes(**read)


@contract_rule("R03")
def income_adds_up(contract: Reading) -> Said:
    """The promised income is area × yield × price × years × (1 − deduction), by the contract's own figures."""
    claimed, own = contract.facts.claimed_income_yuan, revenue.recomputed(contract.facts)
    if claimed is None:
        return _not_claimed(contract, claimed_income_yuan=None)
    if own is None:
        return contract.cannot_tell(claimed_income_yuan=claimed)
    sum_yuan = own.total_yuan
    off = (claimed - sum_yuan) / sum_yuan * HUNDRED if sum_yuan else HUNDRED
    read = {
        "claimed_income_yuan": claimed,
        "area_mu": own.area_mu,
        "yield_t_per_mu_yr": own.yield_t_per_mu_yr,
        "price_yuan_per_t": own.price_yuan_per_t,
        "term_years": own.years,
        "deduction_pct": own.deduction_pct,
        "recomputed_yuan": rounded(sum_yuan),
        "above_pct": rounded(off) if off > 0 else "",
        "below_pct": rounded(-off) if off < 0 else "",
        "difference_yuan": rounded(abs(claimed - sum_yuan)),
    }
    return contract.judge(abs(off) > contract.number("income_deviation_pct"), **read)


@contract_rule("R04")
def method_before_income(contract: Reading) -> Said:
    """No income is promised from an activity for which no method is in force."""
    facts = contract.facts
    read = {"scheme": facts.scheme, "activity": facts.activity, "promises_income": _promises(facts)}
    if not _promises(facts):
        return _not_claimed(contract, **read)
    if facts.scheme is None or facts.activity is None:
        return contract.cannot_tell(**read)
    methods = [
        method.code
        for method in contract.policy.methods_in_force(facts.scheme, facts.on)
        if method.applicable and facts.activity in method.activities
    ]
    if methods:
        return contract.passes(**read, methods=tuple(methods))
    severity = Severity.BLOCK if facts.scheme is Scheme.CCER else Severity.LEADING_GROUP
    return contract.fails(severity, **read)


@contract_rule("R05")
def income_less_deduction(contract: Reading) -> Said:
    """The estimate deducts something for what may not last and is not certain."""
    deduction = contract.facts.claimed_deduction_pct
    if deduction is None:
        return _not_claimed(contract, claimed_deduction_pct=None)
    return contract.judge(deduction <= 0, claimed_deduction_pct=deduction)


@contract_rule("R06")
def income_from_a_countable_day(contract: Reading) -> Said:
    """Income is counted only for reductions that can still be registered.

    Whether 22 September 2020 itself counts the Measures do not say, so that day alone is a warning.
    """
    facts = contract.facts
    read: dict[str, object] = {"scheme": facts.scheme, "income_from_on": facts.income_from}
    if facts.income_from is None:
        return _not_claimed(contract, **read)
    if facts.scheme is None:
        return contract.cannot_tell(**read)
    if facts.scheme is not Scheme.CCER:
        return contract.does_not_apply(**read)
    after = contract.figures["reductions_after"].day
    applied = facts.application_on or facts.on
    window = anniversary(applied, -int(contract.number("claim_window_years")))
    read |= {
        "reductions_after_on": after if facts.income_from <= after else "",
        "window_on": window if facts.income_from < window else "",
        "applied_on": applied,
    }
    if facts.income_from == after and facts.income_from >= window:
        return contract.fails(Severity.WARN, **read)
    if facts.income_from < max(after, window):
        return contract.fails(None, **read)
    # Nobody applies before today: what is too early now stays so, what is not may become so.
    return contract.cannot_tell(**read) if facts.application_on is None else contract.passes(**read)


@contract_rule("R07")
def no_guaranteed_income(contract: Reading) -> Said:
    """No words that guarantee income or borrow the name of the state."""
    if contract.facts.text is None:
        return contract.cannot_tell(phrases=None)
    found = contract.hits()
    return contract.judge(bool(found), phrases=words(found))


def _promises(facts: ContractFacts) -> bool | None:
    """Whether the contract holds out an income; what it claims speaks louder than what is ticked."""
    claims: Sequence[Decimal | None] = (facts.claimed_income_yuan, facts.claimed_yuan_per_t, facts.claimed_t_per_mu_yr)
    return True if any(claim is not None for claim in claims) else facts.promises_income


def _not_claimed(contract: Reading, **read: object) -> Said:
    """Nothing to judge where the contract is known to promise nothing; else it is not known."""
    if _promises(contract.facts) is False:
        return contract.does_not_apply(**read)
    return contract.cannot_tell(**read)
