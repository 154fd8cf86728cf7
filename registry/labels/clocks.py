"""The words of the clocks: what runs, what stops it, and what a reminder says."""

from collections.abc import Mapping

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from registry.labels.lists import Due
from workflows.clocks import ClockKind as K
from workflows.clocks import Reminder

CLOCKS: Mapping[K, LazyString] = {
    K.ACCEPTANCE: _l("Acceptance"),
    K.CORRECTION: _l("Corrections"),
    K.RISK_DECISION: _l("Decision on the risk review"),
    K.VALIDATION: _l("National time for the validation report"),
    K.PUBLIC_NOTICE: _l("Public notice"),
    K.OBJECTION: _l("Answer to an objection"),
    K.REGISTRATION_DECISION: _l("Decision on entry"),
    K.DELIVERY: _l("Delivery of the decision"),
    K.RECONSIDERATION_ASK: _l("Asking for reconsideration"),
    K.RECONSIDERATION_ANSWER: _l("Answer to the reconsideration"),
    K.CONDITION: _l("Condition of the approval"),
    K.CREDITING: _l("End of the crediting period"),
}
STOPPED: Mapping[str, LazyString] = {
    "suspend": _l("The clock stands still: the case is suspended"),
    "request_correction": _l("The clock stands still: the applicant makes corrections"),
    "draw_panel": _l("The clock stands still: an expert panel reviews the case"),
    "no_quorum": _l("The clock stands still: the meeting had no quorum"),
    "object": _l("The clock stands still: an objection is being answered"),
    "find_flaw": _l("The clock stands still: the decision has a procedural flaw and no effect"),
}
"""Act that stopped a clock → why it stands still."""

REMINDERS: Mapping[Reminder, LazyString] = {
    Reminder.HALF: _l("%(clock)s: half of the time has passed, the last day is %(day)s"),
    Reminder.NEAR: _l("%(clock)s: three working days are left, the last day is %(day)s"),
    Reminder.DUE: _l("%(clock)s: today is the last day (%(day)s)"),
    Reminder.OVERDUE: _l("%(clock)s: overdue, the last day was %(day)s"),
}


def clock(word: str) -> str:
    """The name of a clock; a word outside the list is shown as it is."""
    return str(CLOCKS[K(word)]) if word in set(K) else word


def stopped(act: str) -> str:
    """Why a clock stands still."""
    return str(STOPPED.get(act) or gettext("The clock stands still"))


def reminder(kind: str, of: str, day: str) -> str:
    """What a reminder says."""
    return str(REMINDERS[Reminder(kind)]) % {"clock": clock(of), "day": day}


def standing(*, overdue: bool, near: bool, stopped: bool) -> Due:
    """How a deadline stands, as a badge says it."""
    return Due.STOPPED if stopped else Due.OVERDUE if overdue else Due.SOON if near else Due.ON_TIME
