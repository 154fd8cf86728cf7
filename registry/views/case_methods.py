"""All methods ranked for a case: which fits, what others would need, and why the rest cannot be used."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import g, render_template
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from registry import formats, labels
from registry.application import Data
from registry.queries import applications
from registry.queries import case as ask
from registry.services.policy import current
from registry.views import case_words as words
from registry.views.case import bp
from workflows.facts import ProjectFacts
from workflows.rules import RULES, Outcome
from workflows.rules.panels import ON_RECORD
from workflows.screening import MethodFit, Reason, rank
from workflows.states import Fit, Misfit, Verdict

HEADINGS: Mapping[Fit, LazyString] = {
    Fit.FITS: _l("Methods that fit"),
    Fit.COULD_FIT: _l("Methods that could fit, and what they still need"),
    Fit.CANNOT: _l("Methods that cannot be used, and why"),
}
NONE: Mapping[Fit, LazyString] = {
    Fit.FITS: _l("No method fits as things are stated and known now."),
    Fit.COULD_FIT: _l("None."),
    Fit.CANNOT: _l("None."),
}


@dataclass(frozen=True, slots=True)
class Named:
    """A condition under a reason: its id and title, and what can be done about it, or which fact is missing."""

    clause: str
    title: str
    help: str


@dataclass(frozen=True, slots=True)
class Because:
    """A reason in words, with the conditions that say so."""

    words: str
    named: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """One condition of a method: what was found."""

    clause: str
    title: str
    verdict: Verdict
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MethodRow:
    """A method as the page shows it."""

    id: str
    name: str
    note: str
    source: str
    schemes: tuple[str, ...]
    chosen: bool
    because: tuple[Because, ...]
    warnings: tuple[Named, ...]
    way: str | None
    judged: tuple[Judged, ...]


@bp.get("/cases/<number>/methods")
def methods(number: str) -> str:  # noqa: ARG001 (the guard has loaded the case)
    """Every method of the policy, compared for what the application states."""
    known = words.facts_shown(g.case)
    ranked = ranking(known)
    data = applications.data_of(applications.answers_of(g.case.id, g.case.round))
    return render_template(
        "case/methods.html",
        case=g.case,
        groups=[(fit, HEADINGS[fit], NONE[fit], [_row(m, known, data) for m in ranked if m.fit is fit]) for fit in Fit],
        inside=words.is_inside(),
    )


def ranking(known: ProjectFacts) -> tuple[MethodFit, ...]:
    """The ranking of a case; what an expert panel of the round decided stands on record."""
    if known.site is None:
        raise ValueError("a case without its site cannot be ranked")
    recorded: dict[str, Outcome] = {clause: RULES[clause](known, current()) for clause in ON_RECORD}
    return rank(known.site, current(), recorded)


def _row(found: MethodFit, known: ProjectFacts, data: Mapping[str, Data]) -> MethodRow:
    method, tongue = found.method, words.lang()
    return MethodRow(
        id=method.id,
        name=applications.method_name(method.id),
        note=method.note(tongue),
        source=method.source(tongue),
        schemes=tuple(sorted(method.schemes)),
        chosen=method.id == known.method,
        because=tuple(_because(reason, data) for reason in found.reasons),
        warnings=tuple(_named(clause, current().clause(clause).cure(tongue)) for clause in found.warnings),
        way=found.way,
        judged=tuple(_judged(outcome) for outcome in (*found.conditions, *found.ways)),
    )


def _because(reason: Reason, data: Mapping[str, Data]) -> Because:
    return Because(labels.label(reason.why), tuple(_named(c, _help(reason.why, c, data)) for c in reason.clauses))


def _named(clause_id: str, help_words: str) -> Named:
    return Named(clause_id, current().clause(clause_id).title(words.lang()), help_words)


def _help(why: Misfit, clause_id: str, data: Mapping[str, Data]) -> str:
    """The cure of a condition that fails; of one that is not known what cannot be told, and the answers missing."""
    clause, tongue = current().clause(clause_id), words.lang()
    if why is Misfit.NOT_KNOWN:
        missing = [label for label, answer in ask.stated(data, clause_id) if answer == labels.DASH]
        said = clause.sentence(Verdict.UNKNOWN, tongue)
        return formats.gap().join(
            [said, _("Not answered: %(what)s.", what=_("; ").join(missing))] if missing else [said]
        )
    return clause.cure(tongue) if why in (Misfit.CURABLE, Misfit.TO_JUDGE) else ""


def _judged(outcome: Outcome) -> Judged:
    said = words.finding(outcome, g.case)
    return Judged(outcome.clause, said.title, outcome.verdict, said.facts if outcome.finding else ())
