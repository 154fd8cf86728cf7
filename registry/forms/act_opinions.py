"""Forms of the opinions: legal, validation with its five matters, environment."""

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import ValidationError
from wtforms.fields import SelectChoice

from registry.forms.act_base import ActForm, words_field
from registry.forms.fields import (
    Answered,
    AtMost,
    DateField,
    LongTextField,
    Optional,
    RadioChoiceField,
    TextField,
    TickField,
    YesNoField,
)

_WEB = re.compile(r"https?://[^\s/]+\.[^\s/]+(/\S*)?")

MATTERS: Mapping[str, Any] = {
    "V1": _l("Law and policy: the project follows laws, rules and national industrial policy"),
    "V2": _l("Field: the project lies in a field the methods support"),
    "V3": _l("Method: the method is chosen and used rightly"),
    "V4": _l("Real, unique and additional"),
    "V5": _l("Sustainable development is not harmed"),
}
"""The five matters a validation body judges (温室气体自愿减排交易管理办法 art. 13)."""


class FiledForm(ActForm):
    """An opinion that may come with a paper; the view stores the file and adds `document_id`."""

    file = FileField(_l("Signed paper"), [Optional()])


class LegalOpinionForm(FiledForm):
    """合法性审查意见."""

    conclusion = RadioChoiceField(_l("Conclusion"), [Answered(_l("Choose a conclusion"))])
    words = words_field(
        _l("Opinion"),
        hint=_l("What was looked at, what follows from it, and what should be changed."),
        missing=_l("Give the opinion"),
        rows=8,
    )
    time_sufficient = TickField(
        _l("The time for this review was enough"),
        description=_l("Tick it only where the case reached you later than seven working days before the meeting."),
    )

    def values(self) -> dict[str, Any]:
        """As kept; an open box says nothing."""
        return {
            "conclusion": self.conclusion.data,
            "words": self.words.data,
            "time_sufficient": True if self.time_sufficient.data else None,
        }


class EnvironmentForm(FiledForm):
    """The ecology and environment bureau's opinion on a ticket."""

    conclusion = RadioChoiceField(_l("Conclusion"), [Answered(_l("Choose a conclusion"))])
    words = words_field(_l("Opinion"), missing=_l("Give the opinion"))
    report_number = TextField(_l("Number of the letter"), [Optional(), AtMost(80)])
    report_on = DateField(_l("Date of the letter"), [Optional()], description=_l("For example 2026-11-22."))

    def values(self) -> dict[str, Any]:
        """What was filled in."""
        return {k: v for k, v in super().values().items() if k != "file"}


class _Matters(FiledForm):
    report_number = TextField(_l("Report number"), [Answered(_l("Enter the number of the report")), AtMost(80)])
    report_on = DateField(
        _l("Date of the report"),
        [Answered(_l("Enter the date of the report"))],
        description=_l("For example 2026-11-22."),
    )


def _matter_fields() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, label in MATTERS.items():
        fields[f"{name}_met"] = YesNoField(
            label,
            [Answered(_l("Say whether this matter is met"))],
            choices=[SelectChoice("yes", _l("Met")), SelectChoice("no", _l("Not met"))],
        )
        fields[f"{name}_words"] = LongTextField(
            _l("In a sentence"), [Answered(_l("Give the finding on this matter in a sentence")), AtMost(1000)], rows=2
        )
    return fields


_MATTER_FIELDS = _matter_fields()  # made here so that they stand before the conclusion


class _ValidationTail(ActForm):
    conclusion = RadioChoiceField(_l("Conclusion"), [Answered(_l("Choose a conclusion"))])
    words = words_field(
        _l("Summary"),
        hint=_l("With a word on how comments of the public were dealt with."),
        missing=_l("Give a summary of the report"),
    )
    external_number = TextField(_l("Number of the national notice"), [Optional(), AtMost(80)])
    notice_url = TextField(
        _l("Address of the national notice"), [Optional(), AtMost(400)], description=_l("Begins with https://")
    )
    notice_from = DateField(_l("First day of the notice"), [Optional()], description=_l("For example 2026-11-22."))
    notice_to = DateField(_l("Last day of the notice"), [Optional()])

    national = False

    def validate_notice_url(self, field: Any) -> None:
        """An address of the web."""
        if field.data and not _WEB.fullmatch(field.data):
            raise ValidationError(_("Enter an address that begins with https://"))

    def validate_notice_to(self, field: Any) -> None:
        """Not before the first day."""
        if field.data and self.notice_from.data and field.data < self.notice_from.data:
            raise ValidationError(_("The last day cannot be before the first day"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Under CCER the national notice belongs to the report; favourable means that all five are met."""
        good = bool(super().validate(extra_validators))
        if self.national:
            for name, message in _NATIONAL.items():
                field = self[name]
                if not field.data and not field.errors:
                    field.errors = [message]
                    good = False
        unmet = [m for m in MATTERS if self[f"{m}_met"].data is False]
        if self.conclusion.data == "favourable" and unmet:
            self.conclusion.errors = [
                *self.conclusion.errors,
                _("A favourable conclusion needs every matter met; not met: %(matters)s", matters=_(", ").join(unmet)),
            ]
            good = False
        return good

    def values(self) -> dict[str, Any]:
        """Matters by id beside the other values."""
        plain = {k: v for k, v in super().values().items() if k != "file" and not k.startswith(tuple(MATTERS))}
        return plain | {
            "matters": {m: {"met": self[f"{m}_met"].data, "words": self[f"{m}_words"].data} for m in MATTERS}
        }


_NATIONAL: Mapping[str, Any] = {
    "notice_url": _l("Enter the address of the national notice"),
    "notice_from": _l("Enter the first day of the national notice"),
    "notice_to": _l("Enter the last day of the national notice"),
}

# The fields of the five matters are made in a loop; their order on the page is report, matters, conclusion.
ValidationForm: type[ActForm] = type(
    "ValidationForm", (_ValidationTail, _Matters), {**_MATTER_FIELDS, "__doc__": "A validation report in its points."}
)
