"""One's own account: signing in and out, password, sessions, language and type size."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from babel import Locale
from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, session, url_for
from flask_babel import format_time
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry import permissions
from registry.clock import now, today
from registry.forms.account import ChangePasswordForm, LettersForm, NewPasswordForm, PreferencesForm, SignInForm
from registry.labels import label
from registry.models import Organisation, OrganisationKind, User
from registry.queries import people as ask
from registry.queries.applications import organisation_name
from registry.security import passwords, sessions, throttle, tokens
from registry.security.addresses import local_path
from registry.services import people, signing_in
from workflows.roles import Role

bp = Blueprint("account", __name__)

LANGUAGE_NAMES = "zh_Hans_CN", "en"
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody of the demo data to sign in as."""

    id: int
    name: str
    roles: str
    place: str


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One open session as its owner sees it."""

    id: int
    browser: str
    address: str
    began: object
    seen: object
    this: bool


@bp.errorhandler(passwords.Busy)
def _busy(_error: passwords.Busy) -> Response:
    abort(503)


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response | str | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Sign in by name and password; in demo mode the demo people are offered below."""
    if g.user is not None and request.method == "GET":
        return redirect(local_path(request.args.get("next")) or _start_page(g.user))
    form = SignInForm(next=local_path(request.args.get("next")) or "")
    if not form.validate_on_submit():
        return _sign_in_page(form), 422 if form.is_submitted() else 200
    login, password = form.login.data or "", form.password.data or ""
    try:
        attempt_id = signing_in.admit_attempt(login, request.remote_addr or "", at=now())
    except throttle.TooMany as late:
        clock_time = format_time(late.until, "HH:mm")
        form.login.errors = [_("Too many failed tries. Try again after %(time)s.", time=clock_time)]
        wait = max(1, int((late.until - now()).total_seconds()) + 1)
        return _sign_in_page(form), 429, {"Retry-After": str(wait)}
    user = ask.user_by_login(login)
    user_id, stored = (user.id, user.password_hash) if user is not None and user.active else (None, None)
    # The same work and the same words whether the name is unknown, closed or the password wrong.
    if not passwords.matches(stored, password) or user_id is None or stored is None:
        form.login.errors = [_("The sign-in name or the password is not right")]
        return _sign_in_page(form), 422
    if passwords.outdated(stored):
        signing_in.renew_hash(user_id, stored, passwords.hashed(password))
    return _signed_in(user_id, local_path(form.next.data), attempt_id)


@bp.post("/sign-in/demo")
def demo_sign_in() -> Response:
    """Sign in as one of the demo people; only in demo mode, and only as an example."""
    if not current_app.config["DEMO"]:
        abort(404)
    chosen = request.form.get("person", "")
    user = ask.user(int(chosen)) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else None
    if user is None or not user.is_example or not user.active:
        abort(404)
    return _signed_in(user.id, local_path(request.form.get("next")), None)


@bp.post("/sign-out")
def sign_out() -> Response:
    """End this session."""
    signing_in.end_session(g.session.id, by=g.user, at=now())
    sessions.forget()
    g.session = None
    flash(_("You have signed out"))
    response = redirect(url_for("account.sign_in"))
    sessions.take_cookie(response)
    return response


@bp.route("/set-up/<token>", methods=["GET", "POST"])
def set_up(token: str) -> Response | str | tuple[str, int]:
    """Set a password by a one-time link."""
    link = ask.usable_link(tokens.digest(token), now())
    if link is None:
        return render_template("account/link_over.html"), 404
    user = ask.user(link.user_id)
    if user is None:
        abort(404)
    form = NewPasswordForm()
    if not form.validate_on_submit() or _too_weak(form, user):
        return render_template("account/set_up.html", form=form, person=user), 422 if form.is_submitted() else 200
    try:
        signing_in.use_setup_link(token, passwords.hashed(form.password.data or ""), at=now())
    except people.NotDone:
        return render_template("account/link_over.html"), 404
    flash(_("The password is set. Sign in with it now."))
    return redirect(url_for("account.sign_in"))


