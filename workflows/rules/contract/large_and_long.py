"""M5: large areas and long terms, and who must have agreed before land is bound by them."""

from collections.abc import Iterator
from decimal import Decimal

from workflows.contract_class import Extent, extent, longer_than, term_of
from workflows.contract_words import Approval, ContractNature
from workflows.facts import ParcelFacts
from workflows.policy import Figure
from workflows.rules.contract.reading import HUNDRED, Reading, contract_rule, either, held_as, lacks, rounded
from workflows.rules.outcome import Said
from workflows.states import Severity, Tenure

TERMED = frozenset({Tenure.HOUSEHOLD, Tenure.OTHER_CONTRACT, Tenure.TRANSFERRED, None})
"""Land held for a time; what belongs to state or collective, and a private plot, is held without end."""


@contract_rule("R21")
def within_the_title(contract: Reading) -> Said:
    """The term ends before the title of every parcel does, unless whoever issued the land agreed in writing."""
    facts = contract.facts
    read: dict[str, object] = {"end_on": facts.end_on, "issuer_consent": facts.issuer_consent}
    if facts.end_on is None or not facts.parcels:
        return contract.cannot_tell(**read)
    ends = [(parcel, parcel.title_end) for parcel in facts.parcels]
    beyond = [(parcel, end) for parcel, end in ends if end is not None and end < facts.end_on]
    open_questions = any(end is None and parcel.tenure in TERMED for parcel, end in ends)
    read |= {
        "title_ends": tuple((parcel.key, end) for parcel, end in ends),
        "parcels": tuple(_name(parcel) for parcel, _ in beyond),
        "title_on": min((end for _, end in beyond), default=""),
    }
    if beyond and not facts.issuer_consent:
        return contract.fails(None, **read)
    return contract.cannot_tell(**read) if open_questions and not facts.issuer_consent else contract.passes(**read)


@contract_rule("R22")
def within_the_longest_lease(contract: Reading) -> Said:
    """A lease runs twenty years at most.

    For a lease of state land what goes beyond is void; whether a transfer of other land is such a lease is
    disputed, so that is for the leading group.
    """
    longest = contract.number("term_max_years")
    state = held_as(contract.facts, Tenure.STATE)
    lease = contract.facts.nature is ContractNature.LEASE
    return _beyond(contract, ((longest, Severity.BLOCK if state and lease else None),), nature=contract.facts.nature)


@contract_rule("R23")
def not_for_long(contract: Reading) -> Said:
    """A long term is a warning, a very long one is for the leading group."""
    group, warn = contract.number("term_group_years"), contract.number("term_warn_years")
    return _beyond(contract, ((group, Severity.LEADING_GROUP), (warn, Severity.WARN)))


@contract_rule("R24")
def not_over_much_land(contract: Reading) -> Said:
    """What one partner and its affiliates hold at one time, in all and of a county's forest land."""
    held = extent(contract.facts)
    shares = {code: (area, figure) for code, area, figure in _counties(held, contract)}
    read = _land(held)
    parts = {code: area / figure.number * HUNDRED for code, (area, figure) in shares.items()}
    over = [code for code, share in parts.items() if share > contract.number("county_share_pct")]
    read["share_pct"] = rounded(max(parts[code] for code in over)) if over else ""
    read["county_shares"] = tuple((code, rounded(share)) for code, share in parts.items())
    figures = {**contract.figures, **{figure.key: figure for _, figure in shares.values()}}
    contract = Reading(contract.clause, contract.facts, contract.policy, figures)
    total = held.total_mu
    group, warn = contract.number("area_group_mu"), contract.number("area_warn_mu")
    large = total is not None and total > group
    read["limit_mu"] = group if large else warn if total is not None and total > warn else ""
    if large or over:
        return contract.fails(Severity.LEADING_GROUP, **read)
    if read["limit_mu"]:
        return contract.fails(Severity.WARN, **read)
    known = total is not None and held.complete and shares and len(shares) == len(held.by_district)
    return contract.passes(**read) if known else contract.cannot_tell(**read)


@contract_rule("R25", without_partner=True)
def crediting_covered(contract: Reading) -> Said:
    """The crediting period ends no later than the contract and the titles."""
    facts = contract.facts
    titles = [p.title_end for p in facts.parcels if p.tenure in TERMED or p.title_end is not None]
    ends = titles if facts.has_partner is False else [facts.end_on, *titles]
    known = [end for end in ends if end is not None]
    first = min(known, default=None)
    read = {"crediting_on": facts.crediting_end, "covered_on": first}
    if facts.has_partner is False and not known:
        return contract.does_not_apply(**read)
    if facts.crediting_end is None or first is None:
        return contract.cannot_tell(**read)
    if facts.crediting_end > first:
        return contract.fails(None, **read)
    whole = facts.parcels and len(known) == len(ends)
    return contract.passes(**read) if whole else contract.cannot_tell(**read)


@contract_rule("R26")
def price_is_reviewed(contract: Reading) -> Said:
    """Over a longer term the price is reviewed, or renegotiated when circumstances change."""
    facts = contract.facts
    years = contract.number("price_review_years")
    read = {"start_on": facts.start_on, "end_on": facts.end_on, "price_review": facts.price_review}
    if facts.price_review:
        return contract.passes(**read)
    if facts.start_on is None or facts.end_on is None:
        return contract.cannot_tell(**read)
    if not longer_than(facts.start_on, facts.end_on, int(years)):
        return contract.does_not_apply(**read)
    return contract.judge(lacks(facts.price_review), **read)


