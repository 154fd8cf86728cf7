"""How often one may try to sign in, or ask for a paper that there is not.

The tries stand in the database, which all workers share.
"""

from datetime import datetime, timedelta

from flask import Flask, current_app
from sqlalchemy import ColumnElement, delete, func, select, true

from registry.extensions import db
from registry.models import SignInAttempt
from registry.security import tokens

WINDOW = timedelta(minutes=5)
KEPT = timedelta(days=1)


class TooMany(Exception):
    """Too many tries; `until` is the instant from which one may try again."""

    def __init__(self, until: datetime) -> None:
        super().__init__("too many tries to sign in")
        self.until = until


def init_app(app: Flask) -> None:
    """Tries allowed within `WINDOW`: failed ones by login, address and in all; papers looked up in vain; objections;
    self-checks."""
    app.config.setdefault("SIGN_IN_TRIES_LOGIN", 5)
    app.config.setdefault("SIGN_IN_TRIES_ADDRESS", 10)
    app.config.setdefault("SIGN_IN_TRIES_ALL", 300)
    app.config.setdefault("LOOK_UP_TRIES", 20)
    app.config.setdefault("OBJECTIONS_EACH", 5)
    app.config.setdefault("SELF_CHECKS_EACH", 30)


def admit(login: str, address: str, at: datetime) -> int:
    """Count a try before the password is looked at; inside `writing()`. Returns its id, raises TooMany.

    It counts as failed until `succeeded` says otherwise, so that many tries at once cannot slip through.
    A try that is refused here is not counted: nobody can be locked out for longer than the window.
    """
    name = tokens.keyed(current_app.config["SECRET_KEY"], login.casefold())
    config = current_app.config
    untils = [
        _until(SignInAttempt.login_digest == name, config["SIGN_IN_TRIES_LOGIN"], at),
        _until(SignInAttempt.address == address, config["SIGN_IN_TRIES_ADDRESS"], at),
        _until(true(), config["SIGN_IN_TRIES_ALL"], at),
    ]
    if late := [until for until in untils if until is not None]:
        raise TooMany(max(late))
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < at - KEPT))
    attempt = SignInAttempt(login_digest=name, address=address, at=at, succeeded=False)
    db.session.add(attempt)
    db.session.flush()
    return attempt.id


def may_look_up(visitor: str, at: datetime) -> None:
    """Raise TooMany for a visitor who has asked for too many papers that there are not."""
    asked = (SignInAttempt.login_digest == _visitor(visitor), SignInAttempt.at > at - WINDOW)
    newest_first = select(SignInAttempt.at).where(*asked).order_by(SignInAttempt.at.desc())
    oldest = db.session.scalar(newest_first.offset(current_app.config["LOOK_UP_TRIES"] - 1).limit(1))
    if oldest is not None:
        raise TooMany(oldest + WINDOW)


def looked_up_in_vain(visitor: str, at: datetime) -> None:
    """Count a paper asked for that there is not; inside `writing()`.

    No failed try to sign in, and without an address: it must not lock anybody out of signing in.
    """
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < at - KEPT))
    db.session.add(SignInAttempt(login_digest=_visitor(visitor), address="", at=at, succeeded=True))


def admit_objection(visitor: str, at: datetime) -> None:
    """Count something handed in to a public notice; inside `writing()`. Raises TooMany.

    Kept like a paper looked up in vain: without an address, and no failed try to sign in.
    """
    _admit(f"objection\n{visitor}", current_app.config["OBJECTIONS_EACH"], at)


def admit_self_check(visitor: str, at: datetime) -> None:
    """Count a check that somebody asks for, kept in the same way; inside `writing()`. Raises TooMany."""
    _admit(f"self-check\n{visitor}", current_app.config["SELF_CHECKS_EACH"], at)


def _admit(visit: str, allowed: int, at: datetime) -> None:
    name = tokens.keyed(current_app.config["SECRET_KEY"], visit)
    asked = (SignInAttempt.login_digest == name, SignInAttempt.at > at - WINDOW)
    newest_first = select(SignInAttempt.at).where(*asked).order_by(SignInAttempt.at.desc())
    oldest = db.session.scalar(newest_first.offset(allowed - 1).limit(1))
    if oldest is not None:
        raise TooMany(oldest + WINDOW)
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < at - KEPT))
    db.session.add(SignInAttempt(login_digest=name, address="", at=at, succeeded=True))


def _visitor(visitor: str) -> str:
    # No login holds a line break.
    return tokens.keyed(current_app.config["SECRET_KEY"], f"look-up\n{visitor}")


def succeeded(attempt_id: int) -> None:
    """The try was the right one; inside `writing()`."""
    attempt = db.session.get(SignInAttempt, attempt_id)
    if attempt is not None:
        attempt.succeeded = True


def _until(which: ColumnElement[bool], allowed: int, at: datetime) -> datetime | None:
    failed = (which, SignInAttempt.succeeded.is_(False), SignInAttempt.at > at - WINDOW)
    if db.session.scalar(select(func.count()).select_from(SignInAttempt).where(*failed)) < allowed:  # type: ignore[operator]
        return None
    # When the oldest of the last `allowed` tries leaves the window there is room for one more.
    newest_first = select(SignInAttempt.at).where(*failed).order_by(SignInAttempt.at.desc())
    oldest = db.session.scalar(newest_first.offset(allowed - 1).limit(1))
    return None if oldest is None else oldest + WINDOW