@bp.route("/account", methods=["GET", "POST"])
def profile() -> Response | str | tuple[str, int]:
    """Who I am here, and how I like to read."""
    form = PreferencesForm(data=_reading())
    form.offer([(code, _own_name(code)) for code in LANGUAGE_NAMES])
    if form.validate_on_submit():
        language, large = str(form.language.data), bool(form.large_type.data)
        signing_in.set_preferences(g.user.id, language=language, large_type=large)
        session["language"], session["size"] = language, "large" if large else "normal"
        return redirect(url_for("account.profile"))
    return _profile(form, LettersForm(None, obj=g.user)), 422 if form.is_submitted() else 200


@bp.post("/account/letters")
def letters() -> Response | tuple[str, int]:
    """Where letters to me go, and whether any do."""
    form = LettersForm()
    if form.validate():
        email, wants = form.email.data or None, bool(form.wants_mail.data)
        signing_in.set_letters(g.user.id, email=email, wants_mail=wants, at=now())
        flash(_("Your mail is set"))
        return redirect(url_for("account.profile"))
    reading = PreferencesForm(None, data=_reading())
    reading.offer([(code, _own_name(code)) for code in LANGUAGE_NAMES])
    return _profile(reading, form), 422


def _reading() -> dict[str, object]:
    """How I like to read, as it is set now."""
    return {
        "language": session.get("language") or g.user.language or LANGUAGE_NAMES[0],
        "large_type": session.get("size", "large" if g.user.large_type else "") == "large",
    }


def _profile(reading: PreferencesForm, letters: LettersForm) -> str:
    on = today()
    return render_template(
        "account/profile.html",
        form=reading,
        letters=letters,
        failing=letters if letters.errors else reading,
        sends_mail=bool(current_app.config["MAIL_HOST"]),
        person=g.user,
        memberships=ask.current_memberships(g.user.id, on),
        appointments=ask.current_appointments(g.user.id, on),
    )


@bp.route("/account/password", methods=["GET", "POST"])
def password() -> Response | str | tuple[str, int]:
    """Change one's password; every other session ends."""
    form = ChangePasswordForm()
    user_id, session_id, stored = g.user.id, g.session.id, g.user.password_hash
    if form.validate_on_submit() and not _too_weak(form, g.user) and _knows_present(form, g.user.login, stored):
        signing_in.set_password(user_id, passwords.hashed(form.password.data or ""), keep_session=session_id, at=now())
        flash(_("The password is changed. You have been signed out everywhere else."))
        return redirect(url_for("account.profile"))
    page = render_template("account/password.html", form=form, must=g.user.must_change_password, has_one=stored)
    return page, 422 if form.is_submitted() else 200


@bp.get("/account/sessions", endpoint="sessions")
def open_sessions() -> str:
    """Where I am signed in."""
    at = now()
    rows = ask.open_sessions(g.user.id, at, at - current_app.config["SESSION_IDLE"])
    mine = g.session.id
    listed = [
        OpenSession(r.id, _browser(r.browser), r.address, r.created_at, r.last_seen_at, r.id == mine) for r in rows
    ]
    return render_template("account/sessions.html", rows=listed)


@bp.post("/account/sessions/<int:session_id>/end")
def end_session(session_id: int) -> Response:
    """End one of my sessions; somebody else's answers like a missing one."""
    if session_id == g.session.id:
        return sign_out()
    if not signing_in.end_session(session_id, by=g.user, at=now()):
        abort(404)
    flash(_("The session is ended"))
    return redirect(url_for("account.sessions"))


def _signed_in(user_id: int, target: str | None, attempt_id: int | None) -> Response:
    """Open the session and lead on; the token is new, so one planted before is worth nothing."""
    token = sessions.start(user_id, attempt_id=attempt_id)
    user = ask.user(user_id)
    if user is None:
        abort(404)
    g.session, g.user = None, user  # the earlier session, if any, ended just now
    response = redirect(target or _start_page(user))
    sessions.give_cookie(response, token)
    return response


