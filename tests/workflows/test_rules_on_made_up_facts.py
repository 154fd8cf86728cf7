"""The rules over facts nobody would think of: what is not known never passes, and a second reading says the same.

The second reading is written from the texts (domain.md §3, §5) with the figures as they stand there; it shares no
function and no figure with the rules.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_up import ON, facts
from workflows.contract_words import ContractNature, Cost, RequiredTerm, Retransfer
from workflows.facts import ContractFacts, ParcelFacts, ProjectFacts, SiteFacts
from workflows.policy import Policy, places
from workflows.rules import RULES
from workflows.rules.panels import ON_RECORD
from workflows.rules.standing import contract_clauses
from workflows.states import Burning, ForestUse, Scheme, Severity, Tenure, TitleDocument, Verdict

POLICY = Policy.base()
CONTRACT = contract_clauses(POLICY)
SITE = tuple(
    sorted(
        {
            c
            for m in POLICY.methods.values()
            for c in (*m.conditions, *m.exemptions)
            if c in RULES and c not in ON_RECORD
        }
    )
)
WHOLE = {SiteFacts: SITE, ContractFacts: CONTRACT}
sites = facts(SiteFacts)
contracts = facts(ContractFacts).map(lambda c: replace(c, has_partner=True))
"""Without a partner most clauses do not apply, whatever is known."""

GOOD = (Verdict.PASS, Verdict.NOT_APPLICABLE)
PASS, FAIL, UNKNOWN, MANUAL, NOT_HERE = (
    *(Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.MANUAL),
    Verdict.NOT_APPLICABLE,
)


def kind(verdict: Verdict) -> str:
    """Good, broken or open: what is good may be so because the clause does not concern the case."""
    return {PASS: "good", NOT_HERE: "good", FAIL: "broken"}.get(verdict, "open")


# What a fail says ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("clause", SITE)
@settings(max_examples=40)
@given(data=st.data())
def test_every_place_of_a_sentence_is_something_the_rule_read(clause, data):
    """A name that no rule hands over would silently leave out its part of the sentence."""
    outcome = RULES[clause](data.draw(sites), POLICY)
    if outcome.verdict is FAIL:
        assert places(POLICY.clause(clause).template(FAIL, "zh")) <= outcome.facts.keys() | outcome.figures.keys()


# What is not known ----------------------------------------------------------------------------------------

CLAIMS = "what is claimed speaks louder than that nothing is said to be promised; without it, nothing is promised"
TEXT = "the text was read: what it does not say, it does not say"
OTHER = "the other of two comparisons is enough"
NAMED = "a body that is not named is tied to nobody yet"
DECIDED = "another answer says so"
EXPLAINED: Mapping[tuple[str, str], str] = {
    ("A17", "claim_on"): "nobody applies before today, so a window that closed stays closed",
    ("R06", "application_on"): "the same",
    **{(r, f): CLAIMS for r in ("R01", "R02", "R04") for f in ("claimed_t_per_mu_yr", "claimed_yuan_per_t")},
    **{(r, "claimed_income_yuan"): CLAIMS for r in ("R01", "R02", "R04")},
    **{(r, f): CLAIMS for r in ("R03", "R05", "R06") for f in ("claimed_t_per_mu_yr", "claimed_yuan_per_t")},
    ("R03", "claimed_income_yuan"): CLAIMS,
    ("R05", "claimed_income_yuan"): CLAIMS,
    ("R06", "claimed_income_yuan"): CLAIMS,
    ("R03", "claimed_years"): "not stated: the years of the term",
    ("R08", "exclusive"): TEXT,
    ("R12", "claims_zero_cost"): TEXT,
    ("R12", "partner_share_pct"): "a hint only: a usual share is no condition",
    ("R11", "cost_cap_yuan"): "a sum is a cap, whatever is ticked",
    **{("R16", f): OTHER for f in ("price_yuan", "appraised_yuan", "price_yuan_per_t", "market_yuan_per_t")},
    ("R17", "crediting_start"): "a side of which nothing is known is open, and may come to be closed",
    ("R17", "crediting_end"): "the same",
    ("R17", "start_on"): "the same",
    ("R17", "end_on"): "the same",
    ("R18", "start_milestone"): DECIDED,
    ("R21", "issuer_consent"): "the consent the clause names",
    ("R24", "number"): "a contract is not counted among the partner's others once it is known to be this one",
    ("R24", "start_on"): "only what is held at one time counts together",
    ("R24", "end_on"): "the same",
    **{("R27", f): "counts go before a share that is only stated" for f in ("votes_for", "votes_entitled")},
    ("R27", "issued_to_outsider"): "whose the land is says who lets it, unless it is said otherwise",
    ("R28", "issued_to_outsider"): "the same",
    **{("R32", f): NAMED for f in ("validator", "verifier", "validator_related_to", "verifier_related_to")},
    (
        "X01",
        "district_code",
    ): "one of two places is enough to know that it lies elsewhere, until the other is in Tai'an",
    ("X01", "parcels"): "the same",
}
"""Clause and fact → why the clause says another thing once the fact is known, though it was not open before."""


@settings(max_examples=60, deadline=None)
@given(site=sites, contract=contracts)
def test_what_was_decided_on_less_is_not_decided_otherwise_on_more(site: SiteFacts, contract: ContractFacts) -> None:
    """So a fact that is missing leaves a clause open: it never lets it pass, nor fails it."""
    for known in (site, contract):
        clauses = WHOLE[type(known)]
        after = {clause: kind(RULES[clause](known, POLICY).verdict) for clause in clauses}
        for name in (f.name for f in fields(known) if f.name not in ("on", "has_partner")):
            less: Any = replace(known, **{name: () if name == "parcels" else None})
            for clause in clauses:
                before = kind(RULES[clause](less, POLICY).verdict)
                if before not in ("open", after[clause]) and (clause, name) not in EXPLAINED:
                    pytest.fail(f"{clause}: {before} without {name}, {after[clause]} with {getattr(known, name)!r}")


@pytest.mark.parametrize("clause", SITE)
def test_a_condition_never_passes_where_nothing_is_known(clause: str) -> None:
    assert RULES[clause](SiteFacts(on=ON), POLICY).verdict is UNKNOWN


@pytest.mark.parametrize("clause", CONTRACT)
def test_a_check_never_passes_where_nothing_is_known_of_a_contract(clause: str) -> None:
    assert RULES[clause](ContractFacts(on=ON), POLICY).verdict is UNKNOWN


@settings(max_examples=60, deadline=None)
@given(site=sites, contract=contracts)
def test_what_rests_on_a_figure_is_unknown_before_its_first_value(site: SiteFacts, contract: ContractFacts) -> None:
    """House.md §4: nothing was in force in 1990, so no clause with a figure can say anything of that day."""
    day = date(1990, 1, 1)
    for known, clauses in ((site, SITE), (contract, CONTRACT)):
        for clause in clauses:
            if POLICY.clause(clause).figures:
                outcome = RULES[clause](replace(known, on=day), POLICY)
                assert outcome.verdict in (UNKNOWN, MANUAL), clause
                assert not outcome.figures, clause


@settings(max_examples=60, deadline=None)
@given(site=sites, contract=contracts)
def test_what_an_outcome_says_can_be_said_in_both_languages(site: SiteFacts, contract: ContractFacts) -> None:
    for known, clauses in ((site, SITE), (contract, CONTRACT)):
        for outcome in (RULES[clause](known, POLICY) for clause in clauses):
            if outcome.verdict in (FAIL, UNKNOWN):
                clause = POLICY.clause(outcome.clause)
                for lang in ("zh", "en"):
                    assert clause.sentence(outcome.verdict, lang, outcome.facts, outcome.figures)


# What blocks ----------------------------------------------------------------------------------------------

CONSENTS = {"R21": "issuer_consent", "R01": "signed_calculation"}
"""The specific paper a blocking clause names, and no other lifts."""


def blocking(known: ContractFacts) -> set[str]:
    return {clause for clause in CONTRACT if RULES[clause](known, POLICY).blocks}


@settings(max_examples=60, deadline=None)
@given(known=contracts)
def test_a_consent_lifts_the_block_of_its_own_clause_and_of_no_other(known: ContractFacts) -> None:
    for clause, paper in CONSENTS.items():
        without, given_ = (replace(known, **{paper: there}) for there in (False, True))
        assert blocking(without) - {clause} == blocking(given_)


@settings(max_examples=60, deadline=None)
@given(known=contracts, officers=st.sets(st.integers(1, 5), max_size=3))
def test_nothing_that_is_signed_or_voted_lifts_a_block(known: ContractFacts, officers: set[int]) -> None:
    """S14: what officers, lawyers and members did to the case is no fact of the contract."""
    bare = ProjectFacts(on=ON, contract=known)
    acted = replace(bare, signatures=frozenset(officers), gates_passed=frozenset(), legal_time_sufficient=True)
    for case in (bare, acted):
        stops = RULES["S14"](case, POLICY)
        assert stops.verdict is FAIL or not blocking(known)
        assert blocking(known) <= set(stops.facts["findings"])  # type: ignore[call-overload]


# A second reading -----------------------------------------------------------------------------------------


def yes(value: bool | None, good: bool) -> Verdict:
    return UNKNOWN if value is None else PASS if value is good else FAIL


def limit(value: Any, good: Callable[[Any], bool]) -> Verdict:
    return UNKNOWN if value is None else PASS if good(value) else FAIL


def began(s: SiteFacts) -> Verdict:
    if s.start_on == date(2012, 11, 8):
        return MANUAL
    return limit(s.start_on, lambda day: day > date(2012, 11, 8))


def planted(s: SiteFacts) -> Verdict:
    if s.forest_use is ForestUse.ENERGY:
        return MANUAL
    return limit(s.forest_use, lambda use: use is not ForestUse.ECONOMIC)


def ticket_report(s: SiteFacts) -> Verdict:
    if s.third_party_report is False or s.third_party_related:
        return FAIL
    return UNKNOWN if None in (s.third_party_report, s.third_party_related) else PASS


def in_no_other(s: SiteFacts) -> Verdict:
    if s.other_mechanism or s.overlaps:
        return FAIL
    return UNKNOWN if None in (s.other_mechanism, s.overlaps) else PASS


def titles(parcels: tuple[ParcelFacts, ...]) -> Verdict:
    bad = [p for p in parcels if p.title_document is TitleDocument.NONE or p.disputed]
    open_ = [p for p in parcels if p.title_document is None or p.disputed is None]
    return FAIL if bad else UNKNOWN if open_ or not parcels else PASS


SITE_READINGS: Mapping[str, Callable[[SiteFacts], Verdict]] = {
    "A01": planted,
    "A04": lambda s: titles(s.parcels),
    "A06": lambda s: yes(s.wetland_overlap, False),
    "A07": lambda s: yes(s.trees_removed, False),
    "A08": lambda s: limit(s.shrub_removed_pct, lambda pct: pct <= 20),
    "A09": lambda s: yes(s.repeat_soil_disturbance, False),
    "A10": lambda s: limit(s.burning, lambda b: b in (Burning.NONE, Burning.INFESTED_WOOD)),
    "A11": lambda s: yes(s.activity_shift, False),
    "A12": lambda s: yes(s.lawful, True),
    "A13": began,
    "A16": in_no_other,
    "B01": lambda s: limit(s.nonforest_since, lambda day: day <= date(2005, 2, 16)),
    "B05": lambda s: limit(s.burning, lambda b: b is Burning.NONE),
    "T01": lambda s: titles(s.parcels),
    "T02": in_no_other,
    "T04": lambda s: limit(s.increment_t, lambda t: t > 0),
    "T05": lambda s: limit(s.monitoring_years, lambda years: 1 <= years <= 10),
    "T06": ticket_report,
    "T09": lambda s: limit(s.buffer_pct, lambda pct: pct >= 10),
    "X02": lambda s: yes(s.key_function_zone, True),
}

Weighed = tuple[Verdict, Severity | None]
"""A verdict, and how heavy a fail weighs; None: not looked at."""
WARN, GROUP, BLOCK = Severity.WARN, Severity.LEADING_GROUP, Severity.BLOCK


def nothing_claimed(c: ContractFacts) -> Weighed:
    claims = (c.claimed_income_yuan, c.claimed_yuan_per_t, c.claimed_t_per_mu_yr)
    return (NOT_HERE if c.promises_income is False and claims == (None,) * 3 else UNKNOWN), None


def claimed_yield(c: ContractFacts) -> Weighed:
    claimed = c.claimed_t_per_mu_yr
    if claimed is None:
        return nothing_claimed(c)
    if claimed > 2:
        return FAIL, GROUP if c.signed_calculation else BLOCK
    return (FAIL, GROUP) if claimed > Decimal("1.2") else (FAIL, WARN) if claimed > Decimal("0.9") else (PASS, None)


def claimed_price(c: ContractFacts) -> Weighed:
    if c.claimed_yuan_per_t is None:
        return nothing_claimed(c)
    times = c.claimed_yuan_per_t / Decimal("70.76")
    return (FAIL, GROUP) if times > Decimal("1.5") else (FAIL, WARN) if times > Decimal("1.2") else (PASS, None)


def deduction(c: ContractFacts) -> Weighed:
    return (
        nothing_claimed(c) if c.claimed_deduction_pct is None else (FAIL if not c.claimed_deduction_pct else PASS, None)
    )


def bearers(c: ContractFacts) -> Weighed:
    if c.cost_bearers is None:
        return UNKNOWN, None
    said = [item.cost for item in c.cost_bearers if item.bearer]
    return (PASS, None) if all(cost in said for cost in Cost) else (FAIL, BLOCK)


def years_over(c: ContractFacts, years: int) -> bool | None:
    """Beyond so many years, by the calendar; 29 February ends on the 28th."""
    if c.start_on is None or c.end_on is None or c.end_on < c.start_on:
        return None
    leap = (c.start_on.month, c.start_on.day) == (2, 29) and (c.start_on.year + years) % 4
    return c.end_on > date(c.start_on.year + years, c.start_on.month, 28 if leap else c.start_on.day)


def long_term(c: ContractFacts) -> Weighed:
    over = years_over(c, 10)
    if over is None:
        return UNKNOWN, None
    return (FAIL, GROUP) if years_over(c, 15) else (FAIL, WARN) if over else (PASS, None)


def longest_term(c: ContractFacts) -> Weighed:
    over = years_over(c, 20)
    state = any(p.tenure is Tenure.STATE for p in c.parcels)
    lease = c.nature is ContractNature.LEASE
    return (UNKNOWN, None) if over is None else (FAIL, BLOCK if state and lease else GROUP) if over else (PASS, None)


def retransfer(c: ContractFacts) -> Weighed:
    if c.retransfer is None:
        return UNKNOWN, None
    household = any(p.tenure is Tenure.HOUSEHOLD for p in c.parcels)
    return (FAIL, BLOCK if household else GROUP) if c.retransfer is Retransfer.FREE else (PASS, None)


def own_title(c: ContractFacts) -> Weighed:
    if any(p.title_document is TitleDocument.NONE or p.disputed or p.coowner_consent == "no" for p in c.parcels):
        return FAIL, BLOCK
    told = [p.title_document and p.disputed is False and p.coowner_consent in ("yes", "not_needed") for p in c.parcels]
    return (PASS if told and all(told) else UNKNOWN), None


def state_approvals(c: ContractFacts) -> Weighed:
    tenures = [p.tenure for p in c.parcels]
    if Tenure.STATE not in tenures:
        return (UNKNOWN if not tenures or None in tenures else NOT_HERE), None
    papers = (c.superior_approval, c.appraisal_on_file, c.collective_decision, c.public_bidding)
    return (FAIL, BLOCK) if False in papers else (UNKNOWN if None in papers else PASS, None)


def person(c: ContractFacts) -> Weighed:
    if c.scheme is not None and c.scheme is not Scheme.CCER:
        return NOT_HERE, None
    if None in (c.scheme, c.applicant_is_person):
        return UNKNOWN, None
    return (FAIL, BLOCK) if c.applicant_is_person else (PASS, None)


def terms(c: ContractFacts) -> Weighed:
    return (UNKNOWN if c.terms_present is None else PASS if set(c.terms_present) == set(RequiredTerm) else FAIL), GROUP


def penalty(c: ContractFacts) -> Weighed:
    if c.penalty_one_sided or (c.penalty_pct is not None and c.penalty_pct > 30):
        return FAIL, WARN
    return (UNKNOWN if None in (c.penalty_one_sided, c.penalty_pct) else PASS), None


CONTRACT_READINGS: Mapping[str, Callable[[ContractFacts], Weighed]] = {
    "R01": claimed_yield,
    "R02": claimed_price,
    "R05": deduction,
    "R13": bearers,
    "R14": lambda c: (yes(c.owner_liable, False), GROUP),
    "R19": retransfer,
    "R20": own_title,
    "R22": longest_term,
    "R23": long_term,
    "R29": state_approvals,
    "R30": penalty,
    "R31": lambda c: (yes(c.owner_may_terminate, True), GROUP),
    "R33": terms,
    "R34": person,
}


@settings(max_examples=200, deadline=None)
@given(site=sites)
def test_a_second_reading_of_the_conditions_says_the_same(site: SiteFacts) -> None:
    for clause, read in SITE_READINGS.items():
        assert (clause, RULES[clause](site, POLICY).verdict) == (clause, read(site))


@settings(max_examples=200, deadline=None)
@given(known=contracts)
def test_a_second_reading_of_the_contract_checks_says_the_same(known: ContractFacts) -> None:
    for clause, read in CONTRACT_READINGS.items():
        outcome, (verdict, weight) = RULES[clause](known, POLICY), read(known)
        assert (clause, outcome.verdict) == (clause, verdict)
        if verdict is FAIL and weight is not None:
            assert (clause, outcome.severity) == (clause, weight)
