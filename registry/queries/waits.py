"""For which of the acts the table opens a case waits now, by the facts that have come in so far."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from registry.clock import start_of, today
from registry.models import Case
from registry.queries.inbox_facts import Known
from registry.queries.policy import current
from registry.queries.sittings import Sat
from workflows.clocks import DELIVERED
from workflows.deliberation import cannot_carry, has_majority, has_quorum, quorum_needed
from workflows.facts import ParcelFacts, ProjectFacts
from workflows.machine import Act
from workflows.policy import Policy
from workflows.roles import Role
from workflows.rules import RULES
from workflows.rules.panels import ON_RECORD
from workflows.states import (
    GateName,
    MeetingState,
    OpinionKind,
    PanelResult,
    ProjectState,
    Question,
    Scheme,
    Side,
    TitleDocument,
)

S = ProjectState

DECIDED = (S.RISK_REVIEW, S.REGISTRATION)
"""States in which tabling is the next thing to do, not an exception."""
TITLE, FINDING, NO_CONDITIONS, LEGAL_TIME = "title", "finding", "no_conditions", "legal_time"
"""Why a case is held up: a finding on its title, another that blocks, a method whose conditions are not on file, a
legal review that needs its time."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Since when a case waits for an act, and which variant of it."""

    since: datetime
    why: str = ""


def _to_submit(case: Case, known: Known) -> Wait:
    saved = known.drafts.get(case.id)
    return Wait(saved.saved_at if saved and case.state is S.DRAFT else case.state_since)


def _from_the_start(case: Case, known: Known) -> Wait:  # noqa: ARG001 (every wait is handed the facts)
    return Wait(case.state_since)


def _under_review(case: Case, known: Known, stage: ProjectState, gate: GateName) -> bool:
    """At the stage of a gate, or in an amendment into which the gate did not carry over."""
    return case.state is stage or (case.state is S.AMENDMENT_REVIEW and gate not in known.passed(case))


def _to_sign(case: Case, known: Known) -> Wait | None:
    signed = known.signed(case)
    if not _under_review(case, known, S.METHODOLOGY_SCREENING, GateName.SCREENING):
        return None
    if _nothing_to_ask(case):
        return Wait(case.state_since, NO_CONDITIONS)
    if (known.user is not None and known.user.id in signed) or len(signed) >= known.officers_needed:
        return None
    return Wait(max(signed.values()), "second") if signed else Wait(case.state_since)


def _to_sign_check(case: Case, known: Known) -> Wait | None:
    """A record of a site check lacks a signature: of this officer, or of whoever has not given one."""
    mine = [c for c in known.unsigned_checks(case) if known.user is None or known.user.id not in c.signed]
    return Wait(min(c.at for c in mine)) if mine else None


def _to_pass_screening(case: Case, known: Known) -> Wait | None:
    signed = known.signed(case)
    ready = len(signed) >= known.officers_needed and not _nothing_to_ask(case) and not known.unsigned_checks(case)
    return Wait(max(signed.values())) if ready else None


def _nothing_to_ask(case: Case) -> bool:
    """G02 in short: the method has no conditions on file, so that nothing can be screened by it."""
    method = policy().methods.get(case.method or "")
    return method is not None and not method.conditions


def _to_table(case: Case, known: Known) -> Wait | None:
    if known.sitting(case) is not None:
        return None
    if case.state is S.AMENDMENT_REVIEW:
        return _to_table_amendment(case, known)
    if case.state not in DECIDED:
        return None
    if case.state is S.REGISTRATION:
        open_conditions = known.conditions(case)
        if open_conditions.to_report + open_conditions.reported:
            return None
        return Wait(case.state_since, FINDING if known.kept_off(case) else "")
    if known.legal_missing(case):
        return None
    since = max(case.state_since, known.opinion(case, OpinionKind.LEGAL) or case.state_since)
    if _in_question(known.parcels(case)):
        return Wait(since, TITLE)
    if known.kept_off(case):
        return Wait(since, FINDING)
    return Wait(since, LEGAL_TIME if _legal_short(case, known) else "")


def _legal_short(case: Case, known: Known) -> bool:
    return known.legal_short(case, int(policy().number("legal_review_days", case.accepted_on or today())))