def _start_page(user: User) -> str:
    """Where this person's work is."""
    held = permissions.offices(user)
    if held == {Role.ADMINISTRATOR}:
        return url_for("admin.users")
    kinds = {m.organisation.kind for m in ask.current_memberships(user.id, today())}
    if held or OrganisationKind.VVB in kinds:
        return url_for("desk.inbox")
    return url_for("applicant.home")


def _sign_in_page(form: SignInForm) -> str:
    people_by_role = demo_people() if current_app.config["DEMO"] else []
    return render_template("account/sign_in.html", form=form, demo=people_by_role)


def demo_people() -> Sequence[tuple[str, Sequence[DemoPerson]]]:
    """The people of the demo data by what they do here: applicants first, as a project goes its way."""
    on = today()
    groups = {
        _("Applicants and their agents"): (Role.PROPONENT, Role.AGENT),
        _("Reporters of the farm and the districts"): (Role.FARM_REPORTER, Role.DISTRICT_REPORTER),
        _("Task force"): (Role.CASE_OFFICER, Role.SECRETARY, Role.LEGAL_REVIEWER),
        _("Leading group"): (Role.CHAIR, Role.DEPUTY_CHAIR, Role.MEMBER),
        _("Experts and other bodies"): (Role.EXPERT, Role.VVB, Role.ECO_ENV),
        _("Oversight and administration"): tuple(Role),  # and whatever else there is
    }
    order = [role for roles in groups.values() for role in roles]
    by_role: dict[Role, list[DemoPerson]] = {role: [] for role in order}
    agents = ask.agent_organisations()
    for user in ask.example_people():
        offices = {a.role for a in user.appointments if a.since <= on and (a.until is None or a.until >= on)}
        member_of = [m.organisation for m in user.memberships if m.since <= on and (m.until is None or m.until >= on)]
        held = sorted(offices or {_follows_from(member_of, agents)}, key=order.index)
        place = _(", ").join(organisation_name(o) for o in member_of) or ("" if offices else _("Natural person"))
        words = _(", ").join(label(role) for role in held)
        by_role[held[0]].append(DemoPerson(user.id, user.name, words, place))
    found = [(title, [p for role in roles for p in by_role.pop(role, ())]) for title, roles in groups.items()]
    return [(title, listed) for title, listed in found if listed]


def _follows_from(member_of: Sequence[Organisation], agents: Collection[int]) -> Role:
    """What somebody without an office is in cases: by the organisation, else an applicant."""
    if any(o.kind == OrganisationKind.VVB for o in member_of):
        return Role.VVB
    return Role.AGENT if any(o.id in agents for o in member_of) else Role.PROPONENT


def _too_weak(form: NewPasswordForm | ChangePasswordForm, user: User) -> bool:
    fault = passwords.weakness(form.password.data or "", user.login, user.name, user.email or "")
    if fault:
        form.password.errors = [fault]
    return fault is not None


def _knows_present(form: ChangePasswordForm, login: str, stored: str | None) -> bool:
    """Check the present password, throttled like signing in: an unattended screen must not allow guessing."""
    try:
        attempt_id = signing_in.admit_attempt(login, request.remote_addr or "", at=now())
    except throttle.TooMany as late:
        clock_time = format_time(late.until, "HH:mm")
        form.current.errors = [_("Too many failed tries. Try again after %(time)s.", time=clock_time)]
        return False
    if passwords.matches(stored, form.current.data or ""):
        signing_in.attempt_succeeded(attempt_id)
        return True
    form.current.errors = [_("This is not your present password")]
    return False


def _own_name(code: str) -> str:
    # "Chinese" in Chinese comes from Babel's tables: no Chinese word stands in this code.
    return str(Locale(code[:2]).get_display_name(code[:2]))


def _browser(agent: str) -> str:
    """The browser and system of a user agent, in two words; nothing is sure about it."""
    browser = next((name for sign, name in BROWSERS if sign in agent), None) or _("Unknown browser")
    system = next((name for sign, name in SYSTEMS if sign in agent), None)
    return _("%(browser)s on %(system)s", browser=browser, system=system) if system else browser
