"""Pilots of forest farms and their records. A record that was replaced is kept and not counted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Exists, Select, exists, extract, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectin_polymorphic

from registry import permissions
from registry.extensions import db
from registry.models import (
    Appointment,
    Case,
    FarmRecord,
    Membership,
    Organisation,
    OrganisationKind,
    Pilot,
    PilotLoss,
    PilotPlot,
    User,
)
from registry.queries.nav import organisations
from registry.queries.paging import Order, Page, Place, identity, page_in_order
from registry.queries.record_shapes import Look, Shown, Waiting
from workflows.roles import Role
from workflows.states import FarmRecordKind, LossCause, PilotState

_LATER = aliased(FarmRecord, flat=True)
ORDER = Order((FarmRecord.on_day, FarmRecord.id), (date.fromisoformat, identity))
PAGE = 50
KINDS = FarmRecord.__subclasses__()


def own_farms(user: User, on: date | None = None) -> list[Organisation]:
    """The forest farms for which a person reports: the office, and membership of the farm."""
    if Role.FARM_REPORTER not in {role for role, _body in permissions.appointments(user, on)}:
        return []
    return [o for o in organisations(user) if o.kind is OrganisationKind.FOREST_FARM]


def farms(user: User) -> list[Organisation]:
    """The farms a person may read: their own, or to the bureau all that have records or a pilot."""
    own = own_farms(user)
    if not permissions.offices(user) & permissions.FARM_READERS:
        return own
    query = select(Organisation).where(Organisation.kind == OrganisationKind.FOREST_FARM).order_by(Organisation.id)
    return list(db.session.scalars(query))


def seen(user: User) -> ColumnElement[bool]:
    """SQL filter on `Pilot`: those of the own farm, and of the bodies a person serves."""
    bodies = {body for role, body in permissions.appointments(user) if role in permissions.FARM_READERS}
    return or_(Pilot.farm_id.in_([f.id for f in own_farms(user)]), Pilot.body_id.in_(bodies))


def pilots(user: User, farm_id: int) -> list[Pilot]:
    """The pilots of a farm that a person may see, the newest first."""
    query = select(Pilot).where(Pilot.farm_id == farm_id, seen(user)).order_by(Pilot.id.desc())
    return list(db.session.scalars(query))


def one(user: User, pilot_id: int) -> Pilot | None:
    """A pilot, if this person may see it."""
    return db.session.scalars(select(Pilot).where(Pilot.id == pilot_id, seen(user))).one_or_none()


def in_force() -> Exists:
    """SQL: no later record replaced this one."""
    return ~exists().where(_LATER.supersedes_id == FarmRecord.id)


def _all() -> Select[tuple[FarmRecord]]:
    return (
        select(FarmRecord)
        .options(selectin_polymorphic(FarmRecord, KINDS), joinedload(FarmRecord.entered_by))
        .order_by(FarmRecord.on_day.desc(), FarmRecord.id.desc())
    )


def records(
    farm_id: int, kind: FarmRecordKind, pilot_id: int | None = None, within: tuple[date, date] | None = None
) -> list[FarmRecord]:
    """The records of one kind that stand, of a pilot or within two days if asked, the newest day first."""
    query = _all().where(FarmRecord.farm_id == farm_id, FarmRecord.kind == kind, in_force())
    if pilot_id is not None:
        query = query.where(FarmRecord.pilot_id == pilot_id)
    if within is not None:
        query = query.where(FarmRecord.on_day.between(*within))
    return list(db.session.scalars(query))


def page(farm_id: int, kind: FarmRecordKind, year: int | None, place: Place) -> Page:
    """A page of the records of one kind that stand, of one year or all, the newest day first."""
    which: list[ColumnElement[bool]] = [FarmRecord.farm_id == farm_id, FarmRecord.kind == kind, in_force()]
    if year is not None:
        which.append(FarmRecord.on_day.between(date(year, 1, 1), date(year, 12, 31)))
    total = db.session.scalar(select(func.count()).select_from(FarmRecord).where(*which)) or 0
    return page_in_order(_all().order_by(None).where(*which), ORDER, place, total, PAGE)


def years(farm_id: int, kind: FarmRecordKind) -> list[int]:
    """The years of these records, the latest first."""
    which = (FarmRecord.farm_id == farm_id, FarmRecord.kind == kind, in_force())
    year = extract("year", FarmRecord.on_day)
    return sorted(map(int, db.session.scalars(select(year).where(*which).distinct())), reverse=True)


def every_version(farm_id: int, kind: FarmRecordKind) -> list[FarmRecord]:
    """The records of one kind, replaced ones too."""
    return list(db.session.scalars(_all().where(FarmRecord.farm_id == farm_id, FarmRecord.kind == kind)))


def of_period(farm_id: int, since: date, until: date) -> Pilot | None:
    """The pilot that ran in a period: started, and its time overlaps; of several the newest."""
    query = select(Pilot).where(
        Pilot.farm_id == farm_id,
        Pilot.state.in_((PilotState.RUNNING, PilotState.EVALUATED)),
        Pilot.since <= until,
        Pilot.until >= since,
    )
    return db.session.scalar(query.order_by(Pilot.id.desc()).limit(1))


def reporters(farm_id: int, body_id: int, on: date) -> set[int]:
    """Those who report for a farm to a body on a day: the office, and membership of the farm."""
    office, member = Appointment, Membership
    query = (
        select(office.user_id)
        .join(member, member.user_id == office.user_id)
        .where(
            *(office.body_id == body_id, office.role == Role.FARM_REPORTER, office.since <= on),
            *(member.organisation_id == farm_id, member.since <= on),
            or_(office.until.is_(None), office.until >= on),
            or_(member.until.is_(None), member.until >= on),
        )
    )
    return set(db.session.scalars(query))


def running() -> list[Pilot]:
    """The pilots at work, of every farm."""
    return list(db.session.scalars(select(Pilot).where(Pilot.state == PilotState.RUNNING).order_by(Pilot.id)))


def record(user: User, record_id: int) -> FarmRecord | None:
    """A record of a farm, if this person may see it."""
    found = db.session.scalars(_all().where(FarmRecord.id == record_id)).one_or_none()
    return found if found and any(f.id == found.farm_id for f in farms(user)) else None


def history(record_of: FarmRecord) -> list[FarmRecord]:
    """Every version of a record, the one in force first."""
    newest = record_of
    while later := db.session.scalars(_all().where(FarmRecord.supersedes_id == newest.id)).one_or_none():
        newest = later
    found = [newest]
    while found[-1].supersedes_id is not None:
        found.append(db.session.scalars(_all().where(FarmRecord.id == found[-1].supersedes_id)).one())
    return found


def by_client_id(client_id: str) -> FarmRecord | None:
    """The record that was made under this id, if it came in already."""
    return db.session.scalars(select(FarmRecord).where(FarmRecord.client_id == client_id)).one_or_none()


def plot_no(plot_id: int) -> str:
    """The number of a plot."""
    return db.session.scalar(select(PilotPlot.plot_no).where(PilotPlot.id == plot_id)) or ""


def measured_twice(farm_id: int) -> int:
    """How many plots have two measurements or more; versions of a plot are one plot, by its number."""
    plots = {p.id: p.plot_no for p in every_version(farm_id, FarmRecordKind.PLOT)}  # type: ignore[attr-defined]
    days: dict[str, set[date]] = {}
    for m in records(farm_id, FarmRecordKind.MEASUREMENT):
        days.setdefault(plots[m.plot_id], set()).add(m.on_day)  # type: ignore[attr-defined]
    return sum(len(found) > 1 for found in days.values())


def losses_of(case_id: int) -> list[PilotLoss]:
    """The losses recorded for a project that stand, the newest first."""
    query = (
        select(PilotLoss)
        .where(PilotLoss.case_id == case_id, ~exists().where(_LATER.supersedes_id == PilotLoss.id))
        .options(joinedload(PilotLoss.entered_by))
        .order_by(PilotLoss.on_day.desc(), PilotLoss.id.desc())
    )
    return list(db.session.scalars(query))


def loss_of(case_id: int, record_id: int) -> PilotLoss | None:
    """A loss of this project by its id, replaced or not."""
    query = select(PilotLoss).where(PilotLoss.id == record_id, PilotLoss.case_id == case_id)
    return db.session.scalars(query.options(joinedload(PilotLoss.entered_by))).one_or_none()


@dataclass(frozen=True, slots=True)
class LossSum:
    """Losses of one cause: events, mu, tCO2e of those that give it (None where none does), and how many do not."""

    cause: LossCause
    events: int
    area_mu: Decimal
    carbon_t: Decimal | None
    without_carbon: int


def loss_sums(losses: Collection[PilotLoss]) -> list[LossSum]:
    """Losses by cause, in the order of the plan's chapters."""
    found = []
    for cause in LossCause:
        of_it = [loss for loss in losses if loss.cause is cause]
        told = [loss.carbon_t for loss in of_it if loss.carbon_t is not None]
        if of_it:
            area_mu = sum((loss.area_mu for loss in of_it), Decimal(0))
            carbon_t = sum(told, Decimal(0)) if told else None
            found.append(LossSum(cause, len(of_it), area_mu, carbon_t, len(of_it) - len(told)))
    return found


