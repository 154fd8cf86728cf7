"""The words, and the badges, of the members of every closed list."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from registry.models.people import OrganisationKind
from workflows import states as w
from workflows.roles import Role

S = w.ProjectState


class Due(StrEnum):
    """How a deadline stands."""

    ON_TIME = "on_time"
    SOON = "soon"
    OVERDUE = "overdue"
    STOPPED = "stopped"


LABELS: Mapping[type[StrEnum], Mapping[str, LazyString]] = {
    S: {
        S.DRAFT: _l("Draft"),
        S.SUBMITTED: _l("Submitted"),
        S.METHODOLOGY_SCREENING: _l("In methodology screening"),
        S.RISK_REVIEW: _l("In risk review"),
        S.VALIDATION: _l("In validation"),
        S.REGISTRATION: _l("Entry being decided"),
        S.REGISTERED: _l("Registered"),
        S.CORRECTION_REQUESTED: _l("Corrections requested"),
        S.SUSPENDED: _l("Suspended"),
        S.AMENDMENT_REVIEW: _l("Amendment under review"),
        S.DECLINED: _l("Not accepted"),
        S.LAPSED: _l("Lapsed"),
        S.WITHDRAWN: _l("Withdrawn"),
        S.REJECTED: _l("Entry refused"),
        S.REVOKED: _l("Revoked"),
        S.CLOSED: _l("Closed"),
    },
    w.Scheme: {
        w.Scheme.CCER: _l("CCER"),
        w.Scheme.LOCAL_TICKET: _l("Forestry carbon ticket"),
        w.Scheme.OTHER_STANDARD: _l("Other standard"),
    },
    w.Activity: {
        w.Activity.AFFORESTATION: _l("Afforestation"),
        w.Activity.FOREST_MANAGEMENT: _l("Forest management"),
        w.Activity.BAMBOO: _l("Bamboo forest management"),
        w.Activity.WETLAND_RESTORATION: _l("Wetland restoration"),
        w.Activity.OTHER: _l("Other activity"),
    },
    w.GateName: {
        w.GateName.ACCEPTANCE: _l("Acceptance"),
        w.GateName.SCREENING: _l("Methodology screening"),
        w.GateName.RISK_REVIEW: _l("Risk review"),
        w.GateName.VALIDATION: _l("Validation and notice"),
        w.GateName.REGISTRATION: _l("Decision on entry"),
    },
    w.GateResult: {
        w.GateResult.PASS: _l("Passed"),
        w.GateResult.PASS_WITH_CONDITIONS: _l("Passed with conditions"),
        w.GateResult.DEEMED: _l("Deemed accepted"),
        w.GateResult.CARRIED: _l("Carried over from an earlier round"),
        w.GateResult.REJECT: _l("Refused"),
    },
    w.Question: {
        w.Question.SCREENING: _l("Methodology screening"),
        w.Question.RISK_REVIEW: _l("Project and contract risk"),
        w.Question.VALIDATION: _l("Validation and notice"),
        w.Question.REGISTRATION: _l("Entry into the project library"),
        w.Question.AMENDMENT: _l("Amendment of a registered project"),
        w.Question.REVOCATION: _l("Revocation of an entry"),
        w.Question.SUSPENSION: _l("Suspension of a registered project"),
    },
    w.Choice: {
        w.Choice.FOR: _l("In favour"),
        w.Choice.AGAINST: _l("Against"),
        w.Choice.ABSTAIN: _l("Abstained"),
    },
    w.MeetingState: {
        w.MeetingState.PLANNED: _l("Planned"),
        w.MeetingState.IN_SESSION: _l("In session"),
        w.MeetingState.HELD: _l("Held, minutes to be confirmed"),
        w.MeetingState.MINUTED: _l("Minutes issued"),
        w.MeetingState.CALLED_OFF: _l("Called off"),
    },
    w.RecusalGround: {
        w.RecusalGround.APPLICANT: _l("Is the applicant"),
        w.RecusalGround.OWN_ORGANISATION: _l("Belongs to an organisation that is a party"),
        w.RecusalGround.RELATIVES_EMPLOYER: _l("A near relative works for a party"),
        w.RecusalGround.EARLIER_PART: _l("Gave an opinion on the case earlier, or handled it"),
        w.RecusalGround.FLAWED_VOTE: _l("Should have stood aside from the earlier vote"),
        w.RecusalGround.OTHER_TIE: _l("Another tie that may sway the judgement"),
    },
    w.Tenure: {
        w.Tenure.STATE: _l("State land"),
        w.Tenure.COLLECTIVE_MANAGED: _l("Collective land, managed by the collective"),
        w.Tenure.HOUSEHOLD: _l("Household contract"),
        w.Tenure.OTHER_CONTRACT: _l("Contract by other means"),
        w.Tenure.TRANSFERRED: _l("Obtained by transfer"),
        w.Tenure.PRIVATE_PLOT: _l("Private hill plot"),
    },
    w.TitleDocument: {
        w.TitleDocument.REAL_ESTATE_CERTIFICATE: _l("Real-estate certificate"),
        w.TitleDocument.FOREST_RIGHT_CERTIFICATE: _l("Forest right certificate"),
        w.TitleDocument.LAND_CERTIFICATE: _l("Land certificate"),
        w.TitleDocument.CONTRACT: _l("Land contract"),
        w.TitleDocument.TRANSFER_CONTRACT: _l("Transfer contract"),
        w.TitleDocument.NONE: _l("No title document"),
    },
    w.LandSetting: {
        w.LandSetting.FOREST_LAND: _l("Land planned for forestry"),
        w.LandSetting.CORRIDOR: _l("Along roads, railways or rivers"),
        w.LandSetting.FOUR_SIDES: _l("Beside villages, houses, roads or water"),
        w.LandSetting.URBAN_INDUSTRIAL: _l("Urban or industrial land"),
        w.LandSetting.WETLAND: _l("Wetland"),
        w.LandSetting.OTHER: _l("Other land"),
    },
    w.ForestUse: {
        w.ForestUse.PROTECTION: _l("Protection forest"),
        w.ForestUse.SPECIAL_PURPOSE: _l("Special-purpose forest"),
        w.ForestUse.TIMBER: _l("Timber forest"),
        w.ForestUse.ENERGY: _l("Energy forest"),
        w.ForestUse.ECONOMIC: _l("Economic forest"),
    },
    w.OpinionKind: {
        w.OpinionKind.LEGAL: _l("Legal opinion"),
        w.OpinionKind.VALIDATION: _l("Validation report"),
        w.OpinionKind.ENVIRONMENT: _l("Ecology and environment bureau’s opinion"),
    },
    w.Conclusion: {
        w.Conclusion.FAVOURABLE: _l("Favourable"),
        w.Conclusion.CONDITIONAL: _l("Favourable with conditions"),
        w.Conclusion.UNFAVOURABLE: _l("Not favourable"),
    },
    w.ConditionVerdict: {
        w.ConditionVerdict.MET: _l("Met"),
        w.ConditionVerdict.NOT_MET: _l("Not met"),
        w.ConditionVerdict.CANNOT_TELL: _l("Cannot tell"),
    },
    w.Severity: {
        w.Severity.BLOCK: _l("Block"),
        w.Severity.LEADING_GROUP: _l("For the leading group"),
        w.Severity.WARN: _l("Note"),
    },
    w.Verdict: {
        w.Verdict.PASS: _l("Pass"),
        w.Verdict.FAIL: _l("Fail"),
        w.Verdict.UNKNOWN: _l("Unknown"),
        w.Verdict.NOT_APPLICABLE: _l("Not applicable"),
        w.Verdict.MANUAL: _l("To be judged by officers"),
    },
    Role: {
        Role.PROPONENT: _l("Project proponent"),
        Role.AGENT: _l("Agent"),
        Role.CASE_OFFICER: _l("Case officer"),
        Role.SECRETARY: _l("Secretary of the task force"),
        Role.LEGAL_REVIEWER: _l("Legal reviewer"),
        Role.EXPERT: _l("Expert"),
        Role.VVB: _l("Validation and verification body"),
        Role.ECO_ENV: _l("Ecology and environment bureau"),
        Role.MEMBER: _l("Leading group member"),
        Role.DEPUTY_CHAIR: _l("Deputy chair of the leading group"),
        Role.CHAIR: _l("Chair of the leading group"),
        Role.SUPERVISOR: _l("Supervisor"),
        Role.FARM_REPORTER: _l("Forest farm reporter"),
        Role.DISTRICT_REPORTER: _l("District reporter"),
        Role.AUDITOR: _l("Auditor"),
        Role.ADMINISTRATOR: _l("System administrator"),
        Role.PUBLIC: _l("Member of the public"),
        Role.SYSTEM: _l("The system"),
    },
    OrganisationKind: {
        OrganisationKind.GOVERNMENT: _l("Government body"),
        OrganisationKind.FOREST_FARM: _l("State forest farm"),
        OrganisationKind.COLLECTIVE: _l("Collective economic organisation"),
        OrganisationKind.ENTERPRISE: _l("Enterprise"),
        OrganisationKind.VVB: _l("Validation and verification body"),
        OrganisationKind.INSTITUTE: _l("Institute"),
        OrganisationKind.LAW_FIRM: _l("Law firm"),
        OrganisationKind.OTHER: _l("Other organisation"),
    },
    Due: {
        Due.ON_TIME: _l("On time"),
        Due.SOON: _l("Due soon"),
        Due.OVERDUE: _l("Overdue"),
        Due.STOPPED: _l("Clock stopped"),
    },
}

BADGES: Mapping[type[StrEnum], Mapping[str, str]] = {
    S: {
        S.DRAFT: "quiet",
        S.CORRECTION_REQUESTED: "near",
        S.SUSPENDED: "near",
        S.REGISTERED: "ok",
        S.LAPSED: "quiet",
        S.WITHDRAWN: "quiet",
        S.CLOSED: "quiet",
        S.DECLINED: "stop",
        S.REJECTED: "stop",
        S.REVOKED: "stop",
    },
    w.GateResult: {
        w.GateResult.PASS: "ok",
        w.GateResult.PASS_WITH_CONDITIONS: "near",
        w.GateResult.DEEMED: "ok",
        w.GateResult.CARRIED: "ok",
        w.GateResult.REJECT: "stop",
    },
    w.MeetingState: {
        w.MeetingState.PLANNED: "",
        w.MeetingState.IN_SESSION: "near",
        w.MeetingState.HELD: "near",
        w.MeetingState.MINUTED: "ok",
        w.MeetingState.CALLED_OFF: "quiet",
    },
    w.Choice: {w.Choice.FOR: "ok", w.Choice.AGAINST: "stop", w.Choice.ABSTAIN: "quiet"},
    w.Conclusion: {
        w.Conclusion.FAVOURABLE: "ok",
        w.Conclusion.CONDITIONAL: "near",
        w.Conclusion.UNFAVOURABLE: "stop",
    },
    w.ConditionVerdict: {
        w.ConditionVerdict.MET: "ok",
        w.ConditionVerdict.NOT_MET: "stop",
        w.ConditionVerdict.CANNOT_TELL: "near",
    },
    w.Severity: {w.Severity.BLOCK: "stop full", w.Severity.LEADING_GROUP: "near", w.Severity.WARN: "quiet"},
    w.Verdict: {
        w.Verdict.PASS: "ok",
        w.Verdict.FAIL: "stop",
        w.Verdict.UNKNOWN: "quiet",
        w.Verdict.NOT_APPLICABLE: "quiet",
        w.Verdict.MANUAL: "near",
    },
    Due: {Due.ON_TIME: "ok", Due.SOON: "near", Due.OVERDUE: "stop full", Due.STOPPED: "quiet"},
}
"""The kind of badge of a word; a member not named here has the plain badge."""