@contract_rule("R27")
def members_voted(contract: Reading) -> Said:
    """Collective land: two thirds in favour, and the result published. A household's own: its consent, and filing.

    That a household's transfer is not filed does not make it void, so that alone is a warning.
    """
    facts = contract.facts
    collective = either(held_as(facts, Tenure.COLLECTIVE_MANAGED), facts.issued_to_outsider or False)
    household = held_as(facts, Tenure.HOUSEHOLD)
    enough = _enough_votes(contract)
    read = {
        "votes_for": facts.votes_for if facts.votes_for is not None else "",
        "votes_entitled": facts.votes_entitled if facts.votes_entitled is not None else "",
        "share_pct": facts.vote_share_pct if facts.vote_share_pct is not None else "",
        "vote_notice": facts.vote_notice,
        "household_consent": facts.household_consent,
        "issuer_filing": facts.issuer_filing,
        "missing": _missing(
            collective_vote=enough if collective else None,
            vote_notice=facts.vote_notice if collective else None,
            household_consent=facts.household_consent if household else None,
            issuer_filing=facts.issuer_filing if household else None,
        ),
    }
    if collective is False and household is False:
        return contract.does_not_apply(**read)
    needed = [*((enough, facts.vote_notice) if collective else ()), *((facts.household_consent,) if household else ())]
    if lacks(*needed):
        return contract.fails(None, **read)
    if household and facts.issuer_filing is False:
        return contract.fails(Severity.WARN, **read)
    unanswered = collective is None or household is None or lacks(*needed) is None
    unfiled = household and facts.issuer_filing is None
    return contract.cannot_tell(**read) if unanswered or unfiled else contract.passes(**read)


@contract_rule("R28")
def township_agreed(contract: Reading) -> Said:
    """Collective land goes to somebody outside only with the township's approval, his credit and capacity checked."""
    facts = contract.facts
    collective = either(held_as(facts, Tenure.COLLECTIVE_MANAGED), facts.issued_to_outsider or False)
    outside = True if facts.issued_to_outsider else facts.partner_outside
    read = {
        "collective": collective,
        "partner_outside": outside,
        "township_approval": facts.township_approval,
        "capacity_check": facts.capacity_check,
        "missing": _missing(township_approval=facts.township_approval, capacity_check=facts.capacity_check),
    }
    if collective is False or outside is False:
        return contract.does_not_apply(**read)
    if collective is None or outside is None:
        return contract.cannot_tell(**read)
    return contract.judge(lacks(facts.township_approval, facts.capacity_check), **read)


@contract_rule("R29")
def state_assets_approved(contract: Reading) -> Said:
    """State forest: approval from above, an appraisal, a collective decision, public bidding."""
    facts = contract.facts
    state = held_as(facts, Tenure.STATE)
    approvals = {
        "superior_approval": facts.superior_approval,
        "appraisal_on_file": facts.appraisal_on_file,
        "collective_decision": facts.collective_decision,
        "public_bidding": facts.public_bidding,
    }
    read = {"state": state, **approvals, "missing": _missing(**approvals)}
    if state is False:
        return contract.does_not_apply(**read)
    return contract.cannot_tell(**read) if state is None else contract.judge(lacks(*approvals.values()), **read)


def _beyond(contract: Reading, limits: tuple[tuple[Decimal, Severity | None], ...], **read: object) -> Said:
    """Failed with the weight of the first limit, in years, that the term goes beyond."""
    facts = contract.facts
    years = term_of(facts)
    read |= {"start_on": facts.start_on, "end_on": facts.end_on, "term_years": years}
    if facts.start_on is None or facts.end_on is None or years is None:
        return contract.cannot_tell(**read)
    for limit, severity in limits:
        if longer_than(facts.start_on, facts.end_on, int(limit)):
            return contract.fails(severity, **read, limit_years=limit)
    return contract.passes(**read)


def _land(held: Extent) -> dict[str, object]:
    return {
        "own_mu": held.own_mu,
        "total_mu": held.total_mu if held.total_mu is not None else "",
        "others": held.counted,
        # The sentence counts them: an applicant reads it, and the numbers are other people's cases.
        "other_count": len(held.counted) or "",
        "by_district": tuple(held.by_district.items()),
    }


def _counties(held: Extent, contract: Reading) -> Iterator[tuple[str, Decimal, Figure]]:
    for code, area in held.by_district.items():
        figure = contract.policy.reference(f"forest_land_{code}_mu", contract.facts.on)
        if figure is not None:
            yield code, area, figure


def _enough_votes(contract: Reading) -> bool | None:
    """Whether the share in favour is reached, by counts where there are any."""
    facts = contract.facts
    num, den = contract.number("collective_vote_num"), contract.number("collective_vote_den")
    if facts.votes_for is not None and facts.votes_entitled:
        return facts.votes_for * den >= facts.votes_entitled * num
    if facts.vote_share_pct is not None:
        return facts.vote_share_pct * den >= HUNDRED * num
    return None


def _missing(**answers: bool | None) -> tuple[Approval, ...]:
    return tuple(Approval(name) for name, answer in answers.items() if answer is False)


def _name(parcel: ParcelFacts) -> str:
    return parcel.name or parcel.key