def sums(losses: Collection[PilotLoss]) -> tuple[Decimal, Decimal, Decimal]:
    """(mu, m3, tCO2e) lost in all; a figure nobody gave adds nothing."""
    return (
        sum((loss.area_mu for loss in losses), Decimal(0)),
        sum((loss.volume_m3 or Decimal(0) for loss in losses), Decimal(0)),
        sum((loss.carbon_t or Decimal(0) for loss in losses), Decimal(0)),
    )


def counts(farm_id: int) -> dict[FarmRecordKind, int]:
    """How many records of each kind stand."""
    query = select(FarmRecord.kind, func.count()).where(FarmRecord.farm_id == farm_id, in_force())
    rows = db.session.execute(query.group_by(FarmRecord.kind))
    return {row.kind: row[1] for row in rows}


def cases(user: User, farm_id: int) -> list[Case]:
    """The cases the farm is a party of, as far as this person may see them."""
    parties = (Case.proponent_org_id, Case.agent_org_id, Case.partner_org_id)
    mine = parties[0] == farm_id
    for party in parties[1:]:
        mine = mine | (party == farm_id)
    query = select(Case).where(mine, Case.number.is_not(None), permissions.visible(user))
    return list(db.session.scalars(query.order_by(Case.number)))


def _asks(user: User) -> list[Pilot]:
    """The pilots that wait for this person's office."""
    turn = {Role.CASE_OFFICER: PilotState.SUBMITTED, Role.CHAIR: PilotState.PREPARED}
    held = {(turn[role], body) for role, body in permissions.appointments(user) if role in turn}
    if not held:
        return []
    query = select(Pilot).where(Pilot.state.in_({state for state, _body in held})).order_by(Pilot.id)
    return [p for p in db.session.scalars(query) if (p.state, p.body_id) in held]


def shown(user: User, pilot_id: int) -> Shown | None:
    """A pilot as a notice names it."""
    pilot = one(user, pilot_id)
    if pilot is None:
        return None
    task = _("Please read the plan of the pilot and decide on it.") if pilot in _asks(user) else ""
    return Shown(pilot.title, pilot.number, f"/farm/pilots/{pilot.id}", task)


def waits(user: User) -> list[Waiting]:
    """Pilots as the inbox lists them."""
    return [
        Waiting(
            _("Decide on the plan of a pilot"),
            p.title,
            p.number,
            f"/farm/pilots/{p.id}",
            p.submitted_at or p.drafted_at,
        )
        for p in _asks(user)
    ]


LOOK = Look(_l("A pilot you no longer see"), shown, waits)
