"""Forms of what the farm records: each starts with what happened and ends with where, when and from what source."""

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from registry.clock import today
from registry.forms import Form
from registry.forms.act_base import ActForm, words_field
from registry.forms.fields import (
    Answered,
    AtMost,
    ChoiceField,
    DateField,
    DecimalField,
    IntegerField,
    LongTextField,
    Optional,
    RadioChoiceField,
    TextField,
    member_options,
)
from registry.labels.carbon import TREES
from workflows.carbon.tree_list import TreeFaults, read
from workflows.inventory import layout
from workflows.states import Exploration, FarmRecordKind, LossCause, MoneyDirection, Work

K = FarmRecordKind
LONGEST = 4000


def _short(words: Any, *, needed: bool = False, hint: Any = "", most: int = 200) -> TextField:
    return TextField(words, [Answered() if needed else Optional(), AtMost(most)], description=hint)


def _long(words: Any, *, needed: bool = False, hint: Any = "") -> LongTextField:
    return LongTextField(words, [Answered() if needed else Optional(), AtMost(LONGEST)], description=hint)


def _figure(words: Any, unit: Any, *, needed: bool = False, places: int = 4, least: int = 0) -> DecimalField:
    return DecimalField(words, [Answered() if needed else Optional()], unit=unit, places=places, least=least)


def _key(value: Any) -> int | None:
    """The key of a chosen row; None of the line that chooses nothing."""
    return int(value) if value else None


MU, YUAN, M3, TONNES = _l("mu"), _l("yuan"), _l("m³"), _l("tCO₂e")


