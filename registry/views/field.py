"""Entry on a phone in the forest: three forms that wait on the device while there is no signal, and arrive once."""

from typing import Any

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
from flask_babel import ngettext
from flask_wtf.csrf import generate_csrf

from registry import formats, photos
from registry.logs import pseudonym
from registry.models import FarmRecord
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


@bp.context_processor
def _mark() -> dict[str, str]:
    """Whose outbox a page is for, without saying who: the pages are kept on the device."""
    return {"mark": pseudonym(g.user.id, "outbox")} if g.get("user") is not None else {}


@bp.get("/field/ready")
def ready() -> Response:
    """Asked before anything is sent: who is signed in now, and the token of this session."""
    return jsonify(person=pseudonym(g.user.id, "outbox"), csrf_token=generate_csrf())


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
    if FROM_OUTBOX in request.headers and request.method == "POST":
        return _received(which, form, of.id)
    if request.method == "POST" and (record_id := farm.save(which, form, farm_id=of.id)):
        for line in _said(which, ask.record(g.user, record_id)):
            flash(line)
        return redirect(url_for("field.index"))
    asked = [f for f in form.asked() if f.name not in LEFT_OUT]
    page = render_template("farm/field.html", kind=which, form=form, asked=asked, accept=photos.ACCEPT)
    return page, 200 if request.method == "GET" else 422


def _received(kind: FarmRecordKind, form: Any, farm_id: int) -> Any:
    """The receipt of a record from an outbox, or what is wrong with it.

    What came in before is not judged anew: its first receipt may never have reached the phone.
    """
    before = ask.by_client_id(form.client_id.data or "")
    known = before if before is not None and before.entered_by_id == g.user.id else None
    record_id = known.id if known else farm.save(kind, form, farm_id=farm_id)
    if record_id:
        return jsonify(id=record_id, said=_said(kind, ask.record(g.user, record_id)))
    errors = formats.form_errors(form)
    heading = ngettext(
        "There is a problem: please correct %(num)s thing",
        "There is a problem: please correct %(num)s things",
        len(errors),
    )
    return jsonify(heading=heading, errors=errors), 422


def _said(kind: FarmRecordKind, kept: FarmRecord | None) -> list[str]:
    if kept is None:
        return []
    said = [_("Kept: %(words)s.", words=farm.in_words(kind, kept.on_day, kept))]
    if farm_records.outside(kept.latitude, kept.longitude):
        said.append(_("The coordinates lie outside Tai’an; please look at them again."))
    return said


@bp.get("/field/worker.js")
def worker() -> Response:
    """The service worker, at the path that gives it the field pages and nothing else."""
    return current_app.send_static_file("field-worker.js")
