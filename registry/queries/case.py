"""A case as its page shows it: plain values, never rows.

What a person may see here follows from the roles: the bureau's own people see votes after a
sitting, the officers' answers and every opinion in full; the others see findings, conclusions,
reasons and decisions.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from registry import application, formats, labels
from registry.extensions import db
from registry.models import Appointment, AuditEvent, Case, GateDecision, Round, User
from registry.permissions import APPLICANTS
from registry.queries import applications
from registry.queries import case_review as review
from registry.queries.applications import organisation_name
from registry.queries.case_shapes import CasePage, GateView, ParcelRow, RoundView, Stage, Turn
from workflows.roles import Role
from workflows.states import ENDED, STAGE_OF, STAGES, GateName, GateResult, ProjectState, Tenure, TitleDocument

S = ProjectState


def case_page(case: Case, roles: frozenset[Role], reader: User) -> CasePage:
    """The page of a case for a person with these roles on it."""
    inside, applicant = bool(roles & review.INSIDE), bool(roles & APPLICANTS)
    data = applications.data_of(applications.answers_of(case.id, case.round))
    gates = _gates(case.id)
    return CasePage(
        id=case.id,
        number=case.number or "",
        project_number=case.project_number,
        name=case.name,
        state=case.state,
        scheme=case.scheme,
        district=labels.district(case.district_code),
        is_example=case.is_example,
        version=case.version,
        round_no=case.round,
        inside=inside,
        applicant=applicant,
        returns_to=case.returns_to,
        stages=tuple(_stages(case, gates)),
        turn=_turn(case),
        facts=tuple(_facts(case, data, contact=inside or applicant)),
        summary=str(data.get("basics", {}).get("summary") or ""),
        parcels=tuple(_parcels(data)),
        area_mu=applications.parcels_total_mu(data),
        contract=tuple(_section(data, "contract")),
        crediting=tuple(_section(data, "crediting")),
        papers=tuple(review.papers(case, roles, data)),
        opinions=tuple(review.opinions(case, roles)),
        sittings=tuple(review.sittings(case.id, reader, inside)),
        rounds=tuple(_rounds(case.id, gates)),
        conditions=tuple(review.conditions(case.id, case.round)),
        notices=tuple(review.notices(case)),
        finding_answers=review.finding_answers(case) if inside else {},
    )


# --- where it stands ---


def _stages(case: Case, gates: Sequence[GateDecision]) -> list[Stage]:
    closed = {STAGE_OF[g.gate]: g for g in gates if g.round_no == case.round}
    waits = case.state in (S.CORRECTION_REQUESTED, S.SUSPENDED)
    here = case.returns_to if waits else case.state
    before = STAGES.index(here) if here in STAGES else 0
    found = []
    for place, stage in enumerate(STAGES):
        gate = closed.get(stage)
        words = labels.stage_label(stage)
        if gate is not None and not gate.passed:
            found.append(Stage(words, _("Refused on %(day)s", day=formats.day(gate.decided_at)), "todo"))
        elif gate is not None:
            found.append(Stage(words, _passed(gate, case), "done"))
        elif stage is here:
            found.append(Stage(words, labels.label(case.state) if waits else _("Under way"), "current"))
        elif place < before:
            found.append(Stage(words, _("Passed"), "done"))
        else:
            found.append(Stage(words, "" if case.state in ENDED else _("Not started"), "todo"))
    return found


def _passed(gate: GateDecision, case: Case) -> str:
    day = formats.day(gate.decided_at)
    if gate.result is GateResult.CARRIED:
        return _("Carried over from round %(round)s", round=str(gate.carried_from))
    if gate.gate is GateName.ACCEPTANCE:
        return _("Accepted on %(day)s", day=formats.day(case.accepted_on or gate.decided_at))
    return _("Passed on %(day)s", day=day)


def _turn(case: Case) -> Turn:
    note = ""
    if case.returns_to is not None:
        note = _("Goes back to: %(stage)s", stage=labels.stage_label(case.returns_to))
    return Turn(labels.whose_turn(case.state), case.state_since, labels.next_step(case.state), note)


def _gates(case_id: int) -> Sequence[GateDecision]:
    query = select(GateDecision).where(GateDecision.case_id == case_id)
    order = list(GateName)
    return sorted(db.session.scalars(query), key=lambda g: (g.round_no, order.index(g.gate)))


def _rounds(case_id: int, gates: Sequence[GateDecision]) -> list[RoundView]:
    rows = db.session.scalars(select(Round).where(Round.case_id == case_id).order_by(Round.no.desc())).all()
    names = _names({g.decided_by_id for g in gates if g.decided_by_id})
    return [
        RoundView(
            r.no,
            labels.happened(r.opened_by),
            r.opened_at,
            tuple(
                GateView(
                    labels.label(g.gate), g.result, g.decided_at, names.get(g.decided_by_id or 0, ""), g.carried_from
                )
                for g in gates
                if g.round_no == r.no
            ),
        )
        for r in rows
    ]


def _names(ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    return dict(db.session.execute(select(User.id, User.name).where(User.id.in_(ids))).all())


# --- what it is ---


def _facts(case: Case, data: Mapping[str, Mapping[str, Any]], *, contact: bool) -> list[tuple[str, str]]:
    basics = data.get("basics", {})
    pairs = [(_("Project proponent"), applications.applicant_name(case))]
    pairs += [(words, organisation_name(org)) for words, org in ((_("Agent"), case.agent_org),) if org is not None]
    pairs += [
        (_("Scheme"), labels.label(case.scheme)),
        (_("Activity"), labels.label(case.activity)),
        *_asked(data, "method", ("method", "start_on", "additionality")),
        (_("Area"), formats.area(case.area_mu)),
        (_("Validation body"), organisation_name(case.vvb_org) if case.vvb_org else _("Not named yet")),
    ]
    if contact and basics.get("contact_name"):
        pairs.append((_("Contact"), f"{basics['contact_name']}, {basics.get('contact_phone') or labels.DASH}"))
    return pairs


def _asked(data: Mapping[str, Mapping[str, Any]], section: str, only: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Answers of a section that were given, as pairs."""
    answers = data.get(section, {})
    questions = application.asked(section, answers, application.scheme_of(data))
    pairs = [(application.short(q), applications.answer(q, answers)) for q in questions if not only or q.field in only]
    return [(words, value) for words, value in pairs if value]


