"""What two officers make of a method's conditions."""

import math
from types import MappingProxyType

from workflows.facts import ProjectFacts
from workflows.policy import NoValueYet, Policy
from workflows.rules.outcome import Outcome, Said, failed, not_applicable, passed, rule, severity_of, unknown
from workflows.states import ConditionVerdict, Verdict

C = ConditionVerdict


def condition(clause: str, facts: ProjectFacts, policy: Policy) -> Outcome:
    """The officers' answer to one condition: pass or fail where all who signed agree, else unknown.

    One signature is not enough, "cannot tell" is no answer, and two that differ are unknown (house.md §4).
    """
    answers = dict(facts.conditions.get(clause, {}))
    verdict = Verdict.UNKNOWN
    if len(answers) >= _officers(facts, policy) and len(set(answers.values())) == 1:
        verdict = {C.MET: Verdict.PASS, C.NOT_MET: Verdict.FAIL}.get(next(iter(answers.values())), Verdict.UNKNOWN)
    read = {"answers": {str(officer): answer.value for officer, answer in sorted(answers.items())}}
    return Outcome(clause, verdict, severity_of(clause, policy), MappingProxyType(read), MappingProxyType({}))


def _officers(facts: ProjectFacts, policy: Policy) -> float:
    """How many must agree; before the figure had a value no number is enough."""
    try:
        return int(policy.number("screening_officers", facts.on))
    except NoValueYet:
        return math.inf


@rule("G02")
def screened_by_one_method(facts: ProjectFacts, policy: Policy) -> Said:
    """One method in force, made for this scheme and usable here; a method without conditions screens nothing."""
    read = {"method": facts.method, "scheme": facts.scheme}
    if facts.method is None or facts.scheme is None:
        return unknown(read)
    method = policy.methods.get(facts.method)
    if method is None or method not in policy.methods_in_force(facts.scheme, facts.on) or not method.applicable:
        return failed(read)
    return passed(read) if method.conditions else unknown(read)


@rule("S08a")
def two_officers_sign(facts: ProjectFacts, policy: Policy) -> Said:
    """The sheet bears the signatures of two different officers (行政许可法 art. 34 by analogy)."""
    needed = policy.figure("screening_officers", facts.on)
    read = {"signatures": len(facts.signatures)}
    figures = {"screening_officers": needed}
    return passed(read, figures) if len(facts.signatures) >= int(needed.number) else unknown(read, figures)


@rule("S08b")
def two_officers_sign_a_site_check(facts: ProjectFacts, policy: Policy) -> Said:
    """Every record of a site check bears two officers' signatures (行政许可法 art. 34 by analogy)."""
    needed = policy.figure("site_check_officers", facts.on)
    short = sum(signed < int(needed.number) for signed in facts.site_checks)
    read = {"site_checks": len(facts.site_checks), "records_short": short}
    if not facts.site_checks:
        return not_applicable(read)
    return failed(read, {needed.key: needed}) if short else passed(read, {needed.key: needed})


@rule("S08c")
def signs_a_site_check_in_force(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """An officer signs a record once, and only as it stands now."""
    read = {"site_check": facts.site_check}
    if facts.site_check is None:
        return unknown(read)
    return passed(read) if facts.site_check == "open" else failed(read)


@rule("S36")
def signs_what_is_answered(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """An officer signs the sheet once, and only when every condition bears the officer's own answer."""
    read = {"conditions_open": len(facts.own_unanswered), "already_signed": facts.actor_has_signed}
    if facts.actor_has_signed:
        return failed(read)
    return unknown(read) if facts.own_unanswered else passed(read)
