"""Rules of the public notice: how long it runs, what ends it, and what an objection keeps shut."""

from workflows.facts import ProjectFacts
from workflows.policy import Policy
from workflows.rules.outcome import Said, failed, not_applicable, passed, rule, unknown
from workflows.states import Scheme


@rule("S19")
def no_parcel_in_dispute(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Land whose tenure was objected to does not enter before it is cleared up; the rest may go on without it."""
    read = {"parcels_disputed": facts.parcels_disputed}
    return failed(read) if facts.parcels_disputed else passed(read)


@rule("S19a")
def set_apart_with_cause(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Only a parcel that is in question is set apart, once, and something must be left of the project."""
    read = {"parcel": facts.parcel_in_hand}
    if facts.parcel_in_hand is None:
        return unknown(read)
    return passed(read) if facts.parcel_in_hand == "in_question" else failed(read)


@rule("S59")
def notice_has_run(facts: ProjectFacts, policy: Policy) -> Said:
    """The public notice of the round was opened, ran its days and was ended."""
    days = policy.figure("local_notice_days", facts.on)
    figures = {days.key: days}
    if facts.notice is None:
        return unknown({"last_day": None, "ended": False}, figures)
    read = {"last_day": facts.notice.last_day, "ended": facts.notice.ended}
    return passed(read, figures) if facts.notice.ended else failed(read, figures)


@rule("S60")
def objections_answered(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Officer and applicant have each answered every objection and every comment."""
    read = {"objections_unanswered": facts.objections_unanswered}
    return failed(read) if facts.objections_unanswered else passed(read)


@rule("S61")
def last_day_has_passed(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A notice is ended once, and not before its last day has passed."""
    if facts.notice is None or facts.notice.ended:
        return unknown({"last_day": None})
    read = {"last_day": facts.notice.last_day}
    return passed(read) if facts.notice.over else failed(read)


@rule("S62")
def one_notice_a_round(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A round has one notice; its days are fixed when it is opened."""
    read = {"notice": facts.notice is not None}
    return failed(read) if facts.notice is not None else passed(read)


@rule("S63")
def national_notice_on_record(facts: ProjectFacts, policy: Policy) -> Said:
    """The design document of a CCER project was on national notice for its working days, the first day counted."""
    days = policy.figure("national_notice_days", facts.on)
    read = {"notice_days": facts.national_notice_days}
    if facts.scheme is not Scheme.CCER:
        return not_applicable(read, {days.key: days})
    if facts.national_notice_days is None:
        return unknown(read, {days.key: days})
    enough = facts.national_notice_days >= int(days.number)
    return passed(read, {days.key: days}) if enough else failed(read, {days.key: days})


@rule("S64a")
def notice_still_runs(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Objections and comments are taken while the notice runs, its last day included."""
    if facts.notice is None:
        return unknown({"last_day": None})
    read = {"last_day": facts.notice.last_day}
    return failed(read) if facts.notice.ended or facts.notice.over else passed(read)


@rule("S64b")
def answered_once(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Each side answers an objection once; what was said to the public stays."""
    read = {"objection": facts.objection}
    if facts.objection is None:
        return unknown(read)
    return passed(read) if facts.objection == "open" else failed(read)
