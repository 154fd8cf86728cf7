"""The forms of the self-check, built from its questions; what sort of field one is follows from the fact it asks."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, get_args, get_type_hints

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, FileField, Form, SelectMultipleField, widgets

from registry.application.self_check import COST_PREFIX, PARCEL_PREFIX, SITE, TERMS, Ask, Group
from registry.forms import fields as f
from workflows.contract_words import Bearer, Cost, RequiredTerm
from workflows.facts import ContractFacts, ParcelFacts, SiteFacts

UNSAID = "unsaid"
"""The answer that the contract does not say who bears a cost."""
PARCEL_KEY = "1"
YES_NO = {"yes": True, "no": False}
Words = Callable[[StrEnum], str]


class FactsForm(Form):
    """The main facts of a site or of a contract; nothing has to be answered."""

    groups: tuple[Group, ...] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """Only whether each answer can be read; a message names its question, to be understood in the summary."""
        good = bool(super().validate(extra_validators))
        for field in self:
            field.errors = [named(field.label.text, str(error)) for error in field.errors]
        return good

    def tree(self) -> dict[str, Any]:
        """What was answered, in plain values as an upload would hold it."""
        given: dict[str, Any] = {}
        parcel: dict[str, Any] = {}
        for ask in self.asks():
            field = self._fields[ask.field]
            value = YES_NO.get(field.data, field.data) if isinstance(field, f.ChoiceField) else field.data
            if value in (None, "", []) or ask.field.startswith(COST_PREFIX):
                continue
            within = parcel if ask.field.startswith(PARCEL_PREFIX) else given
            within[ask.field.removeprefix(PARCEL_PREFIX)] = _plain(value)
        return given | self._costs() | ({"parcels": [{"key": PARCEL_KEY, **parcel}]} if parcel else {})

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
        steps = [step for step in path if isinstance(step, str)]
        name = PARCEL_PREFIX + steps[1] if steps[:1] == ["parcels"] and len(steps) > 1 else (steps or [""])[0]
        return name if name in self._fields else None


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
    made = {ask.field: _field(ask, kind, words, districts) for group in groups for ask in group.asks}
    form: FactsForm = type("FactsOfKind", (FactsForm,), made)(formdata)
    form.groups = groups
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
