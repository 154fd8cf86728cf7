"""Rules of the minutes of a meeting (domain.md §6, S29): who confirms them, and when they are issued."""

from workflows.facts import MeetingFacts
from workflows.policy import Policy
from workflows.rules.outcome import Said, failed, passed, rule, unknown


@rule("S29")
def minutes_confirmed(facts: MeetingFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Every page is confirmed by whoever presided, and by two members of each item."""
    read = {"heads_missing": facts.heads_missing, "members_missing": facts.members_missing}
    if not facts.minutes_pages:
        return unknown(read)
    return failed(read) if facts.heads_missing or facts.members_missing else passed(read)


@rule("S74")
def confirms_who_was_there(facts: MeetingFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Only who was at the meeting confirms, and each page once."""
    read = {"was_there": facts.actor_was_there, "to_confirm": facts.to_confirm}
    if not facts.minutes_pages:
        return unknown(read)
    return passed(read) if facts.actor_was_there and facts.to_confirm else failed(read)
