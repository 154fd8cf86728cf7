"""Forms of the acts of expert panels."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from registry.forms.act_base import ActForm, words_field
from registry.forms.experts import fields_field
from registry.forms.fields import Answered, IntegerField, RadioChoiceField, TickField

LONGEST_DAYS = 120


class DrawPanelForm(ActForm):
    """抽取专家组: how many, which fields, and how long it is expected to take."""

    size = IntegerField(
        _l("How many experts"),
        [Answered(_l("Say how many experts"))],
        description=_l("An odd number, five or more."),
        default=5,
    )
    wanted = fields_field(
        _l("Fields the panel should cover"),
        required=False,
        hint=_l("Covered as far as the register allows; the draw goes by the order on record."),
    )
    expected_days = IntegerField(
        _l("Working days the review is expected to take"),
        [Answered(_l("Say how many working days"))],
        description=_l("The applicant is told. This time does not count towards the time limit of the decision."),
    )
    words = words_field(
        _l("What the panel is asked"),
        hint=_l("The experts and the applicant can read it."),
        missing=_l("Say what the panel is asked"),
    )

    def validate_size(self, field: Any) -> None:
        """A number a panel can have; whether it is odd and large enough the rules say."""
        if field.data is not None and not 1 <= field.data <= 99:
            raise ValidationError(_("Enter a number from 1 to 99"))

    def validate_expected_days(self, field: Any) -> None:
        """At least a day."""
        if field.data is not None and not 1 <= field.data <= LONGEST_DAYS:
            raise ValidationError(_("Enter a number from 1 to %(most)s", most=LONGEST_DAYS))

    def values(self) -> dict[str, Any]:
        """As the act takes it."""
        return {
            "size": self.size.data,
            "wanted": self.wanted.data or [],
            "expected_days": self.expected_days.data,
            "words": self.words.data,
        }


class RefuseSeatForm(ActForm):
    """An expert gives up the seat."""

    words = words_field(
        _l("Reasons"),
        hint=_l("For example a tie to a party, or no time. Never name a relative: the kind of relation is enough."),
    )


class ExpertOpinionForm(ActForm):
    """An expert's own opinion."""

    conclusion = RadioChoiceField(_l("My opinion"), [Answered(_l("Choose your opinion"))])
    words = words_field(
        _l("Reasons"),
        hint=_l("What you looked at, what follows from it, and, with conditions, what has to be done."),
        missing=_l("Give the reasons of your opinion"),
        rows=8,
    )
    independent = TickField(
        _l("I judge independently, and nothing ties me to a party of this case"),
        [Answered(_l("Declare your independence; whoever has a tie gives up the seat instead"))],
        description=_l("Own work, own interest, or a near relative’s. If something does, give up the seat."),
    )

    def values(self) -> dict[str, Any]:
        """Opinion, reasons and declaration."""
        return {
            "conclusion": self.conclusion.data,
            "words": self.words.data,
            "independent": bool(self.independent.data),
        }


class ClosePanelForm(ActForm):
    """评审结束; reasons are needed only where opinions are missing."""

    words = words_field(
        _l("Reasons"),
        required=False,
        hint=_l("Needed where the panel is broken off before every opinion is in; then another can be drawn."),
    )
