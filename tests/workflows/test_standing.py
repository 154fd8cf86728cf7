"""What the standing checks keep off the agenda, and what asks for the larger majority."""

from dataclasses import replace
from datetime import date

import pytest

from tests.contracts import COUNTY, FARM, HONEST, ON
from workflows.facts import ContractFacts, ProjectFacts
from workflows.gates import findings
from workflows.policy import Confidence, Policy
from workflows.rules import RULES, standing
from workflows.states import Severity, Verdict

POLICY = Policy.base()


def project(contract: ContractFacts | None) -> ProjectFacts:
    return ProjectFacts(
        on=ON,
        scheme=contract.scheme if contract else None,
        parcels=contract.parcels if contract else (),
        has_partner=contract.has_partner if contract else None,
        contract=contract,
    )


def kept_off_by(facts: ProjectFacts, policy: Policy = POLICY) -> list[str]:
    return [o.clause for o in standing.judged(facts, policy) if standing.keeps_off_the_agenda(o, policy)]


def weighty(contract: ContractFacts) -> list[str]:
    return [o.clause for o in findings(project(contract), POLICY) if standing.weighty(o, POLICY)]


def test_an_honest_contract_keeps_nothing_off_and_asks_for_no_larger_majority():
    assert kept_off_by(project(HONEST)) == []
    assert weighty(HONEST) == []


def test_what_fails_as_a_block_keeps_the_case_off():
    assert {"R01", "R04", "R13", "R27", "R28"} <= set(kept_off_by(project(COUNTY)))
    assert {"R15", "R16", "R22", "R29"} <= set(kept_off_by(project(FARM)))


def test_a_block_clause_nobody_can_judge_keeps_the_case_off_and_a_lighter_one_does_not():
    silent = replace(HONEST, cost_bearers=None, owner_liable=None, text=None)
    assert kept_off_by(project(silent)) == ["R13"]
    judged = {o.clause: o.verdict for o in standing.judged(project(silent), POLICY)}
    assert judged["R07"] is judged["R14"] is Verdict.UNKNOWN


def test_a_figure_the_policy_lacks_on_the_day_keeps_nothing_off():
    before = date(2000, 1, 1)
    facts = project(replace(HONEST, on=before))
    outcome = RULES["R17"](facts, POLICY)
    assert (outcome.verdict, outcome.severity) == (Verdict.UNKNOWN, Severity.BLOCK)
    assert "R17" not in kept_off_by(facts)


def test_an_unsure_clause_keeps_nothing_off():
    unsure = {**POLICY.clauses, "R13": replace(POLICY.clause("R13"), confidence=Confidence.UNSURE)}
    doubtful = replace(POLICY, clauses=unsure)
    assert kept_off_by(project(replace(HONEST, cost_bearers=())), doubtful) == []
    assert kept_off_by(project(replace(HONEST, cost_bearers=())), POLICY) == ["R13"]


@pytest.mark.parametrize("clause", ["R15", "R22", "R24", "R27"])
def test_a_grave_fault_of_land_or_length_asks_for_the_larger_majority(clause):
    assert clause in weighty(COUNTY)


@pytest.mark.parametrize("clause", ["R01", "R07", "R13", "R31"])
def test_another_class_does_not_ask_for_it(clause):
    assert clause not in weighty(COUNTY)


def test_a_warning_or_an_unknown_does_not_ask_for_it():
    longer = replace(HONEST, end_on=date(2038, 12, 31), crediting_end=date(2036, 12, 31))
    found = {o.clause: o for o in findings(project(longer), POLICY)}
    assert found["R23"].severity is Severity.WARN
    assert weighty(longer) == []
    assert weighty(replace(HONEST, retransfer=None)) == []


def test_a_contract_nobody_has_filled_in_cannot_be_judged():
    assert "R13" in kept_off_by(project(None))
