"""Read single answers of an application: what cannot be read counts as not answered."""

from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

E = TypeVar("E", bound=StrEnum)


def member(members: type[E], word: Any) -> E | None:
    """The member of a closed list."""
    try:
        return members(word)
    except ValueError:
        return None


def decimal(word: Any) -> Decimal | None:
    """A number, kept as text."""
    try:
        return None if word in (None, "") else Decimal(str(word))
    except InvalidOperation:
        return None


def whole(word: Any) -> int | None:
    """A whole number."""
    number = decimal(word)
    return int(number) if number is not None and number.is_finite() and number == number.to_integral() else None


def day(word: Any) -> date | None:
    """A day, kept as ISO text."""
    try:
        return date.fromisoformat(word) if word else None
    except (TypeError, ValueError):
        return None


def yes(word: Any) -> bool | None:
    """A yes or a no."""
    return word if isinstance(word, bool) else None
