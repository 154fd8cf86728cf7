"""The administrator's pages: accounts, offices, organisations; no case."""

from types import SimpleNamespace
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.clock import now, today
from registry.forms import Form
from registry.forms.admin import (
    AppointmentForm,
    EmailForm,
    EndForm,
    MembershipForm,
    NewUserForm,
    OrganisationForm,
)
from registry.forms.fields import fold_words, member_options, options
from registry.labels import label
from registry.models import Appointment, Membership, Organisation, OrganisationKind, User
from registry.queries import people as ask
from registry.services import people
from workflows.roles import APPOINTED, Role

bp = Blueprint("admin", __name__, url_prefix="/admin")

Answer = Response | str | tuple[str, int]


@bp.get("")
def home() -> Response:
    """Straight to the people."""
    return redirect(url_for("admin.users"))


@bp.get("/users")
def users() -> str:
    """Everybody who has an account; search in the URL."""
    words, number = _asked()
    page = ask.users(words, number)
    on = today()
    return render_template("admin/users.html", page=page, words=words, pages=_pages("admin.users", page, words), on=on)


@bp.route("/users/new", methods=["GET", "POST"])
def new_user() -> Answer:
    """Make an account; the link to set its password is shown once."""
    form = NewUserForm()
    if form.validate_on_submit():
        try:
            user_id, token = people.create_user(
                login=str(form.login.data), name=str(form.name.data), email=form.email.data or None, by=g.user, at=now()
            )
        except people.NotDone as refused:
            _put(form, refused)
        else:
            return _link_page(user_id, token)
    return _page("admin/new_user.html", form)


@bp.get("/users/<int:user_id>")
def user(user_id: int) -> Answer:
    """One person: account, organisations, offices."""
    return _user_page(user_id)


@bp.post("/users/<int:user_id>/setup-link")
def setup_link(user_id: int) -> Answer:
    """A new link to set a password; shown once, earlier ones end."""
    _person(user_id)
    try:
        return _link_page(user_id, people.make_setup_link(user_id, by=g.user, at=now()))
    except people.NotDone as refused:
        return _user_page(user_id, refused=refused)


@bp.post("/users/<int:user_id>/active")
def set_active(user_id: int) -> Answer:
    """Open or close an account (form value `active`: yes or no)."""
    _person(user_id)
    active = request.form.get("active") == "yes"
    try:
        people.set_active(user_id, active, by=g.user, at=now())
    except people.NotDone as refused:
        return _user_page(user_id, refused=refused)
    flash(_("The account is open") if active else _("The account is closed and its sessions have ended"))
    return redirect(url_for("admin.user", user_id=user_id))


@bp.post("/users/<int:user_id>/email")
def set_email(user_id: int) -> Answer:
    """Correct or forget the address of a person."""
    _person(user_id)
    form = EmailForm(prefix="contact")
    if form.validate():
        people.set_email(user_id, form.email.data or None, by=g.user, at=now())
        flash(_("The e-mail address is saved"))
        return redirect(url_for("admin.user", user_id=user_id))
    return _user_page(user_id, contact=form)


@bp.post("/users/<int:user_id>/memberships")
def add_membership(user_id: int) -> Answer:
    """The person belongs to an organisation."""
    _person(user_id)
    form = _membership_form()
    if form.validate_on_submit():
        try:
            people.add_membership(
                user_id, int(form.organisation.data), since=form.since.data, until=form.until.data, by=g.user, at=now()
            )
        except people.NotDone as refused:
            _put(form, refused)
        else:
            flash(_("The organisation is added"))
            return redirect(url_for("admin.user", user_id=user_id))
    return _user_page(user_id, membership=form)


@bp.post("/memberships/<int:membership_id>/end")
def end_membership(membership_id: int) -> Answer:
    """The last day in an organisation."""
    row = ask.membership(membership_id)
    return _end(row, "m", lambda day: people.end_membership(membership_id, until=day, by=g.user, at=now()))


@bp.post("/users/<int:user_id>/appointments")
def add_appointment(user_id: int) -> Answer:
    """A body gives the person an office."""
    _person(user_id)
    form = _appointment_form()
    if form.validate_on_submit():
        try:
            people.add_appointment(
                user_id,
                int(form.body.data),
                Role(form.role.data),
                since=form.since.data,
                until=form.until.data,
                by=g.user,
                at=now(),
            )
        except people.NotDone as refused:
            _put(form, refused)
        else:
            flash(_("The appointment is added"))
            return redirect(url_for("admin.user", user_id=user_id))
    return _user_page(user_id, appointment=form)


@bp.post("/appointments/<int:appointment_id>/end")
def end_appointment(appointment_id: int) -> Answer:
    """The last day in an office."""
    row = ask.appointment(appointment_id)
    return _end(row, "a", lambda day: people.end_appointment(appointment_id, until=day, by=g.user, at=now()))


@bp.get("/organisations")
def organisations() -> str:
    """Every organisation; search in the URL."""
    words, number = _asked()
    page = ask.organisations(words, number)
    pages = _pages("admin.organisations", page, words)
    return render_template("admin/organisations.html", page=page, words=words, pages=pages)


@bp.route("/organisations/new", methods=["GET", "POST"])
def new_organisation() -> Answer:
    """Enter an organisation."""
    form = _organisation_form(None)
    if form.validate_on_submit():
        try:
            organisation_id = people.create_organisation(**_typed(form), by=g.user, at=now())
        except people.NotDone as refused:
            _put(form, refused)
        else:
            flash(_("The organisation is entered"))
            return redirect(url_for("admin.organisation", organisation_id=organisation_id))
    return _page("admin/organisation.html", form, organisation=None, members=[])


