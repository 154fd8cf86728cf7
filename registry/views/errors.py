"""The pages for what went wrong: what happened, whether answers were kept, what to do. Never why inside."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, ServiceUnavailable
from werkzeug.routing import BuildError
from werkzeug.wrappers import Response as BaseResponse

from registry.extensions import BUSY, failure_code

BUSY_S = 5
"""Seconds after which a second try makes sense."""


@dataclass(frozen=True, slots=True)
class Words:
    """What one kind of failure says, in this order."""

    title: LazyString
    what: LazyString
    kept: LazyString
    todo: LazyString


DRAFTS_KEPT = _l("Answers marked as saved have been kept. What was typed after that has not been saved.")
NOTHING_CHANGED = _l("Nothing was changed.")

PAGES: Mapping[int, Words] = {
    400: Words(
        _l("The request could not be read"),
        _l("The page sent something incomplete or out of order."),
        DRAFTS_KEPT,
        _l("Go back, reload the page and try again."),
    ),
    401: Words(
        _l("Please sign in"),
        _l("This page is only for people who have signed in, or the sign-in has ended."),
        DRAFTS_KEPT,
        _l("Sign in, then do the step again."),
    ),
    403: Words(
        _l("This page is not open to you"),
        _l("The account you are signed in with does not have the role this page needs."),
        NOTHING_CHANGED,
        _l("If the task is yours, ask the administrator to check your role."),
    ),
    404: Words(
        _l("This page was not found"),
        _l("The address is wrong, the page has moved, or it is not open to you."),
        NOTHING_CHANGED,
        _l("Check the address, or start from the home page."),
    ),
    405: Words(
        _l("This address cannot be used this way"),
        _l("The step has to be taken from its own page."),
        NOTHING_CHANGED,
        _l("Go back to the page you came from and use the button there."),
    ),
    409: Words(
        _l("The case has changed in the meantime"),
        _l("Somebody else has worked on it since you opened the page, so your step was not taken."),
        DRAFTS_KEPT,
        _l("Open the case again, see what has changed, then decide whether to do the step again."),
    ),
    413: Words(
        _l("The file is too large"),
        _l("What was sent is larger than this page takes."),
        DRAFTS_KEPT,
        _l("Go back and choose a smaller file, or upload the files one at a time."),
    ),
    429: Words(
        _l("Too many tries"),
        _l("There were too many requests in a short time, so this one was not carried out."),
        NOTHING_CHANGED,
        _l("Wait a few minutes, then try again."),
    ),
    500: Words(
        _l("Something went wrong on our side"),
        _l("The step could not be completed and was undone as a whole."),
        DRAFTS_KEPT,
        _l("Try again in a few minutes. If it happens again, tell the task force the number below."),
    ),
    503: Words(
        _l("The service is not available just now"),
        _l("It is being maintained or is too busy."),
        DRAFTS_KEPT,
        _l("Try again in a few minutes."),
    ),
}

PAGE_EXPIRED = Words(
    _l("The page was open too long"),
    _l("For your safety a page can only be sent for a limited time, and this one has passed it."),
    DRAFTS_KEPT,
    _l("Go back, reload the page and send it again. Copy a long text first."),
)


def wants_json() -> bool:
    """Whether the client takes only JSON."""
    takes = request.accept_mimetypes
    return (
        bool(takes) and not takes["text/html"] and bool(takes["application/json"] or takes["application/problem+json"])
    )


def _sign_in() -> str | None:
    """Where to sign in and come back from, or None where that is not served."""
    back = request.full_path.rstrip("?") if request.method in {"GET", "HEAD"} else None
    try:
        return url_for("account.sign_in", next=back)
    except BuildError:
        return None


def _page(words: Words, code: int, sign_in: str | None) -> str:
    context = {"words": words, "code": code, "request_id": g.get("request_id"), "sign_in_url": sign_in}
    try:
        return render_template("errors/error.html", **context)
    except Exception:
        # The layout asks the database who is here; when that is what failed, a bare page must still come.
        current_app.logger.exception("the error page could not be drawn")
        return current_app.jinja_env.get_template("errors/plain.html").render(**context)


def _problem(words: Words, code: int) -> Response:
    problem = {"type": "about:blank", "title": str(words.title), "status": code, "detail": str(words.what)}
    if g.get("request_id"):
        problem["request_id"] = g.request_id
    response = current_app.json.response(problem)
    response.mimetype = "application/problem+json"
    return response


def show(error: HTTPException) -> BaseResponse:
    """Answer an HTTP error as a page, as JSON, or by sending the reader to sign in."""
    if error.response is not None:
        return error.response  # somebody aborted with a page of their own
    code = error.code or 500
    words = PAGE_EXPIRED if isinstance(error, CSRFError) else PAGES.get(code, PAGES[500 if code >= 500 else 400])
    sign_in = _sign_in() if code == 401 else None
    as_json = wants_json()
    if sign_in and not as_json and request.method in {"GET", "HEAD"} and request.endpoint != "account.sign_in":
        return redirect(sign_in)
    response = _problem(words, code) if as_json else current_app.make_response(_page(words, code, sign_in))
    response.status_code = code
    for name, value in error.get_headers(request.environ):
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response


def _database(error: OperationalError) -> BaseResponse:
    """A database that is too busy is no fault: nothing was done, and a second try helps. Any other error goes on."""
    if failure_code(error) not in BUSY:
        raise error
    current_app.logger.warning("the database was too busy", exc_info=error)
    return show(ServiceUnavailable(retry_after=BUSY_S))


def init_app(app: Flask) -> None:
    """Answer every listed HTTP error, a failed form token and a busy database with our own words."""
    for code in PAGES:
        app.register_error_handler(code, show)
    app.register_error_handler(CSRFError, show)
    app.register_error_handler(OperationalError, _database)
