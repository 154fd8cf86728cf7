"""A case as its page shows it: plain values, never rows.

What a person may see here follows from the roles: the bureau's own people see votes after a
sitting, the officers' answers and every opinion in full; the others see findings, conclusions,
reasons and decisions.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.lists import format_list
from flask_babel import LazyString, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from registry import application, formats, labels
from registry.extensions import db
from registry.models import Appointment, AuditEvent, Case, GateDecision, Round, User
from registry.permissions import APPLICANTS, party_of
from registry.queries import applications, inbox, notices, sitting_views, sittings
from registry.queries import case_review as review
from registry.queries.applications import organisation_name
from registry.queries.called import Called
from registry.queries.case_shapes import CasePage, GateView, ParcelRow, ReconsiderationView, RoundView, Stage, Turn
from registry.queries.inbox_facts import Agenda
from registry.queries.sittings import Sat
from registry.queries.waits import FINDING, LEGAL_TIME, NO_CONDITIONS, TITLE
from workflows.roles import VOTING, Role
from workflows.states import ENDED, STAGE_OF, STAGES, GateName, GateResult, ProjectState, Tenure, TitleDocument

S = ProjectState
WAITING = (S.CORRECTION_REQUESTED, S.SUSPENDED)
"""States that remember where the case goes on."""
RECONSIDERED = (S.REJECTED, S.DECLINED)
"""States in which a decision may be reconsidered."""
BODIES: Mapping[Role, LazyString] = {
    Role.AGENT: _l("Project proponent"),
    Role.CASE_OFFICER: _l("Task force"),
    Role.VVB: _l("Validation body"),
    Role.MEMBER: _l("Leading group"),
    Role.DEPUTY_CHAIR: _l("Leading group"),
}
"""Whom a role stands for where a page says whose turn it is; the others speak for themselves."""
HELD_UP: Mapping[str, LazyString] = {
    TITLE: _l("The title is in question: the case cannot be tabled until this is settled"),
    FINDING: _l("A finding blocks: the case cannot be tabled until it is settled"),
    LEGAL_TIME: _l("The legal review has not had its working days yet; after them the case can be tabled"),
    NO_CONDITIONS: _l("The conditions of this standard are not on file yet: until then it cannot be screened"),
    "flaw": _l("The decision has lost its effect: the case is resumed, and the decision taken again"),
}
"""What comes next where a case is held up, by the reason."""


def case_page(case: Case, roles: frozenset[Role], reader: User, agenda: Agenda | None = None) -> CasePage:
    """The page of a case for a person with these roles on it; `agenda` tells whether a finding keeps it off."""
    inside, applicant = bool(roles & review.INSIDE), bool(roles & APPLICANTS)
    shown = applications.round_shown(case)
    data = applications.data_of(applications.answers_of(case.id, shown))
    gates, flaws = _gates(case.id), _flaws(case.id)
    asked = review.reconsiderations(case.id)
    rows = _parcels(data, notices.apart(case.id, shown))
    sat = sittings.of_case(case.id)
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
        stages=tuple(_stages(case, gates, shown, flaws)),
        turn=_turn(case, asked, next((s for s in sat if s.end is None), None), agenda),
        facts=tuple(_facts(case, data, contact=inside or applicant)),
        summary=str(data.get("basics", {}).get("summary") or ""),
        parcels=tuple(rows),
        area_mu=sum((p.area_mu for p in rows if p.area_mu and not p.apart), Decimal(0)),
        contract=tuple(_section(data, "contract")),
        has_partner=data.get("contract", {}).get("has_partner") is True,
        crediting=tuple(_section(data, "crediting")),
        papers=tuple(review.papers(case, roles, data)),
        opinions=tuple(review.opinions(case, roles)),
        sittings=tuple(sitting_views.on_the_case(s, reader, inside) for s in sat),
        rounds=tuple(_rounds(case.id, gates, flaws)),
        conditions=tuple(review.conditions(case.id, _approved_in(gates, shown))),
        notices=tuple(review.notices(case)),
        reconsiderations=tuple(asked),
        finding_answers=review.finding_answers(case) if inside else {},
    )


# --- where it stands ---


def _approved_in(gates: Sequence[GateDecision], round_no: int) -> int:
    """The round whose approval holds in a round: a gate carried over points back to it."""
    found = (g for g in gates if g.round_no == round_no and g.gate is GateName.RISK_REVIEW)
    return next((g.carried_from or round_no for g in found), round_no)


Flaws = Mapping[GateName, datetime]
"""Gate → when its decision was last found flawed (S10)."""


def _flaws(case_id: int) -> Flaws:
    query = select(AuditEvent.at, AuditEvent.detail).where(
        AuditEvent.subject_kind == "project",
        AuditEvent.subject_id == case_id,
        AuditEvent.action == "project:find_flaw",
    )
    rows = db.session.execute(query.order_by(AuditEvent.seq)).all()
    return {GateName(json.loads(detail)["gate"]): at for at, detail in rows}


def _undone(gate: GateDecision, flaws: Flaws) -> str:
    """Since when a decision has no effect because of a flaw; "" where it has."""
    found = flaws.get(gate.gate)
    if found is None or gate.decided_at > found or gate.result is GateResult.CARRIED:
        return ""
    return _("Procedural flaw: without effect since %(day)s", day=formats.day(found))


def _stages(case: Case, gates: Sequence[GateDecision], shown: int, flaws: Flaws) -> list[Stage]:
    closed = {STAGE_OF[g.gate]: g for g in gates if g.round_no == shown}
    waits = case.state in WAITING
    here = case.returns_to if waits else case.state
    before = STAGES.index(here) if here in STAGES else 0
    found = []
    for place, stage in enumerate(STAGES):
        gate = closed.get(stage)
        words = labels.stage_label(stage)
        if gate is not None and (undone := _undone(gate, flaws)):
            found.append(Stage(words, undone, "current" if stage is here else "todo"))
        elif gate is not None and not gate.passed:
            found.append(Stage(words, _("Refused on %(day)s", day=formats.day(gate.decided_at)), "todo"))
        elif gate is not None:
            found.append(Stage(words, _passed(gate, case), "done"))
        elif stage is here:
            found.append(Stage(words, labels.label(case.state) if waits else _("Under way"), "current"))
        elif place < before:
            found.append(Stage(words, _("Passed"), "done"))
        else:
            found.append(Stage(words, _not_begun(case), "todo"))
    return found


def _not_begun(case: Case) -> str:
    if case.state in ENDED:
        return ""
    return _("To be judged again") if case.state is S.AMENDMENT_REVIEW else _("Not started")


def _passed(gate: GateDecision, case: Case) -> str:
    day = formats.day(gate.decided_at)
    if gate.result is GateResult.CARRIED:
        return _("Carried over from round %(round)s", round=str(gate.carried_from))
    if gate.gate is GateName.ACCEPTANCE:
        return _("Accepted on %(day)s", day=formats.day(case.accepted_on or gate.decided_at))
    return _("Passed on %(day)s", day=day)


def _turn(case: Case, asked: Sequence[ReconsiderationView], tabled: Sat | None, agenda: Agenda | None) -> Turn:
    """Whose turn it is by the waits of the inbox; in a state of rest nobody is waited for."""
    waits = inbox.turns(case, agenda=agenda)
    who, following, note = labels.whose_turn(case.state), labels.next_step(case.state), ""
    if waits:
        who = _bodies([w.role for w in waits])
        following = next((str(HELD_UP[w.why]) for w in waits if w.why in HELD_UP), following)
    elif tabled is not None and tabled.held_on is not None:
        who = _("Leading group")
        following = _("Tabled for the meeting of %(day)s", day=formats.day_long(tabled.held_on))
    if case.state in WAITING and case.returns_to in STAGES:
        note = _("Goes back to: %(stage)s", stage=labels.stage_label(case.returns_to))
    if case.state in RECONSIDERED and asked:
        following = (
            _("Three people who had no part in it reconsider the decision")
            if waits
            else _("The decision stands; it has been reconsidered once")
        )
    return Turn(who, min((w.since for w in waits), default=case.state_since), following, note)


def _bodies(roles: Sequence[Role]) -> str:
    """Whom these roles stand for, each once; the chair only where nobody else of the leading group is waited for."""
    group = [r for r in roles if r in VOTING]
    named = [r for r in roles if r is not Role.CHAIR or len(group) == 1]
    words = dict.fromkeys(str(BODIES.get(r) or labels.label(r)) for r in named)
    return format_list(list(words), locale=get_locale())


CLOSED_BY: Mapping[GateName, str] = {
    GateName.ACCEPTANCE: "accept",
    GateName.SCREENING: "pass_screening",
    GateName.RISK_REVIEW: "approve_risk",
    GateName.VALIDATION: "pass_validation",
    GateName.REGISTRATION: "register",
}
"""The step that closes a gate; one that is not passed is closed by the refusal."""


def _gates(case_id: int) -> Sequence[GateDecision]:
    query = select(GateDecision).where(GateDecision.case_id == case_id)
    order = list(GateName)
    return sorted(db.session.scalars(query), key=lambda g: (g.round_no, order.index(g.gate)))


def _rounds(case_id: int, gates: Sequence[GateDecision], flaws: Flaws) -> list[RoundView]:
    rows = db.session.scalars(select(Round).where(Round.case_id == case_id).order_by(Round.no.desc())).all()
    called = Called(g.decided_by_id for g in gates)
    return [
        RoundView(
            r.no,
            labels.happened(r.opened_by),
            r.opened_at,
            tuple(
                GateView(
                    labels.label(g.gate),
                    g.result,
                    g.decided_at,
                    called(g.decided_by_id, g.decided_at),
                    g.carried_from,
                    "reject" if g.result is GateResult.REJECT else CLOSED_BY[g.gate],
                    _undone(g, flaws),
                )
                for g in gates
                if g.round_no == r.no
            ),
        )
        for r in rows
    ]


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
    if verifier := notices.verifier(case.id):
        pairs.append((_("Verification body"), verifier))
    if contact and basics.get("contact_name"):
        phone = basics.get("contact_phone") or labels.DASH
        pairs.append((_("Contact"), _("%(name)s, %(phone)s", name=basics["contact_name"], phone=phone)))
    return pairs


def _asked(data: Mapping[str, Mapping[str, Any]], section: str, only: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Answers of a section that were given, as pairs."""
    answers = data.get(section, {})
    questions = application.asked(section, answers, application.elsewhere(data))
    pairs = [(application.short(q), applications.answer(q, answers)) for q in questions if not only or q.field in only]
    return [(words, value) for words, value in pairs if value]


