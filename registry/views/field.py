"""Entry on a phone in the forest: three forms that wait on the device while there is no signal, and arrive once."""

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _

from registry import photos
from registry.queries import pilot as ask
from registry.security.headers import WHERE
from registry.services import farm_records
from registry.views import farm
from registry.views.case import Answer
from workflows.states import FarmRecordKind

bp = Blueprint("field", __name__)
KINDS = (FarmRecordKind.ACTIVITY, FarmRecordKind.MEASUREMENT, FarmRecordKind.LOSS)
LEFT_OUT = frozenset({"planned_mu", "cost_yuan", "source", "tree_list", "carbon_t", "method_version"})
"""What is filled in at the desk."""
FROM_OUTBOX = "X-Outbox"


@bp.after_request
def may_ask_where(response: Response) -> Response:
    """These pages alone may ask the device where it is."""
    response.headers["Permissions-Policy"] = WHERE
    return response


@bp.get("/field/")
def index() -> str:
    """What can be entered here, and what waits on this device."""
    farm.own_farm()
    return render_template("farm/field_index.html", kinds=KINDS)


@bp.route("/field/<kind>", methods=["GET", "POST"])
def enter(kind: str) -> Answer:
    """One record; sent again with the same id it is the same record."""
    which = farm.kind_of(kind)
    if which not in KINDS:
        abort(404)
    of = farm.own_farm()
    form = farm.prepared(which, of.id)
    outbox = FROM_OUTBOX in request.headers
    if request.method == "POST" and (record_id := farm.save(which, form, farm_id=of.id)):
        if outbox:
            return jsonify(id=record_id)  # type: ignore[return-value]
        kept = ask.record(g.user, record_id)
        if kept is not None:
            flash(_("Kept: %(words)s.", words=farm.in_words(which, kept.on_day, kept)))
            if farm_records.outside(kept.latitude, kept.longitude):
                flash(_("The coordinates lie outside Tai’an; please look at them again."))
        return redirect(url_for("field.index"))
    if outbox and request.method == "POST":
        return jsonify(errors=[str(e) for f in form for e in f.errors]), 422  # type: ignore[return-value]
    asked = [f for f in form.asked() if f.name not in LEFT_OUT]
    page = render_template("farm/field.html", kind=which, form=form, asked=asked, accept=photos.ACCEPT)
    return page, 200 if request.method == "GET" else 422


@bp.get("/field/worker.js")
def worker() -> Response:
    """The service worker, at the path that gives it the field pages and nothing else."""
    return current_app.send_static_file("field-worker.js")
