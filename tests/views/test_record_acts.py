"""The act pages of changes of the rules, pilots and reports: one way for all of them."""

import re

import pytest

from registry.clock import today
from registry.models import OrganisationKind
from registry.services import acts
from registry.views import farm, greening, policy, reports
from tests import factories
from tests.steps.pilot import Farm
from tests.town import Town
from workflows.roles import Role
from workflows.states import PilotState

KINDS = {pages.kind: pages for pages in (farm.PAGES, greening.PAGES, policy.PAGES, reports.PAGES)}
SENT = {"words": "已核对样地台账"}


@pytest.fixture
def pilot(town: Town) -> Farm:
    """A pilot whose plan was submitted; `reporter` is the farm's, `other` a second officer."""
    world = town.world
    with town.inside():
        farm_id = factories.an_organisation(kind=OrganisationKind.FOREST_FARM)
        world.people["reporter"] = factories.an_appointee(world.body, Role.FARM_REPORTER)
        factories.belongs(world.people["reporter"], farm_id)
        world.people["other"] = factories.an_appointee(world.body, Role.CASE_OFFICER)
        found = Farm(world, farm_id, today())
        found.bring(PilotState.SUBMITTED)
    return found


def seen_on(page: str) -> str:
    found = re.search(r'name="seen"[^>]*value="(\d+)"', page)
    assert found
    return found[1]


def test_every_kind_of_record_has_pages_and_every_act_says_what_it_brings_about():
    assert set(KINDS) == set(acts.KINDS)
    for kind, pages in KINDS.items():
        names = {row.name for row in acts.KINDS[kind].workflow.acts if row.by != {Role.SYSTEM}}
        assert set(pages.forms) == names == set(pages.means), kind
        assert pages.stop <= names, kind


@pytest.mark.parametrize("who", ["officer", "supervisor", "reporter", "chair"])
def test_the_form_is_offered_to_those_alone_who_may_act(town, pilot, who):
    path = f"/farm/pilots/{pilot.id}/act/prepare_pilot"
    if who == "officer":
        assert "<form" in town.page(who, path).partition("<main")[2]
        return
    page = town.page(who, path, 409)
    assert "“Pass the plan on to the chair” is not open to you in the state “Submitted”." in page
    assert 'name="seen"' not in page


def test_a_button_stands_for_what_the_page_then_offers(town, pilot):
    for who in ("officer", "supervisor", "reporter", "chair"):
        links = re.findall(rf"/farm/pilots/{pilot.id}/act/\w+", town.page(who, f"/farm/pilots/{pilot.id}"))
        assert bool(links) == (who == "officer")
        for link in links:
            town.page(who, link)


def test_whoever_comes_late_learns_who_did_what_and_gets_the_words_back(town, pilot):
    path = f"/farm/pilots/{pilot.id}/act/prepare_pilot"
    seen = seen_on(town.page("officer", path))
    with town.inside():
        name = town.world.user("other").name
        pilot.act("return_pilot", "other")
    town.be("officer")
    answer = town.client.post(path, data={"seen": seen, **SENT})
    assert answer.status_code == 409
    assert name in answer.text
    assert "The plan of the pilot was returned" in answer.text
    assert SENT["words"] in answer.text
    with town.inside():
        assert pilot.row().state is PilotState.PLAN


def test_an_older_page_is_told_so_also_where_the_form_itself_has_a_fault(town, pilot):
    path = f"/farm/pilots/{pilot.id}/act/return_pilot"
    seen = seen_on(town.page("officer", path))
    with town.inside():
        pilot.act("prepare_pilot", "other")
    town.be("officer")
    answer = town.client.post(path, data={"seen": seen, "words": ""})
    assert answer.status_code == 409
    assert "The plan of the pilot was passed on to the chair" in answer.text


def test_an_act_that_was_taken_is_said_on_the_page(town, pilot):
    path = f"/farm/pilots/{pilot.id}/act/prepare_pilot"
    seen = seen_on(town.page("officer", path))
    answer = town.client.post(path, data={"seen": seen, **SENT})
    assert answer.status_code == 302
    assert "The plan of the pilot was passed on to the chair." in town.page("officer", answer.headers["Location"])


@pytest.mark.parametrize("seen", ["", "x"])
def test_a_page_that_we_did_not_make_is_refused(town, pilot, seen):
    town.be("officer")
    path = f"/farm/pilots/{pilot.id}/act/prepare_pilot"
    assert town.client.post(path, data={"seen": seen, **SENT}).status_code == 400


def test_an_act_that_is_none_and_a_pilot_that_is_none_are_not_found(town, pilot):
    town.page("officer", f"/farm/pilots/{pilot.id}/act/dance", 404)
    town.page("officer", "/farm/pilots/99999/act/prepare_pilot", 404)
