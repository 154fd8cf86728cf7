"""Facts nobody would think of: every field of a dataclass of facts, known or not, often at a limit of the rules."""

import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from random import Random
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

ON = date(2026, 11, 20)
LIMITS = (
    *("0", "0.2", "0.9", "1", "1.2", "2", "5", "10", "20", "30", "70", "100", "400"),
    "666.67",
    "667",
    "1000",
    "5000",
)
"""What thresholds stand at; what lies between is drawn freely."""
DAYS = (date(2005, 2, 16), date(2012, 11, 8), date(2019, 12, 31), date(2020, 9, 22), date(2021, 11, 20), ON)
NOT_KNOWN = 0.12
"""How often a fact is not known: most must be there for a rule to say anything."""

T = TypeVar("T")


def facts(kind: type[T]) -> st.SearchStrategy[T]:
    """Any value of a dataclass of facts on the day ON. Drawn from one number, so that it is quick."""
    return st.integers(0, 2**64 - 1).map(lambda seed: _any(kind, Random(seed)))


def _any(kind: Any, pick: Random) -> Any:
    drawn = {f.name: ON if f.name == "on" else _value(hint, pick) for f, hint in _fields(kind)}
    return kind(**drawn)


@cache
def _fields(kind: Any) -> list[tuple[Any, Any]]:
    hints = get_type_hints(kind)
    return [(f, hints[f.name]) for f in fields(kind)]


def _value(kind: Any, pick: Random) -> Any:
    args = get_args(kind)
    if get_origin(kind) in (Union, types.UnionType):
        (known,) = (arg for arg in args if arg is not type(None))
        return None if pick.random() < NOT_KNOWN else _value(known, pick)
    if get_origin(kind) is tuple:
        return tuple(_value(args[0], pick) for _ in range(pick.randint(0, 2)))
    if is_dataclass(kind):
        return _any(kind, pick)
    return pick.choice(list(kind)) if issubclass(kind, StrEnum) else PLAIN[kind](pick)


def _figure(pick: Random) -> Decimal:
    return Decimal(pick.choice(LIMITS)) if pick.random() < 0.7 else Decimal(pick.randint(0, 1_000_000)) / 100


def _day(pick: Random) -> date:
    near = timedelta(days=pick.randint(-1, 1))
    return pick.choice(DAYS) + near if pick.random() < 0.4 else ON + timedelta(days=pick.randint(-8000, 15_000))


PLAIN: dict[type, Callable[[Random], Any]] = {
    bool: lambda pick: pick.random() < 0.5,
    Decimal: _figure,
    int: lambda pick: pick.choice((0, 1, 5, 10, 11, 12, 13, 20, 30, 40)),
    date: _day,
    str: lambda pick: pick.choice(("甲公司", "乙公司", "370911", "370982", "110101")),
}
