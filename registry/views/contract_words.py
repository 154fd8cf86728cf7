"""A contract check in words: findings by class, the promise beside what is plausible, the wording, the land held."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from flask_babel import gettext as _

from registry import formats, labels
from registry.models import Case
from registry.services.policy import current
from registry.views.case_words import Finding, finding, lang
from workflows import revenue, wording
from workflows.contract_class import extent, term_of
from workflows.facts import ContractFacts, ProjectFacts
from workflows.policy import ALL_CLASSES, Confidence, Policy
from workflows.rules import RULES, Outcome
from workflows.rules.standing import contract_clauses
from workflows.states import Severity, Verdict

WAN = Decimal(10_000)
WIDTH = 3000
"""Units of the bars' drawing."""


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one class of plan 5(4)."""

    id: str
    title: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the picture: words, where the shape begins and ends, and the value in words."""

    kind: str
    words: str
    start: str
    length: str
    value: str
    thick: bool = True
    loud: bool = False


@dataclass(frozen=True, slots=True)
class Promise:
    """The income a contract holds out, beside what is plausible."""

    sentence: str
    each: str
    bars: tuple[Bar, ...]
    band: tuple[str, str]
    ticks: tuple[str, ...]
    years: str
    table: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the wording; with `clause` a phrase that was found: it counts unless `aside`."""

    text: str
    clause: str = ""
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """The land one partner and its affiliates hold at one time."""

    term: str
    own: str
    total: str
    complete: bool
    districts: tuple[tuple[str, str, str], ...]
    others: tuple[tuple[str, str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many checks came out how."""

    checked: int
    block: int
    leading_group: int
    warn: int
    unknown: int
    passed: int
    not_applicable: int

    @property
    def found(self) -> bool:
        """Whether anything stands."""
        return bool(self.block or self.leading_group or self.warn or self.unknown)


def outcomes(known: ProjectFacts, policy: Policy) -> tuple[Outcome, ...]:
    """What every clause on the contract says."""
    return tuple(RULES[clause](known, policy) for clause in contract_clauses(policy))


def tally(judged: Iterable[Outcome]) -> Tally:
    """The counts: what fails by its weight, and what nobody can tell apart from it."""
    listed = list(judged)
    failed = [o.severity for o in listed if o.verdict is Verdict.FAIL]
    return Tally(
        len(listed),
        failed.count(Severity.BLOCK),
        failed.count(Severity.LEADING_GROUP),
        failed.count(Severity.WARN),
        sum(o.finding and o.verdict is not Verdict.FAIL for o in listed),
        sum(o.verdict is Verdict.PASS for o in listed),
        sum(o.verdict is Verdict.NOT_APPLICABLE for o in listed),
    )


def groups(judged: Iterable[Outcome], case: Case) -> list[Group]:
    """The findings of each class, in the plan's order; classes without any too."""
    policy = current()
    order = [Severity.BLOCK, Severity.LEADING_GROUP, Severity.WARN]
    found: dict[str, list[Outcome]] = {}
    for outcome in judged:
        if outcome.finding:
            found.setdefault(policy.clause(outcome.clause).malpractice or ALL_CLASSES, []).append(outcome)
    titles = {m.id: m.title(lang()) for m in policy.malpractices.values()} | {ALL_CLASSES: _("All contracts")}
    return [
        Group(
            key,
            title,
            tuple(
                _said(o, case)
                for o in sorted(
                    found.get(key, []), key=lambda o: (o.verdict is not Verdict.FAIL, order.index(o.severity))
                )
            ),
        )
        for key, title in titles.items()
    ]


def _said(outcome: Outcome, case: Case) -> Finding:
    """A finding without a link to itself; marked where its figures are proposed."""
    proposed = any(figure.confidence is Confidence.PROPOSED for figure in outcome.figures.values())
    return replace(finding(outcome, case), fix_url="", fix="", proposed=proposed)


