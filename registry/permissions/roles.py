"""What a person is to a case: one definition as SQL, which the page guard, every list and the door use."""

from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Any

from flask import g, has_app_context
from sqlalchemy import (
    ColumnElement,
    Date,
    Exists,
    Integer,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    exists,
    false,
    literal,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from registry.clock import today
from registry.extensions import db, rows
from registry.models import (
    AgendaItem,
    Appointment,
    Attendance,
    Case,
    Deliberation,
    DeliberationEnd,
    Elector,
    ExcludedMember,
    ExpertTie,
    FlawedVote,
    Meeting,
    Membership,
    Panel,
    PanelDeparture,
    PanelEnd,
    PanelSeat,
    PublicNotice,
    Recusal,
    SittingCall,
    User,
)
from workflows.roles import APPOINTED, VOTING, Role
from workflows.states import ProjectState, Scheme

S = ProjectState
NOT_DRAFT = frozenset(S) - {S.DRAFT}
FROM_SCREENING = NOT_DRAFT - {S.SUBMITTED}
FROM_VALIDATION = FROM_SCREENING - {S.METHODOLOGY_SCREENING, S.RISK_REVIEW, S.DECLINED, S.LAPSED}

SEES: Mapping[Role, frozenset[ProjectState]] = {
    Role.PROPONENT: frozenset(S),
    Role.AGENT: frozenset(S),
    Role.CASE_OFFICER: NOT_DRAFT,
    Role.SECRETARY: NOT_DRAFT,
    Role.SUPERVISOR: NOT_DRAFT,
    Role.AUDITOR: NOT_DRAFT,
    Role.VVB: NOT_DRAFT,
    Role.LEGAL_REVIEWER: FROM_SCREENING,
    Role.ECO_ENV: FROM_VALIDATION,
    Role.MEMBER: NOT_DRAFT,
    Role.DEPUTY_CHAIR: NOT_DRAFT,
    Role.CHAIR: NOT_DRAFT,
    Role.EXPERT: frozenset({S.METHODOLOGY_SCREENING, S.AMENDMENT_REVIEW}),
}
"""In which states each role sees a case it has that role on; a role not named here sees none."""


# Named once: an alias made at each call costs more than the query.
_M, _A, _E, _D = aliased(Membership), aliased(Appointment), aliased(Elector), aliased(Deliberation)
_END = aliased(DeliberationEnd)
_P, _PS, _PD, _PE, _T = (
    aliased(Panel),
    aliased(PanelSeat),
    aliased(PanelDeparture),
    aliased(PanelEnd),
    aliased(ExpertTie),
)
_X, _XD, _R, _RD = aliased(ExcludedMember), aliased(Deliberation), aliased(Recusal), aliased(Deliberation)
_I, _MT, _C, _H, _HR = (
    aliased(AgendaItem),
    aliased(Meeting),
    aliased(SittingCall),
    aliased(Elector),
    aliased(Recusal),
)
_ROLL, _HT, _HM = aliased(Attendance), aliased(Attendance), aliased(Membership)
_F, _FD = aliased(FlawedVote), aliased(Deliberation)
_O, _U = aliased(Appointment), aliased(User)


def _current(
    since: InstrumentedAttribute[date], until: InstrumentedAttribute[date | None], on: date
) -> ColumnElement[bool]:
    return and_(since <= on, or_(until.is_(None), until >= on))


def _belongs(
    user_id: int | InstrumentedAttribute[int], organisation: InstrumentedAttribute[int | None], on: date
) -> ColumnElement[bool]:
    return exists().where(_M.user_id == user_id, _M.organisation_id == organisation, _current(_M.since, _M.until, on))


def party_of(user_id: int | InstrumentedAttribute[int], on: date) -> ColumnElement[bool]:
    """The person belongs to a party of the case: proponent, agent, partner or validation body."""
    return or_(
        # Spelled out, because NOT (NULL OR …) is NULL and would deny everybody.
        and_(Case.proponent_user_id.is_not(None), Case.proponent_user_id == user_id),
        *(
            _belongs(user_id, column, on)
            for column in (Case.proponent_org_id, Case.agent_org_id, Case.partner_org_id, Case.vvb_org_id)
        ),
    )


def _holds(user_id: int, role: Role, on: date) -> Exists:
    return exists().where(
        _A.user_id == user_id, _A.body_id == Case.body_id, _A.role == role, _current(_A.since, _A.until, on)
    )


def _appointed(user_id: int, role: Role, on: date) -> ColumnElement[bool]:
    return and_(_holds(user_id, role, on), ~party_of(user_id, on))


def _has_chair(on: date) -> Exists:
    """A chair holds office in the body of the case, with an account that is open."""
    return exists().where(
        _O.body_id == Case.body_id,
        _O.role == Role.CHAIR,
        _current(_O.since, _O.until, on),
        _U.id == _O.user_id,
        _U.active.is_(True),
    )


def _elector(user_id: int) -> ColumnElement[bool]:
    return exists().where(_E.deliberation_id == _D.id, _D.case_id == Case.id, _E.user_id == user_id)


def stands_aside(user_id: int | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The person stood aside in a sitting on the case, or should have (S10): for good, the file included (S09)."""
    return or_(
        exists().where(_F.deliberation_id == _FD.id, _FD.case_id == Case.id, _F.user_id == user_id),
        exists().where(_X.deliberation_id == _XD.id, _XD.case_id == Case.id, _X.user_id == user_id),
        exists().where(_R.deliberation_id == _RD.id, _RD.case_id == Case.id, _R.user_id == user_id),
    )


def _presides(user_id: int, on: date) -> ColumnElement[bool]:
    """Who may preside in the open sitting on the case, as `facts` has it, who says which of them does (S71).

    The head is whoever put the question; before that, whom the sitting names. Where the head stands aside, belongs to
    a party by now, or is not in the room of a meeting in session, also a deputy who is.
    """
    called = exists().where(_C.deliberation_id == _D.id)
    caller = exists().where(_C.deliberation_id == _H.deliberation_id, _C.presided_by_id == _H.user_id)
    head_fit = exists().where(
        _H.deliberation_id == _D.id,
        or_(caller, and_(_H.presides.is_(True), ~exists().where(_C.deliberation_id == _H.deliberation_id))),
        ~exists().where(_HR.deliberation_id == _H.deliberation_id, _HR.user_id == _H.user_id),
        ~_belongs_to_a_party(_H.user_id, on),
        ~_declared_tie(_H.user_id, on).correlate(Case, _H),
        or_(_MT.state != "in_session", _in_room(_HT, _H)),
    )
    return (
        select(_D.id)
        .join(_E, and_(_E.deliberation_id == _D.id, _E.user_id == user_id))
        .outerjoin(_I, _I.deliberation_id == _D.id)
        .outerjoin(_MT, _MT.id == _I.meeting_id)
        .where(
            _D.case_id == Case.id,
            ~exists().where(_END.deliberation_id == _D.id),
            or_(
                exists().where(_C.deliberation_id == _D.id, _C.presided_by_id == user_id),
                and_(~called, _E.presides.is_(True)),
                and_(_E.role == Role.DEPUTY_CHAIR, _in_room(_ROLL, _E), ~head_fit),
            ),
        )
        .exists()
    )


def _in_room(roll: type[Attendance], member: type[Elector]) -> ScalarSelect[bool]:
    """Whether the last line of the roll of the meeting has a member there."""
    return (
        select(roll.present)
        .where(roll.meeting_id == _I.meeting_id, roll.user_id == member.user_id)
        .order_by(roll.id.desc())
        .limit(1)
        .correlate(_I, member)
        .scalar_subquery()
    )


def _belongs_to_a_party(user_id: InstrumentedAttribute[int], on: date) -> ColumnElement[bool]:
    parties = (Case.proponent_org_id, Case.agent_org_id, Case.partner_org_id, Case.vvb_org_id)
    tied = exists().where(
        _HM.user_id == user_id,
        or_(*(_HM.organisation_id == party for party in parties)),
        _current(_HM.since, _HM.until, on),
    )
    return tied.correlate(Case, _H)


def _declared_tie(user_id: int | InstrumentedAttribute[int], on: date) -> Exists:
    """A declared tie to a party of the case that lasts."""
    parties = (Case.proponent_org_id, Case.agent_org_id, Case.partner_org_id, Case.vvb_org_id)
    return exists().where(
        _T.user_id == user_id, or_(*(_T.organisation_id == p for p in parties)), _current(_T.since, _T.until, on)
    )


def _sits_on_panel(user_id: int, on: date) -> ColumnElement[bool]:
    """A seat on the panel at work on the case's round, not given up, and no declared tie to a party that lasts."""
    seat = exists().where(
        _P.case_id == Case.id,
        _P.round_no == Case.round,
        _PS.panel_id == _P.id,
        _PS.user_id == user_id,
        ~exists().where(_PD.panel_id == _P.id, _PD.user_id == _PS.user_id),
        ~exists().where(_PE.panel_id == _P.id),
    )
    return and_(seat, ~_declared_tie(user_id, on))


@lru_cache(maxsize=2048)
def role_clause(role: Role, user_id: int, on: date) -> ColumnElement[bool]:
    """SQL: does this person have this role on the case of the row, on this day?"""
    match role:
        case Role.PROPONENT:
            return or_(Case.proponent_user_id == user_id, _belongs(user_id, Case.proponent_org_id, on))
        case Role.AGENT:
            return _belongs(user_id, Case.agent_org_id, on)
        case Role.VVB:
            return _belongs(user_id, Case.vvb_org_id, on)
        case Role.CHAIR:
            # Who presides: the chair, or a deputy where the chair stands aside, is away, or there is none.
            vacant = and_(_holds(user_id, Role.DEPUTY_CHAIR, on), ~_has_chair(on))
            fit = and_(~party_of(user_id, on), ~stands_aside(user_id), ~_declared_tie(user_id, on))
            return and_(or_(_holds(user_id, role, on), _presides(user_id, on), vacant), fit)
        case Role.MEMBER | Role.DEPUTY_CHAIR:
            fit = and_(~stands_aside(user_id), ~_declared_tie(user_id, on))
            return and_(_appointed(user_id, role, on), _elector(user_id), fit)
        case Role.EXPERT:
            return and_(_appointed(user_id, role, on), _sits_on_panel(user_id, on))
        case Role.ECO_ENV:
            return and_(_appointed(user_id, role, on), Case.scheme == Scheme.LOCAL_TICKET)
        case _ if role in APPOINTED:
            return _appointed(user_id, role, on)
        case _:
            return false()


def roles_on(case_id: int, user: User, on: date | None = None) -> frozenset[Role]:
    """What a person is to a case on a day (default today)."""
    asked = {"case_id": case_id, "user_id": user.id, "day": on or today()}
    roles, query = _roles_query(_possible(frozenset(rows(_SEATS, asked).scalars())))
    row = rows(query, asked).one_or_none()
    return frozenset() if row is None else frozenset(r for r, holds in zip(roles, row, strict=True) if holds)


_USER, _DAY = bindparam("user_id", type_=Integer), bindparam("day", type_=Date)
_CASE = bindparam("case_id", type_=Integer)
_SEATS = union(
    select(Appointment.role).where(
        Appointment.user_id == _USER,
        _current(Appointment.since, Appointment.until, _DAY),  # type: ignore[arg-type]
    ),
    select(Elector.role).join(Deliberation).where(Deliberation.case_id == _CASE, Elector.user_id == _USER),
    select(literal(Role.CHAIR, Appointment.role.type))
    .select_from(SittingCall)
    .join(Deliberation)
    .where(Deliberation.case_id == _CASE, SittingCall.presided_by_id == _USER),
)
"""Offices held on a day, and seats in the sittings on a case, which may outlast an office."""


def _possible(seats: frozenset[Role]) -> frozenset[Role]:
    """The roles worth asking for on one case: what none of these seats gives is not asked, for the clauses are long."""
    presides = {Role.CHAIR} if seats & {Role.CHAIR, Role.DEPUTY_CHAIR} else frozenset()
    return seats | presides | {Role.PROPONENT, Role.AGENT, Role.VVB}


@cache
def _roles_query(possible: frozenset[Role]) -> tuple[list[Role], Select[Any]]:
    """Built once for each set of roles: putting the clauses together costs more than asking them."""
    roles = [r for r in SEES if r in possible]
    clauses = (role_clause(r, _USER, _DAY) for r in roles)  # type: ignore[arg-type]
    return roles, select(*clauses).where(Case.id == _CASE)


def visible(user: User | None, roles: frozenset[Role] = frozenset(SEES), on: date | None = None) -> ColumnElement[bool]:
    """SQL filter on `Case`: the cases a person sees under one of these roles."""
    if user is None or not user.active:
        return false()
    return sees(user.id, roles, on or today())


def sees(user_id: int, roles: frozenset[Role], on: date) -> ColumnElement[bool]:
    """The same for an active user; person and day may be bound parameters of a statement that is kept."""
    return or_(
        *(
            and_(role_clause(r, user_id, on), Case.state.in_(SEES[r]) if SEES[r] != frozenset(S) else true())
            for r in roles
            if r in SEES
        )
    )


def visible_cases(user: User | None, roles: frozenset[Role] = frozenset(SEES)) -> Select[tuple[Case]]:
    """The cases a person sees under one of these roles, as a query to refine."""
    return select(Case).where(visible(user, roles))


def on_notice(case_id: int) -> bool:
    """Whether the public may know of a case: it is, or was, on public notice."""
    return bool(db.session.scalar(select(exists().where(PublicNotice.case_id == case_id))))


def appointments(user: User | None, on: date | None = None) -> list[tuple[Role, int]]:
    """The offices a person holds on a day, each with the id of its body."""
    if user is None or not user.active:
        return []
    day = on or today()
    # A page that only reads asks once, however many of its parts want to know; the guard opens this.
    kept: dict[tuple[int, date], list[tuple[Role, int]]] = g.get("appointments", {}) if has_app_context() else {}
    if (user.id, day) not in kept:
        query = select(Appointment.role, Appointment.body_id).where(
            Appointment.user_id == user.id, _current(Appointment.since, Appointment.until, day)
        )
        kept[user.id, day] = [(role, body_id) for role, body_id in db.session.execute(query)]
    return list(kept[user.id, day])


def offices(user: User | None, on: date | None = None) -> frozenset[Role]:
    """The offices a person holds in any body on a day."""
    return frozenset(role for role, _body_id in appointments(user, on))


def worth_asking(user: User | None, on: date | None = None) -> frozenset[Role]:
    """The roles a person may have on some case: the offices held, and those that follow from a case."""
    held = offices(user, on)
    # A deputy may preside where the chair may not.
    return held | {Role.PROPONENT, Role.AGENT, Role.VVB} | ({Role.CHAIR} if held & VOTING else set())


def find_case(user: User | None, roles: frozenset[Role], *, number: str | None, case_id: int | None) -> Case | None:
    """The case of a URL if this person may see it under one of these roles, else None."""
    if user is None or not user.active:
        return None
    asked = {"number": number, "case_id": case_id, "user_id": user.id, "day": today()}
    return db.session.scalars(_find_query(roles, number is not None), asked).one_or_none()


@cache
def _find_query(roles: frozenset[Role], by_number: bool) -> Select[Any]:
    """Built once for each entry of the table, like `_roles_query`."""
    user_id, day = bindparam("user_id", type_=Integer), bindparam("day", type_=Date)
    named = Case.number == bindparam("number") if by_number else Case.id == bindparam("case_id")
    return select(Case).where(named, sees(user_id, roles, day))  # type: ignore[arg-type]


def led(user_id: int) -> ColumnElement[bool]:
    """SQL on `Meeting`: the person presided over it, or over one of its items."""
    item = exists().where(
        AgendaItem.meeting_id == Meeting.id,
        SittingCall.deliberation_id == AgendaItem.deliberation_id,
        SittingCall.presided_by_id == user_id,
    )
    return or_(Meeting.presided_by_id == user_id, item)


def presided(user: User) -> bool:
    """Whether a person ever presided over a meeting."""
    return bool(db.session.scalar(select(exists().where(led(user.id)))))
