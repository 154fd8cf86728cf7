"""What pages say of a pilot report: lines, tables with a link behind each number, findings, and the acts open now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from registry import labels
from registry.clock import today
from registry.labels import reports as said
from registry.models import PilotReport
from registry.services import reports
from registry.services.policy import current
from registry.views.case_words import Finding, lang
from workflows.facts import ReportFacts
from workflows.gates import stops
from workflows.pilot_report import PILOT_REPORT, judge
from workflows.pilot_report import findings as lacking
from workflows.report_tables import Difference, Kind, Spot, Table
from workflows.roles import Role
from workflows.rules import Outcome

STOP = frozenset({"return_report"})
MEANS: Mapping[str, LazyString] = {
    "submit_report": _l(
        "The report goes to the task force. From then on it stays as it is, until it is returned or published."
    ),
    "return_report": _l("The report goes back to the farm, which reads your words and submits it again."),
    "review_report": _l("You have checked the figures against their sources. The report goes to the chair."),
    "approve_report": _l("The report may be published. Reviewed tables stay as they are."),
    "publish_report": _l(
        "The report gets its number and its PDF, which anybody can read. It is never changed; a correction is a new "
        "version."
    ),
    "correct_report": _l("A new version of this report is begun with its words. What is published stays beside it."),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A report in a list."""

    report: PilotReport
    title: str
    due: date
    late: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell: its words, the page of its sources, whether it is a number."""

    text: str
    url: str
    number: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table on a page."""

    no: int
    title: str
    heads: tuple[Any, ...]
    rows: tuple[tuple[Shown, ...], ...]
    total: tuple[Shown, ...]
    marked: bool
    enters: bool


@dataclass(frozen=True, slots=True)
class Button:
    """An act that may be tried; `missing`: what still stands in its way."""

    action: str
    label: str
    url: str
    stop: bool
    missing: tuple[str, ...]


def line(report: PilotReport) -> Line:
    """A report with its day."""
    due = reports.due_on(reports.period(report))
    return Line(report, said.title(report), due, report.state in reports.EDITABLE and due < today())


def table(report: PilotReport, found: Table) -> Sheet:
    """A table with the page of its sources behind every cell."""
    columns = found.shape.columns
    by_place: dict[tuple[int, str], int] = {
        (f.row_no, f.column_key): f.id for f in report.figures if f.table_no == found.no
    }
    row_nos = sorted({row_no for row_no, _key in by_place if row_no})

    def cells(row_no: int, row: Mapping[str, Any]) -> tuple[Shown, ...]:
        shown = []
        for column in columns:
            figure_id = by_place.get((row_no, column.key))
            url = url_for("reports.figure", report_id=report.id, figure_id=figure_id) if figure_id else ""
            value = row[column.key].value if column.key in row else None
            words = said.value(value) if row_no or value is not None else ""
            shown.append(Shown(words, url if isinstance(value, Decimal) else "", column.kind is Kind.NUMBER))
        return tuple(shown)

    heads = tuple((said.column(c.key), "right") if c.kind is Kind.NUMBER else said.column(c.key) for c in columns)
    rows = tuple(cells(row_no, row) for row_no, row in zip(row_nos, found.rows, strict=True))
    total = cells(0, found.total) if found.total else ()
    return Sheet(found.no, said.table_title(found.no), heads, rows, total, found.marked, found.no != 7)


def differences(found: Sequence[Difference]) -> list[tuple[str, str, str]]:
    """(where, before, after) of what a correction changes."""
    return [(said.spot(d.spot), said.value(d.before), said.value(d.after)) for d in found]


def findings(report: PilotReport, known: ReportFacts) -> list[Finding]:
    """What the report lacks, while it is not approved."""
    if report.state not in {*reports.EDITABLE, "submitted", "reviewed"}:
        return []
    return [_finding(outcome) for outcome in lacking(known, current())]


def stopping(outcomes: Sequence[Outcome]) -> list[Finding]:
    """The outcomes that stop an act, in words."""
    return [_finding(o) for o in outcomes if stops(o)]


def _finding(outcome: Outcome) -> Finding:
    clause, tongue = current().clause(outcome.clause), lang()
    read = {key: _read(value) for key, value in outcome.facts.items()}
    return Finding(
        severity=outcome.severity,
        verdict=outcome.verdict,
        clause=outcome.clause,
        title=clause.title(tongue),
        facts=(clause.sentence(outcome.verdict, tongue, read, outcome.figures),),
        basis=clause.source(tongue),
        cure=clause.cure(tongue, read, outcome.figures),
    )


def _read(value: object) -> object:
    """Places of a report in the reader's language."""
    if isinstance(value, tuple) and any(isinstance(item, Spot) for item in value):
        return _("; ").join(said.spot(spot) for spot in value)
    return value


def buttons(report: PilotReport, roles: frozenset[Role], known: ReportFacts) -> list[Button]:
    """What this person may try now, exactly as the table says."""
    return [
        Button(
            row.name,
            str(labels.action_label(row.name)),
            url_for("reports.act", report_id=report.id, action=row.name),
            row.name in STOP,
            tuple(current().clause(o.clause).title(lang()) for o in judge(row.gate, known, current()) if stops(o)),
        )
        for row in PILOT_REPORT.actions(report.state, roles)
    ]