@bp.route("/organisations/<int:organisation_id>", methods=["GET", "POST"])
def organisation(organisation_id: int) -> Answer:
    """See and correct an organisation."""
    row = ask.organisation(organisation_id)
    if row is None:
        abort(404)
    form = _organisation_form(row)
    if form.validate_on_submit():
        try:
            people.change_organisation(organisation_id, **_typed(form), by=g.user, at=now())
        except people.NotDone as refused:
            _put(form, refused)
        else:
            flash(_("The organisation is saved"))
            return redirect(url_for("admin.organisation", organisation_id=organisation_id))
    members = ask.organisation_members(organisation_id, today())
    return _page("admin/organisation.html", form, organisation=row, members=members)


def _page(template: str, form: Form, **more: Any) -> Answer:
    return render_template(template, form=form, **more), 422 if form.is_submitted() else 200


def _link_page(user_id: int, token: str) -> str:
    # Drawn in the answer itself and kept nowhere: it cannot be looked at a second time.
    return render_template(
        "admin/link.html",
        person=_person(user_id),
        link=url_for("account.set_up", token=token, _external=True),
        hours=int(people.LINK_BY_HAND.total_seconds() // 3600),
    )


def _user_page(
    user_id: int,
    *,
    membership: MembershipForm | None = None,
    appointment: AppointmentForm | None = None,
    ending: tuple[str, EndForm] | None = None,
    contact: EmailForm | None = None,
    refused: people.NotDone | None = None,
) -> Answer:
    """One person's page, with the form that failed, if one did."""
    person = _person(user_id)
    failed = next((f for f in (membership, appointment, ending and ending[1], contact) if f is not None), None)
    ends = {f"m{m.id}": EndForm(None, prefix=f"m{m.id}") for m in person.memberships}
    ends |= {f"a{a.id}": EndForm(None, prefix=f"a{a.id}") for a in person.appointments}
    if ending is not None:
        ends[ending[0]] = ending[1]
    page = render_template(
        "admin/user.html",
        person=person,
        failing=failed,  # the layout has a word `failed` of its own
        extra=[(None, str(refused.words))] if refused is not None else [],
        has_errors=failed is not None or refused is not None,
        membership=membership or _membership_form(empty=True),
        appointment=appointment or _appointment_form(empty=True),
        ends=ends,
        contact=contact or EmailForm(None, obj=person, prefix="contact"),
        on=today(),
        myself=person.id == g.user.id,
    )
    return page, 200 if failed is None and refused is None else 422


def _end(row: Membership | Appointment | None, kind: str, end: Any) -> Answer:
    if row is None:
        abort(404)
    user_id, key = row.user_id, f"{kind}{row.id}"
    form = EndForm(prefix=key)
    if form.validate_on_submit():
        try:
            end(form.until.data)
        except people.NotDone as refused:
            form.until.errors = [str(refused.words)]
        else:
            flash(_("The last day is recorded"))
            return redirect(url_for("admin.user", user_id=user_id))
    return _user_page(user_id, ending=(key, form))


def _person(user_id: int) -> User:
    found = ask.user(user_id)
    if found is None:
        abort(404)
    return found


def _membership_form(*, empty: bool = False) -> MembershipForm:
    # Several forms on one page: without `None` a blank one would read what was sent to its neighbour.
    form = MembershipForm(None, prefix="membership") if empty else MembershipForm(prefix="membership")
    listed = ((str(o.id), o.name) for o in ask.all_organisations())
    form.organisation.choices = options(listed, empty=_("Choose an organisation"))
    return form


def _appointment_form(*, empty: bool = False) -> AppointmentForm:
    form = AppointmentForm(None, prefix="appointment") if empty else AppointmentForm(prefix="appointment")
    form.role.choices = member_options((r for r in Role if r in APPOINTED), label, empty=_("Choose a role"))
    found = ask.bodies()
    english = str(get_locale()) == "en"
    named = ((str(b.id), b.name_en if english else b.name) for b in found)
    form.body.choices = options(named, empty=None if len(found) == 1 else _("Choose a body"))
    return form


def _organisation_form(row: Organisation | None) -> OrganisationForm:
    form = OrganisationForm(obj=row)
    form.kind.choices = member_options(OrganisationKind, label, empty=_("Choose a kind"))
    return form


def _typed(form: OrganisationForm) -> dict[str, Any]:
    return {
        "name": form.name.data,
        "name_en": form.name_en.data or None,
        "kind": OrganisationKind(form.kind.data),
        "credit_code": form.credit_code.data,
        "gb_code": form.gb_code.data or None,
    }


def _put(form: Form, refused: people.NotDone) -> None:
    """Show a refusal at the question it belongs to, or at the first one."""
    names = [f.name.removeprefix(form._prefix) for f in form if f.type != "CSRFTokenField"]
    name = refused.field if refused.field in names else names[0]
    form[name].errors = [str(refused.words)]


def _asked() -> tuple[str, int]:
    words = fold_words(request.args.get("q", ""))[:80]
    digits = request.args.get("page", "1")
    return words, int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else 1


def _pages(endpoint: str, page: ask.Page[Any], words: str) -> SimpleNamespace:
    """What the `pagination` macro draws."""

    def address(number: int) -> str:
        return url_for(endpoint, q=words or None, page=number)

    first = (page.number - 1) * ask.PAGE + 1
    return SimpleNamespace(
        prev_url=address(page.number - 1) if page.number > 1 else None,
        next_url=address(page.number + 1) if page.number < page.last else None,
        first=first,
        last=first + len(page.rows) - 1,
        total=page.total,
    )


# Its routes hang on the same blueprint.
from registry.views import admin_mail  # noqa: E402, F401
