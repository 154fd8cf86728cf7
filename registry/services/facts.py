"""Read a case into plain facts; the only reader of many tables, called under the case's lock."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select

from registry.application.reading import day as _day
from registry.application.reading import decimal as _decimal
from registry.application.reading import member as _member
from registry.clock import day_of
from registry.extensions import db, rows
from registry.models import (
    Case,
    Deliberation,
    Meeting,
    Round,
    SiteCheck,
    User,
)
from registry.queries import applications, notices
from registry.queries.calendar import current as working_calendar
from registry.services import contract_facts, land, notice_facts, panel_facts, sheet_facts
from registry.services import documents as papers
from registry.services.fact_rows import (
    ANSWERS,
    APPROVED_IN,
    FLAWED,
    HAD_PART,
    HELD,
    INTERESTS,
    MARKS,
    MEMBERS,
    OPEN_SITTING,
    OPINIONS,
    PASSED,
    REVOKED_BEFORE,
    SEATED,
    SEATS,
    SET_ASIDE,
    SITE_CHECKS,
    STOOD_ASIDE,
    of_round,
)
from registry.services.sheet_facts import digest
from registry.services.site_facts import site_facts
from workflows import deliberation
from workflows.deliberation import Electorate, Seat
from workflows.facts import ParcelFacts, ProjectFacts, SittingFacts
from workflows.policy import Policy
from workflows.roles import Role
from workflows.states import (
    Activity,
    Choice,
    GateName,
    LandSetting,
    MeetingState,
    OpinionKind,
    ProjectState,
    Question,
    Scheme,
    Tenure,
    TitleDocument,
)

ON_THE_CONTRACT = ("contract_terms", "contract_costs", "contract_text")
"""Sections that are asked where there is a partner."""
PANELS_WORK = (ProjectState.METHODOLOGY_SCREENING, ProjectState.AMENDMENT_REVIEW)
SECTIONS = ("basics", "parcels", "method", "contract", *ON_THE_CONTRACT, "crediting", "documents", "declarations")
CONTACT = ("contact_name", "contact_phone")
READS: Mapping[GateName, tuple[str, ...]] = {
    GateName.ACCEPTANCE: ("basics", "documents"),
    GateName.SCREENING: ("basics", "parcels", "method", "crediting"),
    GateName.RISK_REVIEW: ("basics", "parcels", "method", "contract", *ON_THE_CONTRACT, "crediting", "documents"),
    GateName.VALIDATION: ("basics", "parcels", "method", "crediting"),
    GateName.REGISTRATION: ("basics", "parcels", "method", "contract", *ON_THE_CONTRACT, "crediting", "documents"),
}
"""The sections each gate judges by; a gate carries over to a new round only while none of them changed."""


def governing_day(case: Case, on: date) -> date:
    """The day whose figures hold: of acceptance, before it today; of an amendment its own submission (house.md §4)."""
    if case.state is ProjectState.AMENDMENT_REVIEW:
        return day_of(db.session.get_one(Round, (case.id, case.round)).opened_at)
    return case.accepted_on or on


def answers_of(case_id: int, round_no: int) -> dict[str, dict[str, Any]]:
    """Section → data of one round."""
    return {section: dict(data) for section, data, _done in of_round(ANSWERS, case_id, round_no)}


def electorate(case: Case, on: date) -> Electorate:
    """Who would be entitled to vote on a case on a day, and who stands aside."""
    since = day_of(case.submitted_at) if case.submitted_at else on
    roles: dict[int, Role] = {}
    memberships: dict[int, set[int]] = {}
    for user_id, role, organisation_id in rows(SEATS, {"body_id": case.body_id, "day": on, "since": since}):
        roles[user_id] = role
        memberships.setdefault(user_id, set()).update([organisation_id] if organisation_id else ())
    had_part = set(rows(HAD_PART, {"case_id": case.id}).scalars())
    flawed = set(rows(FLAWED, {"case_id": case.id}).scalars())
    aside = {u: (ground, org) for u, ground, org in rows(STOOD_ASIDE, {"case_id": case.id})}
    interests: dict[int, dict[int, str]] = {}
    for user_id, organisation_id, relation in rows(INTERESTS, {"day": on, "since": since}):
        interests.setdefault(user_id, {})[organisation_id] = str(relation)
    seats = [
        Seat(
            u,
            role,
            frozenset(memberships[u]),
            interests.get(u, {}),
            had_part=u in had_part,
            flawed=u in flawed,
            stood_aside=aside.get(u),
        )
        for u, role in roles.items()
    ]
    parties = {case.proponent_org_id, case.agent_org_id, case.partner_org_id, case.vvb_org_id} - {None}
    persons = {case.proponent_user_id} - {None}
    return deliberation.electorate(seats, frozenset(p for p in parties if p), frozenset(p for p in persons if p))


def seated_on(meeting: Meeting, on: date) -> date:
    """The day as of which the group is seated for a case tabled on a day: the meeting's, unless that is past."""
    return max(meeting.held_on, on)


