"""What comes from outside becomes facts, or is refused with every fault named; never a traceback, never a pass."""

import json
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.labels import intake as words
from registry.services import intake, intake_limits, self_check
from registry.services.examples import EXAMPLES
from registry.services.intake import Problem, Unusable
from workflows.contract_check import Level
from workflows.facts import ContractFacts, CostItem, ParcelFacts, PartnerContract, RivalClaim, SiteFacts
from workflows.policy import Policy
from workflows.states import Activity, Fit

ON = date(2026, 11, 20)
POLICY = Policy.base()
KINDS = (SiteFacts, ContractFacts)
PARTS = (*KINDS, ParcelFacts, RivalClaim, PartnerContract, CostItem)


def tried(read, kind, given, on=ON):
    """The facts, or the faults that are named instead."""
    try:
        return read(kind, given, on), []
    except Unusable as error:
        return None, [(fault.place, fault.problem.value) for fault in error.faults]


def faults(text: str | bytes) -> list[tuple[str, str]]:
    """(place, problem) of each fault; empty where it can be read."""
    return tried(intake.read, ContractFacts, text)[1]


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_object_is_a_day_and_nothing_known(kind):
    assert intake.read(kind, "{}", ON) == kind(on=ON)


def test_null_says_the_same_as_leaving_out():
    text = '{"on": null, "area_mu": null, "parcels": null, "cost_items": [{"name": "pdd", "amount_yuan": null}]}'
    read = intake.read(ContractFacts, text, ON)
    assert read == ContractFacts(on=ON, cost_items=(CostItem(name="pdd"),))


def test_the_facts_arrive_in_their_own_types_and_lose_no_digit():
    text = """{"on": "2025-01-02", "activity": "bamboo", "overlaps": [], "monitoring_years": 5, "lawful": false,
      "buffer_pct": 10.1234567890123456789, "parcels": [{"key": "a", "area_mu": "0.100"}]}"""
    read = intake.read(SiteFacts, text, ON)
    assert (read.on, read.activity, read.overlaps) == (date(2025, 1, 2), Activity.BAMBOO, ())
    assert (read.monitoring_years, read.lawful) == (5, False)
    assert read.buffer_pct == Decimal("10.1234567890123456789")
    assert read.parcels == (ParcelFacts(key="a", area_mu=Decimal("0.100")),)


def test_the_mark_of_utf8_is_overlooked():
    assert intake.read(SiteFacts, b"\xef\xbb\xbf{}", ON) == SiteFacts(on=ON)


PLANTED = {
    '{"area_mu": -1}': ("area_mu", "too_small"),
    '{"area_mu": 0}': ("area_mu", "too_small"),
    '{"area_mu": 1e30}': ("area_mu", "too_big"),
    '{"price_yuan": 1000000000000000000000000000000}': ("price_yuan", "too_big"),
    '{"price_yuan": 1e999999999}': ("price_yuan", "no_number"),
    '{"price_yuan": NaN}': ("price_yuan", "no_number"),
    '{"price_yuan": -Infinity}': ("price_yuan", "no_number"),
    '{"price_yuan": "NaN"}': ("price_yuan", "no_number"),
    '{"price_yuan": "1_000"}': ("price_yuan", "not_a_figure"),
    '{"price_yuan": "much"}': ("price_yuan", "not_a_figure"),
    '{"price_yuan": true}': ("price_yuan", "not_a_figure"),
    '{"owner_share_pct": 101}': ("owner_share_pct", "too_big"),
    '{"owner_share_pct": 70, "partner_share_pct": 40}': ("partner_share_pct", "over_the_whole"),
    '{"start_on": "2027-01-01", "end_on": "2026-12-31"}': ("end_on", "wrong_order"),
    '{"votes_for": 11, "votes_entitled": 10}': ("votes_entitled", "wrong_order"),
    '{"rival_claims": [{"kind": "project", "number": "1", "start_on": "2030-01-01", "end_on": "2029-01-01"}]}': (
        "rival_claims[0].end_on",
        "wrong_order",
    ),
    '{"start_on": "2026-02-30"}': ("start_on", "not_a_day"),
    '{"start_on": 1767225600}': ("start_on", "not_a_day"),
    '{"start_on": "0012-01-01"}': ("start_on", "day_out_of_range"),
    '{"on": "tomorrow"}': ("on", "not_a_day"),
    '{"votes_for": 5.5}': ("votes_for", "not_whole"),
    '{"votes_for": "5"}': ("votes_for", "not_whole"),
    '{"exclusive": "no"}': ("exclusive", "not_yes_or_no"),
    '{"exclusive": 0}': ("exclusive", "not_yes_or_no"),
    '{"nature": "gift"}': ("nature", "not_listed"),
    '{"owner": 1.5}': ("owner", "not_a_text"),
    '{"owner": 15}': ("owner", "not_a_text"),
    '{"parcels": {"key": "a"}}': ("parcels", "not_a_list"),
    '{"parcels": ["a"]}': ("parcels[0]", "not_an_object"),
    '{"parcels": [{}]}': ("parcels[0].key", "missing"),
    '{"parcels": [{"key": "a"}, {"key": "a"}]}': ("parcels.key", "twice"),
    '{"parcels": [{"key": "a", "tenur": "state"}]}': ("parcels[0].tenur", "not_known"),
    '{"zero_cost": true}': ("zero_cost", "not_known"),
    '{"area_mu": 1, "area_mu": 2}': ("area_mu", "twice"),
    '{"owner": "a\\u0000b"}': ("owner", "odd_sign"),
    '{"owner": "\\ud800"}': ("owner", "odd_sign"),
    '{"owner": "' + "x" * 301 + '"}': ("owner", "too_long"),
    '{"text": "' + "x" * 150_001 + '"}': ("text", "too_long"),
    '{"parcels": [' + ",".join(["1"] * 501) + "]}": ("parcels", "too_many"),
    '{"parcels": ' * 7 + "1" + "}" * 7: ("parcels", "too_deep"),
    "[" * 150_000: ("", "too_deep"),
    "[]": ("", "not_an_object"),
    '"area_mu"': ("", "not_an_object"),
    "": ("", "empty"),
    "  \n": ("", "empty"),
    '{"area_mu": 1': ("", "not_json"),
    "{'area_mu': 1}": ("", "not_json"),
}


