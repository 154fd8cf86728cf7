"""Interests of the members of the leading group: declared by themselves beforehand, shown to the secretary."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.clock import now, today
from registry.forms import Form
from registry.forms.experts import LastDayForm, TieForm
from registry.queries import interests as ask
from registry.services import interests, people
from registry.views.experts import put_refusal, tie_form
from workflows.states import Relation

bp = Blueprint("interests", __name__)

Answer = Response | str | tuple[str, int]


@bp.route("/my/interests", methods=["GET", "POST"])
def mine() -> Answer:
    """What I declared, and a form to declare more."""
    form = tie_form(TieForm(prefix="tie"))
    if form.validate_on_submit():
        try:
            interests.declare(
                Relation(form.relation.data),
                int(form.organisation.data) if form.organisation.data else None,
                str(form.organisation_name.data or ""),
                since=form.since.data,
                until=form.until.data,
                by=g.user,
                at=now(),
            )
        except people.NotDone as refused:
            put_refusal(form, refused)
        else:
            flash(_("The interest is declared"))
            return redirect(url_for("interests.mine"))
    return _page(form if request.method == "POST" else None)


@bp.post("/my/interests/<int:tie_id>/end")
def end(tie_id: int) -> Answer:
    """The last day of an own interest."""
    if tie_id not in {t.id for t in ask.of(g.user.id)}:
        abort(404)
    form = LastDayForm(prefix=f"t{tie_id}")
    if form.validate_on_submit():
        try:
            interests.end(tie_id, until=form.until.data, by=g.user, at=now())
        except people.NotDone as refused:
            put_refusal(form, refused)
        else:
            flash(_("The last day is recorded"))
            return redirect(url_for("interests.mine"))
    return _page(form, f"t{tie_id}")


def _page(failed: Form | None, name: str = "tie") -> Answer:
    """My interests, with the form that failed, if one did."""
    ties = ask.of(g.user.id)
    forms = {
        "tie": tie_form(TieForm(None, prefix="tie")),
        **{f"t{t.id}": LastDayForm(None, prefix=f"t{t.id}") for t in ties},
    } | ({name: failed} if failed else {})
    page = render_template("interests/mine.html", ties=ties, forms=forms, failing=failed, has_errors=bool(failed))
    return page, 422 if failed else 200


@bp.get("/interests")
def members() -> str:
    """What the members of the group have declared, for the secretary who prepares their meetings."""
    return render_template("interests/members.html", members=ask.of_members(g.user, today()))
