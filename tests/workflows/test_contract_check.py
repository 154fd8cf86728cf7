"""The check of a contract: what is missing never passes, what is found can be said, and samples read right."""

import typing
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contracts import COUNTY, FARM, HONEST, ON, parcel
from workflows.contract_check import Level, check, clauses, level, worst
from workflows.contract_words import Bearer, ClaimKind, Party, PriceFormula
from workflows.facts import ContractFacts, CostBearer, CostItem, ProjectFacts, RivalClaim
from workflows.policy import Confidence, Figure, Policy
from workflows.revenue import picture
from workflows.rules import RULES, Outcome
from workflows.states import Scheme, Severity, Tenure, Verdict

POLICY = Policy.base()
CLAUSES = clauses(POLICY)
EMPTY = ContractFacts(on=ON)
D = Decimal


def judged(clause_id, facts=HONEST, policy=POLICY, **changes):
    return RULES[clause_id](replace(facts, **changes), policy)


def found(facts):
    return {o.clause: o for o in check(facts, POLICY) if o.verdict is Verdict.FAIL}


# The facts stand alone


def plain_types(hint):
    """The types of a field, looked into unions and tuples."""
    if typing.get_origin(hint) in {typing.Union, UnionType, tuple}:
        return {t for part in typing.get_args(hint) if part is not Ellipsis for t in plain_types(part)}
    return {hint}


def test_a_contract_is_made_of_plain_values_that_a_file_can_hold():
    todo, done = [ContractFacts], set()
    while todo:
        record = todo.pop()
        done.add(record)
        for kind in {t for hint in typing.get_type_hints(record).values() for t in plain_types(hint)} - done:
            if is_dataclass(kind):
                todo.append(kind)
            else:
                assert kind in {str, int, bool, Decimal, date, NoneType} or issubclass(kind, StrEnum), kind
    assert len(done) == 6


def test_nothing_of_a_contract_must_be_known_but_the_day():
    assert [f.name for f in fields(ContractFacts) if f.default is MISSING] == ["on"]


# All clauses


def test_the_check_asks_all_thirty_four_clauses_in_order():
    assert tuple(f"R{n:02}" for n in range(1, 35)) == CLAUSES
    assert tuple(o.clause for o in check(EMPTY, POLICY)) == CLAUSES


def test_every_class_of_the_plan_has_its_clauses():
    classes = {POLICY.clause(c).malpractice for c in CLAUSES}
    assert classes == {*POLICY.malpractices, "all"}
    assert {m.title("zh") for m in POLICY.malpractices.values()} >= {"虚夸开发收益的商业炒作"}
    assert all(m.title("en") for m in POLICY.malpractices.values())


@pytest.mark.parametrize("clause", CLAUSES)
def test_of_an_empty_contract_every_clause_is_unknown(clause):
    assert judged(clause, EMPTY).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("clause", [c for c in CLAUSES if c not in {"R20", "R34"}])
def test_a_case_is_judged_by_its_contract_and_unknown_without_one(clause):
    case = ProjectFacts(on=ON)
    assert RULES[clause](case, POLICY).verdict is Verdict.UNKNOWN
    assert RULES[clause](replace(case, contract=COUNTY), POLICY) == RULES[clause](COUNTY, POLICY)


@pytest.mark.parametrize("clause", CLAUSES)
def test_without_a_partner_and_with_nothing_known_no_clause_on_the_contract_applies(clause):
    expected = Verdict.UNKNOWN if clause in {"R20", "R34"} else Verdict.NOT_APPLICABLE
    assert judged(clause, EMPTY, has_partner=False).verdict is expected


def test_without_a_partner_what_concerns_the_project_itself_is_still_judged():
    alone = replace(HONEST, has_partner=False)
    claim = RivalClaim(kind=ClaimKind.TICKET, number="TP-1")
    assert judged("R17", alone, rival_claims=(claim,)).blocks
    assert judged("R32", alone, verifier_related_to=(Party.OWNER,)).blocks
    assert judged("R25", alone, crediting_end=date(2070, 1, 1)).verdict is Verdict.FAIL
    assert judged("R01", alone, claimed_t_per_mu_yr=D(9)).verdict is Verdict.NOT_APPLICABLE


def test_a_day_before_a_figure_began_leaves_its_clause_unknown_and_breaks_nothing():
    early = replace(COUNTY, on=date(2010, 1, 1))
    outcomes = {o.clause: o.verdict for o in check(early, POLICY)}
    assert outcomes["R01"] is outcomes["R02"] is outcomes["R22"] is Verdict.UNKNOWN


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("facts", [HONEST, COUNTY, FARM, EMPTY], ids=["honest", "county", "farm", "empty"])
def test_whatever_the_check_finds_can_be_said_and_cured(facts, lang):
    for outcome in check(facts, POLICY):
        clause = POLICY.clause(outcome.clause)
        if outcome.finding:
            assert clause.sentence(outcome.verdict, lang, outcome.facts, outcome.figures)
            assert clause.cure(lang, outcome.facts, outcome.figures)


