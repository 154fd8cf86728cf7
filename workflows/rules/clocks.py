"""Rules of the clocks: more time is asked for and given once, people are reminded once, a date follows the notice."""

from workflows.facts import ProjectFacts
from workflows.policy import Policy
from workflows.rules.outcome import Said, failed, not_applicable, passed, rule, unknown


@rule("S21")
def reminded_in_time(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A reminder is sent on its day, and once."""
    read = {"reminder_due": facts.reminder_due}
    if facts.reminder_due is None:
        return unknown(read)
    return passed(read) if facts.reminder_due else failed(read)


@rule("S51")
def asks_once_in_time(facts: ProjectFacts, policy: Policy) -> Said:
    """The applicant asks for more time before the window closes, and once."""
    figures = policy.figures_of("S51", facts.on)
    if facts.clock is None:
        return unknown({"clock": None}, figures)
    clock = facts.clock
    read = {"asked": clock.asked, "extended": clock.extended, "over": clock.over}
    return failed(read, figures) if clock.asked or clock.extended or clock.over else passed(read, figures)


@rule("S52")
def extended_once(facts: ProjectFacts, policy: Policy) -> Said:
    """A clock is extended once; the window for corrections only where the applicant asked, and no answer was given."""
    figures = policy.figures_of("S52", facts.on)
    if facts.clock is None:
        return unknown({"clock": None}, figures)
    clock = facts.clock
    read = {"extended": clock.extended, "asked": clock.asked, "refused": clock.refused}
    unasked = clock.kind == "correction" and (not clock.asked or clock.refused)
    return failed(read, figures) if clock.extended or unasked else passed(read, figures)


@rule("S53")
def counted_again(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A date is counted again where the calendar says otherwise now."""
    read = {"recount_due": facts.recount_due}
    if facts.recount_due is None:
        return unknown(read)
    return passed(read) if facts.recount_due else failed(read)


@rule("S54")
def conditions_met_before_going_on(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """What the clock suspended for conditions not met goes on once they are."""
    read = {"conditions_overdue": facts.conditions_overdue}
    if facts.suspended_by_chair is None:
        return not_applicable(read)
    return failed(read) if facts.conditions_overdue else passed(read)


@rule("S77")
def delivered_once(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A decision that has not been delivered is, on a day between the decision and today."""
    read = {"undelivered": facts.undelivered}
    if not facts.undelivered:
        return unknown(read)
    return passed(read) if facts.delivery_fits else failed(read)
