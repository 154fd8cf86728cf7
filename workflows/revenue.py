"""What a promised income is worth: E = area × yield × price × years × (1 − deduction), beside the reference range."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflows.contract_class import area_of, term_of
from workflows.facts import ContractFacts
from workflows.policy import Policy

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Estimate:
    """One calculation: what goes in, and what comes out over the whole term and for a mu and a year."""

    area_mu: Decimal
    yield_t_per_mu_yr: Decimal
    price_yuan_per_t: Decimal
    years: Decimal
    deduction_pct: Decimal

    @property
    def tonnes(self) -> Decimal:
        """What is left after the deduction, over all years."""
        return self.area_mu * self.yield_t_per_mu_yr * self.years * (1 - self.deduction_pct / HUNDRED)

    @property
    def total_yuan(self) -> Decimal:
        """E."""
        return self.tonnes * self.price_yuan_per_t

    @property
    def yuan_per_mu_yr(self) -> Decimal:
        """E for a mu and a year."""
        return self.yield_t_per_mu_yr * self.price_yuan_per_t * (1 - self.deduction_pct / HUNDRED)


def recomputed(facts: ContractFacts) -> Estimate | None:
    """The income by the contract's own figures; None where one of them is not known."""
    area, years = area_of(facts), years_of(facts)
    grown, price, deduction = facts.claimed_t_per_mu_yr, facts.claimed_yuan_per_t, facts.claimed_deduction_pct
    if area is None or years is None or grown is None or price is None or deduction is None:
        return None
    return Estimate(area, grown, price, years, deduction)


def years_of(facts: ContractFacts) -> Decimal | None:
    """The years the income is counted for: those it is promised for, else those of the term."""
    return facts.claimed_years if facts.claimed_years is not None else term_of(facts)


def reference(area_mu: Decimal, years: Decimal, policy: Policy, on: date) -> tuple[Estimate, Estimate] | None:
    """The low and the high end of what is plausible; None where a reference has no value on that day."""
    keys = (
        "reference_yield_low_t_per_mu_yr",
        "reference_yield_high_t_per_mu_yr",
        "ticket_price_yuan_per_t",
        "ccer_mean_yuan_per_t",
        "reference_deduction_pct",
    )
    figures = [policy.reference(key, on) for key in keys]
    values = [figure.number for figure in figures if figure is not None]
    if len(values) < len(keys):
        return None
    low, high, low_price, high_price, deduction = values
    return (
        Estimate(area_mu, low, low_price, years, deduction),
        Estimate(area_mu, high, high_price, years, deduction),
    )


@dataclass(frozen=True, slots=True)
class Picture:
    """What a small picture of the claim shows: a range, the contract's own sum, and the promise; None = not known."""

    low: Estimate
    high: Estimate
    own: Estimate | None
    claimed_yuan: Decimal | None
    claimed_yuan_per_mu_yr: Decimal | None
    implied_t_per_mu_yr: Decimal | None
    """The yield the promise needs, at the price and deduction it states or, failing these, the high reference's."""

    @property
    def times_high(self) -> Decimal | None:
        """The promise as a multiple of the range's high end."""
        if self.claimed_yuan is None or not self.high.total_yuan:
            return None
        return self.claimed_yuan / self.high.total_yuan

    @property
    def scale_yuan(self) -> Decimal:
        """The largest sum in the picture."""
        own = self.own.total_yuan if self.own else Decimal(0)
        return max(self.high.total_yuan, own, self.claimed_yuan or Decimal(0))


def picture(facts: ContractFacts, policy: Policy) -> Picture | None:
    """The picture of the claim; None where area or years are not known, or the day has no reference."""
    area, years = area_of(facts), years_of(facts)
    if not area or not years:
        return None
    ends = reference(area, years, policy, facts.on)
    if ends is None:
        return None
    low, high = ends
    claimed = facts.claimed_income_yuan
    each = claimed / (area * years) if claimed is not None else None
    return Picture(low, high, recomputed(facts), claimed, each, _implied(facts, each, high))


def _implied(facts: ContractFacts, each: Decimal | None, high: Estimate) -> Decimal | None:
    price = facts.claimed_yuan_per_t if facts.claimed_yuan_per_t is not None else high.price_yuan_per_t
    deduction = facts.claimed_deduction_pct if facts.claimed_deduction_pct is not None else high.deduction_pct
    a_tonne = price * (1 - deduction / HUNDRED)
    return each / a_tonne if each is not None and a_tonne else None
