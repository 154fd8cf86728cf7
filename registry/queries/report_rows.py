"""The rows of tables 1–11 as the records stand: each cell with the records it was made from."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from registry import labels
from registry.application.reading import day
from registry.extensions import db
from registry.models import Answers, Case, ReportEntry
from workflows.pilot_report import Period
from workflows.report_tables import SHAPES, Cell, Kind, Table, asked, completed, with_totals
from workflows.states import ENDED, ProjectState

Row = Mapping[str, Cell]

TASKS, PLOTS, PROJECTS = 4, 5, 7
STANDING = frozenset({1, 2, 3})
"""Tables of a state and not of what happened: the newest entry of each row counts."""


def tables(farm_id: int, period: Period) -> tuple[Table, ...]:
    """Every table of a report, made anew from the records."""
    return tuple(with_totals(no, list(_rows(no, farm_id, period))) for no in asked(period.kind))


def _rows(no: int, farm_id: int, period: Period) -> Iterator[Row]:
    if no == PROJECTS:
        yield from _projects(farm_id, period)
    rows = [(e, row_of(e)) for e in entries(farm_id, no, period)]
    if no == TASKS:
        yield from _tasks(farm_id, period, rows)
    else:
        yield from (completed(no, row) for _entry, row in rows)


# What the farm recorded ---------------------------------------------------------------------------------


def entries(farm_id: int, no: int, period: Period) -> list[ReportEntry]:
    """The entries of a table that stand and belong to a period, in the order of their days."""
    later = aliased(ReportEntry)
    since = date.min if no == PLOTS else period.start
    query = (
        select(ReportEntry)
        .where(
            ReportEntry.farm_id == farm_id,
            ReportEntry.table_no == no,
            ReportEntry.void.is_(False),
            ReportEntry.on_day.between(since, period.end),
            ~exists().where(later.replaces_id == ReportEntry.id),
        )
        .options(joinedload(ReportEntry.entered_by))
        .order_by(ReportEntry.on_day, ReportEntry.id)
    )
    found = list(db.session.scalars(query))
    if no in STANDING or no == PLOTS:
        first = SHAPES[no].columns[0].key if no == PLOTS else ""
        newest = {_identity(entry, first): entry for entry in found}
        return [entry for entry in found if newest[_identity(entry, first)] is entry]
    return found


def _identity(entry: ReportEntry, first: str) -> tuple[str, ...]:
    content = json.loads(entry.content)
    if first:
        return (content.get(first, ""),)
    words = (c.key for c in SHAPES[entry.table_no].columns if c.kind is Kind.WORDS)
    return tuple(content.get(key, "") for key in words)


def row_of(entry: ReportEntry) -> dict[str, Cell]:
    """An entry as a row; a column left empty is not there."""
    content: dict[str, str] = json.loads(entry.content)
    row = {}
    for column in SHAPES[entry.table_no].columns:
        text = content.get(column.key, "")
        if not text:
            continue
        match column.kind:
            case Kind.NUMBER:
                value: str | Decimal | date = Decimal(text)
            case Kind.DAY:
                value = date.fromisoformat(text)
            case _:
                value = text
        row[column.key] = Cell(value, (("entry", entry.id),), entry.method, entry.mark)
    return row


def _tasks(farm_id: int, period: Period, rows: Sequence[tuple[ReportEntry, Row]]) -> Iterator[Row]:
    """One row a task: what the entries of the period come to, and what was done since the year began."""
    year = replace(period, quarter=0)
    so_far = [e for e in entries(farm_id, TASKS, year) if e.on_day <= period.end]
    done_in_year = _by_task([(e, row_of(e)) for e in so_far])
    for task, found in _by_task(rows).items():
        row = {"task": Cell(task, _sources(found), _method(found))}
        row |= {key: _summed(found, key) for key in ("planned_mu", "done_mu") if any(key in r for r in found)}
        row["year_mu"] = _summed(done_in_year[task], "done_mu")
        yield completed(TASKS, row)


def _by_task(rows: Sequence[tuple[ReportEntry, Row]]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for _entry, row in rows:
        found[str(row["task"].value) if "task" in row else ""].append(row)
    return found


def _summed(rows: Sequence[Row], key: str) -> Cell:
    cells = [row[key] for row in rows if key in row]
    numbers = (cell.value for cell in cells if isinstance(cell.value, Decimal))
    return Cell(sum(numbers, Decimal(0)), tuple(dict.fromkeys(s for c in cells for s in c.sources)), _method(rows))


def _sources(rows: Sequence[Row]) -> tuple[tuple[str, int], ...]:
    return tuple(dict.fromkeys(s for row in rows for cell in row.values() for s in cell.sources))


def _method(rows: Sequence[Row]) -> str:
    return next((cell.method for row in rows for cell in row.values() if cell.method), "")


# What the registry knows --------------------------------------------------------------------------------


def _projects(farm_id: int, period: Period) -> Iterator[Row]:
    """Cases of the farm that had been submitted by the end of the period, with their contracts' terms."""
    query = (
        select(Case)
        .where(
            or_(Case.proponent_org_id == farm_id, Case.partner_org_id == farm_id),
            Case.number.is_not(None),
            Case.state != ProjectState.DRAFT,
            or_(Case.state.not_in(ENDED), Case.registered_on.is_not(None)),
        )
        .order_by(Case.number)
    )
    for case in db.session.scalars(query):
        if case.submitted_at is None or case.submitted_at.date() > period.end:
            continue
        source = (("project", case.id),)
        row = {
            "number": Cell(case.project_number or case.number, source),
            "scheme": Cell(str(labels.label(case.scheme)) if case.scheme else "", source),
            "stage": Cell(str(labels.label(case.state)), source),
            "area_mu": Cell(case.area_mu, source),
            "term": Cell(_term(case), source),
            "result": Cell(_("entered") if case.registered_on else _("not decided"), source),
        }
        yield completed(PROJECTS, row)


def _term(case: Case) -> str:
    where = and_(Answers.case_id == case.id, Answers.section == "contract", Answers.round_no == case.round)
    answers = db.session.scalar(select(Answers.data).where(where)) or {}
    start, end = day(answers.get("start_on")), day(answers.get("end_on"))
    return f"{start.isoformat()}–{end.isoformat()}" if start and end else ""
