"""What waits for a person: which of the acts the table opens to them is theirs to take now.

`PROJECT.actions(state, roles)` says what a person may try; a wait beside each act says whether the case is
waiting for that act, by the facts that have come in so far. The facts (`inbox_facts.py`) are read once for all cases.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from registry import permissions
from registry.clock import day_of, today
from registry.extensions import db
from registry.models import Answers, Case, Deliberation, User
from registry.queries.inbox_facts import Known, asked_again, open_sitting
from workflows.deliberation import cannot_carry, has_majority, has_quorum
from workflows.machine import Act
from workflows.policy import Policy
from workflows.project import PROJECT
from workflows.roles import VOTING, Role
from workflows.states import ENDED, GateName, OpinionKind, ProjectState, Question, Scheme, TitleDocument

S = ProjectState

AT_REST = (*ENDED, S.REGISTERED)
"""States in which nobody is waited for, unless a sitting is open on the case or a reconsideration asked for."""
DECIDED = (S.RISK_REVIEW, S.REGISTRATION)
"""States in which tabling is the next thing to do, not an exception."""


@dataclass(frozen=True, slots=True)
class Item:
    """One case that waits; `act` is what to do in the words of the table, `why` tells variants of it apart.

    `since` is when the wait began; `name` is "" while a draft has none, `number` None.
    """

    case_id: int
    number: str | None
    name: str
    scheme: Scheme | None
    district_code: str | None
    area_mu: Decimal | None
    state: ProjectState
    round: int
    applicant: str
    since: datetime
    act: str
    why: str = ""

    def days(self, on: date) -> int:
        """Whole days of waiting."""
        return max(0, (on - day_of(self.since)).days)


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
    if known.user.id in signed or len(signed) >= known.officers_needed:
        return None
    return Wait(max(signed.values()), "second") if signed else Wait(case.state_since)


def _to_pass_screening(case: Case, known: Known) -> Wait | None:
    signed = known.signed(case)
    return Wait(max(signed.values())) if len(signed) >= known.officers_needed else None


def _to_table(case: Case, known: Known) -> Wait | None:
    if known.sitting(case) is not None:
        return None
    if case.state is S.AMENDMENT_REVIEW:
        return _to_table_amendment(case, known)
    if case.state not in DECIDED:
        return None
    if case.state is S.REGISTRATION:
        open_conditions = known.conditions(case)
        return None if open_conditions.to_report + open_conditions.reported else Wait(case.state_since)
    if known.legal_missing(case):
        return None
    since = max(case.state_since, known.opinion(case, OpinionKind.LEGAL) or case.state_since)
    return Wait(since, "title" if any(_in_question(p) for p in known.parcels(case)) else "")


def _to_table_amendment(case: Case, known: Known) -> Wait | None:
    """Once the sheet is signed and the opinions are in, as far as their gates did not carry over."""
    came = [case.state_since]
    if GateName.SCREENING not in known.passed(case):
        signed = known.signed(case)
        if len(signed) < known.officers_needed:
            return None
        came += signed.values()
    if GateName.VALIDATION not in known.passed(case):
        given = [known.opinion(case, kind) for kind in _validating(case)]
        if not all(given):
            return None
        came += [at for at in given if at]
    if known.legal_missing(case):
        return None
    came.append(known.opinion(case, OpinionKind.LEGAL) or case.state_since)
    return Wait(max(came), "amendment")


def _in_question(parcel: Mapping[str, Any]) -> bool:
    """R20 in short, to say beforehand that tabling would be refused; the case page tells the finding."""
    without = parcel.get("title_document") == TitleDocument.NONE
    return bool(without or parcel.get("disputed") or parcel.get("coowner_consent") == "no")


def _to_vote(case: Case, known: Known) -> Wait | None:
    sitting = known.sitting(case)
    if sitting is None or not sitting.facts.actor_is_elector or sitting.facts.actor_has_voted:
        return None
    return Wait(sitting.opened_at, sitting.facts.question.value)


def _to_decide(*questions: Question) -> Callable[[Case, Known], Wait | None]:
    """The votes on one of these questions are in: all of them, or enough to carry it."""

    def wait(case: Case, known: Known) -> Wait | None:
        sitting = known.sitting(case)
        if sitting is None or sitting.facts.question not in questions:
            return None
        votes = sitting.facts
        if votes.present < votes.members and not (has_quorum(votes) and has_majority(votes)):
            return None
        return Wait(sitting.last_vote_at or sitting.opened_at, "" if has_majority(votes) else "no_majority")

    return wait


def _to_carry(question: Question) -> Callable[[Case, Known], Wait | None]:
    """A question that only a majority answers has it."""

    def wait(case: Case, known: Known) -> Wait | None:
        sitting = known.sitting(case)
        if sitting is None or sitting.facts.question is not question:
            return None
        carried = has_quorum(sitting.facts) and has_majority(sitting.facts)
        return Wait(sitting.last_vote_at or sitting.opened_at) if carried else None

    return wait


def _to_take_off(case: Case, known: Known) -> Wait | None:
    """Such a question cannot be carried any more."""
    sitting = known.sitting(case)
    if sitting is None or sitting.facts.question not in (Question.REVOCATION, Question.SUSPENSION):
        return None
    return Wait(sitting.last_vote_at or sitting.opened_at) if cannot_carry(sitting.facts) else None


def _to_refuse(case: Case, known: Known) -> Wait | None:
    """A sitting at a stage of the officers can only refuse, and every vote in it has been cast."""
    sitting = known.sitting(case)
    if sitting is None or sitting.facts.question not in (Question.SCREENING, Question.VALIDATION):
        return None
    if sitting.facts.present < sitting.facts.members:
        return None
    return Wait(sitting.last_vote_at or sitting.opened_at)


def _to_advise(case: Case, known: Known) -> Wait | None:
    return Wait(case.state_since) if known.legal_missing(case) else None


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
    return Wait(max(at for at in given if at)) if all(given) else None


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


WAITS: Mapping[str, Callable[[Case, Known], Wait | None]] = {
    "submit": _to_submit,
    "resubmit": _from_the_start,
    "vote": _to_vote,
    "approve_risk": _to_decide(Question.RISK_REVIEW),
    "register": _to_decide(Question.REGISTRATION),
    "reject": _to_refuse,
    "decide_amendment": _to_decide(Question.AMENDMENT),
    "revoke": _to_carry(Question.REVOCATION),
    "suspend": _to_carry(Question.SUSPENSION),
    "untable": _to_take_off,
    "uphold": _to_answer_again,
    "accept": _from_the_start,
    "sign_screening": _to_sign,
    "pass_screening": _to_pass_screening,
    "confirm_condition": _to_confirm,
    "table": _to_table,
    "pass_validation": _to_pass_validation,
    "give_legal_opinion": _to_advise,
    "file_validation": _to_validate,
    "give_environment_opinion": _to_judge_environment,
    "name_validator": _to_name_validator,
    "report_condition": _to_report,
    "resume": _to_resume,
}
"""Act → its wait, in the order in which a person with several should take them.