def _section(data: Mapping[str, Mapping[str, Any]], section: str) -> list[tuple[str, str]]:
    return _asked(data, section)


def _parcels(data: Mapping[str, Mapping[str, Any]], apart: Collection[str]) -> list[ParcelRow]:
    return [
        ParcelRow(
            str(p.get("key", "")),
            application.parcel_title(p, place),
            labels.district(p.get("district_code")),
            labels.label(p.get("tenure"), Tenure),
            labels.label(p.get("title_document"), TitleDocument),
            Decimal(p["area_mu"]) if p.get("area_mu") else None,
            str(p.get("key", "")) in apart,
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
        questions = application.asked(name, answers, application.elsewhere(data))
        found += [(application.short(q), applications.answer(q, answers)) for q in questions if clause in q.rules]
    return [(words, value or labels.DASH) for words, value in found]


def _stated_of_parcels(answers: Mapping[str, Any], clause: str) -> list[tuple[str, str]]:
    return [
        (
            _("%(title)s: %(what)s", title=application.parcel_title(parcel, place), what=application.short(q)),
            applications.answer(q, parcel),
        )
        for place, parcel in enumerate(answers.get("parcels", []), 1)
        for q in application.PARCEL
        if clause in q.rules and q.asked(parcel)
    ]


def uninvolved(case: Case, had_part: Collection[int], on: date) -> list[User]:
    """Holders of an office in the case's body who had no part in it and belong to none of its parties, by name.

    `had_part`: the users who voted on, signed or handled the case.
    """
    query = (
        select(User)
        .join(Appointment, Appointment.user_id == User.id)
        .join(Case, Case.body_id == Appointment.body_id)
        .where(Case.id == case.id, User.active.is_(True), User.id.not_in(had_part))
        .where(Appointment.role != Role.ADMINISTRATOR, Appointment.since <= on)
        .where(or_(Appointment.until.is_(None), Appointment.until >= on))
        .where(~party_of(User.id, on))
        .order_by(User.name)
        .distinct()
    )
    return list(db.session.scalars(query))


def decided_gates(case: Case) -> list[GateDecision]:
    """The gates closed in the present round, in order."""
    return [g for g in _gates(case.id) if g.round_no == case.round]
