"""The forms of the self-check, built from its questions; what sort of field one is follows from the fact it asks."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, get_args, get_type_hints

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import Field, FileField, Form, SelectMultipleField, widgets

from registry.application.self_check import COST_PREFIX, PARCEL_PREFIX, SITE, TERMS, Ask, Group
from registry.forms import fields as f
from workflows.contract_words import Bearer, Cost, RequiredTerm
from workflows.facts import ContractFacts, ParcelFacts, SiteFacts

UNSAID = "unsaid"
"""The answer that the contract does not say who bears a cost."""
COUNT, STEP = "parcel_count", "parcels"
"""The number of parcels asked about, and the button that adds one or takes one away."""
ADD, REMOVE = "add", "remove-"
MOST_TYPED = 100
"""Parcels of a form: what a request may hold. A file holds more."""
YES_NO = {"yes": True, "no": False}
Words = Callable[[StrEnum], str]


class FactsForm(Form):
    """The main facts of a site or of a contract; nothing has to be answered."""

    groups: tuple[Group, ...] = ()
    parcels: Sequence[int] = (1,)
    """The numbers of the parcels asked about, from 1."""

    @property
    def full(self) -> bool:
        """Whether no further parcel fits."""
        return len(self.parcels) >= MOST_TYPED

    def of(self, ask: Ask, parcel: int) -> Field:
        """The question as it is asked of a parcel."""
        return self._fields[name_of(ask.field, parcel)]

    def called(self, name: str) -> str:
        """A question in a message that stands apart from it; of several parcels with the number of its own."""
        label, parcel = str(self._fields[name].label.text), _parcel_of(name)
        if parcel is None or len(self.parcels) == 1:
            return label
        return _("Parcel %(no)s, %(question)s", no=str(parcel), question=label)

    def validate(self, extra_validators: Any = None) -> bool:
        """Only whether each answer can be read; a message names its question, to be understood in the summary."""
        good = bool(super().validate(extra_validators))
        for field in self:
            field.errors = [named(self.called(field.name), str(error)) for error in field.errors]
        return good

    def tree(self) -> dict[str, Any]:
        """What was answered, in plain values as an upload would hold it."""
        asked = [ask.field for ask in self.asks() if not ask.field.startswith((PARCEL_PREFIX, COST_PREFIX))]
        given = {name: said for name in asked if (said := self._said(name)) is not None}
        return given | self._costs() | self._parcels()

    def _parcels(self) -> dict[str, Any]:
        """The parcels by their numbers. One that was added counts, though nothing be known of it."""
        asked = [ask.field for ask in self.asks() if ask.field.startswith(PARCEL_PREFIX)]
        listed = [
            {
                name.removeprefix(PARCEL_PREFIX): said
                for name in asked
                if (said := self._said(name_of(name, n))) is not None
            }
            for n in self.parcels
        ]
        if not any(listed):
            return {}
        return {"parcels": [{"key": str(n), **said} for n, said in zip(self.parcels, listed, strict=True)]}

    def _said(self, name: str) -> Any:
        field = self._fields[name]
        value = YES_NO.get(field.data, field.data) if isinstance(field, f.ChoiceField) else field.data
        return None if value in (None, "", []) else _plain(value)

    def _costs(self) -> dict[str, Any]:
        """Who bears the five costs, once all are answered: one that is left out would read as not stated."""
        said = {cost: self._fields[name].data for cost in Cost if (name := f"{COST_PREFIX}{cost}") in self._fields}
        if not said or not all(said.values()):
            return {}
        listed = [{"cost": cost.value, "bearer": None if who == UNSAID else who} for cost, who in said.items()]
        return {"cost_bearers": listed}

    def asks(self) -> Sequence[Ask]:
        """Every question in order."""
        return [ask for group in self.groups for ask in group.asks]

    def name_at(self, path: tuple[str | int, ...]) -> str | None:
        """The question that a place in the plain values comes from."""
        match path:
            case ("parcels", int() as index, str() as fact, *_rest):
                name = name_of(PARCEL_PREFIX + fact, index + 1)
            case _:
                name = next((step for step in path if isinstance(step, str)), "")
        return name if name in self._fields else None


def name_of(field: str, parcel: int) -> str:
    """The name of a question on a parcel: parcel_disputed of the first, parcel_2_disputed of the second."""
    return field if parcel == 1 else f"{PARCEL_PREFIX}{parcel}_{field.removeprefix(PARCEL_PREFIX)}"


def _parcel_of(name: str) -> int | None:
    """The number of the parcel a question is asked of; None for any other question."""
    if not name.startswith(PARCEL_PREFIX):
        return None
    number = name.split("_")[1]
    return int(number) if number.isdecimal() else 1


def parcels_of(sent: Mapping[str, str] | None) -> int:
    """How many parcels a form that came back asks about."""
    count = (sent or {}).get(COUNT, "")
    return min(max(int(count), 1), MOST_TYPED) if count.isascii() and count.isdecimal() and len(count) < 4 else 1


def stepped(sent: MultiDict[str, str], groups: Sequence[Group]) -> MultiDict[str, str]:
    """What was typed, with a parcel more at the end, or without one; those after it move up."""
    count, step = parcels_of(sent), sent.get(STEP, "")
    left, kept = list(range(1, count + 1)), MultiDict(sent)
    gone = step.removeprefix(REMOVE)
    if step == ADD and count < MOST_TYPED:
        left.append(count + 1)
    elif step.startswith(REMOVE) and gone in map(str, left) and count > 1:
        left.remove(int(gone))
    for field in (a.field for g in groups for a in g.asks if a.field.startswith(PARCEL_PREFIX)):
        typed = [sent.getlist(name_of(field, n)) for n in left]
        for n in range(1, count + 1):
            kept.poplist(name_of(field, n))
        for n, values in enumerate(typed, start=1):
            if values:
                kept.setlist(name_of(field, n), values)
    kept[COUNT] = str(len(left))
    return kept


class UploadForm(Form):
    """A file with facts."""

    file = FileField(_l("File with the facts (JSON)"))


def named(what: Any, message: str) -> str:
    """A message that begins with what it is about."""
    subject = str(what)
    if not subject:
        return message
    # A question ends with its own sign.
    joint = {"?": " ", "\uff1f": ""}.get(subject[-1], _(": "))
    return subject + joint + message


def site_form(formdata: Any, words: Words, districts: Mapping[str, Any]) -> FactsForm:
    """The form of a site; `words` gives the label of a member of a closed list."""
    return _made(SiteFacts, SITE, formdata, words, districts)


def contract_form(formdata: Any, words: Words, districts: Mapping[str, Any]) -> FactsForm:
    """The form of a contract with a partner."""
    return _made(ContractFacts, TERMS, formdata, words, districts)


def _made(
    kind: type[Any], groups: tuple[Group, ...], formdata: Any, words: Words, districts: Mapping[str, Any]
) -> FactsForm:
    parcels = range(1, parcels_of(formdata) + 1)
    made = {
        name_of(ask.field, n): _field(ask, kind, words, districts)
        for group in groups
        for n in (parcels if group.of_each_parcel else (1,))
        for ask in group.asks
    }
    form: FactsForm = type("FactsOfKind", (FactsForm,), made)(formdata)
    form.groups, form.parcels = groups, parcels
    return form


def _field(ask: Ask, kind: type[Any], words: Words, districts: Mapping[str, Any]) -> Field:
    common: dict[str, Any] = {"label": ask.label, "description": ask.hint}
    empty = _("Not known")
    if ask.field.startswith(COST_PREFIX):
        listed = f.member_options(Bearer, words, empty=empty)
        return f.ChoiceField(
            default="", choices=[*listed, *f.options([(UNSAID, _("The contract does not say"))])], **common
        )
    if ask.field.endswith("district_code"):
        elsewhere = [("000000", _("Outside Tai’an"))]
        return f.ChoiceField(default="", choices=f.options([*districts.items(), *elsewhere], empty=empty), **common)
    if ask.field == "terms_present":
        return SelectMultipleField(
            choices=f.member_options(RequiredTerm, words),
            widget=widgets.ListWidget(prefix_label=False),
            option_widget=widgets.CheckboxInput(),
            **common,
        )
    if ask.field == "text":
        return f.LongTextField(rows=14, **common)
    answer = _answer(ask.field, kind)
    if issubclass(answer, StrEnum):
        return f.ChoiceField(default="", choices=f.member_options(answer, words, empty=empty), **common)
    if answer is bool:
        return f.ChoiceField(default="", choices=f.options([("yes", _("Yes")), ("no", _("No"))], empty=empty), **common)
    if answer is date:
        return f.DateField(**common)
    # What a figure may be at all is asked in one place for form and upload, once it is read.
    figure = f.IntegerField if answer is int else f.DecimalField
    more: dict[str, Any] = {} if answer is int else {"places": 30}
    return figure(unit=ask.unit, least=None, **more, **common)


def _answer(name: str, kind: type[Any]) -> type[Any]:
    """The type of a fact, without "or not known"."""
    of = ParcelFacts if name.startswith(PARCEL_PREFIX) else kind
    hint = get_type_hints(of)[name.removeprefix(PARCEL_PREFIX)]
    found: type[Any] = next((k for k in get_args(hint) if k is not type(None)), hint)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value