def seats_changed(sitting_id: int, who: Electorate) -> bool:
    """Whether the group has other members or other offices than a sitting was tabled with.

    Who of them stands aside is another matter: that is found when the question is put.
    """
    then = dict(rows(SEATED, {"sitting": sitting_id}).all())
    now = {seat.user_id: seat.role for seat in (*who.electors, *(a.seat for a in who.excluded))}
    aside = set(rows(SET_ASIDE, {"sitting": sitting_id}).scalars())
    return now.keys() != then.keys() | aside or any(now[u] is not role for u, role in then.items())


def open_sitting(case_id: int) -> Deliberation | None:
    """The sitting of a case that has not ended."""
    return db.session.scalars(OPEN_SITTING, {"case_id": case_id}).one_or_none()


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
    given = of_round(ANSWERS, case.id, reading)
    answers = {section: dict(data) for section, data, _done in given}
    done = {section for section, _data, is_done in given if is_done}
    day = governing_day(case, on)
    method_id = answers.get("method", {}).get("method")
    on_file = applications.on_file(case.id, reading)
    here = {"case_id": case.id, "round_no": case.round}
    marks = rows(MARKS, here).one()
    # The opinions in force; a legal one also where the risk review it was given for carried over.
    opinions = {o.kind: o for o in rows(OPINIONS, here)}
    validation = opinions.get(OpinionKind.VALIDATION)
    listed = [dict(p) for p in answers.get("parcels", {}).get("parcels", ())]
    apart = notices.apart(case.id, reading) if case.round else frozenset()
    left = [p for p in listed if str(p.get("key", "")) not in apart]
    parcels = tuple(parcel_facts(p) for p in left)
    found = land.overlaps(case, reading, left, answers.get("crediting", {}))
    environment = _conclusion(opinions, OpinionKind.ENVIRONMENT)
    gates = gates_passed(case.id, case.round)
    required = papers.required(policy, case, answers)
    said = stated(answers)
    asked = SECTIONS if said["has_partner"] is True else [s for s in SECTIONS if s not in ON_THE_CONTRACT]
    sitting = open_sitting(case.id)
    counted, meeting = _sitting(sitting, actor) if sitting else (None, None)
    return ProjectFacts(
        on=day,
        round=case.round,
        **said,
        applicant_is_person=case.proponent_user_id is not None,
        revoked_on=day_of(marks.revoked_at) if marks.revoked_at else None,
        parcels=parcels,
        parcels_apart=tuple(parcel_facts(p).name for p in listed if p not in left),
        site=site_facts(answers, parcels, day, overlaps=found, environment=environment, gates_passed=gates),
        overlaps=found,
        **notice_facts.of_notice(case, on, parcels),
        national_notice_days=notice_facts.national_days(validation.notice_from, validation.notice_to)
        if validation
        else None,
        contract=contract_facts.of(
            case, day, answers, left, parcels, {kind for kind, _slot in on_file}, found, reading
        ),
        unanswered=tuple(s for s in asked if s not in done and s != "documents"),
        documents_missing=papers.missing(required, on_file, answers),
        documents_on_file=tuple(f"{kind}/{slot}" if slot else kind for kind, slot in on_file),
        **sheet_facts.review(case, policy, method_id, actor),
        legal=_conclusion(opinions, OpinionKind.LEGAL),
        legal_working_days=legal_working_days(marks.legal_sent_on, day_of(sitting.opened_at) if sitting else on),
        legal_time_sufficient=bool(OpinionKind.LEGAL in opinions and opinions[OpinionKind.LEGAL].time_sufficient),
        site_checks=_signatures_of_site_checks(case),
        validator_named=case.vvb_org_id is not None,
        validation=_conclusion(opinions, OpinionKind.VALIDATION),
        matters={k: bool(v.get("met")) for k, v in (validation.matters if validation else {}).items()},
        environment=environment,
        sitting=counted,
        meeting=meeting,
        tabled=sitting is not None,
        reconsideration=marks.reconsideration,
        was_reopened=bool(marks.was_reopened),
        gates_passed=gates,
        conditions_open=marks.conditions_open,
        has_entry=bool(marks.has_entry),
        suspended_by_chair=None if case.suspended_by is None else case.suspended_by.value == "chair",
        panel=panel_facts.panel_facts(case, policy, on, actor) if case.state in PANELS_WORK else None,
    )


