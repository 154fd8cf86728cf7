"""The expert register and the panels of a case as plain values: who could be drawn, who is barred and why, who sits."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Integer, and_, bindparam, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from registry.clock import day_of
from registry.extensions import db
from registry.models import (
    Answers,
    Appointment,
    AuditEvent,
    Case,
    Deliberation,
    Elector,
    ExpertProfile,
    ExpertTie,
    Membership,
    Panel,
    PanelEnd,
    User,
)
from workflows import panels
from workflows.facts import PanelFacts
from workflows.panels import Candidate, Terms
from workflows.policy import Policy
from workflows.roles import Role
from workflows.states import Advice, Bar, PanelResult, Relation, Scheme

CASE, ROUND = bindparam("case_id", type_=Integer), bindparam("round_no", type_=Integer)
STANDING = (
    select(Panel)
    .outerjoin(PanelEnd, PanelEnd.panel_id == Panel.id)
    .where(
        Panel.case_id == CASE,
        Panel.round_no == ROUND,
        or_(PanelEnd.panel_id.is_(None), PanelEnd.result != PanelResult.BROKEN_OFF),
    )
)
"""The panel of a round that is at work or has been counted; the database sees to it that there is one at most."""


OUT = (Bar.NOT_IN_OFFICE, None)
"""What bars somebody whose appointment as an expert has ended."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An expert of the register as a draw sees it, with the profile it rests on."""

    candidate: Candidate
    profile_id: int | None


def standing(case: Case) -> Panel | None:
    """The panel of the case's round that is at work or counted."""
    return db.session.scalars(STANDING, {"case_id": case.id, "round_no": case.round}).one_or_none()


def at_work(case: Case) -> Panel | None:
    """The panel of the case's round that has not ended."""
    panel = standing(case)
    return panel if panel is not None and panel.end is None else None


def terms_of(panel: Panel) -> Terms:
    """What a panel is held to, as fixed at its draw."""
    shares = (panel.outside_num, panel.outside_den), (panel.needs_num, panel.needs_den)
    return Terms(panel.size, panel.minimum, *shares)


def terms_for(case: Case, policy: Policy, on: date, size: int) -> Terms:
    """What a panel drawn now would be held to."""
    return panels.terms(policy, on, size, ticket=case.scheme is Scheme.LOCAL_TICKET)


def sitting(panel: Panel) -> list[int]:
    """Who sits on a panel now, in the order of the seats."""
    left = {d.user_id for d in panel.departures}
    return [s.user_id for s in panel.seats if s.user_id not in left]


def recorded(panel: Panel) -> tuple[Candidate, ...]:
    """The candidates of a draw as they were recorded, in their recorded order."""
    return tuple(
        Candidate(
            c.user_id,
            frozenset(f.field for f in c.profile.fields) if c.profile else frozenset(),
            c.outside,
            c.bar,
            c.organisation_id,
        )
        for c in panel.candidates
    )


def panel_facts(case: Case, policy: Policy, on: date, actor: User | None) -> PanelFacts | None:
    """The round's panel as the rules see it."""
    panel = standing(case)
    if panel is None:
        return None
    now, outside = sitting(panel), {c.user_id for c in panel.candidates if c.outside}
    known = {} if panel.end else bars(case, policy, on)
    barred = 0 if panel.end else sum(known.get(u, OUT) is not None for u in now)
    favour = sum(o.advice is not Advice.NOT_ACCEPT for o in panel.opinions)
    return PanelFacts(
        size=panel.size,
        minimum=panel.minimum,
        outside_share=(panel.outside_num, panel.outside_den),
        needs=(panel.needs_num, panel.needs_den),
        seats=len(now),
        outside=len(outside.intersection(now)),
        barred=barred,
        in_favour=favour,
        against=len(panel.opinions) - favour,
        counted=panel.end is not None,
        actor_sits=bool(actor and actor.id in now),
        actor_has_given=bool(actor and any(o.user_id == actor.id for o in panel.opinions)),
    )


def days(case_id: int) -> list[tuple[date, date | None]]:
    """First and last day of every panel of a case, oldest first; this time does not count (S17). Open: no last day."""
    query = (
        select(Panel.drawn_on, PanelEnd.ended_on)
        .outerjoin(PanelEnd, PanelEnd.panel_id == Panel.id)
        .where(Panel.case_id == case_id)
        .order_by(Panel.id)
    )
    return [(first, last) for first, last in db.session.execute(query)]


# The register before a draw ------------------------------------------------------------------------------


def register(case: Case, policy: Policy, on: date) -> list[Listed]:
    """Everybody in office as an expert of the case's body, by number, with what bars each from this case."""
    profiles = profiles_on(on)
    barred, near = bars(case, policy, on), area(case)
    listed = []
    for user_id, bar in sorted(barred.items()):
        profile = profiles.get(user_id)
        why, organisation_id = bar or (None if profile else Bar.INCOMPLETE, None)
        listed.append(
            Listed(
                Candidate(
                    user_id,
                    frozenset(f.field for f in profile.fields) if profile else frozenset(),
                    profile is not None and profile.district_code not in near,
                    why,
                    organisation_id,
                ),
                profile.id if profile else None,
            )
        )
    return listed


