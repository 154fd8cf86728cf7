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
    MeetingState,
    Question,
    RecusalGround,
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
    """An open sitting: who is entitled, who is there, what was cast so far, and what is asked of the count.

    `members` are the members entitled: `seats` of the group less `recused`. Quorum and majority are fractions
    (numerator, denominator) fixed when the case was tabled.
    """

    question: Question
    members: int
    recused: int = 0
    attending: int | None = None
    """Members entitled who are in the room; None before the meeting has begun."""
    called: bool = False
    """Who presides has put the question to the vote."""
    cast_for: int = 0
    cast_against: int = 0
    abstained: int = 0
    quorum: tuple[int, int] = (2, 3)
    quorum_min: int = 3
    needs: tuple[int, int] = (1, 2)
    actor_is_elector: bool = False
    actor_has_voted: bool = False
    actor_attends: bool = True
    actor_presides: bool = False
    others_to_speak: int = 0
    """Members in the room, besides the one who acts, who have not given their opinion yet."""

    @property
    def seats(self) -> int:
        """应到 before recusals."""
        return self.members + self.recused

    @property
    def present(self) -> int:
        """Members who have voted."""
        return self.cast_for + self.cast_against + self.abstained


@dataclass(frozen=True, slots=True)
class FoundAside:
    """A member who must stand aside, as the system found it: person, ground, the organisation that ties."""

    user_id: int
    ground: RecusalGround
    organisation_id: int | None = None


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

    legal: Conclusion | None = None
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

    meeting: MeetingState | None = None
    """Of the meeting the open sitting is tabled for, or of the one the act in hand names."""

    # What the act in hand says, where a rule asks for it.
    calling: bool = False
    """The act puts a question to the vote: a quorum is counted in the room, not by votes."""
    named_fits: bool | None = None
    """The member the act names may still be made to stand aside: entitled, without a vote; None: nobody such."""
    names_oneself: bool = False
    found_aside: tuple[FoundAside, ...] = ()
    """Members in whom a tie was found since the case was tabled; they are counted out already."""
    question_fits: bool = True
    """What a sitting is to be asked is a question of this state."""
    flaw_fits: bool | None = None
    """The decision named as flawed stands in this round, and the member named voted in it; None: no such decision."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingFacts:
    """A meeting as the rules see it on the day `on`."""

    on: date
    held_on: date
    items: int = 0
    items_open: int = 0
    """Items of the agenda neither decided nor adjourned."""
    minutes_pages: int = 0
    to_confirm: int = 0
    """Pages of the minutes the person who acts has not confirmed."""
    actor_was_there: bool = False
    heads_missing: int = 0
    """Of those who presided, how many have not confirmed every page."""
    members_missing: int = 0
    """How many more members must confirm, of the item and page that lack most."""
