"""A rule reads facts and the policy, and never lets a missing fact pass."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from itertools import product
from pathlib import Path

import pytest
from gherkin.parser import Parser

from tests.workflows import broken_records
from workflows.facts import (
    MeetingFacts,
    NoticeFacts,
    Overlap,
    PanelFacts,
    ParcelFacts,
    ProjectFacts,
    SittingFacts,
)
from workflows.meeting import MEETING
from workflows.policy import Confidence, Enforced, Policy
from workflows.rules import RULES, Outcome, failed, judge, passed, rule
from workflows.states import Conclusion, LandSetting, Question, Scheme, Severity, Tenure, TitleDocument, Verdict

POLICY = Policy.base()
FACTS = ProjectFacts(on=date(2026, 11, 20))
CLEAR = ParcelFacts(
    key="p1",
    name="1号地",
    title_document=TitleDocument.FOREST_RIGHT_CERTIFICATE,
    disputed=False,
    coowner_consent="not_needed",
)
FEATURES = Path(__file__).parents[2] / "features"
OUTSIDE = {LandSetting.CORRIDOR, LandSetting.FOUR_SIDES, LandSetting.URBAN_INDUSTRIAL}


def with_clause(clause_id, **changes):
    """The base policy with one clause changed."""
    return replace(POLICY, clauses={**POLICY.clauses, clause_id: replace(POLICY.clause(clause_id), **changes)})


def judged(clause_id, **facts):
    return RULES[clause_id](replace(FACTS, **facts), POLICY)


@pytest.fixture
def own_rule():
    """A rule on G01 that always fails, taken off the list again."""

    @rule("G01")
    def always_fails(facts, policy):
        return failed({"on": facts.on})

    yield always_fails
    del RULES["G01"]


# How a function becomes a rule


def test_a_clause_has_one_rule(own_rule):
    with pytest.raises(ValueError, match="G01"):
        rule("G01")(lambda facts, policy: passed({}))
    assert RULES["G01"] is own_rule


def test_a_rule_has_the_weight_its_clause_has_in_the_policy_it_is_handed(own_rule):
    for severity in Severity:
        assert own_rule(FACTS, with_clause("G01", severity=severity)).severity is severity


def test_a_rule_on_an_unsure_fact_warns_at_most(own_rule):
    policy = with_clause("G01", severity=Severity.BLOCK, confidence=Confidence.UNSURE)
    assert own_rule(FACTS, policy).severity is Severity.WARN


def test_a_rule_without_its_clause_says_which(own_rule):
    with pytest.raises(KeyError, match="G01"):
        own_rule(FACTS, replace(POLICY, clauses={}))


def test_an_outcome_cannot_be_changed(own_rule):
    with pytest.raises(TypeError):
        own_rule(FACTS, POLICY).facts["on"] = None


@pytest.mark.parametrize(("verdict", "severity"), list(product(Verdict, Severity)))
def test_a_finding_is_what_nobody_has_cleared_and_only_a_failed_block_blocks(verdict, severity):
    outcome = Outcome("A01", verdict, severity)
    assert outcome.finding is (verdict in {Verdict.FAIL, Verdict.UNKNOWN, Verdict.MANUAL})
    assert outcome.blocks is (verdict is Verdict.FAIL and severity is Severity.BLOCK)


def test_what_people_answer_is_manual_until_they_have():
    policy = with_clause("G01", enforced=Enforced.MANUAL, figures=("parcel_min_m2",))
    outcome = judge("G01", FACTS, policy)
    assert outcome.verdict is Verdict.MANUAL
    assert set(outcome.figures) == {"parcel_min_m2"}


def test_a_clause_with_a_rule_is_judged_by_it():
    assert judge("R34", replace(FACTS, scheme=Scheme.LOCAL_TICKET), POLICY).verdict is Verdict.NOT_APPLICABLE


def test_a_clause_the_table_enforces_is_not_judged():
    with pytest.raises(LookupError, match="S06"):
        judge("S06", FACTS, POLICY)


# One id ties clause, function, scenario


def test_every_clause_a_rule_enforces_has_its_function_and_every_function_its_clause():
    assert set(RULES) == {clause.id for clause in POLICY.clauses.values() if clause.enforced is Enforced.RULE}


def scenario_tags():
    """Clause tags on the 规则 blocks of the features, without the at sign."""
    for path in FEATURES.glob("*.feature"):
        for child in Parser().parse(path.read_text("utf-8"))["feature"]["children"]:
            if "rule" in child:
                yield from (tag["name"].removeprefix("@") for tag in child["rule"]["tags"])


def test_every_rule_on_land_owner_and_contract_has_scenarios():
    assert {clause_id for clause_id in RULES if clause_id[0] in "ART"} <= set(scenario_tags())


def test_every_scenario_speaks_for_a_clause_of_the_policy():
    assert set(scenario_tags()) <= set(POLICY.clauses)


# A02


@pytest.mark.parametrize(("scheme", "method", "setting"), list(product(
    [*Scheme, None], ["CCER-14-001", "TA-TICKET", None], [*LandSetting, None]
)))  # fmt: skip
def test_land_outside_the_method_fails_only_under_that_method(scheme, method, setting):
    outcome = judged("A02", scheme=scheme, method=method, land_setting=setting)
    if scheme is None or (scheme is Scheme.CCER and method is None):
        expected = Verdict.UNKNOWN
    elif scheme is not Scheme.CCER or method != "CCER-14-001":
        expected = Verdict.NOT_APPLICABLE
    elif setting is None:
        expected = Verdict.UNKNOWN
    else:
        expected = Verdict.FAIL if setting in OUTSIDE else Verdict.PASS
    assert outcome.verdict is expected
    assert outcome.facts["land_setting"] is setting


# R20


@pytest.mark.parametrize(("title", "disputed", "consent"), list(product(
    [*TitleDocument, None], [True, False, None], ["yes", "no", "not_needed", None, "perhaps"]
)))  # fmt: skip
def test_a_parcel_passes_only_with_title_without_dispute_and_with_consent(title, disputed, consent):
    parcel = replace(CLEAR, title_document=title, disputed=disputed, coowner_consent=consent)
    outcome = judged("R20", parcels=(CLEAR, parcel))
    if title is TitleDocument.NONE or disputed or consent == "no":
        assert outcome.blocks
    elif title is None or disputed is None or consent not in {"yes", "not_needed"}:
        assert outcome.verdict is Verdict.UNKNOWN
    else:
        assert outcome.verdict is Verdict.PASS


def test_no_parcel_is_no_clear_title():
    assert judged("R20").verdict is Verdict.UNKNOWN


def test_of_two_parcels_with_one_name_only_the_disputed_one_is_listed():
    twin = replace(CLEAR, key="p2", disputed=True)
    assert judged("R20", parcels=(CLEAR, twin)).facts["disputed"] == (CLEAR.name,)


def test_a_parcel_without_a_name_is_listed_by_its_key():
    assert judged("R20", parcels=(replace(CLEAR, name="", disputed=True),)).facts["disputed"] == ("p1",)


def test_a_changed_title_changes_the_facts_of_a_passed_outcome():
    """A gate carries over by the facts in its outcomes: what was read must stand there even when it passed."""
    before = judged("R20", parcels=(CLEAR,))
    after = judged("R20", parcels=(replace(CLEAR, title_document=TitleDocument.CONTRACT),))
    assert before.verdict is after.verdict is Verdict.PASS
    assert before.facts != after.facts


# R34


@pytest.mark.parametrize(("scheme", "person"), list(product([*Scheme, None], [True, False])))
def test_a_natural_person_is_stopped_under_ccer_alone(scheme, person):
    outcome = judged("R34", scheme=scheme, applicant_is_person=person)
    if scheme is None:
        assert outcome.verdict is Verdict.UNKNOWN
    elif scheme is Scheme.CCER:
        assert outcome.blocks is person
        assert (outcome.verdict is Verdict.PASS) is not person
    else:
        assert outcome.verdict is Verdict.NOT_APPLICABLE


# What people read


@pytest.mark.parametrize(
    ("clause_id", "facts"),
    [
        ("A02", {"scheme": Scheme.CCER, "method": "CCER-14-001", "land_setting": LandSetting.CORRIDOR}),
        ("R20", {"parcels": (replace(CLEAR, disputed=True),)}),
        ("R34", {"scheme": Scheme.CCER, "applicant_is_person": True}),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_failed_rule_holds_what_its_sentence_needs(clause_id, facts, lang):
    outcome = judged(clause_id, **facts)
    assert outcome.blocks
    clause = POLICY.clause(clause_id)
    assert clause.sentence(outcome.verdict, lang, outcome.facts, outcome.figures)
    assert clause.cure(lang, outcome.facts, outcome.figures)


SITTING = SittingFacts(question=Question.RISK_REVIEW, members=8, cast_for=1, cast_against=1, actor_is_elector=True)
TWICE = Overlap(number="TA-CCER-370911-2026-0001", parcel_key="p1", parcel="1号地", area_mu=Decimal(12))
BROKEN = (
    FACTS,
    replace(FACTS, scheme=Scheme.CCER, method="AR-CM-001", applicant_is_person=True, sitting=SITTING),
    replace(FACTS, scheme=Scheme.CCER, method="CCER-14-001", land_setting=LandSetting.CORRIDOR, conditions_open=2),
    replace(FACTS, parcels=(replace(CLEAR, tenure=Tenure.STATE, disputed=True),), legal=Conclusion.UNFAVOURABLE),
    replace(FACTS, scheme=Scheme.LOCAL_TICKET, environment=Conclusion.UNFAVOURABLE, documents_missing=("pdd",)),
    replace(FACTS, validation=Conclusion.UNFAVOURABLE, unanswered=("basics",), own_unanswered=("A01",)),
    replace(FACTS, actor_has_signed=True, sitting=replace(SITTING, actor_has_voted=True)),
    replace(FACTS, notice_before=True, new_faults=("basics.name",), actor_is_system=True),
    replace(FACTS, unchanged=True, question_fits=False, site_checks=(2, 1), site_check="signed"),
    replace(FACTS, suspended_by_chair=False, conditions_overdue=1, reminder_due=False, recount_due=False),
    replace(FACTS, sitting=replace(SITTING, actor_presides=True, others_to_speak=2), named_fits=False, flaw_fits=False),
    replace(FACTS, suspended_by_chair=True, tabled=True, has_entry=True, was_reopened=True),
    replace(FACTS, panel=PanelFacts(size=5, seats=5, outside=4, in_favour=1, against=4, counted=True)),
    replace(FACTS, panel=PanelFacts(size=5, seats=5, outside=4, actor_sits=True, actor_has_given=True)),
    replace(FACTS, notice=NoticeFacts(last_day=FACTS.on), objections_unanswered=1, parcels_disputed=("1号地",)),
    replace(
        FACTS,
        overlaps=(TWICE,),
        revoked_on=FACTS.on,
        verifier_part="validated",
        scheme=Scheme.CCER,
        national_notice_days=19,
    ),
    replace(FACTS, parcel_in_hand="last", objection="answered", notice=NoticeFacts(last_day=FACTS.on, over=True)),
)
BROKEN_MEETING = (
    MeetingFacts(on=FACTS.on, held_on=FACTS.on + timedelta(days=1), items=2, items_open=2),
    MeetingFacts(on=FACTS.on, held_on=FACTS.on),
    MeetingFacts(on=FACTS.on, held_on=FACTS.on, minutes_pages=1, heads_missing=1, members_missing=2),
)
OF_A_MEETING = {clause for row in MEETING.acts for clause in row.gate}


@pytest.mark.parametrize("clause_id", RULES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_whatever_a_rule_finds_can_be_said(clause_id, lang):
    kinds = ((OF_A_MEETING, BROKEN_MEETING), *broken_records.KINDS)
    broken = next((facts for clauses, facts in kinds if clause_id in clauses), BROKEN)
    outcomes = [outcome for facts in broken if (outcome := RULES[clause_id](facts, POLICY)).finding]
    assert outcomes, "no facts here break the clause"
    for outcome in outcomes:
        assert POLICY.clause(clause_id).sentence(outcome.verdict, lang, outcome.facts, outcome.figures)


def test_the_sentence_on_title_lists_each_parcel_under_its_fault():
    parcels = (CLEAR, replace(CLEAR, key="p2", name="2号地", disputed=True, coowner_consent="no"))
    outcome = judged("R20", parcels=parcels)
    assert POLICY.clause("R20").sentence(outcome.verdict, "en", outcome.facts) == (
        "Title is not in order. In dispute: 2号地. Co-owners have not consented: 2号地."
    )


@pytest.mark.parametrize(
    ("fault", "zh", "en"),
    [
        ({"title_document": TitleDocument.NONE}, "没有权属证明：1号地。", "No title document: 1号地."),
        ({"disputed": True}, "存在争议：1号地。", "In dispute: 1号地."),
        ({"coowner_consent": "no"}, "共有人未同意：1号地。", "Co-owners have not consented: 1号地."),
    ],
)
def test_the_sentence_on_title_names_only_the_faults_there_are(fault, zh, en):
    outcome = judged("R20", parcels=(replace(CLEAR, name="1号地", **fault),))
    sentence = partial(POLICY.clause("R20").sentence, outcome.verdict, facts=outcome.facts)
    assert sentence("zh") == f"权属存在问题。{zh}"
    assert sentence("en") == f"Title is not in order. {en}"
