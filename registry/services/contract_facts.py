"""The partnership contract of a case as the rules see it.

It is read from the answers and the papers on file, and from what is known of the parties beyond the case: who is tied
to whom, and what else the partner and its affiliates have under contract.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Protocol

from registry.application.reading import day, decimal, member, whole
from registry.extensions import rows
from registry.models import Case
from registry.queries.contract_rows import CONTRACTS, REACH
from registry.services import land
from workflows.contract_words import (
    Bearer,
    ClaimKind,
    ContractNature,
    Cost,
    Party,
    PriceFormula,
    RequiredTerm,
    Retransfer,
)
from workflows.facts import (
    ContractFacts,
    CostBearer,
    CostItem,
    Overlap,
    ParcelFacts,
    PartnerContract,
    RivalClaim,
)
from workflows.states import Activity, Scheme

Answers = Mapping[str, Mapping[str, Any]]

SAID = {
    "contract": ("transfers_land_rights",),
    "contract_terms": (
        *("exclusive", "exclusivity_has_term", "exclusivity_has_exit", "start_milestone", "idle_exit"),
        *("owner_liable", "owner_may_terminate", "penalty_one_sided", "price_review", "issuer_consent"),
        *("issued_to_outsider", "partner_outside", "capacity_check"),
    ),
    "contract_costs": (
        *("claims_zero_cost", "costs_deducted_first", "cost_capped", "higher_share_for_costs"),
        *("promises_income", "signed_calculation"),
    ),
}
"""Questions answered with yes or no that are facts of the same name, by section."""
FIGURES = {
    "contract": (
        *("area_mu", "price_yuan", "price_yuan_per_t", "appraised_yuan", "market_yuan_per_t", "land_price_yuan"),
        *("land_appraised_yuan", "owner_share_pct", "partner_share_pct"),
    ),
    "contract_terms": ("penalty_pct",),
    "contract_costs": (
        *("cost_cap_yuan", "claimed_income_yuan", "claimed_years", "claimed_t_per_mu_yr", "claimed_yuan_per_t"),
        "claimed_deduction_pct",
    ),
}
"""The same for figures."""
PAPERS = {
    "appraisal_on_file": "asset_appraisal",
    "superior_approval": "superior_approval",
    "collective_decision": "collective_decision",
    "public_bidding": "public_bidding",
    "vote_notice": "vote_notice",
    "township_approval": "township_approval",
    "household_consent": "household_consent",
    "issuer_filing": "issuer_filing",
}
"""Facts that a paper on file shows, and its kind."""
VOTE = "members_vote"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the parties beyond the case."""

    validator: str | None = None
    validator_related_to: tuple[Party, ...] | None = None
    others: tuple[PartnerContract, ...] = ()


Parcels = Sequence[Mapping[str, Any]]
Overlaps = tuple[Overlap, ...]


class Book(Protocol):
    """Where what lies beyond a case is looked up: its parties' ties and other contracts, and who claims its land."""

    def known(self, case: Case, answers: Answers, on: date) -> Known:
        """What is known of the parties on a day."""

    def overlaps(self, case: Case, round_no: int, parcels: Parcels, crediting: Mapping[str, Any]) -> Overlaps:
        """Other projects on these parcels for some of this time."""


def of(
    case: Case,
    on: date,
    answers: Answers,
    parcels: Sequence[Mapping[str, Any]],
    land_facts: tuple[ParcelFacts, ...],
    papers: Collection[str],
    overlaps: tuple[Overlap, ...],
    reading: int,
    book: Book | None = None,
) -> ContractFacts:
    """The contract of a case on a day. `parcels` are the answers on the parcels left, `papers` the kinds on file.

    `book`: where to look for what lies beyond the case, where many cases are read together.
    """
    contract = answers.get("contract", {})
    crediting = answers.get("crediting", {})
    beyond = book or ONE_BY_ONE
    known = beyond.known(case, answers, on)
    common: dict[str, Any] = {
        "on": on,
        "number": case.number,
        "scheme": member(Scheme, answers.get("basics", {}).get("scheme")),
        "activity": member(Activity, answers.get("basics", {}).get("activity")),
        "applicant_is_person": case.proponent_user_id is not None,
        "crediting_start": day(crediting.get("start_on")),
        "crediting_end": day(crediting.get("end_on")),
        "has_partner": contract.get("has_partner"),
        "parcels": land_facts,
        "bodies_named": known.validator is not None,
        "validator": known.validator,
        "validator_related_to": known.validator_related_to,
    }
    if contract.get("has_partner") is not True:
        return ContractFacts(**common)
    return ContractFacts(
        **common,
        **stated(answers, papers),
        rival_claims=_rivals(case, reading, parcels, contract, crediting, overlaps, beyond),
        other_contracts=known.others,
    )


