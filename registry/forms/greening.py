"""Forms of a report of completed area: what was done, its acceptance document, and the words of an act."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, ValidationError

from registry.clock import today
from registry.forms.act_base import ActForm, words_field
from registry.forms.acts import ConfirmForm
from registry.forms.fields import (
    Answered,
    AtMost,
    ChoiceField,
    DateField,
    DecimalField,
    IntegerField,
    Optional,
    TextField,
)
from workflows.units import PERIODS, period_of

LARGEST = Decimal(1_000_000)
"""More mu than the whole city has."""


class CompletionForm(ActForm):
    """What was completed, and the document by which it was accepted."""

    kept = HiddenField()
    """A file that came with an earlier try, signed by us."""
    year = IntegerField(
        _l("Year"), [Answered(_l("Enter the year"))], description=_l("The year in which the work was completed.")
    )
    kind = ChoiceField(_l("What was completed"), [Answered(_l("Choose what was completed"))])
    area_mu = DecimalField(
        _l("Completed area (mu)"),
        [Answered(_l("Enter the completed area in mu"))],
        places=4,
        description=_l("As accepted, in mu; 1 ha is 15 mu."),
    )
    document_title = TextField(
        _l("Title of the acceptance document"), [Answered(_l("Enter the title of the document")), AtMost(200)]
    )
    document_number = TextField(
        _l("Number of the acceptance document"), [Answered(_l("Enter the number of the document")), AtMost(120)]
    )
    document_on = DateField(_l("Day of acceptance"), [Answered(_l("Enter the day of acceptance"))])
    file = FileField(_l("The document itself"), [Optional()])

    def fix(self) -> None:
        """A correction stays with unit, year and kind."""
        del self.year
        del self.kind

    def validate_year(self, field: Any) -> None:
        """A year with a target, not ahead."""
        if field.data is not None and (period_of(field.data) is None or field.data > today().year):
            first, last = PERIODS[0].first, min(PERIODS[-1].last, today().year)
            raise ValidationError(_("Enter a year from %(first)s to %(last)s", first=first, last=last))

    def validate_area_mu(self, field: Any) -> None:
        """Some area, and one that can be."""
        if field.data is not None and not 0 < field.data <= LARGEST:
            raise ValidationError(_("Enter an area of more than 0 and at most 1,000,000 mu"))

    def validate_document_on(self, field: Any) -> None:
        """Not ahead."""
        if field.data and field.data > today():
            raise ValidationError(_("The day of acceptance lies ahead; enter the day the work was accepted"))


class ReturnForm(ActForm):
    """What the unit is to change."""

    words = words_field(_l("What is to be changed"), hint=_l("The unit reads it."), rows=3)


class WordForm(ActForm):
    """A word that may be added."""

    words = words_field(_l("Remarks"), required=False, hint=_l("Whoever may read the report reads them."), rows=3)


FORMS: dict[str, type[ActForm]] = {
    "report_completion": ConfirmForm,
    "withdraw_completion": WordForm,
    "confirm_completion": WordForm,
    "return_completion": ReturnForm,
}
"""Act on a report → its form."""
