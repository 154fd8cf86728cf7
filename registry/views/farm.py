"""The forest farm: its pilot in seven fields, what it records, and the losses of registered projects."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, send_file, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields import SelectChoice

from registry import formats, labels, photos, storage
from registry.clock import now, today
from registry.forms.farm import ACTS, FORMS, LossForm, PilotForm, RecordForm
from registry.models import FarmRecord, Organisation, Pilot
from registry.queries import farm_year, timeline
from registry.queries import pilot as ask
from registry.queries import reports as reports_of
from registry.services import farm_records
from registry.services.effects.pilot import facts, roles_on
from registry.services.policy import current
from registry.storage import Stored
from registry.views import pages, record_acts
from registry.views.applicant_documents import WORDS as FILE_WORDS
from registry.views.case import CSP_OF_FILES, Answer
from workflows.gates import stops
from workflows.pilot import PILOT, judge
from workflows.states import Exploration, FarmRecordKind

bp = Blueprint("farm", __name__)


def kind_of(word: str) -> FarmRecordKind:
    """The kind of record an address names; 404 where there is none."""
    try:
        return FarmRecordKind(word)
    except ValueError:
        abort(404)


def own_farm() -> Organisation:
    """The farm this person reports for; 404 without one."""
    found = ask.own_farms(g.user)
    if not found:
        abort(404)
    return found[0]


@bp.get("/farm")
def index() -> str:
    """The farm's pilots, what it recorded, and what the registry knows of its projects."""
    found = ask.farms(g.user)
    if not found:
        abort(404)
    farm = next((f for f in found if str(f.id) == request.args.get("farm")), found[0])
    aims = {r.field: r for r in reversed(ask.records(farm.id, FarmRecordKind.EXPLORATION))}  # type: ignore[attr-defined]
    losses = ask.records(farm.id, FarmRecordKind.LOSS)
    years = farm_year.years(farm.id)
    year = next((y for y in years if str(y) == request.args.get("year")), years[0] if years else today().year)
    return render_template(
        "farm/index.html",
        farm=farm,
        farms=found,
        pilots=ask.pilots(g.user, farm.id),
        fields=[(field, aims.get(field)) for field in Exploration],
        counts=ask.counts(farm.id),
        kinds=list(FarmRecordKind),
        lost=ask.sums(losses),  # type: ignore[arg-type]
        measured=ask.measured_twice(farm.id),
        cases=ask.cases(g.user, farm.id),
        years=years,
        year=year,
        told=farm_year.of(farm.id, year),
        reports=[r for r in reports_of.all_of(g.user) if r.farm_id == farm.id],
        writes=any(f.id == farm.id for f in ask.own_farms(g.user)),
    )


STOP = frozenset({"return_pilot"})
MEANS: dict[str, LazyString] = {
    "submit_pilot": _l(
        "The plan goes to the task force. From then on it stays as it is, unless it is returned to you."
    ),
    "prepare_pilot": _l("You have read the plan and find it complete. It goes to the chair with your words."),
    "return_pilot": _l("The plan goes back to the farm, which reads your words, changes it and submits it again."),
    "approve_pilot": _l("The farm may start the pilot within its period. The plan stays as you approve it."),
    "start_pilot": _l("The pilot is under way from now on, until it is evaluated."),
    "evaluate_pilot": _l("The pilot ends with your evaluation. It cannot be opened again; another pilot can follow."),
}


# The pilot ----------------------------------------------------------------------------------------------


@bp.route("/farm/pilots/new", methods=["GET", "POST"])
def new_pilot() -> Answer:
    """Begin the plan of a pilot."""
    farm, form = own_farm(), PilotForm()
    if request.method == "GET" or not form.validate():
        return render_template("farm/new_pilot.html", form=form), 200 if request.method == "GET" else 422
    said = {name: form[name].data for name in ("title", "since", "until", "budget_yuan")}
    pilot_id = farm_records.propose(**said, farm_id=farm.id, by=g.user, at=now())
    flash(_("The plan is begun. Record its aims in the seven fields, then submit it."))
    return redirect(url_for("farm.pilot", pilot_id=pilot_id))


def _pilot(pilot_id: int) -> Pilot:
    found = ask.one(g.user, pilot_id)
    if found is None:
        abort(404)
    return found


