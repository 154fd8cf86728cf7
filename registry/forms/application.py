"""The pages of an application as forms, built from the questions of `registry/application.py`.

A form holds the questions its answers lead to. One that came up only through what was just typed is
`waiting`: it is asked on the next showing of the page and no error meanwhile.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, Form
from wtforms import ValidationError as FieldError

from registry import application
from registry.application import PARCEL, RAW, SECTIONS, Kind, Question
from registry.forms import fields as f

PHONE = re.compile(r"\+?[0-9][0-9 ()-]{5,28}")
PARCEL_PAGE = "parcel"
MOST_RADIOS = 7

Options = Sequence[tuple[Any, ...]]


class SectionForm(Form):
    """A page of the application. With `draft` nothing needs to be there, and nothing is compared."""

    draft = False
    section = ""
    questions: tuple[Question, ...] = ()
    waiting: tuple[Question, ...] = ()
    before: Mapping[str, Any] = {}

    def validate(self, extra_validators: Any = None) -> bool:
        """All errors at once: each answer, then answers that contradict each other."""
        good = bool(super().validate(extra_validators))
        if self.draft:
            return good
        good = not self._contradictions() and good
        self._name_the_questions()
        return good

    def _name_the_questions(self) -> None:
        """Put the question before each message that does not say it, so that it can be understood in the summary."""
        for question in self.questions:
            field = self._fields[question.field]
            if question.kind not in (Kind.TICK, Kind.CREDIT_CODE):
                field.errors = [e if isinstance(e, _Named | _Empty) else _said(question, e) for e in field.errors]

    def values(self) -> dict[str, Any]:
        """The answers that could be read, as they are kept (decimals as text, days as ISO text)."""
        found: dict[str, Any] = {}
        for question in self.questions:
            field = self._fields[question.field]
            if not field.errors and not field.process_errors:
                value = _kept(question, field.data)
                if value is not None:
                    found[question.field] = value
        return found

    def answers(self) -> dict[str, Any]:
        """What to keep: readable answers, `_raw` for what was typed otherwise, earlier answers of waiting questions."""
        found = {q.field: self.before[q.field] for q in self.waiting if q.field in self.before} | self.values()
        raw = {}
        for question in self.questions:
            field = self._fields[question.field]
            typed = field.raw_data[0] if field.raw_data else ""
            if question.field not in found and isinstance(typed, str) and typed.strip() and _is_text(question):
                raw[question.field] = typed
        if "area" in found and "unit" in found:
            found["area_mu"] = _plain(application.area_mu(Decimal(found["area"]), found["unit"]))
        return found | ({RAW: raw} if raw else {})

    def _contradictions(self) -> bool:
        """Whether answers contradict each other; the later one gets the error."""
        values = self.values()
        found = False
        for later, earlier, message in _PAIRS.get(self.section, ()):
            if later in values and earlier in values and _amount(values[later]) < _amount(values[earlier]):
                self._fields[later].errors = [*self._fields[later].errors, message]
                found = True
        shares = [Decimal(values[s]) for s in ("owner_share_pct", "partner_share_pct") if s in values]
        if len(shares) == 2 and sum(shares) > 100:
            field = self._fields["partner_share_pct"]
            field.errors = [*field.errors, _Named(_("The two shares add up to more than 100 %"))]
            found = True
        return found


_PAIRS: Mapping[str, Sequence[tuple[str, str, Any]]] = {
    "crediting": (
        ("end_on", "start_on", _l("The last day cannot be before the first day")),
        ("claim_on", "claim_from", _l("Nothing can be claimed before it has grown")),
        ("expected_total_t", "expected_annual_t", _l("The whole period cannot bring less than one year")),
    ),
    "contract": (("end_on", "start_on", _l("The last day cannot be before the first day")),),
    "method": (("start_on", "nonforest_since", _l("The work cannot have begun before the land was without forest")),),
}


def build(
    section: str,
    data: Mapping[str, Any],
    formdata: Any = None,
    *,
    words: Any,
    choices: Mapping[str, Options] | None = None,
    others: Mapping[str, Any] | None = None,
    draft: bool = False,
) -> SectionForm:
    """The form of a section (or "parcel") from kept answers, or from what was sent.

    `words` gives the label of a member of a closed list; `choices` the options that stand in tables; `others` what
    other sections decide (`application.elsewhere`).
    """
    every = PARCEL if section == PARCEL_PAGE else SECTIONS[section].questions
    made = {q.field: _field(q, words, (choices or {}).get(q.field)) for q in every}
    form: SectionForm = type("PageForm", (SectionForm,), made)(formdata, data=_typed(data))
    form.section, form.draft, form.before = section, draft, data
    form.questions = tuple(every)
    known = data if formdata is None else form.values()
    asked = [q for q in every if q.asked({**(others or {}), **known})]
    rendered = set(formdata.get("asked", "").split()) if formdata is not None and formdata.get("asked") else None
    form.questions = tuple(q for q in asked if rendered is None or q.field in rendered)
    form.waiting = tuple(q for q in asked if q not in form.questions)
    for question in every:
        if question not in form.questions:
            del form[question.field]
    if formdata is None:
        _show_raw(form, data.get(RAW, {}))
    return form


def _show_raw(form: SectionForm, raw: Mapping[str, str]) -> None:
    """Put what could not be read back into the boxes, as it was typed."""
    for name, typed in raw.items():
        if name in form:
            form[name].raw_data, form[name].data = [typed], typed


def _typed(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in data.items()
    }


def _kept(question: Question, value: Any) -> Any:
    """A field's value as it is kept; None: not answered."""
    if value is None or value in ("", []) or (question.kind is Kind.TICK and not value):
        return None
    match value:
        case bool():
            return value
        case Decimal():
            return _plain(value)
        case date():
            return value.isoformat()
        case StrEnum():
            return value.value
    return int(value) if question.field.endswith("_id") and str(value).isdigit() else value


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _amount(value: Any) -> Any:
    """Comparable: ISO days as text, figures as decimals."""
    try:
        return Decimal(value)
    except ArithmeticError:
        return value