numbers = st.one_of(st.sampled_from([D(0), D(-1), D(10) ** 30]), st.decimals("-10000", "10000000", places=2))
days = st.one_of(st.sampled_from([date.min, date.max]), st.dates())
words = st.one_of(st.sampled_from([p.words for p in POLICY.lexicon.phrases]), st.text(max_size=5))


def some(hint):
    """Any value of a field of a contract."""
    of, parts = typing.get_origin(hint), typing.get_args(hint)
    if of in {typing.Union, UnionType}:
        return st.one_of(*map(some, parts))
    if of is tuple:
        return st.lists(some(parts[0]), max_size=3).map(tuple)
    if is_dataclass(hint):
        return record(hint)
    known = {Decimal: numbers, date: days, str: words, NoneType: st.none(), int: st.integers(-1, 500)}
    return known[hint] if hint in known else st.sampled_from([True, False] if hint is bool else list(hint))


def record(kind):
    return st.deferred(lambda: st.fixed_dictionaries({n: some(h) for n, h in typing.get_type_hints(kind).items()})).map(
        lambda values: kind(**values)
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(record(ContractFacts))
def test_whatever_a_contract_says_it_can_be_judged_and_the_finding_said(facts):
    for outcome in check(facts, POLICY):
        for lang in ("zh", "en"):
            sentence = POLICY.clause(outcome.clause).sentence(outcome.verdict, lang, outcome.facts, outcome.figures)
            assert bool(sentence) is outcome.finding
    picture(facts, POLICY)


def test_every_clause_fails_for_some_contract_here():
    person = replace(COUNTY, applicant_is_person=True, parcels=(parcel(disputed=True, title_end=date(2030, 1, 1)),))
    bare = (CostItem(name="咨询费", amount_yuan=D(1), evidenced=False, supplier_related=True),)
    tied = {"verifier_related_to": (Party.PARTNER,), "rival_claims": (RivalClaim(kind=ClaimKind.PLEDGE, number="Z"),)}
    worse = replace(person, cost_items=bare, **tied)
    priced = POLICY.figures | {"cost_reference_yuan": (reference("cost_reference_yuan", "0.1"),)}
    outcomes = check(worse, replace(POLICY, figures=priced))
    broken = {o.clause for o in outcomes if o.verdict is Verdict.FAIL} | set(found(FARM)) | set(found(COUNTY))
    assert broken == set(CLAUSES)
    for outcome in outcomes:
        for lang in ("zh", "en"):
            assert POLICY.clause(outcome.clause).sentence(outcome.verdict, lang, outcome.facts, outcome.figures) or (
                not outcome.finding
            )


def reference(key, value, confidence=Confidence.PROPOSED):
    return Figure(key, D(value), "yuan", date(2026, 1, 1), "文件", "document", confidence)


def test_a_clause_changes_its_facts_when_what_it_read_changes():
    """A gate carries over by the facts of its outcomes, passed ones too."""
    for clause, change in {
        "R13": {"cost_bearers": tuple(replace(b, bearer=Bearer.OWNER) for b in HONEST.cost_bearers)},
        "R21": {"parcels": (parcel(title_end=date(2061, 1, 1)),)},
        "R16": {"price_yuan": D(190_000)},
        "R30": {"penalty_pct": D(21)},
        "R33": {"terms_present": HONEST.terms_present[::-1]},
    }.items():
        before, after = judged(clause), judged(clause, **change)
        assert before.verdict is after.verdict is Verdict.PASS
        assert before.facts != after.facts


# The samples


def test_an_honest_contract_has_nothing_worse_than_what_nobody_has_set_yet():
    outcomes = check(HONEST, POLICY)
    assert found(HONEST) == {}
    assert {o.clause for o in outcomes if o.finding} == {"R09", "R24"}
    assert worst(outcomes) is Level.WARN


def test_a_contract_over_a_whole_county_for_nothing_is_stopped_on_every_ground():
    outcomes = found(COUNTY)
    assert {c for c, o in outcomes.items() if o.blocks} == {"R01", "R04", "R13", "R27", "R28"}
    assert outcomes["R07"].facts["phrases"] == ("政府背书", "国家补贴", "保底收益", "几个亿", "稳赚不赔")
    assert {"R02", "R03", "R05", "R06", "R08", "R11", "R12", "R14", "R18", "R19", "R22", "R24"} <= set(outcomes)
    assert worst(check(COUNTY, POLICY)) is Level.BLOCK == 3


def test_a_farm_let_long_and_under_value_is_stopped():
    assert {c for c, o in found(FARM).items() if o.blocks} == {"R15", "R16", "R22", "R29"}


# How grave


@pytest.mark.parametrize(
    ("verdict", "severity", "expected"),
    [
        (Verdict.PASS, Severity.BLOCK, Level.CLEAN),
        (Verdict.NOT_APPLICABLE, Severity.BLOCK, Level.CLEAN),
        (Verdict.UNKNOWN, Severity.BLOCK, Level.WARN),
        (Verdict.MANUAL, Severity.BLOCK, Level.WARN),
        (Verdict.FAIL, Severity.WARN, Level.WARN),
        (Verdict.FAIL, Severity.LEADING_GROUP, Level.LEADING_GROUP),
        (Verdict.FAIL, Severity.BLOCK, Level.BLOCK),
    ],
)
def test_only_what_fails_weighs_more_than_a_warning(verdict, severity, expected):
    outcome = Outcome("R01", verdict, severity)
    assert level(outcome) is expected
    assert worst([outcome, Outcome("R02", Verdict.PASS, Severity.WARN)]) is expected
    assert worst([]) is Level.CLEAN


# Single clauses, where a feature does not go


def test_what_is_claimed_speaks_louder_than_a_box_that_says_nothing_is():
    assert judged("R04", EMPTY, promises_income=False).verdict is Verdict.NOT_APPLICABLE
    claimed = {"promises_income": False, "claimed_income_yuan": D(1), "scheme": Scheme.CCER}
    assert judged("R04", COUNTY, **claimed).blocks


def test_an_income_out_of_nothing_is_off_by_all_of_it():
    outcome = judged("R03", claimed_t_per_mu_yr=D(0))
    assert outcome.verdict is Verdict.FAIL
    assert outcome.facts["above_pct"] == 100


def test_the_cost_of_a_tonne_is_measured_where_its_reference_is_set():
    policy = replace(POLICY, figures=POLICY.figures | {"cost_reference_yuan_per_t": (reference("k", "20"),)})
    outcome = judged("R09", policy=policy)
    assert outcome.facts["cost_yuan_per_t"] == D("37.04")
    assert (outcome.verdict, outcome.severity) == (Verdict.FAIL, Severity.LEADING_GROUP)


def test_a_reference_nobody_is_sure_of_only_warns():
    unsure = reference("cost_reference_yuan", "1", Confidence.UNSURE)
    policy = replace(POLICY, figures=POLICY.figures | {"cost_reference_yuan": (unsure,)})
    assert judged("R09", policy=policy).severity is Severity.WARN


def test_a_cost_with_no_bearer_is_not_stated():
    bearers = tuple(replace(b, bearer=None) for b in HONEST.cost_bearers)
    assert len(judged("R13", cost_bearers=bearers).facts["unstated"]) == 5
    assert judged("R13", cost_bearers=(CostBearer(cost=HONEST.cost_bearers[0].cost),)).blocks


def test_a_market_price_is_no_appraisal_so_state_forest_under_it_is_for_the_group():
    state = replace(HONEST, parcels=(parcel(tenure=Tenure.STATE),), price_formula=PriceFormula.PER_TONNE)
    outcome = judged("R16", state, price_yuan=None, price_yuan_per_t=D(5), market_yuan_per_t=D(15))
    assert (outcome.verdict, outcome.severity) == (Verdict.FAIL, Severity.LEADING_GROUP)


def test_an_edge_of_a_square_metre_is_tolerated_on_a_small_parcel():
    edge = RivalClaim(kind=ClaimKind.PROJECT, number="P", area_mu=D("0.0015"), parcel_area_mu=D(1))
    assert judged("R17", rival_claims=(edge,)).verdict is Verdict.PASS
    assert judged("R17", rival_claims=(replace(edge, area_mu=D("0.0016")),)).blocks


def test_one_parcel_of_state_land_makes_the_contract_one_over_state_land():
    mixed = (parcel(), parcel(key="p2", tenure=Tenure.STATE))
    assert judged("R29", parcels=mixed, superior_approval=False).blocks
    assert judged("R29", parcels=(parcel(), parcel(key="p2", tenure=None))).verdict is Verdict.UNKNOWN


def test_land_a_collective_lets_to_an_outsider_needs_vote_and_township_whatever_its_tenure():
    let = {"issued_to_outsider": True, "votes_for": 1, "votes_entitled": 3, "vote_notice": True}
    assert judged("R27", **let).blocks
    assert judged("R28", issued_to_outsider=True, township_approval=False, capacity_check=True).blocks


def test_a_vote_is_counted_exactly():
    land = {"parcels": (parcel(tenure=Tenure.COLLECTIVE_MANAGED),), "vote_notice": True}
    for entitled in range(1, 60):
        for in_favour in range(entitled + 1):
            outcome = judged("R27", votes_for=in_favour, votes_entitled=entitled, **land)
            assert (outcome.verdict is Verdict.PASS) is (in_favour * 3 >= entitled * 2)


def test_counts_go_before_a_share_that_was_rounded():
    land = {"parcels": (parcel(tenure=Tenure.COLLECTIVE_MANAGED),), "vote_notice": True}
    assert judged("R27", votes_for=2, votes_entitled=3, vote_share_pct=D("66.6"), **land).verdict is Verdict.PASS


def test_a_body_not_named_yet_is_not_asked_for_its_ties():
    assert judged("R32", verifier=None, verifier_related_to=None).verdict is Verdict.PASS
    assert judged("R32", verifier=None, verifier_related_to=None, validator_related_to=None).verdict is Verdict.UNKNOWN
    assert judged("R32", verifier=" 甲审定公司（有限）", validator="甲审定公司(有限)").blocks
