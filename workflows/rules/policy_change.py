"""Rules of a change of the policy (S80–S85): with a document, forwards only, replayed, decided by another person."""

from workflows.facts import ChangeFacts
from workflows.policy import Policy
from workflows.rules.outcome import Said, failed, passed, rule, unknown


@rule("S80")
def has_its_document(facts: ChangeFacts, policy: Policy) -> Said:  # noqa: ARG001
    """The document that decides the change is on file, and the change says why."""
    read = {"document": facts.document, "reasons": facts.reasons}
    return passed(read) if facts.document and facts.reasons else failed(read)


@rule("S81")
def contradicts_nothing(facts: ChangeFacts, policy: Policy) -> Said:  # noqa: ARG001
    """The policy in force takes the change."""
    read = {"fits": facts.fits}
    if facts.fits is None:
        return unknown(read)
    return passed(read) if facts.fits else failed(read)


@rule("S82")
def acts_forwards(facts: ChangeFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A case accepted today keeps the figures of today, so tomorrow is the first day a change may act."""
    read = {"since_on": facts.since, "today_on": facts.on}
    if facts.since is None:
        return unknown(read)
    return passed(read) if facts.since > facts.on else failed(read)


@rule("S83")
def decided_by_another(facts: ChangeFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Nobody decides on a proposal of one's own."""
    read = {"own": facts.actor_proposed}
    return failed(read) if facts.actor_proposed else passed(read)


@rule("S84")
def replayed_as_it_stands(facts: ChangeFacts, policy: Policy) -> Said:  # noqa: ARG001
    """What the change would do to all cases is on file, for this very content and the policy as it is now."""
    read = {"replayed": facts.replayed}
    if facts.replayed is None:
        return unknown(read)
    return passed(read) if facts.replayed else failed(read)


@rule("S85")
def withdrawn_by_who_proposed(facts: ChangeFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A proposal is taken back by nobody else."""
    read = {"own": facts.actor_proposed}
    return passed(read) if facts.actor_proposed else failed(read)
