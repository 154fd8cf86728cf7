"""Reports of completed area as pages ask for them, and what is confirmed of each target."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from registry import permissions
from registry.clock import today
from registry.extensions import db
from registry.labels import label
from registry.models import CompletionReport, Membership, Organisation, User
from registry.queries.applications import organisation_name
from registry.queries.record_shapes import Look, Shown, Waiting
from workflows.roles import Role
from workflows.states import CompletionState, Greening
from workflows.units import Period

R = CompletionReport
C = CompletionState
LATER = aliased(CompletionReport)
COUNTS = and_(R.state == C.CONFIRMED, ~exists().where(LATER.supersedes_id == R.id, LATER.state == C.CONFIRMED))
"""What counts towards a target: confirmed, and not corrected since."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a list of reports is narrowed to; `counting`: only what counts towards a target; `period`: of its years."""

    state: CompletionState | None = None
    kind: Greening | None = None
    unit: str = ""
    year: int | None = None
    counting: bool = False
    period: Period | None = None


def units(user: User, on: date) -> list[Organisation]:
    """The units of the plan a person belongs to on a day."""
    query = (
        select(Organisation)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Organisation.unit_key.is_not(None),
            Membership.user_id == user.id,
            Membership.since <= on,
            or_(Membership.until.is_(None), Membership.until >= on),
        )
        .order_by(Organisation.unit_key)
    )
    return list(db.session.scalars(query))


def unit_ids(user: User, on: date) -> set[int]:
    """The same as ids."""
    return {unit.id for unit in units(user, on)}


def _sees(user: User) -> ColumnElement[bool]:
    """Those of the bodies a person serves: a reporter the own unit's, drafts the unit's own."""
    held, on = permissions.appointments(user), today()
    readers = {b for role, b in held if role in permissions.COMPLETION.offices - {Role.DISTRICT_REPORTER}}
    reporting = {b for role, b in held if role is Role.DISTRICT_REPORTER}
    own = and_(R.body_id.in_(reporting), R.unit_id.in_(unit_ids(user, on))) if reporting else false()
    return or_(and_(R.body_id.in_(readers), R.state != C.DRAFT), own)


def listed(user: User, chosen: Chosen) -> list[CompletionReport]:
    """The reports a person may see, the latest year first."""
    query = (
        select(R)
        .join(R.unit)
        .where(_sees(user))
        .options(joinedload(R.unit))
        .order_by(R.year.desc(), Organisation.unit_key, R.kind, R.id.desc())
    )
    if chosen.state:
        query = query.where(R.state == chosen.state)
    if chosen.kind:
        query = query.where(R.kind == chosen.kind)
    if chosen.unit:
        query = query.where(Organisation.unit_key == chosen.unit)
    if chosen.year:
        query = query.where(R.year == chosen.year)
    if chosen.period:
        query = query.where(R.year.between(chosen.period.first, chosen.period.last))
    if chosen.counting:
        query = query.where(COUNTS)
    return list(db.session.scalars(query))


def one(user: User, report_id: int) -> CompletionReport | None:
    """A report, if this person may see it."""
    return db.session.scalars(select(R).where(R.id == report_id, _sees(user))).one_or_none()


def corrected_by(report: CompletionReport) -> CompletionReport | None:
    """The confirmed correction of a report."""
    query = select(R).where(R.supersedes_id == report.id, R.state == C.CONFIRMED)
    return db.session.scalars(query).one_or_none()


Done = Mapping[tuple[Greening, str, int], Decimal]


def completed(period: Period) -> Done:
    """(kind, unit, year) → mu that count in a period."""
    query = (
        select(R.kind, Organisation.unit_key, R.year, func.sum(R.area_mu))
        .join(Organisation, Organisation.id == R.unit_id)
        .where(COUNTS, R.year.between(period.first, period.last))
        .group_by(R.kind, Organisation.unit_key, R.year)
    )
    return {(kind, unit or "", year): Decimal(mu) for kind, unit, year, mu in db.session.execute(query)}


def any_example() -> bool:
    """Whether a report that counts is an example."""
    return bool(db.session.scalar(select(exists().where(COUNTS, R.is_example.is_(True)))))


# Notices and inbox ----------------------------------------------------------------------------------------


def title(report: CompletionReport) -> str:
    """A report in one line."""
    unit = organisation_name(report.unit)
    return _("%(unit)s, %(year)s: %(kind)s", unit=unit, year=report.year, kind=label(report.kind))


def _to_confirm(user: User) -> list[CompletionReport]:
    bodies = {b for role, b in permissions.appointments(user) if role is Role.CASE_OFFICER}
    if not bodies:
        return []
    query = select(R).where(R.body_id.in_(bodies), R.state == C.REPORTED).options(joinedload(R.unit))
    own = unit_ids(user, today())
    return [r for r in db.session.scalars(query.order_by(R.reported_at, R.id)) if r.unit_id not in own]


def _to_change(user: User) -> list[CompletionReport]:
    if not any(role is Role.DISTRICT_REPORTER for role, _body in permissions.appointments(user)):
        return []
    query = select(R).where(R.unit_id.in_(unit_ids(user, today())), R.state == C.RETURNED).options(joinedload(R.unit))
    return list(db.session.scalars(query.order_by(R.decided_at, R.id)))


def shown(user: User, report_id: int) -> Shown | None:
    """A report as a notice names it."""
    report = one(user, report_id)
    if report is None:
        return None
    asks = any(r.id == report_id for r in _to_confirm(user)) if report.state is C.REPORTED else False
    task = _("Please check the acceptance document, and confirm or return the report.") if asks else ""
    return Shown(title(report), None, f"/greening/reports/{report.id}", task)


def waits(user: User) -> list[Waiting]:
    """Reports as the inbox lists them: to confirm for officers, to change for the unit."""
    found = [(r, _("Check and confirm the completed area"), r.reported_at) for r in _to_confirm(user)]
    found += [(r, _("Change the returned report and send it again"), r.decided_at) for r in _to_change(user)]
    return [Waiting(task, title(r), None, f"/greening/reports/{r.id}", at or r.drafted_at) for r, task, at in found]


LOOK = Look(_l("A report of completed area you no longer see"), shown, waits)
