"""Forms of a decision's delivery."""

from flask_babel import lazy_gettext as _l

from registry.forms.act_base import ActForm, words_field
from registry.forms.fields import Answered, DateField, RadioChoiceField


class DeliveryForm(ActForm):
    """The officer records when and how a decision reached the applicant."""

    delivered_on = DateField(
        _l("Day of delivery"),
        [Answered(_l("Enter the day of delivery"))],
        description=_l("As it stands on the receipt of delivery. For example 2026-11-22."),
    )
    way = RadioChoiceField(_l("Way of delivery"), [Answered(_l("Choose the way of delivery"))])
    words = words_field(
        _l("Remarks"), required=False, hint=_l("Number of the letter, witness at the door. Name nobody else."), rows=3
    )