def promise(facts: ContractFacts, policy: Policy) -> Promise | None:
    """The picture of the claim; None where nothing is promised or there is nothing to set it beside."""
    seen = revenue.picture(facts, policy)
    if seen is None or not facts.promises_income or not seen.scale_yuan:
        return None
    top = _round_up(seen.scale_yuan / WAN)

    def at(yuan: Decimal) -> str:
        return f"{yuan / WAN / top * WIDTH:.1f}"

    low, high = seen.low, seen.high
    bars = [
        Bar(
            "band",
            _("Plausible"),
            at(low.total_yuan),
            at(high.total_yuan - low.total_yuan),
            f"{_wan(low.total_yuan)}–{_wan(high.total_yuan)}",
        )
    ]
    if seen.own:
        total = seen.own.total_yuan
        bars.append(Bar("bar2", _("By the contract’s own figures"), "0", at(total), _wan(total), thick=False))
    if seen.claimed_yuan is not None:
        times = seen.times_high
        more = _(" (%(times)s times)", times=formats.number(times, 2)) if times is not None and times > 1 else ""
        beyond = seen.claimed_yuan > high.total_yuan
        value = f"{_wan(seen.claimed_yuan)}{more}"
        kind = "claim" if beyond else "bar2"
        bars.append(Bar(kind, _("Promised"), "0", at(seen.claimed_yuan), value, loud=beyond))
    rows = [(_("Low end"), low), (_("High end"), high)]
    rows += [(_("By the contract’s own figures"), seen.own)] if seen.own else []
    table = tuple(
        (
            words,
            formats.number(e.yield_t_per_mu_yr),
            formats.number(e.price_yuan_per_t),
            f"{formats.number(e.deduction_pct)}%",
            _wan(e.total_yuan),
            formats.number(e.yuan_per_mu_yr, 1),
        )
        for words, e in rows
    )
    years = formats.number(low.years)
    return Promise(
        _sentence(seen, years),
        _each(seen),
        tuple(bars),
        (at(low.total_yuan), at(high.total_yuan - low.total_yuan)),
        tuple(formats.number(top * n / 4) for n in range(5)),
        years,
        table,
    )


def _sentence(seen: revenue.Picture, years: str) -> str:
    if seen.claimed_yuan is None:
        return _("The contract names no income in all; its own figures are set beside the plausible range.")
    said = {"sum": formats.money(seen.claimed_yuan), "years": years}
    times = seen.times_high
    if times is not None and times > 1:
        return _(
            "The contract promises %(sum)s in %(years)s years, %(times)s times the high end of what is plausible.",
            times=formats.number(times, 2),
            **said,
        )
    return _("The contract promises %(sum)s in %(years)s years, within or below what is plausible.", **said)


def _each(seen: revenue.Picture) -> str:
    """What the promise comes to for a mu and a year, beside the range."""
    said = {
        "low": formats.number(seen.low.yuan_per_mu_yr, 1),
        "high": formats.number(seen.high.yuan_per_mu_yr, 1),
        "low_t": formats.number(seen.low.yield_t_per_mu_yr),
        "high_t": formats.number(seen.high.yield_t_per_mu_yr),
    }
    if seen.claimed_yuan_per_mu_yr is None or seen.implied_t_per_mu_yr is None:
        return _("For a mu and a year %(low)s to %(high)s yuan and %(low_t)s to %(high_t)s t are plausible.", **said)
    return _(
        "For a mu and a year that is %(yuan)s yuan (plausible: %(low)s to %(high)s) and needs %(tonnes)s t "
        "(plausible: %(low_t)s to %(high_t)s).",
        yuan=formats.number(seen.claimed_yuan_per_mu_yr, 1),
        tonnes=formats.number(seen.implied_t_per_mu_yr, 2),
        **said,
    )


def _wan(yuan: Decimal) -> str:
    """Ten thousands of yuan, with a decimal where it tells; the unit stands at the scale."""
    return formats.number(yuan / WAN, 1 if abs(yuan) < 1000 * WAN else 0)


def _round_up(value: Decimal) -> Decimal:
    """The next number that divides well: 1, 2, 4 or 8 times a power of ten."""
    power = Decimal(10) ** value.adjusted()
    return next(step * power for step in map(Decimal, (1, 2, 4, 8, 10)) if step * power >= value)


def parts(text: str, policy: Policy) -> list[Part]:
    """The wording cut at every phrase that was found."""
    found, place = [], 0
    for hit in wording.seen(text, policy.lexicon):
        found.append(Part(text[place : hit.start]))
        found.append(Part(text[hit.start : hit.end], hit.clause, hit.aside is not None))
        place = hit.end
    return [part for part in (*found, Part(text[place:])) if part.text]


def held(facts: ContractFacts, policy: Policy) -> Held:
    """Term and land of the contract, with the partner's other contracts that run beside it."""
    land, years = extent(facts), term_of(facts)
    districts = []
    for code, area in land.by_district.items():
        figure = policy.reference(f"forest_land_{code}_mu", facts.on)
        share = f"{formats.number(area / figure.number * 100, 2)}%" if figure else _("basis to be determined")
        districts.append((labels.district(code), formats.area(area), share))
    others = [
        (
            other.number,
            other.partner,
            labels.district(other.district_code),
            formats.area(other.area_mu),
            f"{formats.day_short(other.start_on)} – {formats.day_short(other.end_on)}",
        )
        for other in facts.other_contracts or ()
        if other.number in land.counted
    ]
    return Held(
        _("%(years)s years", years=formats.number(years)) if years is not None else formats.DASH,
        formats.area(land.own_mu),
        formats.area(land.total_mu),
        land.complete,
        tuple(districts),
        tuple(others),
    )
