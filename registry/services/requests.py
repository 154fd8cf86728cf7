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
    User,
)
from registry.models import Deliberation as Sitting
from registry.queries import changes
from registry.services import facts as facts_of
from registry.services import rounds
from registry.services.facts import electorate
from workflows.facts import ProjectFacts
from workflows.roles import Role
from workflows.states import GATE_OF, ProjectState, Question

DECIDES = {
    "revoke": Question.REVOCATION,
    "decide_amendment": Question.AMENDMENT,
}
"""Acts of a chair that close a sitting on one question, whatever the state."""

HANDS_IN_AGAIN = frozenset({"resubmit", "amend"})
"""Acts that hand in a later round; a resubmission may answer the notice in words instead of changing anything."""

ASKS = frozenset({"request_reconsideration", "report_condition"})


def with_request(
    facts: ProjectFacts,
    case: Case,
    action: str,
    roles: frozenset[Role],
    data: Mapping[str, Any],
    actor: User | None = None,
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
    if action == "sign_site_check":
        known["site_check"] = _site_check(case, data, actor)
    if "condition_id" in data:
        known["condition"] = _condition(case, int(data["condition_id"]))
    return replace(facts, **known)


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


def _site_check(case: Case, data: Mapping[str, Any], actor: User | None) -> str | None:
    """How the record in hand stands to the actor's signature; without one in hand, whether any is open to it."""
    found = facts_of.site_checks(case.id, case.round).values()
    signed = {row_id: bool(actor and actor.id in officers) for row_id, officers in found}
    chosen = data.get("site_check_id")
    if chosen is None:
        return None if not signed else "open" if not all(signed.values()) else "signed"
    return {False: "open", True: "signed"}.get(signed.get(int(chosen)))  # type: ignore[arg-type]


def _condition(case: Case, condition_id: int) -> str | None:
    row = db.session.get(ApprovalCondition, condition_id)
    if row is None or row.case_id != case.id:
        return None
    return "confirmed" if row.confirmed_at else "reported" if row.reported_at else "open"