def _is_text(question: Question) -> bool:
    return question.kind not in (Kind.CHOICE, Kind.CHOICES, Kind.YES_NO, Kind.TICK)


_EMPTY: Mapping[Kind, Any] = {
    Kind.CHOICE: _l("Choose an answer"),
    Kind.CHOICES: _l("Choose at least one"),
    Kind.YES_NO: _l("Choose yes or no"),
    Kind.TICK: _l("Tick the box if this is so; without it the application cannot be submitted"),
    Kind.DAY: _l("Enter a date such as 2026-11-22"),
    Kind.NUMBER: _l("Enter a figure, digits only, for example 128.5"),
    Kind.INTEGER: _l("Enter a whole number, for example 5"),
}


class _Named(str):
    """A message that names what it is about: the question need not stand in front of it."""

    __slots__ = ()


class _Empty:
    """What to do about an empty answer, in words that name the question."""

    def __init__(self, question: Question) -> None:
        self.question = question

    def __str__(self) -> str:
        kind = self.question.kind
        if kind is Kind.TICK:
            return str(_EMPTY[Kind.TICK])
        if kind in _EMPTY:
            return _said(self.question, _EMPTY[kind])
        return _("Fill in “%(question)s”", question=_bare(self.question))


def _said(question: Question, todo: Any) -> str:
    """A message with its question in front."""
    return _("%(question)s: %(todo)s", question=_bare(question), todo=str(todo))


def _bare(question: Question) -> str:
    return str(question.label).rstrip("?？")


def _positive(_form: Form, field: Field) -> None:
    if field.data is not None and field.data <= 0:
        raise FieldError(_("Enter a figure greater than 0"))