def _to_table_amendment(case: Case, known: Known) -> Wait | None:
    """Once the sheet is signed and the opinions are in, as far as their gates did not carry over."""
    came = [case.state_since]
    if GateName.SCREENING not in known.passed(case):
        signed = known.signed(case)
        if len(signed) < known.officers_needed or known.unsigned_checks(case):
            return None
        came += signed.values()
    if GateName.VALIDATION not in known.passed(case):
        notice = known.notice(case)
        given = [*(known.opinion(case, kind) for kind in _validating(case)), notice.ended_at if notice else None]
        if not all(given):
            return None
        came += [at for at in given if at]
    if known.legal_missing(case):
        return None
    came.append(known.opinion(case, OpinionKind.LEGAL) or case.state_since)
    return Wait(max(came), LEGAL_TIME if _legal_short(case, known) else "amendment")


def _in_question(parcels: Sequence[Mapping[str, Any]]) -> bool:
    """What R20 finds, to say beforehand that tabling would be refused; the case page tells the finding."""
    stated = tuple(_title_of(p) for p in parcels)
    return RULES["R20"](ProjectFacts(on=date.min, parcels=stated), policy()).finding


def _title_of(parcel: Mapping[str, Any]) -> ParcelFacts:
    word = parcel.get("title_document")
    return ParcelFacts(
        key=str(parcel.get("key", "")),
        title_document=TitleDocument(word) if word in set(TitleDocument) else None,
        disputed=parcel.get("disputed"),
        coowner_consent=parcel.get("coowner_consent"),
    )


def _presides(sitting: Sat, known: Known) -> bool:
    """Whether this person presides; asked for whoever it may be, somebody does."""
    return (sitting.presides is not None and known.user is None) or sitting.presides == getattr(known.user, "id", 0)


def _to_vote(case: Case, known: Known) -> Wait | None:
    """Once the question is put, for those in the room; for who presides once everybody else has spoken."""
    sitting = known.sitting(case)
    if sitting is None or sitting.call is None or not sitting.to_speak:
        return None
    wait = Wait(sitting.call.called_at, sitting.question.value)
    if known.user is None:
        return wait
    votes = sitting.facts(known.user.id)
    mine = votes.actor_is_elector and votes.actor_attends and not votes.actor_has_voted
    last = votes.actor_presides and votes.others_to_speak
    return wait if mine and not last else None


def _to_call(case: Case, known: Known) -> Wait | None:
    """The day of the meeting has come, or it is in session and a quorum is in the room."""
    sitting = known.sitting(case)
    if sitting is None or sitting.call is not None or not _presides(sitting, known):
        return None
    if sitting.meeting_state is MeetingState.PLANNED and sitting.held_on and sitting.held_on <= known.on:
        return Wait(sitting.opened_at, "open_meeting")
    if sitting.meeting_state is not MeetingState.IN_SESSION or sitting.session_at is None:
        return None
    here = len(sitting.here or ())
    return Wait(sitting.session_at) if here >= quorum_needed(sitting.facts()) else None


def _to_adjourn(case: Case, known: Known) -> Wait | None:
    """The roll shows fewer in the room than a quorum; once the question is put, fewer than have voted or still can."""
    sitting = known.sitting(case)
    if sitting is None or sitting.session_at is None or not sitting.here or not _presides(sitting, known):
        return None
    votes = sitting.facts()
    left = len(sitting.here) if sitting.call is None else votes.present + len(sitting.to_speak)
    return Wait(sitting.session_at) if left < quorum_needed(votes) else None


def _to_judge_recusal(case: Case, known: Known) -> Wait | None:
    """A proposal is open and not about oneself: for who presides, or where it is about that member, for a deputy."""
    sitting = known.sitting(case)
    if sitting is None:
        return None
    aside = {a.user_id for a in sitting.asides}
    waiting = [p.user_id for p in sitting.proposals if p.upheld is None and p.user_id not in aside]
    if not waiting or known.user is None:
        return Wait(sitting.opened_at) if waiting else None
    me = known.user.id
    heads = {sitting.presides} if set(waiting) - {sitting.presides} else set()
    if sitting.presides in waiting:
        heads |= {m.user_id for m in sitting.entitled if m.role is not Role.MEMBER and m.user_id != sitting.presides}
    return Wait(sitting.opened_at) if me in heads else None


def _spoken(case: Case, known: Known, *questions: Question) -> Sat | None:
    """The open sitting on one of these questions, once everybody in the room has voted, for who presides."""
    sitting = known.sitting(case)
    if sitting is None or sitting.question not in questions or sitting.call is None or sitting.to_speak:
        return None
    return sitting if _presides(sitting, known) else None


def _since(sitting: Sat, why: str = "") -> Wait:
    return Wait(sitting.last_vote_at or sitting.opened_at, why)


