"""The words readers see for every closed list: states, roles, actions, places. English msgids; one place for each.

A label is looked up by list and member, because members of different lists may share a word ("registration").
"""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from registry.models.people import OrganisationKind
from workflows import states as w
from workflows.roles import Role

S = w.ProjectState
DASH = "–"


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

BY_NAME: Mapping[str, type[StrEnum]] = {members.__name__: members for members in LABELS}

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

STAGE_LABELS: Mapping[str, LazyString] = {
    S.SUBMITTED: _l("Application"),
    S.METHODOLOGY_SCREENING: _l("Methodology screening"),
    S.RISK_REVIEW: _l("Risk review"),
    S.VALIDATION: _l("Validation and notice"),
    S.REGISTRATION: _l("Registration"),
}

TURNS: Mapping[str, LazyString] = {
    S.DRAFT: _l("Project proponent"),
    S.SUBMITTED: _l("Task force"),
    S.METHODOLOGY_SCREENING: _l("Task force"),
    S.RISK_REVIEW: _l("Leading group"),
    S.VALIDATION: _l("Validation body and task force"),
    S.REGISTRATION: _l("Leading group"),
    S.REGISTERED: _l("Nobody: the project is in the library"),
    S.CORRECTION_REQUESTED: _l("Project proponent"),
    S.SUSPENDED: _l("Task force"),
    S.AMENDMENT_REVIEW: _l("Task force and leading group"),
    **dict.fromkeys(w.ENDED, _l("Nobody: the case has ended")),
}

NEXT_STEPS: Mapping[str, LazyString] = {
    S.DRAFT: _l("Complete every section and submit the application"),
    S.SUBMITTED: _l("The task force decides whether to accept the application"),
    S.METHODOLOGY_SCREENING: _l("Two case officers check and sign every condition of the method"),
    S.RISK_REVIEW: _l("The leading group deliberates on the project and its contract"),
    S.VALIDATION: _l("The validation report is filed and the public notice runs its time"),
    S.REGISTRATION: _l("The leading group decides on entry into the project library"),
    S.REGISTERED: _l("The entry stays in force until it is amended, revoked or closed"),
    S.CORRECTION_REQUESTED: _l("The applicant cures the faults and submits again"),
    S.SUSPENDED: _l("The case goes on where it stood once the reason has gone"),
    S.AMENDMENT_REVIEW: _l("The leading group decides on the amendment; the entry stays valid meanwhile"),
    S.DECLINED: _l("The applicant may ask for reconsideration"),
    S.LAPSED: _l("The answers may be copied into a new application"),
    S.WITHDRAWN: _l("The answers may be copied into a new application"),
    S.REJECTED: _l("The applicant may ask for reconsideration"),
    S.REVOKED: _l("The project is no longer in the library"),
    S.CLOSED: _l("The record stays public"),
}

ACTIONS: Mapping[str, tuple[LazyString, LazyString]] = {
    "submit": (_l("Submit the application"), _l("The application was submitted")),
    "accept": (_l("Accept the application"), _l("The application was accepted")),
    "deem_accepted": (
        _l("Deem the application accepted"),
        _l("The time had passed: the application was deemed accepted"),
    ),
    "decline": (_l("Decline the application"), _l("The application was not accepted")),
    "request_correction": (_l("Ask for corrections"), _l("Corrections were asked for")),
    "resubmit": (_l("Submit the corrections"), _l("The corrections were submitted")),
    "lapse": (_l("Let the application lapse"), _l("The time for corrections had passed: the application lapsed")),
    "pass_screening": (_l("Pass the screening"), _l("The methodology screening was passed")),
    "approve_risk": (_l("Approve the risk review"), _l("The leading group approved the project and its contract")),
    "pass_validation": (_l("Close the validation"), _l("The validation was passed")),
    "register": (_l("Register the project"), _l("The project was entered into the project library")),
    "reject": (_l("Refuse entry"), _l("Entry into the project library was refused")),
    "suspend": (_l("Suspend the case"), _l("The case was suspended")),
    "resume": (_l("Resume the case"), _l("The case was resumed")),
    "withdraw": (_l("Withdraw the application"), _l("The application was withdrawn")),
    "amend": (_l("Submit an amendment"), _l("An amendment was submitted")),
    "decide_amendment": (_l("Decide on the amendment"), _l("The amendment was decided")),
    "withdraw_amendment": (_l("Withdraw the amendment"), _l("The amendment was withdrawn")),
    "find_flaw": (_l("Report a flaw in the procedure"), _l("A flaw in the procedure was found")),
    "reopen": (_l("Reopen the case"), _l("The case was reopened after reconsideration")),
    "revoke": (_l("Revoke the entry"), _l("The entry was revoked")),
    "close": (_l("Close the project"), _l("The project was closed")),
    "answer_condition": (_l("Answer the condition"), _l("Conditions were answered")),
    "sign_screening": (_l("Sign the screening sheet"), _l("The screening sheet was signed")),
    "answer_finding": (_l("Answer the finding"), _l("A finding was answered")),
    "set_parcel_apart": (_l("Set the parcel apart"), _l("A parcel was set apart")),
    "give_legal_opinion": (_l("Give the legal opinion"), _l("The legal opinion was given")),
    "table": (_l("Table the case"), _l("The case was tabled")),
    "untable": (_l("Take the case off the agenda"), _l("The case was taken off the agenda")),
    "vote": (_l("Cast my vote"), _l("A vote was cast")),
    "declare_recusal": (_l("Recuse myself"), _l("A member declared recusal")),
    "file_validation": (_l("File the validation report"), _l("The validation report was filed")),
    "give_environment_opinion": (
        _l("Give the environment opinion"),
        _l("The ecology and environment bureau gave its opinion"),
    ),
    "open_notice": (_l("Open the public notice"), _l("The public notice was opened")),
    "close_notice": (_l("Close the public notice"), _l("The public notice ended")),
    "object": (_l("Submit the objection"), _l("An objection was received")),
    "answer_objection": (_l("Answer the objection"), _l("An objection was answered")),
    "report_condition": (_l("Report the condition as met"), _l("A condition of the approval was reported as met")),
    "confirm_condition": (_l("Confirm the condition"), _l("A condition of the approval was confirmed as met")),
    "ask_extension": (_l("Ask for more time"), _l("More time was asked for")),
    "extend": (_l("Extend the deadline"), _l("The deadline was extended")),
    "request_reconsideration": (_l("Ask for reconsideration"), _l("Reconsideration was asked for")),
    "uphold": (_l("Uphold the decision"), _l("The decision was upheld")),
    "name_validator": (_l("Name the validation body"), _l("The validation body was named")),
    "name_verifier": (_l("Name the verification body"), _l("The verification body was named")),
}
"""Action → (what the button says, what the timeline says)."""

