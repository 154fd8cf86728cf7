"""The rules as people read them: every clause with its source, its figures, where it acts, and its scenarios."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from string import Formatter

from flask import Blueprint, abort, g, render_template, request
from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from registry import formats, labels, permissions, rulebook, scenarios
from registry.clock import today
from registry.rulebook import Part
from registry.services.policy import current
from workflows.policy import Clause, Confidence, Decision, Enforced, Figure, Policy, fill, with_unit
from workflows.states import Severity

bp = Blueprint("rules", __name__)

LONGEST_QUERY = 80

CHAPTERS: Mapping[str, LazyString] = {
    "G": _l("The plan and what an entry means"),
    "S": _l("Procedure"),
    "R": _l("Owner, title and contract"),
    "P": _l("The pilot of the forest farm and its reports"),
    "A": _l("Conditions of CCER-14-001 Afforestation"),
    "X": _l("Grounds that exempt from arguing additionality"),
    "T": _l("Conditions of a forestry carbon ticket"),
    "B": _l("Conditions of AR-CM-001 Afforestation (former)"),
    "C": _l("Conditions of AR-CM-003 Forest management (former)"),
    "D": _l("Conditions of AR-CM-002 Bamboo afforestation (former)"),
    "F": _l("Conditions of AR-CM-005 Bamboo forest management (former)"),
}
"""Letters of the clauses in the order of the pages; a test asks for all."""

HELD: Mapping[Enforced, LazyString] = {
    Enforced.RULE: _l("Checked by the system"),
    Enforced.TABLE: _l("Held by the order of the steps"),
    Enforced.CLOCK: _l("Held by the clock"),
    Enforced.DATABASE: _l("Held by the database"),
    Enforced.MANUAL: _l("Answered by officers"),
}
HOW: Mapping[Enforced, LazyString] = {
    Enforced.RULE: _l("The system checks it from what is on file and says what is missing."),
    Enforced.TABLE: _l("It is a step of the procedure itself: there is no other way to the same end."),
    Enforced.CLOCK: _l("The system counts the days and acts or reminds by itself."),
    Enforced.DATABASE: _l("The database refuses any record that breaks it, whoever writes it and by whatever means."),
    Enforced.MANUAL: _l("Officers look into it and answer on the screening sheet, with what the answer rests on."),
}
PROPOSED = _l("The system proposes the answer from what is on file; two officers decide on the screening sheet.")
"""How a clause is held that a rule proposes and officers answer."""
COMPARED = _l("The system checks it when it compares all methods for a project.")
RULES_OUT = _l("Speaks against the former method in the comparison, and stops no step.")
STOPS: Mapping[Severity, LazyString] = {
    Severity.BLOCK: _l("Stops the step until it is cured. No vote can pass over it."),
    Severity.LEADING_GROUP: _l("Goes to the leading group, which decides with two thirds of the members entitled."),
    Severity.WARN: _l("Is shown, and stops nobody."),
}
SURE: Mapping[Confidence, LazyString] = {
    Confidence.SEEN: _l("Taken from the text of the source."),
    Confidence.KNOWN: _l("Known from practice; the text of the source has not been read again."),
    Confidence.UNSURE: _l("Not verified. What is not verified only warns and stops nobody."),
    Confidence.PROPOSED: _l("A proposal: it acts as shown until the leading group sets it by document."),
}
MARKS: Mapping[Confidence, LazyString] = {
    Confidence.PROPOSED: _l("Proposed"),
    Confidence.UNSURE: _l("Not verified"),
}
"""How sure a source is, where the reader has to know it."""

PARTS: Mapping[Part, LazyString] = {
    Part.ASKS: _l("Needs this rule to be met"),
    Part.CARRIES_OUT: _l("Carries this rule out"),
    Part.ANSWERS: _l("Officers answer it here"),
}


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One value of a figure: in force from `since` to the day before `until` (None: still)."""

    title: str
    value: str
    since: date
    until: date | None
    source: str
    mark: str
    key: str
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A step or act in which the clause acts, in words."""

    act: str
    part: str
    states: str
    roles: str


@bp.get("/rules")
def index() -> str:
    """Every clause by chapter; `q` filters by words, `held` by what holds people to it."""
    q = " ".join(unicodedata.normalize("NFKC", request.args.get("q", "")).split())[:LONGEST_QUERY]
    held = request.args.get("held", "")
    held = held if held in set(Enforced) else ""
    policy = current()
    found = [c for c in policy.clauses.values() if (not held or c.enforced == held) and _holds(c, q)]
    return render_template(
        "rules/index.html",
        chapters=[(letter, words, [c for c in found if c.id[0] == letter]) for letter, words in CHAPTERS.items()],
        total=len(found),
        chosen={"q": q, "held": held},
        held_words={e: HELD[e] for e in Enforced if any(c.enforced is e for c in policy.clauses.values())},
        marks=MARKS,
        tongue=tongue(),
    )


@bp.get("/rules/<clause_id>")
def clause(clause_id: str) -> str:
    """One clause: its source, what it says, its figures by date, where it acts, and its scenarios."""
    policy = current()
    found = policy.clauses.get(clause_id)
    if found is None:
        abort(404)
    compared = rulebook.compared(found, policy)
    return render_template(
        "rules/clause.html",
        clause=found,
        chapter=CHAPTERS[found.id[0]],
        chapters=_chapters(policy),
        siblings=[c for c in policy.clauses.values() if c.id[0] == found.id[0]],
        said=_said(found, policy),
        figures=_figures(found, policy),
        places=_places(found, policy),
        methods=rulebook.methods(found, policy),
        compared=compared,
        finding=rulebook.stands_as_finding(found, policy),
        scenarios=scenarios.of(clause_id),
        held=HELD[found.enforced],
        how=_how(found, compared=bool(compared)),
        stops=RULES_OUT if compared else STOPS[found.severity],
        sure=SURE[found.confidence],
        mark=MARKS.get(found.confidence, ""),
        may_see_policy=bool(permissions.offices(g.get("user")) & permissions.POLICY.offices),
        tongue=tongue(),
    )


def _how(clause: Clause, *, compared: bool) -> LazyString:
    if compared:
        return COMPARED
    return PROPOSED if clause.enforced is Enforced.RULE and clause.field else HOW[clause.enforced]


@bp.app_template_global()
def rules_of_step(action: str) -> tuple[str, ...]:
    """The ids of the clauses a step carries out or asks for, so that a decision can name its rules."""
    return rulebook.of_step(action, current())


def tongue() -> str:
    """`zh` or `en`."""
    return "zh" if formats.is_chinese() else "en"


def _holds(clause: Clause, q: str) -> bool:
    """Whether every word of a search stands in the clause, in either language, or in the title of a scenario."""
    texts = [clause.id, *(s.title for s in scenarios.of(clause.id))]
    for lang in ("zh", "en"):
        texts += [clause.title(lang), clause.source(lang), clause.question(lang)]
    texts += [clause.fails_zh, clause.fails_en, clause.unknown_zh, clause.unknown_en, clause.cure_zh, clause.cure_en]
    text = unicodedata.normalize("NFKC", " ".join(texts)).casefold()
    return all(word in text for word in q.casefold().split())


def _chapters(policy: Policy) -> list[tuple[str, LazyString, str, str]]:
    """(letter, words, first id, last id) of every chapter."""
    ids = {letter: [c for c in policy.clauses if c[0] == letter] for letter in CHAPTERS}
    return [(letter, words, ids[letter][0], ids[letter][-1]) for letter, words in CHAPTERS.items() if ids[letter]]


def _said(clause: Clause, policy: Policy) -> list[tuple[str, str]]:
    """What the clause asks and says, as (when, words); what only a case can fill in reads “…”."""
    lang, figures = tongue(), policy.figures_of(clause.id, today())
    zh = lang == "zh"
    asked = _("The question") if rulebook.compared(clause, policy) else _("Officers are asked")
    texts = (
        (asked, clause.question(lang)),
        (_("If it is not met"), clause.fails_zh if zh else clause.fails_en),
        (_("If it cannot be told"), clause.unknown_zh if zh else clause.unknown_en),
        (_("What can be done"), clause.cure_zh if zh else clause.cure_en),
    )
    return [(when, _filled(text, lang, figures)) for when, text in texts if text]


def _filled(text: str, lang: str, figures: Mapping[str, Figure]) -> str:
    known = {name: figures.get(name, "…") for _text, name, _spec, _conv in Formatter().parse(text) if name}
    return fill(text, lang, known)


def _figures(clause: Clause, policy: Policy) -> list[FigureRow]:
    """Every value of the clause's figures, newest first; the two halves of a share stand in one row."""
    rows: list[FigureRow] = []
    for key in clause.figures:
        if key.endswith("_den") and f"{key[:-4]}_num" in clause.figures:
            continue
        series = policy.figures[key]
        untils = [*(later.since for later in series[1:]), None]
        rows += reversed([_row(f, until, policy) for f, until in zip(series, untils, strict=True)])
    return rows