def _to_decide(*questions: Question) -> Callable[[Case, Known], Wait | None]:
    """Everybody in the room has voted on one of these questions."""

    def wait(case: Case, known: Known) -> Wait | None:
        sitting = _spoken(case, known, *questions)
        if sitting is None or not has_quorum(sitting.facts()):
            return None
        return _since(sitting, "" if has_majority(sitting.facts()) else "no_majority")

    return wait


def _to_carry(question: Question) -> Callable[[Case, Known], Wait | None]:
    """A question that only a majority answers has it."""

    def wait(case: Case, known: Known) -> Wait | None:
        sitting = _spoken(case, known, question)
        if sitting is None:
            return None
        carried = has_quorum(sitting.facts()) and has_majority(sitting.facts())
        return _since(sitting) if carried else None

    return wait


def _to_take_off(case: Case, known: Known) -> Wait | None:
    """Such a question cannot be carried any more."""
    sitting = known.sitting(case)
    if sitting is None or sitting.question not in (Question.REVOCATION, Question.SUSPENSION):
        return None
    return _since(sitting) if cannot_carry(sitting.facts()) else None


def _to_refuse(case: Case, known: Known) -> Wait | None:
    """A sitting at a stage of the officers can only refuse, and everybody in the room has voted in it."""
    sitting = _spoken(case, known, Question.SCREENING, Question.VALIDATION)
    return _since(sitting) if sitting is not None and has_quorum(sitting.facts()) else None


def _to_send(case: Case, known: Known) -> Wait | None:
    """The complete file is there, and nobody has sent it to the lawyer; earlier an officer may, but need not."""
    complete = case.state is not S.METHODOLOGY_SCREENING and known.legal_missing(case)
    return Wait(case.state_since) if complete and known.sent_for_review(case) is None else None


def _to_advise(case: Case, known: Known) -> Wait | None:
    sent = known.sent_for_review(case)
    return Wait(sent) if sent and known.legal_missing(case) else None


def _validating(case: Case) -> list[OpinionKind]:
    """The opinions the validation of a scheme needs."""
    return [OpinionKind.VALIDATION, *([OpinionKind.ENVIRONMENT] if case.scheme is Scheme.LOCAL_TICKET else [])]


def _to_validate(case: Case, known: Known) -> Wait | None:
    asked = _under_review(case, known, S.VALIDATION, GateName.VALIDATION)
    return Wait(case.state_since) if asked and known.opinion(case, OpinionKind.VALIDATION) is None else None


def _to_judge_environment(case: Case, known: Known) -> Wait | None:
    asked = case.scheme is Scheme.LOCAL_TICKET and _under_review(case, known, S.VALIDATION, GateName.VALIDATION)
    return Wait(case.state_since) if asked and known.opinion(case, OpinionKind.ENVIRONMENT) is None else None


def _to_pass_validation(case: Case, known: Known) -> Wait | None:
    given = [known.opinion(case, kind) for kind in _validating(case)]
    notice = known.notice(case)
    given.append(notice.ended_at if notice else None)
    return Wait(max(at for at in given if at)) if all(given) else None


def _to_open_notice(case: Case, known: Known) -> Wait | None:
    asked = _under_review(case, known, S.VALIDATION, GateName.VALIDATION)
    return Wait(case.state_since) if asked and known.notice(case) is None else None


def _to_answer_objection(case: Case, known: Known) -> Wait | None:
    """For the side the person stands on; whose turn it is in general is asked with one role at a time."""
    officer = Role.CASE_OFFICER in known.roles.get(case.id, ())
    since = known.to_answer(case, Side.OFFICER if officer else Side.APPLICANT)
    return Wait(since) if since else None


def _to_close_notice(case: Case, known: Known) -> Wait | None:
    notice = known.notice(case)
    if notice is None or notice.ended_at is not None or known.on <= notice.last_day:
        return None
    if any(known.to_answer(case, side) for side in Side):
        return None
    return Wait(max(notice.opened_at, start_of(notice.last_day + timedelta(days=1))))


def _to_name_validator(case: Case, known: Known) -> Wait | None:  # noqa: ARG001
    return Wait(case.state_since) if case.state is S.VALIDATION and case.vvb_org_id is None else None


def _to_report(case: Case, known: Known) -> Wait | None:
    return Wait(case.state_since) if known.conditions(case).to_report else None


def _to_confirm(case: Case, known: Known) -> Wait | None:
    conditions = known.conditions(case)
    return Wait(conditions.last_report_at or case.state_since) if conditions.reported else None


