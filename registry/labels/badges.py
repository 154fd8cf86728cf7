"""Which badge a word of a closed list carries: its colour and shape."""

from collections.abc import Mapping
from enum import StrEnum

from registry.labels.lists import Due, Running
from registry.models.mail import MailStatus
from workflows import states as w
from workflows.inventory import InventoryState

S = w.ProjectState

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
    InventoryState: {
        InventoryState.IMPORTING: "near",
        InventoryState.COMPLETE: "ok",
        InventoryState.FAILED: "stop",
    },
    w.PilotState: {
        w.PilotState.PLAN: "quiet",
        w.PilotState.SUBMITTED: "near",
        w.PilotState.PREPARED: "near",
        w.PilotState.APPROVED: "ok",
        w.PilotState.RUNNING: "ok",
        w.PilotState.EVALUATED: "quiet",
    },
    w.ChangeState: {
        w.ChangeState.DRAFT: "quiet",
        w.ChangeState.PROPOSED: "near",
        w.ChangeState.CONFIRMED: "ok",
        w.ChangeState.REFUSED: "quiet",
        w.ChangeState.WITHDRAWN: "quiet",
    },
    w.ReportState: {
        w.ReportState.DRAFT: "quiet",
        w.ReportState.SUBMITTED: "near",
        w.ReportState.RETURNED: "near",
        w.ReportState.REVIEWED: "near",
        w.ReportState.APPROVED: "near",
        w.ReportState.PUBLISHED: "ok",
    },
    w.CompletionState: {
        w.CompletionState.DRAFT: "quiet",
        w.CompletionState.REPORTED: "near",
        w.CompletionState.CONFIRMED: "ok",
        w.CompletionState.RETURNED: "near",
    },
    w.Choice: {w.Choice.FOR: "ok", w.Choice.AGAINST: "stop", w.Choice.ABSTAIN: "quiet"},
    w.Conclusion: {
        w.Conclusion.FAVOURABLE: "ok",
        w.Conclusion.CONDITIONAL: "near",
        w.Conclusion.UNFAVOURABLE: "stop",
    },
    w.Advice: {
        w.Advice.ACCEPT: "ok",
        w.Advice.ACCEPT_WITH_CONDITIONS: "near",
        w.Advice.NOT_ACCEPT: "stop",
    },
    w.PanelResult: {
        w.PanelResult.ACCEPTED: "ok",
        w.PanelResult.NOT_ACCEPTED: "stop",
        w.PanelResult.BROKEN_OFF: "quiet",
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
    w.Fit: {w.Fit.FITS: "ok", w.Fit.COULD_FIT: "near", w.Fit.CANNOT: "quiet"},
    MailStatus: {MailStatus.SENT: "ok", MailStatus.FAILED: "stop", MailStatus.UNCLEAR: "near"},
    w.ObjectionOutcome: {
        w.ObjectionOutcome.UNFOUNDED: "ok",
        w.ObjectionOutcome.FOUNDED: "stop",
        w.ObjectionOutcome.NOTED: "quiet",
    },
    Running: {
        Running.OPEN: "ok",
        Running.DISPUTED: "near",
        Running.RUN_OUT: "near",
        Running.ENDED: "quiet",
        Running.STOPPED: "quiet",
    },
    Due: {Due.ON_TIME: "ok", Due.SOON: "near", Due.OVERDUE: "stop full", Due.STOPPED: "quiet"},
}
"""The kind of badge of a word; a member not named here has the plain badge."""
