"""Read words of an answer as values; what cannot be read counts as not answered."""

from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

E = TypeVar("E", bound=StrEnum)


def member(members: type[E], word: Any) -> E | None:
    """The member of a closed list, or None."""
    try:
        return members(word)
    except ValueError:
        return None


def decimal(word: Any) -> Decimal | None:
    """A figure, or None."""
    try:
        return None if word in (None, "") else Decimal(str(word))
    except InvalidOperation:
        return None


def whole(word: Any) -> int | None:
    """A whole number, or None."""
    figure = decimal(word)
    there = figure is not None and figure.is_finite() and figure == figure.to_integral_value()
    return int(figure) if figure is not None and there else None


def day(word: Any) -> date | None:
    """A day from ISO text, or None."""
    try:
        return date.fromisoformat(word) if word else None
    except (TypeError, ValueError):
        return None


def yes(word: Any) -> bool | None:
    """A yes or a no, or None."""
    return word if isinstance(word, bool) else None
