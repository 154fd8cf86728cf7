"""Rules of procedure (domain.md §6): what an act needs besides the right person and state."""

from workflows import deliberation
from workflows.facts import ProjectFacts, SittingFacts
from workflows.policy import Figure, Policy
from workflows.rules import standing
from workflows.rules.outcome import Said, failed, not_applicable, passed, rule, unknown
from workflows.states import Conclusion, GateName, Question, Scheme

MATTERS = ("V1", "V2", "V3", "V4", "V5")
"""The five matters of a validation report (温室气体自愿减排交易管理办法 art. 13)."""


@rule("S00")
def answered_in_full(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Every section of the application is complete before it is submitted."""
    read = {"sections": facts.unanswered}
    return unknown(read) if facts.unanswered else passed(read)


@rule("S01")
def documents_complete(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """The document list of the scheme is complete."""
    read = {"documents_missing": facts.documents_missing, "documents_on_file": facts.documents_on_file}
    return failed(read) if facts.documents_missing else passed(read)


@rule("S14")
def no_block_open(facts: ProjectFacts, policy: Policy) -> Said:
    """A standing check that blocks keeps a case off the agenda; so does one of them that nobody can judge."""
    blocking = tuple(o.clause for o in standing.judged(facts, policy) if standing.keeps_off_the_agenda(o, policy))
    return failed({"findings": blocking}) if blocking else passed({"findings": ()})


@rule("S18")
def legally_reviewed_in_time(facts: ProjectFacts, policy: Policy) -> Said:
    """State or collectively managed land is put to the vote after a legal review that had its time (暂行条例 25–26).

    The days are whole ones: neither the day the file is sent nor the day of tabling is time to review it.
    """
    least = policy.figure("legal_review_days", facts.on)
    days, enough = facts.legal_working_days, facts.legal_time_sufficient
    read = {"legal_opinion": facts.legal, "working_days": days, "time_sufficient": enough}
    if not (facts.state_land or facts.collective):
        return not_applicable(read)
    if facts.legal is None:
        return unknown(read, _figures(least))
    if facts.legal is Conclusion.UNFAVOURABLE:
        return failed(read, _figures(least))
    if enough:
        return passed(read, _figures(least))
    if days is None:
        return unknown(read, _figures(least))
    return passed(read, _figures(least)) if days >= int(least.number) else failed(read, _figures(least))


@rule("S11")
def quorum(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Enough of the members entitled are there: in the room when the question is put, by votes when it is decided.

    One is not the other: somebody may leave in between.
    """
    if facts.actor_is_system:
        return not_applicable(_no_sitting())
    sitting = facts.sitting
    if sitting is None:
        return unknown(_no_sitting())
    present = (sitting.attending or 0) if facts.calling else sitting.present
    needed = deliberation.quorum_needed(sitting)
    read = _count(sitting) | {"present": present, "votes_needed": needed}
    return passed(read) if present >= needed else failed(read)


@rule("S15")
def majority(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Enough of the members entitled are in favour."""
    if facts.actor_is_system:
        return not_applicable(_no_sitting())
    if facts.sitting is None:
        return unknown(_no_sitting())
    read = _count(facts.sitting) | {"votes_needed": deliberation.votes_needed(facts.sitting)}
    return passed(read) if deliberation.has_majority(facts.sitting) else failed(read)


@rule("S25")
def conditions_met(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Conditions of a conditional approval are met before the case is put to registration."""
    read = {"conditions_open": facts.conditions_open}
    return failed(read) if facts.conditions_open else passed(read)


@rule("S30")
def environment_opinion(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A ticket needs the ecology and environment bureau's opinion."""
    read = {"environment_opinion": facts.environment}
    if facts.scheme is not Scheme.LOCAL_TICKET:
        return not_applicable(read)
    if facts.environment is None:
        return unknown(read)
    return failed(read) if facts.environment is Conclusion.UNFAVOURABLE else passed(read)


@rule("S31")
def validated(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """An independent body validates the project on all five matters (管理办法 art. 13)."""
    unmet = tuple(m for m in MATTERS if not facts.matters.get(m))
    read = {"validation": facts.validation, "matters_unmet": unmet if facts.validation else ()}
    if facts.validation is None:
        return unknown(read)
    return passed(read) if facts.validation is Conclusion.FAVOURABLE and not unmet else failed(read)


@rule("S32")
def earlier_gates_closed(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """All gates before registration are closed in this round."""
    missing = tuple(g.value for g in list(GateName)[:-1] if g not in facts.gates_passed)
    return failed({"gates": missing}) if missing else passed({"gates": ()})


@rule("S37")
def enough_members(facts: ProjectFacts, policy: Policy) -> Said:
    """A sitting opens only where no other is open and enough members are left after exclusion."""
    least = policy.figure("quorum_min", facts.on)
    read = {"members": facts.available_members, "already_tabled": facts.tabled}
    ok = not facts.tabled and facts.available_members >= int(least.number)
    return passed(read, _figures(least)) if ok else failed(read, _figures(least))


@rule("S38")
def sitting_open(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """There is an open sitting without a vote yet: what people have voted on is decided, not taken back.

    Screening and validation are officers' gates: there a sitting may only refuse, and one that does not is taken off.
    So is one on an entry (revocation, suspension) that can no longer be carried: there is no act that would end it;
    and one that nobody can decide any more, because the room has emptied or no head is left to preside.
    """
    if facts.sitting is None:
        return unknown(_no_sitting())
    sitting = facts.sitting
    only_refuses = sitting.question in (Question.SCREENING, Question.VALIDATION)
    lost = sitting.question in (Question.REVOCATION, Question.SUSPENSION) and deliberation.cannot_carry(sitting)
    read = {"cast": sitting.present}
    over = only_refuses or lost or deliberation.cannot_end(sitting)
    return failed(read) if sitting.present and not over else passed(read)


@rule("S39")
def votes_once(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A member entitled votes once in an open sitting; nobody votes for another."""
    sitting = facts.sitting
    if sitting is None or not sitting.actor_is_elector:
        return unknown(_no_sitting())
    return failed({"already_voted": True}) if sitting.actor_has_voted else passed({"already_voted": False})


def _count(sitting: SittingFacts) -> dict[str, object]:
    return {
        "seats": sitting.seats,
        "recused": sitting.recused,
        "members": sitting.members,
        "present": sitting.present,
        "cast_for": sitting.cast_for,
        "cast_against": sitting.cast_against,
        "abstained": sitting.abstained,
    }


def _no_sitting() -> dict[str, object]:
    return {"sitting": None}


def _figures(*figures: Figure) -> dict[str, Figure]:
    return {f.key: f for f in figures}
