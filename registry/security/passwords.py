"""Passwords: Argon2id, the same work for unknown people, and what is too easy to guess."""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from flask_babel import gettext as _

SHORTEST, LONGEST = 12, 128
AT_ONCE, PATIENCE_S = 2, 2.0
OBVIOUS = Path(__file__).with_name("obvious.txt")

_places = threading.BoundedSemaphore(AT_ONCE)


class Busy(RuntimeError):
    """Too many people sign in at this moment; the page says try again (503)."""


@lru_cache(maxsize=4)
def _hasher(memory_kib: int, time: int, lanes: int) -> tuple[PasswordHasher, str]:
    """The hasher and a hash nobody's password has, for people we do not know."""
    hasher = PasswordHasher(time_cost=time, memory_cost=memory_kib, parallelism=lanes)
    return hasher, hasher.hash("nobody's password")


def _current() -> tuple[PasswordHasher, str]:
    config = current_app.config
    return _hasher(config["ARGON2_MEMORY_KIB"], config["ARGON2_TIME"], config["ARGON2_LANES"])


@contextmanager
def _place() -> Iterator[None]:
    """One of the few places to hash: each takes 64 MiB and a core, and a flood of sign-ins must not take all."""
    if not _places.acquire(timeout=PATIENCE_S):
        raise Busy
    try:
        yield
    finally:
        _places.release()


def hashed(password: str) -> str:
    """The hash to store; call before `writing()`, it takes a quarter of a second. Raises Busy."""
    with _place():
        return _current()[0].hash(unicodedata.normalize("NFC", password))


def matches(stored: str | None, password: str) -> bool:
    """Is this the password? With no stored hash the work is done all the same. Raises Busy."""
    hasher, nobody = _current()
    # Longer than can have been set: cut only to bound the work, it cannot match anyway.
    typed = unicodedata.normalize("NFC", password[: LONGEST * 4])
    with _place():
        try:
            return hasher.verify(stored or nobody, typed) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def outdated(stored: str) -> bool:
    """Was it hashed with other settings than today's?"""
    try:
        return _current()[0].check_needs_rehash(stored)
    except InvalidHashError:
        return True


@lru_cache(maxsize=1)
def _obvious() -> tuple[str, ...]:
    lines = OBVIOUS.read_text(encoding="utf-8").splitlines()
    words = {line.strip() for line in lines if line.strip() and not line.startswith("#")}
    return tuple(sorted(words, key=len, reverse=True))


def weakness(password: str, *names: str) -> str | None:
    """What is wrong with a new password, in words for the person, or None. `names`: login, name, e-mail."""
    if len(password) < SHORTEST:
        return _("Use at least %(count)s characters", count=str(SHORTEST))
    if len(password) > LONGEST:
        return _("Use at most %(count)s characters", count=str(LONGEST))
    own = [part for name in names for part in name.casefold().replace("@", " ").replace(".", " ").split()]
    if _left_over(password, own) < SHORTEST // 2:
        return _("This password is easy to guess; use several words that do not belong together")
    return None


def _left_over(password: str, own: list[str]) -> int:
    """How many characters remain when obvious words, own names, runs and repetitions are taken away."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    for word in (*sorted((o for o in own if len(o) > 1), key=len, reverse=True), *_obvious()):
        plain = plain.replace(word, "")
    kept = ""
    for sign in plain:
        # abc, 321, aaa: the next in a row adds nothing.
        if not kept or abs(ord(sign) - ord(kept[-1])) > 1:
            kept += sign
        else:
            kept = kept[:-1] + sign
    return len(kept) if len(set(kept)) > 3 else 0
