"""Who may not judge a project: those who had a hand in it."""

from workflows.facts import ProjectFacts
from workflows.policy import Policy
from workflows.rules.outcome import Said, failed, passed, rule


@rule("S28")
def verified_by_another(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """The body that validated a project, or that drew up its design document, does not verify its reductions."""
    read = {"verifier_part": facts.verifier_part}
    return failed(read) if facts.verifier_part else passed(read)
