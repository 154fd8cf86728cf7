"""Reports of the pilot as tests make them: a farm that reports, rows it recorded, a report at each stage."""

import json
from datetime import date
from typing import Any

from registry.clock import now
from registry.extensions import db
from registry.models import OrganisationKind, PilotReport, ReportEntry
from registry.services import acts, reports
from tests import factories
from tests.world import World
from workflows.pilot_report import CHAPTERS, Period
from workflows.roles import Role

QUARTER, YEAR = Period(2025, 4), Period(2025)
TEXT = "本期按计划推进，情况如附表。"


def farm(world: World) -> int:
    """The farm, and in the world's people its reporter."""
    organisation = factories.an_organisation(name="示例林场", kind=OrganisationKind.FOREST_FARM, is_example=True)
    reporter = factories.a_member(organisation)
    factories.office(reporter, world.body, Role.FARM_REPORTER)
    world.people |= {"reporter": reporter, "administrator": factories.an_appointee(world.body, Role.ADMINISTRATOR)}
    return organisation


def entered(world: World, farm_id: int, table: int, day: date, /, mark: str = "", **content: str) -> int:
    """A row the farm recorded."""
    said = {"content": json.dumps(content), "document": "示例台账", "method": "", "mark": mark}
    entry = ReportEntry(farm_id=farm_id, table_no=table, on_day=day, **said)
    return reports.enter(entry, by=world.user("reporter"), at=now())


def some_rows(world: World, farm_id: int) -> None:
    """What was done and lost in the last quarter of 2025."""
    entered(world, farm_id, 4, date(2025, 11, 2), task="造林", planned_mu="300", done_mu="280")
    entered(world, farm_id, 4, date(2025, 12, 5), task="抚育", planned_mu="500", done_mu="520.5")
    loss = {"cause": "火灾", "on": "2025-11-20", "area_mu": "12", "co2_t": "31.5", "handling": "已清理"}
    entered(world, farm_id, 6, date(2025, 11, 20), **loss)


def begun(world: World, farm_id: int, period: Period = QUARTER, *, whole: bool = True) -> int:
    """A draft, its chapters written."""
    report_id = reports.begin(farm_id, world.body, period, by=world.user("reporter"), at=now())
    if whole:
        written(world, report_id)
    return report_id


def written(world: World, report_id: int, reason: str = "", **chapters: str) -> None:
    """Every chapter of a draft, some with other words."""
    report = row(report_id)
    words = dict.fromkeys(CHAPTERS[report.period_kind], TEXT) | chapters
    assert reports.write(report_id, words, reason, by=world.user("reporter"), seen=report.version, at=now())


def row(report_id: int) -> PilotReport:
    """The report, read fresh."""
    db.session.rollback()
    return db.session.get_one(PilotReport, report_id)


def act(world: World, report_id: int, action: str, who: str, **data: Any) -> acts.Done:
    """An act on a report, with a fresh page."""
    seen = row(report_id).version
    return acts.act(("report", report_id), action, by=world.user(who), at=now(), seen=seen, data=data)


STEPS = (
    ("submit_report", "reporter"),
    ("review_report", "officer"),
    ("approve_report", "chair"),
    ("publish_report", "officer"),
)


def brought(world: World, report_id: int, upto: str) -> int:
    """A draft brought on to a step."""
    for action, who in STEPS:
        act(world, report_id, action, who)
        if action == upto:
            break
    return report_id


def stopped(world: World, report_id: int, action: str, who: str, **data: Any) -> list[str]:
    """The clauses that stop an act; empty where it was done."""
    try:
        act(world, report_id, action, who, **data)
    except acts.Refused as refused:
        return [o.clause for o in refused.stopping]
    return []
