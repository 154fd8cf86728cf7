"""Forms of the public notice: what anybody hands in, how it is answered, a parcel set apart, the verifier named."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField

from registry.forms import Form
from registry.forms.act_base import LONGEST, ActForm, words_field
from registry.forms.fields import Answered, AtMost, LongTextField, Optional, RadioChoiceField, TextField
from workflows.states import ObjectionOutcome


class ObjectionForm(Form):
    """An objection or a comment, by anybody."""

    kind = RadioChoiceField(_l("What do you hand in?"), [Answered(_l("Say whether it is an objection or a comment"))])
    about = RadioChoiceField(_l("What is it about?"), [Answered(_l("Say what it is about"))])
    parcel_key = RadioChoiceField(_l("Which parcel?"), [Optional()])
    words = LongTextField(
        _l("Your words"),
        [Answered(_l("Write what you object to, or what you want to say")), AtMost(LONGEST)],
        description=_l("What is wrong, and how you know. The public does not see it; the applicant and the bureau do."),
        rows=8,
    )
    file = FileField(_l("Paper that shows it"), [Optional()])
    name = TextField(
        _l("Your name"),
        [Optional(), AtMost(100)],
        description=_l("Only the officers see it. Without it nobody can ask you back."),
    )
    reach = TextField(_l("Telephone or e-mail"), [Optional(), AtMost(200)], description=_l("Only the officers see it."))

    def values(self) -> dict[str, Any]:
        """What the act takes; the file is the view's."""
        names = ("kind", "about", "parcel_key", "words", "name", "reach")
        return {n: self[n].data for n in names if n in self and self[n].data}


class AnswerObjectionForm(ActForm):
    """The officer's answer, or the applicant's own statement."""

    objection_id = RadioChoiceField(_l("Which one?"), [Answered(_l("Choose which one you answer"))])
    outcome = RadioChoiceField(
        _l("What did you find?"),
        [Answered(_l("Say what you found"))],
        description=_l("An objection to the tenure keeps its parcel out until it is found unfounded."),
    )
    words = words_field(
        _l("Answer"),
        hint=_l("Whoever objected reads it with the receipt, and the public reads it on the notice. Name no person."),
        missing=_l("Give the answer"),
    )
    tenure: frozenset[str] = frozenset()
    """Ids of the objections to the tenure, which are not merely noted."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Tenure is looked into: noting it would leave the parcel out for good."""
        good = bool(super().validate(extra_validators))
        if "outcome" in self and self.outcome.data == ObjectionOutcome.NOTED and self.objection_id.data in self.tenure:
            self.outcome.errors = [_("An objection to the tenure is founded or not: look into it first")]
            good = False
        return good


class SetApartForm(ActForm):
    """A parcel in question leaves the project."""

    parcel_key = RadioChoiceField(_l("Which parcel?"), [Answered(_l("Choose the parcel"))])
    words = words_field(_l("Reasons"), hint=_l("What is in question. The applicant is told, and the entry names it."))


class NameVerifierForm(ActForm):
    """The body that verifies the reductions of an entry."""

    verifier_id = RadioChoiceField(
        _l("Verification body"),
        [Answered(_l("Choose a verification body"))],
        description=_l("Whoever validated the project cannot verify it (Measures, art. 18)."),
    )
