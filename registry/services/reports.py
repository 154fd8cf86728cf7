"""Reports of the pilot: begun for a period, figures read from records, written, and seen as their rules see them."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import delete, or_, select

from registry import permissions
from registry.extensions import db, writing
from registry.models import (
    Appointment,
    PilotReport,
    ReportFigure,
    ReportReminder,
    User,
)
from registry.queries import calendar, pilot, report_records, report_sources
from registry.queries import reports as ask
from registry.services import farm_plots, report_rows, report_stock
from registry.services.policy import current
from workflows.clocks import Reminder
from workflows.facts import ReportFacts, SurveyFault
from workflows.pilot_report import CHAPTERS, Period, due, period_of
from workflows.report_tables import Cell, Spot, Table
from workflows.roles import Role
from workflows.states import PeriodKind, ReportState

EDITABLE = (ReportState.DRAFT, ReportState.RETURNED)
PLACES = Decimal("0.000001")
NATIONAL = "national_pilot_document"
TOLD = frozenset({Role.CASE_OFFICER, Role.CHAIR})
"""Who is told of what happens to a report, besides its writers."""


class NotEditable(Exception):
    """The report is not with its writers, or not of a farm this person reports for."""


class AlreadyThere(Exception):
    """The period has a report; `report_id` is its newest version."""

    def __init__(self, report_id: int) -> None:
        super().__init__(f"report {report_id} is there")
        self.report_id = report_id


# Writing ------------------------------------------------------------------------------------------------


def begin(farm_id: int, body_id: int, period: Period, *, by: User, at: datetime) -> int:
    """A report of a period, with its figures read and its chapters empty; returns its id. Raises AlreadyThere."""
    person_id = by.id
    with writing():
        there = ask.newest(farm_id, period)
        if there is not None:
            raise AlreadyThere(there.id)
        return _new(farm_id, body_id, period, person_id, at).id


def _new(farm_id: int, body_id: int, period: Period, person_id: int, at: datetime, **more: Any) -> PilotReport:
    empty = dict.fromkeys(CHAPTERS[period.kind], "")
    values = {"version_no": 1, "reason": "", "chapters": text_of(empty), "remarks": "{}", "chairs_note": ""} | more
    row = PilotReport(
        state=ReportState.DRAFT,
        body_id=body_id,
        farm_id=farm_id,
        period_kind=period.kind,
        period_from=period.start,
        period_to=period.end,
        begun_by_id=person_id,
        begun_at=at,
        is_example=db.session.get_one(User, person_id).is_example,
        **values,
    )
    db.session.add(row)
    db.session.flush()
    _read_figures(row)
    return row


def correct(report: PilotReport, person_id: int, at: datetime) -> PilotReport:
    """The next version of a published report: its words, its figures read anew. Only the door calls it."""
    return _new(
        report.farm_id,
        report.body_id,
        period(report),
        person_id,
        at,
        version_no=report.version_no + 1,
        replaces_id=report.id,
        chapters=report.chapters,
        remarks=report.remarks,
    )


def write(report_id: int, chapters: Mapping[str, str], reason: str, *, by: User, seen: int, at: datetime) -> bool:
    """Keep what a writer typed; False where another saved meanwhile (`seen` is older). Raises NotEditable."""
    with writing():
        row = _editable(report_id, by.id, at)
        if row.version != seen:
            return False
        kept = words_of(row.chapters)
        row.chapters = text_of({key: chapters.get(key, kept.get(key, "")) for key in CHAPTERS[row.period_kind]})
        row.reason = reason if row.replaces_id else ""
        row.version += 1
    return True


def remark(report_id: int, spot: Spot, words: str, *, by: User, at: datetime) -> None:
    """Say why a figure moved, or take it back with empty words. Raises NotEditable."""
    with writing():
        row = _editable(report_id, by.id, at)
        said = {key: text for key, text in words_of(row.remarks).items() if key != str(spot)}
        row.remarks = text_of(said | ({str(spot): words} if words else {}))
        row.version += 1


def read_again(report_id: int, *, by: User, at: datetime) -> None:
    """Read the figures from the records as they are now. Raises NotEditable."""
    with writing():
        row = _editable(report_id, by.id, at)
        _read_figures(row)
        row.version += 1


def _editable(report_id: int, person_id: int, at: datetime) -> PilotReport:
    query = select(PilotReport).where(PilotReport.id == report_id).with_for_update()
    row = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    person = db.session.get_one(User, person_id)
    if row is None or row.state not in EDITABLE or Role.FARM_REPORTER not in roles_on(row, person, ask.day_of(at)):
        raise NotEditable
    return row


def _read_figures(row: PilotReport) -> None:
    """The tables as the records stand, in the official language, with who recorded the newest source of each cell;
    and the pilot they are of."""
    with force_locale(current_app.config["BABEL_DEFAULT_LOCALE"]):
        found = report_rows.tables(row.farm_id, period(row))
    programme = pilot.of_period(row.farm_id, row.period_from, row.period_to)
    row.pilot_id = programme.id if programme else None
    db.session.execute(delete(ReportFigure).where(ReportFigure.report_id == row.id))
    people = report_sources.recorded(
        s for table in found for r in (*table.rows, table.total) for c in r.values() for s in c.sources
    )
    for table in found:
        for row_no, cells in enumerate((table.total, *table.rows)):
            for key, cell in cells.items():
                db.session.add(_figure(row.id, table, row_no, key, cell, people))
    db.session.flush()


def _figure(
    report_id: int,
    table: Table,
    row_no: int,
    key: str,
    cell: Cell,
    people: Mapping[tuple[str, int], tuple[int | None, date]],
) -> ReportFigure:
    known = [people[source[:2]] for source in cell.sources if source[:2] in people]
    person, as_of = max(known, key=lambda pair: pair[1], default=(None, None))
    value = cell.value
    return ReportFigure(
        report_id=report_id,
        table_no=table.no,
        row_no=row_no,
        column_key=key,
        value=value.quantize(PLACES, ROUND_HALF_EVEN) if isinstance(value, Decimal) else None,
        words=value if isinstance(value, str) else None,
        day=value if isinstance(value, date) else None,
        unit=table.shape.column(key).unit,
        sources=json.dumps(cell.sources),
        method=cell.method,
        mark=cell.mark,
        person_id=person,
        as_of=as_of,
    )


# Reading ------------------------------------------------------------------------------------------------


def text_of(words: Mapping[str, str]) -> str:
    """Words by key as JSON."""
    return json.dumps(words, ensure_ascii=False, sort_keys=True)


def words_of(text: str) -> dict[str, str]:
    """The same back."""
    found: dict[str, str] = json.loads(text)
    return found


def period(report: PilotReport) -> Period:
    """The period of a report."""
    return period_of(report.period_kind, report.period_from)


def due_on(of: Period) -> date:
    """The last day on which a report of a period is in time."""
    last = due(of, calendar.current(), current()).last_day
    if last is None:
        raise RuntimeError("nothing stops the time of a report")
    return last


# For the door -------------------------------------------------------------------------------------------


def roles_on(report: PilotReport, person: User, on: date) -> frozenset[Role]:
    """What a person is to a report: offices of its body; who reports for a farm, only to that farm's."""
    held = frozenset(role for role, body_id in permissions.appointments(person, on) if body_id == report.body_id)
    if report.farm_id not in ask.organisations(person, on):
        held -= {Role.FARM_REPORTER}
    return held & permissions.REPORTS.offices