def _row(figure: Figure, until: date | None, policy: Policy) -> FigureRow:
    value = measured(figure)
    if figure.key.endswith("_num") and (den := f"{figure.key[:-4]}_den") in policy.figures:
        value = f"{value}/{formats.number(policy.figure(den, figure.since).number)}"
    lang = tongue()
    mark = str(MARKS.get(figure.confidence, ""))
    if mark.lower() in figure.source(lang).lower():
        mark = ""  # the source says so itself
    return FigureRow(
        figure.title(lang), value, figure.since, until, figure.source(lang), mark, figure.key, figure.decision
    )


def measured(figure: Figure) -> str:
    """A figure with its unit, in the reader's language."""
    if figure.unit == "date":
        return formats.day(figure.day)
    n = formats.number(figure.number)
    match figure.unit:
        case "persons":
            return ngettext("%(num)s person", "%(num)s people", int(figure.number))
        case "WD":
            return ngettext("%(num)s working day", "%(num)s working days", int(figure.number))
        case "days":
            return ngettext("%(num)s day", "%(num)s days", int(figure.number))
        case "years":
            return ngettext("%(num)s year", "%(num)s years", int(figure.number))
        case "mu":
            return formats.mu(figure.number)
        case "%":
            return f"{n}%"
        case "m2":
            return _("%(n)s m²", n=n)
        case unit:
            return with_unit(figure.number, unit, tongue())


def _places(clause: Clause, policy: Policy) -> list[PlaceRow]:
    return [
        PlaceRow(
            labels.action_label(place.act.name),
            str(PARTS[place.part]),
            _(", ").join(labels.label(state) for state in place.act.sources),
            _(", ").join(labels.label(role) for role in sorted(place.act.by)),
        )
        for place in rulebook.places(clause, policy)
    ]
