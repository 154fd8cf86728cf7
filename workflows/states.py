"""The words of a case: where it stands, what it is for, what a gate asks. Closed lists only."""

from enum import StrEnum

from workflows.site import AgeGroup as AgeGroup
from workflows.site import Burning as Burning
from workflows.site import Fertilising as Fertilising
from workflows.site import ForestOrigin as ForestOrigin
from workflows.site import ForestUse as ForestUse
from workflows.site import LandSetting as LandSetting
from workflows.site import LitterRemoval as LitterRemoval
from workflows.site import Soil as Soil
from workflows.site import Tenure as Tenure
from workflows.site import TitleDocument as TitleDocument


class ProjectState(StrEnum):
    """Where a project's case stands (house.md §2)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    METHODOLOGY_SCREENING = "methodology_screening"
    RISK_REVIEW = "risk_review"
    VALIDATION = "validation"
    REGISTRATION = "registration"
    REGISTERED = "registered"
    CORRECTION_REQUESTED = "correction_requested"
    SUSPENDED = "suspended"
    AMENDMENT_REVIEW = "amendment_review"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    REVOKED = "revoked"
    CLOSED = "closed"


S = ProjectState

STAGES = (S.SUBMITTED, S.METHODOLOGY_SCREENING, S.RISK_REVIEW, S.VALIDATION, S.REGISTRATION)
"""The five stages with a gate, in order."""

OPEN = (S.DRAFT, *STAGES, S.CORRECTION_REQUESTED)
ENDED = (S.DECLINED, S.LAPSED, S.WITHDRAWN, S.REJECTED, S.REVOKED, S.CLOSED)


class Scheme(StrEnum):
    """What a project is registered for."""

    CCER = "ccer"
    LOCAL_TICKET = "local_ticket"
    OTHER_STANDARD = "other_standard"


class Activity(StrEnum):
    """What is done on the land."""

    AFFORESTATION = "afforestation"
    FOREST_MANAGEMENT = "forest_management"
    BAMBOO = "bamboo"
    WETLAND_RESTORATION = "wetland_restoration"
    OTHER = "other"


class GateName(StrEnum):
    """The gates, named after what they close."""

    ACCEPTANCE = "acceptance"
    SCREENING = "screening"
    RISK_REVIEW = "risk_review"
    VALIDATION = "validation"
    REGISTRATION = "registration"


GATE_OF = dict(zip(STAGES, GateName, strict=True))
STAGE_OF = {gate: stage for stage, gate in GATE_OF.items()}


class GateResult(StrEnum):
    """How a gate was closed."""

    PASS = "pass"  # noqa: S105 (a result, not a password)
    PASS_WITH_CONDITIONS = "pass_with_conditions"  # noqa: S105
    DEEMED = "deemed"
    CARRIED = "carried"
    REJECT = "reject"


class Question(StrEnum):
    """What a deliberation is asked."""

    SCREENING = "screening"
    RISK_REVIEW = "risk_review"
    VALIDATION = "validation"
    REGISTRATION = "registration"
    AMENDMENT = "amendment"
    REVOCATION = "revocation"
    SUSPENSION = "suspension"


class Choice(StrEnum):
    """A member's vote."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


class MeetingState(StrEnum):
    """Where a meeting of the leading group stands."""

    PLANNED = "planned"
    IN_SESSION = "in_session"
    HELD = "held"
    MINUTED = "minuted"
    CALLED_OFF = "called_off"


class PeriodKind(StrEnum):
    """What a pilot report is about."""

    QUARTER = "quarter"
    YEAR = "year"


class ReportState(StrEnum):
    """How far a pilot report has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    PUBLISHED = "published"


class ChangeState(StrEnum):
    """Where a change of the policy stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class RecusalGround(StrEnum):
    """Why a member stands aside from a case (公务员法 arts. 76, 77, by analogy)."""

    APPLICANT = "applicant"
    OWN_ORGANISATION = "own_organisation"
    RELATIVES_EMPLOYER = "relatives_employer"
    EARLIER_PART = "earlier_part"
    FLAWED_VOTE = "flawed_vote"
    OTHER_TIE = "other_tie"


class OpinionKind(StrEnum):
    """Whose opinion a case holds."""

    LEGAL = "legal"
    VALIDATION = "validation"
    ENVIRONMENT = "environment"


class Conclusion(StrEnum):
    """What an opinion comes to."""

    FAVOURABLE = "favourable"
    CONDITIONAL = "conditional"
    UNFAVOURABLE = "unfavourable"


class ConditionVerdict(StrEnum):
    """What an officer found on one condition."""

    MET = "met"
    NOT_MET = "not_met"
    CANNOT_TELL = "cannot_tell"


class ObjectionKind(StrEnum):
    """What somebody hands in during a public notice."""

    OBJECTION = "objection"
    COMMENT = "comment"


class ObjectionAbout(StrEnum):
    """What an objection or a comment is about."""

    TENURE = "tenure"
    BOUNDARY = "boundary"
    FACTS = "facts"
    CONTRACT = "contract"
    OTHER = "other"


class ObjectionOutcome(StrEnum):
    """What an officer makes of it."""

    UNFOUNDED = "unfounded"
    FOUNDED = "founded"
    NOTED = "noted"


class Side(StrEnum):
    """Who answers an objection: each in a statement of its own."""

    OFFICER = "officer"
    APPLICANT = "applicant"


