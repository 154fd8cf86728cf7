"""The rules as people read them: every clause has its page, in both languages, with basis and scenarios."""

import html
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from registry import rulebook, scenarios
from registry.security import sessions
from registry.views import rules
from tests.world import PARCEL, World
from workflows.policy import Confidence, Enforced, Policy
from workflows.rules.panels import ON_RECORD

POLICY = Policy.base()
CLAUSES = list(POLICY.clauses.values())


def page(client: FlaskClient, path: str, language: str = "en", status: int = 200) -> str:
    with client.session_transaction() as session:
        session["language"] = "zh_Hans_CN" if language == "zh" else "en"
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    return html.unescape(answer.text)


def main(text: str) -> str:
    return text.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_list_shows_every_clause_with_title_and_source(client, language):
    shown = main(page(client, "/rules", language))
    for clause in CLAUSES:
        assert f'href="/rules/{clause.id}"' in shown, clause.id
        assert clause.title(language) in shown
        assert clause.source(language) in shown


def test_every_letter_of_the_policy_has_its_chapter():
    assert {c.id[0] for c in CLAUSES} <= set(rules.CHAPTERS)
    assert set(rules.HELD) == set(rules.HOW) == set(Enforced)


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda c: c.id)
def test_a_clause_page_shows_source_sentences_places_and_scenarios(client, clause):
    zh, en = (main(page(client, f"/rules/{clause.id}", language)) for language in ("zh", "en"))
    for language, shown in (("zh", zh), ("en", en)):
        assert clause.title(language) in shown
        assert clause.source(language) in shown
        if clause.question(language):
            assert clause.question(language) in shown
        assert not re.search(r"\{\w+\}", shown), "a place is left open"
        assert not re.search(r"(年|日|天|亩|人|[%％]|个工作日)\s?\1|\b(days|months|years) \2", shown), "a unit twice"
        assert shown.count('class="scenario"') == len(scenarios.of(clause.id))
    for told in scenarios.of(clause.id):
        assert told.title in zh
        assert told.title in en
    if scenarios.of(clause.id):
        assert '<div lang="zh-CN">' in en
    for place in rulebook.places(clause, POLICY):
        assert str(rules.PARTS[place.part]) in en


def test_a_rule_no_act_can_break_says_how_it_is_tested(client):
    assert "tested by writing such a record past the system" in main(page(client, "/rules/S34"))
    assert "tested by writing" not in main(page(client, "/rules/S33"))


def test_figures_stand_with_value_day_source_and_how_sure_they_are(client):
    shown = main(page(client, "/rules/S11"))
    assert "2/3" in shown
    assert "3 people" in shown
    assert "Since 1\u00a0November 2023" in shown
    assert "Proposed, until the leading group sets it by document" in shown
    assert shown.count(">Proposed<") == 1  # the clause; the sources of its figures say so themselves
    assert "8\u00a0November 2012" in main(page(client, "/rules/A13"))
    assert "3人" in main(page(client, "/rules/S11", "zh"))


def test_an_old_figure_stays_beside_the_new_one(app):
    old = POLICY.figures["quorum_min"][0]
    new = replace(old, value=Decimal(4), since=date(2026, 1, 1), confidence=Confidence.UNSURE)
    changed = replace(POLICY, figures={**POLICY.figures, "quorum_min": (old, new)})
    with app.test_request_context(headers={"Accept-Language": "en"}):
        rows = rules._figures(changed.clause("S37"), changed)
    assert [(r.value, r.since, r.until, r.mark) for r in rows] == [
        ("4 people", date(2026, 1, 1), None, "Not verified"),
        ("3 people", date(2023, 11, 1), date(2026, 1, 1), ""),
    ]


@pytest.mark.parametrize("series", POLICY.figures.values(), ids=list(POLICY.figures))
def test_every_figure_has_a_name_and_a_measure_in_both_languages(app, series):
    for figure in series:
        assert re.search("[\u4e00-\u9fff]", figure.title("zh"))
        assert re.fullmatch("[ -~]+", figure.title("en"))
        with app.test_request_context():
            assert rules.measured(figure)


@pytest.mark.parametrize(
    ("q", "there", "away"),
    [
        ("quorum", "S11", "A02"),
        ("法定人数", "S11", "A02"),
        ("四旁绿化", "A02", "S11"),
        ("S33", "S33", "S11"),
        ("ｃｃｅｒ　四旁", "A02", "T10"),
        ("副组长主持", "S33", "S11"),  # the title of a scenario
    ],
)
def test_words_find_the_rules_that_hold_them(client, q, there, away):
    shown = main(page(client, f"/rules?q={q}", "zh"))
    assert f'href="/rules/{there}"' in shown
    assert f'href="/rules/{away}"' not in shown


