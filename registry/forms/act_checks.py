"""Forms of a site check and of sending the file for legal review."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import ValidationError

from registry.clock import today
from registry.forms.act_base import ActForm, words_field
from registry.forms.fields import Answered, AtMost, DateField, Optional, RadioChoiceField, TextField

MOST_FILES = 12
NEW = ""
"""The choice of `corrects` that begins a record."""


class SiteCheckForm(ActForm):
    """现场核查记录: when, where, who, what was seen; photos beside it."""

    corrects = RadioChoiceField(_l("Which record is this?"), [Optional()])
    visited_on = DateField(
        _l("Day of the visit"), [Answered(_l("Enter the day of the visit"))], description=_l("For example 2026-11-22.")
    )
    place = TextField(
        _l("Place of the visit"),
        [Answered(_l("Say which place and parcels were visited")), AtMost(500)],
        description=_l("Village or compartment, and the parcels that were walked."),
    )
    who_went = TextField(
        _l("Who went"),
        [Answered(_l("Say who took part")), AtMost(500)],
        description=_l("The officers, and whoever showed them the land. No phone or identity numbers."),
    )
    observed = words_field(
        _l("What was observed"),
        hint=_l("Facts: stand, boundary marks, use of the land, and how it differs from what the application says."),
        missing=_l("Say what was observed"),
        rows=8,
    )
    files = MultipleFileField(
        _l("Photos and documents"),
        [Optional()],
        description=_l("PDF, JPEG or PNG. After an error elsewhere on the page choose the files again."),
    )

    def validate_visited_on(self, field: Any) -> None:
        """Nobody records a visit before it was made."""
        if field.data and field.data > today():
            raise ValidationError(_("The day of the visit cannot be later than today"))

    def validate_files(self, field: Any) -> None:
        """Not more at once than a request carries."""
        if len([f for f in field.data or () if f]) > MOST_FILES:
            raise ValidationError(_("Choose at most %(most)s files at once", most=MOST_FILES))

    def chosen(self) -> list[Any]:
        """The files that were handed in; an empty control sends one without a name."""
        return [f for f in self.files.data or () if f and f.filename]

    def values(self) -> dict[str, Any]:
        """Without the files, which the view keeps."""
        plain = {name: self[name].data for name in ("visited_on", "place", "who_went", "observed")}
        # A first record replaces nothing, so its form does not ask.
        return plain | {"corrects": (self.corrects.data or None) if "corrects" in self else None}


class SignCheckForm(ActForm):
    """A second officer signs a record."""

    site_check_id = RadioChoiceField(_l("Record"), [Answered(_l("Choose the record"))])


class SendForReviewForm(ActForm):
    """送合法性审查."""

    words = words_field(
        _l("Note for the reviewer"), required=False, hint=_l("What to look at first. The bureau’s own people read it.")
    )
