"""A meeting, a change of the rules, a pilot, a report and completed area in every state they may stand in.

Each was brought there by the acts of those who may take them.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import count

from registry.clock import today
from registry.extensions import db
from registry.models import OrganisationKind
from tests import factories, greening, reports, revisions
from tests.steps.pilot import Farm
from tests.world import World
from workflows.pilot_report import Period
from workflows.roles import Role
from workflows.states import FarmRecordKind, PilotState

Ways = Mapping[str, Callable[[], int]]
"""State → what brings a record there and says its id; to be called in this order."""
PLOT = {"plot_no": "示例1号", "area_m2": Decimal(600), "stratum": "侧柏", "species": "侧柏"}
MEASURED = {"persons": "示例一组", "instrument": "测高仪", "trees": 40, "tree_list": ""}
FAR = {
    "far_officer": Role.CASE_OFFICER,
    "far_chair": Role.CHAIR,
    "far_auditor": Role.AUDITOR,
    "far_reporter": Role.FARM_REPORTER,
    "far_district": Role.DISTRICT_REPORTER,
}
"""Who serves another body."""


def people(world: World) -> tuple[int, dict[str, int]]:
    """Who reports for a farm and for the units, and officials of another body; the farm, and the units by reporter."""
    farm_id = reports.farm(world)
    other_farm = factories.an_organisation(name="示例第二林场", kind=OrganisationKind.FOREST_FARM)
    world.people["reporter2"] = factories.an_appointee(world.body, Role.FARM_REPORTER)
    factories.belongs(world.people["reporter2"], other_farm)
    # Belongs to the farm and reports nothing for it.
    world.people["forester"] = factories.a_member(farm_id)
    county = factories.a_body(key="county", jurisdiction="370911")
    for who, role in FAR.items():
        world.people[who] = factories.an_appointee(county, role)
    return farm_id, greening.settle(world)


def meetings(world: World) -> Ways:
    """Those that were held decided a case, so that their minutes say something."""

    def called_off() -> int:
        found = world.meeting()
        world.in_meeting(found, "call_off", "secretary", words="改期")
        return found

    def sat() -> tuple[int, int]:
        case = world.advance(world.draft(), "risk_review")
        return case, world.sit_and_speak(case)

    def held() -> int:
        case, found = sat()
        world.act(case, "approve_risk", "chair", words="同意")
        world.in_meeting(found, "close_meeting", "chair")
        return found

    def minuted() -> int:
        found = held()
        for who in ("chair", "member1", "member2"):
            world.in_meeting(found, "confirm_minutes", who)
        world.in_meeting(found, "issue_minutes", "secretary")
        return found

    return {
        "planned": world.meeting,
        "in_session": lambda: sat()[1],
        "held": held,
        "minuted": minuted,
        "called_off": called_off,
    }


def changes(world: World) -> Ways:
    """A proposal cannot be replayed once another of its figure is confirmed: that one comes last."""

    def decided(action: str, who: str) -> int:
        found = revisions.proposed(world, revisions.longer_review(12, key="correction_days"))
        revisions.act(world, found, action, who, words="理由")
        return found

    return {
        "draft": lambda: revisions.draft(world),
        "proposed": lambda: revisions.proposed(world),
        "refused": lambda: decided("refuse_change", "chair"),
        "withdrawn": lambda: decided("withdraw_change", "officer"),
        "confirmed": lambda: decided("confirm_change", "chair"),
    }


def pilots(world: World, farm_id: int) -> Ways:
    """All of one farm."""
    begun = count(1)

    def brought(state: PilotState) -> int:
        farm = Farm(world, farm_id, today(), records=100 * next(begun))
        farm.bring(state)
        if state is PilotState.EVALUATED:
            plot_id = farm.keep(FarmRecordKind.PLOT, **PLOT)
            for days in (400, 20):
                farm.keep(
                    FarmRecordKind.MEASUREMENT, plot_id=plot_id, on_day=today() - timedelta(days=days), **MEASURED
                )
            farm.act("evaluate_pilot", "officer")
        return farm.id

    return {state.value: partial(brought, state) for state in PilotState}


def pilot_reports(world: World, farm_id: int) -> Ways:
    """Each of a quarter of its own."""
    quarters = (Period(year, quarter) for year in (2024, 2025) for quarter in (1, 2, 3, 4))

    def brought(upto: str) -> int:
        found = reports.begun(world, farm_id, next(quarters))
        return reports.brought(world, found, upto) if upto else found

    def returned() -> int:
        found = brought("submit_report")
        reports.act(world, found, "return_report", "officer", words="请补充")
        return found

    upto = {
        "submitted": "submit_report",
        "reviewed": "review_report",
        "approved": "approve_report",
        "published": "publish_report",
    }
    ways = {state: partial(brought, step) for state, step in upto.items()}
    return {"draft": lambda: brought(""), "returned": returned, **ways}


def completions(world: World, unit_id: int) -> Ways:
    """Each of a year of its own."""

    def returned() -> int:
        found = greening.reported(world, unit_id, year=2024)
        greening.act(world, found, "return_completion", "officer", words="请补充")
        return found

    return {
        "draft": lambda: greening.draft(world, unit_id, year=2022),
        "reported": lambda: greening.reported(world, unit_id, year=2023),
        "returned": returned,
        "confirmed": lambda: greening.confirmed(world, unit_id, year=2025),
    }


def all_of(world: World, wanted: Mapping[str, Collection[str]]) -> dict[str, dict[str, int]]:
    """Kind → state → id, of the kinds and states that are wanted; the kinds as the audit calls them."""
    farm_id, units = people(world)
    ways = {
        "meeting": meetings(world),
        "policy": changes(world),
        "pilot": pilots(world, farm_id),
        "report": pilot_reports(world, farm_id),
        "greening": completions(world, units["daiyue"]),
    }
    found = {kind: {state: way() for state, way in ways[kind].items() if state in wanted[kind]} for kind in ways}
    db.session.rollback()
    return found