RIGHT_WAYS: Mapping[str, LazyString] = {
    "local_ticket": _l("A new application for a forestry carbon ticket"),
    "other_standard": _l("A new application under another standard"),
    "ccer": _l("A new application for a CCER project"),
    "other": _l("Another body or procedure, named in the reasons"),
    "none": _l("There is none; the reasons say why"),
}
"""Where an applicant whose application is not accepted should turn."""

RECONSIDERED: Mapping[str, LazyString] = {
    "asked": _l("Asked for"),
    "upheld": _l("The decision is upheld"),
    "annulled": _l("The decision is annulled"),
    "changed": _l("The decision is to be changed"),
}
"""Outcomes of a reconsideration."""

DISTRICTS: Mapping[str, LazyString] = {
    "370902": _l("Taishan District"),
    "370911": _l("Daiyue District"),
    "370921": _l("Ningyang County"),
    "370923": _l("Dongping County"),
    "370982": _l("Xintai City"),
    "370983": _l("Feicheng City"),
}
"""The six districts and counties by GB/T 2260 code."""

JURISDICTIONS: Mapping[str, LazyString] = {"370900": _l("Tai’an City"), **DISTRICTS}
"""Where a body decides."""


def _find(
    table: Mapping[type[StrEnum], Mapping[str, LazyString]] | Mapping[type[StrEnum], Mapping[str, str]],
    member: StrEnum | str,
    of: str | type[StrEnum] | None,
) -> LazyString | str | None:
    members = BY_NAME[of] if isinstance(of, str) else of or type(member)
    return table.get(members, {}).get(str(member))  # type: ignore[arg-type]


def label(member: StrEnum | str | None, of: str | type[StrEnum] | None = None) -> str:
    """The reader's word for a member; a bare word from an answer needs its list: `label("state", "Tenure")`.

    Nothing is a dash; a word outside its list is shown as it is.
    """
    if member is None or member == "":
        return DASH
    return str(_find(LABELS, member, of) or member)


def badge_kind(member: StrEnum | str | None, of: str | type[StrEnum] | None = None) -> str:
    """The kind of badge of a word: ok, near, stop, stop full, quiet, or empty for the plain one."""
    return "" if member is None else str(_find(BADGES, member, of) or "")


def action_label(name: str) -> str:
    """What the button of an action says; raises KeyError for an action without words."""
    return str(ACTIONS[name][0])


def happened(name: str) -> str:
    """What the timeline says of an action; one without words is named as it is, so that history never fails."""
    return str(ACTIONS[name][1]) if name in ACTIONS else name.replace("_", " ").capitalize()


def right_way(word: str) -> str:
    """Where an applicant should turn; a word outside the list is shown as it is."""
    return str(RIGHT_WAYS.get(word, word))


def reconsidered(outcome: str) -> str:
    """How far a reconsideration is: asked for, or what came of it."""
    return str(RECONSIDERED[outcome])


def stage_label(stage: str) -> str:
    """The name of one of the five stages, as the rail says it."""
    return str(STAGE_LABELS[stage])


def whose_turn(state: str) -> str:
    """Who holds a case in this state, in words."""
    return str(TURNS[state])


def next_step(state: str) -> str:
    """What comes next in this state, in words."""
    return str(NEXT_STEPS[state])


def district(code: str | None) -> str:
    """The name of a district, county or city by its GB code; nothing is a dash, an unknown code is shown as it is."""
    return str(JURISDICTIONS.get(code, code)) if code else DASH