def _to_resume(case: Case, known: Known) -> Wait | None:
    """Whoever suspended resumes; where that was the supervisor or the system, an officer."""
    by_chair, is_chair = case.suspended_by is Role.CHAIR, Role.CHAIR in known.roles.get(case.id, ())
    return (
        Wait(case.state_since, "flaw" if case.suspended_by is Role.SUPERVISOR else "") if by_chair is is_chair else None
    )


def _to_answer_again(case: Case, known: Known) -> Wait | None:
    since = known.asked_again(case)
    return Wait(since) if since else None


def _to_answer_request(case: Case, known: Known) -> Wait | None:
    """The applicant asked for more time and nobody has answered."""
    since = known.more_time_asked(case)
    return Wait(since) if since else None


def _to_deliver(case: Case, known: Known) -> Wait | None:
    """A decision has not reached the applicant, as far as is on record."""
    since = known.undelivered(case)
    return Wait(since) if since else None


def _needs_panel(case: Case, known: Known) -> bool:
    """A condition of the method, or the argued additionality, rests on a panel's record."""
    if not _under_review(case, known, S.METHODOLOGY_SCREENING, GateName.SCREENING):
        return False
    method = policy().methods.get(case.method or "")
    if method is None:
        return False
    argued = method.argued in ON_RECORD and known.argues(case)
    return argued or bool(ON_RECORD.intersection(method.conditions))


def _to_draw(case: Case, known: Known) -> Wait | None:
    panel = known.panel(case)
    if not _needs_panel(case, known) or (panel is not None and panel.result is not PanelResult.BROKEN_OFF):
        return None
    return Wait(panel.ended_at, "again") if panel and panel.ended_at else Wait(case.state_since)


def _to_advise_as_expert(case: Case, known: Known) -> Wait | None:
    panel = known.panel(case)
    if panel is None or panel.ended_at is not None:
        return None
    if known.user is None:
        return Wait(panel.drawn_at) if panel.given < panel.sitting else None
    seated = panel.seated_at.get(known.user.id)
    return Wait(seated) if seated and known.user.id not in panel.given_by else None


def _to_close(case: Case, known: Known) -> Wait | None:
    panel = known.panel(case)
    if panel is None or panel.ended_at is not None or panel.given < panel.sitting:
        return None
    return Wait(panel.last_at or panel.drawn_at, "short" if panel.sitting < panel.size else "")


WAITS: Mapping[str, Callable[[Case, Known], Wait | None]] = {
    "submit": _to_submit,
    "resubmit": _from_the_start,
    "decide_recusal": _to_judge_recusal,
    "vote": _to_vote,
    "call_vote": _to_call,
    "adjourn": _to_adjourn,
    "approve_risk": _to_decide(Question.RISK_REVIEW),
    "register": _to_decide(Question.REGISTRATION),
    "reject": _to_refuse,
    "decide_amendment": _to_decide(Question.AMENDMENT),
    "revoke": _to_carry(Question.REVOCATION),
    "suspend": _to_carry(Question.SUSPENSION),
    "untable": _to_take_off,
    "uphold": _to_answer_again,
    "extend": _to_answer_request,
    "accept": _from_the_start,
    "sign_screening": _to_sign,
    "sign_site_check": _to_sign_check,
    "pass_screening": _to_pass_screening,
    "give_expert_opinion": _to_advise_as_expert,
    "close_panel": _to_close,
    "draw_panel": _to_draw,
    "confirm_condition": _to_confirm,
    "send_for_legal_review": _to_send,
    "table": _to_table,
    "answer_objection": _to_answer_objection,
    "open_notice": _to_open_notice,
    "close_notice": _to_close_notice,
    "pass_validation": _to_pass_validation,
    "give_legal_opinion": _to_advise,
    "file_validation": _to_validate,
    "give_environment_opinion": _to_judge_environment,
    "name_validator": _to_name_validator,
    "report_condition": _to_report,
    "resume": _to_resume,
    **dict.fromkeys(DELIVERED, _to_deliver),
}
"""Act → its wait, in the order in which a person with several should take them.

An act that is not here is open to people but nobody waits for it (withdrawing, suspending, …).
"""


def first_wait(case: Case, acts: Sequence[Act], known: Known) -> tuple[str, Wait] | None:
    """The first of these acts the case waits for: its name and the wait."""
    names = {a.name for a in acts}
    for act, wait_of in WAITS.items():
        wait = wait_of(case, known) if act in names else None
        if wait is not None:
            return act, wait
    return None


def policy() -> Policy:
    """The policy as a reader sees it; the door judges again."""
    return current()
