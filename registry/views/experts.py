"""The expert register, kept by the secretary; and the panels an expert was drawn for."""

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry import labels
from registry.clock import now, today
from registry.forms import Form
from registry.forms.experts import AppointForm, LastDayForm, NewExpertForm, ProfileForm, TieForm
from registry.forms.fields import member_options, options
from registry.labels import label
from registry.queries import panels as ask
from registry.queries import people as people_of
from registry.queries.applications import organisation_name
from registry.services import experts, people
from workflows.roles import Role
from workflows.states import ExpertField, Relation

bp = Blueprint("experts", __name__)

Answer = Response | str | tuple[str, int]
ELSEWHERE = "elsewhere"
"""The choice for a place of work outside the city; kept as an empty code."""


@bp.get("/experts")
def index() -> str:
    """Everybody who is or was an expert; a field in the URL narrows the list."""
    field = request.args.get("field", "")
    field = field if field in set(ExpertField) else ""
    everybody = ask.register(today())
    shown = [e for e in everybody if not field or field in e.field_words]
    return render_template(
        "experts/index.html",
        experts=shown,
        field=field,
        links=_field_links(everybody, field),
        current=sum(e.current for e in everybody),
        keeps=Role.SECRETARY in g.offices,
    )


def _field_links(everybody: list[ask.Expert], field: str) -> list[dict[str, Any]]:
    def number(word: str) -> int:
        return sum(word in e.field_words for e in everybody if e.current)

    links: list[dict[str, Any]] = [{"label": _("All"), "url": url_for("experts.index"), "current": not field}]
    return links + [
        {"label": label(f), "url": url_for("experts.index", field=f), "count": number(f), "current": f == field}
        for f in ExpertField
    ]