def test_what_holds_a_rule_filters_and_an_unknown_word_is_passed_over(client):
    shown = main(page(client, "/rules?held=database"))
    assert set(re.findall(r'href="/rules/(\w+)"', shown)) == {c.id for c in CLAUSES if c.enforced is Enforced.DATABASE}
    assert main(page(client, "/rules?held=magic")).count('href="/rules/') == len(CLAUSES)


def test_a_search_without_a_hit_says_so_and_does_not_echo_markup(client):
    with client.session_transaction() as session:
        session["language"] = "en"
    answer = client.get("/rules", query_string={"q": "<script>x</script>"})
    assert "No rule has these words" in answer.text
    assert "<script>x" not in answer.text


def test_an_unknown_clause_is_not_found(client):
    page(client, "/rules/Z99", status=404)


def test_the_navigation_leads_to_the_rules(client):
    assert re.search(r'<a href="/rules" aria-current="page">Rules</a>', page(client, "/rules/S11"))


# From a case to its rules -----------------------------------------------------------------------------------


@pytest.fixture
def world(client, clock) -> World:
    with client.application.app_context():
        return World()


def as_(client: FlaskClient, world: World, who: str) -> FlaskClient:
    with client.application.test_request_context():
        client.set_cookie("sid", sessions.start(world.people[who]))
    return client


def links(text: str) -> set[str]:
    return set(re.findall(r'href="/rules/(\w+)"', main(text)))


def test_a_finding_a_count_and_a_decision_on_the_page_of_a_case_lead_to_their_rules(client, world):
    parcel = {**PARCEL, "disputed": True}
    with client.application.app_context():
        case_id = world.advance(world.draft(parcels={"parcels": [parcel]}), "risk_review")
        number = world.case(case_id).number
    shown = page(as_(client, world, "officer"), f"/cases/{number}")
    assert "R20" in links(shown)  # the finding
    assert {"S01", "G02", "S08a"} <= links(shown)  # the steps taken so far
    sound_id = None
    with client.application.app_context():
        sound_id = world.advance(world.draft(), "validation")
        number = world.case(sound_id).number
    shown = page(client, f"/cases/{number}")
    assert {"S11", "S15", "G01"} <= links(shown)


def section(shown: str, name: str) -> BeautifulSoup:
    """The part of a case page under a heading."""
    return BeautifulSoup(main(shown), "html.parser").select_one(f'section[aria-labelledby="{name}"]')


def test_every_finding_and_every_decision_of_a_case_has_its_own_link_to_its_rule(client, world):
    parcel = {**PARCEL, "disputed": True}
    with client.application.app_context():
        disputed = world.case(world.advance(world.draft(parcels={"parcels": [parcel]}), "risk_review")).number
        entered = world.case(world.advance(world.draft("local_ticket"), "registered")).number
    findings = section(page(as_(client, world, "officer"), f"/cases/{disputed}"), "findings").select("li.finding")
    assert findings
    assert all(f.select_one('a[href^="/rules/"]') for f in findings)
    shown = page(client, f"/cases/{entered}")
    decided = section(shown, "rounds").select("ul.docs > li")
    assert len(decided) == 5
    assert all(d.select_one('a[href^="/rules/"]') for d in decided)
    sittings = section(shown, "sitting")
    assert len(sittings.select("h3")) == len(sittings.select('a[href="/rules/S11"]')) == 2
    told = {a.text for a in section(shown, "timeline").select('a[href^="/rules/"]')}
    assert {"S01", "G02", "G01", "S31", "G03"} <= told


def test_an_opinion_leads_to_the_rules_that_ask_for_it(client, world):
    with client.application.app_context():
        case_id = world.advance(world.draft("local_ticket"), "registration")
        number = world.case(case_id).number
    shown = main(page(as_(client, world, "officer"), f"/cases/{number}"))
    opinions = shown.partition('id="opinions"')[2].partition("</section>")[0]
    assert {"S30", "S31", "S63"} <= set(re.findall(r'href="/rules/(\w+)"', opinions))


