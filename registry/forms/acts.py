"""One form for each act on a case: what is typed with it. `values()` is what the door is handed.

Choices that stand in tables, and the words of closed lists, are put in by the view (`offer`).
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, SelectMultipleField, ValidationError, widgets
from wtforms import Form as PlainForm
from wtforms.fields import SelectChoice

from registry.forms.act_base import ActForm, words_field
from registry.forms.act_checks import SendForReviewForm, SignCheckForm, SiteCheckForm
from registry.forms.act_deliveries import DeliveryForm
from registry.forms.act_notice import AnswerObjectionForm, NameVerifierForm, SetApartForm
from registry.forms.act_opinions import EnvironmentForm, LegalOpinionForm, ValidationForm
from registry.forms.act_panels import ClosePanelForm, DrawPanelForm, ExpertOpinionForm, RefuseSeatForm
from registry.forms.act_sheets import CorrectionForm
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

MOST_CONDITIONS = 5


class ConfirmForm(ActForm):
    """Nothing to fill in: the act itself is all there is to say."""


class ReasonForm(ActForm):
    """An act with its reasons."""

    words = words_field(_l("Reasons"), hint=_l("Kept word for word. The people of the case can read them."))


class NoteForm(ActForm):
    """An act that may have a word added."""

    words = words_field(_l("Remarks"), required=False, hint=_l("The people of the case can read it."))


class ResubmitForm(ActForm):
    """The corrections are handed in; where nothing is changed, the notice is answered in words."""

    words = words_field(
        _l("Answer to the notice"),
        required=False,
        hint=_l("What you corrected; or, if you hold that nothing is wrong, why. The people of the case can read it."),
    )


class VoteForm(ActForm):
    """A member's vote."""

    choice = RadioChoiceField(_l("My vote"), [Answered(_l("Choose how you vote"))])
    reasons = words_field(
        _l("Reasons"),
        hint=_l("They go into the minutes word for word. Name the finding you mean by its number, for example R20."),
        missing=_l("Give the reasons for your vote"),
    )
    no_conflict = TickField(
        _l("Nothing ties me to a party of this case"),
        [Answered(_l("Say that nothing ties you to a party; otherwise stand aside and do not vote"))],
        description=_l("Own interest, family or employment. If something does, stand aside and do not vote."),
    )

    def values(self) -> dict[str, Any]:
        """Choice and reasons; without the declaration the form does not pass."""
        return {"choice": self.choice.data, "reasons": self.reasons.data}


class ConditionEntry(PlainForm):
    """One condition of an approval: all three or nothing."""

    words = LongTextField(_l("What must be done"), [Optional(), AtMost(1000)], rows=2)
    evidence = TextField(_l("What shows that it is done"), [Optional(), AtMost(500)])
    due_on = DateField(_l("By when"), [Optional()], description=_l("For example 2026-11-22."))

    def typed(self) -> bool:
        """Whether anything was filled in."""
        return any(f.raw_data and f.raw_data[0].strip() for f in (self.words, self.evidence, self.due_on))

    def validate(self, extra_validators: Any = None) -> bool:
        """A condition that was begun must be complete."""
        good = bool(super().validate(extra_validators))
        if not self.typed():
            return good
        for field, message in (
            (self.words, _("Say what must be done")),
            (self.evidence, _("Say what shows that it is done")),
            (self.due_on, _("Give the day by which it must be done")),
        ):
            if field.data in (None, "") and not field.errors:
                field.errors = [message]
                good = False
        return good


class ApproveForm(ActForm):
    """The chair closes a sitting with an approval, with or without conditions."""

    words = words_field(
        _l("Reasons of the leading group"), hint=_l("In a few sentences, as they will stand in the minutes.")
    )
    conditions = FieldList(
        FormField(ConditionEntry),
        label=_l("Condition"),
        min_entries=MOST_CONDITIONS,
        max_entries=MOST_CONDITIONS,
    )

    def values(self) -> dict[str, Any]:
        """Reasons and the conditions that were filled in."""
        conditions = [e.form.data for e in self.conditions if e.form.typed()]
        return {"words": self.words.data, "conditions": conditions}


