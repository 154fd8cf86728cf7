"""What is known of a case when an act is judged: plain values, read once under the lock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from workflows.states import (
    Activity,
    Conclusion,
    ConditionVerdict,
    GateName,
    LandSetting,
    Question,
    Scheme,
    Tenure,
    TitleDocument,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelFacts:
    """A parcel as the application states it; None = not answered. Area in mu."""

    key: str
    name: str = ""
    district_code: str | None = None
    area_mu: Decimal | None = None
    tenure: Tenure | None = None
    title_document: TitleDocument | None = None
    title_end: date | None = None
    disputed: bool | None = None
    coowner_consent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingFacts:
    """An open sitting: who is entitled, what was cast so far, and what is asked of the count.

    Quorum and majority are fractions (numerator, denominator) fixed at the opening.
    """

    question: Question
    members: int
    cast_for: int = 0
    cast_against: int = 0
    abstained: int = 0
    quorum: tuple[int, int] = (2, 3)
    quorum_min: int = 3
    needs: tuple[int, int] = (1, 2)
    actor_is_elector: bool = False
    actor_has_voted: bool = False

    @property
    def present(self) -> int:
        """Members who have voted."""
        return self.cast_for + self.cast_against + self.abstained


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFacts:
    """The case as the rules see it. `on` is the governing day (house.md §4)."""

    on: date
    round: int = 0
    scheme: Scheme | None = None
    activity: Activity | None = None
    method: str | None = None
    applicant_is_person: bool = False
    land_setting: LandSetting | None = None
    parcels: tuple[ParcelFacts, ...] = ()
    has_partner: bool | None = None

    unanswered: tuple[str, ...] = ()
    """Sections of the application not yet complete."""
    documents_missing: tuple[str, ...] = ()
    """Required kinds of documents not on file."""
    documents_on_file: tuple[str, ...] = ()

    conditions: Mapping[str, Mapping[int, ConditionVerdict]] = field(default_factory=dict)
    """Clause → officer → latest answer, of officers whose signature stands."""
    own_unanswered: tuple[str, ...] = ()
    """Conditions of the method the acting officer has not answered."""
    signatures: frozenset[int] = frozenset()
    actor_has_signed: bool = False
    site_checks: tuple[int, ...] = ()
    """Officers who signed each record of a site check in force."""

    legal: Conclusion | None = None
    legal_working_days: int | None = None
    """Whole working days between sending the complete file for legal review and tabling (today, before it)."""
    legal_time_sufficient: bool = False
    """The reviewer states that the time was enough."""
    validator_named: bool = False
    validation: Conclusion | None = None
    matters: Mapping[str, bool] = field(default_factory=dict)
    environment: Conclusion | None = None

    sitting: SittingFacts | None = None
    available_members: int = 0
    """Members a sitting could be opened with: the group less the parties' own people."""
    gates_passed: frozenset[GateName] = frozenset()
    conditions_open: int = 0
    has_entry: bool = False
    deadline_passed: bool | None = None
    suspended_by_chair: bool | None = None
    reconsideration: str | None = None
    """None, 'asked', or the outcome: 'upheld', 'annulled'."""
    was_reopened: bool = False
    tabled: bool = False
    """An open sitting, whatever it is asked."""
    actor_is_system: bool = False
    actor_is_chair: bool = False

    # What the act in hand says, where a rule asks for it.
    approving: bool = True
    """False where a deliberation refuses an amendment."""
    notice_before: bool = False
    """An earlier round had a correction notice."""
    new_faults: tuple[str, ...] = ()
    """Fields of the notice in hand that were neither named before nor changed since."""
    late_reason_given: bool = False
    unchanged: bool | None = None
    """The round in preparation says what the round in force says: the same answers, the same papers."""
    answered_in_words: bool = False
    """A resubmission answers the correction notice in words."""
    asking: bool = False
    """The act asks (for reconsideration, for a condition to be confirmed) rather than answers."""
    site_check: str | None = None
    """The record of a site check in hand: 'open' to the actor's signature, 'signed' by the actor, or none in force."""
    condition: str | None = None
    """The condition in hand: 'open', 'reported', 'confirmed', or none such."""
    reconsiderers: int = 0
    reconsiderers_with_part: int = 0

    @property
    def collective(self) -> bool:
        """Some land is collectively managed."""
        return any(p.tenure is Tenure.COLLECTIVE_MANAGED for p in self.parcels)

    @property
    def state_land(self) -> bool:
        """Some land is state-owned."""
        return any(p.tenure is Tenure.STATE for p in self.parcels)
