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

from registry import formats, labels
from registry.clock import today
from registry.labels import reports as said
from registry.labels.carbon import PROBLEMS, plot
from registry.models import PilotReport
from registry.services import reports
from registry.services.farm_plots import LEAST
from registry.services.policy import current
from registry.views.case_words import Finding, lang
from workflows.facts import PlotGap, PlotMean, ReportFacts, StratumGap, SurveyFault
from workflows.gates import stops
from workflows.pilot_report import PILOT_REPORT, judge
from workflows.pilot_report import findings as lacking
from workflows.report_tables import Difference, Kind, Spot, Table
from workflows.roles import Role
from workflows.rules import Outcome
from workflows.states import FarmRecordKind

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
    """A cell: its words, the page of its sources, and how it is set: a number, a name on one line, or words."""

    text: str
    url: str
    look: str


NAME = 12
"""Signs of a name; what is longer are words, and takes more lines."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table on a page."""

    no: int
    title: str
    heads: tuple[Any, ...]
    rows: tuple[tuple[Shown, ...], ...]
    total: tuple[Shown, ...]
    marked: bool
    mend: str
    """The page on which its records are entered and corrected."""
    mend_words: str


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
            words = said.value(value, column.key) if row_no or value is not None else ""
            look = "right" if column.kind is Kind.NUMBER else "nowrap" if len(words) <= NAME else "words"
            shown.append(Shown(words, url if isinstance(value, Decimal) else "", look))
        return tuple(shown)

    heads = tuple((said.column(c.key), "right") if c.kind is Kind.NUMBER else said.column(c.key) for c in columns)
    rows = tuple(cells(row_no, row) for row_no, row in zip(row_nos, found.rows, strict=True))
    total = cells(0, found.total) if found.total else ()
    mend, mend_words = mended_at(report.farm_id, found.no)
    return Sheet(found.no, said.table_title(found.no), heads, rows, total, found.marked, mend, mend_words)


MADE_FROM: Mapping[int, FarmRecordKind] = {
    4: FarmRecordKind.ACTIVITY,
    5: FarmRecordKind.PLOT,
    6: FarmRecordKind.LOSS,
    8: FarmRecordKind.SALE,
    9: FarmRecordKind.LOAN,
    10: FarmRecordKind.MONEY,
    11: FarmRecordKind.TRIAL,
}
"""Table → the records of the farm it is made from; 1–3 come from its inventories, 7 from the register."""


def mended_at(farm_id: int, table_no: int) -> tuple[str, str]:
    """The page on which what stands in a table is entered and corrected, and what the link to it says."""
    if kind := MADE_FROM.get(table_no):
        words = _("Records it is made from: %(kind)s", kind=labels.label(kind))
        return url_for("farm.listed", farm_id=farm_id, kind=kind), words
    if table_no == 7:
        return url_for("farm.index", farm=farm_id), _("Projects of the farm")
    return url_for("inventory.index"), _("Inventories of the farm")


def differences(found: Sequence[Difference]) -> list[tuple[str, str, str]]:
    """(where, before, after) of what a correction changes."""
    return [(said.spot(d.spot), said.value(d.before, d.spot.column), said.value(d.after, d.spot.column)) for d in found]


def findings(report: PilotReport, known: ReportFacts, *, writes: bool) -> list[Finding]:
    """What the report lacks, while it is not approved; `writes`: to somebody who may write it."""
    if report.state not in {*reports.EDITABLE, "submitted", "reviewed"}:
        return []
    return [_finding(outcome, report, writes=writes) for outcome in lacking(known, current())]


def stopping(report: PilotReport, outcomes: Sequence[Outcome]) -> list[Finding]:
    """The outcomes that stop an act, in words."""
    return [_finding(o, report, writes=report.state in reports.EDITABLE) for o in outcomes if stops(o)]