class Identity(StrEnum):
    """What tells that two parcels are the same land."""

    TITLE = "title"
    SUBCOMPARTMENT = "subcompartment"
    NAME = "name"


class Severity(StrEnum):
    """How heavy a failed clause weighs."""

    BLOCK = "block"
    LEADING_GROUP = "leading_group"
    WARN = "warn"


class Verdict(StrEnum):
    """What a rule says of the facts."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    MANUAL = "manual"


class Fit(StrEnum):
    """How a method fits a project, best first."""

    FITS = "fits"
    COULD_FIT = "could_fit"
    CANNOT = "cannot"


class Misfit(StrEnum):
    """Why a method does not fit yet, or cannot; heaviest first."""

    CLOSED = "closed"
    NOT_YET_IN_FORCE = "not_yet_in_force"
    NOT_HERE = "not_here"
    ACTIVITY = "activity"
    FINAL = "final"
    NO_WAY = "no_way"
    CURABLE = "curable"
    TO_JUDGE = "to_judge"
    NOT_KNOWN = "not_known"
    ADDITIONALITY_OPEN = "additionality_open"
    ACTIVITY_NOT_KNOWN = "activity_not_known"
    IN_BRIEF = "in_brief"


# Expert panels


class ExpertField(StrEnum):
    """What an expert knows; the order is that in which a draw covers the fields asked for."""

    FORESTRY = "forestry"
    CARBON_ACCOUNTING = "carbon_accounting"
    LAW = "law"
    FINANCE = "finance"
    ECOLOGY = "ecology"
    REMOTE_SENSING = "remote_sensing"
    PEST_FIRE = "pest_fire"
    SOIL_WATER = "soil_water"


class DeliveryWay(StrEnum):
    """How a decision reached the applicant."""

    IN_PERSON = "in_person"
    POST = "post"
    ELECTRONIC = "electronic"
    LEFT = "left"
    ANNOUNCED = "announced"
    CONFIRMED = "confirmed"
    """The applicant said so."""


class Relation(StrEnum):
    """What ties an expert, or a member, to an organisation: the own work, or a near relative's, who is never named."""

    OWN_EMPLOYER = "own_employer"
    FORMER_EMPLOYER = "former_employer"
    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    SIBLING = "sibling"
    OTHER_RELATIVE = "other_relative"


class Bar(StrEnum):
    """Why an expert of the register is left out of a draw."""

    APPLICANT = "applicant"
    MEMBER_OF_PARTY = "member_of_party"
    WORKS_FOR_PARTY = "works_for_party"
    WORKED_FOR_PARTY = "worked_for_party"
    RELATIVE_AT_PARTY = "relative_at_party"
    EARLIER_PART = "earlier_part"
    OTHER_OFFICE = "other_office"
    INCOMPLETE = "incomplete"
    NOT_IN_OFFICE = "not_in_office"
    REFUSED = "refused"


class Advice(StrEnum):
    """What an expert's opinion comes to."""

    ACCEPT = "accept"
    ACCEPT_WITH_CONDITIONS = "accept_with_conditions"
    NOT_ACCEPT = "not_accept"


class PanelResult(StrEnum):
    """How a panel ended; one broken off decides nothing, and another may be drawn."""

    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    BROKEN_OFF = "broken_off"


# Greening


class Greening(StrEnum):
    """What a plan period has a target for."""

    AFFORESTATION = "afforestation"
    QUALITY = "quality"


class CompletionState(StrEnum):
    """Where a report of completed area stands."""

    DRAFT = "draft"
    REPORTED = "reported"
    CONFIRMED = "confirmed"
    RETURNED = "returned"


class PilotState(StrEnum):
    """Where the farm's pilot stands."""

    PLAN = "plan"
    SUBMITTED = "submitted"
    PREPARED = "prepared"
    APPROVED = "approved"
    RUNNING = "running"
    EVALUATED = "evaluated"


class Exploration(StrEnum):
    """The seven fields the plan asks a pilot to explore (五(二))."""

    BUSINESS_MODEL = "business_model"
    TECHNIQUE = "technique"
    MEASUREMENT = "measurement"
    PROJECTS = "projects"
    TRADE = "trade"
    COMPENSATION = "compensation"
    FINANCE = "finance"


class FarmRecordKind(StrEnum):
    """What the farm records."""

    EXPLORATION = "exploration"
    ACTIVITY = "activity"
    PLOT = "plot"
    MEASUREMENT = "measurement"
    TRIAL = "trial"
    LOSS = "loss"
    MONEY = "money"
    SALE = "sale"
    LOAN = "loan"
    LESSON = "lesson"


class Work(StrEnum):
    """What is done in the forest."""

    TENDING = "tending"
    RESTORATION = "restoration"
    REPLANTING = "replanting"
    SPECIES_CHANGE = "species_change"
    AFFORESTATION = "afforestation"
    FIRE_PREVENTION = "fire_prevention"
    PEST_CONTROL = "pest_control"
    TRIAL_WORK = "trial_work"


class LossCause(StrEnum):
    """What took the carbon."""

    FIRE = "fire"
    PEST = "pest"
    FELLING = "felling"
    STORM = "storm"


class MoneyDirection(StrEnum):
    """Whether money comes in or goes out."""

    IN = "money_in"
    OUT = "money_out"