@bp.get("/farm/pilots/<int:pilot_id>")
def pilot(pilot_id: int) -> str:
    """A pilot: its plan, its aims, what may be done, what happened."""
    found, done = _pilot(pilot_id), request.args.get("done", "")
    known = facts(found, today(), g.user)
    buttons = []
    for row in PILOT.actions(found.state, roles_on(found, g.user, today())):
        missing = [o.clause for o in judge(row.gate, known, current()) if stops(o)]
        buttons.append((row.name, [current().clause(c).title(_lang()) for c in missing]))
    aims = {r.field: r for r in ask.records(found.farm_id, FarmRecordKind.EXPLORATION, found.id)}  # type: ignore[attr-defined]
    return render_template(
        "farm/pilot.html",
        pilot=found,
        fields=[(field, aims.get(field)) for field in Exploration],
        buttons=buttons,
        events=timeline.of_record("pilot", found.id),
        done=labels.happened(done) if done in ACTS else "",
    )


def _lang() -> str:
    return "zh" if formats.is_chinese() else "en"


@bp.route("/farm/pilots/<int:pilot_id>/act/<action>", methods=["GET", "POST"])
def act(pilot_id: int, action: str) -> Answer:
    """The page of one act on a pilot; sent, it goes through the door."""
    return record_acts.act(PAGES, pilot_id, action)


PAGES = record_acts.Pages(
    kind="pilot",
    forms=ACTS,
    find=_pilot,
    title=lambda pilot: str(pilot.title),
    url=lambda pilot_id: url_for("farm.pilot", pilot_id=pilot_id),
    then=lambda pilot_id, action: url_for("farm.pilot", pilot_id=pilot_id, done=action),
    means=MEANS,
    stop=STOP,
)


# Records ------------------------------------------------------------------------------------------------


@bp.get("/farm/<int:farm_id>/records/<kind>")
def listed(farm_id: int, kind: str) -> str:
    """The records of one kind that stand, fifty a page, of one year or all."""
    which = kind_of(kind)
    farm = next((f for f in ask.farms(g.user) if f.id == farm_id), None)
    if farm is None:
        abort(404)
    years = ask.years(farm.id, which)
    year = next((y for y in years if str(y) == request.args.get("year")), None)
    page = ask.page(farm.id, which, year, pages.place())
    return render_template(
        "farm/listed.html",
        farm=farm,
        kind=which,
        rows=[(r, said(r)[:4]) for r in page.items],
        writes=_writes(farm.id),
        years=years,
        year=year,
        links=pages.links(page, "farm.listed", {"farm_id": farm.id, "kind": which.value, "year": year}),
    )


def _writes(farm_id: int | None) -> bool:
    return any(f.id == farm_id for f in ask.own_farms(g.user))


def said(record: FarmRecord) -> list[tuple[str, str]]:
    """What a record says besides the common part, each with its label and unit."""
    found = []
    for field in FORMS[record.kind](formdata=None, meta={"csrf": False}).asked():
        if field.name in (*RecordForm.LAST, "parcel_key"):
            continue
        value: Any = getattr(record, field.name)
        if value not in (None, ""):
            found.append((str(field.label.text), shown(field.name, value, getattr(field, "unit", ""))))
    return found


def shown(name: str, value: Any, unit: Any) -> str:
    """A value as a reader says it: mu with ha, money in yuan, other figures with their unit."""
    if name.endswith("_mu"):
        return formats.area(value)
    if name.endswith("_yuan"):
        return formats.money(value)
    if name in ("plot_id", "treatment_id", "control_id"):
        return ask.plot_no(value)
    if isinstance(value, Decimal | int):
        return f"{formats.number(value)}{formats.gap() if unit else ''}{unit}"
    return str(labels.label(value)) if hasattr(value, "name") else str(value)


@bp.get("/farm/records/<int:record_id>")
def record(record_id: int) -> str:
    """A record with its earlier versions."""
    found = ask.record(g.user, record_id)
    if found is None:
        abort(404)
    versions = [(r, said(r)) for r in ask.history(found)]
    newest = versions[0][0]
    outside = farm_records.outside(newest.latitude, newest.longitude)
    return render_template(
        "farm/record.html",
        versions=versions,
        newest=newest,
        outside=outside,
        writes=_writes(found.farm_id),
        photo_url=lambda key: url_for("farm.photo", record_id=key),
    )