def profiles_on(on: date) -> dict[int, ExpertProfile]:
    """Expert → the profile that counts on a day: the latest that has begun."""
    query = (
        select(ExpertProfile)
        .where(ExpertProfile.since <= on)
        .order_by(ExpertProfile.since, ExpertProfile.id)
        .options(selectinload(ExpertProfile.fields))
    )
    return {p.user_id: p for p in db.session.scalars(query)}


def area(case: Case) -> frozenset[str]:
    """The districts a case lies in, and that of the applicant's own unit."""
    data = db.session.get(Answers, (case.id, case.round, "parcels"))
    parcels = data.data.get("parcels", ()) if data else ()
    codes = {str(p.get("district_code") or "") for p in parcels} | {case.district_code or ""}
    unit = case.proponent_org.gb_code if case.proponent_org else None
    return frozenset(codes | {unit or ""}) - {""}


Barred = Mapping[int, tuple[Bar, int | None] | None]


def bars(case: Case, policy: Policy, on: date) -> Barred:
    """Everybody in office as an expert → what bars from judging this case, and the organisation that does; or None."""
    body, current = Appointment.body_id == case.body_id, _lasts(Appointment.since, Appointment.until, on, on)
    holding = db.session.execute(
        select(Appointment.user_id, Appointment.role)
        .join(User, User.id == Appointment.user_id)
        .where(body, current, User.active.is_(True))
    ).all()
    experts = {user_id for user_id, role in holding if role is Role.EXPERT}
    others = {user_id for user_id, role in holding if role is not Role.EXPERT}
    ids = (case.proponent_org_id, case.agent_org_id, case.partner_org_id, case.vvb_org_id)
    parties = {p for p in ids if p}
    found: dict[int, tuple[Bar, int | None] | None] = dict.fromkeys(experts)
    for user_id in experts & others:
        found[user_id] = (Bar.OTHER_OFFICE, None)
    for user_id in experts & _had_part(case):
        found[user_id] = (Bar.EARLIER_PART, None)
    found |= _tied(experts, parties, _years_before(on, int(policy.number("panel_tie_years", on))), on)
    found |= _members(experts, parties, day_of(case.submitted_at) if case.submitted_at else on, on)
    if case.proponent_user_id in experts:
        found[case.proponent_user_id] = (Bar.APPLICANT, None)
    return found


def _members(
    experts: Collection[int], parties: Collection[int], since: date, on: date
) -> dict[int, tuple[Bar, int | None] | None]:
    query = select(Membership.user_id, Membership.organisation_id).where(
        Membership.user_id.in_(experts),
        Membership.organisation_id.in_(parties),
        _lasts(Membership.since, Membership.until, since, on),
    )
    return {user_id: (Bar.MEMBER_OF_PARTY, org) for user_id, org in db.session.execute(query.order_by(Membership.id))}


def _tied(
    experts: Collection[int], parties: Collection[int], since: date, on: date
) -> dict[int, tuple[Bar, int | None] | None]:
    """A tie bars while it lasts and for some years after; the weightiest of several is told."""
    query = select(ExpertTie).where(
        ExpertTie.user_id.in_(experts),
        ExpertTie.organisation_id.in_(parties),
        _lasts(ExpertTie.since, ExpertTie.until, since, on),
    )
    order = (Bar.RELATIVE_AT_PARTY, Bar.WORKED_FOR_PARTY, Bar.WORKS_FOR_PARTY)
    told = [(tie.user_id, (_bar_of(tie, on), tie.organisation_id)) for tie in db.session.scalars(query)]
    return dict(sorted(told, key=lambda pair: (order.index(pair[1][0]), -pair[1][1])))


def _bar_of(tie: ExpertTie, on: date) -> Bar:
    if tie.relation not in (Relation.OWN_EMPLOYER, Relation.FORMER_EMPLOYER):
        return Bar.RELATIVE_AT_PARTY
    works = tie.relation is Relation.OWN_EMPLOYER and (tie.until is None or tie.until >= on)
    return Bar.WORKS_FOR_PARTY if works else Bar.WORKED_FOR_PARTY


def _had_part(case: Case) -> set[int]:
    """Whoever acted on the case otherwise than as an expert, or sat in the group on it."""
    acted = select(AuditEvent.actor_id).where(
        AuditEvent.subject_kind == "project",
        AuditEvent.subject_id == case.id,
        AuditEvent.actor_id.is_not(None),
        AuditEvent.actor_role != Role.EXPERT.value,
    )
    sat = (
        select(Elector.user_id)
        .join(Deliberation, Deliberation.id == Elector.deliberation_id)
        .where(Deliberation.case_id == case.id)
    )
    return {int(user_id) for (user_id,) in db.session.execute(union(acted, sat))}


def _lasts(
    first: InstrumentedAttribute[date], last: InstrumentedAttribute[date | None], since: date, on: date
) -> ColumnElement[bool]:
    """SQL: a period that overlaps the days from one to another."""
    return and_(first <= on, or_(last.is_(None), last >= since))


def _years_before(on: date, years: int) -> date:
    """The same day some years earlier; of 29 February the day before."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return on.replace(year=on.year - years, day=28)
