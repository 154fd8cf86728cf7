"""Who may own the reductions."""

from workflows.facts import ContractFacts, ProjectFacts
from workflows.policy import Policy
from workflows.rules.outcome import Said, failed, not_applicable, passed, rule, unknown
from workflows.states import Scheme


@rule("R34")
def natural_person(facts: ProjectFacts | ContractFacts, policy: Policy) -> Said:  # noqa: ARG001 (every rule is handed the policy)
    """A natural person may trade CCER, not apply for a CCER project."""
    read = {"scheme": facts.scheme, "applicant_is_person": facts.applicant_is_person}
    if facts.scheme is None:
        return unknown(read)
    if facts.scheme is not Scheme.CCER:
        return not_applicable(read)
    if facts.applicant_is_person is None:
        return unknown(read)
    return failed(read) if facts.applicant_is_person else passed(read)
