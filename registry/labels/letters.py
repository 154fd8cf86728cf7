"""The words of letters: what is asked of the reader, in a sentence that makes sense away from the screen."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from registry.labels import action_label

ASKED: Mapping[str, LazyString] = {
    "resubmit": _l("Please cure the faults the notice names, and submit the application again."),
    "name_validator": _l("Please name the body that is to validate the project."),
    "report_condition": _l("Please see to the conditions of the approval, and report each of them once it is met."),
    "vote": _l("Please read the case and cast your vote."),
    "approve_risk": _l("The votes are in. Please close the sitting with the decision."),
    "register": _l("The votes are in. Please close the sitting with the decision."),
    "decide_amendment": _l("The votes are in. Please close the sitting with the decision."),
    "give_legal_opinion": _l("Please give your legal opinion on the project and its contract."),
    "record_delivery": _l("Please see that the decision is delivered, and record the day and the way."),
    "confirm_receipt": _l("Please read the decision, and confirm in the system that you received it."),
    "file_validation": _l("Please validate the project and file your report."),
}
"""Act for which the case waits → what the reader is asked."""


def asked_of_minutes() -> str:
    """What somebody is asked whose confirmation the minutes of a meeting lack."""
    return _("What is asked of you: %(task)s", task=_("Please read the minutes and confirm them."))


def asked(act: str) -> str:
    """What somebody is asked for whom a case waits; an act without a sentence of its own is named."""
    return str(ASKED[act]) if act in ASKED else _("Please open the case: %(what)s.", what=action_label(act))
