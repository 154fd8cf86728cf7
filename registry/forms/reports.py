"""Forms of pilot reports: a row the farm records, the chapters, a remark on a figure, and the acts."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from registry.forms import Form
from registry.forms.act_base import ActForm, words_field
from registry.forms.acts import ConfirmForm
from registry.forms.fields import (
    Answered,
    AtMost,
    ChoiceField,
    DateField,
    DecimalField,
    LongTextField,
    Optional,
    TextField,
    options,
)
from workflows.report_tables import SHAPES, Kind

LONGEST_CHAPTER = 20_000
LARGEST = 10**12


class EntryForm(Form):
    """A row of a table, with the day it is for and the paper it rests on."""

    on_day = DateField(
        _l("Day it is for"),
        [Answered(_l("Enter the day this row is for"))],
        description=_l("The day on which it was done or measured; it decides in which report the row stands."),
    )

    def row(self, table: int) -> dict[str, str]:
        """What was filled in, as text by column."""
        found = {}
        for column in SHAPES[table].columns:
            value = self[column.key].data if column.key in self else None
            if value not in (None, ""):
                found[column.key] = value.isoformat() if column.kind is Kind.DAY else str(value)
        return found


def entry_form(table: int, labels: Mapping[str, Any]) -> type[EntryForm]:
    """The form of a row of a table, `labels` by column: its first column must be filled in."""
    fields: dict[str, Any] = {}
    asked = [column for column in SHAPES[table].columns if not column.made]
    for n, column in enumerate(asked):
        label = labels[column.key]
        checks: list[Any] = [Answered(_l("Fill this in, so that the row has a name"))] if n == 0 else [Optional()]
        match column.kind:
            case Kind.NUMBER:
                fields[column.key] = DecimalField(label, checks, least=None, most=LARGEST, places=6)
            case Kind.DAY:
                fields[column.key] = DateField(label, checks)
            case Kind.WORDS:
                fields[column.key] = TextField(label, [*checks, AtMost(200)])
    fields["document"] = TextField(
        _l("Paper it rests on"),
        [Answered(_l("Name the paper this row rests on")), AtMost(200)],
        description=_l("Title and number: a field sheet, an account, a contract, a survey report."),
    )
    fields["method"] = TextField(
        _l("Method and its version"), [Optional(), AtMost(200)], description=_l("Where a figure was worked out.")
    )
    fields["mark"] = ChoiceField(
        _l("Parameters of the figures"),
        choices=options(
            [
                ("", _l("verified against their source, or none used")),
                ("known", _l("known from practice, not verified")),
                ("unsure", _l("unsure")),
            ]
        ),
    )
    return type(f"EntryForm{table}", (EntryForm,), fields)


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
