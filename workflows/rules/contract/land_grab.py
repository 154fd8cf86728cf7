"""M4: land and forest taken on the occasion – for nothing, under value, twice, idle, or passed on."""

from decimal import Decimal

from workflows.contract_class import overlap_in_time
from workflows.contract_words import Retransfer
from workflows.facts import ContractFacts, RivalClaim
from workflows.rules.contract.reading import HUNDRED, Reading, contract_rule, either, held_as, rounded
from workflows.rules.outcome import Said
from workflows.states import Severity, Tenure

M2_PER_MU = Decimal(10_000) / Decimal(15)


@contract_rule("R15")
def land_has_its_price(contract: Reading) -> Said:
    """Land or forest that passes with the carbon rights is paid for, and not under its appraisal."""
    facts = contract.facts
    paid, worth = facts.land_price_yuan, facts.land_appraised_yuan
    read = {
        "transfers_land_rights": facts.transfers_land_rights,
        "land_price_yuan": paid,
        "land_appraised_yuan": worth if worth is not None else "",
    }
    if facts.transfers_land_rights is False:
        return contract.passes(**read)
    if facts.transfers_land_rights is None or paid is None:
        return contract.cannot_tell(**read)
    severity = Severity.BLOCK if held_as(facts, Tenure.STATE) else None
    below = True if paid <= 0 else None if worth is None else paid < worth
    return contract.judge(below, severity, **read)


@contract_rule("R16")
def price_near_its_worth(contract: Reading) -> Said:
    """The price is not clearly under the appraisal, or under the market.

    State forest under its appraisal may not be transferred at all; a market price is no appraisal.
    """
    facts = contract.facts
    least = contract.number("fair_price_pct")
    appraised = _share(facts.price_yuan, facts.appraised_yuan)
    market = _share(facts.price_yuan_per_t, facts.market_yuan_per_t)
    read = {
        "price_yuan": facts.price_yuan,
        "appraised_yuan": facts.appraised_yuan,
        "price_yuan_per_t": facts.price_yuan_per_t,
        "market_yuan_per_t": facts.market_yuan_per_t,
        "price_formula": facts.price_formula,
        "of_appraisal_pct": rounded(appraised) if appraised is not None else "",
        "of_market_pct": rounded(market) if market is not None else "",
    }
    if appraised is not None and appraised < least:
        return contract.fails(Severity.BLOCK if held_as(facts, Tenure.STATE) else None, **read)
    if market is not None and market < least:
        return contract.fails(None, **read)
    return contract.cannot_tell(**read) if appraised is None and market is None else contract.passes(**read)


@contract_rule("R17", without_partner=True)
def land_of_no_other_claim(contract: Reading) -> Said:
    """The land is in no other project, contract, ticket or pledge for some of the same time.

    Edges that do not quite fit are tolerated; an area that was not measured is not.
    """
    facts = contract.facts
    if facts.rival_claims is None:
        return contract.does_not_apply(claims=None) if facts.has_partner is False else contract.cannot_tell(claims=None)
    near = [(claim, _same_time(claim, facts)) for claim in facts.rival_claims if _same_land(claim, contract)]
    rivals = [claim for claim, same_time in near if same_time]
    read = {
        "claims": tuple(claim.number for claim in rivals),
        "parcels": tuple(dict.fromkeys(claim.parcel for claim in rivals if claim.parcel)),
        "kinds": tuple(dict.fromkeys(claim.kind for claim in rivals)),
        "shared_area_mu": sum((claim.area_mu for claim in rivals if claim.area_mu), Decimal(0)) or "",
    }
    return contract.judge(either(*(same_time for _, same_time in near)), **read)


@contract_rule("R18")
def not_idle_for_long(contract: Reading) -> Said:
    """Work must begin within a time, or the owner may leave."""
    facts = contract.facts
    months = facts.start_within_months
    begins = False if facts.start_milestone is False else None if months is None else True
    late = months is not None and months > contract.number("idle_months")
    locked = True if begins is False or late else None if begins is None else False
    read = {
        "start_milestone": facts.start_milestone,
        "start_within_months": months if months is not None and facts.start_milestone is not False else "",
        "idle_exit": facts.idle_exit,
    }
    if facts.idle_exit or locked is False:
        return contract.passes(**read)
    return contract.judge(True if locked and facts.idle_exit is False else None, **read)


@contract_rule("R19")
def passed_on_with_consent(contract: Reading) -> Said:
    """The rights pass to others only with written consent; of a household's land the law says so itself."""
    facts = contract.facts
    household = tuple(p.name or p.key for p in facts.parcels if p.tenure is Tenure.HOUSEHOLD)
    read = {"retransfer": facts.retransfer, "household": household}
    if facts.retransfer is None:
        return contract.cannot_tell(**read)
    return contract.judge(facts.retransfer is Retransfer.FREE, Severity.BLOCK if household else None, **read)


def _share(price: Decimal | None, worth: Decimal | None) -> Decimal | None:
    return price / worth * HUNDRED if price is not None and worth else None


def _same_time(claim: RivalClaim, facts: ContractFacts) -> bool | None:
    """Whether the claim holds for some of the time of contract and crediting; None: only if an unknown day makes it so.

    Where no beginning, or no end, is known at all, it is taken to be open.
    """
    alone = facts.has_partner is False
    starts = [facts.crediting_start, *(() if alone else (facts.start_on,))]
    ends = [facts.crediting_end, *(() if alone else (facts.end_on,))]
    first = min((day for day in starts if day), default=None)
    last = max((day for day in ends if day), default=None)
    if overlap_in_time(claim.start_on, claim.end_on, first, last):
        return True
    first, last = None if None in starts else first, None if None in ends else last
    return None if overlap_in_time(claim.start_on, claim.end_on, first, last) else False


def _same_land(claim: RivalClaim, contract: Reading) -> bool:
    if claim.area_mu is None:
        return True
    share = (claim.parcel_area_mu or Decimal(0)) * contract.number("overlap_tolerance_pct") / HUNDRED
    return claim.area_mu > max(contract.number("overlap_tolerance_m2") / M2_PER_MU, share)
