"""Rules of a report of completed area (G10–G15): accepted, of its period, from the unit itself, counted once."""

from workflows.facts import CompletionFacts
from workflows.policy import Policy
from workflows.rules.outcome import Said, failed, passed, rule, unknown
from workflows.units import period_of


@rule("G10")
def was_accepted(facts: CompletionFacts, policy: Policy) -> Said:  # noqa: ARG001
    """The acceptance document is on file."""
    read = {"document": facts.document}
    return passed(read) if facts.document else failed(read)


@rule("G11")
def lies_in_a_period(facts: CompletionFacts, policy: Policy) -> Said:  # noqa: ARG001
    """There is a target the year counts towards."""
    read = {"year": facts.year}
    return passed(read) if period_of(facts.year) else failed(read)


@rule("G12")
def lies_behind(facts: CompletionFacts, policy: Policy) -> Said:  # noqa: ARG001
    """What is reported has been done and accepted: neither year nor acceptance lies ahead, and the work came first."""
    read = {"year": facts.year, "accepted_on": facts.accepted, "today_on": facts.on}
    if facts.accepted is None:
        return unknown(read)
    done = facts.year <= facts.accepted.year and facts.accepted <= facts.on
    return passed(read) if done else failed(read)


@rule("G13")
def comes_from_the_unit(facts: CompletionFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Nobody reports for another unit."""
    read = {"own": facts.of_the_unit}
    return passed(read) if facts.of_the_unit else failed(read)


@rule("G14")
def checked_by_another(facts: CompletionFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Whoever confirms belongs to another unit and did not report it."""
    read = {"own": facts.of_the_unit or facts.actor_reported}
    return failed(read) if facts.of_the_unit or facts.actor_reported else passed(read)


@rule("G15")
def counted_once(facts: CompletionFacts, policy: Policy) -> Said:  # noqa: ARG001
    """One report stands for a unit, a year and a kind; another one corrects it."""
    read = {"standing": facts.standing}
    return failed(read) if facts.standing else passed(read)
