"""Reports of the pilot: written by the farm, reviewed, approved; each figure with its sources; then for anybody."""

import io
import json
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from registry import labels, storage
from registry.clock import now, today
from registry.forms.reports import FORMS, FigureForm, write_form
from registry.labels import reports as said
from registry.models import PilotReport, ReportFigure, ReportFile
from registry.queries import report_records, report_sources, timeline
from registry.queries import reports as ask
from registry.queries.report_sources import SourceRow
from registry.services import farm_plots, report_sheets, reports
from registry.services.farm_plots import Sampled
from registry.services.paper_words import texts
from registry.views import record_acts
from registry.views import report_words as words
from registry.views.case import CSP_OF_FILES, Answer
from registry.views.case_acts import seen_of
from registry.views.case_words import lang
from registry.views.rules import MARKS
from workflows.inventory import layout
from workflows.pilot_facts import TEXTS, pilot_facts
from workflows.pilot_report import CHAPTERS, PILOT_REPORT, Period, reported_for
from workflows.report_tables import differences
from workflows.roles import Role

bp = Blueprint("reports", __name__)
bp.add_app_template_filter(said.title, "report_title")
bp.add_app_template_filter(said.value, "cell")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
    """Every period with its report, its state and its day; what can be begun, and where its figures come from."""
    found = ask.all_of(g.user)
    farms = sorted(ask.farms_of(g.user, now()))
    begun = {(r.farm_id, reports.period(r)) for r in found}
    open_periods = [
        (ask.farm(farm), period, reports.due_on(period))
        for farm in farms
        for period in reversed(reported_for(today()))
        if (farm, period) not in begun
    ]
    return render_template(
        "reports/index.html",
        found=[words.line(report) for report in found],
        open_periods=open_periods,
        period_title=said.period_title,
        writes=bool(farms),
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
    if period not in reported_for(today()):
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
        findings=words.findings(report, known, writes=_writes(report)),
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
    spot = ask.places(report)[found.id]
    remarks = json.loads(report.remarks)
    form = FigureForm(data={"words": remarks.get(str(spot), "")} if request.method == "GET" else None)
    if request.method == "POST" and form.validate():
        try:
            reports.remark(report_id, spot, form.words.data or "", by=g.user, at=now())
        except reports.NotEditable:
            abort(404)
        flash(_("The remark is saved."))
        return redirect(url_for("reports.show", report_id=report_id, _anchor="findings"))
    sources = report_sources.source_rows(found)
    page = render_template(
        "reports/figure.html",
        report=report,
        figure=found,
        place=said.spot(spot),
        value=said.value(ask.cell_of(found).value, found.column_key),
        sources=sources,
        behind=_behind(report, found, sources),
        plots=_plots(report, found),
        species=layout().species_names,
        remark=remarks.get(str(spot), ""),
        form=form,
        writes=_writes(report),
    )
    return (page, 422) if request.method == "POST" else page


def _plots(report: PilotReport, found: ReportFigure) -> list[Sampled]:
    """The sample plots behind an uncertainty, with what stands on each."""
    if found.column_key != "uncertainty_pct":
        return []
    return farm_plots.behind((source.id for source in ask.sources_of(found)), report.period_to)


def _behind(report: PilotReport, found: ReportFigure, sources: Sequence[SourceRow]) -> dict[str, Any] | None:
    """The sub-compartments of one of the figure's groups, a page of them; None: it was not made from an inventory."""
    places = [n for n, source in enumerate(sources) if source.inventory is not None]
    if not places:
        return None
    asked = request.args.get("group", type=int)
    nth = asked if asked in places else places[0]
    source, page = sources[nth], max(request.args.get("page", 0, type=int), 0)
    if source.inventory is None:
        return None
    rows = report_records.rows_behind(source.inventory.id, source.group, page)
    here = {"report_id": report.id, "figure_id": found.id, "group": nth, "_anchor": "rows"}
    first = page * report_records.PAGE
    last = first + len(rows.items)
    return {
        "source": source,
        "nth": nth,
        "several": len(places) > 1,
        "rows": rows,
        "pages": {
            "prev_url": url_for("reports.figure", page=page - 1, **here) if page else None,
            "next_url": url_for("reports.figure", page=page + 1, **here) if last < rows.total else None,
            "first": first + 1,
            "last": last,
            "total": rows.total,
            "more": False,
        },
    }


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
    stopping=words.stopping,
)
