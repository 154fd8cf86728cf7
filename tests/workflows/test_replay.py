"""A replay says of which case which clause would say another thing, from what to what, by which figures."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.contracts import COUNTY
from workflows.facts import ParcelFacts, ProjectFacts, SittingFacts
from workflows.policy import Policy
from workflows.policy.changes import FigureChange, MethodEnds
from workflows.replay import CaseFacts, Judged, differences, differing, outcomes, standing
from workflows.states import Conclusion, ConditionVerdict, ProjectState, Question, Scheme, Tenure, Verdict

BASE = Policy.base()
ACCEPTED = date(2026, 3, 2)
METHOD = BASE.method("CCER-14-001")
STATE_LAND = ProjectFacts(
    on=ACCEPTED,
    round=1,
    scheme=Scheme.CCER,
    method="CCER-14-001",
    parcels=(ParcelFacts(key="p1", name="北坡", tenure=Tenure.STATE),),
    legal=Conclusion.FAVOURABLE,
    legal_working_days=8,
    signatures=frozenset({1, 2}),
    conditions={c: {1: ConditionVerdict.MET, 2: ConditionVerdict.MET} for c in (*METHOD.conditions, *METHOD.ways)},
)
CASE = CaseFacts(case_id=1, number="TL2026000001", state=ProjectState.VALIDATION, facts=STATE_LAND)


def change(key: str, value: int, since: date = date(2026, 7, 1)) -> FigureChange:
    return FigureChange(key, Decimal(value), since, "文件", "A document")


LONGER = change("legal_review_days", 10)


def told(case: CaseFacts, policy: Policy) -> list[tuple[str, str | None, str | None]]:
    found = differences([case], BASE, policy)
    return [(d.clause, d.before and d.before.verdict.value, d.after and d.after.verdict.value) for d in found]


def test_a_change_leaves_a_case_accepted_before_it_alone():
    assert told(CASE, BASE.amended([LONGER])) == []


def test_a_case_accepted_after_the_change_is_judged_by_it():
    later = replace(CASE, facts=replace(STATE_LAND, on=date(2026, 7, 1)))
    assert told(later, BASE.amended([LONGER])) == [("S18", "pass", "fail")]


def test_as_if_it_had_always_been_so_every_case_is_asked():
    assert told(CASE, BASE.as_if_always([LONGER])) == [("S18", "pass", "fail")]
    assert told(CASE, BASE.as_if_always([change("legal_review_days", 8)])) == []


def test_a_difference_names_the_figure_and_both_its_values():
    (difference,) = differences([CASE], BASE, BASE.as_if_always([LONGER]))
    assert {k: (a.value, b.value) for k, (a, b) in difference.figures.items()} == {"legal_review_days": (7, 10)}
    assert difference.case.number == "TL2026000001"


def test_a_third_officer_leaves_every_signed_sheet_wanting():
    found = told(CASE, BASE.as_if_always([change("screening_officers", 3)]))
    assert {clause for clause, *_ in found} == {"S08a", *METHOD.conditions, *METHOD.ways}
    assert ("S08a", "pass", "unknown") in found


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("quorum_min", 7, [("S11", "pass", "fail")]),
        ("majority_den", 1, [("S15", "pass", "fail")]),
        ("weighty_majority_den", 2, []),
    ],
)
def test_a_sitting_is_counted_again_by_the_terms_it_would_have_had(key, value, expected):
    count = SittingFacts(question=Question.RISK_REVIEW, members=9, cast_for=6)
    case = replace(CASE, sittings=(count,))
    changes = [change(key, value)] + ([change("weighty_majority_num", 2)] if key == "weighty_majority_den" else [])
    assert told(case, BASE.as_if_always(changes)) == expected


def test_a_method_that_ends_bars_its_cases_only_as_if_it_had_never_been():
    end = MethodEnds("CCER-14-001", date(2026, 7, 1), "通知", "A notice")
    assert told(CASE, BASE.amended([end])) == []
    assert told(CASE, BASE.as_if_always([end])) == [("G02", "pass", "fail")]


def test_what_stands_of_a_case_names_findings_and_gates_apart():
    found = standing(STATE_LAND, BASE)
    assert found["finding", "A02"].verdict is Verdict.UNKNOWN
    assert found["gate", "A02"].verdict is Verdict.PASS


def test_a_method_nobody_knows_is_judged_all_the_same():
    assert ("gate", "G02") in standing(replace(STATE_LAND, method="GONE"), BASE)


COUNTED = replace(CASE, sittings=(SittingFacts(question=Question.RISK_REVIEW, members=9, cast_for=6),))
PARTNERED = replace(COUNTED, facts=replace(STATE_LAND, contract=COUNTY))


@pytest.mark.parametrize("case", [CASE, COUNTED, PARTNERED], ids=["no sitting", "a sitting", "a contract"])
@pytest.mark.parametrize("key", [k for k, series in BASE.figures.items() if series[-1].unit != "date"])
def test_what_is_not_asked_again_would_say_the_same(case, key):
    figure = BASE.figures[key][-1]
    for value in (figure.number + 1, figure.number * 3, Decimal(1)):
        other = replace(BASE, figures={**BASE.figures, key: (replace(figure, value=value, since=date(2000, 1, 1)),)})
        assert Judged(case, BASE).under(other, differing(BASE, other)) == outcomes(case, other)


def test_a_change_of_a_method_is_asked_of_everything():
    other = replace(BASE, methods={k: v for k, v in BASE.methods.items() if k != "CCER-14-001"})
    assert differing(BASE, other) is None
    assert Judged(COUNTED, BASE).under(other, None) == outcomes(COUNTED, other)


def test_a_case_from_before_the_first_value_of_a_figure_is_unknown():
    early = replace(PARTNERED, facts=replace(PARTNERED.facts, on=date(1999, 1, 1)))
    said = outcomes(early, BASE)
    assert {said["gate", "S08a"].verdict, said["gate", "S18"].verdict, said["count 1", "S11"].verdict} == {
        Verdict.UNKNOWN
    }
    assert Judged(early, BASE).outcomes == said
