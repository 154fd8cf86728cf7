"""The comparison of methods, and what the rules propose on the sheet: shown to the reader, decided by the officers."""

import re

import pytest
from flask.testing import FlaskClient

from registry.services import facts
from registry.services.policy import current
from tests.views.test_applicant import signed_in
from tests.views.test_officer_pages import made, page
from tests.world import PARCEL, World
from workflows.facts import SiteFacts
from workflows.policy import Policy


@pytest.fixture
def world(client: FlaskClient, clock) -> World:
    with client.application.app_context():
        return World()


def site(client: FlaskClient, world: World, case_id: int) -> SiteFacts:
    with client.application.app_context():
        case = world.case(case_id)
        found = facts.project_facts(case, current(), case.accepted_on).site
        assert found is not None
        return found


def section(text: str, start: str, end: str | None = None) -> str:
    """What stands on a page between two headings."""
    rest = text.split(start, 1)[1]
    return rest.split(end, 1)[0] if end else rest


def line(text: str, clause: str) -> str:
    """A condition as the sheet shows it."""
    found = re.search(rf'<li class="finding" id="c-{clause}">.*?</li>', text, re.DOTALL)
    assert found, clause
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


# --- the comparison ---


def test_every_method_stands_on_the_page_once_and_the_fitting_one_first(client, world):
    _case_id, number = made(client, world, "methodology_screening")
    shown = signed_in(client, world.people["officer"]).get(f"/cases/{number}/methods").text
    listed = re.findall(r'<li class="finding" id="m-([^"]+)">', shown)
    assert sorted(listed) == sorted(Policy.base().methods)
    assert listed[0] == "CCER-14-001"
    text = page(client, world, "officer", f"/cases/{number}/methods")
    fitting = section(text, "Methods that fit", "Methods that could fit")
    assert "Chosen in the application" in fitting
    assert "Exempt by X03" in fitting


def test_what_cannot_be_used_says_why(client, world):
    _case_id, number = made(client, world, "methodology_screening", method={"start_on": "2011-01-01"})
    text = page(client, world, "officer", f"/cases/{number}/methods")
    assert "No method fits as things are stated and known now." in text
    refused = section(text, "Methods that cannot be used, and why")
    assert "A condition is not met, and nothing can change that: A03 A13" in section(refused, "CCER-14-001-V01")
    assert "closed to new projects" in section(refused, "AR-CM-001-V01")
    assert "cannot be used in Tai’an" in section(refused, "CCER-14-002-V01")


def test_a_condition_that_is_not_known_says_which_fact_is_missing_and_no_cure(client, world):
    _case_id, number = made(client, world, "methodology_screening", method={"lawful": None})
    text = page(client, world, "officer", f"/cases/{number}/methods")
    clause = Policy.base().clause("A12")
    assert f"A12 {clause.title_en} {clause.unknown_en} Not answered: Lawful, with its approvals." in text
    assert clause.cure_en not in text


def test_the_applicant_reads_the_comparison_from_the_case_and_a_stranger_does_not(client, world):
    _case_id, number = made(client, world, "submitted")
    owner = signed_in(client, world.people["owner"])
    assert f'href="/cases/{number}/methods"' in owner.get(f"/cases/{number}").text
    assert "the officers decide on the sheet" not in page(client, world, "owner", f"/cases/{number}/methods")
    assert signed_in(client, world.people["stranger"]).get(f"/cases/{number}/methods").status_code == 404


def test_a_ticket_says_what_it_still_needs(client, world):
    _case_id, number = made(client, world, "methodology_screening", "local_ticket", method={"monitoring_years": "12"})
    text = page(client, world, "officer", f"/cases/{number}/methods")
    ticket = section(section(text, "Methods that could fit"), "Local forestry carbon ticket", "About it")
    assert "Facts are missing: T07" in ticket
    assert "T05" in section(ticket, "To note")


# --- the site of a case ---


def test_the_answers_of_an_application_are_the_facts_of_its_site(client, world):
    case_id, _number = made(client, world, "methodology_screening")
    found = site(client, world, case_id)
    assert (found.forest_use, found.burning, found.lawful) == ("protection", "none", True)
    assert found.claim_from == found.crediting_start
    assert found.overlaps == ()
    assert found.in_taian is True
    assert found.increment_t is None


def test_what_cannot_be_read_is_not_known(client, world):
    unread = {"shrub_removed_pct": "a few", "start_on": "spring", "lawful": "yes", "burning": "now and then"}
    case_id, _number = made(client, world, "methodology_screening", method=unread)
    found = site(client, world, case_id)
    assert found.shrub_removed_pct is found.start_on is found.lawful is found.burning is None


def test_the_removals_of_a_later_claim_are_those_it_names(client, world):
    case_id, _number = made(client, world, "methodology_screening", crediting={"claim_from": "2025-01-01"})
    assert str(site(client, world, case_id).claim_from) == "2025-01-01"


# --- the sheet ---


def test_the_sheet_shows_beside_each_condition_what_the_rule_proposes_and_from_which_facts(client, world):
    small = {**PARCEL, "area": "0.5", "area_mu": "0.5"}
    _case_id, number = made(
        client,
        world,
        "methodology_screening",
        parcels={
            "parcels": [
                PARCEL,
                {**small, "key": "p2", "name": "西坡", "title_number": "示例-002", "subcompartment": "0013"},
            ]
        },
    )
    shown = signed_in(client, world.people["officer"]).get(f"/cases/{number}/screening").text
    assert "The rule says Pass" in line(shown, "A01")
    assert "The rule says Fail" in line(shown, "A05")
    assert "Parcels that fall short: 西坡" in line(shown, "A05")
    assert "0.5" in line(shown, "A05")
    assert f'href="/cases/{number}/methods"' in shown


def test_an_answer_that_differs_from_the_proposal_needs_words_and_is_marked(client, world):
    case_id, number = made(client, world, "methodology_screening", method={"start_on": "2011-01-01"})
    with client.application.app_context():
        seen = str(world.case(case_id).version)
    officer = signed_in(client, world.people["officer"])
    refused = officer.post(f"/cases/{number}/screening", data={"seen": seen, "v_A13": "met"})
    assert refused.status_code == 422
    assert "A13: your answer differs from what the rule proposes. Say what it rests on" in refused.text
    data = {"seen": seen, "v_A13": "met", "e_A13": "Work order of 2013", "v_A06": "met", "e_A06": "Map"}
    assert officer.post(f"/cases/{number}/screening", data=data).status_code == 302
    shown = officer.get(f"/cases/{number}/screening").text
    assert "Differs from the proposal" in line(shown, "A13")
    assert "Differs from the proposal" not in line(shown, "A06")


def test_an_answer_that_agrees_is_asked_for_its_evidence_only(client, world):
    case_id, number = made(client, world, "methodology_screening")
    with client.application.app_context():
        seen = str(world.case(case_id).version)
    officer = signed_in(client, world.people["officer"])
    refused = officer.post(f"/cases/{number}/screening", data={"seen": seen, "v_A13": "met"})
    assert "A13: say what the answer rests on" in refused.text
    assert "differs from what the rule proposes" not in refused.text
