"""Clause, rule, scenario, screen: one id ties them, and none is left alone (house.md §4)."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from sqlalchemy import text

from registry import rulebook, scenarios
from registry.extensions import db
from registry.services import sheet_facts
from tests.services import forged_decisions, forged_records, forged_reports
from tests.steps import greening, minutes, pilot, pilot_report, policy_change
from tests.steps.acts import Said, said
from tests.steps.story import PLACES, WHERE
from workflows.greening import GREENING
from workflows.machine import Act
from workflows.meeting import MEETING
from workflows.pilot import PILOT
from workflows.pilot_report import PILOT_REPORT
from workflows.policy import Clause, Enforced, Policy
from workflows.policy_change import POLICY_CHANGE
from workflows.project import PROJECT
from workflows.roles import Role
from workflows.rules import RULES
from workflows.states import ProjectState

POLICY = Policy.base()
FEATURES = sorted((Path(__file__).parents[1] / "features").glob("*.feature"))
FORGERIES = forged_decisions.FORGERIES | forged_records.FORGERIES | forged_reports.FORGERIES
BEGINS = re.compile(f"一个.+?项目({PLACES})")
NOT_DONE = (
    *("不能办理", "不能提交", "无权办理", "没有办成", "该规则修订没有办成", "该规则修订无权办理"),
    *("该试点没有办成", "该试点无权办理"),
    *("该试点报告没有办成", "该试点报告无权办理", "该面积报告没有办成", "该面积报告无权办理"),
)
BY = {"officer": Role.CASE_OFFICER, "chair": Role.CHAIR}


def held_by(*how: Enforced) -> list[Clause]:
    return [c for c in POLICY.clauses.values() if c.enforced in how]


def rows(told: scenarios.Scenario) -> Iterable[dict[str, str]]:
    """The examples of an outline; one without places for a plain scenario."""
    found = [dict(zip(t.head, row, strict=True)) for t in told.examples for row in t.rows]
    return found or [{}]


def sentence(step: scenarios.Step, row: dict[str, str]) -> str:
    """A step as it is run."""
    return re.sub(r"<([^<>]+)>", lambda place: row.get(place[1], place[0]), step.text)


Walk = tuple[Act, Said, bool, frozenset[str]]


def walks(told: Iterable[scenarios.Scenario]) -> list[Walk]:
    """(row of the lifecycle, what is done, whether it is done, clauses) of every story, once for each example."""
    walked = []
    for scenario in told:
        for row in rows(scenario):
            lines = [sentence(step, row) for step in scenario.steps]
            what = next((found[0] for line in lines if (found := said(line) or minutes.said(line))), None)
            for others in (policy_change, pilot, pilot_report, greening):
                what = what or next((found for line in lines if (found := others.said(line))), None)
            if what is None:
                continue
            begins = next((m[1] for line in lines if (m := BEGINS.fullmatch(line))), None)
            state = WHERE[begins][0] if begins else ProjectState.DRAFT
            table = MEETING if what.of_meeting else POLICY_CHANGE if what.of_change else None
            table = PILOT if what.of_pilot else table
            table = PILOT_REPORT if what.of_report else GREENING if what.of_area else table
            by = [row for row in table.acts if row.name == what.action] if table else []
            # Two rows of one name are told apart by who acts.
            mine = [row for row in by if len(by) == 1 or BY[what.who] in row.by]
            act = mine[0] if table else PROJECT.row(what.action, state)
            assert act is not None, f"{scenario.title}: {what.action} in {state}"
            done = not any(line.startswith(NOT_DONE) for line in lines)
            walked.append((act, what, done, scenario.clauses))
    return walked


STORIES = walks(scenarios.everything())


# The lifecycle ------------------------------------------------------------------------------------------


def unwalked(stories: Iterable[Walk]) -> list[str]:
    """Rows of the tables that no story takes to its end; what the clock alone does is at least tried."""
    done = {id(act) for act, _what, taken, _clauses in stories if taken}
    tried = {id(act) for act, what, _taken, _clauses in stories if what.who is None}
    return [
        f"{row.name} from {', '.join(row.sources)}"
        for row in (*PROJECT.acts, *MEETING.acts, *POLICY_CHANGE.acts, *PILOT.acts, *PILOT_REPORT.acts, *GREENING.acts)
        if id(row) not in (tried if row.by == {Role.SYSTEM} else done)
    ]


def test_a_story_walks_every_row_of_the_lifecycle_of_a_meeting_of_a_change_and_of_a_report_of_area():
    assert unwalked(STORIES) == []


def test_a_row_whose_only_story_is_refused_counts_as_not_walked():
    refused = [(act, what, taken and act.name != "register", ids) for act, what, taken, ids in STORIES]
    assert unwalked(refused) == ["register from registration"]


def test_a_row_the_clock_walks_is_tried_by_the_system_itself():
    people = [walk for walk in STORIES if walk[1].who is not None]
    assert [line.partition(" ")[0] for line in unwalked(people)] == [
        "deem_accepted",
        "lapse",
        "close",
        "reseat",
        "remind",
        "recount",
        "remind_of_report",
        "remind_report",
    ]


def test_every_stage_has_a_story_that_leads_on():
    straight = {"submit", "accept", "pass_screening", "approve_risk", "pass_validation", "register"}
    assert straight <= {act.name for act, _what, taken, _clauses in STORIES if taken}


# Clauses ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("clause", held_by(Enforced.RULE), ids=lambda c: c.id)
def test_a_clause_that_a_rule_enforces_has_function_scenario_and_place(clause):
    assert clause.id in RULES
    assert scenarios.of(clause.id), "no scenario"
    in_a_case = rulebook.places(clause, POLICY) or rulebook.stands_as_finding(clause, POLICY)
    assert in_a_case or rulebook.compared(clause, POLICY), "asked nowhere"


def test_what_only_a_closed_method_asks_has_no_place_but_the_comparison_of_methods():
    closed = [c for c in POLICY.clauses.values() if rulebook.compared(c, POLICY)]
    assert {c.id[0] for c in closed} == set("BCDF")
    assert not [c.id for c in closed if rulebook.places(c, POLICY) or rulebook.methods(c, POLICY)]


@pytest.mark.parametrize("clause", held_by(Enforced.TABLE), ids=lambda c: c.id)
def test_a_clause_of_the_table_names_a_step_and_a_story_tells_it(clause):
    assert clause.action in {row.name for row in PROJECT.acts if row.to is not None}
    assert clause.action in {act.name for act, _what, _taken, clauses in STORIES if clause.id in clauses}


@pytest.mark.both_engines
@pytest.mark.parametrize("clause", held_by(Enforced.DATABASE), ids=lambda c: c.id)
def test_a_clause_of_the_database_names_a_constraint_that_is_there_and_a_forgery_that_is_tried(app, clause):
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master",
        "postgresql": "SELECT tgname FROM pg_trigger UNION SELECT conname FROM pg_constraint",
    }[db.engine.name]
    there = {name for (name,) in db.session.execute(text(catalogue))}
    assert clause.constraint in there
    assert clause.forgery in FORGERIES


ANSWERED = [c for c in POLICY.clauses.values() if c.field is not None and not rulebook.compared(c, POLICY)]
"""What officers answer, whether or not a rule proposes the answer."""


def test_officers_answer_every_manual_clause():
    assert {c.id for c in held_by(Enforced.MANUAL)} <= {c.id for c in ANSWERED}


@pytest.mark.parametrize("clause", ANSWERED, ids=lambda c: c.id)
def test_a_clause_that_people_answer_names_its_place_on_the_sheet_of_a_method(clause):
    assert clause.field == f"screening.{clause.id}"
    asking = rulebook.methods(clause, POLICY)
    assert asking
    assert all(clause.id in sheet_facts.sheet(POLICY, method.id) for method in asking)
    assert scenarios.of(clause.id), "no scenario"


def test_no_clause_of_the_clock_is_left_without_a_scenario():
    assert [c.id for c in held_by(Enforced.CLOCK) if not scenarios.of(c.id)] == []


def test_no_clause_but_that_of_the_audit_is_left_without_a_scenario():
    """What the audit refuses no act can try: its forged rows are written past the system."""
    assert [c.id for c in POLICY.clauses.values() if not scenarios.of(c.id)] == ["S34"]
    assert POLICY.clause("S34").enforced is Enforced.DATABASE


def test_every_tag_is_a_clause_and_every_scenario_has_one():
    for scenario in scenarios.everything():
        assert scenario.clauses, scenario.title
        assert scenario.clauses <= set(POLICY.clauses), scenario.title
