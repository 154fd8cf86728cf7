"""Read a case into plain facts; the only reader of many tables, called under the case's lock."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import func, or_, select

from registry.clock import day_of
from registry.extensions import db
from registry.models import (
    Answers,
    Appointment,
    ApprovalCondition,
    Case,
    ConditionAnswer,
    Deliberation,
    DeliberationEnd,
    GateDecision,
    Membership,
    Opinion,
    Reconsideration,
    Registration,
    Round,
    ScreeningSignature,
    User,
)
from registry.queries import applications
from registry.services import documents as papers
from workflows import deliberation
from workflows.deliberation import Electorate, Seat
from workflows.facts import ParcelFacts, ProjectFacts, SittingFacts
from workflows.policy import Policy
from workflows.roles import VOTING
from workflows.states import (
    Activity,
    Choice,
    ConditionVerdict,
    GateName,
    LandSetting,
    OpinionKind,
    ProjectState,
    Question,
    Scheme,
    Tenure,
    TitleDocument,
)

E = TypeVar("E", bound=StrEnum)

SECTIONS = ("basics", "parcels", "method", "contract", "crediting", "documents", "declarations")
CONTACT = ("contact_name", "contact_phone")
READS: Mapping[GateName, tuple[str, ...]] = {
    GateName.ACCEPTANCE: ("basics", "documents"),
    GateName.SCREENING: ("basics", "parcels", "method", "crediting"),
    GateName.RISK_REVIEW: ("basics", "parcels", "method", "contract", "crediting", "documents"),
    GateName.VALIDATION: ("basics", "parcels", "method", "crediting"),
    GateName.REGISTRATION: ("basics", "parcels", "method", "contract", "crediting", "documents"),
}
"""The sections each gate judges by; a gate carries over to a new round only while none of them changed."""


def governing_day(case: Case, on: date) -> date:
    """The day whose figures hold: of acceptance, before it today; of an amendment its own submission (house.md §4)."""
    if case.state is ProjectState.AMENDMENT_REVIEW:
        return day_of(db.session.get_one(Round, (case.id, case.round)).opened_at)
    return case.accepted_on or on


def answers_of(case_id: int, round_no: int) -> dict[str, dict[str, Any]]:
    """Section → data of one round."""
    rows = db.session.scalars(select(Answers).where(Answers.case_id == case_id, Answers.round_no == round_no))
    return {row.section: dict(row.data) for row in rows}


def done_sections(case_id: int, round_no: int) -> frozenset[str]:
    """Sections marked complete in one round."""
    query = select(Answers.section).where(
        Answers.case_id == case_id, Answers.round_no == round_no, Answers.done.is_(True)
    )
    return frozenset(db.session.scalars(query))


def electorate(case: Case, on: date) -> Electorate:
    """Who would be entitled to vote on a case on a day, and who is left out because of the own organisation."""
    since = day_of(case.submitted_at) if case.submitted_at else on
    appointed = db.session.execute(
        select(Appointment.user_id, Appointment.role)
        .join(User, User.id == Appointment.user_id)
        .where(
            Appointment.body_id == case.body_id,
            Appointment.role.in_(VOTING),
            Appointment.since <= on,
            or_(Appointment.until.is_(None), Appointment.until >= on),
            User.active.is_(True),
        )
        .order_by(Appointment.id)
    ).all()
    memberships: dict[int, set[int]] = {}
    overlapping = select(Membership.user_id, Membership.organisation_id).where(
        Membership.user_id.in_([user_id for user_id, _ in appointed]),
        Membership.since <= on,
        or_(Membership.until.is_(None), Membership.until >= since),
    )
    for user_id, organisation_id in db.session.execute(overlapping):
        memberships.setdefault(user_id, set()).add(organisation_id)
    seats = {u: Seat(u, role, frozenset(memberships.get(u, ()))) for u, role in appointed}
    parties = {case.proponent_org_id, case.agent_org_id, case.partner_org_id, case.vvb_org_id} - {None}
    persons = {case.proponent_user_id} - {None}
    return deliberation.electorate(
        seats.values(), frozenset(p for p in parties if p), frozenset(p for p in persons if p)
    )


def open_sitting(case_id: int) -> Deliberation | None:
    """The sitting of a case that has not ended."""
    query = (
        select(Deliberation)
        .outerjoin(DeliberationEnd, DeliberationEnd.deliberation_id == Deliberation.id)
        .where(Deliberation.case_id == case_id, DeliberationEnd.deliberation_id.is_(None))
    )
    return db.session.scalars(query).one_or_none()


def project_facts(case: Case, policy: Policy, on: date, actor: User | None = None) -> ProjectFacts:
    """Everything the rules may ask of a case on a day, as `actor` stands to it.

    For a draft the answers in preparation are read, else those of the case's round.
    """
    return _facts(case, policy, on, actor, round_shown(case))


def round_shown(case: Case) -> int:
    """The round whose answers stand (`queries.applications.round_shown`)."""
    return applications.round_shown(case)


def facts_of_preparation(case: Case, policy: Policy, on: date, actor: User | None) -> ProjectFacts:
    """The same with the answers of the round in preparation: what resubmit and amend are judged by."""
    return _facts(case, policy, on, actor, case.round + 1)


def facts_of_round(case: Case, policy: Policy, on: date, actor: User | None, round_no: int) -> ProjectFacts:
    """The same with the answers of a submitted round: what a page shows while the next one is prepared."""
    return _facts(case, policy, on, actor, round_no)


def _facts(case: Case, policy: Policy, on: date, actor: User | None, reading: int) -> ProjectFacts:
    answers = answers_of(case.id, reading)
    basics, method, contract = (answers.get(s, {}) for s in ("basics", "method", "contract"))
    day = governing_day(case, on)
    method_id = method.get("method")
    on_file = applications.papers(case.id, reading, inner=True)
    review = _review(case, policy, method_id, actor)
    opinions = _opinions(case)
    validation = opinions.get(OpinionKind.VALIDATION)
    parcels = tuple(parcel_facts(p) for p in answers.get("parcels", {}).get("parcels", ()))
    required = papers.required(policy, case, answers)
    missing = papers.missing(required, on_file, answers)
    passed = gates_passed(case.id, case.round)
    done = done_sections(case.id, reading)
    sitting = open_sitting(case.id)
    return ProjectFacts(
        on=day,
        round=case.round,
        scheme=_member(Scheme, basics.get("scheme")),
        activity=_member(Activity, basics.get("activity")),
        method=method_id,
        applicant_is_person=case.proponent_user_id is not None,
        land_setting=_member(LandSetting, method.get("land_setting")),
        parcels=parcels,
        has_partner=contract.get("has_partner"),
        unanswered=tuple(s for s in SECTIONS if s not in done and s != "documents"),
        documents_missing=missing,
        documents_on_file=tuple(f"{d.kind}/{d.slot}" if d.slot else d.kind for d in on_file),
        **review,
        legal=_conclusion(opinions, OpinionKind.LEGAL),
        validator_named=case.vvb_org_id is not None,
        validation=_conclusion(opinions, OpinionKind.VALIDATION),
        matters={k: bool(v.get("met")) for k, v in (validation.matters if validation else {}).items()},
        environment=_conclusion(opinions, OpinionKind.ENVIRONMENT),
        sitting=sitting_facts(sitting, actor),
        tabled=sitting is not None,
        reconsideration=reconsideration_of(case),
        was_reopened=_was_reopened(case),
        available_members=len(electorate(case, on).electors) if case.submitted_at else 0,
        gates_passed=passed,
        conditions_open=_conditions_open(case),
        has_entry=has_entry(case.id),
        suspended_by_chair=None if case.suspended_by is None else case.suspended_by.value == "chair",
    )


def _review(case: Case, policy: Policy, method_id: str | None, actor: User | None) -> dict[str, Any]:
    """The officers' sheet: answers of those whose signature stands, and what the actor still owes."""
    latest: dict[int, dict[str, ConditionVerdict]] = {}
    for row in condition_answers(case.id, case.round):
        latest.setdefault(row.officer_id, {})[row.clause] = row.verdict
    signed = standing_signatures(case.id, case.round)
    conditions: dict[str, dict[int, ConditionVerdict]] = {}
    for officer in signed:
        for clause, verdict in latest.get(officer, {}).items():
            conditions.setdefault(clause, {})[officer] = verdict
    own = latest.get(actor.id, {}) if actor else {}
    return {
        "conditions": conditions,
        "signatures": signed,
        "own_unanswered": tuple(c for c in sheet(policy, method_id) if c not in own),
        "actor_has_signed": bool(actor and actor.id in signed),
    }