def test_the_site_checks_lead_to_their_rules(client, world):
    with client.application.app_context():
        case_id = world.advance(world.draft(), "methodology_screening")
        number = world.case(case_id).number
    shown = main(page(as_(client, world, "officer"), f"/cases/{number}"))
    checks = shown.partition('id="site-checks"')[2].partition("</section>")[0]
    assert set(re.findall(r'href="/rules/(\w+)"', checks)) == {"S08b", "S08c"}


def test_a_refused_act_names_its_rules_by_links(client, world):
    with client.application.app_context():
        case_id = world.advance(world.draft(), "risk_review")
        case = world.case(case_id)
        number, seen = case.number, case.version
    page(as_(client, world, "chair"), f"/cases/{number}")
    answer = client.post(f"/cases/{number}/act/approve_risk", data={"seen": seen, "words": "x"})
    assert answer.status_code == 422
    summary = answer.text.partition('class="error-summary"')[2].partition("</div>")[0]
    assert {"S11", "S15"} <= set(re.findall(r'href="/rules/(\w+)"', summary))


def test_a_refused_submission_names_its_rule_by_a_link(client, world):
    with client.application.app_context():
        case_id = world.draft(method={"land_setting": "four_sides"})
    check = page(as_(client, world, "owner"), f"/my/{case_id}/check")
    fields = dict(re.findall(r'name="(seen|answers_seen)" value="([^"]*)"', check))
    answer = client.post(f"/my/{case_id}/check", data=fields)
    assert answer.status_code == 422
    summary = answer.text.partition('class="error-summary"')[2].partition("</div>")[0]
    assert 'href="/rules/A02"' in summary


def test_the_screening_sheet_leads_to_the_rule_of_every_condition(client, world):
    with client.application.app_context():
        case_id = world.advance(world.draft("local_ticket"), "methodology_screening")
        number = world.case(case_id).number
    shown = page(as_(client, world, "officer"), f"/cases/{number}/screening")
    method = POLICY.method("TA-TICKET")
    assert set(rulebook.sheet(method)) <= links(shown)
    for clause in rulebook.sheet(method):  # where a person answers it, or where the panel's record does
        assert (f'name="v_{clause}"' in shown) is (clause not in ON_RECORD)


@pytest.mark.parametrize(
    ("clause", "says", "not_said"),
    [
        ("A05", "two officers decide on the screening sheet", "closed to new projects"),
        ("B04", "The method itself is closed to new projects", "Officers are asked"),
        ("R20", "The system checks it from what is on file", "two officers decide"),
    ],
)
def test_a_rule_says_whether_it_decides_proposes_or_only_compares(client, world, clause, says, not_said):
    shown = page(client, f"/rules/{clause}")
    assert says in shown
    assert not_said not in shown


def test_a_rule_that_only_warns_is_not_said_to_be_needed_by_a_step(client):
    shown = main(page(client, "/rules/S26a"))
    assert "Needs this rule to be met" not in shown
    assert "Is shown, and stops nobody" in shown
    assert "stands on the page of the case until it is cured" in shown
    assert "Needs this rule to be met" in main(page(client, "/rules/R20"))


def test_a_step_names_its_rules_and_a_mere_record_none():
    assert rulebook.of_step("reject", POLICY) == ("S11", "S13", "S23", "S71")
    assert rulebook.of_step("revoke", POLICY) == ("S11", "S15", "S26", "S44", "S71")
    assert rulebook.of_step("vote", POLICY) == ()


# How scenarios are read -------------------------------------------------------------------------------------

TEXT = """# language: zh-CN
功能: 申报
  背景:
    假如 今天开会

  @S01 @S02
  规则: 甲
    场景大纲: 乙
      假如 材料有"<材料>"和<份数>份
        | 名称 | 数 |
        | <材料> | 1 |
      当 受理

      例子:
        | 材料 | 份数 |
        | 证明 | 2    |
"""


def test_a_scenario_is_read_with_its_values_places_tables_and_background():
    (told,) = scenarios.parse(TEXT)
    assert (told.keyword, told.title, told.feature, told.clauses) == ("场景大纲", "乙", "申报", {"S01", "S02"})
    assert [s.keyword for s in told.steps] == ["假如", "假如", "当"]
    step = told.steps[1]
    assert [(p.text, p.value, p.place) for p in step.words] == [
        ("材料有", False, False), ("材料", True, True), ("和", False, False),
        ("份数", True, True), ("份", False, False),
    ]  # fmt: skip
    assert step.table == scenarios.Table("", ("名称", "数"), (("<材料>", "1"),))
    assert told.examples == (scenarios.Table("例子", ("材料", "份数"), (("证明", "2"),)),)
