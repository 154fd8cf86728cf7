"""Public notices as anybody may read them, and as the people of a case do. Who objected is for the officers alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from registry import application, labels
from registry.clock import today
from registry.extensions import db, rows
from registry.labels import Running
from registry.models import (
    Case,
    NoticeEnd,
    Objection,
    ObjectionAnswer,
    ParcelApart,
    PublicNotice,
    Verifier,
)
from registry.permissions import APPLICANTS
from registry.queries import applications
from registry.queries import calendar as calendars
from registry.queries.applications import organisation_name
from workflows.roles import Role
from workflows.states import ObjectionAbout, ObjectionOutcome, ProjectState, Side
from workflows.working_days import Period, in_working_days

S = ProjectState
NOTICED = (S.VALIDATION, S.AMENDMENT_REVIEW)
SEES_CONTACT = frozenset({Role.CASE_OFFICER, Role.SUPERVISOR, Role.AUDITOR})
"""Who reads the name and the way to reach whoever objected."""
PAGE = 20
LARGEST_ID = 2**31


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the public list."""

    id: int
    number: str
    name: str
    proponent: str
    district: str
    scheme: str
    area_mu: Decimal | None
    from_on: date
    to_on: date
    provisional: bool
    running: Running


@dataclass(frozen=True, slots=True)
class Land:
    """A parcel on notice; `apart`: it has been set apart."""

    key: str
    name: str
    village: str
    district: str
    area_mu: Decimal | None
    apart: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `outcome` in words where the officer gave it."""

    side: Side
    label: str
    outcome: str
    kind: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Raised:
    """An objection or a comment; what a reader may not know is empty."""

    id: int
    no: int
    round_no: int
    kind: str
    about: str
    parcel: str
    at: datetime
    words: str
    filename: str
    has_file: bool
    name: str
    reach: str
    replies: tuple[Reply, ...]
    waits_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OnNotice:
    """A notice in full."""

    id: int
    case: Case
    number: str
    round_no: int
    name: str
    scheme: str
    proponent: str
    agent: str
    activity: str
    method: str
    validation_body: str
    period: tuple[str, str]
    expected_total_t: Any
    expected_annual_t: Any
    parcels: tuple[Land, ...]
    area_mu: Decimal
    from_on: date
    to_on: date
    days: int
    provisional: bool
    running: Running
    ended_at: datetime | None
    takes: bool
    raised: tuple[Raised, ...]
    proof: Period


# --- what is set apart, and the days ---


APART = select(ParcelApart.parcel_key).where(
    ParcelApart.case_id == bindparam("case_id"), ParcelApart.round_no <= bindparam("round_no")
)


def apart(case_id: int, round_no: int) -> frozenset[str]:
    """Keys of the parcels that are no part of a round."""
    return frozenset(rows(APART, {"case_id": case_id, "round_no": round_no}).scalars())


def verifier(case_id: int) -> str:
    """The verification body of an entry, "" while none is named."""
    query = select(Verifier).where(Verifier.case_id == case_id).order_by(Verifier.id.desc()).limit(1)
    row = db.session.scalars(query.options(joinedload(Verifier.organisation))).one_or_none()
    return organisation_name(row.organisation) if row else ""


def last_day(told: PublicNotice) -> date:
    """The last day of a notice: as told to the public, or later where a yearly notice has since taken days away."""
    return max(told.to_on, counted(told).last_day or told.to_on) if told.provisional else told.to_on


def counted(told: PublicNotice) -> Period:
    """The days of a notice, one by one."""
    return in_working_days(calendars.current(), told.from_on, told.days, start_counts=told.start_counts)


# --- lists ---


def _under_way() -> ColumnElement[bool]:
    """SQL on notice and case: the notice of the present round, at a stage that listens to it, and not ended."""
    ended = exists().where(NoticeEnd.notice_id == PublicNotice.id)
    return and_(PublicNotice.round_no == Case.round, Case.state.in_(NOTICED), ~ended)


def number_open(on: date | None = None) -> int:
    """How many notices take objections on a day (default today)."""
    query = select(func.count()).select_from(PublicNotice).join(Case, Case.id == PublicNotice.case_id)
    return int(db.session.scalar(query.where(_under_way(), PublicNotice.to_on >= (on or today()))) or 0)


def open_now(on: date | None = None) -> list[Line]:
    """The notices that take objections, those that end first first."""
    query = _lines().where(_under_way(), PublicNotice.to_on >= (on or today()))
    return _as_lines(query.order_by(PublicNotice.to_on, PublicNotice.id), on or today())


def earlier(page: int, on: date | None = None) -> tuple[list[Line], int]:
    """A page of the others, the latest first, and how many there are."""
    day = on or today()
    others = or_(~_under_way(), PublicNotice.to_on < day)
    total = select(func.count()).select_from(PublicNotice).join(Case, Case.id == PublicNotice.case_id).where(others)
    query = _lines().where(others).order_by(PublicNotice.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    return _as_lines(query, day), int(db.session.scalar(total) or 0)


def _lines() -> Any:
    return (
        select(PublicNotice)
        .join(Case, Case.id == PublicNotice.case_id)
        .options(
            joinedload(PublicNotice.case).joinedload(Case.proponent_org),
            joinedload(PublicNotice.end),
            selectinload(PublicNotice.objections).selectinload(Objection.answers),
        )
    )


def _as_lines(query: Any, on: date) -> list[Line]:
    return [
        Line(
            n.id,
            n.case.number or "",
            n.case.name,
            _proponent(n.case),
            labels.district(n.case.district_code),
            labels.label(n.case.scheme),
            n.case.area_mu,
            n.from_on,
            last_day(n),
            n.provisional,
            running(n, on),
        )
        for n in db.session.scalars(query)
    ]


def _proponent(case: Case) -> str:
    return organisation_name(case.proponent_org) if case.proponent_org else _("A natural person")


def running(n: PublicNotice, on: date) -> Running:
    """How a notice stands on a day."""
    if n.end is not None:
        return Running.ENDED
    if n.round_no != n.case.round or n.case.state not in NOTICED:
        return Running.STOPPED
    if any(disputed(o) for o in n.objections):
        return Running.DISPUTED
    return Running.RUN_OUT if on > last_day(n) else Running.OPEN


def disputed(o: Objection) -> bool:
    """Tenure was objected to, and no officer has found it unfounded."""
    found = {a.outcome for a in o.answers if a.side is Side.OFFICER}
    return o.about is ObjectionAbout.TENURE and ObjectionOutcome.UNFOUNDED not in found


# --- one notice ---


def find(notice_id: int) -> PublicNotice | None:
    """A notice with everything that was said in it."""
    return db.session.scalars(_lines().where(PublicNotice.id == notice_id)).one_or_none()


def of_case(case: Case, roles: frozenset[Role]) -> list[OnNotice]:
    """The notices of a case as somebody with these roles reads them, the latest first."""
    query = _lines().where(PublicNotice.case_id == case.id).order_by(PublicNotice.round_no.desc())
    return [notice(n, roles) for n in db.session.scalars(query)]


def notice(n: PublicNotice, roles: frozenset[Role] = frozenset(), on: date | None = None) -> OnNotice:
    """A notice as the public reads it, or the people of the case: they see the words, officers also the person."""
    case, day = n.case, on or today()
    data = applications.data_of(applications.answers_of(case.id, n.round_no))
    basics, method, crediting = (data.get(s, {}) for s in ("basics", "method", "crediting"))
    land = parcels(case.id, n.round_no, data)
    stands = running(n, day)
    scheme = application.scheme_of(data)
    return OnNotice(
        id=n.id,
        case=case,
        number=case.number or "",
        round_no=n.round_no,
        name=str(basics.get("name") or case.name),
        scheme=labels.label(scheme or case.scheme, "Scheme"),
        proponent=_proponent(case),
        agent=organisation_name(case.agent_org) if case.agent_org else "",
        activity=labels.label(basics.get("activity"), "Activity"),
        method=applications.method_name(str(method["method"])) if method.get("method") else "",
        validation_body=organisation_name(case.vvb_org) if case.vvb_org else "",
        period=(str(crediting.get("start_on") or ""), str(crediting.get("end_on") or "")),
        expected_total_t=crediting.get("expected_total_t"),
        expected_annual_t=crediting.get("expected_annual_t"),
        parcels=tuple(land),
        area_mu=sum((p.area_mu for p in land if p.area_mu and not p.apart), Decimal(0)),
        from_on=n.from_on,
        to_on=last_day(n),
        days=n.days,
        provisional=n.provisional,
        running=stands,
        ended_at=n.end.ended_at if n.end else None,
        takes=stands in (Running.OPEN, Running.DISPUTED) and day <= last_day(n),
        raised=tuple(raised(o, land, roles) for o in n.objections),
        proof=counted(n),
    )


def parcels(case_id: int, round_no: int, data: Mapping[str, Mapping[str, Any]]) -> list[Land]:
    """The parcels of a round, those set apart marked."""
    gone = apart(case_id, round_no)
    return [
        Land(
            str(p.get("key", "")),
            application.parcel_title(p, place),
            str(p.get("village") or ""),
            labels.district(p.get("district_code")),
            Decimal(p["area_mu"]) if p.get("area_mu") else None,
            str(p.get("key", "")) in gone,
        )
        for place, p in enumerate(data.get("parcels", {}).get("parcels", []), 1)
    ]


def raised(o: Objection, land: Sequence[Land], roles: frozenset[Role], *, own: bool = False) -> Raised:
    """What was handed in. The public reads that there was something and how it was answered, not the words: they may
    name people. The people of the case read the words, `own` the writer's own; officers also who it was."""
    told = own or bool(roles)
    known = bool(roles & SEES_CONTACT)
    answered = {a.side for a in o.answers}
    return Raised(
        id=o.id,
        no=o.no,
        round_no=o.round_no,
        kind=labels.label(o.kind),
        about=labels.label(o.about),
        parcel=next((p.name for p in land if p.key == o.parcel_key), ""),
        at=o.made_at,
        words=o.words if told else "",
        filename=(o.filename or "") if own or known else "",
        has_file=o.sha256 is not None,
        name=o.contact.name if known and o.contact else "",
        reach=o.contact.reach if known and o.contact else "",
        replies=tuple(_reply(a) for a in sorted(o.answers, key=lambda a: list(Side).index(a.side))),
        waits_for=tuple(labels.label(side) for side in Side if side not in answered),
    )


