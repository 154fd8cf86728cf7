"""Reports of the pilot as pages, rules and the papers ask for them."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload

from registry import permissions
from registry.clock import ZONE, day_of, today
from registry.extensions import db
from registry.labels import reports as words
from registry.models import (
    Membership,
    Organisation,
    Pilot,
    PilotReport,
    ReportFigure,
    ReportFile,
    ReportPrompt,
    ReportReminder,
    User,
)
from registry.queries import calendar, pilot
from registry.queries import policy as rules
from registry.queries.record_shapes import Look, Shown, Waiting
from workflows.clocks import Reminder
from workflows.pilot_report import Period, due, period_of, reported_for
from workflows.report_tables import Cell, Source, Spot, Table, asked, named
from workflows.roles import Role
from workflows.states import ReportState

__all__ = ["day_of"]
R = ReportState
WITH_WRITERS = (R.DRAFT, R.RETURNED)


# Who ----------------------------------------------------------------------------------------------------


def organisations(user: User, on: date | None = None) -> set[int]:
    """The organisations a person belongs to on a day."""
    day = on or today()
    where = (Membership.user_id == user.id, Membership.since <= day)
    query = select(Membership.organisation_id).where(*where, or_(Membership.until.is_(None), Membership.until >= day))
    return set(db.session.scalars(query))


def farms_of(user: User, at: datetime) -> set[int]:
    """The farms a person reports for."""
    on = day_of(at)
    reports = any(role is Role.FARM_REPORTER for role, _body in permissions.appointments(user, on))
    return organisations(user, on) if reports else set()


def bodies_of(user: User) -> list[int]:
    """The bodies to which a person reports for a farm."""
    return sorted(body for role, body in permissions.appointments(user) if role is Role.FARM_REPORTER)


def visible(user: User) -> ColumnElement[bool]:
    """SQL filter on `PilotReport`: those of the bodies a person serves, and of the farm a person reports for."""
    held = permissions.appointments(user)
    readers = {body for role, body in held if role in permissions.REPORTS.offices and role is not Role.FARM_REPORTER}
    writers = {body for role, body in held if role is Role.FARM_REPORTER}
    own = and_(PilotReport.body_id.in_(writers), PilotReport.farm_id.in_(organisations(user)))
    return or_(PilotReport.body_id.in_(readers), own)


# Which --------------------------------------------------------------------------------------------------

LOADED = (
    joinedload(PilotReport.farm),
    joinedload(PilotReport.body),
    joinedload(PilotReport.pilot),
    joinedload(PilotReport.begun_by),
    joinedload(PilotReport.submitted_by),
    joinedload(PilotReport.reviewed_by),
    joinedload(PilotReport.approved_by),
)


def one(user: User, report_id: int) -> PilotReport | None:
    """A report, if this person may see it."""
    query = select(PilotReport).where(PilotReport.id == report_id, visible(user)).options(*LOADED)
    return db.session.scalars(query).one_or_none()


def all_of(user: User) -> list[PilotReport]:
    """The reports a person may see, the newest period first, each version of it."""
    query = select(PilotReport).where(visible(user)).options(*LOADED)
    order = (PilotReport.period_to.desc(), PilotReport.period_kind.desc(), PilotReport.version_no.desc())
    return list(db.session.scalars(query.order_by(*order)))


def _of(farm_id: int, period: Period) -> tuple[ColumnElement[bool], ...]:
    return (
        PilotReport.farm_id == farm_id,
        PilotReport.period_kind == period.kind,
        PilotReport.period_from == period.start,
    )


def newest(farm_id: int, period: Period) -> PilotReport | None:
    """The newest version of a period, whatever its state."""
    query = select(PilotReport).where(*_of(farm_id, period)).order_by(PilotReport.version_no.desc()).limit(1)
    return db.session.scalars(query).one_or_none()


def published(farm_id: int, period: Period) -> PilotReport | None:
    """The version of a period published last."""
    query = select(PilotReport).where(*_of(farm_id, period), PilotReport.state == R.PUBLISHED)
    return db.session.scalars(query.order_by(PilotReport.version_no.desc()).limit(1)).one_or_none()


def in_public() -> list[PilotReport]:
    """What anybody may read: every published version, the newest period first."""
    query = select(PilotReport).where(PilotReport.state == R.PUBLISHED).options(joinedload(PilotReport.farm))
    order = (PilotReport.period_to.desc(), PilotReport.period_kind.desc(), PilotReport.version_no.desc())
    return list(db.session.scalars(query.order_by(*order)))


def published_one(report_id: int) -> PilotReport | None:
    """A published report, for anybody."""
    query = select(PilotReport).where(PilotReport.id == report_id, PilotReport.state == R.PUBLISHED)
    return db.session.scalars(query).one_or_none()


def file_of(report: PilotReport) -> ReportFile | None:
    """The PDF of a report as it stands; None while it is being made, or with its writers."""
    return db.session.get(ReportFile, (report.id, report.content_digest)) if report.content_digest else None


def with_writers() -> list[tuple[int, Period, list[Reminder]]]:
    """First versions that their writers have, with the reminders sent; a correction has no deadline."""
    query = select(PilotReport.id, PilotReport.period_kind, PilotReport.period_from)
    rows = db.session.execute(query.where(PilotReport.state.in_(WITH_WRITERS), PilotReport.version_no == 1)).all()
    return [(number, period_of(kind, start), reminders(number)) for number, kind, start in rows]


def not_begun(programme: Pilot, on: date) -> list[Period]:
    """The periods of a pilot that are over and have no report, the oldest first."""
    query = select(PilotReport.period_kind, PilotReport.period_from).where(PilotReport.farm_id == programme.farm_id)
    begun = {period_of(kind, start) for kind, start in db.session.execute(query)}
    within = (p for p in reported_for(on) if p.end >= programme.since and p.start <= programme.until)
    return [period for period in within if period not in begun]


def prompts(pilot_id: int, period: Period) -> list[Reminder]:
    """The reminders sent of a report that nobody had begun."""
    of_it = (ReportPrompt.pilot_id == pilot_id, ReportPrompt.period_kind == period.kind)
    query = select(ReportPrompt.kind).where(*of_it, ReportPrompt.period_from == period.start)
    return list(db.session.scalars(query))


def reminders(report_id: int) -> list[Reminder]:
    """Those that were sent."""
    return list(db.session.scalars(select(ReportReminder.kind).where(ReportReminder.report_id == report_id)))


# What is in it ------------------------------------------------------------------------------------------


def tables(report: PilotReport) -> tuple[Table, ...]:
    """The tables of a report as they were read into it."""
    rows: dict[int, dict[int, dict[str, Cell]]] = {no: {} for no in asked(report.period_kind)}
    for figure in report.figures:
        rows.setdefault(figure.table_no, {}).setdefault(figure.row_no, {})[figure.column_key] = cell_of(figure)
    return tuple(
        Table(no, tuple(cells for n, cells in sorted(found.items()) if n), found.get(0, {}))
        for no, found in sorted(rows.items())
    )


def cell_of(figure: ReportFigure) -> Cell:
    """A figure as a cell."""
    value = figure.words if figure.words is not None else figure.day if figure.day is not None else figure.value
    return Cell(value, sources_of(figure), figure.method, figure.mark)


def sources_of(figure: ReportFigure) -> tuple[Source, ...]:
    """What it was made from."""
    return tuple(Source(*said) for said in json.loads(figure.sources))


def places(report: PilotReport) -> dict[int, Spot]:
    """Where each figure stands, by its id."""
    rows: dict[tuple[int, int], dict[str, Cell]] = {}
    for f in report.figures:
        rows.setdefault((f.table_no, f.row_no), {})[f.column_key] = cell_of(f)
    names = {(no, row): named(cells) if row else "" for (no, row), cells in rows.items()}
    return {f.id: Spot(f.table_no, names[f.table_no, f.row_no], f.column_key) for f in report.figures}


def spots(table: Table) -> Iterator[Spot]:
    """Every place of a table: its totals, then its rows' cells."""
    yield from (Spot(table.no, column=key) for key in table.total)
    yield from (Spot(table.no, named(row), key) for row in table.rows for key in row)