def stated(answers: Answers, papers: Collection[str]) -> dict[str, Any]:
    """The facts that answers and papers state by themselves."""
    contract, terms, costs, wording = (
        answers.get(s, {}) for s in ("contract", "contract_terms", "contract_costs", "contract_text")
    )
    found: dict[str, Any] = {f: answers.get(s, {}).get(f) for s, fields in SAID.items() for f in fields}
    found |= {f: decimal(answers.get(s, {}).get(f)) for s, fields in FIGURES.items() for f in fields}
    found |= {fact: kind in papers for fact, kind in PAPERS.items()}
    voted = VOTE in papers
    return found | {
        "partner": contract.get("partner_name"),
        "start_on": day(contract.get("start_on")),
        "end_on": day(contract.get("end_on")),
        "nature": member(ContractNature, contract.get("nature")),
        "price_formula": member(PriceFormula, contract.get("price_formula")),
        "start_within_months": whole(terms.get("start_within_months")),
        "retransfer": member(Retransfer, terms.get("retransfer")),
        "terms_present": _terms(terms.get("terms_present")),
        "votes_for": whole(terms.get("votes_for")) if voted else None,
        "votes_entitled": whole(terms.get("votes_entitled")) if voted else None,
        "cost_bearers": _bearers(costs),
        "cost_items": _items(costs),
        "income_from": day(costs.get("income_from")),
        "text": wording.get("text") or None,
    }


def _terms(words: Iterable[str] | None) -> tuple[RequiredTerm, ...] | None:
    return tuple(t for t in (member(RequiredTerm, w) for w in words) if t) if words else None


def _bearers(costs: Mapping[str, Any]) -> tuple[CostBearer, ...] | None:
    """Who bears each cost that was answered, also with "the contract does not say"; None where none was."""
    said = {cost: costs[f"bearer_{cost.value}"] for cost in Cost if costs.get(f"bearer_{cost.value}")}
    return tuple(CostBearer(cost=c, bearer=member(Bearer, word)) for c, word in said.items()) if said else None


def _items(costs: Mapping[str, Any]) -> tuple[CostItem, ...] | None:
    if costs.get("lists_costs") is None:
        return None
    if costs["lists_costs"] is False:
        return ()
    item = CostItem(
        name=str(costs.get("cost_names") or ""),
        amount_yuan=decimal(costs.get("cost_yuan")),
        evidenced=costs.get("costs_evidenced"),
        supplier_related=costs.get("cost_supplier_related"),
    )
    return (item,)


def _rivals(
    case: Case,
    reading: int,
    parcels: Sequence[Mapping[str, Any]],
    contract: Mapping[str, Any],
    crediting: Mapping[str, Any],
    overlaps: tuple[Overlap, ...],
    book: Book,
) -> tuple[RivalClaim, ...]:
    """Other projects on the same land during the crediting period or the term, whichever is longer on each side."""
    (start, end), (first, last) = land.period(crediting), land.period(contract)
    if (min(start, first), max(end, last)) != (start, end):
        whole_time = {"start_on": min(start, first).isoformat(), "end_on": max(end, last).isoformat()}
        overlaps = book.overlaps(case, reading, parcels, whole_time)
    return tuple(
        RivalClaim(
            kind=ClaimKind.PROJECT, number=o.number, parcel=o.parcel, area_mu=o.area_mu, parcel_area_mu=o.area_mu
        )
        for o in overlaps
        if o.sure
    )