def _reply(a: ObjectionAnswer) -> Reply:
    outcome = labels.label(a.outcome) if a.outcome else ""
    return Reply(a.side, labels.label(a.side), outcome, labels.badge_kind(a.outcome), a.words, a.answered_at)


def by_code(code: str) -> Objection | None:
    """The objection of a receipt."""
    return db.session.scalars(select(Objection).where(Objection.code == code)).one_or_none()


def unanswered(case: Case, side: Side) -> Sequence[Objection]:
    """What a side has still to answer."""
    answered = exists().where(ObjectionAnswer.objection_id == Objection.id, ObjectionAnswer.side == side)
    query = select(Objection).where(Objection.case_id == case.id, ~answered).order_by(Objection.id)
    return db.session.scalars(query).all()


def to_answer(case: Case, side: Side) -> list[tuple[int, str]]:
    """The same as choices: (id, number, kind and subject)."""
    return [
        (
            o.id,
            _("No. %(no)s: %(kind)s, %(about)s", no=str(o.no), kind=labels.label(o.kind), about=labels.label(o.about)),
        )
        for o in unanswered(case, side)
    ]


def numbers(case_id: int) -> list[tuple[int, int]]:
    """What was handed in on a case, by id, with its number on the notice."""
    query = select(Objection.id, Objection.no).where(Objection.case_id == case_id).order_by(Objection.id)
    return [(key, no) for key, no in db.session.execute(query)]


def about_tenure(case: Case) -> frozenset[str]:
    """Ids of the case's objections to the tenure, as a form sends them."""
    query = select(Objection.id).where(Objection.case_id == case.id, Objection.about == ObjectionAbout.TENURE)
    return frozenset(str(n) for n in db.session.scalars(query))


def side_of(roles: frozenset[Role]) -> Side:
    """The side a person of the case answers for."""
    return Side.APPLICANT if roles & APPLICANTS else Side.OFFICER


def file_of(case: Case, objection_id: int) -> Objection | None:
    """An objection of the case that came with a paper."""
    found = db.session.get(Objection, objection_id) if objection_id < LARGEST_ID else None
    return found if found is not None and found.case_id == case.id and found.sha256 else None
