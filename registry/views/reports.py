"""Reports of the pilot: written by the farm, reviewed, approved; each figure with its sources; then for anybody."""

import io
import json
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from registry import labels, storage
from registry.clock import now, today
from registry.forms.reports import FORMS, FigureForm, entry_form, write_form
from registry.labels import reports as said
from registry.models import PilotReport, ReportEntry, ReportFile
from registry.queries import report_rows, timeline
from registry.queries import reports as ask
from registry.services import report_sheets, reports
from registry.services.paper_words import texts
from registry.views import record_acts
from registry.views import report_words as words
from registry.views.case import CSP_OF_FILES, Answer
from registry.views.case_acts import seen_of
from registry.views.case_words import lang
from registry.views.rules import MARKS
from workflows.pilot_facts import TEXTS, pilot_facts
from workflows.pilot_report import CHAPTERS, PILOT_REPORT, Period, ended
from workflows.report_tables import SHAPES, Spot, differences
from workflows.roles import Role

bp = Blueprint("reports", __name__)
bp.add_app_template_filter(said.title, "report_title")
bp.add_app_template_filter(said.value, "cell")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REPORTED_FOR = 1
"""Periods of this year and so many before may be begun."""


def _report(report_id: int) -> PilotReport:
    """The report of the address, if this person may see it; else there is none."""
    return ask.one(g.user, report_id) or abort(404)


def _roles(report: PilotReport) -> frozenset[Role]:
    return reports.roles_on(report, g.user, today())


def _writes(report: PilotReport) -> bool:
    return report.state in reports.EDITABLE and Role.FARM_REPORTER in _roles(report)


# For anybody --------------------------------------------------------------------------------------------


@bp.get("/pilot-reports")
def public() -> str:
    """Every published version, with its PDF; and what is publicly known of the farm, with year, source and mark."""
    known = [
        ({part: fact.text(part, lang()) for part in TEXTS}, MARKS.get(fact.confidence, "")) for fact in pilot_facts()
    ]
    found = [(r, ask.file_of(r)) for r in ask.in_public()]
    return render_template("reports/public.html", found=found, known=known)


@bp.get("/pilot-reports/<int:report_id>/pdf")
def public_pdf(report_id: int) -> Any:
    """The PDF of a published report."""
    report = ask.published_one(report_id) or abort(404)
    return _sent(report, ask.file_of(report))


def _sent(report: PilotReport, file: ReportFile | None) -> Any:
    if file is None:
        abort(404)
    try:
        content = storage.open_file(file.sha256)
    except FileNotFoundError:
        abort(404)
    name = storage.clean_name(f"{said.title(report)} {report.number or texts()['report']['draft']}.pdf")
    return _download(send_file(content, "application/pdf", as_attachment=True, download_name=name, max_age=0))


def _download(answer: Any) -> Any:
    answer.headers["Content-Security-Policy"] = CSP_OF_FILES
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


# Periods ------------------------------------------------------------------------------------------------


@bp.get("/reports")
def index() -> str:
    """Every period with its report, its state and its day; what can be begun, and rows to record."""
    found = ask.all_of(g.user)
    farms = sorted(ask.farms_of(g.user, now()))
    begun = {(r.farm_id, reports.period(r)) for r in found}
    since = today().replace(year=today().year - REPORTED_FOR, month=1, day=1)
    open_periods = [
        (ask.farm(farm), period, reports.due_on(period))
        for farm in farms
        for period in reversed(ended(since, today()))
        if (farm, period) not in begun
    ]
    return render_template(
        "reports/index.html",
        found=[words.line(report) for report in found],
        open_periods=open_periods,
        period_title=said.period_title,
        tables=[(no, said.table_title(no)) for no in SHAPES if no != report_rows.PROJECTS] if farms else [],
        today=today(),
    )


@bp.post("/reports/begin")
def begin() -> Answer:
    """Begin the report of a period that is over."""
    period = _asked_period()
    farms, bodies = sorted(ask.farms_of(g.user, now())), ask.bodies_of(g.user)
    farm = request.form.get("farm", type=int)
    if farm not in farms or not bodies:
        abort(404)
    try:
        report_id = reports.begin(farm, bodies[0], period, by=g.user, at=now())
    except reports.AlreadyThere as there:
        report_id = there.report_id
    return redirect(url_for("reports.show", report_id=report_id))


def _asked_period() -> Period:
    try:
        period = Period(int(request.form["year"]), int(request.form["quarter"]))
    except (KeyError, ValueError):
        abort(400)
    if period not in ended(today().replace(year=today().year - REPORTED_FOR, month=1, day=1), today()):
        abort(400)
    return period


