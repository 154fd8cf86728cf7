"""Ties of organisations."""

from flask_babel import lazy_gettext as _l

from registry.forms import Form
from registry.forms.fields import Answered, AtMost, ChoiceField, DateField, Optional, TextField


class OrganisationTieForm(Form):
    """How another organisation is tied to this one, from when to when, and where that was seen."""

    kind = ChoiceField(_l("How are they tied?"), [Answered(_l("Say how they are tied"))])
    related = ChoiceField(_l("The other organisation"), [Answered(_l("Choose the other organisation"))])
    source = TextField(
        _l("Where was it seen?"),
        [Answered(_l("Say where the tie was seen")), AtMost(500)],
        description=_l("For example: enterprise credit register, looked up on 2026-11-22"),
    )
    since = DateField(_l("First day"), [Answered(_l("Enter the first day"))], description=_l("For example 2026-11-22."))
    until = DateField(
        _l("Last day"), [Optional()], description=_l("Counts as well. Leave it empty if there is none yet.")
    )
