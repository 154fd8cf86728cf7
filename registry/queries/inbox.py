"""What waits for a person: which of the acts the table opens to them is theirs to take now.

`PROJECT.actions(state, roles)` says what a person may try; a wait beside each act says whether the case is
waiting for that act, by the facts that have come in so far. Every set of facts is read once for all cases.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy import case as one_of
from sqlalchemy.orm import aliased, joinedload

from registry import permissions
from registry.clock import day_of, today
from registry.extensions import db
from registry.models import (
    Answers,
    ApprovalCondition,
    Case,
    ConditionAnswer,
    Deliberation,
    DeliberationEnd,
    Elector,
    Opinion,
    ScreeningSignature,
    User,
    Vote,
)
from workflows.deliberation import has_majority, has_quorum
from workflows.facts import SittingFacts
from workflows.machine import Act
from workflows.policy import Policy
from workflows.project import PROJECT
from workflows.roles import VOTING, Role
from workflows.states import ENDED, Choice, OpinionKind, ProjectState, Question, Scheme, Tenure, TitleDocument

S = ProjectState

AT_REST = (*ENDED, S.REGISTERED)
"""States in which nobody is waited for, unless a sitting is open on the case."""
DECIDED = (S.RISK_REVIEW, S.REGISTRATION)
"""States in which tabling is the next thing to do, not an exception."""
NEEDS_LEGAL = frozenset({Tenure.STATE.value, Tenure.COLLECTIVE_MANAGED.value})


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


@dataclass(frozen=True, slots=True)
class Sitting:
    """An open sitting as one person sees it."""

    facts: SittingFacts
    opened_at: datetime
    last_vote_at: datetime | None


@dataclass(slots=True)
class _Known:
    """What has come in on the cases before a person, each set read once and only when asked for."""

    user: User
    cases: ColumnElement[bool]
    officers_needed: int
    drafts: Mapping[int, Answers] = field(default_factory=dict)
    _sets: dict[str, Any] = field(default_factory=dict)

    def _once(self, name: str, read: Callable[[], Any]) -> Any:
        if name not in self._sets:
            self._sets[name] = read()
        return self._sets[name]

    def sitting(self, case: Case) -> Sitting | None:
        found: dict[int, Sitting] = self._once("sittings", self._sittings)
        return found.get(case.id)

    def _sittings(self) -> dict[int, Sitting]:
        mine = _number_of(Vote.user_id == self.user.id)
        choices = [_number_of(Vote.choice == choice) for choice in Choice]
        elector = exists().where(Elector.deliberation_id == Deliberation.id, Elector.user_id == self.user.id)
        query = (
            select(Deliberation, mine, func.max(Vote.cast_at), elector, *choices)
            .join(Case, Case.id == Deliberation.case_id)
            .outerjoin(Vote, Vote.deliberation_id == Deliberation.id)
            .where(self.cases, _open())
            .group_by(Deliberation.id)
        )
        found = {}
        for d, own, last, is_elector, *by_choice in db.session.execute(query):
            count = dict(zip(Choice, (int(n or 0) for n in by_choice), strict=True))
            facts = SittingFacts(
                question=Question(d.question),
                members=d.members,
                cast_for=count[Choice.FOR],
                cast_against=count[Choice.AGAINST],
                abstained=count[Choice.ABSTAIN],
                quorum=(d.quorum_num, d.quorum_den),
                quorum_min=d.quorum_min,
                needs=(d.needs_num, d.needs_den),
                actor_is_elector=bool(is_elector),
                actor_has_voted=bool(own),
            )
            found[d.case_id] = Sitting(facts, d.opened_at, last)
        return found

    def signed(self, case: Case) -> dict[int, datetime]:
        """Officer → when the signature that stands was given; a later answer voids it."""
        found: dict[int, dict[int, datetime]] = self._once("signatures", self._signatures)
        return found.get(case.id, {})

    def _signatures(self) -> dict[int, dict[int, datetime]]:
        later = exists().where(
            ConditionAnswer.case_id == ScreeningSignature.case_id,
            ConditionAnswer.round_no == ScreeningSignature.round_no,
            ConditionAnswer.officer_id == ScreeningSignature.officer_id,
            ConditionAnswer.answered_at > ScreeningSignature.signed_at,
        )
        query = (
            select(ScreeningSignature.case_id, ScreeningSignature.officer_id, ScreeningSignature.signed_at)
            .join(Case, and_(Case.id == ScreeningSignature.case_id, Case.round == ScreeningSignature.round_no))
            .where(self.cases, ~later)
        )
        found: dict[int, dict[int, datetime]] = {}
        for case_id, officer_id, signed_at in db.session.execute(query):
            found.setdefault(case_id, {})[officer_id] = signed_at
        return found

    def opinion(self, case: Case, kind: OpinionKind) -> datetime | None:
        """When the latest opinion of a kind came in this round."""
        found: dict[tuple[int, OpinionKind], datetime] = self._once("opinions", self._opinions)
        return found.get((case.id, kind))

    def _opinions(self) -> dict[tuple[int, OpinionKind], datetime]:
        query = (
            select(Opinion.case_id, Opinion.kind, func.max(Opinion.given_at))
            .join(Case, and_(Case.id == Opinion.case_id, Case.round == Opinion.round_no))
            .where(self.cases)
            .group_by(Opinion.case_id, Opinion.kind)
        )
        return {(case_id, kind): at for case_id, kind, at in db.session.execute(query)}

    def parcels(self, case: Case) -> list[Mapping[str, Any]]:
        """The parcels of the round under review, for the two states that ask about the land."""
        found: dict[int, list[Mapping[str, Any]]] = self._once("parcels", self._parcels)
        return found.get(case.id, [])

    def _parcels(self) -> dict[int, list[Mapping[str, Any]]]:
        query = (
            select(Answers.case_id, Answers.data)
            .join(Case, and_(Case.id == Answers.case_id, Case.round == Answers.round_no))
            .where(self.cases, Answers.section == "parcels")
            .where(Case.state.in_((S.METHODOLOGY_SCREENING, S.RISK_REVIEW)))
        )
        return {case_id: list(data.get("parcels", ())) for case_id, data in db.session.execute(query)}

    def conditions(self, case: Case) -> "_Conditions":
        found: dict[int, _Conditions] = self._once("conditions", self._conditions)
        return found.get(case.id, _Conditions(0, 0, None))

    def _conditions(self) -> dict[int, "_Conditions"]:
        reported = ApprovalCondition.reported_at
        query = (
            select(ApprovalCondition.case_id, func.count(), func.count(reported), func.max(reported))
            .join(Case, and_(Case.id == ApprovalCondition.case_id, Case.round == ApprovalCondition.round_no))
            .where(self.cases, ApprovalCondition.confirmed_at.is_(None))
            .group_by(ApprovalCondition.case_id)
        )
        return {row[0]: _Conditions(row[1] - row[2], row[2], row[3]) for row in db.session.execute(query)}

    def legal_missing(self, case: Case) -> bool:
        """State or collectively managed land, and no legal opinion this round."""
        if self.opinion(case, OpinionKind.LEGAL) is not None:
            return False
        return any(p.get("tenure") in NEEDS_LEGAL for p in self.parcels(case))


@dataclass(frozen=True, slots=True)
class _Conditions:
    """Conditions of an approval not yet confirmed: how many wait for a report, how many for confirmation."""

    to_report: int
    reported: int
    last_report_at: datetime | None


def _to_submit(case: Case, known: _Known) -> Wait:
    saved = known.drafts.get(case.id)
    return Wait(saved.saved_at if saved and case.state is S.DRAFT else case.state_since)


def _to_accept(case: Case, known: _Known) -> Wait:  # noqa: ARG001 (every wait is handed the facts)
    return Wait(case.state_since)


def _to_sign(case: Case, known: _Known) -> Wait | None:
    signed = known.signed(case)
    if case.state is not S.METHODOLOGY_SCREENING or known.user.id in signed or len(signed) >= known.officers_needed:
        return None
    return Wait(max(signed.values()), "second") if signed else Wait(case.state_since)


def _to_pass_screening(case: Case, known: _Known) -> Wait | None:
    signed = known.signed(case)
    return Wait(max(signed.values())) if len(signed) >= known.officers_needed else None


def _to_table(case: Case, known: _Known) -> Wait | None:
    if case.state not in DECIDED or known.sitting(case) is not None:
        return None
    if case.state is S.REGISTRATION:
        open_conditions = known.conditions(case)
        return None if open_conditions.to_report + open_conditions.reported else Wait(case.state_since)
    if known.legal_missing(case):
        return None
    since = max(case.state_since, known.opinion(case, OpinionKind.LEGAL) or case.state_since)
    return Wait(since, "title" if any(_in_question(p) for p in known.parcels(case)) else "")


def _in_question(parcel: Mapping[str, Any]) -> bool:
    """R20 in short, to say beforehand that tabling would be refused; the case page tells the finding."""
    without = parcel.get("title_document") == TitleDocument.NONE
    return bool(without or parcel.get("disputed") or parcel.get("coowner_consent") == "no")


def _to_vote(case: Case, known: _Known) -> Wait | None:
    sitting = known.sitting(case)
    if sitting is None or not sitting.facts.actor_is_elector or sitting.facts.actor_has_voted:
        return None
    return Wait(sitting.opened_at, sitting.facts.question.value)


def _to_decide(case: Case, known: _Known) -> Wait | None:
    """The votes are in: all of them, or enough to carry the question."""
    sitting = known.sitting(case)
    if sitting is None:
        return None
    votes = sitting.facts
    if votes.present < votes.members and not (has_quorum(votes) and has_majority(votes)):
        return None
    return Wait(sitting.last_vote_at or sitting.opened_at, "" if has_majority(votes) else "no_majority")


def _to_advise(case: Case, known: _Known) -> Wait | None:
    return Wait(case.state_since) if known.legal_missing(case) else None


def _to_validate(case: Case, known: _Known) -> Wait | None:
    return None if known.opinion(case, OpinionKind.VALIDATION) else Wait(case.state_since)


def _to_judge_environment(case: Case, known: _Known) -> Wait | None:
    asked = case.scheme is Scheme.LOCAL_TICKET and known.opinion(case, OpinionKind.ENVIRONMENT) is None
    return Wait(case.state_since) if asked else None


def _to_pass_validation(case: Case, known: _Known) -> Wait | None:
    needed = [OpinionKind.VALIDATION]
    if case.scheme is Scheme.LOCAL_TICKET:
        needed.append(OpinionKind.ENVIRONMENT)
    given = [known.opinion(case, kind) for kind in needed]
    return Wait(max(at for at in given if at)) if all(given) else None


def _to_name_validator(case: Case, known: _Known) -> Wait | None:  # noqa: ARG001
    return Wait(case.state_since) if case.state is S.VALIDATION and case.vvb_org_id is None else None


def _to_report(case: Case, known: _Known) -> Wait | None:
    return Wait(case.state_since) if known.conditions(case).to_report else None


def _to_confirm(case: Case, known: _Known) -> Wait | None:
    conditions = known.conditions(case)
    return Wait(conditions.last_report_at or case.state_since) if conditions.reported else None


WAITS: Mapping[str, Callable[[Case, _Known], Wait | None]] = {
    "submit": _to_submit,
    "resubmit": _to_accept,
    "vote": _to_vote,
    "approve_risk": _to_decide,
    "register": _to_decide,
    "decide_amendment": _to_decide,
    "accept": _to_accept,
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
        .where(permissions.visible(user, frozenset(roles), on), or_(Case.state.not_in(AT_REST), _has_sitting()))
        .options(joinedload(Case.proponent_org), joinedload(Case.proponent_user))
    )
    rows = db.session.execute(query).all()
    if not rows:
        return []
    cases = Case.id.in_([row[0].id for row in rows])
    drafts = _draft_basics(cases) if any(row[0].state is S.DRAFT for row in rows) else {}
    known = _Known(user, cases, int(_policy().number("screening_officers", on)), drafts)
    items = []
    for row in rows:
        own = frozenset(role for role, holds in zip(roles, row[1:], strict=True) if holds)
        item = _item(row[0], PROJECT.actions(row[0].state, own), known)
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


def _open(sitting: type[Deliberation] = Deliberation) -> ColumnElement[bool]:
    end = aliased(DeliberationEnd)
    return ~exists().where(end.deliberation_id == sitting.id).correlate(sitting)


def _has_sitting() -> ColumnElement[bool]:
    sitting = aliased(Deliberation)
    return exists().where(sitting.case_id == Case.id, _open(sitting)).correlate(Case)


def _number_of(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(one_of((which, 1), else_=0))


def _draft_basics(cases: ColumnElement[bool]) -> dict[int, Answers]:
    """The basics of drafts, whose summary columns are still empty."""
    query = (
        select(Answers)
        .join(Case, and_(Case.id == Answers.case_id, Answers.round_no == 1, Case.round == 0))
        .where(cases, Answers.section == "basics")
    )
    return {row.case_id: row for row in db.session.scalars(query)}


def _item(row: Case, acts: list[Act], known: _Known) -> Item | None:
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