WRITTEN = frozenset({"P25", "P29", "P31"})
"""Clauses that are met on the page of the chapters."""
SURVEYED = frozenset({"P35", "P36"})
MEASURED = frozenset({"P22", "P37", "P38", "P39"})


def fixes(report: PilotReport, outcome: Outcome, *, writes: bool) -> list[tuple[str, str]]:
    """(address, words) of each place where a finding is mended: the chapters, the records, the figure's own page."""
    if outcome.clause in WRITTEN:
        return [(url_for("reports.write", report_id=report.id), _("Write the chapters"))] if writes else []
    if outcome.clause in SURVEYED:
        return [mended_at(report.farm_id, 1)]
    if outcome.clause in MEASURED:
        kind = FarmRecordKind.MEASUREMENT
        words = _("Records it is made from: %(kind)s", kind=labels.label(kind))
        return [mended_at(report.farm_id, 5), (url_for("farm.listed", farm_id=report.farm_id, kind=kind), words)]
    spots = [spot for spot in outcome.facts.get("places", ()) if isinstance(spot, Spot)]  # type: ignore[attr-defined]
    if outcome.clause == "P21":
        return [(url, said.spot(spot)) for spot in spots if (url := _page_of(report, spot))]
    return list(dict.fromkeys(mended_at(report.farm_id, spot.table) for spot in spots))


def _page_of(report: PilotReport, spot: Spot) -> str:
    """The page of a total."""
    place = (spot.table, 0, spot.column)
    found = next((f.id for f in report.figures if (f.table_no, f.row_no, f.column_key) == place), None)
    return url_for("reports.figure", report_id=report.id, figure_id=found, _anchor="why") if found else ""


def _finding(outcome: Outcome, report: PilotReport, *, writes: bool) -> Finding:
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
        fixes=tuple(fixes(report, outcome, writes=writes)),
    )


def _read(value: object) -> object:
    """Places of a report in the reader's language."""
    if isinstance(value, tuple) and any(isinstance(item, Spot) for item in value):
        return _("; ").join(said.spot(spot) for spot in value)
    if isinstance(value, tuple) and any(isinstance(item, SurveyFault) for item in value):
        return _("; ").join(_fault(fault) for fault in value[:SHOWN_FAULTS])
    if isinstance(value, tuple) and any(isinstance(item, StratumGap) for item in value):
        return _("; ").join(_gap(gap) for gap in value)
    if isinstance(value, tuple) and any(isinstance(item, PlotGap) for item in value):
        return _(", ").join(map(plot, value))
    if isinstance(value, tuple) and any(isinstance(item, PlotMean) for item in value):
        return _("; ").join(_mean(one) for one in value)
    return value


def _gap(gap: StratumGap) -> str:
    """A stratum without an uncertainty, how many of its plots count, and which do not."""
    plots = _(", ").join(map(plot, gap.left_out))
    said = {"stratum": gap.stratum, "count": gap.plots, "plots": plots}
    if gap.plots >= LEAST:
        return _("%(stratum)s: %(count)s by now, read the figures again unless nothing stands on them", **said)
    if gap.left_out:
        return _("%(stratum)s: %(count)s that count, not %(plots)s", **said)
    return _("%(stratum)s: %(count)s that count", **said)


def _mean(one: PlotMean) -> str:
    means = {"plain": formats.number(one.plain_cm, 1), "quadratic": formats.number(one.quadratic_cm, 1)}
    stated = formats.number(one.stated_cm, 1)
    return _("%(plot)s: %(stated)s, by its list %(plain)s and %(quadratic)s", plot=one.plot, stated=stated, **means)


SHOWN_FAULTS = 10


def _fault(fault: SurveyFault) -> str:
    """A row of an inventory, and why its carbon cannot be reckoned."""
    why = str(PROBLEMS[fault.why][0]) % {"detail": fault.detail}
    return _("row %(row)s (%(code)s): %(why)s", row=fault.row_no, code=fault.code, why=why)


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
