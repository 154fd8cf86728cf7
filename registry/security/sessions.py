"""The server-side session: a random token in a cookie, its digest in the database, looked at in every request."""

from datetime import datetime

import structlog
from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from registry import permissions
from registry.clock import now
from registry.models import User, UserSession
from registry.queries import people as ask
from registry.security import tokens
from registry.services import signing_in

log = structlog.get_logger(__name__)

TOUCH_S = 60
KEPT_ACROSS = ("language", "size")  # choices of the reader that are no part of who is signed in
WITHOUT_NEW_PASSWORD = frozenset(
    {"static", "account.password", "account.sign_out", "public.set_language", "public.set_size"}
)


def init_app(app: Flask) -> None:
    """Know who asks before the guard does, and note it after the answer."""
    app.before_request(load)
    app.before_request(ask_new_password)
    app.after_request(note_seen)


def load() -> None:
    """Set `g.user` and `g.session`; both None when the cookie is missing, ended, too old or the person inactive."""
    g.user = g.session = None
    token = request.cookies.get(current_app.config["SIGN_IN_COOKIE_NAME"])
    if request.endpoint == "static" or not token:
        return
    found = ask.open_session(tokens.digest(token), now())
    if found is None:
        return
    row, user = found
    if not _idle_too_long(row, user, now()):
        g.session, g.user = row, user


def _idle_too_long(row: UserSession, user: User, at: datetime) -> bool:
    idle = at - row.last_seen_at
    if idle > current_app.config["SESSION_IDLE"]:
        return True
    # People in office see other people's applications: their screens close sooner.
    return idle > current_app.config["SESSION_IDLE_STAFF"] and bool(permissions.offices(user))


def ask_new_password() -> AnyResponse | None:
    """Lead a person whose password was reset to the page where a new one is set."""
    if g.user is None or not g.user.must_change_password or request.endpoint in WITHOUT_NEW_PASSWORD:
        return None
    return redirect(url_for("account.password"))


def start(user_id: int, *, attempt_id: int | None = None) -> str:
    """Open a session for a person, under a new token and with a new CSRF token. Returns the token."""
    token = tokens.fresh()
    at, config = now(), current_app.config
    signing_in.open_session(
        user_id,
        token_digest=tokens.digest(token),
        browser=request.user_agent.string[:200],
        address=request.remote_addr or "",
        expires_at=at + config["SESSION_LENGTH"],
        most=0 if config["DEMO"] else config["SESSIONS_EACH"],  # many visitors share one demo person
        attempt_id=attempt_id,
        instead_of=g.session.id if g.get("session") is not None else None,
        at=at,
    )
    forget()
    return token


def forget() -> None:
    """A new CSRF token for whoever comes next in this browser; language and type size stay."""
    kept = {key: session[key] for key in KEPT_ACROSS if key in session}
    session.clear()
    session.update(kept)
    g.pop(current_app.config["WTF_CSRF_FIELD_NAME"], None)


def give_cookie(response: AnyResponse, token: str) -> None:
    """Hand the token to the browser until it is closed; the server knows when it ends."""
    config = current_app.config
    response.set_cookie(
        config["SIGN_IN_COOKIE_NAME"],
        token,
        secure=config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )


def take_cookie(response: AnyResponse) -> None:
    """Take the token from the browser and clear what its pages kept."""
    config = current_app.config
    response.delete_cookie(
        config["SIGN_IN_COOKIE_NAME"], path="/", secure=config["SESSION_COOKIE_SECURE"], httponly=True, samesite="Lax"
    )
    response.headers["Clear-Site-Data"] = '"storage"'


def note_seen(response: Response) -> Response:
    """After the answer has gone out, write when the session was last used; at most once a minute."""
    row = g.get("session")
    if row is None:
        return response
    try:
        at = now()
        session_id, seen = row.id, row.last_seen_at
    except Exception:  # a rolled-back or deleted row must not break the answer
        log.warning("session_not_noted", exc_info=True)
        return response
    if (at - seen).total_seconds() >= TOUCH_S:
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        response.call_on_close(lambda: _touch(app, session_id, at))
    return response


def _touch(app: Flask, session_id: int, at: datetime) -> None:
    try:
        with app.app_context():
            signing_in.touch_session(session_id, at=at)
    except Exception:  # the answer is already with the reader; the next request tries again
        log.warning("session_not_noted", exc_info=True)
