"""Losses of a registered project: read by everybody of its case, recorded and corrected by whoever may."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask import request as asked
from flask_babel import gettext as _

from registry import photos
from registry.clock import now
from registry.forms.farm import LossForm
from registry.models import PilotLoss
from registry.queries import applications, notices
from registry.queries import pilot as ask
from registry.services import farm_records
from registry.views import farm
from registry.views.case import Answer
from workflows.states import FarmRecordKind

bp = Blueprint("losses", __name__)
LOSS = FarmRecordKind.LOSS


def _parcels() -> list[notices.Land]:
    data = applications.data_of(applications.answers_of(g.case.id, g.case.round))
    return notices.parcels(g.case.id, g.case.round, data)


def _said(loss: PilotLoss) -> list[tuple[str, str]]:
    name = next((p.name for p in _parcels() if p.key == loss.parcel_key), loss.parcel_key)
    return [*([(_("Parcel"), name)] if name else []), *farm.said(loss)]


def _may_write() -> bool:
    return farm_records.may_record_losses(g.case, g.user, now())


def _of_the_case(record_id: int) -> PilotLoss:
    """A loss of the case in the address; that of another project is not found."""
    return ask.loss_of(g.case.id, record_id) or abort(404)


@bp.get("/cases/<number>/losses")
def listed(number: str) -> str:  # noqa: ARG001
    """The losses of a registered project, and their sums."""
    if g.case.registered_on is None:
        abort(404)
    losses = ask.losses_of(g.case.id)
    rows = [(r, _said(r)) for r in losses]
    page = {"rows": rows, "sums": ask.loss_sums(losses), "writes": _may_write()}
    return render_template("losses/listed.html", case=g.case, **page)


@bp.get("/cases/<number>/losses/<int:record_id>")
def show(number: str, record_id: int) -> str:
    """A loss with its earlier versions."""
    versions = [(r, _said(r)) for r in ask.history(_of_the_case(record_id))]  # type: ignore[arg-type]
    newest = versions[0][0]
    return render_template(
        "losses/show.html",
        case=g.case,
        versions=versions,
        may_correct=farm_records.may_correct(newest, g.user, now()),
        outside=farm_records.outside(newest.latitude, newest.longitude),
        photo_url=lambda key: url_for("losses.photo", number=number, record_id=key),
    )


@bp.get("/cases/<number>/losses/<int:record_id>/photo")
def photo(number: str, record_id: int) -> Any:  # noqa: ARG001
    """The photo of a loss, as a download."""
    return farm.sent_photo(_of_the_case(record_id))


@bp.route("/cases/<number>/losses/new", methods=["GET", "POST"])
def new(number: str) -> Answer:
    """Record a loss."""
    if not _may_write():
        abort(404)
    return _form(number, None)


@bp.route("/cases/<number>/losses/<int:record_id>/correct", methods=["GET", "POST"])
def correct(number: str, record_id: int) -> Answer:
    """Replace a loss by another; both are kept."""
    before = _of_the_case(record_id)
    if not farm_records.may_correct(before, g.user, now()):
        abort(404)
    return _form(number, before)


def _form(number: str, before: PilotLoss | None) -> Answer:
    land = [p for p in _parcels() if not p.apart or (before and p.key == before.parcel_key)]
    form = farm.prepared(LOSS, None, before, [(p.key, p.name) for p in land])
    if isinstance(form, LossForm):
        known = {p.key: p.area_mu for p in land if p.area_mu is not None}
        form.most_mu = known | ({"": sum(known.values(), Decimal(0))} if land and len(known) == len(land) else {})
    back = (
        url_for("losses.show", number=number, record_id=before.id)
        if before
        else url_for("losses.listed", number=number)
    )
    if asked.method == "POST":
        replaces = before.id if before else None
        if record_id := farm.save(LOSS, form, case_id=g.case.id, replaces=replaces):
            flash(
                _("The correction is kept; the earlier record stays in the history.")
                if before
                else _("The record is kept.")
            )
            return redirect(url_for("losses.show", number=number, record_id=record_id))
    page = render_template("farm/edit.html", kind=LOSS, form=form, back=back, before=before, accept=photos.ACCEPT)
    return page, 200 if asked.method == "GET" else 422
