"""No land twice: an area stands in one project for one time (plan 4(2); domain.md S20)."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflows.facts import Overlap, ProjectFacts
from workflows.policy import Policy
from workflows.rules.outcome import Said, failed, passed, rule, unknown
from workflows.states import Identity, TitleDocument


@rule("S20")
def land_of_no_other_project(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """No other project has the same title document, sub-compartment or parcel of a village for some of the same time.

    Nobody passes it by hand: the parcel is set apart, the answer is corrected, or the other project ends. A name is
    that of one village: where a parcel does not say its village, it cannot be told.
    """
    same_land = [o for o in facts.overlaps if o.sure]
    if same_land:
        return failed(_named(same_land))
    return unknown(_named(facts.overlaps)) if facts.overlaps else passed(_named(()))


def _named(found: Sequence[Overlap]) -> dict[str, object]:
    """Projects, parcels, and the area of these parcels, each once."""
    area = {o.parcel_key: o.area_mu for o in found}
    return {
        "overlaps": tuple(dict.fromkeys(o.number for o in found)),
        "parcels": tuple(dict.fromkeys(o.parcel for o in found)),
        "overlap_area_mu": sum(area.values(), Decimal(0)),
    }


# What tells that two parcels are the same land --------------------------------------------------------

WHOLE_CODE = 12
"""Signs from which on a sub-compartment code is whole: a shorter one is unique in its village only."""
CERTIFICATES = frozenset(
    {
        TitleDocument.REAL_ESTATE_CERTIFICATE,
        TitleDocument.FOREST_RIGHT_CERTIFICATE,
        TitleDocument.LAND_CERTIFICATE,
    }
)
"""Papers whose number is one of its kind in the country; a contract's is one of its village."""


@dataclass(frozen=True, slots=True)
class Known:
    """A parcel by one of its marks. `place` "" means anywhere; `village` "" means not known."""

    kind: Identity
    value: str
    place: str = ""
    village: str = ""


def identities(parcel: Mapping[str, object]) -> tuple[Known, ...]:
    """Every way to recognise a parcel of the answers."""
    district, village = str(parcel.get("district_code") or "")[:6], plain(parcel.get("village"))[:100]
    title, code, name = (plain(parcel.get(k))[:120] for k in ("title_number", "subcompartment", "name"))
    found = []
    if title:
        whole = parcel.get("title_document") in CERTIFICATES
        found.append(Known(Identity.TITLE, title) if whole else Known(Identity.TITLE, title, district, village))
    if code:
        whole = len(code) >= WHOLE_CODE
        here = Known(Identity.SUBCOMPARTMENT, code, district, village)
        found.append(Known(Identity.SUBCOMPARTMENT, code) if whole else here)
    if name:
        found.append(Known(Identity.NAME, name, district, village))
    return tuple(found)


def plain(word: object) -> str:
    """A word as it is compared: full-width signs made plain, no spaces, brackets or hyphens, small letters."""
    return "".join(c for c in unicodedata.normalize("NFKC", str(word or "")).casefold() if c.isalnum())


def same(one: Known, other: Known) -> bool:
    """Whether two marks are of the same land, as far as they tell."""
    if (one.kind, one.value, one.place) != (other.kind, other.value, other.place):
        return False
    return one.village == other.village or not one.village or not other.village


def surely(one: Known, other: Known) -> bool:
    """Whether two marks that are the same are of one village, or need none."""
    return not one.place or (bool(one.village) and one.village == other.village)