@bp.get("/farm/records/<int:record_id>/photo")
def photo(record_id: int) -> Any:
    """The photo of a record, as a download."""
    return sent_photo(ask.record(g.user, record_id))


def sent_photo(found: FarmRecord | None) -> Any:
    """The photo of a record that may be seen; 404 without one."""
    if found is None or found.sha256 is None:
        abort(404)
    try:
        content = storage.open_file(found.sha256)
    except FileNotFoundError:
        abort(404)
    answer = send_file(content, mimetype="application/octet-stream", as_attachment=True, download_name=found.filename)
    answer.headers["Content-Security-Policy"] = CSP_OF_FILES
    return answer


def prepared(
    kind: FarmRecordKind,
    farm_id: int | None,
    before: FarmRecord | None = None,
    parcels: Sequence[tuple[str, str]] = (),
) -> RecordForm:
    """The form of a record, empty or from the one it replaces; `parcels`: (key, name) of those of a project."""
    form = FORMS[kind]()
    if isinstance(form, LossForm):
        form.offer_parcels(parcels)
    if before is not None and request.method == "GET":
        for field in form:
            if field.name not in ("csrf_token", "client_id", "photo", "reason"):
                value = getattr(before, field.name)
                # 30 as it was typed, not 30.0000 as the column keeps it.
                field.data = value.normalize() if isinstance(value, Decimal) else value
    form.correcting = before is not None
    plots = ask.records(farm_id, FarmRecordKind.PLOT) if farm_id is not None else []
    form.offer(labels.label, [SelectChoice(p.id, p.plot_no) for p in plots])  # type: ignore[attr-defined]
    if request.method == "GET" and not form.on_day.data:
        form.on_day.data = today()
    return form


def keep_photo(form: RecordForm) -> tuple[Stored, str] | None:
    """Keep the photo that came along; a refused one becomes the field's error."""
    chosen = form.photo.data
    if not chosen or not getattr(chosen, "filename", ""):
        return None
    try:
        return photos.keep(chosen.stream, chosen.filename)
    except storage.FileRefused as refused:
        limit = str(storage.limit_bytes() // 2**20)
        name = storage.clean_name(chosen.filename)
        form.photo.errors = [str(FILE_WORDS[refused.problem]) % {"name": name, "limit": limit}]
        return None


def save(kind: FarmRecordKind, form: RecordForm, **where: Any) -> int | None:
    """Check and keep a record; None where the form has errors."""
    if not form.validate():
        return None
    kept = keep_photo(form)
    if form.photo.errors:
        return None
    try:
        return farm_records.write(
            kind, form.values(), by=g.user, at=now(), client_id=form.client_id.data, photo=kept, **where
        )
    except farm_records.NotTheirs:
        abort(404)


@bp.route("/farm/records/new/<kind>", methods=["GET", "POST"])
def new_record(kind: str) -> Answer:
    """Enter a record of the farm."""
    which, farm = kind_of(kind), own_farm()
    form = prepared(which, farm.id)
    if request.method == "POST" and (record_id := save(which, form, farm_id=farm.id)):
        flash(_("The record is kept."))
        return redirect(url_for("farm.record", record_id=record_id))
    return _form(which, form)


@bp.route("/farm/records/<int:record_id>/correct", methods=["GET", "POST"])
def correct(record_id: int) -> Answer:
    """Replace a record by another; both are kept."""
    before = ask.record(g.user, record_id)
    if before is None or not _writes(before.farm_id):
        abort(404)
    form = prepared(before.kind, before.farm_id, before)
    if request.method == "POST" and (new_id := save(before.kind, form, farm_id=before.farm_id, replaces=before.id)):
        flash(_("The correction is kept; the earlier record stays in the history."))
        return redirect(url_for("farm.record", record_id=new_id))
    return _form(before.kind, form, before)


def _form(kind: FarmRecordKind, form: RecordForm, before: FarmRecord | None = None) -> Answer:
    back = url_for("farm.record", record_id=before.id) if before else url_for("farm.index")
    page = render_template("farm/edit.html", kind=kind, form=form, back=back, before=before, accept=photos.ACCEPT)
    return page, 200 if request.method == "GET" else 422


def in_words(kind: FarmRecordKind, on: date, record: FarmRecord) -> str:
    """A record said back in one line."""
    parts = [str(labels.label(kind)), formats.day(on), *(value for _label, value in said(record)[:2])]
    return _("; ").join(parts)
