"""Rules of the side ways: corrections, pauses, withdrawal, amendment, reconsideration, the clock's own acts."""

from workflows.facts import ProjectFacts
from workflows.policy import Policy
from workflows.rules.outcome import Said, failed, not_applicable, passed, rule, unknown


@rule("S02")
def faults_told_at_once(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A later notice names only faults of the earlier one not cured, or brought in by the resubmission.

    Anything else needs the chair's written reason (行政许可法 art. 32 by analogy).
    """
    read = {"new_faults": facts.new_faults, "reason_given": facts.late_reason_given}
    if not facts.notice_before or not facts.new_faults:
        return passed(read)
    return passed(read) if facts.late_reason_given else failed(read)


@rule("S50")
def says_something_new(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A later submission changes something, or answers the notice in words; else there is nothing to judge."""
    read = {"unchanged": facts.unchanged, "answered_in_words": facts.answered_in_words}
    if facts.unchanged is None:
        return unknown(read)
    return failed(read) if facts.unchanged and not facts.answered_in_words else passed(read)


@rule("S40")
def deadline_has_passed(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """What the system does by the clock waits for the clock; without one it is unknown."""
    read = {"deadline_passed": facts.deadline_passed}
    if not facts.actor_is_system:
        return not_applicable(read)
    if facts.deadline_passed is None:
        return unknown(read)
    return passed(read) if facts.deadline_passed else failed(read)


@rule("S42")
def resumed_by_whoever_suspended(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Where the chair suspended, the chair resumes."""
    read = {"suspended_by_chair": facts.suspended_by_chair}
    return failed(read) if facts.suspended_by_chair and not facts.actor_is_chair else passed(read)


@rule("S43")
def not_tabled(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A case on the agenda of an open sitting is neither withdrawn nor amended."""
    read = {"tabled": facts.tabled}
    return failed(read) if facts.tabled else passed(read)


@rule("S44")
def has_an_entry(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Only an entry of the library is revoked, or closed by the clock."""
    read = {"has_entry": facts.has_entry}
    return passed(read) if facts.has_entry else failed(read)


@rule("S45")
def has_no_entry(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """An entry is not withdrawn: it is closed or revoked."""
    read = {"has_entry": facts.has_entry}
    return failed(read) if facts.has_entry else passed(read)


@rule("S46")
def reconsideration_open(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Asked for once a decision, in time, and answered once; a case is reopened once."""
    read = {"asked": facts.reconsideration, "reopened": facts.was_reopened, "asked_late": facts.asked_late}
    if facts.was_reopened:
        return failed(read)
    if facts.asking:
        return failed(read) if facts.reconsideration or facts.asked_late else passed(read)
    return passed(read) if facts.reconsideration == "asked" else failed(read)


@rule("S24")
def reconsidered_by_others(facts: ProjectFacts, policy: Policy) -> Said:
    """Three people who neither voted, signed nor handled the case reconsider it."""
    needed = policy.figure("reconsideration_people", facts.on)
    read = {"people": facts.reconsiderers, "had_part": facts.reconsiderers_with_part}
    enough = facts.reconsiderers == int(needed.number) and not facts.reconsiderers_with_part
    return passed(read, {needed.key: needed}) if enough else failed(read, {needed.key: needed})


@rule("S49")
def condition_in_turn(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A condition is reported while open, and confirmed once reported."""
    read = {"condition": facts.condition}
    turn = ("open", "reported") if facts.asking else ("reported",)
    return passed(read) if facts.condition in turn else failed(read)
