"""Questions on the partnership contract: what each side may do, and who voted for it or approved it."""

from collections.abc import Collection, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from registry.application.contract import Q, partner, yes
from registry.application.shapes import Data, Kind, Section
from workflows.contract_words import RequiredTerm, Retransfer
from workflows.states import Tenure

RETRANSFERS: Mapping[str, Any] = {
    Retransfer.FORBIDDEN: _l("They may not be passed on"),
    Retransfer.WITH_CONSENT: _l("Only with the owner’s written consent"),
    Retransfer.FREE: _l("The partner may pass them on without consent, or nothing is said"),
}
TERMS: Mapping[str, Any] = {
    RequiredTerm.PARTIES: _l("Names of the parties"),
    RequiredTerm.PARCELS: _l("Parcels with place, area and boundary"),
    RequiredTerm.TERM: _l("First and last day"),
    RequiredTerm.USE: _l("What the land is used for"),
    RequiredTerm.PRICE_AND_PAYMENT: _l("Price and way of payment"),
    RequiredTerm.END_OF_TERM_TIMBER: _l("What becomes of the trees at the end"),
    RequiredTerm.BREACH: _l("Breach of contract"),
}
TERMED = (Tenure.HOUSEHOLD, Tenure.OTHER_CONTRACT, Tenure.TRANSFERRED)
"""Land held for a time."""


def _held(data: Data, *tenures: str) -> bool:
    held: Collection[str] = data.get("tenures", ())
    return partner(data) and any(tenure in held for tenure in tenures)


def _collective(data: Data) -> bool:
    return _held(data, Tenure.COLLECTIVE_MANAGED)


def _voted(data: Data) -> bool:
    return _collective(data) or (partner(data) and data.get("issued_to_outsider") is True)


CONTRACT_TERMS = Section(
    "contract_terms",
    _l("Contract: rights and approvals"),
    _l("Exclusivity, start, exit and liability; votes and approvals"),
    (
        Q(
            field="exclusive",
            label=_l("Does the partner get exclusive rights?"),
            short=_l("Exclusive rights"),
            kind=Kind.YES_NO,
            asked=partner,
            rules=("R08",),
        ),
        Q(
            field="exclusivity_has_term",
            label=_l("Do the exclusive rights have an end?"),
            short=_l("Exclusive rights have an end"),
            kind=Kind.YES_NO,
            asked=yes("exclusive"),
            rules=("R08",),
        ),
        Q(
            field="exclusivity_has_exit",
            label=_l("Can the owner leave the exclusive arrangement?"),
            short=_l("Way out of exclusive rights"),
            kind=Kind.YES_NO,
            asked=yes("exclusive"),
            rules=("R08",),
        ),
        Q(
            field="start_milestone",
            label=_l("Does the contract say by when work must begin?"),
            short=_l("Time for the start of work"),
            kind=Kind.YES_NO,
            asked=partner,
            rules=("R18",),
        ),
        Q(
            field="start_within_months",
            label=_l("Within how many months must work begin?"),
            short=_l("Work begins within"),
            kind=Kind.INTEGER,
            unit=_l("months"),
            asked=yes("start_milestone"),
            rules=("R18",),
        ),
        Q(
            field="idle_exit",
            label=_l("May the owner leave the contract when nothing is begun?"),
            short=_l("Exit when nothing is begun"),
            kind=Kind.YES_NO,
            asked=partner,
            rules=("R18",),
        ),
        Q(
            field="retransfer",
            label=_l("May the partner pass the rights on to others?"),
            short=_l("Passing on to others"),
            kind=Kind.CHOICE,
            options=RETRANSFERS,
            asked=partner,
            rules=("R19",),
        ),
        Q(
            field="owner_liable",
            label=_l("Does the owner answer for it when the project fails or is not registered?"),
            short=_l("Owner answers for failure"),
            kind=Kind.YES_NO,
            asked=partner,
            rules=("R14",),
        ),
        Q(
            field="owner_may_terminate",
            label=_l("May the owner end the contract when the partner fails or is insolvent?"),
            short=_l("Owner may end the contract"),
            kind=Kind.YES_NO,
            asked=partner,
            rules=("R31",),
        ),
        Q(
            field="penalty_one_sided",
            label=_l("Does only one side pay a penalty for breach?"),
            short=_l("Penalty binds one side only"),
            kind=Kind.YES_NO,
            required=False,
            asked=partner,
            rules=("R30",),
        ),
        Q(
            field="penalty_pct",
            label=_l("Penalty as a share of the estimated loss"),
            kind=Kind.NUMBER,
            places=2,
            unit=_l("per cent"),
            required=False,
            asked=partner,
            rules=("R30",),
        ),
        Q(
            field="price_review",
            label=_l("Is the price reviewed from time to time, or renegotiated when circumstances change?"),
            short=_l("Review of the price"),
            kind=Kind.YES_NO,
            required=False,
            asked=partner,
            rules=("R26",),
        ),
        Q(
            field="terms_present",
            label=_l("Which of these terms does the contract have?"),
            short=_l("Terms the contract has"),
            kind=Kind.CHOICES,
            options=TERMS,
            asked=partner,
            rules=("R33",),
        ),
        Q(
            field="issuer_consent",
            label=_l("If the term outlasts the title: did whoever issued the land agree in writing?"),
            short=_l("Issuer’s consent to a term beyond the title"),
            kind=Kind.YES_NO,
            required=False,
            asked=lambda d: _held(d, *TERMED),
            rules=("R21",),
        ),
        Q(
            field="issued_to_outsider",
            label=_l("Did the collective itself let the land to somebody outside it?"),
            short=_l("Let by the collective to an outsider"),
            kind=Kind.YES_NO,
            required=False,
            asked=lambda d: _held(d, Tenure.OTHER_CONTRACT),
            rules=("R27", "R28"),
        ),
        Q(
            field="partner_outside",
            label=_l("Is the partner from outside the collective?"),
            short=_l("Partner from outside the collective"),
            kind=Kind.YES_NO,
            asked=_collective,
            rules=("R28",),
        ),
        Q(
            field="votes_entitled",
            label=_l("How many members or representatives were entitled to vote?"),
            short=_l("Entitled to vote"),
            kind=Kind.INTEGER,
            most=100_000,
            asked=_voted,
            rules=("R27",),
        ),
        Q(
            field="votes_for",
            label=_l("How many of them voted in favour?"),
            short=_l("Votes in favour"),
            kind=Kind.INTEGER,
            most=100_000,
            nought=True,
            asked=_voted,
            rules=("R27",),
        ),
        Q(
            field="capacity_check",
            label=_l("Were the partner’s credit and capacity checked?"),
            short=_l("Credit and capacity checked"),
            kind=Kind.YES_NO,
            asked=_voted,
            rules=("R28",),
        ),
    ),
)