@bp.route("/experts/new", methods=["GET", "POST"])
def new() -> Answer:
    """Enter an expert; the link to set the password is shown once."""
    form = _choices(NewExpertForm())
    if form.validate_on_submit():
        try:
            user_id, token = experts.add(
                login=str(form.login.data),
                name=str(form.name.data),
                email=form.email.data or None,
                **_profile(form),
                by=g.user,
                at=now(),
            )
        except people.NotDone as refused:
            put_refusal(form, refused)
        else:
            return render_template(
                "experts/link.html",
                person=people_of.user(user_id),
                link=url_for("account.set_up", token=token, _external=True),
                hours=int(people.LINK_BY_HAND.total_seconds() // 3600),
            )
    return render_template("experts/new.html", form=form), 422 if form.is_submitted() else 200


@bp.get("/experts/<int:user_id>")
def show(user_id: int) -> Answer:
    """An expert: fields, place of work, ties and time in the register, with everything entered before."""
    return _page(user_id)


@bp.post("/experts/<int:user_id>/profile")
def change(user_id: int) -> Answer:
    """Other fields, or another place of work, from a day on."""
    form = _choices(ProfileForm(prefix="profile"))
    return _done(user_id, form, "profile", _("The change is recorded"), lambda: experts.change(
        user_id, **_profile(form), by=g.user, at=now()
    ))  # fmt: skip


@bp.post("/experts/<int:user_id>/ties")
def add_tie(user_id: int) -> Answer:
    """Record a declared tie."""
    form = tie_form(TieForm(prefix="tie"))
    return _done(user_id, form, "tie", _("The tie is recorded"), lambda: experts.add_tie(
        user_id,
        Relation(form.relation.data),
        int(form.organisation.data) if form.organisation.data else None,
        str(form.organisation_name.data or ""),
        since=form.since.data,
        until=form.until.data,
        by=g.user,
        at=now(),
    ))  # fmt: skip


@bp.post("/experts/ties/<int:tie_id>/end")
def end_tie(tie_id: int) -> Answer:
    """The last day of a tie."""
    tie = ask.tie(tie_id)
    if tie is None:
        abort(404)
    form = LastDayForm(prefix=f"t{tie_id}")
    return _done(tie.user_id, form, f"t{tie_id}", _("The last day is recorded"), lambda: experts.end_tie(
        tie_id, until=form.until.data, by=g.user, at=now()
    ))  # fmt: skip


@bp.post("/experts/<int:user_id>/end")
def end(user_id: int) -> Answer:
    """The last day in the register."""
    form = LastDayForm(prefix="end")
    return _done(user_id, form, "end", _("The last day is recorded"), lambda: experts.end(
        user_id, until=form.until.data, by=g.user, at=now()
    ))  # fmt: skip


@bp.post("/experts/<int:user_id>/appoint")
def appoint(user_id: int) -> Answer:
    """In the register again."""
    form = AppointForm(prefix="again")
    return _done(user_id, form, "again", _("The expert is in the register again"), lambda: experts.appoint(
        user_id, since=form.since.data, by=g.user, at=now()
    ))  # fmt: skip


@bp.get("/my/panels")
def mine() -> str:
    """The panels I was drawn for, and what I said."""
    return render_template("experts/mine.html", panels=ask.own(g.user.id))


def _done(user_id: int, form: Any, name: str, says: str, verb: Any) -> Answer:
    if ask.expert(user_id, today()) is None:
        abort(404)
    if form.validate_on_submit():
        try:
            verb()
        except people.NotDone as refused:
            put_refusal(form, refused)
        else:
            flash(says)
            return redirect(url_for("experts.show", user_id=user_id))
    return _page(user_id, failed={name: form})


def _page(user_id: int, failed: dict[str, Form] | None = None) -> Answer:
    """One expert's page, with the form that failed, if one did."""
    line = ask.expert(user_id, today())
    if line is None:
        abort(404)
    ties = ask.ties(user_id)
    forms: dict[str, Any] = {
        "profile": _choices(ProfileForm(None, prefix="profile")),
        "tie": tie_form(TieForm(None, prefix="tie")),
        "end": LastDayForm(None, prefix="end"),
        "again": AppointForm(None, prefix="again"),
        **{f"t{t.id}": LastDayForm(None, prefix=f"t{t.id}") for t in ties},
    } | (failed or {})
    profiles = ask.profiles(user_id)
    if profiles and not failed:
        forms["profile"].fields.data = [f.field.value for f in profiles[0].fields]
        forms["profile"].district.data = profiles[0].district_code or ELSEWHERE
        forms["profile"].title.data = profiles[0].title
    page = render_template(
        "experts/show.html",
        expert=line,
        profiles=[(p, ask.place_words(p.district_code)) for p in profiles],
        ties=[(t, organisation_name(t.organisation)) for t in ties],
        offices=ask.terms_of_office(user_id),
        forms=forms,
        failing=next(iter(failed.values())) if failed else None,
        has_errors=bool(failed),
        keeps=Role.SECRETARY in g.offices and user_id != g.user.id,
    )
    return page, 422 if failed else 200


def _choices(form: Any) -> Any:
    form.fields.choices = member_options(ExpertField, label)
    places = [(ask.CITY, _("A unit of the city")), *labels.DISTRICTS.items(), (ELSEWHERE, _("Outside Tai’an"))]
    form.district.choices = options(places, empty=_("Choose a place"))
    return form


def tie_form(form: TieForm) -> TieForm:
    """A form for a declared tie with its choices."""
    form.relation.choices = member_options(Relation, label, empty=_("Choose a relation"))
    listed = ((str(o.id), organisation_name(o)) for o in people_of.all_organisations())
    form.organisation.choices = options(listed, empty=_("Choose an organisation"))
    return form


def _profile(form: Any) -> dict[str, Any]:
    return {
        "fields": [ExpertField(f) for f in form.fields.data],
        "district": "" if form.district.data == ELSEWHERE else form.district.data,
        "title": form.title.data or "",
        "since": form.since.data,
    }


def put_refusal(form: Any, refused: people.NotDone) -> None:
    """Show a refusal at the question it belongs to, or at the first one."""
    names = [f.name.removeprefix(form._prefix) for f in form if f.type != "CSRFTokenField"]
    form[refused.field if refused.field in names else names[0]].errors = [str(refused.words)]
