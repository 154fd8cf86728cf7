"""A partnership contract as a structured record: what it says, what it promises, and what was decided on it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

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
from workflows.facts.land import ParcelFacts
from workflows.states import Activity, Scheme


@dataclass(frozen=True, slots=True, kw_only=True)
class CostBearer:
    """Who bears one of the five costs; None: the contract does not say."""

    cost: Cost
    bearer: Bearer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CostItem:
    """One line of the development cost the contract lists or charges."""

    name: str
    amount_yuan: Decimal | None = None
    evidenced: bool | None = None
    """A contract or an invoice shows it."""
    supplier_related: bool | None = None
    """Whoever is paid for it is tied to the partner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RivalClaim:
    """Something else on the same land: another project or contract, a ticket, a pledge.

    `area_mu`: the area they share; None: the same title or parcel, area not measured.
    """

    kind: ClaimKind
    number: str
    parcel: str = ""
    area_mu: Decimal | None = None
    parcel_area_mu: Decimal | None = None
    start_on: date | None = None
    end_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerContract:
    """Another contract of the same partner or of an affiliate, wherever it lies."""

    number: str
    partner: str
    district_code: str | None = None
    area_mu: Decimal | None = None
    start_on: date | None = None
    end_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractFacts:
    """A contract as the rules see it on the day `on`. It stands alone; None = not known, never "no".

    An empty tuple says that somebody looked and there is nothing: no other contract, no rival claim, no tie.
    """

    on: date
    number: str | None = None
    """Of this contract, so that it is not counted among the partner's others."""

    # The project it serves.
    scheme: Scheme | None = None
    activity: Activity | None = None
    applicant_is_person: bool | None = None
    crediting_start: date | None = None
    crediting_end: date | None = None
    application_on: date | None = None
    """When the registration of reductions is to be applied for; never before the day `on`."""

    # Parties, and who is tied to whom.
    has_partner: bool | None = None
    """False: nobody but the owner develops the project, so there is no partnership contract."""
    owner: str | None = None
    partner: str | None = None
    partner_outside: bool | None = None
    """The partner is no member of the collective whose land it is."""
    bodies_named: bool | None = None
    """The contract or the project names a validation or verification body; False: none yet."""
    validator: str | None = None
    verifier: str | None = None
    validator_related_to: tuple[Party, ...] | None = None
    verifier_related_to: tuple[Party, ...] | None = None

    # Land, term and nature.
    parcels: tuple[ParcelFacts, ...] = ()
    area_mu: Decimal | None = None
    """As the contract states it; None: the sum of the parcels."""
    start_on: date | None = None
    end_on: date | None = None
    """The last day of the term, renewals the partner may demand included."""
    nature: ContractNature | None = None
    issuer_consent: bool | None = None
    """Whoever issued the land contract agreed in writing to a term beyond the title (R21)."""
    rival_claims: tuple[RivalClaim, ...] | None = None
    other_contracts: tuple[PartnerContract, ...] | None = None

    # Price, appraisal, market.
    price_formula: PriceFormula | None = None
    price_yuan: Decimal | None = None
    """What the owner is paid over the whole term for what the contract passes on."""
    price_yuan_per_t: Decimal | None = None
    appraised_yuan: Decimal | None = None
    """What an appraiser valued the same thing at."""
    appraisal_on_file: bool | None = None
    market_yuan_per_t: Decimal | None = None
    """The market price the parties took as their reference."""
    transfers_land_rights: bool | None = None
    """The right to land or forest passes together with the carbon rights."""
    land_price_yuan: Decimal | None = None
    """What is paid for the land or forest right; 0: nothing."""
    land_appraised_yuan: Decimal | None = None
    price_review: bool | None = None
    """The price is reviewed from time to time, or renegotiated when circumstances change."""

    # Sharing and costs.
    owner_share_pct: Decimal | None = None
    partner_share_pct: Decimal | None = None
    higher_share_for_costs: bool | None = None
    """The partner gets a higher share because it advances the costs."""
    claims_zero_cost: bool | None = None
    """The contract or the partner says the owner pays nothing."""
    costs_deducted_first: bool | None = None
    cost_capped: bool | None = None
    """What may be deducted has an upper limit."""
    cost_cap_yuan: Decimal | None = None
    cost_bearers: tuple[CostBearer, ...] | None = None
    """A cost that is not listed is not stated in the contract."""
    cost_items: tuple[CostItem, ...] | None = None

    # What is promised.
    promises_income: bool | None = None
    """False: the contract names no yield, price or income to come."""
    claimed_t_per_mu_yr: Decimal | None = None
    claimed_yuan_per_t: Decimal | None = None
    claimed_income_yuan: Decimal | None = None
    """The whole income over `claimed_years`, before it is shared."""
    claimed_years: Decimal | None = None
    """None: the years of the term."""
    claimed_deduction_pct: Decimal | None = None
    """For non-permanence and uncertainty; 0: the estimate deducts nothing."""
    income_from: date | None = None
    """The first day for which income is counted."""
    signed_calculation: bool | None = None
    """A signed calculation of the yield is on file."""

    # Terms.
    exclusive: bool | None = None
    exclusivity_has_term: bool | None = None
    exclusivity_has_exit: bool | None = None
    start_milestone: bool | None = None
    """The contract says by when work must begin."""
    start_within_months: int | None = None
    idle_exit: bool | None = None
    """The owner may leave the contract when nothing is begun."""
    retransfer: Retransfer | None = None
    owner_liable: bool | None = None
    """The owner answers for it when the project fails or nothing is registered."""
    owner_may_terminate: bool | None = None
    """The owner may end the contract when the partner fails or is insolvent."""
    penalty_one_sided: bool | None = None
    penalty_pct: Decimal | None = None
    """The penalty as a share of the estimated loss."""
    terms_present: tuple[RequiredTerm, ...] | None = None
    """The required terms the contract has."""

    # Votes, notices and approvals.
    issued_to_outsider: bool | None = None
    """The collective itself lets land to somebody outside it (农村土地承包法 art. 52)."""
    votes_for: int | None = None
    votes_entitled: int | None = None
    """Members, or members' representatives, entitled to vote."""
    vote_share_pct: Decimal | None = None
    """Share in favour, where the record gives no counts."""
    vote_notice: bool | None = None
    """The vote's result was published."""
    township_approval: bool | None = None
    capacity_check: bool | None = None
    """The partner's credit and capacity were checked."""
    household_consent: bool | None = None
    issuer_filing: bool | None = None
    """A household's transfer is filed with the collective that issued the contract."""
    superior_approval: bool | None = None
    collective_decision: bool | None = None
    public_bidding: bool | None = None

    text: str | None = None
    """The contract's wording."""
