"""Expert panels and the expert register as pages show them: plain values, never rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from registry import labels
from registry.extensions import db
from registry.models import (
    Appointment,
    Case,
    ExpertProfile,
    ExpertTie,
    Organisation,
    Panel,
    PanelCandidate,
    PanelDeparture,
    PanelOpinion,
    PanelSeat,
    User,
)
from registry.permissions import APPLICANTS
from registry.queries.applications import organisation_name
from registry.queries.called import Called
from registry.queries.case_review import INSIDE
from workflows import panels
from workflows.roles import Role
from workflows.states import Advice, Bar, PanelResult

CITY, ELSEWHERE = "370900", ""


@dataclass(frozen=True, slots=True)
class Placed:
    """An expert in the order of a draw."""

    place: int
    number: int
    who: str
    key: str
    fields: str
    where: str
    outside: bool
    standing: str
    """chosen, reserve or barred."""
    reason: str


@dataclass(frozen=True, slots=True)
class SeatView:
    """A seat: who sits, in whose place, whether the opinion is in; and once it is open, what it says."""

    who: str
    fields: str
    replaces: str
    given: bool
    left: str
    advice: Advice | None = None
    words: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PanelView:
    """A panel as one reader may see it."""

    id: int
    no: int
    round_no: int
    question: str
    drawn_on: date
    drawn_by: str
    expected_days: int
    ended_on: date | None
    result: PanelResult | None
    reasons: str
    size: int
    needed: int
    outside_needed: int
    given: int
    in_favour: int
    conditional: int
    wanted: str
    uncovered: str
    seats: tuple[SeatView, ...]
    seed: str
    order: tuple[Placed, ...]


def of_case(case: Case, roles: frozenset[Role], reader: User) -> list[PanelView]:
    """The panels of a case, the latest first; what they hold back depends on who reads."""
    query = (
        select(Panel)
        .where(Panel.case_id == case.id)
        .order_by(Panel.id.desc())
        .options(
            joinedload(Panel.end),
            joinedload(Panel.drawn_by),
            selectinload(Panel.wanted),
            selectinload(Panel.seats).joinedload(PanelSeat.user),
            selectinload(Panel.opinions).joinedload(PanelOpinion.user),
            selectinload(Panel.departures).joinedload(PanelDeparture.user),
            selectinload(Panel.candidates).joinedload(PanelCandidate.user),
            selectinload(Panel.candidates).joinedload(PanelCandidate.organisation),
            selectinload(Panel.candidates).joinedload(PanelCandidate.profile).selectinload(ExpertProfile.fields),
        )
    )
    return [_view(p, roles, reader) for p in db.session.scalars(query)]


def _view(p: Panel, roles: frozenset[Role], reader: User) -> PanelView:
    inside, on_it = bool(roles & INSIDE), Role.EXPERT in roles
    ended = p.end is not None
    of = panels.Terms(p.size, p.minimum, (p.outside_num, p.outside_den), (p.needs_num, p.needs_den))
    by_user = {c.user_id: c for c in p.candidates}
    known = {f for s in p.seats if not _left(p, s.user_id) for f in _fields(by_user[s.user_id])}
    wanted = [w.field for w in p.wanted]
    # Each judges alone: what the others say is open only once the panel has ended, and how each judged stays inside.
    shown = p.seats if inside or on_it or ended else []
    favour = sum(o.advice is not Advice.NOT_ACCEPT for o in p.opinions)
    counts = ended or inside
    called = Called([p.drawn_by_id, *(s.user_id for s in shown)])
    return PanelView(
        id=p.id,
        no=p.no,
        round_no=p.round_no,
        question=p.question if inside or on_it or roles & APPLICANTS else "",
        drawn_on=p.drawn_on,
        drawn_by=called(p.drawn_by_id, p.drawn_on) if inside else "",
        expected_days=p.expected_days,
        ended_on=p.end.ended_on if p.end else None,
        result=p.end.result if p.end else None,
        reasons=p.end.words if p.end and inside else "",
        size=p.size,
        needed=panels.needed(of),
        outside_needed=of.outside_needed,
        given=len(p.opinions) if counts else 0,
        in_favour=favour if ended else 0,
        conditional=p.end.conditional if p.end else 0,
        wanted=_listed(wanted),
        uncovered=_listed([f for f in wanted if f not in known]) if inside else "",
        seats=tuple(_seat(p, s, by_user, reader, called, inside=inside, ended=ended) for s in shown),
        seed=p.seed if inside else "",
        order=tuple(_placed(p, c) for c in p.candidates) if inside else (),
    )


def _listed(members: Sequence[object]) -> str:
    return _(", ").join(labels.label(m) for m in members)  # type: ignore[arg-type]


def _fields(c: PanelCandidate) -> list[object]:
    return [f.field for f in c.profile.fields] if c.profile else []


def _left(p: Panel, user_id: int) -> PanelDeparture | None:
    return next((d for d in p.departures if d.user_id == user_id), None)


def _seat(
    p: Panel,
    s: PanelSeat,
    by_user: dict[int, PanelCandidate],
    reader: User,
    called: Called,
    *,
    inside: bool,
    ended: bool,
) -> SeatView:
    said = next((o for o in p.opinions if o.user_id == s.user_id), None)
    left = _left(p, s.user_id)
    open_now = said is not None and ((inside and ended) or reader.id == s.user_id)
    return SeatView(
        who=called(s.user_id, p.drawn_on),
        fields=_listed(_fields(by_user[s.user_id])),
        replaces=by_user[s.replaces_id].user.name if s.replaces_id else "",
        given=said is not None,
        left=(left.words if inside else labels.label(left.reason)) if left else "",
        advice=said.advice if said and open_now else None,
        words=said.words if said and open_now else "",
        at=said.given_at if said and open_now else None,
    )


def _placed(p: Panel, c: PanelCandidate) -> Placed:
    seated = {s.user_id for s in p.seats}
    left = _left(p, c.user_id)
    bar, organisation = (left.reason, left.organisation) if left and left.reason is not Bar.REFUSED else (None, None)
    bar, organisation = (c.bar, c.organisation) if c.bar else (bar, organisation)
    standing = "barred" if bar else "chosen" if c.user_id in seated else "reserve"
    return Placed(
        c.place,
        c.user_id,
        c.user.name,
        c.sort_key,
        _listed(_fields(c)),
        place_words(c.profile.district_code) if c.profile else labels.DASH,
        c.outside,
        standing,
        _why(bar, organisation),
    )


def _why(bar: Bar | None, organisation: Organisation | None) -> str:
    if bar is None:
        return ""
    if organisation is None:
        return labels.label(bar)
    return _("%(reason)s: %(name)s", reason=labels.label(bar), name=organisation_name(organisation))


def why_barred(bar: Bar | None, organisation_id: int | None) -> str:
    """Why an expert cannot be drawn for a case, in words."""
    return _why(bar, db.session.get(Organisation, organisation_id) if organisation_id else None)


def place_words(code: str) -> str:
    """Where an expert works."""
    if code == ELSEWHERE:
        return _("Outside Tai’an")
    return _("A unit of the city") if code == CITY else labels.district(code)


# --- the register ---


@dataclass(frozen=True, slots=True)
class Expert:
    """A line of the register; `since` and `until` of the latest appointment."""

    id: int
    name: str
    login: str
    title: str
    fields: str
    field_words: tuple[str, ...]
    where: str
    employers: str
    since: date
    until: date | None
    current: bool
    complete: bool
    panels: int


def register(on: date, field: str = "") -> list[Expert]:
    """Everybody who is or was an expert, those in office first, by name; `field`: only who knows it."""
    query = (
        select(Appointment)
        .where(Appointment.role == Role.EXPERT)
        .order_by(Appointment.since, Appointment.id)
        .options(joinedload(Appointment.user))
    )
    latest = {a.user_id: a for a in db.session.scalars(query)}
    profiles = current_profiles(on)
    employers = _employers(on)
    seats = dict(db.session.execute(select(PanelSeat.user_id, func.count()).group_by(PanelSeat.user_id)).all())
    found = [_expert(a, profiles.get(u), employers.get(u, []), seats.get(u, 0), on) for u, a in latest.items()]
    return sorted((e for e in found if not field or field in e.field_words), key=lambda e: (not e.current, e.name))


def expert(user_id: int, on: date) -> Expert | None:
    """One line of the register."""
    return next((e for e in register(on) if e.id == user_id), None)


def _expert(a: Appointment, profile: ExpertProfile | None, employers: list[str], seats: int, on: date) -> Expert:
    fields = [f.field for f in profile.fields] if profile else []
    return Expert(
        id=a.user_id,
        name=a.user.name,
        login=a.user.login,
        title=profile.title if profile else "",
        fields=_listed(fields),
        field_words=tuple(f.value for f in fields),
        where=place_words(profile.district_code) if profile else "",
        employers=_(", ").join(employers),
        since=a.since,
        until=a.until,
        current=a.since <= on and (a.until is None or a.until >= on) and a.user.active,
        complete=profile is not None,
        panels=seats,
    )


def current_profiles(on: date) -> dict[int, ExpertProfile]:
    """Expert → the profile that counts on a day."""
    query = (
        select(ExpertProfile)
        .where(ExpertProfile.since <= on)
        .order_by(ExpertProfile.since, ExpertProfile.id)
        .options(selectinload(ExpertProfile.fields))
    )
    return {p.user_id: p for p in db.session.scalars(query)}


def _employers(on: date) -> dict[int, list[str]]:
    query = (
        select(ExpertTie)
        .where(ExpertTie.relation == "own_employer", ExpertTie.since <= on)
        .where(or_(ExpertTie.until.is_(None), ExpertTie.until >= on))
        .order_by(ExpertTie.id)
        .options(joinedload(ExpertTie.organisation))
    )
    found: dict[int, list[str]] = {}
    for tie in db.session.scalars(query):
        found.setdefault(tie.user_id, []).append(organisation_name(tie.organisation))
    return found


def profiles(user_id: int) -> list[ExpertProfile]:
    """Every profile of an expert, the newest first."""
    query = select(ExpertProfile).where(ExpertProfile.user_id == user_id)
    query = query.order_by(ExpertProfile.since.desc(), ExpertProfile.id.desc())
    return list(db.session.scalars(query.options(selectinload(ExpertProfile.fields))))


def ties(user_id: int) -> list[ExpertTie]:
    """Every declared tie of an expert, those that last first."""
    query = select(ExpertTie).where(ExpertTie.user_id == user_id).options(joinedload(ExpertTie.organisation))
    return sorted(db.session.scalars(query), key=lambda t: (t.until is not None, t.since, t.id))


def tie(tie_id: int) -> ExpertTie | None:
    """A tie by number."""
    return db.session.get(ExpertTie, tie_id)


def terms_of_office(user_id: int) -> list[Appointment]:
    """Every time somebody was in the register."""
    query = select(Appointment).where(Appointment.user_id == user_id, Appointment.role == Role.EXPERT)
    return list(db.session.scalars(query.order_by(Appointment.since.desc())))


# --- an expert's own panels ---


@dataclass(frozen=True, slots=True)
class Own:
    """A seat of the reader's: on which case, from when, and what came of it; `open`: the panel is at work."""

    case_id: int
    number: str
    name: str
    seated_at: datetime
    open: bool
    left: bool
    ended_on: date | None
    advice: Advice | None
    words: str
    given_at: datetime | None


def own(user_id: int) -> list[Own]:
    """The panels somebody was drawn for, those at work first, then the newest."""
    query = (
        select(PanelSeat, Panel, Case)
        .join(Panel, Panel.id == PanelSeat.panel_id)
        .join(Case, Case.id == Panel.case_id)
        .where(PanelSeat.user_id == user_id)
        .order_by(PanelSeat.seated_at.desc())
        .options(joinedload(Panel.end), selectinload(Panel.opinions), selectinload(Panel.departures))
    )
    found = []
    for seat, panel, case in db.session.execute(query):
        said = next((o for o in panel.opinions if o.user_id == user_id), None)
        left = _left(panel, user_id) is not None
        found.append(
            Own(
                case.id,
                case.number or "",
                case.name,
                seat.seated_at,
                panel.end is None and not left,
                left,
                panel.end.ended_on if panel.end else None,
                said.advice if said else None,
                said.words if said else "",
                said.given_at if said else None,
            )
        )
    return sorted(found, key=lambda o: not o.open)
