"""Forms with one box for each field or clause: the correction notice and the screening sheet."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields import SelectChoice

from registry.forms.act_base import ActForm, words_field
from registry.forms.fields import AtMost, LongTextField, Optional, RadioChoiceField, TextField, TickField


class CorrectionForm(ActForm):
    """一次性告知书: the view builds one box for each field (`build_correction`)."""

    late_reason = words_field(
        _l("The chair’s written reason for naming something new"),
        required=False,
        hint=_l("Only where this notice names what the earlier one did not and the new round did not bring in."),
        rows=3,
    )
    targets: tuple[str, ...] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """At least one fault, each said in words."""
        good = bool(super().validate(extra_validators))
        for place, _target in enumerate(self.targets):
            what = self[f"what_{place}"]
            if self[f"tick_{place}"].data and not what.data and not what.errors:
                what.errors = [_("Say what is wrong here, or take the tick away")]
                good = False
        if good and not self.values()["faults"]:
            self.form_errors.append(_("Name at least one fault"))
            return False
        return good

    def values(self) -> dict[str, Any]:
        """Faults in the order of the pages; a text without a tick counts as well."""
        faults = [
            {"field": target, "what": self[f"what_{place}"].data}
            for place, target in enumerate(self.targets)
            if self[f"what_{place}"].data
        ]
        # A first notice has no box for a late reason.
        return {"faults": faults, "late_reason": (self.late_reason.data or None) if "late_reason" in self else None}


def build_correction(targets: Sequence[tuple[str, str]]) -> CorrectionForm:
    """The notice's form for these (field id, label)."""
    fields: dict[str, Any] = {"targets": tuple(t for t, _label in targets)}
    for place, (_target, label) in enumerate(targets):
        fields[f"tick_{place}"] = TickField(label)
        fields[f"what_{place}"] = TextField(label, [Optional(), AtMost(500)])
    form: CorrectionForm = type("NoticeForm", (CorrectionForm,), fields)()
    return form


class SheetForm(ActForm):
    """The screening sheet: a verdict and evidence for each clause (`build_sheet`)."""

    clauses: tuple[str, ...] = ()
    proposed: Mapping[str, str | None] = {}
    """Clause → the answer its rule proposes, if it can tell."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Every answer needs its evidence, and evidence an answer; one that differs from the proposal is told so."""
        good = bool(super().validate(extra_validators))
        for clause in self.clauses:
            verdict, evidence = self[f"v_{clause}"], self[f"e_{clause}"]
            if verdict.data and not evidence.data and not evidence.errors:
                evidence.errors = [self._wanting(clause, verdict.data)]
                good = False
            if evidence.data and not verdict.data and not verdict.errors:
                verdict.errors = [_("%(clause)s: choose an answer", clause=clause)]
                good = False
        return good

    def _wanting(self, clause: str, verdict: str) -> str:
        if self.proposed.get(clause) in (None, verdict):
            return _("%(clause)s: say what the answer rests on", clause=clause)
        return _("%(clause)s: your answer differs from what the rule proposes. Say what it rests on", clause=clause)

    def answers(self) -> dict[str, dict[str, str]]:
        """Clause → verdict and evidence of every answered row."""
        return {
            c: {"verdict": self[f"v_{c}"].data, "evidence": self[f"e_{c}"].data}
            for c in self.clauses
            if self[f"v_{c}"].data
        }


def build_sheet(
    clauses: Sequence[str],
    choices: Sequence[SelectChoice],
    own: Mapping[str, tuple[str, str]],
    proposed: Mapping[str, str | None],
) -> SheetForm:
    """The sheet's form with the officer's own answers (clause → verdict, evidence) filled in."""
    fields: dict[str, Any] = {"clauses": tuple(clauses), "proposed": proposed}
    for clause in clauses:
        fields[f"v_{clause}"] = RadioChoiceField(_l("My answer"), [Optional()], choices=list(choices))
        fields[f"e_{clause}"] = LongTextField(_l("What it rests on"), [Optional(), AtMost(2000)], rows=2)
    data = {f"v_{c}": v for c, (v, _e) in own.items()} | {f"e_{c}": e for c, (_v, e) in own.items()}
    form: SheetForm = type("PageForm", (SheetForm,), fields)(data=data)
    return form