# A report -----------------------------------------------------------------------------------------------


@bp.get("/reports/<int:report_id>")
def show(report_id: int) -> str:
    """A report: what it says, its tables, what it lacks, and what may be done with it."""
    report = _report(report_id)
    done = request.args.get("done", "")
    known = reports.facts(report, today(), g.user, {})
    before = report.replaces
    chapters = json.loads(report.chapters)
    return render_template(
        "reports/show.html",
        report=report,
        due=reports.due_on(reports.period(report)),
        chapters=[(key, said.CHAPTERS[key], chapters.get(key, "")) for key in CHAPTERS[report.period_kind]],
        tables=[words.table(report, table) for table in known.tables],
        findings=words.findings(report, known),
        remarks=[(said.spot(spot), text) for spot, text in known.remarks.items()],
        differences=words.differences(differences(ask.tables(before), known.tables)) if before else None,
        buttons=words.buttons(report, _roles(report), known),
        writes=_writes(report),
        file=ask.file_of(report),
        newer=_newer(report),
        events=timeline.of_record("report", report.id),
        done=labels.happened(done) if any(row.name == done for row in PILOT_REPORT.acts) else "",
        today=today(),
    )


def _newer(report: PilotReport) -> PilotReport | None:
    newest = ask.newest(report.farm_id, reports.period(report))
    return newest if newest is not None and newest.id != report.id else None


@bp.route("/reports/<int:report_id>/write", methods=["GET", "POST"])
def write(report_id: int) -> Answer:
    """Write the chapters."""
    report = _report(report_id)
    if not _writes(report):
        abort(404)
    keys = CHAPTERS[report.period_kind]
    form = write_form({key: said.CHAPTERS[key] for key in keys}, corrects=report.replaces_id is not None)(
        data=json.loads(report.chapters) | {"reason": report.reason, "seen": str(report.version)}
        if request.method == "GET"
        else None
    )
    page = {"report": report, "form": form}
    if request.method == "GET":
        return render_template("reports/write.html", **page)
    if not form.validate():
        return render_template("reports/write.html", **page), 422
    typed = {key: form[key].data or "" for key in keys}
    reason = form["reason"].data or "" if "reason" in form else ""
    try:
        kept = reports.write(report_id, typed, reason, by=g.user, seen=seen_of(form), at=now())
    except reports.NotEditable:
        abort(404)
    if not kept:
        form.seen.data = str(_report(report_id).version)
        moved = [_("Somebody else has saved this report meanwhile. Send it again to put yours in its place.")]
        return render_template("reports/write.html", **page, moved=moved), 409
    flash(_("The chapters are saved."))
    return redirect(url_for("reports.show", report_id=report_id))


@bp.post("/reports/<int:report_id>/read-again")
def read_again(report_id: int) -> Answer:
    """Read the figures from the records as they are now."""
    _report(report_id)
    try:
        reports.read_again(report_id, by=g.user, at=now())
    except reports.NotEditable:
        abort(404)
    flash(_("The figures were read again from the records."))
    return redirect(url_for("reports.show", report_id=report_id, _anchor="tables"))


@bp.route("/reports/<int:report_id>/figures/<int:figure_id>", methods=["GET", "POST"])
def figure(report_id: int, figure_id: int) -> Answer:
    """One figure: what it is, the records it was made from, and why it moved."""
    report = _report(report_id)
    found = ask.figure(report, figure_id) or abort(404)
    spot = _spot(report, found)
    remarks = json.loads(report.remarks)
    form = FigureForm(data={"words": remarks.get(str(spot), "")} if request.method == "GET" else None)
    if request.method == "POST" and form.validate():
        try:
            reports.remark(report_id, spot, form.words.data or "", by=g.user, at=now())
        except reports.NotEditable:
            abort(404)
        flash(_("The remark is saved."))
        return redirect(url_for("reports.show", report_id=report_id, _anchor="findings"))
    page = render_template(
        "reports/figure.html",
        report=report,
        figure=found,
        place=said.spot(spot),
        value=said.value(ask.cell_of(found).value),
        sources=ask.source_rows(found),
        remark=remarks.get(str(spot), ""),
        form=form,
        writes=_writes(report),
    )
    return (page, 422) if request.method == "POST" else page


def _spot(report: PilotReport, found: Any) -> Spot:
    table = next(t for t in ask.tables(report) if t.no == found.table_no)
    if not found.row_no:
        return Spot(table.no, column=found.column_key)
    row_nos = sorted({f.row_no for f in report.figures if f.table_no == table.no and f.row_no})
    return Spot(table.no, ask.named(table.rows[row_nos.index(found.row_no)]), found.column_key)


