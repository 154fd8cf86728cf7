"""Screening and contract check of facts that stand alone: a result in plain values, for page, command and download.

Nothing here is kept. Every sentence comes from the clause, in the language asked for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from registry.extensions import writing
from registry.security import throttle
from registry.services.intake import Fault, Problem, Unusable
from registry.services.intake_limits import MOST_PHRASES
from workflows import contract_check, revenue, wording
from workflows.contract_check import Level
from workflows.facts import ContractFacts, SiteFacts
from workflows.policy import Figure, Policy
from workflows.rules import Outcome
from workflows.screening import MethodFit, rank
from workflows.states import Fit, Verdict

Told = dict[str, Any]
"""Plain values as JSON knows them; figures as texts, so that no digit is lost."""


def admit(visitor: str, at: datetime) -> None:
    """Count a check somebody asks for; raises throttle.TooMany. How often is all that is written."""
    with writing():
        throttle.admit_self_check(visitor, at)


def screened(facts: SiteFacts, policy: Policy, lang: str) -> Told:
    """Every method of the policy, the best first, with each condition's verdict, sentence, facts and figures."""
    fits = rank(facts, policy)
    return {
        "kind": "screening",
        "on": facts.on.isoformat(),
        **_graded(of_ranking(fits)),
        "methods": [_method(found, policy, lang) for found in fits],
    }


def checked(facts: ContractFacts, policy: Policy, lang: str) -> Told:
    """Every clause on a contract, the words found in it, and what its promise is worth.

    Raises Unusable for a wording made up of the words that are looked for: it would be read for minutes.
    """
    try:
        return _checked(facts, policy, lang)
    finally:
        wording.forget()  # nothing here is kept, in memory neither


def _checked(facts: ContractFacts, policy: Policy, lang: str) -> Told:
    if wording.count(facts.text or "", policy.lexicon) > MOST_PHRASES:
        raise Unusable([Fault(Problem.TOO_MANY_PHRASES, ("text",), str(MOST_PHRASES))])
    outcomes = contract_check.check(facts, policy)
    by_class = {
        found.id: [o.clause for o in outcomes if policy.clause(o.clause).malpractice == found.id and o.finding]
        for found in policy.malpractices.values()
    }
    return {
        "kind": "contract",
        "on": facts.on.isoformat(),
        **_graded(contract_check.worst(outcomes)),
        "outcomes": [
            _outcome(o, policy, lang) | {"malpractice": policy.clause(o.clause).malpractice} for o in outcomes
        ],
        "malpractices": [
            {"id": m.id, "title": m.title(lang), "findings": by_class[m.id]} for m in policy.malpractices.values()
        ],
        "wording": [plain(hit) for hit in wording.seen(facts.text or "", policy.lexicon)],
        "revenue": _revenue(facts, policy),
    }


def of_ranking(fits: Iterable[MethodFit]) -> Level:
    """How grave a screening is: what the best method finds; a block where no method can be used."""
    best = next(iter(fits))
    if best.fit is Fit.CANNOT:
        return Level.BLOCK
    worst = contract_check.worst(best.conditions)
    return worst if best.fit is Fit.FITS else max(worst, Level.WARN)


def _graded(level: Level) -> Told:
    return {"level": level.name.lower(), "exit": int(level)}


def _method(found: MethodFit, policy: Policy, lang: str) -> Told:
    method = found.method
    return {
        "id": method.id,
        "code": method.code,
        "title": method.title(lang),
        "status": method.status.value,
        "since": method.since.isoformat(),
        "until": method.until.isoformat() if method.until else None,
        "source": method.source(lang),
        "confidence": method.confidence.value,
        "note": method.note(lang),
        "fit": found.fit.value,
        "reasons": [{"why": reason.why.value, "clauses": list(reason.clauses)} for reason in found.reasons],
        "warnings": list(found.warnings),
        "way": found.way,
        "conditions": [_outcome(o, policy, lang) for o in found.conditions],
        "ways": [_outcome(o, policy, lang) for o in found.ways],
    }


def _outcome(outcome: Outcome, policy: Policy, lang: str) -> Told:
    clause = policy.clause(outcome.clause)
    sentence, cure = _words(outcome, policy, lang)
    return {
        "clause": outcome.clause,
        "title": clause.title(lang),
        "verdict": outcome.verdict.value,
        "severity": outcome.severity.value,
        "sentence": sentence,
        "cure": cure,
        "source": clause.source(lang),
        "confidence": clause.confidence.value,
        "facts": {name: plain(value) for name, value in outcome.facts.items()},
        "figures": [_figure(figure, lang) for figure in outcome.figures.values()],
    }


def _words(outcome: Outcome, policy: Policy, lang: str) -> tuple[str, str]:
    """What it says, and what can be done; both empty where there is nothing to find."""
    if not outcome.finding:
        return "", ""
    clause = policy.clause(outcome.clause)
    try:
        sentence = clause.sentence(outcome.verdict, lang, outcome.facts, outcome.figures)
    except LookupError:
        sentence = clause.title(lang)  # a place that nothing fills must not hide the finding
    try:
        cure = clause.cure(lang, outcome.facts, outcome.figures) if outcome.verdict is Verdict.FAIL else ""
    except LookupError:
        cure = ""
    return sentence, cure


def _figure(figure: Figure, lang: str) -> Told:
    return {
        "key": figure.key,
        "title": figure.title(lang),
        "value": plain(figure.value),
        "unit": figure.unit,
        "since": figure.since.isoformat(),
        "source": figure.source(lang),
        "confidence": figure.confidence.value,
    }


def _revenue(facts: ContractFacts, policy: Policy) -> Told | None:
    picture = revenue.picture(facts, policy)
    if picture is None:
        return None
    return {
        **{name: _estimate(getattr(picture, name)) for name in ("low", "high", "own")},
        "claimed_yuan": plain(picture.claimed_yuan),
        "claimed_yuan_per_mu_yr": _rounded(picture.claimed_yuan_per_mu_yr),
        "implied_t_per_mu_yr": _rounded(picture.implied_t_per_mu_yr),
        "times_high": _rounded(picture.times_high),
    }


def _estimate(estimate: revenue.Estimate | None) -> Told | None:
    if estimate is None:
        return None
    totals = {name: _rounded(getattr(estimate, name)) for name in ("tonnes", "total_yuan", "yuan_per_mu_yr")}
    return plain(estimate) | totals  # type: ignore[no-any-return]


def _rounded(value: Decimal | None) -> str | None:
    """A quotient to two decimals, at the very end of the sum."""
    return None if value is None else f"{value:.2f}"


def plain(value: Any) -> Any:
    """A fact as JSON knows it."""
    match value:
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): plain(held) for key, held in value.items()}
        case tuple() | list() | set() | frozenset():
            items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
            return [plain(held) for held in items]
        case str():
            return str(value)  # also a member of a closed list, as its word
        case _ if is_dataclass(value) and not isinstance(value, type):
            return plain(asdict(value))
        case _:
            return value


def level_of(told: Told) -> Level:
    """How grave a result is, read back from it."""
    return Level(told["exit"])
