"""Who may see what: one table, deny by default.

Acting is declared in the tables of `workflows/`; seeing is declared here. `roles_on` is the one
definition of what a person is to a case: the page guard, every list and the door use it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from flask import Flask, abort, g, request
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
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from registry.clock import today
from registry.extensions import db
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
    PolicyChange,
    PublicNotice,
    Recusal,
    SittingCall,
    User,
)
from workflows.roles import APPOINTED, VOTING, Role
from workflows.states import ChangeState, ProjectState, Scheme

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


@dataclass(frozen=True, slots=True)
class Entry:
    """Who reaches an endpoint: everybody, anyone signed in, holders of an office, people of a case.

    With `case`, the URL's `number` (or `case_id`) names a case; the guard loads it into `g.case`
    and its roles into `g.roles`, and a case this person may not see answers like a missing one.
    """

    public: bool = False
    offices: frozenset[Role] = frozenset()
    case: frozenset[Role] = frozenset()
    presided: bool = False
    """Besides the offices, whoever presided over a meeting; the view asks which."""


PUBLIC = Entry(public=True)
SIGNED_IN = Entry()
APPLICANTS = frozenset({Role.PROPONENT, Role.AGENT})
OF_THE_CASE = Entry(case=frozenset(SEES))
APPLICANT_OF_THE_CASE = Entry(case=APPLICANTS)


def office(*roles: Role) -> Entry:
    """Holders of one of these offices."""
    return Entry(offices=frozenset(roles))


def on_case(*roles: Role) -> Entry:
    """People with one of these roles on the case in the URL."""
    return Entry(case=frozenset(roles))


DESK = office(
    Role.CASE_OFFICER, Role.SECRETARY, Role.SUPERVISOR, Role.AUDITOR, Role.LEGAL_REVIEWER, Role.ECO_ENV, *VOTING
)
ADMIN = office(Role.ADMINISTRATOR)
SECRETARY = office(Role.SECRETARY)
REGISTER = office(Role.SECRETARY, Role.CASE_OFFICER, Role.SUPERVISOR, Role.AUDITOR)
"""Who reads the expert register; the secretary alone keeps it."""
POLICY = office(Role.CASE_OFFICER, Role.SECRETARY, Role.SUPERVISOR, Role.AUDITOR, Role.LEGAL_REVIEWER, *VOTING)
"""Who reads how the rules are changed, and why. What is confirmed stands on the public pages of the rules."""
PROPOSES = office(Role.CASE_OFFICER)
DECIDES = office(Role.CASE_OFFICER, Role.CHAIR)
PARTNERS = office(Role.CASE_OFFICER, Role.SECRETARY, Role.SUPERVISOR, Role.AUDITOR, Role.LEGAL_REVIEWER, *VOTING)
"""Who sees what each partner has under contract in all; of a single contract only where its file is open to them."""
KEEPERS = office(Role.CASE_OFFICER, Role.SECRETARY)
MEETING = office(Role.CASE_OFFICER, Role.SECRETARY, Role.SUPERVISOR, Role.AUDITOR, Role.LEGAL_REVIEWER, *VOTING)
"""Meetings of a body, and their minutes, are open to its own people; what an item shows depends on the case."""

MINUTES = Entry(offices=MEETING.offices, presided=True)
"""Whoever presided answers for the minutes, also once the seat has ended (S74)."""

ENTRIES: dict[str, Entry] = {
    "static": PUBLIC,
    # public
    "public.home": PUBLIC,
    "public.projects": PUBLIC,
    "public.project": PUBLIC,
    "public.reference": PUBLIC,
    "public.reference_project": PUBLIC,
    "public.help": PUBLIC,
    "public.accessibility": PUBLIC,
    "public.set_language": PUBLIC,
    "public.set_size": PUBLIC,
    "public.health": PUBLIC,
    "rules.index": PUBLIC,
    "rules.clause": PUBLIC,
    # self-check: anybody, without an account; nothing is kept
    "self_check.index": PUBLIC,
    "self_check.methods": PUBLIC,
    "self_check.contract": PUBLIC,
    "self_check.example": PUBLIC,
    "self_check.example_file": PUBLIC,
    "self_check.schema": PUBLIC,
    # public notice: anybody reads it, objects, and reads the answer by the receipt
    "notices.index": PUBLIC,
    "notices.show": PUBLIC,
    "notices.object": PUBLIC,
    "notices.receipt": PUBLIC,
    "notices.look_up": PUBLIC,
    # account
    "account.sign_in": PUBLIC,
    "account.demo_sign_in": PUBLIC,
    "account.set_up": PUBLIC,
    "account.sign_out": SIGNED_IN,
    "account.profile": SIGNED_IN,
    "account.password": SIGNED_IN,
    "account.sessions": SIGNED_IN,
    "account.end_session": SIGNED_IN,
    "account.letters": SIGNED_IN,
    # administrator
    "admin.home": ADMIN,
    "admin.users": ADMIN,
    "admin.user": ADMIN,
    "admin.new_user": ADMIN,
    "admin.setup_link": ADMIN,
    "admin.set_active": ADMIN,
    "admin.add_membership": ADMIN,
    "admin.end_membership": ADMIN,
    "admin.add_appointment": ADMIN,
    "admin.end_appointment": ADMIN,
    "admin.organisations": ADMIN,
    "admin.organisation": ADMIN,
    "admin.new_organisation": ADMIN,
    "admin.set_email": ADMIN,
    "admin.mail": ADMIN,
    "admin.retry_mail": ADMIN,
    # applicant
    "applicant.home": SIGNED_IN,
    "applicant.start": SIGNED_IN,
    "applicant.task_list": APPLICANT_OF_THE_CASE,
    "applicant.section": APPLICANT_OF_THE_CASE,
    "applicant.autosave": APPLICANT_OF_THE_CASE,
    "applicant.parcel": APPLICANT_OF_THE_CASE,
    "applicant.remove_parcel": APPLICANT_OF_THE_CASE,
    "applicant.documents": APPLICANT_OF_THE_CASE,
    "applicant.upload": APPLICANT_OF_THE_CASE,
    "applicant.remove_document": APPLICANT_OF_THE_CASE,
    "applicant.document": APPLICANT_OF_THE_CASE,
    "applicant.check": APPLICANT_OF_THE_CASE,
    "applicant.receipt": APPLICANT_OF_THE_CASE,
    "applicant.copy": APPLICANT_OF_THE_CASE,
    "applicant.discard": APPLICANT_OF_THE_CASE,
    # desk and case
    "desk.inbox": SIGNED_IN,
    "desk.cases": DESK,
    "desk.notices": SIGNED_IN,
    "desk.overdue": office(Role.SUPERVISOR, Role.CHAIR),
    "case.show": OF_THE_CASE,
    "case.document": OF_THE_CASE,
    "case.act": OF_THE_CASE,
    "case.application": OF_THE_CASE,
    "case.methods": OF_THE_CASE,
    "case.screening": on_case(
        Role.CASE_OFFICER, Role.SECRETARY, Role.SUPERVISOR, Role.AUDITOR, Role.LEGAL_REVIEWER, *VOTING
    ),
    "case.objection_file": on_case(Role.CASE_OFFICER, Role.SUPERVISOR, Role.AUDITOR),
    "case.contract": OF_THE_CASE,
    "case.changes": OF_THE_CASE,
    "case.audit": on_case(Role.AUDITOR, Role.SUPERVISOR),
    # the working calendar: the secretary keeps it, because deadlines of cases follow it; anybody may count by it
    "calendar.show": PUBLIC,
    "calendar.import_notice": office(Role.SECRETARY),
    # the expert register and panels
    "experts.index": REGISTER,
    "experts.show": REGISTER,
    "experts.new": SECRETARY,
    "experts.change": SECRETARY,
    "experts.add_tie": SECRETARY,
    "experts.end_tie": SECRETARY,
    "experts.end": SECRETARY,
    "experts.appoint": SECRETARY,
    "experts.mine": office(Role.EXPERT),
    # interests of members, declared beforehand: their own business, shown to the secretary and to nobody else
    "interests.mine": office(*VOTING),
    "interests.end": office(*VOTING),
    "interests.members": SECRETARY,
    # partners, and who is tied to whom: officers keep the ties
    "partners.index": PARTNERS,
    "partners.show": PARTNERS,
    "partners.tie": KEEPERS,
    "partners.untie": KEEPERS,
    # meetings of the leading group
    "meeting.index": MEETING,
    "meeting.plan": office(Role.SECRETARY),
    "meeting.show": MEETING,
    "meeting.agenda": MEETING,
    "meeting.room": MEETING,
    "meeting.live": MEETING,
    "meeting.history": MEETING,
    "meeting.candidates": office(Role.SECRETARY),
    "meeting.act": office(Role.SECRETARY, Role.CHAIR, Role.DEPUTY_CHAIR),
    "meeting.opinions": office(*VOTING),
    # minutes of a meeting: for whoever belongs to the meeting's body; the view asks which body (queries/minutes.py)
    "minutes.show": MINUTES,
    "minutes.act": MINUTES,
    "minutes.pdf": MEETING,
    # changes of the rules: officers propose, the chair decides, the administrator has no part; the view asks which body
    "policy.index": POLICY,
    "policy.figure": POLICY,
    "policy.method": POLICY,
    "policy.show": POLICY,
    "policy.document": POLICY,
    "policy.export": POLICY,
    "policy.new": PROPOSES,
    "policy.edit": PROPOSES,
    "policy.discard": PROPOSES,
    "policy.replay": DECIDES,
    "policy.act": DECIDES,
    # papers handed out: whoever sees the case sees them, and anybody may check one by its code
    "papers.show": OF_THE_CASE,
    "papers.pdf": OF_THE_CASE,
    "papers.verify": PUBLIC,
    "papers.verified": PUBLIC,
}


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


def _appointed(user_id: int, role: Role, on: date) -> ColumnElement[bool]:
    return and_(
        exists().where(
            _A.user_id == user_id, _A.body_id == Case.body_id, _A.role == role, _current(_A.since, _A.until, on)
        ),
        ~party_of(user_id, on),
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
            # Who presides: the chair, or a deputy where the chair stands aside or is away.
            presides = and_(_presides(user_id, on), ~party_of(user_id, on))
            fit = and_(~stands_aside(user_id), ~_declared_tie(user_id, on))
            return and_(or_(_appointed(user_id, role, on), presides), fit)
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
    roles, query = _roles_query()
    asked = {"case_id": case_id, "user_id": user.id, "day": on or today()}
    row = db.session.execute(query, asked).one_or_none()
    return frozenset() if row is None else frozenset(r for r, holds in zip(roles, row, strict=True) if holds)


@cache
def _roles_query() -> tuple[list[Role], Select[Any]]:
    """Built once: putting a dozen role clauses together costs more than asking them."""
    roles = [r for r in Role if r in SEES]
    user_id, day = bindparam("user_id", type_=Integer), bindparam("day", type_=Date)
    clauses = (role_clause(r, user_id, day) for r in roles)  # type: ignore[arg-type]
    return roles, select(*clauses).where(Case.id == bindparam("case_id", type_=Integer))


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


def sees_change(user: User | None, on: date | None = None) -> ColumnElement[bool]:
    """SQL filter on `PolicyChange`: those of the bodies a person serves; a draft is the officers' own."""
    held = appointments(user, on)
    readers = {body for role, body in held if role in POLICY.offices}
    officers = {body for role, body in held if role is Role.CASE_OFFICER}
    return or_(
        and_(PolicyChange.body_id.in_(readers), PolicyChange.state != ChangeState.DRAFT),
        PolicyChange.body_id.in_(officers),
    )


def appointments(user: User | None, on: date | None = None) -> list[tuple[Role, int]]:
    """The offices a person holds on a day, each with the id of its body."""
    if user is None or not user.active:
        return []
    query = select(Appointment.role, Appointment.body_id).where(
        Appointment.user_id == user.id, _current(Appointment.since, Appointment.until, on or today())
    )
    return [(role, body_id) for role, body_id in db.session.execute(query)]


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


def guard() -> None:
    """Refuse what the table does not allow; runs before every request."""
    if request.endpoint is None:
        return  # no such address: routing answers 404 or 405
    entry = ENTRIES.get(request.endpoint)
    if entry is None:
        abort(403)
    if entry.public:
        return
    user: User | None = g.get("user")
    if user is None:
        abort(401)
    g.offices = offices(user)
    if entry.offices and not entry.offices & g.offices and not (entry.presided and presided(user)):
        abort(403)
    if entry.case:
        args = request.view_args or {}
        found = find_case(user, entry.case, number=args.get("number"), case_id=args.get("case_id"))
        if found is None:
            abort(404)
        g.case = found
        g.roles = roles_on(found.id, user)


def init_app(app: Flask) -> None:
    """Put the guard before every request; `security` must have set `g.user` by then."""
    app.before_request(guard)
