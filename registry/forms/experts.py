"""Forms by which the secretary keeps the expert register. Choices from tables are put in by the view."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, widgets
from wtforms.validators import Regexp

from registry.forms import Form
from registry.forms.fields import Answered, AtMost, ChoiceField, CodeField, DateField, Email, Optional, TextField


def fields_field(label: Any, *, required: bool = True, hint: Any = "") -> SelectMultipleField:
    """Fields of expertise, each a box to tick."""
    first = Answered(_l("Choose at least one field")) if required else Optional()
    return SelectMultipleField(
        label,
        [first],
        description=hint,
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )


class _Profile(Form):
    fields = fields_field(_l("Fields"))
    district = ChoiceField(
        _l("Where the expert works"),
        [Answered(_l("Say where the expert works"))],
        description=_l("Two thirds of a panel come from outside the applicant’s area."),
    )
    title = TextField(_l("Professional title"), [Optional(), AtMost(100)])
    since = DateField(
        _l("From which day"), [Answered(_l("Enter the first day"))], description=_l("For example 2026-11-22.")
    )


class ProfileForm(_Profile):
    """What an expert knows and where the expert works, from a day on."""


class NewExpertForm(_Profile):
    """An expert with an account."""

    name = TextField(
        _l("Name"),
        [Answered(_l("Enter the person’s name")), AtMost(200)],
        description=_l("As it stands under the opinion. No identity number is kept."),
        render_kw={"autocomplete": "off"},
    )
    login = CodeField(
        _l("Sign-in name"),
        [
            Answered(_l("Enter a sign-in name")),
            Regexp(
                r"^[A-Za-z0-9][A-Za-z0-9._-]{1,59}$",
                message=_l("Use 2 to 60 letters, digits, dots, hyphens or underscores"),
            ),
        ],
        description=_l("2 to 60 letters, digits, dots, hyphens or underscores. It cannot be changed later."),
        render_kw={"autocomplete": "off"},
    )
    email = CodeField(_l("E-mail"), [Optional(), AtMost(254), Email()], render_kw={"autocomplete": "off"})


class TieForm(Form):
    """A declared tie: which kind, which organisation, from when to when. Nobody else is named."""

    relation = ChoiceField(
        _l("Whose employer"),
        [Answered(_l("Say whose employer it is"))],
        description=_l("Only the kind of relation is kept. Never write down the name of a relative."),
    )
    organisation = ChoiceField(_l("Organisation"), [Optional()])
    organisation_name = TextField(
        _l("Organisation that is not in the list"),
        [Optional(), AtMost(200)],
        description=_l("Its full name. Leave it empty where you chose one above."),
    )
    since = DateField(_l("First day"), [Answered(_l("Enter the first day"))], description=_l("For example 2026-11-22."))
    until = DateField(
        _l("Last day"), [Optional()], description=_l("Counts as well. Leave it empty if there is none yet.")
    )


class LastDayForm(Form):
    """The last day of a tie or of the office."""

    until = DateField(
        _l("Last day"), [Answered(_l("Enter the last day"))], description=_l("Counts as well. For example 2026-11-22.")
    )


class AppointForm(Form):
    """An expert whose time had ended is appointed again."""

    since = DateField(_l("First day"), [Answered(_l("Enter the first day"))], description=_l("For example 2026-11-22."))
