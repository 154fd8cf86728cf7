"""What the figures of a report were made from: records of the farm, projects, and groups of rows of an inventory."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from registry import labels
from registry.clock import day_of
from registry.extensions import db
from registry.models import Case, FarmRecord, Inventory, PilotMeasurement, PilotPlot, ReportFigure
from registry.queries.report_records import words_of
from registry.queries.reports import sources_of
from workflows.inventory import layout
from workflows.report_tables import Source
from workflows.states import AgeGroup, ForestUse

RECORD, PROJECT, INVENTORY = "record", "project", "inventory"


def recorded(sources: Iterable[Source]) -> dict[tuple[str, int], tuple[int | None, date]]:
    """Who recorded each source, and for which day it is."""
    ids: dict[str, set[int]] = {RECORD: set(), PROJECT: set(), INVENTORY: set()}
    for source in sources:
        ids.setdefault(source.kind, set()).add(source.id)
    record = select(FarmRecord.id, FarmRecord.entered_by_id, FarmRecord.on_day).where(FarmRecord.id.in_(ids[RECORD]))
    survey = select(Inventory.id, Inventory.made_by_id, Inventory.surveyed_on).where(Inventory.id.in_(ids[INVENTORY]))
    case = select(Case.id, Case.submitted_at).where(Case.id.in_(ids[PROJECT]))
    found: dict[tuple[str, int], tuple[int | None, date]] = {}
    for kind, query in ((RECORD, record), (INVENTORY, survey)):
        found |= {(kind, number): (person, on) for number, person, on in db.session.execute(query)}
    return found | {(PROJECT, n): (None, day_of(at)) for n, at in db.session.execute(case) if at is not None}


@dataclass(frozen=True, slots=True)
class SourceRow:
    """What a figure was made from, for a reader: `path` below the root, "" where it has no page.

    `inventory` and `group`: the version and the rows of it, where it was added up from sub-compartments.
    """

    kind: str
    title: str
    path: str
    on: date | None = None
    person: str = ""
    inventory: Inventory | None = None
    group: str = ""


def source_rows(found: ReportFigure) -> list[SourceRow]:
    """What is behind a figure, in order."""
    said = sources_of(found)
    known = rows_of(said)
    return [known[source] for source in said]


def rows_of(said: Collection[Source]) -> dict[Source, SourceRow]:
    """Each source as a reader knows it, of one figure or of a whole report: a query a kind."""
    records = _by_id(FarmRecord, (s.id for s in said if s.kind == RECORD), FarmRecord.entered_by, FarmRecord.case)
    cases = _by_id(Case, (s.id for s in said if s.kind == PROJECT))
    plots = _plot_numbers(records)
    surveys = _by_id(Inventory, (s.id for s in said if s.kind == INVENTORY), Inventory.made_by)
    rows: dict[Source, SourceRow] = {}
    for source in said:
        match source.kind:
            case "record":
                rows[source] = _of_record(records[source.id], plots.get(source.id, ""))
            case "project":
                case = cases[source.id]
                rows[source] = SourceRow(
                    _("Project of the registry"), f"{case.number} {case.name}", f"/cases/{case.number}"
                )
            case "inventory":
                rows[source] = _of_survey(surveys[source.id], source.group)
            case other:
                raise LookupError(f"a figure made from {other}")
    return rows


def _by_id(model: Any, ids: Iterable[int], *more: Any) -> dict[int, Any]:
    query = select(model).where(model.id.in_(set(ids))).options(*map(joinedload, more))
    return {row.id: row for row in db.session.scalars(query)}


def _plot_numbers(ids: Iterable[int]) -> dict[int, str]:
    """The number of the plot of each record that is one, or a measurement of one."""
    laid, plot = select(PilotPlot.id, PilotPlot.plot_no).where(PilotPlot.id.in_(ids)), aliased(PilotPlot, flat=True)
    of = select(PilotMeasurement.id, plot.plot_no).join(plot, PilotMeasurement.plot_id == plot.id)
    queries = laid, of.where(PilotMeasurement.id.in_(ids))
    return {number: no for query in queries for number, no in db.session.execute(query)}


def _of_record(record: FarmRecord, plot: str) -> SourceRow:
    kind = str(labels.label(record.kind))
    title = record.source or record.place or _("Record %(no)s", no=record.id)
    if plot:
        title = _("%(plot)s: %(title)s", plot=plot, title=title)
    path = f"/farm/records/{record.id}" if record.case is None else f"/cases/{record.case.number}/losses"
    return SourceRow(kind, title, path, record.on_day, record.entered_by.name)


def _of_survey(survey: Inventory, group: str) -> SourceRow:
    title = _("%(title)s: %(group)s", title=survey.title, group=_group(group)) if group else survey.title
    path = f"/inventory/{survey.id}"
    return SourceRow(_("Inventory"), title, path, survey.surveyed_on, survey.made_by.name, survey, group)


def _group(group: str) -> str:
    return _(", ").join(_said(key, word) for key, word in words_of(group).items())


def _said(key: str, word: str) -> str:
    """A word of a column as people read it."""
    match key:
        case "species_code":
            return layout().species_names.get(word, word) or _("no trees")
        case "age_group":
            return str(labels.label(word, AgeGroup)) if word else _("not said")
        case "forest_category":
            return str(labels.label(word, ForestUse)) if word else _("not said")
        case _:
            return word or _("not divided")