def sheet(policy: Policy, method_id: str | None) -> tuple[str, ...]:
    """The clauses on the screening sheet of a method: its conditions, then its ways to additionality."""
    if method_id is None or method_id not in policy.methods:
        return ()
    method = policy.method(method_id)
    return (*method.conditions, *method.exemptions, *filter(None, [method.argued]))


def condition_answers(case_id: int, round_no: int) -> list[ConditionAnswer]:
    """Every answer given in a round, oldest first."""
    query = (
        select(ConditionAnswer)
        .where(ConditionAnswer.case_id == case_id, ConditionAnswer.round_no == round_no)
        .order_by(ConditionAnswer.id)
    )
    return list(db.session.scalars(query))


def own_answers_digest(case_id: int, round_no: int, officer_id: int) -> str:
    """Digest of an officer's latest answers; a signature stands while it equals the signed one."""
    own = {
        a.clause: [a.verdict.value, a.evidence]
        for a in condition_answers(case_id, round_no)
        if a.officer_id == officer_id
    }
    return digest(own)


def standing_signatures(case_id: int, round_no: int) -> frozenset[int]:
    """Officers whose signature covers what they answer now."""
    query = select(ScreeningSignature).where(
        ScreeningSignature.case_id == case_id, ScreeningSignature.round_no == round_no
    )
    return frozenset(
        s.officer_id
        for s in db.session.scalars(query)
        if s.answers_digest == own_answers_digest(case_id, round_no, s.officer_id)
    )