def _phone(_form: Form, field: Field) -> None:
    # Kept as it can be dialled: a Chinese keyboard types full-width dashes and brackets.
    field.data = f.fold(field.data or "")
    if field.data and not PHONE.fullmatch(field.data):
        raise FieldError(_Named(_("Enter a telephone number, digits only, for example 0538-1234567")))


def _field(q: Question, words: Any, options: Options | None) -> Field:
    first = f.Answered(_Empty(q)) if q.required else f.Optional()
    common = {"label": q.label, "description": q.hint}
    match q.kind:
        case Kind.YES_NO:
            return f.YesNoField(validators=[first], **common)
        case Kind.TICK:
            return f.TickField(validators=[first], **common)
        case Kind.CHOICE:
            return _choice(q, first, words, options, common)
        case Kind.CHOICES:
            return f.ChoicesField(validators=[first], choices=f.options((q.options or {}).items()), **common)
        case Kind.DAY:
            return f.DateField(validators=[first], **common)
        case Kind.NUMBER:
            share = q.field.endswith("_pct")
            checks = [first] if share or q.nought or not q.required else [first, _positive]
            most = 100 if share else q.most_figure
            return f.DecimalField(validators=checks, unit=q.unit, places=q.places, most=most, **common)
        case Kind.INTEGER:
            checks = [first] if q.nought else [first, _positive]
            return f.IntegerField(validators=checks, unit=q.unit, most=max(q.most, 1000), **common)
        case Kind.LONG:
            return f.LongTextField(validators=[first, f.AtMost(q.most)], **common)
        case Kind.CODE:
            return f.CodeField(validators=[first, f.AtMost(q.most)], **common)
        case Kind.CREDIT_CODE:
            return f.CreditCodeField(validators=[first], **common)
        case Kind.PHONE:
            return f.TextField(validators=[first, f.AtMost(q.most), _phone], **common)
        case _:
            return f.TextField(validators=[first, f.AtMost(q.most)], **common)


def _choice(q: Question, first: Any, words: Any, options: Options | None, common: Mapping[str, Any]) -> Field:
    if options is not None:
        listed = f.options(options)
    elif isinstance(q.options, type):
        listed = f.member_options(q.options, words)
    else:
        listed = f.options((q.options or {}).items())
    if q.required and len(listed) <= MOST_RADIOS:
        return f.RadioChoiceField(validators=[first], choices=listed, **common)
    empty = f.options([], empty=_("Not chosen yet"))
    return f.ChoiceField(validators=[first], choices=empty + listed, **common)


class StartForm(Form):
    """Who applies: `who` is "person", "org-<id>" or "agent-<id>"; the rest only for an agent."""

    who = f.RadioChoiceField(_l("Who applies?"), [f.Answered(_l("Choose who applies"))])
    name = f.TextField(
        _l("Name of the organisation you file for"),
        [f.AtMost(200)],
        description=_l("As on its certificate. Only if you file as an agent."),
    )
    credit_code = f.CreditCodeField(
        _l("Its credit code"),
        description=_l("18 characters; spaces do not matter. We check the check digit."),
    )
    kind = f.RadioChoiceField(_l("What sort of organisation is it?"))

    @property
    def is_agent(self) -> bool:
        """Whether one organisation files for another."""
        return str(self.who.data or "").startswith("agent-")

    def validate(self, extra_validators: Any = None) -> bool:
        """An agent must name the organisation it files for."""
        good = bool(super().validate(extra_validators))
        if not self.is_agent:
            for field in (self.name, self.credit_code, self.kind):
                field.errors = []
            return not self.who.errors
        needed = (
            (self.name, _("Fill in the name of the organisation you file for")),
            (self.credit_code, _("Fill in the credit code of the organisation you file for")),
            (self.kind, _("Choose what sort of organisation it is")),
        )
        for field, message in needed:
            if not field.raw_data or not field.raw_data[0].strip():
                field.errors = [message]
                good = False
        return good
