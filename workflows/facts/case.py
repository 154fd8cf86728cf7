"""What is known of a case when an act is judged: plain values, read once under the lock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from workflows.facts.contract import ContractFacts
from workflows.facts.land import ParcelFacts
from workflows.facts.site import SiteFacts
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
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFacts:
    """The public notice of the present round. `over`: its last day has passed; `ended`: an officer has closed it."""

    last_day: date
    over: bool = False
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Another project on the same land for some of the same time; its number, and this case's parcel.

    `sure` False: a mark of one village agrees, and one of the two parcels does not say its village.
    """

    number: str
    parcel_key: str
    parcel: str
    area_mu: Decimal
    sure: bool = True


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
    presides: int | None = None
    """Who presides; None: nobody in the room may."""
    has_head: bool = True
    """A chair or deputy is entitled, in the room or not."""
    others_to_speak: int = 0
    """Members in the room, besides the one who acts, who have not given their opinion yet."""
    yet_to_speak: int = 0
    """Members in the room who have not."""

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
class ClockFacts:
    """The clock that an act asks or gives more time for; `over`: its last day has passed."""

    kind: str
    extended: bool = False
    asked: bool = False
    refused: bool = False
    over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelFacts:
    """The round's expert panel, at work or counted (one broken off counts for nothing).

    Shares are fractions (numerator, denominator) fixed at the draw.
    """

    size: int
    minimum: int = 5
    outside_share: tuple[int, int] = (2, 3)
    needs: tuple[int, int] = (1, 2)
    seats: int = 0
    """Experts who sit on it now."""
    outside: int = 0
    barred: int = 0
    """Of these, experts with a tie to a party that the draw did not know."""
    in_favour: int = 0
    against: int = 0
    counted: bool = False
    actor_sits: bool = False
    actor_has_given: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFacts:
    """The case as the rules see it. `on` is the governing day (house.md §4)."""

    on: date
    round: int = 0
    scheme: Scheme | None = None
    activity: Activity | None = None
    method: str | None = None
    applicant_is_person: bool = False
    revoked_on: date | None = None
    """The last day an entry of the same applicant was revoked, in another case."""
    land_setting: LandSetting | None = None
    parcels: tuple[ParcelFacts, ...] = ()
    site: SiteFacts | None = None
    """What the conditions of a method ask; None where nobody has read it."""
    has_partner: bool | None = None
    contract: ContractFacts | None = None
    """The partnership contract; None: nobody has filled it in."""

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
    seats_changed: bool = False
    """On the day of the meeting the group has other members, or other heads, than when the case was tabled."""
    agenda_item: int | None = None
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
    # The public notice, and the land of others.
    notice: NoticeFacts | None = None
    national_notice_days: int | None = None
    """Working days of the national notice on record, its first day counted; None where none is recorded."""
    objections_unanswered: int = 0
    """Objections and comments, of whatever round, that officer or applicant has not answered."""
    parcels_disputed: tuple[str, ...] = ()
    """Names of parcels whose tenure was objected to, until an officer has found nothing in it or they are set apart."""
    parcels_apart: tuple[str, ...] = ()
    """Names of parcels set apart; `parcels` are those left."""
    overlaps: tuple[Overlap, ...] = ()
    objection: str | None = None
    """The objection in hand, as the side that acts stands to it: 'open', 'answered', or none such."""
    parcel_in_hand: str | None = None
    """The parcel to be set apart: 'sound', 'in_question', 'last', or none such."""
    verifier_part: str | None = None
    """What the body to be named did in the project: 'validated', 'designed', or nothing."""

    asking: bool = False
    """The act asks (for reconsideration, for a condition to be confirmed) rather than answers."""
    site_check: str | None = None
    """The record of a site check in hand: 'open' to the actor's signature, 'signed' by the actor, or none in force."""
    condition: str | None = None
    """The condition in hand: 'open', 'reported', 'confirmed', or none such."""
    # What the clocks say of the act in hand.
    clock: ClockFacts | None = None
    reminder_due: bool | None = None
    recount_due: bool | None = None
    conditions_overdue: int = 0
    undelivered: bool = False
    """A decision has not reached the applicant yet, as far as is on record."""
    delivery_fits: bool = True
    """The day of delivery in hand is neither before the decision nor to come."""
    asked_late: bool = False
    """The time to ask for reconsideration has passed."""
    reconsiderers: int = 0
    reconsiderers_with_part: int = 0

    # Expert panels.
    argued: bool = False
    """The application argues additionality instead of claiming an exemption."""
    panel: PanelFacts | None = None
    panel_size: int | None = None
    """What the draw in hand asks for."""
    experts_free: int = 0
    """Experts of the register whom nothing bars from the draw in hand."""
    experts_outside: int = 0
    independent: bool | None = None
    """Whether the opinion in hand declares independence; None: there is none in hand."""
    closing_reason: bool = False

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