class RecusalForm(ActForm):
    """A member says what ties him or her to the case; no third person is named."""

    ground = RadioChoiceField(_l("What ties you to the case?"), [Answered(_l("Choose what ties you to the case"))])
    words = words_field(
        _l("Explanation"),
        required=False,
        hint=_l("The relation and the employer are enough. Do not name anybody."),
        rows=3,
    )


class ProposeRecusalForm(ActForm):
    """The secretary proposes that a member stand aside."""

    member = RadioChoiceField(_l("Which member?"), [Answered(_l("Choose the member"))])
    ground = RadioChoiceField(_l("What ties the member to the case?"), [Answered(_l("Choose what ties the member"))])
    words = words_field(_l("What is known, and how"), missing=_l("Say what is known"), rows=3)


class DecideRecusalForm(ActForm):
    """Who presides decides on a proposal."""

    member = RadioChoiceField(_l("Which member?"), [Answered(_l("Choose the member"))])
    upheld = YesNoField(
        _l("Decision"),
        [Answered(_l("Choose the decision"))],
        choices=[
            SelectChoice("yes", _l("The member stands aside")),
            SelectChoice("no", _l("The member takes part")),
        ],
    )
    words = words_field(_l("Reasons"), rows=3)


class TableForm(ActForm):
    """Put a case on the agenda of a meeting."""

    meeting = RadioChoiceField(
        _l("For which meeting?"),
        [Answered(_l("Choose the meeting"))],
        description=_l("Who may vote is who belongs to the group on the day of the meeting."),
    )

    question = RadioChoiceField(_l("What is the leading group asked?"), [Answered(_l("Choose the question"))])
    words = words_field(_l("Note for the members"), required=False, hint=_l("What they should look at first."))


class NameValidatorForm(ActForm):
    """The applicant names the validation body."""

    organisation_id = RadioChoiceField(
        _l("Validation body"),
        [Answered(_l("Choose a validation body"))],
        description=_l("It must not be related to the applicant or the partner."),
    )


class FindingAnswerForm(ActForm):
    """An officer answers a finding; the finding stays."""

    clause = RadioChoiceField(_l("Finding"), [Answered(_l("Choose the finding"))])
    words = words_field(
        _l("Answer"),
        hint=_l("What was done or seen, and the evidence. The finding stays where it is."),
        missing=_l("Give the answer"),
    )


class AmendForm(ActForm):
    """An amendment is handed in."""

    words = words_field(_l("What changes, and why"), missing=_l("Say what changes, and why"))


class DecideAmendmentForm(ActForm):
    """The chair closes the sitting on an amendment."""

    approved = YesNoField(
        _l("Decision"),
        [Answered(_l("Choose the decision"))],
        choices=[
            SelectChoice("yes", _l("Approved: the entry shows the amendment")),
            SelectChoice("no", _l("Refused: the entry stays as it was")),
        ],
    )
    words = words_field(_l("Reasons of the leading group"))


class DeclineForm(ActForm):
    """不予受理: out of scope, with the reason and the right way."""

    words = words_field(_l("Reasons"), hint=_l("Why this is outside what the library is for."))
    right_way = RadioChoiceField(
        _l("Where the applicant should turn"), [Answered(_l("Say where the applicant should turn"))]
    )


class FlawForm(ActForm):
    """程序瑕疵: which decision, whose vote if it is one, and what was wrong."""

    gate = RadioChoiceField(_l("Which decision has the flaw?"), [Answered(_l("Choose the decision"))])
    member = RadioChoiceField(
        _l("Did a member vote who should have stood aside?"),
        [Optional()],
        description=_l("The count is repeated without that member. Leave it open where the flaw is another one."),
    )
    words = words_field(_l("What was wrong, and how it is known"), missing=_l("Say what was wrong"))


class ConditionReportForm(ActForm):
    """The proponent reports a condition as met."""

    condition_id = RadioChoiceField(_l("Condition"), [Answered(_l("Choose the condition"))])
    words = words_field(
        _l("What was done"), hint=_l("Name the document that shows it."), missing=_l("Say what was done")
    )


