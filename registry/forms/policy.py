"""Forms of a change of the rules: a figure's new value or a method's new standing, with what decides it."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, SelectMultipleField, ValidationError, widgets

from registry.clock import today
from registry.forms.act_base import ActForm, words_field
from registry.forms.acts import ConfirmForm
from registry.forms.fields import (
    Answered,
    AtMost,
    DateField,
    DecimalField,
    IntegerField,
    Optional,
    TextField,
)


class ChangeForm(ActForm):
    """What every change carries: its day, its source in both languages, the deciding document, the reasons."""

    kept = HiddenField()
    """A file that came with an earlier try, signed by us."""
    since = DateField(
        _l("In force from"),
        [Answered(_l("Enter the day from which the change holds"))],
        description=_l("Tomorrow at the earliest. Cases accepted before that day keep the rules of their day."),
    )
    document_title = TextField(
        _l("Title of the deciding document"),
        [Answered(_l("Enter the title of the document that decides it")), AtMost(200)],
    )
    document_number = TextField(
        _l("Number of the deciding document"),
        [Answered(_l("Enter the number of the document")), AtMost(120)],
    )
    file = FileField(_l("The document itself"), [Optional()])
    source_zh = TextField(
        _l("Source, as the rules cite it in Chinese"),
        [Answered(_l("Say in Chinese where the change comes from")), AtMost(300)],
        description=_l("Title, number and article. It stands beside the figure on the public pages."),
    )
    source_en = TextField(
        _l("Source, as the rules cite it in English"),
        [Answered(_l("Say in English where the change comes from")), AtMost(300)],
    )
    reasons = words_field(
        _l("Why the rule is to change"),
        missing=_l("Give the reasons for the change"),
        hint=_l("Whoever reads the history of the rules reads this."),
    )
    taken: Collection[date] = ()
    """Days from which the figure has a value already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What is changed comes before what decides it.
        common = {name for name in self._fields if hasattr(ChangeForm, name)}
        self._fields = dict(sorted(self._fields.items(), key=lambda pair: pair[0] in common))

    def validate_since(self, field: Any) -> None:
        """Forwards only, and one value a day."""
        if field.data and field.data <= today():
            raise ValidationError(_("A change holds from tomorrow at the earliest; enter a later day"))
        if field.data in self.taken:
            raise ValidationError(_("There is a value from that day already; enter another day"))


class NumberForm(ChangeForm):
    """Another number."""

    value = DecimalField(_l("New value"), [Answered(_l("Enter the new value"))], places=4)
    bounds: tuple[Decimal, Decimal | None] = (Decimal(0), None)
    whole = False

    def validate_value(self, field: Any) -> None:
        """Within what the figure can be."""
        least, most = self.bounds
        if field.data is None:
            return
        if self.whole and field.data != field.data.to_integral_value():
            raise ValidationError(_("Enter a whole number, for example 40"))
        if field.data < least:
            raise ValidationError(_("Enter a figure of %(least)s or more", least=str(least)))
        if most is not None and field.data > most:
            raise ValidationError(_("Enter a figure of %(most)s or less", most=str(most)))


class ShareForm(ChangeForm):
    """Another share, as a fraction."""

    num = IntegerField(_l("New share: so many parts"), [Answered(_l("Enter the upper number of the share"))], least=1)
    den = IntegerField(_l("of so many"), [Answered(_l("Enter the lower number of the share"))], least=1)
    half = False
    """Less than half would be no majority."""

    def validate_num(self, field: Any) -> None:
        """A part of the whole, and of a majority at least half."""
        whole = self.den.data
        if field.data is None or whole is None:
            return
        if field.data > whole:
            raise ValidationError(_("A share is not more than the whole"))
        if self.half and field.data * 2 < whole:
            raise ValidationError(_("A majority is not less than half"))


class DayForm(ChangeForm):
    """Another day."""

    value = DateField(_l("New value"), [Answered(_l("Enter the new value"))])


class StandingForm(ChangeForm):
    """A method begins or ends: there is nothing to say but when and why."""


class VersionForm(ChangeForm):
    """A new version of a method."""

    code = TextField(_l("Code of the new version"), [Answered(_l("Enter the code of the new version")), AtMost(40)])
    title_zh = TextField(_l("Title in Chinese"), [Answered(_l("Enter the title in Chinese")), AtMost(200)])
    title_en = TextField(_l("Title in English"), [Answered(_l("Enter the title in English")), AtMost(200)])
    conditions = SelectMultipleField(
        _l("Conditions it asks"),
        description=_l("Without any condition no project can be screened by it."),
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    codes: Collection[str] = ()
    """Codes and ids in use."""

    def validate_code(self, field: Any) -> None:
        """A code of its own."""
        if field.data in self.codes:
            raise ValidationError(_("There is a method of this code already"))


class RefuseForm(ActForm):
    """Why a change is refused."""

    words = words_field(_l("Reasons"), hint=_l("Whoever may read the change reads them."), rows=3)


class RemarkForm(ActForm):
    """A word that may be added."""

    words = words_field(_l("Remarks"), required=False, hint=_l("Whoever may read the change reads them."), rows=3)


FORMS: dict[str, type[ActForm]] = {
    "propose_change": ConfirmForm,
    "confirm_change": RemarkForm,
    "refuse_change": RefuseForm,
    "withdraw_change": RemarkForm,
}
"""Act on a change → its form."""
