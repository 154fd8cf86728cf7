"""The words of a partnership contract: what kind it is, who bears what, what it must say. Closed lists only."""

from enum import StrEnum


class ContractNature(StrEnum):
    """What the contract is, by what it does rather than by its title."""

    SERVICE = "service"
    """The partner works for a fee."""
    COOPERATION = "cooperation"
    """The partner develops, and both share the income."""
    RIGHTS_TRANSFER = "rights_transfer"
    """The carbon rights are sold or granted for a price."""
    LEASE = "lease"
    """The land or forest itself is let."""
    LAND_TRANSFER = "land_transfer"
    """The management right of the land is transferred (流转)."""


class PriceFormula(StrEnum):
    """How the owner is paid."""

    FIXED = "fixed"
    """One sum, or a sum a year."""
    PER_TONNE = "per_tonne"
    REVENUE_SHARE = "revenue_share"
    FLOOR_AND_SHARE = "floor_and_share"


class Cost(StrEnum):
    """The five costs of which a contract must say who bears them."""

    PDD = "pdd"
    VALIDATION = "validation"
    MONITORING = "monitoring"
    VERIFICATION = "verification"
    REPLANTING = "replanting"


class Bearer(StrEnum):
    """Who bears a cost."""

    OWNER = "owner"
    PARTNER = "partner"
    SHARED = "shared"


class Party(StrEnum):
    """To whom a validation or verification body may be tied."""

    OWNER = "owner"
    PARTNER = "partner"
    PDD_AUTHOR = "pdd_author"


class Retransfer(StrEnum):
    """What the contract says of passing the rights on to others."""

    FORBIDDEN = "forbidden"
    WITH_CONSENT = "with_consent"
    FREE = "free"


class RequiredTerm(StrEnum):
    """What a contract must say (森林法 art. 19; 农村土地承包法 art. 40)."""

    PARTIES = "parties"
    PARCELS = "parcels"
    TERM = "term"
    USE = "use"
    PRICE_AND_PAYMENT = "price_and_payment"
    END_OF_TERM_TIMBER = "end_of_term_timber"
    BREACH = "breach"


class ClaimKind(StrEnum):
    """What else may lie on the same land."""

    PROJECT = "project"
    CONTRACT = "contract"
    TICKET = "ticket"
    PLEDGE = "pledge"


class Approval(StrEnum):
    """What must have been decided, agreed or looked at before land is bound; named like the facts."""

    COLLECTIVE_VOTE = "collective_vote"
    VOTE_NOTICE = "vote_notice"
    HOUSEHOLD_CONSENT = "household_consent"
    ISSUER_FILING = "issuer_filing"
    TOWNSHIP_APPROVAL = "township_approval"
    CAPACITY_CHECK = "capacity_check"
    SUPERIOR_APPROVAL = "superior_approval"
    APPRAISAL_ON_FILE = "appraisal_on_file"
    COLLECTIVE_DECISION = "collective_decision"
    PUBLIC_BIDDING = "public_bidding"


class CostReturn(StrEnum):
    """How a cost that was said to be nobody's comes back."""

    DEDUCTED_FIRST = "deducted_first"
    HIGHER_SHARE = "higher_share"
    UNUSUAL_SHARE = "unusual_share"


class ExclusivityGap(StrEnum):
    """What exclusive rights have no end without."""

    TERM = "term"
    EXIT = "exit"
