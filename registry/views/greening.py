"""Completed area: a unit drafts and reports it, an officer confirms it, and anybody reads it against the targets."""

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, send_file, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from registry import formats, labels, storage
from registry.clock import now, today
from registry.forms.fields import member_options
from registry.forms.greening import FORMS, CompletionForm
from registry.labels import label
from registry.models import CompletionReport
from registry.queries import greening as ask
from registry.queries import timeline
from registry.services import greening as reports
from registry.services.policy import current
from registry.views import record_acts
from registry.views.case import CSP_OF_FILES, Answer
from registry.views.case_acts import seen_of
from registry.views.case_words import lang
from registry.views.greening_words import progress, unit_name
from registry.views.uploads import Upload, taken_in
from workflows.gates import stops
from workflows.greening import GREENING, judge
from workflows.roles import Role
from workflows.states import CompletionState, Greening
from workflows.units import PERIODS, UNITS

bp = Blueprint("greening", __name__)

STOP = frozenset({"return_completion"})
MEANS: dict[str, LazyString] = {
    "report_completion": _l("The report goes to the city's officers and stays as it is. You can take it back."),
    "withdraw_completion": _l("The report becomes a draft again, and you can change it."),
    "confirm_completion": _l(
        "The area counts towards the target and stands on the public page. It stays on record; the unit can only "
        "correct it by another report."
    ),
    "return_completion": _l("The unit changes the report and sends it again. Until then it does not count."),
}


def _report(report_id: int) -> CompletionReport:
    """The report of the address, if this person may see it; else there is none."""
    found = ask.one(g.user, report_id)
    if found is None:
        abort(404)
    return found


@bp.get("/targets")
def targets() -> str:
    """The targets of each period, and what is confirmed of them by unit and year."""
    return render_template(
        "greening/targets.html", periods=[progress(p) for p in reversed(PERIODS)], unit_name=unit_name, **_basis()
    )


def _basis() -> dict[str, Any]:
    figure = current().figure("afforestation_target", today())
    return {"source": figure.source(lang()), "example": ask.any_example(), "on": today()}


@bp.get("/greening/reports")
def index() -> str:
    """Reports this person may see; the filters stand in the URL."""
    args = request.args
    chosen = ask.Chosen(
        state=_choice(CompletionState, "state"),
        kind=_choice(Greening, "kind"),
        unit=args.get("unit", "") if args.get("unit") in UNITS else "",
        year=args.get("year", type=int),
        counting=args.get("counts") == "1",
        period=next((p for p in PERIODS if str(p.number) == args.get("period")), None),
    )
    found = ask.listed(g.user, chosen)
    return render_template(
        "greening/index.html",
        reports=found,
        area_mu=sum((r.area_mu for r in found), start=0),
        chosen=chosen,
        units={key: unit_name(key) for key in UNITS},
        years=[y for p in PERIODS for y in p.years if y <= today().year],
        kinds=list(Greening),
        states=list(CompletionState),
        reporting=Role.DISTRICT_REPORTER in g.offices and bool(ask.units(g.user, today())),
    )


def _choice(members: Any, name: str) -> Any:
    word = request.args.get(name, "")
    return members(word) if word in set(members) else None


@bp.route("/greening/reports/new", methods=["GET", "POST"])
def new() -> Answer:
    """Draft a report of the own unit; `corrects` names the confirmed one it is to replace."""
    units = ask.units(g.user, today())
    if not units:
        abort(403)
    corrects = None
    if old_id := request.args.get("corrects", type=int):
        corrects = _report(old_id)
        if corrects.state is not CompletionState.CONFIRMED or corrects.unit_id not in {u.id for u in units}:
            abort(404)
    return _draft(None, corrects, corrects.unit_id if corrects else units[0].id)


@bp.route("/greening/reports/<int:report_id>/edit", methods=["GET", "POST"])
def edit(report_id: int) -> Answer:
    """Write a draft, or a returned report, anew."""
    report = _report(report_id)
    if not _may_edit(report):
        abort(404)
    return _draft(report, None, report.unit_id)


def _may_edit(report: CompletionReport) -> bool:
    return report.state in reports.OPEN and report.unit_id in ask.unit_ids(g.user, today())