def gates_passed(case_id: int, round_no: int) -> frozenset[GateName]:
    """Gates of a round closed with a pass."""
    query = select(GateDecision.gate).where(
        GateDecision.case_id == case_id, GateDecision.round_no == round_no, GateDecision.passed == 1
    )
    return frozenset(db.session.scalars(query))


def has_entry(case_id: int) -> bool:
    """Whether the case has ever been entered in the library."""
    return bool(db.session.scalar(select(func.count()).where(Registration.case_id == case_id)))


def sitting_facts(sitting: Deliberation | None, actor: User | None) -> SittingFacts | None:
    """An open sitting's count so far, and how the actor stands to it."""
    if sitting is None:
        return None
    choices = [v.choice for v in sitting.votes]
    return SittingFacts(
        question=Question(sitting.question),
        members=sitting.members,
        cast_for=choices.count(Choice.FOR),
        cast_against=choices.count(Choice.AGAINST),
        abstained=choices.count(Choice.ABSTAIN),
        quorum=(sitting.quorum_num, sitting.quorum_den),
        quorum_min=sitting.quorum_min,
        needs=(sitting.needs_num, sitting.needs_den),
        actor_is_elector=bool(actor and any(e.user_id == actor.id for e in sitting.electors)),
        actor_has_voted=bool(actor and any(v.user_id == actor.id for v in sitting.votes)),
    )


