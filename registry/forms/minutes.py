"""The forms of the acts on minutes."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from registry.forms.act_base import ActForm, words_field
from registry.forms.fields import Answered, ChoiceField, Optional, TickField


class ConfirmMinutesForm(ActForm):
    """Whoever was there says that the minutes tell what happened."""

    read = TickField(
        _l("I was at this meeting. I have read the minutes, and they say what happened."),
        [Answered(_l("Tick the box to confirm; if something is wrong, tell the secretary instead"))],
    )

    def values(self) -> dict[str, Any]:
        """The act takes nothing else."""
        return {}


class IssueMinutesForm(ActForm):
    """Nothing to fill in."""


class CorrectMinutesForm(ActForm):
    """What is wrong, and what is right."""

    item = ChoiceField(_l("Where is the fault?"), [Optional()])
    wrong = words_field(
        _l("What the minutes say wrongly"),
        hint=_l("Quote the words of the minutes. They stay as they are; this page is added to them."),
        missing=_l("Quote what is wrong"),
        rows=3,
    )
    right = words_field(_l("What is right"), missing=_l("Say what is right instead"), rows=3)


FORMS: Mapping[str, type[ActForm]] = {
    "confirm_minutes": ConfirmMinutesForm,
    "issue_minutes": IssueMinutesForm,
    "correct_minutes": CorrectMinutesForm,
}
