"""Forms of a meeting: planning it, moving it, the roll, and the words of the other acts."""

import re
from collections.abc import Mapping
from datetime import time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, ValidationError, widgets

from registry.clock import today
from registry.forms.act_base import ActForm, words_field
from registry.forms.acts import ConfirmForm
from registry.forms.fields import Answered, AtMost, DateField, RadioChoiceField, TextField, fold

NOON = 12
# Hour and minutes, parted by colon, dot, or the Chinese words; a half hour may be a word; before or after noon as well.
_CLOCK = re.compile(
    r"(?:\u4e0a\u5348|(?P<late>\u4e0b\u5348))?(?P<h>\d{1,2})"
    r"(?:[:.](?P<m>\d{2})|[\u70b9\u65f6](?:(?P<m2>\d{1,2})\u5206?|(?P<thirty>\u534a))?)?(?:am|(?P<pm>pm))?",
)
_CLOCK_COMPACT = re.compile(r"(?P<h>\d{1,2})(?P<m>\d{2})")


class TimeField(TextField):
    """A time of day, kept as "09:00"; taken as 9:00, 0900, 9.30, 2 pm, or in Chinese words."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        kwargs["render_kw"] = {"autocomplete": "off", "class": "w-s", **(kwargs.get("render_kw") or {})}
        super().__init__(label, validators, **kwargs)

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else str(self.data or "").removeprefix("0")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; raises ValueError with the words for the person."""
        self.data = None
        typed = "".join(fold(valuelist[0]).split()).lower() if valuelist else ""
        if typed:
            self.data = f"{_time_of(typed):%H:%M}"


def _time_of(typed: str) -> time:
    found = _CLOCK_COMPACT.fullmatch(typed) if typed.isdigit() and len(typed) > 2 else _CLOCK.fullmatch(typed)
    if found is None:
        raise ValueError(_("Enter a time such as 9:00"))
    said = found.groupdict()
    hour = int(said["h"])
    minute = 30 if said.get("thirty") else int(said.get("m") or said.get("m2") or 0)
    if (said.get("late") or said.get("pm")) and hour < NOON:
        hour += NOON
    try:
        return time(hour, minute)
    except ValueError:
        raise ValueError(_("There is no such time; enter a time such as 9:00")) from None


class PlanForm(ActForm):
    """Day, hour and place of a meeting."""

    body = RadioChoiceField(_l("Whose meeting?"), [Answered(_l("Choose whose meeting it is"))])
    held_on = DateField(
        _l("Day"), [Answered(_l("Enter the day of the meeting"))], description=_l("For example 2026-11-22.")
    )
    starts_at = TimeField(
        _l("Hour"), [Answered(_l("Enter the hour at which the meeting begins"))], description=_l("For example 9:00.")
    )
    place = TextField(_l("Where"), [Answered(_l("Enter the place of the meeting")), AtMost(200)])

    def validate_held_on(self, field: Any) -> None:
        """Not a day that has passed."""
        if field.data and field.data < today():
            raise ValidationError(_("That day has passed; enter today or a later day"))


class ChangeForm(PlanForm):
    """Another day, hour or place."""

    body = None


class RollForm(ActForm):
    """Who is in the room."""

    present = SelectMultipleField(
        _l("Who is in the room?"),
        description=_l("Tick whoever is there now. Note it again when somebody comes or leaves."),
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )

    def values(self) -> dict[str, Any]:
        """The ids of those present; nobody is an answer too."""
        return {"present": [int(u) for u in self.present.data or ()]}


class CallOffForm(ActForm):
    """The meeting does not take place, and why."""

    words = words_field(_l("Reasons"), hint=_l("Everybody who may see the meeting can read them."), rows=3)


FORMS: Mapping[str, type[ActForm]] = {
    "open_meeting": ConfirmForm,
    "close_meeting": ConfirmForm,
    "call_off": CallOffForm,
    "change_meeting": ChangeForm,
    "note_attendance": RollForm,
}
"""Act on a meeting → its form."""
