"""Shared form fields, lenient in what they take: full-width signs, spaces, commas, several ways to write a date.

Each field keeps what was typed (`raw_data`) so that a page with errors shows it again, and puts the
clean value into `data` (None or "" when not answered). `description` is the hint; `unit` is shown
beside the box. Start the validators with `Answered(...)` or `Optional()`.
"""

import calendar
import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError
from wtforms import (
    BooleanField,
    Field,
    Form,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    widgets,
)
from wtforms import ValidationError as FieldError
from wtforms.fields import SelectChoice
from wtforms.validators import Length, Optional, StopValidation

from registry.config import ADDRESS

__all__ = [
    "Answered",
    "AtMost",
    "ChoiceField",
    "ChoicesField",
    "CodeField",
    "CreditCodeField",
    "DateField",
    "DecimalField",
    "Email",
    "IntegerField",
    "LongTextField",
    "Optional",
    "RadioChoiceField",
    "SecretField",
    "TextField",
    "TickField",
    "YesNoField",
    "check_credit_code",
    "fold",
    "fold_words",
    "member_options",
    "options",
]

# Full-width forms of ASCII stand 0xFEE0 above it. Punctuation stays full-width in prose.
_FULL = {n + 0xFEE0: n for n in range(0x21, 0x7F)}
_FULL_WORDS = {full: half for full, half in _FULL.items() if chr(half).isalnum()}
_DECIMAL = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?")
# Year, month, day in figures, between hyphen, dot, slash or the three Chinese words.
_DAY = re.compile(r"(\d{4})(?:[-./]|\u5e74)(\d{1,2})(?:[-./]|\u6708)(\d{1,2})\u65e5?")
_DAY_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_ENGLISH = re.compile(r"(\d{1,2})\s*([A-Za-z]{3,9})\.?,?\s*(\d{4})")
_MONTHS = {m[:3].lower(): (n, m.lower()) for n, m in enumerate(calendar.month_name) if m}


def fold(text: str) -> str:
    """Half-width for every full-width ASCII sign, ordinary spaces, trimmed: for codes, figures and dates."""
    return text.translate(_FULL).replace("\u3000", " ").replace("\u2212", "-").strip()


def fold_words(text: str, *, lines: bool = False) -> str:
    """Half-width digits and letters, no control signs, trimmed, NFC: for prose, whose punctuation stays.

    With `lines` line breaks are kept (as \\n), else they become spaces.
    """
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").translate(_FULL_WORDS)
    text = text.replace("\u3000", " ")
    if not lines:
        text = text.replace("\n", " ").replace("\t", " ")
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return "".join(kept).strip()


class Answered:
    """The question needs an answer; with `form.draft` an empty one only ends the checks."""

    field_flags = {"required": True}  # noqa: RUF012 (WTForms reads it on the class)

    def __init__(self, message: Any = None) -> None:
        self.message = message

    def __call__(self, form: Form, field: Field) -> None:
        """Raise StopValidation when nothing (or only spaces) was sent."""
        sent = field.raw_data
        if sent and (not isinstance(sent[0], str) or sent[0].strip(" \t\r\n\u3000")):
            return
        field.errors = []
        if getattr(form, "draft", False):
            raise StopValidation
        # The list of errors stands apart from the questions: the message names its own.
        raise StopValidation(self.message or _("Answer “%(question)s”", question=field.label.text))


class AtMost(Length):
    """At most so many characters, said with the number."""

    def __init__(self, most: int, message: Any = None) -> None:
        super().__init__(max=most, message=message or _l("Use at most %(max)d characters"))


class Email:
    """Looks like an e-mail address; whether it works only a letter can tell."""

    def __call__(self, _form: Form, field: Field) -> None:
        """Raise when a non-empty value is not what a letter can be addressed to."""
        if field.data and not ADDRESS.fullmatch(field.data):
            raise FieldError(_("Enter an e-mail address such as name@example.cn"))


class TextField(StringField):
    """One line of prose: digits and letters half-width, trimmed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Clean what was typed."""
        if valuelist:
            self.data = fold_words(valuelist[0])