class RecordForm(Form):
    """What every record says besides what happened."""

    client_id = HiddenField(validators=[Length(min=16, max=36)])
    on_day = DateField(_l("Day"), [Answered()])
    place = _short(_l("Place"), hint=_l("As the farm calls it: forest district, compartment, stake."))
    latitude = DecimalField(_l("Latitude north, degrees"), [Optional()], places=6, least=-90, most=90)
    longitude = DecimalField(_l("Longitude east, degrees"), [Optional()], places=6, least=-180, most=180)
    photo = FileField(_l("Photo"), [Optional()])
    source = _short(_l("Source document"), most=300, hint=_l("The sheet, ledger or contract it is taken from."))
    note = _long(_l("Remarks"))
    reason = _long(_l("Why it is corrected"))
    correcting = False
    LAST = ("on_day", "place", "latitude", "longitude", "photo", "source", "note", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What happened comes first.
        common = {name: place for place, name in enumerate(("csrf_token", "client_id", *self.LAST), 1)}
        self._fields = dict(sorted(self._fields.items(), key=lambda pair: common.get(pair[0], 0)))
        if not self.client_id.data:
            self.client_id.data = str(uuid.uuid4())

    def asked(self) -> list[Any]:
        """The fields a person fills in, in order."""
        left_out = {"csrf_token", "client_id"} | (set() if self.correcting else {"reason"})
        return [f for f in self if f.name not in left_out]

    def values(self) -> dict[str, Any]:
        """The columns of the record; what was left empty is None for a figure and "" for words."""
        words = (TextField, LongTextField)
        return {
            f.name: (f.data or "") if isinstance(f, words) else f.data
            for f in self
            if f.name not in ("csrf_token", "client_id", "photo")
        }

    def offer(self, words: Any, plots: Sequence[SelectChoice]) -> None:
        """Put in the choices: `words` names the members of a list, `plots` those of the farm."""
        for name, members in MEMBERS.items():
            if name in self:
                self[name].choices = member_options(members, words)
        for name in ("plot_id", "treatment_id", "control_id"):
            if name in self:
                # No plot is chosen beforehand: the first of the list would be recorded unseen.
                self[name].choices = [SelectChoice("", _("Choose a plot")), *plots]

    def validate_on_day(self, field: Any) -> None:
        """What has not happened yet is not recorded."""
        if field.data and field.data > today():
            raise ValidationError(_("This day has not come yet; enter today or an earlier day"))

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Besides each field: both coordinates or none, and a correction says why (an empty field asks nothing)."""
        sound = super().validate(*args, **kwargs)
        lacking: list[tuple[Any, str]] = []
        if (self.longitude.data is None) != (self.latitude.data is None) and not self.longitude.errors:
            lacking.append((self.longitude, _("Enter both latitude and longitude, or neither")))
        if self.correcting and not self.reason.data:
            lacking.append((self.reason, _("Say why the record is corrected")))
        lacking += self.contradictions()
        for field, words in lacking:
            field.errors = [*field.errors, words]
        if not self.correcting:
            self.reason.data = ""
        return sound and not lacking

    def contradictions(self) -> list[tuple[Any, str]]:
        """Fields that do not fit each other, with what to do."""
        return []


class ExplorationForm(RecordForm):
    """Aims and progress in one field."""

    field = RadioChoiceField(_l("Field of exploration"), [Answered()])
    aims = _long(_l("Aims"), needed=True)
    progress = _long(_l("Progress"))


class ActivityForm(RecordForm):
    """A work in the forest."""

    work = RadioChoiceField(_l("What was done"), [Answered()])
    done_mu = _figure(_l("Area done"), MU, needed=True)
    planned_mu = _figure(_l("Area planned"), MU)
    days = IntegerField(_l("Working days"), [Optional()])
    species = _short(_l("Species"))
    cost_yuan = _figure(_l("Cost"), YUAN, places=2)


class PlotForm(RecordForm):
    """A sample plot."""

    plot_no = _short(_l("Number of the plot"), needed=True, most=40)
    area_m2 = _figure(_l("Area of the plot"), _l("m²"), needed=True, places=2, least=1)
    stratum = _short(_l("Carbon stratum"))
    species = _short(_l("Species"))


SHOWN = 10
"""Faults of a tree list that are named."""


class MeasurementForm(RecordForm):
    """A plot measured again."""

    listed = 0

    plot_id = ChoiceField(_l("Plot"), [Answered()], coerce=_key)
    trees = IntegerField(_l("Trees"), [Answered()])
    mean_diameter_cm = _figure(_l("Mean diameter"), _l("cm"))
    mean_height_m = _figure(_l("Mean height"), _l("m"))
    persons = _short(_l("Measured by"), needed=True, hint=_l("The team or its number."))
    instrument = _short(_l("Instrument"))
    tree_list = _long(_l("Tree list"), hint=_l("One tree a line: diameter in cm and species, for example 12.3 Cypress"))

    def validate_mean_diameter_cm(self, field: Any) -> None:
        """A mean of nothing is no mean."""
        if field.data is not None and field.data <= 0:
            raise ValidationError(_("Enter a figure above 0, or leave it empty"))

    validate_mean_height_m = validate_mean_diameter_cm

    def validate_tree_list(self, field: Any) -> None:
        """Every line is a tree: each that is not is named."""
        try:
            self.listed = len(read(field.data or "", layout().species))
        except TreeFaults as found:
            said = [str(TREES[f.why]) % {"line": f.line, "detail": f.detail[:40]} for f in found.faults[:SHOWN]]
            more = [_("%(count)s more", count=left)] if (left := len(found.faults) - SHOWN) > 0 else []
            raise ValidationError(_("Correct the tree list: %(lines)s", lines=_("; ").join(said + more))) from None

    def contradictions(self) -> list[tuple[Any, str]]:
        """A list names every tree of the plot, or there is none: part of the trees is less carbon than stands there."""
        if not self.listed or self.trees.data is None or self.listed == self.trees.data:
            return []
        said = {"listed": self.listed, "trees": self.trees.data}
        words = _("The list has %(listed)s trees, but %(trees)s are entered above; list every tree", **said)
        return [(self.tree_list, words)]


class TrialForm(RecordForm):
    """A treated plot beside an untreated one."""

    treatment_id = ChoiceField(_l("Treated plot"), [Answered()], coerce=_key)
    control_id = ChoiceField(_l("Control plot"), [Answered()], coerce=_key)
    measure = _short(_l("What is compared"), needed=True)
    unit = _short(_l("Unit"), needed=True, most=20)
    treatment_before = _figure(_l("Treated plot, before"), "", needed=True)
    treatment_after = _figure(_l("Treated plot, after"), "")
    control_before = _figure(_l("Control plot, before"), "", needed=True)
    control_after = _figure(_l("Control plot, after"), "")

    def validate_control_id(self, field: Any) -> None:
        """A plot is not its own control."""
        if field.data == self.treatment_id.data:
            raise ValidationError(_("Choose another plot as the control"))


class LossForm(RecordForm):
    """A loss event."""

    cause = RadioChoiceField(_l("Cause of the loss"), [Answered()])
    parcel_key = ChoiceField(_l("Parcel of the project"), [Optional()])
    area_mu = _figure(_l("Area lost"), MU, needed=True)
    volume_m3 = _figure(_l("Growing stock lost"), M3)
    carbon_t = _figure(_l("Carbon lost"), TONNES)
    method_version = _short(_l("Method of the carbon figure"), most=120, hint=_l("Name and version of the method."))
    handling = _long(_l("What was done about it"))
    most_mu: Mapping[str, Decimal] = MappingProxyType({})
    """The area of each parcel by its key, of all of them under ""; what is not known is left out."""

    def offer_parcels(self, parcels: Sequence[tuple[str, str]]) -> None:
        """The parcels (key, name) of a project; a loss of the farm has none to name."""
        if parcels:
            self.parcel_key.choices = [
                SelectChoice("", _("Several, or not known")),
                *(SelectChoice(*p) for p in parcels),
            ]
        else:
            del self.parcel_key

    def values(self) -> dict[str, Any]:
        """The columns; no parcel is None."""
        said = super().values()
        return said | {"parcel_key": said.get("parcel_key") or None}

    def validate_area_mu(self, field: Any) -> None:
        """An event without an area is no loss."""
        if field.data is not None and field.data <= 0:
            raise ValidationError(_("Enter an area above 0"))

    def contradictions(self) -> list[tuple[Any, str]]:
        """No more is lost than there is; a carbon figure is worked out by something."""
        most = self.most_mu.get((self.parcel_key.data if "parcel_key" in self else "") or "")
        if most is not None and self.area_mu.data is not None and self.area_mu.data > most:
            return [
                (self.area_mu, _("The land there is %(area)s mu; enter no larger area", area=f"{most.normalize():f}"))
            ]
        if self.carbon_t.data is not None and not self.method_version.data:
            return [(self.method_version, _("Name the method by which the carbon was worked out"))]
        return []


class MoneyForm(RecordForm):
    """Money in or out."""

    direction = RadioChoiceField(_l("In or out"), [Answered()])
    heading = _short(_l("Heading"), needed=True)
    budget_yuan = _figure(_l("Budget"), YUAN, places=2)
    executed_yuan = _figure(_l("Executed"), YUAN, needed=True, places=2)
    funds = _short(_l("Source of the money"))


class SaleForm(RecordForm):
    """A sale as the farm tells it."""

    what = _short(_l("What was sold"), needed=True)
    quantity_t = _figure(_l("Quantity"), TONNES, needed=True)
    price_yuan = _figure(_l("Price a tonne"), YUAN, needed=True, places=2)
    amount_yuan = _figure(_l("Amount"), YUAN, needed=True, places=2)
    counterparty = _short(_l("Buyer"), needed=True)
    retirement_no = _short(_l("Retirement number"), most=80)

    def validate_quantity_t(self, field: Any) -> None:
        """Nothing sold is no sale."""
        if field.data is not None and field.data <= 0:
            raise ValidationError(_("Enter a quantity above 0"))


class LoanForm(RecordForm):
    """A loan as the farm tells it."""

    what = _short(_l("What was pledged"), needed=True)
    pledged_t = _figure(_l("Quantity pledged"), TONNES)
    loan_yuan = _figure(_l("Loan"), YUAN, needed=True, places=2, least=1)
    lender = _short(_l("Lender"), needed=True)
    registration_no = _short(_l("Number of the registration"), most=80)


class LessonForm(RecordForm):
    """A lesson learned: its note."""

    note = _long(_l("What was learned"), needed=True)


MEMBERS: Mapping[str, Any] = {"field": Exploration, "work": Work, "cause": LossCause, "direction": MoneyDirection}
FORMS: Mapping[FarmRecordKind, type[RecordForm]] = {
    K.EXPLORATION: ExplorationForm,
    K.ACTIVITY: ActivityForm,
    K.PLOT: PlotForm,
    K.MEASUREMENT: MeasurementForm,
    K.TRIAL: TrialForm,
    K.LOSS: LossForm,
    K.MONEY: MoneyForm,
    K.SALE: SaleForm,
    K.LOAN: LoanForm,
    K.LESSON: LessonForm,
}


class PilotForm(Form):
    """The plan of a pilot; its aims are recorded after it is begun."""

    title = _short(_l("Title of the pilot"), needed=True)
    since = DateField(_l("First day of the pilot"), [Answered()])
    until = DateField(_l("Last day of the pilot"), [Answered()])
    budget_yuan = _figure(_l("Budget"), YUAN, needed=True, places=2)

    def validate_until(self, field: Any) -> None:
        """The last day comes after the first."""
        if field.data and self.since.data and field.data <= self.since.data:
            raise ValidationError(_("The last day comes after the first; enter a later day"))


class SimpleForm(ActForm):
    """Nothing to fill in."""


class WordsForm(ActForm):
    """An act with its reasons."""

    words = words_field(_l("Reasons"))


ACTS: Mapping[str, type[ActForm]] = {
    "submit_pilot": SimpleForm,
    "prepare_pilot": WordsForm,
    "return_pilot": WordsForm,
    "approve_pilot": SimpleForm,
    "start_pilot": SimpleForm,
    "evaluate_pilot": WordsForm,
}
