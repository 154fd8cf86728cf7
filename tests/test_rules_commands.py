"""`flask screen` and `flask contract-check`: JSON on standard output, words on standard error, how they end."""

import json

import pytest

from registry import clock
from registry.services import intake
from registry.services.examples import EXAMPLES, FOLDER
from tests import contracts
from workflows.facts import ContractFacts
from workflows.policy import Policy
from workflows.rules.panels import ON_RECORD

METHODS = Policy.base().methods


@pytest.fixture
def run(app):
    return lambda *words, **more: app.test_cli_runner().invoke(args=[*words], **more)


def method(told, name):
    return next(m for m in told["methods"] if m["id"] == name)


def verdicts(found):
    return {o["clause"]: o["verdict"] for o in (*found["conditions"], *found["ways"])}


def test_the_published_facts_of_o5_read_as_begun_too_early_and_all_else_unknown(run):
    ended = run("screen", str(FOLDER / "o5.json"))
    told = json.loads(ended.stdout)
    assert (ended.exit_code, told["exit"], told["level"]) == (1, 1, "warn")
    ccer = method(told, "CCER-14-001")
    assert ccer["fit"] == "cannot"
    assert {"why": "final", "clauses": ["A13"]} in ccer["reasons"]
    read = verdicts(ccer)
    assert read.pop("A13") == "fail"
    assert set(read.values()) == {"unknown"}
    a13 = next(o for o in ccer["conditions"] if o["clause"] == "A13")
    assert a13["facts"] == {"start_on": "2011-01-01"}
    assert [(f["key"], f["value"]) for f in a13["figures"]] == [("project_start_after", "2012-11-08")]
    assert all(f["source"] and f["confidence"] for o in ccer["conditions"] for f in o["figures"])
    legacy = method(told, "AR-CM-001")
    assert (legacy["fit"], legacy["status"], legacy["until"]) == ("cannot", "repealed", "2023-10-19")
    assert legacy["reasons"][0] == {"why": "closed", "clauses": []}
    assert {c: v for c, v in verdicts(legacy).items() if v != "unknown"} == {"B08": "pass"}


def test_the_published_facts_of_the_wanling_ticket_read_as_too_long_a_period_and_all_else_unknown(run):
    ended = run("screen", str(FOLDER / "wanling.json"), "--lang", "en")
    told = json.loads(ended.stdout)
    assert (ended.exit_code, told["exit"]) == (1, 1)
    ticket = method(told, "TA-TICKET")
    assert ticket["warnings"] == ["T05"]
    read = verdicts(ticket)
    assert (read.pop("T05"), read.pop("T04")) == ("fail", "pass")
    assert set(read.values()) == {"unknown"}
    t05 = next(o for o in ticket["conditions"] if o["clause"] == "T05")
    assert t05["facts"]["monitoring_years"] == 12
    figures = {f["key"]: f["value"] for f in t05["figures"]}
    assert (figures["ticket_monitoring_min_years"], figures["ticket_monitoring_max_years"]) == ("1", "10")
    assert "T05" in ended.stderr


def test_every_method_stands_in_the_result_and_a_record_of_the_case_is_unknown_without_one(run):
    told = json.loads(run("screen", "-", input="{}").stdout)
    assert sorted(m["id"] for m in told["methods"]) == sorted(METHODS)
    asked = {c: v for m in told["methods"] for c, v in verdicts(m).items() if c in ON_RECORD}
    assert asked
    assert set(asked.values()) == {"unknown"}


def test_a_site_no_method_can_be_used_for_ends_with_a_block(run):
    everything_closed = {"on": "2013-01-01", "activity": "afforestation"}
    assert run("screen", "-", input=json.dumps(everything_closed)).exit_code == 3


CONTRACTS = {
    "contract_honest": (1, [], ["R09", "R24"]),
    "contract_county": (
        3,
        ["R01", "R04", "R13", "R27", "R28"],
        ["R09", "R10", "R32"],
    ),
    "contract_state_farm": (3, ["R15", "R16", "R22", "R29"], ["R09", "R24"]),
}


@pytest.mark.parametrize(("name", "expected"), CONTRACTS.items())
def test_the_sample_contracts_end_as_grave_as_they_are(run, name, expected):
    ended = run("contract-check", str(FOLDER / f"{name}.json"))
    told = json.loads(ended.stdout)
    blocks = [o["clause"] for o in told["outcomes"] if (o["verdict"], o["severity"]) == ("fail", "block")]
    unknown = [o["clause"] for o in told["outcomes"] if o["verdict"] == "unknown"]
    assert (ended.exit_code, blocks, unknown) == expected
    assert told["exit"] == expected[0]


