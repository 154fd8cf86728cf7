"""Reports of the pilot as tests make them: a farm, what it recorded and surveyed, a report at each stage."""

import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from registry.clock import now
from registry.extensions import db
from registry.models import OrganisationKind, Pilot, PilotReport
from registry.services import acts, farm_records, inventory_import, reports
from registry.services.inventory_cells import Bounds
from tests import factories
from tests.inventory_tables import table
from tests.world import World
from workflows.inventory import LandKind
from workflows.pilot_report import CHAPTERS, Period
from workflows.roles import Role
from workflows.states import Exploration, FarmRecordKind

QUARTER, YEAR = Period(2025, 4), Period(2025)
TEXT = "本期按计划推进，情况如附表。"
LEDGER, FARM = "示例台账", "示例林场"
COMMON = {"place": "示例一区", "latitude": None, "longitude": None, "note": "", "source": LEDGER, "reason": ""}
EMPTY: dict[str, dict[str, Any]] = {
    "activity": {"planned_mu": None, "days": None, "species": "", "cost_yuan": None},
    "plot": {"area_m2": Decimal(600), "stratum": "", "species": ""},
    "measurement": {
        "persons": "示例甲组",
        "instrument": "围径尺",
        "trees": 60,
        "mean_diameter_cm": None,
        "mean_height_m": None,
        "tree_list": "",
    },
    "loss": {"volume_m3": None, "carbon_t": None, "method_version": "", "handling": "已清理"},
    "money": {"budget_yuan": None, "funds": ""},
    "sale": {"retirement_no": ""},
    "loan": {"pledged_t": None, "registration_no": ""},
    "trial": {},
    "exploration": {},
}
HEADS = [
    *("小班编号", "县", "林场", "营林区", "林种", "优势树种", "龄组"),
    *("面积(亩)", "蓄积(m³)", "郁闭度", "平均胸径", "平均树高"),
]
STANDS: list[list[Any]] = [
    ["0001", "岱岳区", FARM, "示例一区", "防护林", "侧柏", "中龄林", 15, 50, 0.6, 10, 7],
    ["0002", "岱岳区", FARM, "示例一区", "防护林", "侧柏", "中龄林", 45, 150, 0.8, 12, 8],
    ["0003", "岱岳区", FARM, "示例二区", "特用林", "刺槐", "成熟林", 30, 100, 0.7, 14, 10],
]


def farm(world: World) -> int:
    """The farm, and in the world's people its reporter."""
    organisation = factories.an_organisation(name=FARM, kind=OrganisationKind.FOREST_FARM, is_example=True)
    reporter = factories.a_member(organisation)
    factories.office(reporter, world.body, Role.FARM_REPORTER)
    world.people |= {"reporter": reporter, "administrator": factories.an_appointee(world.body, Role.ADMINISTRATOR)}
    return organisation


def recorded(world: World, farm_id: int, kind: str, day: date, /, replaces: int | None = None, **values: Any) -> int:
    """What the farm recorded for a day."""
    said = COMMON | {"on_day": day} | EMPTY[kind] | values | ({"reason": "抄错"} if replaces else {})
    by = {"by": world.user("reporter"), "at": now(), "client_id": uuid.uuid4().hex, "farm_id": farm_id}
    return farm_records.write(FarmRecordKind(kind), said, replaces=replaces, **by)


def some_rows(world: World, farm_id: int) -> None:
    """What was done and lost in the last quarter of 2025."""
    planted = {"work": "afforestation", "planned_mu": Decimal(300), "done_mu": Decimal(280)}
    recorded(world, farm_id, "activity", date(2025, 11, 2), **planted)
    tended = {"work": "tending", "planned_mu": Decimal(500), "done_mu": Decimal("520.5")}
    recorded(world, farm_id, "activity", date(2025, 12, 5), **tended)
    lost = {"carbon_t": Decimal("31.5"), "method_version": "AR-CM-001-V01"}
    recorded(world, farm_id, "loss", date(2025, 11, 20), cause="fire", area_mu=Decimal(12), **lost)


def a_plot(world: World, farm_id: int, no: str = "示例01", laid: date = date(2025, 5, 1)) -> int:
    """A plot, measured on the day it was laid out."""
    plot = recorded(world, farm_id, "plot", laid, plot_no=no, latitude=Decimal("36.05"), longitude=Decimal("117.27"))
    recorded(world, farm_id, "measurement", laid, plot_id=plot)
    return plot


def a_sampled_plot(
    world: World,
    farm_id: int,
    no: str,
    d_cm: Sequence[float] = (),
    *,
    stratum: str = "柏类中龄林",
    species: str = "侧柏",
    mean_cm: Decimal | None = None,
    day: date = date(2025, 5, 1),
) -> tuple[int, int]:
    """A plot of 600 m2 and its measurement, the trees listed where their diameters are given; both ids."""
    plot = recorded(world, farm_id, "plot", day, plot_no=no, stratum=stratum)
    listed = "\n".join(f"{d} {species}" for d in d_cm)
    trees = {"trees": len(d_cm) or 60, "tree_list": listed, "mean_diameter_cm": mean_cm}
    return plot, recorded(world, farm_id, "measurement", day, plot_id=plot, **trees)


def surveyed(
    world: World, farm_id: int, day: date, *lines: list[Any], kind: LandKind = LandKind.FOREST, done: bool = True
) -> int:
    """An inventory of the farm, imported from a workbook."""
    content = table(*(lines or STANDS), heads=HEADS)
    head, judged = inventory_import.look(content, None, Bounds(kind))
    assert not judged.faults, judged.faults
    stored, name = inventory_import.stored_content(content, "小班.xlsx")
    said = inventory_import.Said(f"示例调查{day.year}", kind, day, "示例调查报告", "示例1号", farm_id)
    by = world.user("reporter")
    begun = inventory_import.begin(said, judged, head.mapping, stored, name, by=by, at=now())
    if done:
        assert inventory_import.carry_on(begun.id, at=now())
    return begun.id


def grown(by: Decimal | int, stands: list[list[Any]] = STANDS) -> list[list[Any]]:
    """The same stands with so many more cubic metres on each."""
    return [[*row[:8], row[8] + by, *row[9:]] for row in stands]


def running_pilot(world: World, farm_id: int, since: date = date(2025, 1, 1), until: date = date(2027, 12, 31)) -> int:
    """A pilot of the farm at work."""
    reporter = world.user("reporter")
    pilot_id = farm_records.propose("示例试点", since, until, Decimal(100_000), farm_id=farm_id, by=reporter, at=now())
    for field in Exploration:
        recorded(world, farm_id, "exploration", since, field=field, aims="探索", progress="")
    ways = (("submit_pilot", "reporter"), ("prepare_pilot", "officer"), ("approve_pilot", "chair"))
    for action, who in (*ways, ("start_pilot", "reporter")):
        seen = db.session.get_one(Pilot, pilot_id).version
        acts.act(("pilot", pilot_id), action, by=world.user(who), at=now(), seen=seen, data={"words": "同意"})
    return pilot_id


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
