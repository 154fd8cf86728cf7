"""What is written about requests: JSON lines, UTC, without what people typed.

A line says which route answered whom how, never an address line, a body, a login or a file name. An
error is written as its type and the places it came through, because its words may quote the database.
"""

import hashlib
import hmac
import json
import logging
import sys
import time
import traceback
import uuid
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, has_request_context, request
from sqlalchemy import inspect

from registry import clock
from registry.extensions import failure_code

REMOVED = "[removed]"
PRIVATE = frozenset(
    {
        "password",
        "passwd",
        "token",
        "secret",
        "key",
        "cookie",
        "authorization",
        "session",
        "body",
        "form",
        "data",
        "answers",
        "login",
        "email",
        "phone",
        "mobile",
        "address",
        "name",
        "contact_name",
        "contact_phone",
        "file",
        "filename",
        "file_name",
        "path",
        "url",
        "query",
        "args",
        "headers",
        "ip",
        "remote_addr",
    }
)
"""Keys whose values are never written, whoever passes them."""

Event = MutableMapping[str, Any]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def init_app(app: Flask) -> None:
    """Give each request its id, write one line about it, and send every other log line the same way."""
    structlog.configure(
        processors=[_describe, _without_private, _as_json],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_to_stderr,
        cache_logger_on_first_use=False,
    )
    for logger in (app.logger, *map(logging.getLogger, ("waitress", "alembic", "huey"))):
        logger.handlers = [_PlainHandler()]
        logger.propagate = False
    app.log_exception = _log_exception  # type: ignore[method-assign, assignment]  # Flask's own would write the words
    app.before_request(_start)
    app.after_request(_finish)


def request_id() -> str:
    """The id of the request in hand; "" outside one."""
    return str(g.get("request_id", "")) if has_request_context() else ""


def pseudonym(user_id: int, place: str = "log") -> str:
    """A name for a person in one place (the log): the same all through, and meaningless without the secret key."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return "u-" + hmac.new(key, f"{place}:{user_id}".encode(), hashlib.sha256).hexdigest()[:12]


def _start() -> None:
    g.request_id = uuid.uuid4().hex  # a visitor's own id is not believed
    g.request_started = time.perf_counter()


def _finish(response: Response) -> Response:
    if "request_id" not in g:  # refused before the first handler ran, such as an unknown host
        _start()
    response.headers["X-Request-ID"] = g.request_id
    if request.endpoint != "static":
        structlog.get_logger().info(
            "request",
            method=request.method if request.method in _METHODS else "other",
            route=request.endpoint or "none",
            status=response.status_code,
            outcome=_OUTCOMES.get(response.status_code // 100, "failed"),
            ms=round((time.perf_counter() - g.request_started) * 1000),
        )
    return response


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OUTCOMES = {1: "ok", 2: "ok", 3: "sent on", 4: "refused"}


def _log_exception(exc_info: ExcInfo) -> None:
    structlog.get_logger().error("error", route=request.endpoint or "none", exc_info=exc_info)


def _describe(_logger: object, method: str, event: Event) -> Event:
    line: Event = {
        "at": clock.now().isoformat(timespec="milliseconds"),
        "level": method,
        "event": event.pop("event", ""),
    }
    if has_request_context():
        if "request_id" in g:
            line["request_id"] = request_id()
        # The identity, not `.id`: the session may have ended, and a log line must not ask the database.
        state = inspect(g.get("user"), raiseerr=False)
        if state is not None and state.identity:
            line["user"] = pseudonym(state.identity[0])
    exc_info = event.pop("exc_info", None)
    if exc_info is True or (exc_info and not isinstance(exc_info, tuple)):
        error = sys.exc_info()[1] if exc_info is True else exc_info
        exc_info = (type(error), error, error.__traceback__) if isinstance(error, BaseException) else None
    if exc_info and exc_info[0] is not None:
        event["error"] = exc_info[0].__name__
        if code := failure_code(exc_info[1]):
            event["code"] = code
        frames = traceback.extract_tb(exc_info[2])
        # A library's own way is a dozen steps long: of it the last one, of ours every one.
        told = [f for f in frames if "site-packages" not in f.filename or f is frames[-1]]
        event["through"] = [f"{f.name}:{f.lineno}:{f.filename}" for f in told][-12:]
    line.update(event)
    return line


def _without_private(_logger: object, _method: str, event: Event) -> Event:
    return {key: REMOVED if key.lower() in PRIVATE else value for key, value in event.items()}


def _as_json(_logger: object, _method: str, event: Event) -> str:
    # ensure_ascii escapes line ends and every control character: one event stays one line.
    return json.dumps(event, ensure_ascii=True, default=lambda value: type(value).__name__)


class _PlainHandler(logging.Handler):
    """Lines of other libraries: where they came from and their template, with numbers and no other arguments."""

    def emit(self, record: logging.LogRecord) -> None:
        event: Event = {"event": str(record.msg)[:200], "logger": record.name, "exc_info": record.exc_info}
        if isinstance(record.args, tuple):
            event["numbers"] = [a for a in record.args if isinstance(a, int | float)]
        line = _as_json(self, "", _without_private(self, "", _describe(self, record.levelname.lower(), event)))
        _to_stderr().msg(line)


class _Stderr:
    """Writes to the present sys.stderr, which tests and servers exchange."""

    def msg(self, line: str) -> None:
        sys.stderr.write(line + "\n")

    log = debug = info = warning = error = critical = exception = fatal = msg


def _to_stderr(*_args: object) -> _Stderr:
    return _Stderr()