class LongTextField(StringField):
    """Several lines of prose, kept with their line breaks. `rows` is the height of the box."""

    widget = widgets.TextArea()

    def __init__(self, label: Any = None, validators: Any = None, *, rows: int = 5, **kwargs: Any) -> None:
        kwargs["render_kw"] = {"rows": rows, **(kwargs.get("render_kw") or {})}
        super().__init__(label, validators, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Clean what was typed."""
        if valuelist:
            self.data = fold_words(valuelist[0], lines=True)


class CodeField(StringField):
    """A code or number: half-width, without any space; `upper` for codes written in capitals."""

    def __init__(self, label: Any = None, validators: Any = None, *, upper: bool = False, **kwargs: Any) -> None:
        self.upper = upper
        kwargs["render_kw"] = {"autocapitalize": "none", "spellcheck": "false", **(kwargs.get("render_kw") or {})}
        super().__init__(label, validators, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Clean what was typed."""
        if valuelist:
            typed = "".join(fold(fold_words(valuelist[0])).split())
            self.data = typed.upper() if self.upper else typed


class SecretField(PasswordField):
    """A password: taken as typed (NFC, never trimmed or cut), never shown again."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Only put into one Unicode form, so that two keyboards type the same password."""
        if valuelist:
            self.data = unicodedata.normalize("NFC", valuelist[0])


class _Typed(StringField):
    """A field whose value is not text: shows what was typed, or the value in its plain form."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.show(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; raises ValueError with the words for the person."""
        self.data = None
        typed = fold(valuelist[0]) if valuelist else ""
        if typed:
            self.data = self.read(typed)

    def show(self, value: Any) -> str:
        """The plain form of a value."""
        return str(value)

    def read(self, typed: str) -> Any:
        """The value of folded, non-empty text; raises ValueError."""
        raise NotImplementedError


class DecimalField(_Typed):
    """A figure as Decimal. Thousands may have commas or spaces; `unit` (words) stands beside the box.

    `least` and `most` are counted in; `places` is the largest number of decimals taken.
    """

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        *,
        unit: Any = "",
        places: int = 4,
        least: Decimal | int | None = 0,
        most: Decimal | int | None = None,
        **kwargs: Any,
    ) -> None:
        self.unit, self.places, self.least, self.most = unit, places, least, most
        kwargs["render_kw"] = {
            "inputmode": "decimal",
            "autocomplete": "off",
            "class": "w-s",
            **(kwargs.get("render_kw") or {}),
        }
        super().__init__(label, validators, **kwargs)

    def show(self, value: Any) -> str:
        """Figures without exponent or thousands marks; text (as JSON keeps it) as it is."""
        return format(value, "f") if isinstance(value, Decimal) else str(value)

    def read(self, typed: str) -> Decimal:
        """The figure within its limits; raises ValueError."""
        plain = "".join(typed.split())
        try:
            if not _DECIMAL.fullmatch(plain):
                raise InvalidOperation
            value = Decimal(plain.replace(",", ""))
        except InvalidOperation:
            raise ValueError(self._example()) from None
        if self.least is not None and value < self.least:
            raise ValueError(_("Enter a figure of %(least)s or more", least=str(self.least)))
        if self.most is not None and value > self.most:
            raise ValueError(_("Enter a figure of %(most)s or less", most=str(self.most)))
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self.places:
            raise ValueError(_("Use at most %(places)s decimals", places=str(self.places)))
        return value

    def _example(self) -> str:
        return _("Enter digits only, for example 128.5")


class IntegerField(DecimalField):
    """A whole number as int."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        kwargs["render_kw"] = {"inputmode": "numeric", **(kwargs.get("render_kw") or {})}
        super().__init__(label, validators, places=0, **kwargs)

    def read(self, typed: str) -> int:  # type: ignore[override]
        """The whole number within its limits; raises ValueError."""
        if "." in typed:
            raise ValueError(self._example())
        return int(super().read(typed))

    def _example(self) -> str:
        return _("Enter a whole number, for example 40")


class DateField(_Typed):
    """A day as date: 2026-11-22, 2026.11.22, 2026/11/22, 20261122, the Chinese form, 22 November 2026."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        kwargs["render_kw"] = {"autocomplete": "off", "class": "w-s", **(kwargs.get("render_kw") or {})}
        super().__init__(label, validators, **kwargs)

    def show(self, value: Any) -> str:
        """As 2026-11-22."""
        return value.isoformat() if isinstance(value, date) else str(value)

    def read(self, typed: str) -> date:
        """The day; raises ValueError when it cannot be read or is in no calendar."""
        year = month = day = 0
        close = "".join(typed.split())
        if found := _DAY.fullmatch(close) or _DAY_COMPACT.fullmatch(close):
            year, month, day = (int(part) for part in found.groups())
        elif found := _DAY_ENGLISH.fullmatch(typed):
            number, full = _MONTHS.get(found[2][:3].lower(), (0, ""))
            if full.startswith(found[2].lower()):
                year, month, day = int(found[3]), number, int(found[1])
        if not year:
            raise ValueError(_("Enter a date such as 2026-11-22"))
        try:
            return date(year, month, day)
        except ValueError:
            raise ValueError(_("There is no such day; enter a date such as 2026-11-22")) from None