def _section(data: Mapping[str, Mapping[str, Any]], section: str) -> list[tuple[str, str]]:
    return _asked(data, section)


def _parcels(data: Mapping[str, Mapping[str, Any]]) -> list[ParcelRow]:
    return [
        ParcelRow(
            str(p.get("key", "")),
            application.parcel_title(p, place),
            labels.district(p.get("district_code")),
            labels.label(p.get("tenure"), Tenure),
            labels.label(p.get("title_document"), TitleDocument),
            Decimal(p["area_mu"]) if p.get("area_mu") else None,
        )
        for place, p in enumerate(data.get("parcels", {}).get("parcels", []), 1)
    ]


def stated(data: Mapping[str, Mapping[str, Any]], clause: str) -> list[tuple[str, str]]:
    """What the application says on a clause, from the questions that name it: (label, answer)."""
    found: list[tuple[str, str]] = []
    for name in application.SECTIONS:
        answers = data.get(name, {})
        if name == "parcels":
            found += _stated_of_parcels(answers, clause)
            continue
        questions = application.asked(name, answers, application.scheme_of(data))
        found += [(application.short(q), applications.answer(q, answers)) for q in questions if clause in q.rules]
    return [(words, value or labels.DASH) for words, value in found]


def _stated_of_parcels(answers: Mapping[str, Any], clause: str) -> list[tuple[str, str]]:
    return [
        (f"{application.parcel_title(parcel, place)}: {application.short(q)}", applications.answer(q, parcel))
        for place, parcel in enumerate(answers.get("parcels", []), 1)
        for q in application.PARCEL
        if clause in q.rules and q.asked(parcel)
    ]


def uninvolved(case: Case) -> list[User]:
    """Holders of an office in the case's body who took no part in the case, by name."""
    part = select(AuditEvent.actor_id).where(
        AuditEvent.subject_kind == "project", AuditEvent.subject_id == case.id, AuditEvent.actor_id.is_not(None)
    )
    query = (
        select(User)
        .join(Appointment, Appointment.user_id == User.id)
        .where(Appointment.body_id == case.body_id, User.active.is_(True), User.id.not_in(part))
        .order_by(User.name)
        .distinct()
    )
    return list(db.session.scalars(query))