def stated(answers: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What the answers alone (section → data) tell the rules, by the names of `ProjectFacts`."""
    basics, method, contract = (answers.get(s, {}) for s in ("basics", "method", "contract"))
    return {
        "scheme": _member(Scheme, basics.get("scheme")),
        "activity": _member(Activity, basics.get("activity")),
        "method": method.get("method"),
        "land_setting": _member(LandSetting, method.get("land_setting")),
        "has_partner": contract.get("has_partner"),
        "argued": method.get("additionality") == "argued",
    }


def legal_working_days(sent_on: date | None, tabled_on: date) -> int | None:
    """Whole working days a legal reviewer had; None where the file was not sent."""
    if sent_on is None:
        return None
    return max(0, working_calendar().working_days_between(sent_on, tabled_on - timedelta(days=1)))


SCREENED = (ProjectState.METHODOLOGY_SCREENING, ProjectState.AMENDMENT_REVIEW)
"""States in which a record of a site check can still be wanting."""


def _signatures_of_site_checks(case: Case) -> tuple[int, ...]:
    if case.state not in SCREENED:
        return ()
    return tuple(len(signed) for _id, signed in site_checks(case.id, case.round).values())


def site_checks(case_id: int, round_no: int) -> dict[int, tuple[int, frozenset[int]]]:
    """Number of each site check of a round → the id of its record in force, and who signed that."""
    found: dict[int, tuple[int, frozenset[int]]] = {}
    for row_id, no, officer in of_round(SITE_CHECKS, case_id, round_no):
        # Versions come in order: the last one replaces what stood before.
        before = found[no][1] if no in found and found[no][0] == row_id else frozenset()
        found[no] = row_id, before | ({officer} if officer else frozenset())
    return found


def site_check_in_force(case: Case, row_id: int) -> SiteCheck | None:
    """The record of this id, if it is of the case's round and no later version replaces it."""
    there = any(row_id == known for known, _signed in site_checks(case.id, case.round).values())
    return db.session.get(SiteCheck, row_id) if there else None


def revoked_before(ids: Select[tuple[int]] | Sequence[int]) -> dict[int, date]:
    """Of these cases: the day an entry of the same applicant was last revoked, where one was."""
    (own, _at) = REVOKED_BEFORE.selected_columns
    return {case_id: day_of(at) for case_id, at in db.session.execute(REVOKED_BEFORE.where(own.in_(ids)))}


def gates_passed(case_id: int, round_no: int) -> frozenset[GateName]:
    """Gates of a round closed with a pass."""
    return frozenset(gate for (gate,) in of_round(PASSED, case_id, round_no))


def sitting_facts(sitting: Deliberation | None, actor: User | None) -> SittingFacts | None:
    """An open sitting's count so far, and how the actor stands to it."""
    return None if sitting is None else _sitting(sitting, actor)[0]


def _sitting(sitting: Deliberation, actor: User | None) -> tuple[SittingFacts, MeetingState | None]:
    held = rows(HELD, {"sitting": sitting.id}).one()
    electors = rows(MEMBERS, {"sitting": sitting.id}).all()
    entitled = [e for e in electors if not e.aside]
    own = next((e for e in entitled if actor and e.user_id == actor.id), None)
    here = {e.user_id for e in entitled if e.present} if held.state else None
    choices = [e.choice for e in electors if e.choice]
    members = [(e.user_id, e.role) for e in entitled]
    presides = deliberation.presiding(
        members, here if held.state is MeetingState.IN_SESSION else None, called_by=held.presided_by_id
    )
    facts = SittingFacts(
        question=Question(sitting.question),
        members=len(entitled),
        recused=held.excluded + len(electors) - len(entitled),
        attending=None if here is None else len(here),
        called=held.presided_by_id is not None,
        cast_for=choices.count(Choice.FOR),
        cast_against=choices.count(Choice.AGAINST),
        abstained=choices.count(Choice.ABSTAIN),
        quorum=(sitting.quorum_num, sitting.quorum_den),
        quorum_min=sitting.quorum_min,
        needs=(sitting.needs_num, sitting.needs_den),
        actor_is_elector=own is not None,
        actor_has_voted=bool(own and own.choice),
        actor_attends=bool(own and own.present),
        actor_presides=bool(own and own.user_id == presides),
        presides=presides,
        has_head=deliberation.presiding(members) is not None,
        others_to_speak=sum(1 for e in entitled if e is not own and e.present and not e.choice),
        yet_to_speak=sum(1 for e in entitled if e.present and not e.choice),
    )
    return facts, held.state


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


def _conclusion(opinions: Mapping[OpinionKind, Any], kind: OpinionKind) -> Any:
    return opinions[kind].conclusion if kind in opinions else None


def crediting_end(case: Case) -> date | None:
    """The last day of the crediting period as the round in force states it."""
    return _day(answers_of(case.id, case.round).get("crediting", {}).get("end_on"))


def conditions_round(case: Case) -> int:
    """The round whose approval is in force, and so whose conditions."""
    return rows(select(APPROVED_IN), {"case_id": case.id, "round_no": case.round}).scalar() or case.round


def areas_by_district(parcels: Iterable[ParcelFacts]) -> dict[str, Decimal]:
    """District code → mu."""
    total: dict[str, Decimal] = {}
    for p in parcels:
        if p.district_code and p.area_mu is not None:
            total[p.district_code] = total.get(p.district_code, Decimal(0)) + p.area_mu
    return total


def area_summary(areas: Mapping[str, Decimal]) -> dict[str, Any]:
    """What the case's summary columns say of its land: the area, and the district of most of it."""
    return {
        "area_mu": sum(areas.values(), Decimal(0)),
        "district_code": max(areas, key=lambda code: (areas[code], code)) if areas else None,
    }
