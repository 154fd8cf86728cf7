"""The policy says everything twice, dates every figure, and refuses to contradict itself."""

import re
import shutil
from dataclasses import FrozenInstanceError, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

import workflows.policy
from workflows.policy import (
    Confidence,
    DocumentFact,
    DocumentStage,
    Enforced,
    Figure,
    MethodStatus,
    Policy,
    PolicyError,
    fill,
    number_in_words,
    places,
)
from workflows.rules.panels import ON_RECORD
from workflows.states import Scheme, Severity, Verdict

ON = date(2026, 11, 20)
POLICY = Policy.base()
FOLDER = Path(workflows.policy.__file__).parent
COUNTS = {"A": 17, "X": 3, "T": 10, "B": 8, "C": 9, "D": 8, "F": 9}
CONDITIONS = [f"{letter}{n:02}" for letter, count in COUNTS.items() for n in range(1, count + 1)]
SPOKEN = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.MANUAL)

each_clause = pytest.mark.parametrize("clause", POLICY.clauses.values(), ids=lambda clause: clause.id)
each_figure = pytest.mark.parametrize(
    "figure", [figure for series in POLICY.figures.values() for figure in series], ids=lambda figure: figure.key
)
each_document = pytest.mark.parametrize("document", POLICY.document_rules.values(), ids=lambda rule: rule.kind)
each_method = pytest.mark.parametrize("method", POLICY.methods.values(), ids=lambda method: method.id)


def said_twice(thing, *stems):
    for stem in stems:
        zh, en = getattr(thing, f"{stem}_zh"), getattr(thing, f"{stem}_en")
        assert zh, stem
        assert en, stem
        assert any("\u4e00" <= letter <= "\u9fff" for letter in zh), f"{stem}_zh is not Chinese"
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in en), f"{stem}_en holds Chinese"


# Clauses


@each_clause
def test_a_clause_has_title_source_and_sentences_in_both_languages(clause):
    said_twice(clause, "title", "source", "fails")
    for stem in ("question", "unknown", "cure"):
        if getattr(clause, f"{stem}_zh") or getattr(clause, f"{stem}_en"):
            said_twice(clause, stem)


@each_clause
def test_a_clause_that_can_be_unknown_says_so_and_how_to_cure_it(clause):
    if clause.enforced in {Enforced.RULE, Enforced.MANUAL}:
        said_twice(clause, "unknown", "cure")


@pytest.mark.parametrize("clause_id", [c for c in CONDITIONS if c not in ON_RECORD])
def test_every_condition_asks_the_officers_a_question_in_a_named_field(clause_id):
    clause = POLICY.clause(clause_id)
    said_twice(clause, "question")
    assert clause.field == f"screening.{clause_id}"


@each_clause
def test_an_unsure_clause_only_warns(clause):
    assert clause.confidence is not Confidence.UNSURE or clause.severity is Severity.WARN


@each_clause
def test_the_sentences_of_a_clause_have_the_same_places_in_both_languages(clause):
    for verdict in SPOKEN:
        assert places(clause.template(verdict, "zh")) == places(clause.template(verdict, "en"))


@each_clause
def test_only_what_a_rule_says_of_a_fail_needs_facts(clause):
    for lang in ("zh", "en"):
        assert not places(clause.template(Verdict.UNKNOWN, lang))
        assert not places(clause.cure(lang))
        # An officer's "not met" brings no facts, also where a rule proposes the answer.
        if clause.enforced is not Enforced.RULE or clause.question_en:
            bare = clause.sentence(Verdict.FAIL, lang)
            assert bare == re.sub(r"\[.*\]", "", clause.template(Verdict.FAIL, lang))


@each_clause
def test_every_sentence_can_be_rendered(clause):
    for lang in ("zh", "en"):
        for verdict in Verdict:
            facts = dict.fromkeys(places(clause.template(verdict, lang)), Decimal(7))
            sentence = clause.sentence(verdict, lang, facts)
            assert bool(sentence) is (verdict in SPOKEN and bool(clause.template(verdict, lang)))
            assert not set("{}[]") & set(sentence)


def test_a_sentence_without_its_facts_is_an_error_that_names_clause_and_place():
    with pytest.raises(LookupError, match=r"R20.*without_title"):
        POLICY.clause("R20").sentence(Verdict.FAIL, "zh", {"disputed": ("a",), "without_title": None})


@each_clause
def test_a_question_names_the_figures_it_rests_on(clause):
    text = clause.question_en.replace(",", "")
    if not text:
        return
    for figure in POLICY.figures_of(clause.id, ON).values():
        shown = number_in_words(figure.number) if figure.unit != "date" else str(figure.day.year)
        assert shown in text, figure.key
        assert shown in clause.question_zh, figure.key


