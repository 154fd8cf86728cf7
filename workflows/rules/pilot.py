"""Rules of the farm's pilot (P01–P04): aims in all fields, approved by another, begun and evaluated in its time."""

from workflows.facts import PilotFacts
from workflows.policy import Policy
from workflows.rules.outcome import Said, failed, passed, rule


@rule("P01")
def aims_in_every_field(facts: PilotFacts, policy: Policy) -> Said:  # noqa: ARG001
    """The plan names seven fields to explore; a pilot says what it aims at in each."""
    read = {"missing": len(facts.missing)}
    return failed(read) if facts.missing else passed(read)


@rule("P02")
def approved_by_another(facts: PilotFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Nobody approves a plan that they submitted or prepared."""
    read = {"own": facts.actor_took_part}
    return failed(read) if facts.actor_took_part else passed(read)


@rule("P03")
def begins_in_its_time(facts: PilotFacts, policy: Policy) -> Said:  # noqa: ARG001
    """It starts within its period."""
    read = {"since_on": facts.since, "until_on": facts.until, "today_on": facts.on}
    return passed(read) if facts.since <= facts.on <= facts.until else failed(read)


@rule("P04")
def evaluated_by_measurement(facts: PilotFacts, policy: Policy) -> Said:  # noqa: ARG001
    """What came of it is seen from plots measured at least twice."""
    read = {"measured": facts.measured}
    return passed(read) if facts.measured else failed(read)
