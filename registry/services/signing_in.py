"""Verbs of signing in: tries, sessions, passwords, one-time links, and what a person sets for themselves.

Passwords come in hashed: hashing takes long and must not happen inside `writing()`.
"""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from registry.extensions import db, writing
from registry.models import SetupLink, User, UserSession
from registry.queries import people as ask
from registry.security import throttle, tokens
from registry.services.people import NO_SUCH_PERSON, NotDone, account, end_links, end_sessions, note

LINK_OVER = _l("This link has been used or has expired; ask for a new one")


def admit_attempt(login: str, address: str, *, at: datetime) -> int:
    """Count a try to sign in before its password is looked at. Returns its number; raises `throttle.TooMany`."""
    with writing():
        return throttle.admit(login, address, at)


def attempt_succeeded(attempt_id: int) -> None:
    """The password of a counted try was right."""
    with writing():
        throttle.succeeded(attempt_id)


def open_session(
    user_id: int,
    *,
    token_digest: str,
    browser: str,
    address: str,
    expires_at: datetime,
    at: datetime,
    most: int = 0,
    attempt_id: int | None = None,
    instead_of: int | None = None,
) -> int:
    """Open a session; the oldest beyond `most` (0: no limit) end, so does the browser's earlier one.

    Raises NotDone when the person is no longer active.
    """
    with writing():
        user = account(user_id)
        if not user.active:
            raise NotDone(NO_SUCH_PERSON)
        if attempt_id is not None:
            throttle.succeeded(attempt_id)
        if instead_of is not None:
            db.session.execute(update(UserSession).where(UserSession.id == instead_of).values(ended_at=at))
        if most:
            for old in ask.open_sessions(user.id, at)[most - 1 :]:
                old.ended_at = at
        row = UserSession(
            token_digest=token_digest,
            user_id=user.id,
            created_at=at,
            last_seen_at=at,
            expires_at=expires_at,
            browser=browser,
            address=address,
        )
        db.session.add(row)
        db.session.flush()
        note("sign_in", user, "user", user.id, at)
    return row.id


def touch_session(session_id: int, *, at: datetime) -> None:
    """Note when a session was last used; no audit row."""
    later = UserSession.last_seen_at < at
    with writing():
        db.session.execute(
            update(UserSession)
            .where(UserSession.id == session_id, later, UserSession.ended_at.is_(None))
            .values(last_seen_at=at)
        )


def end_session(session_id: int, *, by: User, at: datetime) -> bool:
    """End one's own session; False when it is somebody else's, or over."""
    with writing():
        row = db.session.get(UserSession, session_id)
        if row is None or row.user_id != by.id or row.ended_at is not None:
            return False
        row.ended_at = at
        note("sign_out", account(by.id), "user", row.user_id, at, session=row.id)
    return True


def set_password(user_id: int, password_hash: str, *, keep_session: int | None, at: datetime) -> None:
    """One's own new password; every other session and every link end. Raises NotDone."""
    with writing():
        user = account(user_id)
        _put_password(user, password_hash, at, keep_session)
        note("set_password", user, "user", user.id, at)


def renew_hash(user_id: int, old_hash: str, new_hash: str) -> None:
    """The same password hashed with today's settings; no audit row, nothing ends."""
    with writing():
        db.session.execute(
            update(User).where(User.id == user_id, User.password_hash == old_hash).values(password_hash=new_hash)
        )


def use_setup_link(token: str, password_hash: str, *, at: datetime) -> int:
    """Set the password by a one-time link. Returns the person's number; raises NotDone when the link is over."""
    with writing():
        # Taken by one conditional update: of two at once, one finds nothing left.
        taken = db.session.execute(
            update(SetupLink)
            .where(
                SetupLink.token_digest == tokens.digest(token),
                SetupLink.used_at.is_(None),
                SetupLink.expires_at > at,
            )
            .values(used_at=at)
            .returning(SetupLink.user_id)
        ).scalar_one_or_none()
        user = None if taken is None else db.session.get(User, taken)
        if user is None or not user.active:
            raise NotDone(LINK_OVER)
        _put_password(user, password_hash, at, None)
        note("use_setup_link", user, "user", user.id, at)
    return user.id


def set_preferences(user_id: int, *, language: str | None = None, large_type: bool | None = None) -> None:
    """Keep language and type size with the account; no audit row, it is nobody else's business."""
    with writing():
        user = account(user_id)
        if language is not None:
            user.language = language
        if large_type is not None:
            user.large_type = large_type


def set_letters(user_id: int, *, email: str | None, wants_mail: bool, at: datetime) -> None:
    """Where letters to oneself go, and whether any do; another address leaves a link, without the address."""
    with writing():
        user = account(user_id)
        user.wants_mail = wants_mail
        if email != user.email:
            user.email = email
            note("set_email", user, "user", user.id, at)


def _put_password(user: User, password_hash: str, at: datetime, keep_session: int | None) -> None:
    user.password_hash = password_hash
    user.must_change_password = False
    end_sessions(user.id, at, keep_session)
    end_links(user.id, at)
