"""The leading group's figures: each leads to a list of exactly what it counts, and many cases cost no more than few."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from registry.clock import now, today
from registry.extensions import db
from registry.models import OrganisationKind, PilotLoss
from registry.queries import dashboard as ask
from registry.services import contract_book, facts, farm_records
from registry.services.policy import current
from registry.views import contract_words
from tests import factories, greening, kept
from tests.contract_answers import with_partner
from tests.statements import asked
from tests.town import Town
from tests.world import PARCEL, beside_partner
from workflows.states import FarmRecordKind, LossCause

NO_FIGURE = {"bearer_pdd": "not_stated"}
PLAIN = {"on_day": date(2026, 1, 5), "place": "示例一区", "method_version": ""} | dict.fromkeys(
    ("note", "source", "reason", "handling"), ""
)
ROW = re.compile(r'<tr role="row">(?!<th)')
FIGURES = ("/dashboard", "/dashboard/findings", "/dashboard/contracts", "/dashboard/losses")
LINK = re.compile(r'<a href="(/[^"]+)"[^>]*>([\d,]+)</a>')


def loss(town: Town, cause: str, area: str, carbon: str | None = None, **where: int) -> int:
    """A loss on record, of a farm or of a project."""
    values = PLAIN | {
        "cause": LossCause(cause),
        "area_mu": Decimal(area),
        "carbon_t": Decimal(carbon) if carbon else None,
        "method_version": "CCER-14-001-V01" if carbon else "",
    }
    by = town.world.user("reporter" if "farm_id" in where else "officer")
    sent = 1 + (db.session.scalar(select(func.count(PilotLoss.id))) or 0)
    return farm_records.write(
        FarmRecordKind.LOSS, values, by=by, at=now(), client_id=f"0123456789abcdef{sent:04}", **where
    )


@pytest.fixture
def full(town: Town) -> Town:
    with town.inside():
        town.world.__dict__ |= kept.step("full", lambda: fill(town))
    return town


def fill(town: Town) -> dict[str, Any]:
    """Cases in several stages and of several ages, contracts with findings, completed area, losses."""
    with town.inside():
        beside_partner(town.world, "ccer", 40)
    registered, _number = town.case("registered", **with_partner())
    for state in ("submitted", "risk_review", "validation"):
        town.case(state, **with_partner())
    town.case("submitted", **with_partner(contract_costs=NO_FIGURE))
    town.case("methodology_screening")
    with town.inside():
        units = greening.settle(town.world)
        greening.confirmed(town.world, units["daiyue"])
        greening.confirmed(town.world, units["xintai"], "80", who="xintai", year=2025, document_on=date(2025, 11, 3))
        farm = factories.an_organisation(kind=OrganisationKind.FOREST_FARM)
        town.world.people["reporter"] = factories.an_appointee(town.world.body, "farm_reporter")
        factories.belongs(town.world.people["reporter"], farm)
        loss(town, "fire", "12.5", "30.25", farm_id=farm)
        loss(town, "fire", "2", farm_id=farm)
        loss(town, "storm", "7", "4", farm_id=farm)
        loss(town, "pest", "3", "1.5", case_id=registered)
    return vars(town.world)


@pytest.mark.parametrize("who", ["chair", "supervisor", "officer", "member1"])
def test_the_list_behind_each_figure_names_as_many_as_the_figure_says(full, clock, who):
    clock.move(days=40)
    page = full.page(who, "/dashboard")
    links = [(url, int(said.replace(",", ""))) for url, said in LINK.findall(page.partition("<main")[2])]
    assert len(links) > (3 if who == "member1" else 25)
    for url, said in links:
        listed = full.page(who, url)
        if url.startswith("/greening/reports") or "district=" in url:  # figures of area
            in_all = re.findall(r"([\d,.]+)\xa0mu \([^)]+\) in all", listed)
            assert [Decimal(area.replace(",", "")) for area in in_all] == [said], url
        else:
            assert len(ROW.findall(listed.partition("<tbody")[2].partition("</table>")[0])) == said, url


def test_only_those_who_watch_over_the_times_see_what_is_overdue(full, clock):
    clock.move(days=40)
    late = full.page("supervisor", "/dashboard")
    assert "Overdue times" in late
    assert "deadlines have passed without a result" in late
    plain = full.page("officer", "/dashboard")
    assert "Overdue times" not in plain
    assert "What is overdue is shown to the supervisor and to whoever presides" in plain


def test_a_case_moves_from_band_to_band_as_it_waits(town, clock):
    town.case("submitted")

    def bands() -> dict[str, int]:
        with town.inside():
            return dict(next(iter(ask.pipeline(town.world.user("auditor"), today()).values())))

    assert bands() == {"10": 1, "30": 0, "90": 0, "over": 0}
    for days, band in ((10, "10"), (1, "30"), (19, "30"), (1, "90"), (59, "90"), (1, "over")):
        clock.move(days=days)
        assert bands() == {"10": 0, "30": 0, "90": 0, "over": 0} | {band: 1}, days


def test_losses_of_farms_and_projects_stand_apart_and_a_replaced_record_is_not_counted(full):
    with full.inside():
        found = ask.lost(full.world.user("auditor"))
        assert found[ask.FARM, LossCause.FIRE] == ask.Lost(2, Decimal("14.5"), Decimal("30.25"), 1)
        assert found[ask.PROJECT, LossCause.PEST] == ask.Lost(1, Decimal(3), Decimal("1.5"), 0)
        assert len(ask.losses(full.world.user("auditor"))) == 4
        before = ask.losses(full.world.user("auditor"), ask.FARM, LossCause.STORM)[0]
        values = PLAIN | {"cause": LossCause.STORM, "area_mu": Decimal(9)}
        farm_records.write(
            FarmRecordKind.LOSS,
            values | {"reason": "复测"},
            by=full.world.user("reporter"),
            at=now(),
            client_id="0123456789abcdef9999",
            farm_id=before.farm_id,
            replaces=before.id,
        )
        assert ask.lost(full.world.user("auditor"))[ask.FARM, LossCause.STORM].area_mu == 9


def test_contracts_judged_together_say_what_each_says_alone(full):
    with full.inside():
        policy = current()
        together = contract_book.judged(full.world.user("auditor"), policy, today())
        assert len(together) == 6
        for one in together:
            alone = contract_words.outcomes(facts.project_facts(one.case, policy, today()), policy)
            assert one.outcomes == alone
        assert any(o.finding for one in together for o in one.outcomes)


def test_land_that_another_project_claims_is_found_for_all_contracts_at_once(town):
    land = {"parcels": {"parcels": [{**PARCEL, "village": "青石峪"}]}}
    for state in ("registered", "submitted", "submitted"):
        town.case(state, **with_partner(), **land)
    with town.inside():
        policy = current()
        together = contract_book.judged(town.world.user("auditor"), policy, today())
        rivals = [[o.clause for o in one.outcomes if o.clause == "R17" and o.verdict == "fail"] for one in together]
        assert rivals == [[], ["R17"], ["R17"]]
        for one in together:
            assert one.outcomes == contract_words.outcomes(facts.project_facts(one.case, policy, today()), policy)


def statements(town: Town, path: str) -> int:
    """How many statements a page asks."""
    browser = town.be("auditor")
    with asked(town.client.application) as seen:
        assert browser.get(path).status_code == 200
    return len(seen)


def test_many_contracts_and_losses_cost_no_more_statements_than_few(full):
    def cost() -> dict[str, int]:
        return {path: statements(full, path) for path in FIGURES}

    cost()  # what is asked once, the first time
    few = cost()
    registered, _number = full.case("registered", **with_partner())
    for state in ("submitted", "risk_review"):
        full.case(state, **with_partner())
    with full.inside():
        loss(full, "felling", "5", case_id=registered)
    assert cost() == few


def test_what_a_reader_may_not_see_is_not_counted(full):
    assert ">6</a>" in full.page("auditor", "/dashboard").partition('id="risk"')[2]
    fewer = re.search(r"(\d+) contracts? that stands? (?:is|are) open to you", full.page("member1", "/dashboard"))
    assert fewer
    assert int(fewer[1]) == 2, "those of which the member sat"
    full.page("owner", "/dashboard/findings", 403)
    full.page("daiyue", "/dashboard/losses", 403)
