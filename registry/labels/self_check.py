"""The words of a self-check: how a method fits a site, why not, and how grave a result is."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from registry.labels import label
from workflows.contract_check import Level
from workflows.contract_words import Bearer, ContractNature, PriceFormula, RequiredTerm, Retransfer
from workflows.states import Fit, ForestOrigin
from workflows.wording import Aside

FITS: Mapping[Fit, LazyString] = {
    Fit.FITS: _l("Fits"),
    Fit.COULD_FIT: _l("Could fit"),
    Fit.CANNOT: _l("Cannot be used"),
}
FIT_BADGES: Mapping[Fit, str] = {Fit.FITS: "ok", Fit.COULD_FIT: "near", Fit.CANNOT: "stop"}

LEVELS: Mapping[Level, LazyString] = {
    Level.CLEAN: _l("Nothing was found."),
    Level.WARN: _l("Something is to be noted, or is not known yet."),
    Level.LEADING_GROUP: _l("Something would go to the leading group, which decides with two thirds."),
    Level.BLOCK: _l("Something stops the project until it is cured. No vote can pass over it."),
}

ASIDES: Mapping[Aside, LazyString] = {
    Aside.NEGATED: _l("seen, not counted: it is denied"),
    Aside.QUOTED: _l("seen, not counted: it is quoted"),
    Aside.VOID: _l("seen, not counted: it is declared void"),
}

MEMBERS: Mapping[type[StrEnum], Mapping[StrEnum, LazyString]] = {
    ForestOrigin: {ForestOrigin.NATURAL: _l("Natural"), ForestOrigin.PLANTED: _l("Planted")},
    ContractNature: {
        ContractNature.SERVICE: _l("Service for a fee"),
        ContractNature.COOPERATION: _l("Cooperation, with the income shared"),
        ContractNature.RIGHTS_TRANSFER: _l("Sale or grant of the carbon rights"),
        ContractNature.LEASE: _l("Lease of the land or forest"),
        ContractNature.LAND_TRANSFER: _l("Transfer of the management right of the land"),
    },
    PriceFormula: {
        PriceFormula.FIXED: _l("One sum, or a sum a year"),
        PriceFormula.PER_TONNE: _l("A price for each tonne"),
        PriceFormula.REVENUE_SHARE: _l("A share of the income"),
        PriceFormula.FLOOR_AND_SHARE: _l("A least sum and a share of the income"),
    },
    Bearer: {
        Bearer.OWNER: _l("The owner"),
        Bearer.PARTNER: _l("The partner"),
        Bearer.SHARED: _l("Both, by shares"),
    },
    Retransfer: {
        Retransfer.FORBIDDEN: _l("No"),
        Retransfer.WITH_CONSENT: _l("Only with written consent"),
        Retransfer.FREE: _l("Yes, freely"),
    },
    RequiredTerm: {
        RequiredTerm.PARTIES: _l("The parties"),
        RequiredTerm.PARCELS: _l("Place and area of the parcels"),
        RequiredTerm.TERM: _l("The term"),
        RequiredTerm.USE: _l("The use of the land"),
        RequiredTerm.PRICE_AND_PAYMENT: _l("Price and payment"),
        RequiredTerm.END_OF_TERM_TIMBER: _l("What becomes of the timber at the end of the term"),
        RequiredTerm.BREACH: _l("Breach of contract"),
    },
}
"""Words of closed lists that only facts of a self-check name."""


def member_label(member: StrEnum) -> str:
    """The reader's word for a member of a closed list."""
    found = MEMBERS.get(type(member), {}).get(member)
    return label(member) if found is None else str(found)