def _draft(report: CompletionReport | None, corrects: CompletionReport | None, unit_id: int) -> Answer:
    form = CompletionForm()
    fixed = corrects or (report if report and report.supersedes_id else None)
    if fixed:
        form.fix()
    else:
        form.kind.choices = member_options(Greening, label, empty=_("Choose"))
    upload = taken_in(form) if request.method == "POST" else None
    page: dict[str, Any] = {
        "form": form,
        "report": report,
        "fixed": ask.title(fixed) if fixed else "",
        "kept": upload.filename if upload else report.filename if report else "",
        "accept": storage.ACCEPT,
        "limit": storage.limit_bytes() // 2**20,
    }
    if request.method == "GET":
        _fill(form, report or corrects, report.version if report else 0)
        return render_template("greening/edit.html", **page)
    if not form.validate():
        return render_template("greening/edit.html", **page), 422
    if report and seen_of(form) != report.version:
        moved = [_("Somebody else has changed this draft meanwhile. Send it again to put yours in its place.")]
        form.seen.data = str(report.version)
        return render_template("greening/edit.html", **page, moved=moved), 409
    report_id, corrects_id = (report.id if report else None), (corrects.id if corrects else None)
    draft = _written(form, fixed, upload)
    try:
        kept = reports.save(draft, unit_id=unit_id, by=g.user, at=now(), report_id=report_id, corrects=corrects_id)
    except reports.NotEditable:
        abort(404)
    flash(_("The draft is saved. Check it and report it next."))
    return redirect(url_for("greening.show", report_id=kept))


def _fill(form: CompletionForm, row: CompletionReport | None, version: int) -> None:
    form.seen.data = str(version)
    for field in form.asked() if row else ():
        if field.name not in ("kept", "file"):
            field.data = getattr(row, field.name)


def _written(form: CompletionForm, fixed: CompletionReport | None, upload: Upload | None) -> reports.Draft:
    return reports.Draft(
        year=fixed.year if fixed else form.year.data,
        kind=fixed.kind if fixed else Greening(form.kind.data),
        area_mu=form.area_mu.data,
        document_title=form.document_title.data,
        document_number=form.document_number.data,
        document_on=form.document_on.data,
        stored=upload.stored if upload else None,
        filename=upload.filename if upload else "",
    )


@bp.get("/greening/reports/<int:report_id>")
def show(report_id: int) -> str:
    """A report: what it says, its document, what happened to it, and what may be done with it."""
    report = _report(report_id)
    roles = reports.roles_on(report, g.user, today())
    known = reports.facts(report, today(), g.user)
    buttons = []
    for row in GREENING.actions(report.state, roles):
        missing = [current().clause(o.clause).title(lang()) for o in judge(row.gate, known, current()) if stops(o)]
        buttons.append((row.name, row.name in STOP, missing))
    done = request.args.get("done", "")
    return render_template(
        "greening/show.html",
        report=report,
        title=ask.title(report),
        buttons=buttons,
        may_edit=_may_edit(report),
        may_correct=report.state is CompletionState.CONFIRMED and Role.DISTRICT_REPORTER in roles,
        older=ask.one(g.user, report.supersedes_id) if report.supersedes_id else None,
        newer=ask.corrected_by(report),
        events=timeline.of_record("greening", report.id),
        done=labels.happened(done) if done in FORMS else "",
    )


@bp.get("/greening/reports/<int:report_id>/document")
def document(report_id: int) -> Any:
    """The acceptance document, always as a download."""
    report = _report(report_id)
    if report.file is None:
        abort(404)
    try:
        content = storage.open_file(report.file.sha256)
    except FileNotFoundError:
        abort(404)
    answer = send_file(
        content, mimetype=report.file.media_type, as_attachment=True, download_name=report.filename, max_age=0
    )
    answer.headers["Content-Security-Policy"] = CSP_OF_FILES
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@bp.route("/greening/reports/<int:report_id>/discard", methods=["GET", "POST"])
def discard(report_id: int) -> Answer:
    """Throw a draft away that was never sent."""
    report = _report(report_id)
    if not _may_edit(report) or report.reported_at is not None:
        abort(404)
    if request.method == "GET":
        return render_template("greening/discard.html", report=report, title=ask.title(report))
    try:
        reports.discard(report_id, by=g.user, at=now())
    except reports.NotEditable:
        abort(404)
    flash(_("The draft was thrown away."))
    return redirect(url_for("greening.index"))


@bp.route("/greening/reports/<int:report_id>/act/<action>", methods=["GET", "POST"])
def act(report_id: int, action: str) -> Answer:
    """The page of one act on a report; sent, it goes through the door."""
    return record_acts.act(PAGES, report_id, action)


PAGES = record_acts.Pages(
    kind="greening",
    forms=FORMS,
    find=_report,
    title=lambda report: ask.title(report) + _(": ") + formats.area(report.area_mu),
    url=lambda report_id: url_for("greening.show", report_id=report_id),
    then=lambda report_id, action: url_for("greening.show", report_id=report_id, done=action),
    means=MEANS,
    stop=STOP,
)
