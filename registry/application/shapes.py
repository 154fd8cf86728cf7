"""What a question and a section are.

Answers: decimals as text, days as ISO text, absent = not answered. `_raw` holds what was typed and
could not be read, by field; a section that holds any is not done.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Data = Mapping[str, Any]
"""Answers of a section (or of a parcel)."""


class Kind(StrEnum):
    """What sort of answer a question takes."""

    TEXT = "text"
    LONG = "long"
    CODE = "code"
    CREDIT_CODE = "credit_code"
    PHONE = "phone"
    NUMBER = "number"
    INTEGER = "integer"
    DAY = "day"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    TICK = "tick"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question: its words, unit, why it is asked, and when.

    `short` is the label where answers are listed. `options` is a closed list, a table value → words,
    or None where the view hands the choices in; `notes` explains an option (value → words).
    `asked` sees the section's answers and what other sections say (`application.elsewhere`). `rules` are the clauses
    that read it. `nought`: 0 is an answer.
    """

    field: str
    label: Any
    short: Any = ""
    kind: Kind = Kind.TEXT
    hint: Any = ""
    why: Any = ""
    unit: Any = ""
    notes: Mapping[str, Any] | None = None
    rules: tuple[str, ...] = ()
    options: type[StrEnum] | Mapping[str, Any] | None = None
    required: bool = True
    most: int = 200
    most_figure: int = 10**9
    places: int = 4
    nought: bool = False
    asked: Callable[[Data], bool] = lambda _data: True


@dataclass(frozen=True, slots=True)
class Section:
    """A page of the application."""

    name: str
    title: Any
    about: Any
    questions: tuple[Question, ...] = ()
