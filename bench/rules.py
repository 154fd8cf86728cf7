"""Cases judged in a second, with their reasons: the rules, the rule-engine library, a function written by hand.

The same checks on the same made-up sites in one run, equal answers first. The rules take every figure from the policy
by its day and return verdict, weight, facts and dated figures for all checks; the other two hold the figures as
constants and name only what was found, with the facts it rests on. Then both whole checks, which have no counterpart.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import rule_engine

from bench.tools import CAVEAT, arguments, in_turn, say, table
from tests.contracts import COUNTY, FARM, HONEST
from workflows import contract_check
from workflows.facts import SiteFacts
from workflows.policy import Policy
from workflows.rules import RULES
from workflows.screening import rank
from workflows.states import Burning, ForestUse

ON = date(2026, 11, 20)
Found = list[tuple[str, str, Mapping[str, object]]]
"""Clause, verdict, facts: what is not met or not known, in order."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check as rule-engine takes it: when it is broken, when it cannot be told, and what it reads."""

    clause: str
    broken: str
    open: str
    reads: tuple[str, ...]


def _one(clause: str, fact: str, broken: str) -> Check:
    """A check of one fact."""
    return Check(clause, f"{fact} != null and {broken}", f"{fact} == null", (fact,))


CHECKS = (
    _one("A01", "forest_use", 'forest_use not in ["protection", "special_purpose", "timber"]'),
    _one("A06", "wetland_overlap", "wetland_overlap"),
    _one("A07", "trees_removed", "trees_removed"),
    _one("A08", "shrub_removed_pct", "shrub_removed_pct > 20"),
    _one("A09", "repeat_soil_disturbance", "repeat_soil_disturbance"),
    _one("A10", "burning", 'burning not in ["none", "infested_wood"]'),
    _one("A11", "activity_shift", "activity_shift"),
    _one("A12", "lawful", "not lawful"),
    _one("A13", "start_on", 'start_on <= d"2012-11-08"'),
    _one("T04", "increment_t", "increment_t <= 0"),
    _one("T05", "monitoring_years", "(monitoring_years < 1 or monitoring_years > 10)"),
    Check(
        "T06",
        "third_party_report == false or third_party_related == true",
        "third_party_report == null or third_party_related == null",
        ("third_party_report", "third_party_related"),
    ),
    _one("T09", "buffer_pct", "buffer_pct < 10"),
    _one("X02", "key_function_zone", "not key_function_zone"),
)


def sites(number: int) -> list[SiteFacts]:
    """Made-up sites, the same in every run: each fact is known of three in four."""
    pick = Random(20261120)

    def known(value: Any) -> Any:
        return value if pick.random() < 0.75 else None

    def yes() -> bool | None:
        found: bool | None = known(pick.random() < 0.5)
        return found

    uses = [use for use in ForestUse if use is not ForestUse.ENERGY]  # that one people judge
    return [
        SiteFacts(
            on=ON,
            forest_use=known(pick.choice(uses)),
            wetland_overlap=yes(),
            trees_removed=yes(),
            shrub_removed_pct=known(Decimal(pick.randint(0, 50))),
            repeat_soil_disturbance=yes(),
            burning=known(pick.choice(list(Burning))),
            activity_shift=yes(),
            lawful=yes(),
            # Never the day itself: that one is for a person to judge, and the others have two answers only.
            start_on=known(date(2012, 11, 8) + timedelta(days=pick.randint(1, 5000)) * pick.choice([-1, 1])),
            increment_t=known(Decimal(pick.randint(-100, 5000))),
            monitoring_years=known(pick.randint(0, 14)),
            third_party_report=yes(),
            third_party_related=yes(),
            buffer_pct=known(Decimal(pick.randint(0, 30))),
            key_function_zone=yes(),
        )
        for _ in range(number)
    ]


def by_rules(policy: Policy) -> Callable[[SiteFacts], Found]:
    """The rules of this house."""
    rules = [(check.clause, RULES[check.clause]) for check in CHECKS]

    def judge(site: SiteFacts) -> Found:
        outcomes = [(clause, judged(site, policy)) for clause, judged in rules]
        return [(clause, o.verdict.value, o.facts) for clause, o in outcomes if o.finding]

    return judge


def by_rule_engine() -> Callable[[SiteFacts], Found]:
    """The library; its expressions are compiled once."""
    context = rule_engine.Context(resolver=rule_engine.resolve_attribute)
    rules = [
        (c, rule_engine.Rule(c.broken, context=context), rule_engine.Rule(c.open, context=context)) for c in CHECKS
    ]

    def judge(site: SiteFacts) -> Found:
        found: Found = []
        for check, broken, unknown in rules:
            verdict = "fail" if broken.matches(site) else "unknown" if unknown.matches(site) else ""
            if verdict:
                found.append((check.clause, verdict, {name: getattr(site, name) for name in check.reads}))
        return found

    return judge


def by_hand(site: SiteFacts) -> Found:
    """The same checks as somebody would write them down at once."""
    return list(_by_hand(site))