An act that is not here is open to people but nobody waits for it (withdrawing, suspending, …).
"""


def waiting(user: User | None, on: date | None = None) -> list[Item]:
    """The cases that wait for a person on a day (default today), the longest wait first; one line a case."""
    if user is None or not user.active:
        return []
    on = on or today()
    roles = _roles(user, on)
    query = (
        select(Case, *(permissions.role_clause(role, user.id, on) for role in roles))
        .where(
            permissions.visible(user, frozenset(roles), on),
            or_(Case.state.not_in(AT_REST), _has_sitting(), _is_reconsidered()),
        )
        .options(joinedload(Case.proponent_org), joinedload(Case.proponent_user))
    )
    rows = db.session.execute(query).all()
    if not rows:
        return []
    cases = Case.id.in_([row[0].id for row in rows])
    drafts = _draft_basics(cases) if any(row[0].state is S.DRAFT for row in rows) else {}
    held = {row[0].id: frozenset(r for r, holds in zip(roles, row[1:], strict=True) if holds) for row in rows}
    known = Known(user, cases, int(_policy().number("screening_officers", on)), drafts, held)
    items = []
    for row in rows:
        item = _item(row[0], PROJECT.actions(row[0].state, held[row[0].id]), known)
        if item is not None:
            items.append(item)
    return sorted(items, key=lambda i: (i.since, i.case_id))


def count_waiting(user: User | None, on: date | None = None) -> int:
    """How many cases wait for a person."""
    return len(waiting(user, on))


def _roles(user: User, on: date) -> list[Role]:
    """The roles worth asking about: those held by appointment, and those that follow from a case."""
    held = permissions.offices(user, on)
    asked = held | {Role.PROPONENT, Role.AGENT, Role.VVB}
    if held & VOTING:
        asked |= {Role.CHAIR}  # a deputy may preside where the chair may not
    return [r for r in Role if r in asked and r in permissions.SEES]


@cache
def _policy() -> Policy:
    # Not services.policy: a query asks no service. Only a figure is read here, and the door judges again.
    return Policy.base()


def _is_reconsidered() -> ColumnElement[bool]:
    return exists().where(asked_again()).correlate(Case)


def _has_sitting() -> ColumnElement[bool]:
    sitting = aliased(Deliberation)
    return exists().where(sitting.case_id == Case.id, open_sitting(sitting)).correlate(Case)


def _draft_basics(cases: ColumnElement[bool]) -> dict[int, Answers]:
    """The basics of drafts, whose summary columns are still empty."""
    query = (
        select(Answers)
        .join(Case, and_(Case.id == Answers.case_id, Answers.round_no == 1, Case.round == 0))
        .where(cases, Answers.section == "basics")
    )
    return {row.case_id: row for row in db.session.scalars(query)}


def _item(row: Case, acts: list[Act], known: Known) -> Item | None:
    names = {a.name for a in acts}
    for act, wait_of in WAITS.items():
        wait = wait_of(row, known) if act in names else None
        if wait is not None:
            return _of(row, act, wait, known.drafts.get(row.id))
    return None


def _of(case: Case, act: str, wait: Wait, basics: Answers | None) -> Item:
    draft = dict(basics.data) if basics and case.state is S.DRAFT else {}
    applicant = case.proponent_org or case.proponent_user
    return Item(
        case_id=case.id,
        number=case.number,
        name=case.name or str(draft.get("name") or ""),
        scheme=case.scheme or (Scheme(draft["scheme"]) if draft.get("scheme") in set(Scheme) else None),
        district_code=case.district_code,
        area_mu=case.area_mu,
        state=case.state,
        round=case.round,
        applicant=applicant.name if applicant else "",
        since=wait.since,
        act=act,
        why=wait.why,
    )