def facts(report: PilotReport, on: date, actor: User | None, data: Mapping[str, Any]) -> ReportFacts:
    """A report as its rules see it."""
    of, before = period(report), ask.published(report.farm_id, period(report).before)
    tables = ask.tables(report)
    spots = {str(spot): spot for table in tables for spot in ask.spots(table)}
    said = {spots[key]: words for key, words in words_of(report.remarks).items() if key in spots}
    return ReportFacts(
        # What has been handed in came on its day, however long it then waits.
        on=on if report.state in EDITABLE or report.submitted_at is None else ask.day_of(report.submitted_at),
        kind=report.period_kind,
        start=report.period_from,
        end=report.period_to,
        due_on=due_on(of),
        tables=tables,
        before=ask.tables(before) if before else (),
        remarks=said,
        chapters=words_of(report.chapters),
        plots_overdue=_plots_overdue(report, tables),
        surveys=_surveys(report),
        survey_faults=_survey_faults(report, tables),
        **_plots(report, tables),
        national_document=current().reference(NATIONAL, on) is not None,
        actor_wrote=actor is not None and actor.id in {report.begun_by_id, report.submitted_by_id},
        actor_reviewed=actor is not None and actor.id == report.reviewed_by_id,
        chairs_note=str(data.get("note", "")) or report.chairs_note,
        corrects=report.replaces_id is not None,
        reason=report.reason,
        correction_open=report.state is ReportState.PUBLISHED and ask.newest(report.farm_id, of) is not report,
        reminded=frozenset(ask.reminders(report.id)),
        reminder=Reminder(data["kind"]) if "kind" in data else None,
    )


