"""Questions on the partnership contract: the parties, the land, the term and the price.

Each fact is asked as the contract states it; a question that may be left open becomes an unknown finding.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from registry.application.shapes import Data, Kind, Question, Section
from workflows.contract_words import ContractNature, PriceFormula

Q = Question

NATURES: Mapping[str, Any] = {
    ContractNature.COOPERATION: _l("Joint development with shared income"),
    ContractNature.SERVICE: _l("Paid service: the partner develops for a fee"),
    ContractNature.RIGHTS_TRANSFER: _l("Sale of the carbon income for a price"),
    ContractNature.LEASE: _l("Lease of the land or forest together with the carbon income"),
    ContractNature.LAND_TRANSFER: _l("Transfer of the management right of the land together with the carbon income"),
}
FORMULAS: Mapping[str, Any] = {
    PriceFormula.REVENUE_SHARE: _l("A share of the income"),
    PriceFormula.FLOOR_AND_SHARE: _l("A fixed sum and a share of the income"),
    PriceFormula.FIXED: _l("A fixed sum, or a sum a year"),
    PriceFormula.PER_TONNE: _l("A price for each tonne"),
}
SHARED = (PriceFormula.REVENUE_SHARE, PriceFormula.FLOOR_AND_SHARE)
SUMMED = (PriceFormula.FIXED, PriceFormula.FLOOR_AND_SHARE)


def partner(data: Data) -> bool:
    """There is a contract with a partner."""
    return data.get("has_partner") is True


def yes(field: str) -> Any:
    """Asked where there is a partner, and this question was answered with yes."""
    return lambda data: partner(data) and data.get(field) is True


def _formula(*formulas: str) -> Any:
    return lambda data: partner(data) and data.get("price_formula") in formulas


CONTRACT = Section(
    "contract",
    _l("Partnership contract"),
    _l("Main terms, if a partner takes part"),
    (
        Q(
            field="has_partner",
            label=_l("Is there a contract with a partner?"),
            short=_l("Contract with a partner"),
            kind=Kind.YES_NO,
            hint=_l("A developer, investor or buyer of the carbon income. If you do everything yourself, choose no."),
            why=_l("Contracts with partners are looked at for excessive terms before the leading group decides."),
            rules=("R33",),
        ),
        Q(field="partner_name", label=_l("Name of the partner"), asked=partner),
        Q(
            field="partner_credit_code",
            label=_l("Credit code of the partner"),
            kind=Kind.CREDIT_CODE,
            asked=partner,
            hint=_l("18 characters; spaces do not matter"),
            why=_l("People of the partner may not vote on the project, and all contracts of one partner are added up."),
            rules=("R24",),
        ),
        Q(
            field="nature",
            label=_l("What sort of contract is it?"),
            short=_l("Kind of contract"),
            kind=Kind.CHOICE,
            options=NATURES,
            asked=partner,
            hint=_l("By what it does, not by its title"),
            rules=("R15", "R22"),
        ),
        Q(
            field="area_mu",
            label=_l("Area under the contract"),
            kind=Kind.NUMBER,
            unit=_l("mu"),
            asked=partner,
            why=_l("More than 1,000 mu is pointed out, more than 5,000 mu goes to the leading group."),
            rules=("R24",),
        ),
        Q(field="start_on", label=_l("First day of the contract"), kind=Kind.DAY, asked=partner),
        Q(
            field="end_on",
            label=_l("Last day of the contract"),
            kind=Kind.DAY,
            asked=partner,
            hint=_l("With every renewal the partner may demand"),
            why=_l("Long terms are looked at closely, and the term may not outlast the title."),
            rules=("R21", "R22", "R23"),
        ),
        Q(
            field="price_formula",
            label=_l("How is the owner paid?"),
            short=_l("Form of the price"),
            kind=Kind.CHOICE,
            options=FORMULAS,
            asked=partner,
        ),
        Q(
            field="price_yuan",
            label=_l("What is the owner paid in all, over the whole term?"),
            short=_l("Paid over the whole term"),
            kind=Kind.NUMBER,
            places=2,
            unit=_l("yuan"),
            asked=_formula(*SUMMED),
            why=_l("A price far below appraisal or market is a warning sign."),
            rules=("R16",),
        ),
        Q(
            field="price_yuan_per_t",
            label=_l("Price for a tonne"),
            kind=Kind.NUMBER,
            places=2,
            unit=_l("yuan per tCO₂e"),
            asked=_formula(PriceFormula.PER_TONNE),
            rules=("R16",),
        ),
        Q(
            field="owner_share_pct",
            label=_l("Share of the owner"),
            kind=Kind.NUMBER,
            places=2,
            unit=_l("per cent of the income"),
            asked=_formula(*SHARED),
            rules=("R11",),
        ),
        Q(
            field="partner_share_pct",
            label=_l("Share of the partner"),
            kind=Kind.NUMBER,
            places=2,
            unit=_l("per cent of the income"),
            asked=_formula(*SHARED),
            rules=("R12",),
        ),
        Q(
            field="appraised_yuan",
            label=_l("What did an appraiser value the same thing at?"),
            short=_l("Appraised value"),
            kind=Kind.NUMBER,
            places=2,
            unit=_l("yuan"),
            required=False,
            asked=partner,
            rules=("R16",),
        ),
        Q(
            field="market_yuan_per_t",
            label=_l("Which market price did you take as a reference?"),
            short=_l("Market price taken"),
            kind=Kind.NUMBER,
            places=2,
            unit=_l("yuan per tCO₂e"),
            required=False,
            asked=_formula(PriceFormula.PER_TONNE),
            rules=("R16",),
        ),
        Q(
            field="transfers_land_rights",
            label=_l("Does a right to the land or the forest pass together with the carbon income?"),
            short=_l("Land or forest right passes"),
            kind=Kind.YES_NO,
            asked=partner,
            rules=("R15",),
        ),
        Q(
            field="land_price_yuan",
            label=_l("What is paid for the land or forest right?"),
            short=_l("Paid for the land or forest right"),
            kind=Kind.NUMBER,
            places=2,
            nought=True,
            unit=_l("yuan"),
            asked=yes("transfers_land_rights"),
            hint=_l("0 if nothing is paid for it"),
            rules=("R15",),
        ),
        Q(
            field="land_appraised_yuan",
            label=_l("What was the land or forest right appraised at?"),
            short=_l("Appraised value of the land or forest right"),
            kind=Kind.NUMBER,
            places=2,
            unit=_l("yuan"),
            required=False,
            asked=yes("transfers_land_rights"),
            rules=("R15",),
        ),
        Q(
            field="note",
            label=_l("Other terms worth knowing"),
            short=_l("Other terms"),
            kind=Kind.LONG,
            most=2000,
            required=False,
            asked=partner,
            hint=_l("What the next pages do not ask"),
        ),
    ),
)
