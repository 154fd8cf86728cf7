"""Forms by which the administrator keeps accounts and organisations."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.validators import Regexp

from registry.forms import Form
from registry.forms.fields import (
    Answered,
    AtMost,
    ChoiceField,
    CodeField,
    CreditCodeField,
    DateField,
    Email,
    Optional,
    TextField,
)


class _Period(Form):
    """From one day to another, both counted."""

    since = DateField(_l("First day"), [Answered(_l("Enter the first day"))], description=_l("For example 2026-11-22."))
    until = DateField(
        _l("Last day"), [Optional()], description=_l("Counts as well. Leave it empty if there is none yet.")
    )

    def validate_until(self, field: Any) -> None:
        """Not before the first day."""
        if field.data and self.since.data and field.data < self.since.data:
            raise ValidationError(_("The last day cannot be before the first day"))


class NewUserForm(Form):
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
    name = TextField(
        _l("Name"),
        [Answered(_l("Enter the person’s name")), AtMost(200)],
        description=_l("As it appears beside what the person decides. No identity number is kept."),
        render_kw={"autocomplete": "off"},
    )
    email = CodeField(_l("E-mail"), [Optional(), AtMost(254), Email()], render_kw={"autocomplete": "off"})


class EmailForm(Form):
    email = CodeField(
        _l("E-mail"),
        [Optional(), AtMost(254), Email()],
        description=_l("Letters about cases go there, if the person wants them. Empty: none."),
        render_kw={"autocomplete": "off"},
    )


class MembershipForm(_Period):
    organisation = ChoiceField(_l("Organisation"), [Answered(_l("Choose an organisation"))])


class AppointmentForm(_Period):
    role = ChoiceField(_l("Role"), [Answered(_l("Choose a role"))])
    body = ChoiceField(_l("Body"), [Answered(_l("Choose a body"))])


class EndForm(Form):
    until = DateField(
        _l("Last day"), [Answered(_l("Enter the last day"))], description=_l("Counts as well. For example 2026-11-22.")
    )


class OrganisationForm(Form):
    name = TextField(_l("Name of the organisation"), [Answered(_l("Enter the name of the organisation")), AtMost(200)])
    name_en = TextField(_l("Name in English"), [Optional(), AtMost(200)])
    kind = ChoiceField(_l("Kind"), [Answered(_l("Choose a kind"))])
    credit_code = CreditCodeField(
        _l("Unified social credit code"),
        [Optional()],
        description=_l("18 characters, as on the certificate. Leave it empty until it is known."),
    )
    gb_code = CodeField(
        _l("District code"),
        [Optional(), Regexp(r"^[0-9]{6}$", message=_l("Enter the six digits of the area code, for example 370911"))],
        description=_l("Six digits of GB/T 2260, for bodies of a district or county."),
        render_kw={"class": "w-s", "inputmode": "numeric"},
    )
