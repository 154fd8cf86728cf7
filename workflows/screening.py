"""All methods ranked for a site: which fits, which would fit if something changed, and which cannot, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from workflows.facts import SiteFacts
from workflows.policy import BambooWork, Method, MethodStatus, Policy
from workflows.rules import RULES, Outcome, severity_of
from workflows.rules.panels import ON_RECORD
from workflows.states import Activity, Fit, Misfit, Scheme, Severity, Verdict

NOTHING: Mapping[str, Outcome] = MappingProxyType({})
BARS = frozenset(
    {Misfit.CLOSED, Misfit.NOT_YET_IN_FORCE, Misfit.NOT_HERE, Misfit.ACTIVITY, Misfit.FINAL, Misfit.NO_WAY}
)
"""Reasons that nothing in the project's hands removes."""
SETTLED = frozenset({Verdict.PASS, Verdict.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a method does not fit (yet), and the conditions that say so; none where the method itself does."""

    why: Misfit
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MethodFit:
    """A method and the site: how it fits, every reason, every condition, and the ways to additionality.

    `warnings` are conditions that fail on facts nobody has verified; they are shown and keep nobody out.
    `way` names the exemption that stands as met.
    """

    method: Method
    fit: Fit
    reasons: tuple[Reason, ...]
    conditions: tuple[Outcome, ...]
    ways: tuple[Outcome, ...]
    way: str | None
    warnings: tuple[str, ...]


def rank(facts: SiteFacts, policy: Policy, on_record: Mapping[str, Outcome] = NOTHING) -> tuple[MethodFit, ...]:
    """Every method of the policy, the best fit first and none left out.

    `on_record` are the outcomes of conditions that a record of the case decides, an expert panel's; without one
    they are unknown. A method of another standard has no conditions here: it is never more than possible.
    """
    fits = [_fit(method, facts, policy, on_record) for method in policy.methods.values()]
    return tuple(sorted(fits, key=_place))


def _place(found: MethodFit) -> tuple[int, bool, int, int, str]:
    """Best fit first; then what covers the activity, the scheme's order, and how little is open."""
    elsewhere = Reason(Misfit.ACTIVITY) in found.reasons
    open_ = sum(len(reason.clauses) or 1 for reason in found.reasons)
    scheme = min(list(Scheme).index(s) for s in found.method.schemes)
    return list(Fit).index(found.fit), elsewhere, scheme, open_, found.method.id


def _fit(method: Method, facts: SiteFacts, policy: Policy, on_record: Mapping[str, Outcome]) -> MethodFit:
    # Before a method was there its figures had no value, so nothing of it can be judged.
    judged = facts.on >= method.since
    conditions = _outcomes(method.conditions if judged else (), facts, policy, on_record)
    ways = _outcomes(method.ways if judged else (), facts, policy, on_record)
    reasons = tuple(sorted(_reasons(method, facts, conditions, ways), key=lambda r: list(Misfit).index(r.why)))
    return MethodFit(
        method=method,
        fit=_of(reasons),
        reasons=reasons,
        conditions=conditions,
        ways=ways,
        way=next((o.clause for o in ways if o.verdict is Verdict.PASS), None),
        warnings=tuple(o.clause for o in conditions if _warns(o)),
    )


def _of(reasons: Iterable[Reason]) -> Fit:
    whys = {reason.why for reason in reasons}
    if whys & BARS:
        return Fit.CANNOT
    return Fit.COULD_FIT if whys else Fit.FITS


def _outcomes(
    clauses: Iterable[str], facts: SiteFacts, policy: Policy, on_record: Mapping[str, Outcome]
) -> tuple[Outcome, ...]:
    return tuple(_recorded(c, policy, on_record) if c in ON_RECORD else RULES[c](facts, policy) for c in clauses)


def _recorded(clause: str, policy: Policy, on_record: Mapping[str, Outcome]) -> Outcome:
    return on_record.get(clause) or Outcome(clause, Verdict.UNKNOWN, severity_of(clause, policy))


def _reasons(
    method: Method, facts: SiteFacts, conditions: tuple[Outcome, ...], ways: tuple[Outcome, ...]
) -> Iterable[Reason]:
    if method.status is MethodStatus.REPEALED or (method.until and facts.on > method.until):
        yield Reason(Misfit.CLOSED)
    elif method.status is MethodStatus.DRAFT or facts.on < method.since:
        yield Reason(Misfit.NOT_YET_IN_FORCE)
    # A closed method is marked unusable as well; that it is closed says enough.
    elif not method.applicable:
        yield Reason(Misfit.NOT_HERE)
    yield from _of_activity(method, facts)
    failed = [o.clause for o in conditions if o.verdict is Verdict.FAIL and not _warns(o)]
    yield from _named(Misfit.FINAL, [c for c in failed if c in method.final])
    yield from _named(Misfit.CURABLE, [c for c in failed if c not in method.final])
    yield from _named(Misfit.TO_JUDGE, [o.clause for o in conditions if o.verdict is Verdict.MANUAL])
    yield from _named(Misfit.NOT_KNOWN, [o.clause for o in conditions if o.verdict is Verdict.UNKNOWN])
    yield from _of_ways(ways)
    if not method.conditions and method.applicable:
        yield Reason(Misfit.IN_BRIEF)


def _named(why: Misfit, clauses: list[str]) -> Iterable[Reason]:
    if clauses:
        yield Reason(why, tuple(clauses))


def _warns(outcome: Outcome) -> bool:
    return outcome.verdict is Verdict.FAIL and outcome.severity is Severity.WARN


def _of_activity(method: Method, facts: SiteFacts) -> Iterable[Reason]:
    if facts.activity is None:
        yield Reason(Misfit.ACTIVITY_NOT_KNOWN)
    elif facts.activity not in method.activities:
        yield Reason(Misfit.ACTIVITY)
    elif facts.activity is Activity.BAMBOO and method.bamboo is not None:
        if facts.bamboo_planting is None:
            yield Reason(Misfit.ACTIVITY_NOT_KNOWN)
        elif facts.bamboo_planting is not (method.bamboo is BambooWork.PLANTING):
            yield Reason(Misfit.ACTIVITY)


def _of_ways(ways: tuple[Outcome, ...]) -> Iterable[Reason]:
    """One way is enough; while one can still be met, the others do not matter."""
    if not ways or any(o.verdict in SETTLED for o in ways):
        return
    open_ = tuple(o.clause for o in ways if o.verdict is not Verdict.FAIL)
    yield Reason(Misfit.ADDITIONALITY_OPEN, open_) if open_ else Reason(Misfit.NO_WAY, tuple(o.clause for o in ways))
