"""Forms of pilot reports: the chapters, a remark on a figure, and the acts."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from registry.forms import Form
from registry.forms.act_base import ActForm, words_field
from registry.forms.acts import ConfirmForm
from registry.forms.fields import AtMost, LongTextField, Optional

LONGEST_CHAPTER = 20_000


class WriteForm(ActForm):
    """The chapters of a report, and of a correction why it is made."""


def write_form(chapters: Mapping[str, Any], *, corrects: bool) -> type[WriteForm]:
    """The form of a report's chapters, by key."""
    checks = [Optional(), AtMost(LONGEST_CHAPTER)]
    fields: dict[str, Any] = {key: LongTextField(label, checks, rows=6) for key, label in chapters.items()}
    if corrects:
        fields = {"reason": words_field(_l("Why the published report is corrected"), required=False, rows=3)} | fields
    return type("WriteFormOfAReport", (WriteForm,), fields)


class FigureForm(Form):
    """Why a figure moved."""

    column = HiddenField()
    words = LongTextField(
        _l("Why it differs from the last period"),
        [Optional(), AtMost(1000)],
        rows=3,
        description=_l("It stands in the report’s record. Leave it empty to take the remark back."),
    )


class ReturnForm(ActForm):
    """Why a report goes back."""

    words = words_field(_l("What is to be changed"), missing=_l("Say what is to be changed"), rows=4)


class ReviewForm(ActForm):
    """A word that may be added."""

    words = words_field(_l("Remarks"), required=False, rows=3)


class ApproveForm(ActForm):
    """The chair's note, needed where a parameter is not verified."""

    note = words_field(
        _l("Chair’s note"),
        required=False,
        rows=3,
        hint=_l("Needed where a table rests on a parameter that is not verified; it is printed in the report."),
    )


FORMS: Mapping[str, type[ActForm]] = {
    "submit_report": ConfirmForm,
    "return_report": ReturnForm,
    "review_report": ReviewForm,
    "approve_report": ApproveForm,
    "publish_report": ConfirmForm,
    "correct_report": ConfirmForm,
}
"""Act on a report → its form."""