@pytest.mark.parametrize(("text", "fault"), PLANTED.items(), ids=range(len(PLANTED)))
def test_what_cannot_be_meant_is_named_with_its_place(text, fault):
    assert fault in faults(text)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ('{"owner": "村"}'.encode("gb18030"), "not_utf8"),
        ("{}".encode("utf-16"), "not_utf8"),
        (b'{"text": "' + b"x" * 200_000 + b'"}', "too_large"),
        (b"\xff" * 300_000, "too_large"),
    ],
    ids=["gb18030", "utf-16", "long", "long and no text"],
)
def test_another_encoding_and_more_than_200_kb_are_refused_before_anything_is_read(raw, problem):
    assert faults(raw) == [("", problem)]


def test_every_fault_is_named_at_once_and_a_name_almost_right_is_suggested():
    text = '{"exclusiv": true, "parcels": [{"key": 1, "tenure": "royal"}], "votes_for": "x"}'
    with pytest.raises(Unusable) as caught:
        intake.read(ContractFacts, text, ON)
    told = {(f.place, f.problem.value): f.detail for f in caught.value.faults}
    assert told.keys() == {
        ("parcels[0].key", "not_a_text"),
        ("parcels[0].tenure", "not_listed"),
        ("votes_for", "not_whole"),
        ("exclusiv", "not_known"),
    }
    assert told["exclusiv", "not_known"] == "exclusive"
    assert "household" in told["parcels[0].tenure", "not_listed"]


def test_every_problem_has_words(app):
    assert set(words.PROBLEMS) == set(Problem)
    with app.test_request_context():
        for problem in Problem:
            assert all("%(" not in said for said in words.problem(problem, "1", "2"))


def test_every_figure_has_bounds():
    for part in PARTS:
        hints = get_type_hints(part)
        for field in fields(part):
            if {Decimal, int} & {*get_args(hints[field.name]), hints[field.name]}:
                assert intake_limits.bounds_of(field.name) is not None, f"{part.__name__}.{field.name}"


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_holds_every_fact_forbids_others_and_brings_an_example_that_can_be_read(kind):
    example = next(e for e in EXAMPLES.values() if e.kind is kind)
    schema = intake.schema(kind, example.facts)
    assert set(schema["properties"]) == {f.name for f in fields(kind)}
    assert schema["required"] == []
    assert schema["additionalProperties"] is False
    assert schema["$defs"]["ParcelFacts"]["additionalProperties"] is False
    assert schema["$defs"]["ParcelFacts"]["properties"]["area_mu"]["anyOf"][0]["minimum"] == 0.0001
    assert intake.read(kind, json.dumps(schema["examples"][0]), ON).on == ON


ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=True)
    | st.text(max_size=20)
    | st.sampled_from(["2026-01-01", "afforestation", "state", "-5", "NaN", "1e400", "household"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(sorted({f.name for part in PARTS for f in fields(part)})), inner, max_size=12)
    ),
    max_leaves=30,
)


def _never_a_pass(read) -> None:
    if isinstance(read, SiteFacts):
        told = self_check.screened(read, POLICY, "en")
        assert all(m["fit"] != Fit.FITS for m in told["methods"])
    else:
        told = self_check.checked(read, POLICY, "zh")
    assert told["exit"] != Level.CLEAN
    json.dumps(told, allow_nan=False)


@pytest.mark.parametrize("kind", KINDS)
@given(raw=st.one_of(ANY_JSON.map(json.dumps), st.text(max_size=200), st.binary(max_size=200)))
@settings(max_examples=300, deadline=None)
def test_whatever_is_sent_is_read_or_refused_in_words_and_never_passes(kind, raw):
    read, named = tried(intake.read, kind, raw)
    assert bool(named) is (read is None)
    json.dumps(named).encode()
    if read is not None:
        _never_a_pass(read)


def _value(hint, name):
    """Values of one fact that the bounds let through, its edges among them."""
    kinds = [k for k in (get_args(hint) or (hint,)) if k is not type(None)]
    bounds = intake_limits.bounds_of(name)
    kind = kinds[0]
    if kind is date:
        return st.dates(intake_limits.FIRST_DAY, intake_limits.LAST_DAY).map(date.isoformat)
    if kind in (Decimal, int):
        edges = st.sampled_from([bounds.least, bounds.most])
        figures = edges | st.decimals(bounds.least, bounds.most, places=3)
        return figures.map(lambda d: int(d) if kind is int else f"{d:f}")
    if kind is bool:
        return st.booleans()
    return None


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_facts_at_the_edge_of_what_is_taken_break_no_rule(kind, data):
    tree = {}
    for name, hint in get_type_hints(kind).items():
        values = _value(hint, name)
        if values is not None and name != "on" and data.draw(st.booleans()):
            tree[name] = data.draw(values)
    on = data.draw(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
    read, named = tried(intake.from_tree, kind, tree, on)
    assert {problem for _, problem in named} <= {"wrong_order", "over_the_whole"}
    if read is not None:
        _never_a_pass(read)
