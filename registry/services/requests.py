"""What an act in hand says, as facts: the part of a judgement that depends on the form, not on the case."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select, union

from registry.clock import today
from registry.extensions import db
from registry.models import (
    AgendaItem,
    Answers,
    ApprovalCondition,
    AuditEvent,
    Case,
    CorrectionNotice,
    Document,
    Elector,
    Meeting,
    Opinion,
    RecusalProposal,
    User,
    Vote,
)
from registry.models import Deliberation as Sitting
from registry.queries import changes, notices
from registry.services import clocks, notice_facts, panel_facts, rounds
from registry.services import facts as facts_of
from registry.services.fact_rows import MEMBERS
from registry.services.facts import electorate, open_sitting, seated_on
from registry.services.policy import current
from workflows.deliberation import presiding
from workflows.facts import FoundAside, ProjectFacts
from workflows.roles import Role
from workflows.states import GATE_OF, GateName, MeetingState, OpinionKind, ProjectState, Question, TitleDocument

DECIDES = {
    "revoke": Question.REVOCATION,
    "decide_amendment": Question.AMENDMENT,
}
"""Acts of a chair that close a sitting on one question, whatever the state."""

HANDS_IN_AGAIN = frozenset({"resubmit", "amend"})
"""Acts that hand in a later round; a resubmission may answer the notice in words instead of changing anything."""

NAMES_A_MEMBER = frozenset({"propose_recusal", "decide_recusal"})
ASKS = frozenset({"request_reconsideration", "report_condition"})


def with_request(
    facts: ProjectFacts,
    case: Case,
    action: str,
    roles: frozenset[Role],
    data: Mapping[str, Any],
    on: date,
    actor: User | None = None,
) -> ProjectFacts:
    """The facts of a case, completed by who acts, what the form says, and what its clocks say on a day."""
    known: dict[str, Any] = {
        **clocks.facts_for(case, action, data, on),
        "actor_is_system": Role.SYSTEM in roles,
        "actor_is_chair": Role.CHAIR in roles,
        "asking": action in ASKS,
        "approving": bool(data.get("approved", True)),
        "calling": action == "call_vote",
    }
    question = _question(action, case.state)
    if question and facts.sitting and facts.sitting.question is not question:
        known["sitting"] = None  # a sitting on another question decides nothing here
    if action == "table":
        known["available_members"] = len(electorate(case, on).electors)
    if action == "request_correction":
        known |= _notice(case, data)
    if action in HANDS_IN_AGAIN:
        known["unchanged"] = changes.unchanged(case)
        known["answered_in_words"] = action == "resubmit" and bool(str(data.get("words") or "").strip())
    if "people" in data:
        people = {int(p) for p in data["people"]}
        known |= {"reconsiderers": len(people), "reconsiderers_with_part": len(people & had_part(case))}
    known |= _panel(case, action, data, on)
    known |= _of_the_notice(facts, case, roles, data)
    known |= _of_the_room(facts, case, action, data, actor)
    if action == "reseat":
        known |= _seats(case, on)
    if action == "sign_site_check":
        known["site_check"] = _site_check(case, data, actor)
    if "condition_id" in data:
        known["condition"] = _condition(case, int(data["condition_id"]))
    return replace(facts, **known)


def _of_the_room(
    facts: ProjectFacts, case: Case, action: str, data: Mapping[str, Any], actor: User | None
) -> dict[str, Any]:
    """What an act on a sitting says: the meeting, the question, the member, the flaw."""
    known: dict[str, Any] = {}
    if action == "call_vote":
        known |= _found_aside(facts, case, actor)
    if action == "table":
        known["question_fits"] = _fits(case, data.get("question"))
        meeting = _meeting(case, int(data.get("meeting") or 0))
        known["meeting"] = meeting and meeting.state  # not that of a sitting that is open already
        if meeting and case.submitted_at:
            known["available_members"] = len(electorate(case, seated_on(meeting, today())).electors)
    if action == "find_flaw":
        known["flaw_fits"] = _flaw(case, data)
    if action in NAMES_A_MEMBER and "member" in data:
        known |= _member(facts, case, action, int(data["member"]), actor)
    return known


def _seats(case: Case, on: date) -> dict[str, Any]:
    """Whether the group is another one on the day of the meeting, and how many of it would be entitled."""
    sitting = open_sitting(case.id)
    item = db.session.get(AgendaItem, sitting.id) if sitting else None
    if sitting is None or item is None:
        return {}
    who = electorate(case, seated_on(item.meeting, on))
    changed = facts_of.seats_changed(sitting.id, who)
    return {"seats_changed": changed, "available_members": len(who.electors), "agenda_item": item.no}


def _panel(case: Case, action: str, data: Mapping[str, Any], on: date) -> dict[str, Any]:
    """What a draw asks for and could choose from; what an expert declares; why a panel is ended."""
    if action == "draw_panel":
        free = [e.candidate for e in panel_facts.register(case, current(), on) if e.candidate.bar is None]
        size = int(data["size"]) if "size" in data else None
        return {"panel_size": size, "experts_free": len(free), "experts_outside": sum(c.outside for c in free)}
    if action == "give_expert_opinion" and "conclusion" in data:
        return {"independent": bool(data.get("independent"))}
    return {"closing_reason": bool(str(data.get("words") or "").strip())} if action == "close_panel" else {}


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


def _meeting(case: Case, meeting_id: int) -> Meeting | None:
    """The meeting that a case is tabled for; one of another body is none."""
    meeting = db.session.get(Meeting, meeting_id)
    return meeting if meeting is not None and meeting.body_id == case.body_id else None


def _member(facts: ProjectFacts, case: Case, action: str, user_id: int, actor: User | None) -> dict[str, Any]:
    """Whether the member named may still be made to stand aside, and whether somebody names oneself."""
    sitting = open_sitting(case.id)
    if facts.sitting is None or sitting is None:
        return {"named_fits": None}
    member = next((m for m in db.session.execute(MEMBERS, {"sitting": sitting.id}) if m.user_id == user_id), None)
    asked = select(RecusalProposal.upheld).where(
        RecusalProposal.deliberation_id == sitting.id, RecusalProposal.user_id == user_id
    )
    proposal = db.session.execute(asked).one_or_none()
    waits = proposal is not None and proposal.upheld is None
    fits = member is not None and not member.aside and member.choice is None
    wanted = waits if action == "decide_recusal" else proposal is None
    decider = actor.id if actor and action == "decide_recusal" else None
    # Who presides decides; of who presides, a deputy does.
    competent = decider is None or facts.sitting.presides in {decider, user_id}
    return {
        "named_fits": None if member is None else fits and wanted and competent,
        "names_oneself": decider == user_id,
    }


def _fits(case: Case, question: object) -> bool:
    open_to = questions(case.state)
    return bool(open_to) and (not question or str(question) in {q.value for q in open_to})


def flawed_sitting(case: Case, gate: object) -> int | None:
    """The sitting behind a decision of this round, also where it was carried into it; None where there is none."""
    if str(gate) not in set(GateName):
        return None
    decided = rounds.decision(case.id, case.round, GateName(str(gate)))
    if decided is not None and decided.carried_from:
        decided = rounds.decision(case.id, decided.carried_from, decided.gate)
    return decided.deliberation_id if decided else None


def _flaw(case: Case, data: Mapping[str, Any]) -> bool | None:
    gate, member = data.get("gate"), data.get("member")
    if str(gate) not in set(GateName) or rounds.decision(case.id, case.round, GateName(str(gate))) is None:
        return None
    if not member:
        return True
    sitting = flawed_sitting(case, gate)
    return sitting is not None and db.session.get(Vote, (sitting, int(member))) is not None


def _found_aside(facts: ProjectFacts, case: Case, actor: User | None) -> dict[str, Any]:
    """Members in whom a tie has come up since the case was tabled: they are counted out when the question is put."""
    sitting = open_sitting(case.id)
    if facts.sitting is None or sitting is None:
        return {}
    ties = {a.seat.user_id: a for a in electorate(case, today()).excluded}
    entitled = [m for m in db.session.execute(MEMBERS, {"sitting": sitting.id}) if not m.aside]
    tied = [m for m in entitled if m.user_id in ties and m.choice is None]
    left = [m for m in entitled if m not in tied]
    here = {m.user_id for m in left if m.present}
    presides = presiding(
        ((m.user_id, m.role) for m in left),
        here if facts.meeting is MeetingState.IN_SESSION else None,
        called_by=facts.sitting.presides if facts.sitting.called else None,
    )
    counted = replace(
        facts.sitting,
        members=len(left),
        recused=facts.sitting.recused + len(tied),
        attending=None if facts.sitting.attending is None else len(here),
        presides=presides,
        actor_presides=actor is not None and actor.id == presides,
    )
    found = tuple(FoundAside(m.user_id, ties[m.user_id].ground, ties[m.user_id].organisation_id) for m in tied)
    return {"sitting": counted, "found_aside": found}