def test_an_unknown_clause_is_an_error_that_names_it():
    with pytest.raises(KeyError, match="Z99"):
        POLICY.clause("Z99")


# Places


@pytest.mark.parametrize(
    ("text", "value", "zh", "en"),
    [
        ("{area_mu}", Decimal("6000.00"), "6,000亩", "6,000 mu"),
        ("{area_mu}", Decimal("0.57"), "0.57亩", "0.57 mu"),
        ("{least_m2}", Decimal(667), "667平方米", "667 m²"),
        ("{removed_t}", 1_234_567, "1,234,567 t", "1,234,567 t"),
        ("{share_pct}", Decimal("12.50"), "12.5%", "12.5%"),
        ("{sent_on}", date(2026, 11, 20), "2026年11月20日", "20 November 2026"),
        ("{parcels}", ("甲", "乙"), "甲、乙", "甲, 乙"),
        ("{parcels}", (), "无", "none"),
        ("{disputed}", True, "是", "yes"),
        ("{disputed}", False, "否", "no"),
        ("{mu}", 3, "3", "3"),
        ("{votes}", 100, "100", "100"),
        ("{name}", "青山一期", "青山一期", "青山一期"),
    ],
)
def test_a_place_is_filled_by_the_formatter_its_suffix_names(text, value, zh, en):
    name = next(iter(places(text)))
    assert fill(text, "zh_Hans_CN", {name: value}) == zh
    assert fill(text, "en", {name: value}) == en


@pytest.mark.parametrize("nothing", [(), [], frozenset(), ""])
def test_a_part_in_brackets_is_left_out_where_it_would_say_nothing(nothing):
    text = "甲：{n}。[乙：{a}。][丙：{b}、{n}。]"
    assert fill(text, "zh", {"n": 0, "a": ("东坡",), "b": "西坡"}) == "甲：0。乙：东坡。丙：西坡、0。"
    assert fill(text, "zh", {"n": 0, "a": nothing, "b": "西坡"}) == "甲：0。丙：西坡、0。"
    assert fill(text, "zh", {"n": 0, "a": ("东坡",), "b": nothing}) == "甲：0。乙：东坡。"


def test_a_bracket_that_somebody_typed_is_no_part():
    assert fill("[{a}]", "zh", {"a": ("[东]坡", "{x}")}) == "[东]坡、{x}"


def test_a_figure_fills_a_place_by_its_value():
    figures = POLICY.figures_of("A13", ON)
    assert fill("{project_start_after}", "zh", figures) == "2012年11月8日"
    assert fill("{quorum_min}", "en", POLICY.figures_of("S37", ON)) == "3"


# Figures


@each_figure
def test_a_figure_has_a_source_in_both_languages(figure):
    said_twice(figure, "source")


def test_a_day_is_judged_by_the_latest_figure_that_had_begun():
    first = Figure("k", Decimal(1), "", date(2024, 1, 1), "甲", "a", Confidence.SEEN)
    second = replace(first, value=Decimal(2), since=date(2025, 6, 1))
    policy = replace(POLICY, figures={"k": (first, second)})
    assert policy.number("k", date(2024, 1, 1)) == 1
    assert policy.number("k", date(2025, 5, 31)) == 1
    assert policy.number("k", date(2025, 6, 1)) == 2
    with pytest.raises(KeyError, match=r"'k'.*2023-12-31"):
        policy.figure("k", date(2023, 12, 31))


def test_an_unknown_figure_is_an_error_that_names_it():
    with pytest.raises(KeyError, match="no_such_key"):
        POLICY.figure("no_such_key", ON)


def test_a_day_is_not_a_number_and_a_number_is_not_a_day():
    assert POLICY.figure("reductions_after", ON).day == date(2020, 9, 22)
    with pytest.raises(TypeError):
        POLICY.number("reductions_after", ON)
    with pytest.raises(TypeError):
        _ = POLICY.figure("quorum_min", ON).day


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("quorum_num", 2), ("quorum_den", 3), ("quorum_min", 3), ("majority_num", 1), ("majority_den", 2),
        ("weighty_majority_num", 2), ("weighty_majority_den", 3), ("screening_officers", 2), ("panel_min", 5),
        ("parcel_min_m2", 400), ("parcel_min_early_m2", 667), ("crediting_min_years", 20), ("crediting_max_years", 40),
        ("mu_per_ha", 15), ("acceptance_days", 5), ("correction_days", 10), ("risk_decision_days", 20),
        ("national_notice_days", 20), ("local_notice_days", 7), ("delivery_days", 10), ("reconsideration_ask_days", 15),
        ("reconsideration_answer_days", 30), ("validation_days", 100), ("legal_review_days", 7),
    ],
)  # fmt: skip
def test_the_base_figures_are_those_of_the_bureau(key, value):
    assert POLICY.number(key, ON) == value