def test_a_contract_with_nothing_but_matters_for_the_leading_group_ends_with_two(run):
    facts = EXAMPLES["contract_honest"].facts | {"end_on": "2044-12-31", "crediting_end": "2044-12-31"}
    ended = run("contract-check", "-", input=json.dumps(facts))
    told = json.loads(ended.stdout)
    assert (ended.exit_code, told["level"]) == (2, "leading_group")
    assert "R23" in [o["clause"] for o in told["outcomes"] if o["verdict"] == "fail"]


def test_the_sample_files_say_what_the_samples_of_the_features_say(run):

    samples = {"honest": contracts.HONEST, "county": contracts.COUNTY, "state_farm": contracts.FARM}
    for name, facts in samples.items():
        assert intake.read(ContractFacts, EXAMPLES[f"contract_{name}"].text, contracts.ON) == facts


def test_the_county_contract_tells_its_words_its_arithmetic_and_its_classes(run):
    told = json.loads(run("contract-check", str(FOLDER / "contract_county.json"), "--lang", "en").stdout)
    assert {hit["words"]: hit["aside"] for hit in told["wording"]}["零成本"] is None
    text = EXAMPLES["contract_county"].facts["text"]
    assert all(text[hit["start"] : hit["end"]] for hit in told["wording"])
    assert told["revenue"]["own"]["total_yuan"] == "3600000000.00"
    assert told["revenue"]["claimed_yuan"] == "5000000000"
    by_class = {m["id"]: m["findings"] for m in told["malpractices"]}
    assert {"R01", "R02", "R03"} <= set(by_class["M1"])
    r03 = next(o for o in told["outcomes"] if o["clause"] == "R03")
    assert "3,600,000,000 yuan" in r03["sentence"]


def test_the_day_of_the_rules_can_be_chosen_and_is_today_otherwise(run):
    assert json.loads(run("screen", "-", input="{}").stdout)["on"] == clock.today().isoformat()
    told = json.loads(run("screen", "-", "--on", "2015-06-01", input='{"on": "2026-01-01"}').stdout)
    assert told["on"] == "2015-06-01"
    assert method(told, "CCER-14-001")["conditions"] == []


@pytest.mark.parametrize("command", ["screen", "contract-check"])
def test_the_schema_is_printed_without_a_file(run, command):
    ended = run(command, "--schema")
    schema = json.loads(ended.stdout)
    assert (ended.exit_code, schema["additionalProperties"]) == (0, False)
    assert schema["examples"][0]["on"] == "2026-11-20"


@pytest.mark.parametrize("command", ["screen", "contract-check"])
@pytest.mark.parametrize(
    ("words", "given", "problem"),
    [
        ((), None, "no_file"),
        (("nowhere.json",), None, "no_file"),
        (("/",), None, "no_file"),
        (("-",), "", "empty"),
        (("-",), "{", "not_json"),
        (("-",), '{"parcels": [{"key": "a", "area_mu": -5}]}', "too_small"),
        (("-",), '{"zzz": 1}', "not_known"),
        (("-",), "x" * 300_000, "too_large"),
        (("-", "--on", "soon"), "{}", "not_a_day"),
    ],
)
def test_an_input_that_cannot_be_used_is_named_in_both_languages_and_ends_with_64(run, command, words, given, problem):
    for lang in ("zh", "en"):
        ended = run(command, *words, "--lang", lang, input=given)
        told = json.loads(ended.stdout)
        assert (ended.exit_code, told["exit"]) == (64, 64)
        assert [e["problem"] for e in told["errors"]] == [problem]
        assert all(e["what"] and e["cure"] for e in told["errors"])
        assert told["errors"][0]["what"] in ended.stderr
        assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("words", [("screen", "--nonsense"), ("contract-check", "a", "b"), ("screen", "--lang", "fr")])
def test_a_command_misused_does_not_end_as_if_the_leading_group_had_to_look(run, words):
    assert run(*words).exit_code == 64


def test_the_rules_need_no_database(make_app):
    app = make_app(SQLALCHEMY_DATABASE_URI="sqlite:////nowhere/at/all.db")
    ended = app.test_cli_runner().invoke(args=["screen", str(FOLDER / "o5.json")])
    assert (ended.exit_code, json.loads(ended.stdout)["kind"]) == (1, "screening")