class ConditionConfirmForm(ActForm):
    """An officer confirms a reported condition."""

    condition_id = RadioChoiceField(_l("Condition"), [Answered(_l("Choose the condition"))])
    words = words_field(_l("Remarks"), required=False, hint=_l("What was looked at."))


class _People(ActForm):
    people = SelectMultipleField(
        _l("The three people appointed for the reconsideration"),
        description=_l("People who did not vote, sign or handle this case."),
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    words = words_field(_l("Reasons of the three"))

    def validate_people(self, field: Any) -> None:
        """Exactly three."""
        if len(set(field.data or ())) != 3:
            raise ValidationError(_("Choose three people"))


class UpholdForm(_People):
    """复核维持."""


class ReopenForm(_People):
    """复核撤销 or 变更."""

    outcome = RadioChoiceField(
        _l("What the three decided"),
        [Answered(_l("Choose what they decided"))],
        choices=[
            SelectChoice("annulled", _l("The decision is annulled")),
            SelectChoice("changed", _l("The decision is to be changed")),
        ],
    )


class ExtendForm(ActForm):
    """延长时限: granted, or refused where the applicant asked; the reasons are told to the applicant."""

    granted = YesNoField(
        _l("Answer to the applicant"),
        [Answered(_l("Choose the answer"))],
        choices=[SelectChoice("yes", _l("More time is given")), SelectChoice("no", _l("More time is refused"))],
    )
    words = words_field(_l("Reasons"), hint=_l("The applicant is told them word for word."))


FORMS: Mapping[str, type[ActForm]] = {
    "accept": ConfirmForm,
    "decline": DeclineForm,
    "request_correction": CorrectionForm,
    "resubmit": ResubmitForm,
    "pass_screening": ConfirmForm,
    "approve_risk": ApproveForm,
    "pass_validation": ConfirmForm,
    "register": ReasonForm,
    "reject": ReasonForm,
    "suspend": ReasonForm,
    "resume": ReasonForm,
    "withdraw": NoteForm,
    "amend": AmendForm,
    "decide_amendment": DecideAmendmentForm,
    "withdraw_amendment": NoteForm,
    "find_flaw": FlawForm,
    "reopen": ReopenForm,
    "revoke": ReasonForm,
    "close": ReasonForm,
    "sign_screening": ConfirmForm,
    "record_site_check": SiteCheckForm,
    "sign_site_check": SignCheckForm,
    "send_for_legal_review": SendForReviewForm,
    "answer_finding": FindingAnswerForm,
    "give_legal_opinion": LegalOpinionForm,
    "name_validator": NameValidatorForm,
    "table": TableForm,
    "untable": ReasonForm,
    "adjourn": ReasonForm,
    "call_vote": ConfirmForm,
    "declare_recusal": RecusalForm,
    "propose_recusal": ProposeRecusalForm,
    "decide_recusal": DecideRecusalForm,
    "vote": VoteForm,
    "file_validation": ValidationForm,
    "give_environment_opinion": EnvironmentForm,
    "report_condition": ConditionReportForm,
    "confirm_condition": ConditionConfirmForm,
    "request_reconsideration": ReasonForm,
    "ask_extension": ReasonForm,
    "extend": ExtendForm,
    "uphold": UpholdForm,
    "record_delivery": DeliveryForm,
    "confirm_receipt": ConfirmForm,
    # expert panels
    "draw_panel": DrawPanelForm,
    "refuse_seat": RefuseSeatForm,
    "give_expert_opinion": ExpertOpinionForm,
    "close_panel": ClosePanelForm,
    "open_notice": ConfirmForm,
    "answer_objection": AnswerObjectionForm,
    "close_notice": ConfirmForm,
    "set_parcel_apart": SetApartForm,
    "name_verifier": NameVerifierForm,
}
"""Action → its form; `answer_condition` has the screening sheet, and a first submission has nothing to fill in."""