def _plots_overdue(report: PilotReport, tables: tuple[Table, ...]) -> tuple[str, ...] | None:
    """Plots whose last measurement is too old at the end of the year; None: no plot is on record."""
    if report.period_kind is not PeriodKind.YEAR:
        return ()
    years = int(current().number("plot_remeasure_years", report.period_to))
    rows = next((t.rows for t in tables if t.no == report_rows.PLOTS), ())
    if not rows:
        return None
    oldest = date(report.period_to.year - years, 12, 31)
    late = (r for r in rows if not isinstance(on := r.get("surveyed_on", Cell(None)).value, date) or on <= oldest)
    return tuple(str(row["plot"].value) for row in late if "plot" in row)


def _surveys(report: PilotReport) -> int | None:
    if report.period_kind is not PeriodKind.YEAR or report.state not in EDITABLE:
        return None
    return len(report_records.surveys(report.farm_id, report.period_to))


def _survey_faults(report: PilotReport, tables: tuple[Table, ...]) -> tuple[SurveyFault, ...]:
    """Rows that cannot be reckoned, looked for where a table of theirs is empty though there is what it is made of."""
    there = {table.no for table in tables if table.rows}
    if report.period_kind is not PeriodKind.YEAR or report.state not in EDITABLE or {2, 3} <= there:
        return ()
    return report_stock.of(report.farm_id, report.period_to).faults


def _plots(report: PilotReport, tables: tuple[Table, ...]) -> dict[str, Any]:
    """What the sample plots lack, asked of its writers: strata without an uncertainty, plots astray, odd means."""
    if report.period_kind is not PeriodKind.YEAR or report.state not in EDITABLE:
        return {}
    samples = farm_plots.of(report.farm_id, report.period_to)
    rows = next((t.rows for t in tables if t.no == report_rows.STOCK), ())
    strata = [str(row["stratum"].value) for row in rows]
    lacking = [name for name, row in zip(strata, rows, strict=True) if "uncertainty_pct" not in row]
    return {
        "strata_unsure": samples.gaps(lacking) if strata else None,
        "plots_astray": samples.astray(strata) if strata else None,
        "plot_means": samples.means(),
    }


def told(report: PilotReport, action: str, on: date) -> set[int]:
    """Officers and chair of the body, and those who report for the farm."""
    offices = select(Appointment.user_id).where(
        Appointment.body_id == report.body_id,
        Appointment.since <= on,
        or_(Appointment.until.is_(None), Appointment.until >= on),
    )
    people = pilot.reporters(report.farm_id, report.body_id, on)
    if action != "remind_report":
        people |= set(db.session.scalars(offices.where(Appointment.role.in_(TOLD))))
    return people


def keep_reminder(report_id: int, kind: Reminder, at: datetime) -> None:
    """That the writers were reminded. Only the door calls it."""
    db.session.add(ReportReminder(report_id=report_id, kind=kind, sent_at=at))