# Documents


@each_document
def test_a_paper_says_what_it_should_show_and_who_asks(document):
    said_twice(document, "title", "hint", "source")
    assert document.schemes


EVERYBODY = {"title_proof", "uniqueness_commitment"}
TYPED_IN = {"application_form", "parcel_list"}
"""What the application itself is; a sealed copy is welcome."""
OWN = {
    Scheme.CCER: {"pdd", "monitoring_plan"},
    Scheme.LOCAL_TICKET: {"ticket_report"},
    Scheme.OTHER_STANDARD: {"standard_design", "standard_listing"},
}


def needed(scheme, stage, *facts):
    return {rule.kind for rule in POLICY.documents(scheme) if rule.needed(facts) and rule.stage is stage}


@pytest.mark.parametrize("scheme", Scheme)
def test_a_scheme_always_asks_for_the_common_papers_and_its_own(scheme):
    assert needed(scheme, DocumentStage.APPLICATION) == EVERYBODY | OWN[scheme]


@pytest.mark.parametrize(
    ("fact", "kinds"),
    [
        ("organisation", {"organisation_certificate"}),
        ("natural_person", {"identity_proof"}),
        ("agent_files", {"authorisation"}),
        ("has_contract", {"contract"}),
        ("household_land", {"household_consent", "issuer_filing"}),
        ("collective_land", {"members_vote", "vote_notice"}),
        ("collective_land_with_partner", {"township_approval"}),
        ("state_land", {"superior_approval", "asset_appraisal", "collective_decision", "public_bidding"}),
    ],
)
@pytest.mark.parametrize("scheme", Scheme)
def test_a_fact_makes_its_papers_necessary_and_no_others(scheme, fact, kinds):
    assert fact in set(DocumentFact)
    before = needed(scheme, DocumentStage.APPLICATION)
    assert needed(scheme, DocumentStage.APPLICATION, fact) - before == kinds


def test_validation_asks_for_its_papers_only_then():
    assert needed(Scheme.CCER, DocumentStage.VALIDATION) == {"national_notice", "validation_report"}
    assert needed(Scheme.LOCAL_TICKET, DocumentStage.VALIDATION) == set()
    assert needed(Scheme.OTHER_STANDARD, DocumentStage.VALIDATION) == {"standard_validation"}


def test_only_the_title_is_asked_for_each_parcel():
    assert [rule.kind for rule in POLICY.document_rules.values() if rule.per_parcel] == ["title_proof"]


@pytest.mark.parametrize("kind", ["land_evidence", "other", *sorted(TYPED_IN)])
def test_a_welcome_paper_is_never_missing(kind):
    assert not POLICY.document(kind).needed(set(DocumentFact))


@pytest.mark.parametrize("scheme", Scheme)
def test_a_sealed_copy_of_what_was_typed_in_is_welcome_under_every_scheme(scheme):
    assert {rule.kind for rule in POLICY.documents(scheme)} >= TYPED_IN


# Methods


@each_method
def test_a_method_says_its_name_and_source(method):
    said_twice(method, "title", "source", "note")


def test_afforestation_asks_its_seventeen_conditions_and_one_ground_of_additionality():
    method = POLICY.method("CCER-14-001")
    assert method.conditions == tuple(CONDITIONS[:17])
    assert method.exemptions == ("X01", "X02", "X03")
    assert method.argued == "S16"


def test_a_ticket_asks_its_ten_conditions():
    assert POLICY.method("TA-TICKET").conditions == tuple(CONDITIONS[20:30])


def test_the_methods_in_force_are_those_of_the_scheme_on_the_day():
    first = date(2023, 10, 24)
    assert not POLICY.methods_in_force(Scheme.CCER, first - timedelta(days=1))
    assert {m.id for m in POLICY.methods_in_force(Scheme.CCER, first)} == {"CCER-14-001", "CCER-14-002"}
    assert {m.id for m in POLICY.methods_in_force(Scheme.LOCAL_TICKET, ON)} == {"TA-TICKET"}
    others = {m.id for m in POLICY.methods_in_force(Scheme.OTHER_STANDARD, ON)}
    assert others == {"OTHER", "VCS-VM0047", "VCS-VM0045", "GS-AR"}