@bp.get("/reports/<int:report_id>/pdf")
def pdf(report_id: int) -> Any:
    """The PDF of a report as it stands; 404 while it is being made, or with its writers."""
    report = _report(report_id)
    return _sent(report, ask.file_of(report))


@bp.get("/reports/<int:report_id>/tables.xlsx")
def sheet(report_id: int) -> Any:
    """The tables as a workbook."""
    report = _report(report_id)
    name = storage.clean_name(f"{said.title(report)}.xlsx")
    content = io.BytesIO(report_sheets.workbook(report))
    return _download(send_file(content, XLSX, as_attachment=True, download_name=name, max_age=0))


# Rows of the farm ---------------------------------------------------------------------------------------


@bp.get("/reports/entries/<int:entry_id>")
def entry(entry_id: int) -> str:
    """A row the farm recorded: what it says, who recorded it, and what came in its place."""
    found = ask.entry(g.user, entry_id) or abort(404)
    farms = ask.farms_of(g.user, now())
    return render_template(
        "reports/entry.html",
        entry=found,
        title=said.table_title(found.table_no),
        pairs=[(said.column(key), said.value(cell.value)) for key, cell in report_rows.row_of(found).items()],
        later=ask.replaced_by(entry_id),
        may_replace=found.farm_id in farms and ask.stands(entry_id, found.farm_id, found.table_no),
    )


@bp.route("/reports/tables/<int:table>/enter", methods=["GET", "POST"])
def enter(table: int) -> Answer:
    """Record a row of a table, or one in place of another (`replaces`)."""
    if table not in SHAPES or table == report_rows.PROJECTS:
        abort(404)
    farms = sorted(ask.farms_of(g.user, now()))
    old = _replaced(table, farms)
    form = entry_form(table, said.COLUMNS)(data=_as_data(old) if request.method == "GET" else None)
    page = {
        "form": form,
        "table": table,
        "title": said.table_title(table),
        "old": old,
        "columns": [c.key for c in SHAPES[table].columns if not c.made],
    }
    if request.method == "GET":
        return render_template("reports/enter.html", **page)
    void = "void" in request.form and old is not None
    if not void and not form.validate():
        return render_template("reports/enter.html", **page), 422
    if not farms:
        abort(404)
    new = ReportEntry(
        farm_id=old.farm_id if old else farms[0],
        table_no=table,
        on_day=old.on_day if void and old else form.on_day.data,
        content="{}" if void else json.dumps(form.row(table), ensure_ascii=False),
        document=old.document if void and old else form["document"].data,
        method="" if void else form["method"].data or "",
        mark="" if void else form["mark"].data or "",
        replaces_id=old.id if old else None,
        void=void,
    )
    try:
        entry_id = reports.enter(new, by=g.user, at=now())
    except reports.NotEditable:
        abort(404)
    flash(_("The row is recorded. Reports that are still being written take it in when their figures are read again."))
    return redirect(url_for("reports.entry", entry_id=entry_id))


def _replaced(table: int, farms: Sequence[int]) -> ReportEntry | None:
    asked = request.args.get("replaces", type=int)
    if asked is None:
        return None
    found = ask.entry(g.user, asked) or abort(404)
    if found.table_no != table or found.farm_id not in farms:
        abort(404)
    return found


def _as_data(old: ReportEntry | None) -> dict[str, Any]:
    if old is None:
        return {"on_day": None}
    row: dict[str, Any] = {key: cell.value for key, cell in report_rows.row_of(old).items()}
    return row | {"on_day": old.on_day, "document": old.document, "method": old.method, "mark": old.mark}


# Acts ---------------------------------------------------------------------------------------------------


@bp.route("/reports/<int:report_id>/act/<action>", methods=["GET", "POST"])
def act(report_id: int, action: str) -> Answer:
    """The page of one act on a report; sent, it goes through the door."""
    return record_acts.act(PAGES, report_id, action)


def _after(report_id: int, action: str) -> str:
    if action == "correct_report" and (new := _newer(_report(report_id))) is not None:
        return url_for("reports.write", report_id=new.id)
    return url_for("reports.show", report_id=report_id, done=action)


PAGES = record_acts.Pages(
    kind="report",
    forms=FORMS,
    find=_report,
    title=said.title,
    url=lambda report_id: url_for("reports.show", report_id=report_id),
    then=_after,
    means=words.MEANS,
    stop=words.STOP,
    stopping=lambda _report, outcomes: words.stopping(outcomes),
)