def check_credit_code(typed: str) -> str:
    """The unified social credit code in its plain form; raises ValueError with the words for the person.

    GB 32100-2015 lets the first sign be a letter (N for rural collectives, A, Y), which stdnum refuses;
    for those only its check digit is used.
    """
    code = uscc.compact("".join(fold(typed).split()))
    try:
        if code[:1] in ("A", "N", "Y") and len(code) == 18 and code[1:8].isdigit() and code.isascii():
            if code[-1] != uscc.calc_check_digit(code[:-1]):
                raise InvalidChecksum
            return code
        return uscc.validate(code)
    except InvalidLength:
        raise ValueError(_("A credit code has 18 characters; this one has %(count)s", count=str(len(code)))) from None
    except InvalidChecksum:
        raise ValueError(_("The check digit does not match; compare the code with the certificate")) from None
    except (ValidationError, ValueError):
        raise ValueError(_("A credit code has digits and capital letters without I, O, S, V and Z")) from None


class CreditCodeField(_Typed):
    """统一社会信用代码: 18 characters with a check digit; data is the code, or None when empty."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        kwargs["render_kw"] = {"autocomplete": "off", "spellcheck": "false", **(kwargs.get("render_kw") or {})}
        super().__init__(label, validators, **kwargs)

    def read(self, typed: str) -> str:
        """The code; raises ValueError."""
        return check_credit_code(typed)


def options(pairs: Iterable[tuple[str, Any]], *, empty: Any = None) -> list[SelectChoice]:
    """Choices from (value, words); `empty` adds a first line without value.

    A note under each answer is given to the `field` macro (`hints={value: words}`).
    """
    first = [] if empty is None else [SelectChoice("", empty)]
    return first + [SelectChoice(str(value), words) for value, words in pairs]


def member_options(members: Iterable[StrEnum], words: Any, *, empty: Any = None) -> list[SelectChoice]:
    """Choices from members of a closed list; `words` gives each its label (`registry.labels.label`)."""
    return options(((m.value, words(m)) for m in members), empty=empty)


_NOT_LISTED = _l("Choose one of the answers listed")


class ChoiceField(SelectField):
    """A drop-down; `choices` is a list of `SelectChoice` (see `options`) or a callable giving one."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("invalid_choice_message", _NOT_LISTED)
        kwargs.setdefault("invalid_value_message", _NOT_LISTED)
        super().__init__(label, validators, **kwargs)


class RadioChoiceField(RadioField):
    """Choices side by side, for up to seven answers; data is None when none was taken."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("invalid_choice_message", _NOT_LISTED)
        kwargs.setdefault("invalid_value_message", _NOT_LISTED)
        super().__init__(label, validators, **kwargs)


class ChoicesField(SelectMultipleField):
    """Boxes to tick, any number of them; data is a list, empty when none was ticked."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("invalid_choice_message", _NOT_LISTED)
        super().__init__(label, validators, **kwargs)


def _yes_no(value: Any) -> bool | None:
    if value in (None, ""):
        return None
    if value in (True, "yes", "true", "True"):
        return True
    if value in (False, "no", "false", "False"):
        return False
    raise ValueError


class YesNoField(RadioChoiceField):
    """Yes or no as bool; None when not answered."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("coerce", _yes_no)
        kwargs.setdefault("choices", [SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No"))])
        super().__init__(label, validators, **kwargs)


class TickField(BooleanField):
    """One box to tick; data is bool."""