def _by_hand(s: SiteFacts) -> Iterator[tuple[str, str, Mapping[str, object]]]:  # noqa: PLR0912 (all at once)
    if s.forest_use is None or s.forest_use not in ("protection", "special_purpose", "timber"):
        yield "A01", "unknown" if s.forest_use is None else "fail", {"forest_use": s.forest_use}
    if s.wetland_overlap is not False:
        yield "A06", "unknown" if s.wetland_overlap is None else "fail", {"wetland_overlap": s.wetland_overlap}
    if s.trees_removed is not False:
        yield "A07", "unknown" if s.trees_removed is None else "fail", {"trees_removed": s.trees_removed}
    if s.shrub_removed_pct is None or s.shrub_removed_pct > 20:
        yield "A08", "unknown" if s.shrub_removed_pct is None else "fail", {"shrub_removed_pct": s.shrub_removed_pct}
    if s.repeat_soil_disturbance is not False:
        verdict = "unknown" if s.repeat_soil_disturbance is None else "fail"
        yield "A09", verdict, {"repeat_soil_disturbance": s.repeat_soil_disturbance}
    if s.burning is None or s.burning not in ("none", "infested_wood"):
        yield "A10", "unknown" if s.burning is None else "fail", {"burning": s.burning}
    if s.activity_shift is not False:
        yield "A11", "unknown" if s.activity_shift is None else "fail", {"activity_shift": s.activity_shift}
    if not s.lawful:
        yield "A12", "unknown" if s.lawful is None else "fail", {"lawful": s.lawful}
    if s.start_on is None or s.start_on <= date(2012, 11, 8):
        yield "A13", "unknown" if s.start_on is None else "fail", {"start_on": s.start_on}
    if s.increment_t is None or s.increment_t <= 0:
        yield "T04", "unknown" if s.increment_t is None else "fail", {"increment_t": s.increment_t}
    if s.monitoring_years is None or not 1 <= s.monitoring_years <= 10:
        yield "T05", "unknown" if s.monitoring_years is None else "fail", {"monitoring_years": s.monitoring_years}
    if s.third_party_report is not True or s.third_party_related is not False:
        broken = s.third_party_report is False or s.third_party_related is True
        read = {"third_party_report": s.third_party_report, "third_party_related": s.third_party_related}
        yield "T06", "fail" if broken else "unknown", read
    if s.buffer_pct is None or s.buffer_pct < 10:
        yield "T09", "unknown" if s.buffer_pct is None else "fail", {"buffer_pct": s.buffer_pct}
    if not s.key_function_zone:
        yield "X02", "unknown" if s.key_function_zone is None else "fail", {"key_function_zone": s.key_function_zone}


def same(asked: list[SiteFacts], variants: Mapping[str, Callable[[SiteFacts], Found]]) -> None:
    """Stop where two variants say different things of a case."""
    for site in asked:
        answers = {name: [(c, v, dict(read)) for c, v, read in judge(site)] for name, judge in variants.items()}
        first = next(iter(answers.values()))
        for name, answer in answers.items():
            if answer != first:
                raise SystemExit(f"{name} says otherwise of {site}: {answer} against {first}")


def main() -> None:
    """Compare, then print cases per second."""
    asked = arguments(__doc__ or "")
    number, times = (1_000, 3) if asked.quick else (10_000, 5)
    policy, cases = Policy.base(), sites(number)
    variants = {"rules": by_rules(policy), "rule-engine": by_rule_engine(), "by hand": by_hand}
    same(cases, variants)
    found = sum(len(by_hand(site)) for site in cases)
    say(f"{number} cases, {len(CHECKS)} checks each, {found} findings, the same in all variants.")

    def all_of(judge: Callable[[Any], object], given: list[Any]) -> Callable[[], object]:
        return lambda: [judge(one) for one in given]

    taken = in_turn({name: all_of(judge, cases) for name, judge in variants.items()}, times)
    rows = [
        (name, round(number / span), span / number * 1e6, span / taken["by hand"], taken["rule-engine"] / span)
        for name, span in taken.items()
    ]
    heads = ("variant", "cases/s", "µs a case", "times by hand", "rule-engine takes")
    table(f"{len(CHECKS)} checks with reasons", heads, rows)

    contracts = [HONEST, COUNTY, FARM] * (number // 100)
    few = cases[: number // 20]
    whole = {
        f"contract check, {len(contract_check.clauses(policy))} clauses": (
            contracts,
            all_of(lambda facts: contract_check.check(facts, policy), contracts),
        ),
        f"screening, {len(policy.methods)} methods": (few, all_of(lambda facts: rank(facts, policy), few)),
    }
    spans = in_turn({name: do for name, (_, do) in whole.items()}, times)
    table(
        "Whole checks",
        ("check", "cases/s", "µs a case"),
        [(name, round(len(given) / spans[name]), spans[name] / len(given) * 1e6) for name, (given, _) in whole.items()],
    )
    say(f"\n{CAVEAT}")


if __name__ == "__main__":
    main()
