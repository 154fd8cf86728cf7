"""All methods ranked for a case: which fits, what others would need, and why the rest cannot be used."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import g, render_template
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from registry import labels
from registry.queries import applications
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
    """A condition under a reason: its id and title, and what can be done about it."""

    clause: str
    title: str
    cure: str


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
    return render_template(
        "case/methods.html",
        case=g.case,
        groups=[(fit, HEADINGS[fit], NONE[fit], [_row(m, known) for m in ranked if m.fit is fit]) for fit in Fit],
        inside=words.is_inside(),
    )


def ranking(known: ProjectFacts) -> tuple[MethodFit, ...]:
    """The ranking of a case; what an expert panel of the round decided stands on record."""
    if known.site is None:
        raise ValueError("a case without its site cannot be ranked")
    recorded: dict[str, Outcome] = {clause: RULES[clause](known, current()) for clause in ON_RECORD}
    return rank(known.site, current(), recorded)


def _row(found: MethodFit, known: ProjectFacts) -> MethodRow:
    method, tongue = found.method, words.lang()
    return MethodRow(
        id=method.id,
        name=applications.method_name(method.id),
        note=method.note(tongue),
        source=method.source(tongue),
        schemes=tuple(sorted(method.schemes)),
        chosen=method.id == known.method,
        because=tuple(_because(reason) for reason in found.reasons),
        warnings=tuple(_named(clause, curable=True) for clause in found.warnings),
        way=found.way,
        judged=tuple(_judged(outcome) for outcome in (*found.conditions, *found.ways)),
    )


def _because(reason: Reason) -> Because:
    curable = reason.why in (Misfit.CURABLE, Misfit.NOT_KNOWN, Misfit.TO_JUDGE)
    return Because(labels.label(reason.why), tuple(_named(clause, curable=curable) for clause in reason.clauses))


def _named(clause_id: str, *, curable: bool) -> Named:
    clause, tongue = current().clause(clause_id), words.lang()
    return Named(clause_id, clause.title(tongue), clause.cure(tongue) if curable else "")


def _judged(outcome: Outcome) -> Judged:
    said = words.finding(outcome, g.case)
    return Judged(outcome.clause, said.title, outcome.verdict, said.facts if outcome.finding else ())
