"""Whether the land is the owner's to bring in."""

from collections.abc import Iterable

from workflows.facts import ContractFacts, ParcelFacts, ProjectFacts
from workflows.policy import Policy
from workflows.rules.outcome import Said, failed, passed, rule, unknown
from workflows.states import TitleDocument

CONSENTED = frozenset({"yes", "not_needed"})
REFUSED = "no"


@rule("R20")
def clear_title(facts: ProjectFacts | ContractFacts, policy: Policy) -> Said:  # noqa: ARG001 (every rule is handed the policy)
    """Every parcel has a title document, no dispute, and its co-owners' consent.

    One parcel that fails fails the clause, whatever is still unanswered elsewhere.
    """
    read = {"titles": tuple((p.key, p.title_document, p.disputed, p.coowner_consent) for p in facts.parcels)}
    without_title = [parcel for parcel in facts.parcels if parcel.title_document is TitleDocument.NONE]
    disputed = [parcel for parcel in facts.parcels if parcel.disputed]
    without_consent = [parcel for parcel in facts.parcels if parcel.coowner_consent == REFUSED]
    if without_title or disputed or without_consent:
        return failed(
            {
                **read,
                "without_title": _names(without_title),
                "disputed": _names(disputed),
                "without_consent": _names(without_consent),
            }
        )
    return passed(read) if facts.parcels and all(map(_answered, facts.parcels)) else unknown(read)


def _answered(parcel: ParcelFacts) -> bool:
    return parcel.title_document is not None and parcel.disputed is not None and parcel.coowner_consent in CONSENTED


def _names(parcels: Iterable[ParcelFacts]) -> tuple[str, ...]:
    return tuple(parcel.name or parcel.key for parcel in parcels)