def known_of(case: Case, answers: Answers, on: date) -> Known:
    """What is known of the parties: one statement on who is tied to whom, one on the partner's other contracts."""
    ids, code = roots(case, answers)
    if not code and validator_of(case, answers) is None:
        return Known()
    return known_from(case, answers, rows(REACH, {"ids": ids, "code": code, "day": on}), partial(_others, case))


def validator_of(case: Case, answers: Answers) -> int | None:
    """The validation body of a case, else the one the answers name."""
    named = answers.get("crediting", {}).get("vvb_org_id")
    return case.vvb_org_id or (int(named) if named else None)


def roots(case: Case, answers: Answers) -> tuple[list[int], str | None]:
    """The organisations whose ties matter: ids, and the credit code the contract gives for the partner."""
    contract = answers.get("contract", {})
    code = contract.get("partner_credit_code") if contract.get("has_partner") is True else None
    ids = {case.proponent_org_id, case.agent_org_id, validator_of(case, answers)}
    return sorted(i for i in ids if i is not None), code


def known_from(
    case: Case,
    answers: Answers,
    reach: Iterable[Any],
    others: Callable[[set[int]], tuple[PartnerContract, ...]],
) -> Known:
    """Of rows (root, organisation it is tied to or itself, the root's credit code, its name), as REACH has them."""
    validator, (_ids, code) = validator_of(case, answers), roots(case, answers)
    reached: dict[int, set[int]] = {}
    names: dict[int, str] = {}
    partners: set[int] = set()
    for root, org, root_code, name in reach:
        reached.setdefault(root, set()).add(org)
        names[root] = name
        partners |= {root} if code and root_code == code else set()
    tied = reached.get(validator, set()) if validator else set()
    parties = {Party.OWNER: case.proponent_org_id, Party.PDD_AUTHOR: case.agent_org_id}
    related = [party for party, org in parties.items() if org in tied]
    related += [Party.PARTNER] if partners & tied else []
    return Known(
        names.get(validator) if validator else None,
        tuple(related) if validator else None,
        others({org for root in partners for org in reached[root]}),
    )


def _others(case: Case, partners: set[int]) -> tuple[PartnerContract, ...]:
    if not partners:
        return ()
    asked = {"partners": sorted(partners), "case_id": case.id}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for number, name, section, data in rows(CONTRACTS, asked):
        found.setdefault((number, name), {})[section] = data
    return tuple(c for (number, name), answers in found.items() for c in contracts(number, name, answers))


class _OneByOne:
    """Asks the database for each case."""

    def known(self, case: Case, answers: Answers, on: date) -> Known:
        return known_of(case, answers, on)

    def overlaps(self, case: Case, round_no: int, parcels: Parcels, crediting: Mapping[str, Any]) -> Overlaps:
        return land.overlaps(case, round_no, parcels, crediting)


ONE_BY_ONE: Book = _OneByOne()


def contracts(number: str, partner: str, answers: Answers) -> tuple[PartnerContract, ...]:
    """A contract as one that others are added up with; one that lies in several districts counts in each with its part.

    What it states beyond its parcels lies nobody knows where.
    """
    contract = answers.get("contract", {})
    time = {"start_on": day(contract.get("start_on")), "end_on": day(contract.get("end_on"))}
    areas: dict[str | None, Decimal] = {}
    for parcel in answers.get("parcels", {}).get("parcels", ()):
        area = decimal(parcel.get("area_mu"))
        areas[parcel.get("district_code")] = areas.get(parcel.get("district_code"), Decimal(0)) + (area or Decimal(0))
    said, summed = decimal(contract.get("area_mu")), sum(areas.values(), Decimal(0))
    if len(areas) <= 1:
        district = next(iter(areas), None)
        most = max((a for a in (said, summed) if a), default=None)
        return (PartnerContract(number=number, partner=partner, district_code=district, area_mu=most, **time),)
    if said is not None and said > summed:
        areas[None] = areas.get(None, Decimal(0)) + said - summed
    return tuple(
        PartnerContract(number=number, partner=partner, district_code=district, area_mu=area, **time)
        for district, area in areas.items()
    )