def test_a_method_ends_with_its_last_day():
    method = replace(POLICY.method("CCER-14-001"), until=ON)
    assert method.in_force(ON)
    assert not method.in_force(ON + timedelta(days=1))


@pytest.mark.parametrize("status", [MethodStatus.REPEALED, MethodStatus.DRAFT])
def test_a_repealed_or_draft_method_is_not_in_force(status):
    assert not replace(POLICY.method("CCER-14-001"), status=status).in_force(ON)


@each_method
def test_only_a_method_for_inland_use_in_force_can_be_chosen(method):
    assert method.applicable is (method.id in {"CCER-14-001", "TA-TICKET", "OTHER", "VCS-VM0047", "GS-AR"})


@pytest.mark.parametrize(("method", "letter"), [("001", "B"), ("002", "D"), ("003", "C"), ("005", "F")])
def test_a_former_method_keeps_its_conditions_and_is_closed(method, letter):
    former = POLICY.method(f"AR-CM-{method}")
    assert former.conditions == tuple(c for c in CONDITIONS if c[0] == letter)
    assert former.status is MethodStatus.REPEALED
    assert not former.in_force(ON)


@each_method
def test_every_figure_of_a_method_has_a_value_from_its_first_day(method):
    for clause in (*method.conditions, *method.ways):
        assert set(POLICY.figures_of(clause, method.since)) >= {
            key for key in POLICY.clause(clause).figures if not key.startswith(("panel_", "ticket_panel_"))
        }


def test_a_method_of_another_standard_asks_nothing_here_and_says_its_conditions_in_brief():
    for method in POLICY.methods.values():
        if method.schemes == {Scheme.OTHER_STANDARD} and method.id != "OTHER" and method.applicable:
            assert method.conditions == ()
            assert "条件仅为摘要" in method.note_zh
            assert "Conditions in brief" in method.note_en


# What the policy refuses


def test_a_policy_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        POLICY.clauses = {}
    with pytest.raises(TypeError):
        POLICY.clauses["A01"] = POLICY.clause("A02")
    with pytest.raises(TypeError):
        POLICY.figures["quorum_min"] = ()


def test_two_readings_are_equal_and_not_the_same():
    again = Policy.read(FOLDER)
    assert again == POLICY
    assert again is not POLICY


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("clauses/T.toml", 'confidence = "unsure"\nsince = 2023-11-01\nenforced = "rule"\nseverity = "warn"',
         'confidence = "unsure"\nsince = 2023-11-01\nenforced = "rule"\nseverity = "block"', "T05 .*may only warn"),
        ("clauses/A.toml", 'id = "A02"', 'id = "A01"', "twice"),
        ("clauses/A.toml", 'id = "A02"', 'id = "B02"', "A.toml"),
        ("clauses/A.toml", 'id = "A02"', 'id = "A2"', "A2"),
        ("clauses/A.toml", 'enforced = "rule"\nseverity = "block"\nfield = "screening.A01"\n',
         'enforced = "manual"\nseverity = "block"\n', "A01 .*names no field"),
        ("methodologies/CCER-14-001.toml", 'final = ["A01"', 'final = ["B01"', "CCER-14-001 .*B01"),
        ("clauses/S.toml", 'action = "withdraw"\n', "", "S06 .*names no action"),
        ("clauses/A.toml", 'figures = ["nonforest_years"]', 'figures = ["no_such"]', "no_such"),
        ("clauses/A.toml", 'enforced = "rule"', 'enforced = "later"', "A01.*later"),
        ("clauses/R.toml", 'title_en = "Title', 'titel_en = "Title', "R20"),
        ("parameters.toml", 'key = "quorum_den"', 'key = "quorum_num"', "same day"),
        ("documents.toml", 'required_if = "agent_files"', 'required_if = "full_moon"', "full_moon"),
        ("documents.toml", 'required_if = "agent_files"', 'required = true\nrequired_if = "agent_files"',
         "authorisation"),
        ("documents.toml", 'kind = "pdd"', 'kind = "contract"', "twice"),
        ("methodologies/TA-TICKET.toml", '"T10"', '"T99"', "T99"),
        ("methodologies/OTHER.toml", 'status = "in_force"', 'status = "asleep"', "asleep"),
    ],
)  # fmt: skip
def test_files_that_contradict_themselves_are_refused(tmp_path, file, old, new, says):
    folder = tmp_path / "policy"
    shutil.copytree(FOLDER, folder)
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(PolicyError, match=f"(?s){says}"):
        Policy.read(folder)