def parcel_facts(parcel: Mapping[str, Any]) -> ParcelFacts:
    """A parcel of the answers as the rules see it; what cannot be read counts as not answered."""
    return ParcelFacts(
        key=str(parcel.get("key", "")),
        name=str(parcel.get("name") or ""),
        district_code=parcel.get("district_code"),
        area_mu=_decimal(parcel.get("area_mu")),
        tenure=_member(Tenure, parcel.get("tenure")),
        title_document=_member(TitleDocument, parcel.get("title_document")),
        title_end=_day(parcel.get("title_end")),
        disputed=parcel.get("disputed"),
        coowner_consent=parcel.get("coowner_consent"),
    )


def gate_digest(case: Case, gate: GateName, round_no: int, policy: Policy) -> str:
    """Digest of what a gate judges by in a round: its sections and papers, without contact details."""
    answers = answers_of(case.id, round_no)
    sections = {s: dict(answers.get(s, {})) for s in READS[gate]}
    for key in CONTACT:
        sections.get("basics", {}).pop(key, None)
    listed: list[list[str]] = []
    if "documents" in READS[gate]:
        asked = {rule.kind for rule in policy.document_rules.values() if rule.stage.value == "application"}
        listed = [
            [d.kind, d.slot, d.sha256] for d in applications.papers(case.id, round_no, inner=True) if d.kind in asked
        ]
    return digest({"sections": sections, "documents": listed})


def digest(value: Any) -> str:
    """SHA-256 over canonical JSON."""
    raw = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(raw.encode()).hexdigest()


def _opinions(case: Case) -> dict[OpinionKind, Opinion]:
    """The opinions in force; a legal one also where the risk review it was given for carried over."""
    rounds = (case.round, conditions_round(case))
    query = select(Opinion).where(Opinion.case_id == case.id, Opinion.round_no.in_(rounds)).order_by(Opinion.id)
    here = (o for o in db.session.scalars(query) if o.round_no == case.round or o.kind is OpinionKind.LEGAL)
    return {o.kind: o for o in here}


def _conclusion(opinions: Mapping[OpinionKind, Opinion], kind: OpinionKind) -> Any:
    return opinions[kind].conclusion if kind in opinions else None


def conditions_round(case: Case) -> int:
    """The round whose approval is in force, and so whose conditions: a carried gate points back to it."""
    gate = db.session.get(GateDecision, (case.id, case.round, GateName.RISK_REVIEW))
    return (gate.carried_from or case.round) if gate else case.round


def _conditions_open(case: Case) -> int:
    query = select(func.count()).where(
        ApprovalCondition.case_id == case.id,
        ApprovalCondition.round_no == conditions_round(case),
        ApprovalCondition.confirmed_at.is_(None),
    )
    return int(db.session.scalar(query) or 0)


def reconsideration_of(case: Case) -> str | None:
    """How far the reconsideration of the round's decision is: None, asked, or its outcome."""
    query = (
        select(Reconsideration.outcome)
        .where(Reconsideration.case_id == case.id, Reconsideration.round_no == case.round)
        .order_by(Reconsideration.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def _was_reopened(case: Case) -> bool:
    query = select(func.count()).where(Round.case_id == case.id, Round.opened_by == "reopen")
    return bool(db.session.scalar(query))


def _member(members: type[E], word: Any) -> E | None:
    try:
        return members(word)
    except ValueError:
        return None


def _decimal(word: Any) -> Decimal | None:
    try:
        return None if word in (None, "") else Decimal(str(word))
    except InvalidOperation:
        return None


def _day(word: Any) -> date | None:
    try:
        return date.fromisoformat(word) if word else None
    except (TypeError, ValueError):
        return None


def areas_by_district(parcels: Iterable[ParcelFacts]) -> dict[str, Decimal]:
    """District code → mu."""
    total: dict[str, Decimal] = {}
    for p in parcels:
        if p.district_code and p.area_mu is not None:
            total[p.district_code] = total.get(p.district_code, Decimal(0)) + p.area_mu
    return total