def figure(report: PilotReport, figure_id: int) -> ReportFigure | None:
    """One figure of a report."""
    found = db.session.get(ReportFigure, figure_id)
    return found if found is not None and found.report_id == report.id else None


def farm(farm_id: int) -> Organisation:
    """A farm; raises NoResultFound."""
    return db.session.get_one(Organisation, farm_id)


# In notices and the inbox -------------------------------------------------------------------------------


def _due(report: PilotReport) -> date | None:
    return _last_day(period_of(report.period_kind, report.period_from))


def _last_day(period: Period) -> date | None:
    return due(period, calendar.current(), rules.current()).last_day


def _asked_of(user: User) -> list[tuple[PilotReport, str]]:
    held = permissions.appointments(user)
    tasks = {
        Role.FARM_REPORTER: (WITH_WRITERS, _("Finish the report and submit it.")),
        Role.CASE_OFFICER: ((R.SUBMITTED, R.APPROVED), _("Review the report, or publish what is approved.")),
        Role.CHAIR: ((R.REVIEWED,), _("Approve the report, or return it.")),
    }
    found = []
    for role, (states, task) in tasks.items():
        bodies = {body for held_role, body in held if held_role is role}
        if not bodies:
            continue
        query = select(PilotReport).where(PilotReport.body_id.in_(bodies), PilotReport.state.in_(states))
        if role is Role.FARM_REPORTER:
            query = query.where(PilotReport.farm_id.in_(organisations(user)))
        found += [(report, task) for report in db.session.scalars(query.options(joinedload(PilotReport.farm)))]
    return found


def shown(user: User, report_id: int) -> Shown | None:
    """A report as a notice names it."""
    report = one(user, report_id)
    if report is None:
        return None
    task = next((task for other, task in _asked_of(user) if other.id == report_id), "")
    by = _due(report) if report.state in WITH_WRITERS else None
    return Shown(words.title(report), report.number, f"/reports/{report.id}", task, by)


def waits(user: User) -> list[Waiting]:
    """Reports as the inbox lists them: those at work, and those the farm of a running pilot has not begun."""
    farms = organisations(user) if bodies_of(user) else set()
    task = _("Begin the report.")
    return [
        Waiting(task, words.period_title(period), None, "/reports", _after(period), _last_day(period))
        for programme in pilot.running()
        if programme.farm_id in farms
        for period in not_begun(programme, today())
    ] + [
        Waiting(
            task,
            words.title(report),
            report.number,
            f"/reports/{report.id}",
            report.approved_at or report.reviewed_at or report.submitted_at or report.begun_at,
            _due(report) if report.state in WITH_WRITERS else None,
        )
        for report, task in _asked_of(user)
    ]


def _after(period: Period) -> datetime:
    """The first instant after a period."""
    return datetime.combine(period.end + timedelta(days=1), time.min, ZONE).astimezone(UTC)


LOOK = Look(_l("A report you no longer see"), shown, waits)
