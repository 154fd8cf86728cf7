"""What an act in hand says, as facts: the part of a judgement that depends on the form, not on the case."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select, union

from registry.clock import today
from registry.extensions import db
from registry.models import (
    Answers,
    ApprovalCondition,
    AuditEvent,
    Case,
    CorrectionNotice,
    Document,
    Elector,
    Opinion,
)
from registry.models import Deliberation as Sitting
from registry.queries import changes, notices
from registry.services import notice_facts, rounds
from registry.services.facts import electorate
from workflows.facts import ProjectFacts
from workflows.roles import Role
from workflows.states import GATE_OF, OpinionKind, ProjectState, Question, TitleDocument

DECIDES = {
    "revoke": Question.REVOCATION,
    "decide_amendment": Question.AMENDMENT,
}
"""Acts of a chair that close a sitting on one question, whatever the state."""

HANDS_IN_AGAIN = frozenset({"resubmit", "amend"})
"""Acts that hand in a later round; a resubmission may answer the notice in words instead of changing anything."""

ASKS = frozenset({"request_reconsideration", "report_condition"})


def with_request(
    facts: ProjectFacts, case: Case, action: str, roles: frozenset[Role], data: Mapping[str, Any]
) -> ProjectFacts:
    """The facts of a case, completed by who acts and what the form says."""
    known: dict[str, Any] = {
        "actor_is_system": Role.SYSTEM in roles,
        "actor_is_chair": Role.CHAIR in roles,
        "asking": action in ASKS,
        "approving": bool(data.get("approved", True)),
    }
    question = _question(action, case.state)
    if question and facts.sitting and facts.sitting.question is not question:
        known["sitting"] = None  # a sitting on another question decides nothing here
    if action == "table":
        known["available_members"] = len(electorate(case, today()).electors)
    if action == "request_correction":
        known |= _notice(case, data)
    if action in HANDS_IN_AGAIN:
        known["unchanged"] = changes.unchanged(case)
        known["answered_in_words"] = action == "resubmit" and bool(str(data.get("words") or "").strip())
    if "people" in data:
        people = {int(p) for p in data["people"]}
        known |= {"reconsiderers": len(people), "reconsiderers_with_part": len(people & had_part(case))}
    known |= _of_the_notice(facts, case, roles, data)
    if "condition_id" in data:
        known["condition"] = _condition(case, int(data["condition_id"]))
    return replace(facts, **known)


def _of_the_notice(facts: ProjectFacts, case: Case, roles: frozenset[Role], data: Mapping[str, Any]) -> dict[str, Any]:
    known: dict[str, Any] = {}
    if "objection_id" in data:
        known["objection"] = notice_facts.stands(case, int(data["objection_id"]), notices.side_of(roles))
    if "parcel_key" in data and Role.PUBLIC not in roles:
        known["parcel_in_hand"] = _parcel(facts, str(data["parcel_key"]))
    if "verifier_id" in data:
        known["verifier_part"] = _part_of(case, int(data["verifier_id"]))
    return known


def _parcel(facts: ProjectFacts, key: str) -> str | None:
    """Whether a parcel of the project is in question: by the application, by an objection, by another project."""
    parcel = next((p for p in facts.parcels if p.key == key), None)
    if parcel is None:
        return None
    if len(facts.parcels) == 1:
        return "last"
    return "in_question" if key in questionable(facts) else "sound"


def questionable(facts: ProjectFacts) -> frozenset[str]:
    """The parcels that may be set apart."""
    found = {p.key for p in facts.parcels if p.disputed or p.title_document is TitleDocument.NONE}
    found |= {p.key for p in facts.parcels if p.coowner_consent == "no" or (p.name or p.key) in facts.parcels_disputed}
    return frozenset(found | {o.parcel_key for o in facts.overlaps})


def _part_of(case: Case, organisation_id: int) -> str | None:
    """What an organisation did in a project that keeps it from verifying it."""
    query = select(Opinion.id).where(
        Opinion.case_id == case.id,
        Opinion.kind == OpinionKind.VALIDATION,
        Opinion.organisation_id == organisation_id,
    )
    if organisation_id == case.vvb_org_id or db.session.scalars(query).first() is not None:
        return "validated"
    return "designed" if organisation_id == case.agent_org_id else None


def _question(action: str, state: ProjectState) -> Question | None:
    if action in {"approve_risk", "register", "reject"}:
        return next(iter(questions(state)), None)  # in a state where nothing is asked the table refuses the act
    if action == "suspend" and state is ProjectState.REGISTERED:
        return Question.SUSPENSION
    return DECIDES.get(action)


def questions(state: ProjectState) -> tuple[Question, ...]:
    """What a sitting may be asked in a state."""
    if state in GATE_OF and state is not ProjectState.SUBMITTED:
        return (Question(GATE_OF[state].value),)
    return {
        ProjectState.REGISTERED: (Question.REVOCATION, Question.SUSPENSION),
        ProjectState.AMENDMENT_REVIEW: (Question.AMENDMENT, Question.REVOCATION),
        ProjectState.SUSPENDED: (Question.REVOCATION,),
    }.get(state, ())


def _notice(case: Case, data: Mapping[str, Any]) -> dict[str, Any]:
    before = db.session.scalar(
        select(CorrectionNotice.id).where(CorrectionNotice.case_id == case.id, CorrectionNotice.round_no < case.round)
    )
    told, changed = set(rounds.earlier_faults(case)), changed_fields(case)
    fields = [f["field"] for f in data.get("faults", ())]
    return {
        "notice_before": before is not None,
        "new_faults": tuple(f for f in fields if f not in told and not _touched(f, changed)),
        "late_reason_given": bool(data.get("late_reason")),
    }


def _touched(field: str, changed: set[str]) -> bool:
    """Whether the resubmission changed a field, or a part of the application it belongs to (`parcels.p1.area`)."""
    parts = field.split(".")
    return any(".".join(parts[: n + 1]) in changed for n in range(len(parts)))


def changed_fields(case: Case) -> set[str]:
    """`section.field` (and `parcels.key`, `documents.kind`) that differ between this round and the one before."""
    now, then = (_answers(case.id, n) for n in (case.round, case.round - 1))
    changed = {
        f"{section}.{key}"
        for section in now
        for key in {*now[section], *then.get(section, {})}
        if now[section].get(key) != then.get(section, {}).get(key) and key != "parcels"
    }
    new, old = ({p["key"]: p for p in a.get("parcels", {}).get("parcels", ())} for a in (now, then))
    changed |= {f"parcels.{key}" for key in {*new, *old} if new.get(key) != old.get(key)}
    kinds = select(Document.kind).where(Document.case_id == case.id, Document.round_no == case.round)
    return changed | {f"documents.{kind}" for kind in db.session.scalars(kinds)}


def _answers(case_id: int, round_no: int) -> dict[str, dict[str, Any]]:
    query = select(Answers.section, Answers.data).where(Answers.case_id == case_id, Answers.round_no == round_no)
    return {section: dict(data) for section, data in db.session.execute(query)}


def had_part(case: Case) -> set[int]:
    """Everybody who voted on, signed or handled a case."""
    acted = select(AuditEvent.actor_id).where(
        AuditEvent.subject_kind == "project", AuditEvent.subject_id == case.id, AuditEvent.actor_id.is_not(None)
    )
    sat = select(Elector.user_id).join(Sitting, Sitting.id == Elector.deliberation_id).where(Sitting.case_id == case.id)
    return {int(user_id) for (user_id,) in db.session.execute(union(acted, sat))}


def _condition(case: Case, condition_id: int) -> str | None:
    row = db.session.get(ApprovalCondition, condition_id)
    if row is None or row.case_id != case.id:
        return None
    return "confirmed" if row.confirmed_at else "reported" if row.reported_at else "open"
