"""The demo's pilot of the forest farm, through its acts, and what the farm recorded for it since last year."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from registry.clock import ZONE
from registry.demo.people import read
from registry.extensions import db
from registry.models import Pilot, PilotPlot
from registry.services import acts, farm_records
from workflows.states import FarmRecordKind

if TYPE_CHECKING:
    from registry.demo.story import Stage

Scene = tuple[datetime, Callable[[], None]]
Told = dict[str, Any]
K = FarmRecordKind

FARM, REPORTER = "farm", "reporter"
STEPS = (("submit_pilot", REPORTER, 1), ("prepare_pilot", "officer1", 3), ("approve_pilot", "chair", 6))
START = 8
"""Days after the plan was begun on which the pilot starts."""
KEPT = timedelta(days=2)
"""How long after its day a record is entered."""
YEAR_END = "12-15"
METHOD = "AR-CM-001-V01"
COMMON: Told = {"place": "", "latitude": None, "longitude": None, "note": "", "reason": ""}
EMPTY: dict[FarmRecordKind, Told] = {
    K.EXPLORATION: {"progress": ""},
    K.MEASUREMENT: {"persons": "示例外业一组", "instrument": "围径尺、测高器"},
    K.SALE: {"retirement_no": ""},
}
GROWN = {"mean_diameter_cm": Decimal("0.3"), "mean_height_m": Decimal("0.2")}
"""What a plot puts on until it is measured again."""
SPREAD = Decimal("0.35")
"""How far the thinnest and the thickest tree of a plot are from its mean, as a share of it."""


def scenes(stage: "Stage") -> Iterator[Scene]:
    """The pilot's plan and start, then every record on its day; what lies ahead of the loading is left out."""
    told = read("farm.toml")
    first = stage.on.year - 1
    begun = _day(first, told["pilot"]["plan"])
    yield from _pilot(stage, told, begun)
    number = count(1)
    for on, kind, values in sorted(_records(told, first), key=lambda record: record[0]):
        client_id = f"example-record-{next(number):06d}"
        if _at(on + KEPT) < stage.at:
            yield _at(on + KEPT), _write(stage, told, kind, on, values, client_id)


def _day(year: int, month_day: str) -> date:
    return date.fromisoformat(f"{year}-{month_day}")


def _at(on: date) -> datetime:
    return datetime.combine(on, time(16, 0), ZONE).astimezone(UTC)


# The pilot ----------------------------------------------------------------------------------------------


def _pilot(stage: "Stage", told: Told, begun: date) -> Iterator[Scene]:
    said = told["pilot"]
    since, until = date(begun.year, 1, 1), date(begun.year + said["years"] - 1, 12, 31)

    def propose() -> None:
        plan = (said["title"], since, until, Decimal(said["budget_yuan"]))
        by = {"farm_id": stage.org_ids[FARM], "by": stage.user(REPORTER)}
        farm_records.propose(*plan, at=stage.tick(_at(begun)), **by)
        for place, row in enumerate(told["exploration"]):
            aims = {"field": row["field"], "aims": row["aims"]}
            _write(stage, told, K.EXPLORATION, begun, aims, f"example-exploration-{place}")()

    yield _at(begun), propose
    for action, who, days in (*STEPS, ("start_pilot", REPORTER, START)):
        at = _at(begun + timedelta(days=days))
        yield at, lambda action=action, who=who, at=at: _act(stage, action, who, said["words"], at)  # type: ignore[misc]


def _act(stage: "Stage", action: str, who: str, words: str, at: datetime) -> None:
    pilot = db.session.scalars(select(Pilot).where(Pilot.farm_id == stage.org_ids[FARM])).one()
    data = {"words": words} if action == "prepare_pilot" else {}
    acts.act(("pilot", pilot.id), action, by=stage.user(who), at=stage.tick(at), seen=pilot.version, data=data)


# Records ------------------------------------------------------------------------------------------------


def _records(told: Told, first: int) -> Iterator[tuple[date, FarmRecordKind, Told]]:
    """Each record with its day, in no order."""
    works = told["works"]
    for year in (first, first + 1):
        for month_day, season in zip(works["days"], works["seasons"], strict=True):
            for row in works["rows"]:
                yield _day(year, month_day), K.ACTIVITY, _scaled(row, Decimal(season))
    for row in told["loss"]:
        on = _day(first + row["year"], row["day"])
        yield on, K.LOSS, {k: v for k, v in row.items() if k not in ("year", "day")} | {"method_version": METHOD}
    for row in told["plots"]["rows"]:
        yield from _plot(told["plots"], row, first)
    for row in told["trial"]:
        yield _day(first, row["day"]), K.TRIAL, _trial(row)
    for row in told["money"]:
        yield _day(first, YEAR_END), K.MONEY, row
    for row in told["lesson"]:
        yield _day(first, row["day"]), K.LESSON, {"note": row["note"]}
    for row in told["exploration"]:
        yield _day(first, YEAR_END), K.EXPLORATION, row


def _scaled(row: Told, season: Decimal) -> Told:
    """Areas by the season, to a tenth of a mu."""
    areas = {key: str((Decimal(row[key]) * season).quantize(Decimal("0.1"))) for key in ("planned_mu", "done_mu")}
    return row | areas


def _plot(told: Told, row: list[Any], first: int) -> Iterator[tuple[date, FarmRecordKind, Told]]:
    """A plot, measured when it was laid out and again a year later."""
    no, place, north, east, stratum, species, trees, diameter, height = row
    laid = {"plot_no": no, "place": place, "latitude": north, "longitude": east, "area_m2": "600"}
    yield _day(first, told["laid"]), K.PLOT, laid | {"stratum": stratum, "species": species}
    means = {"mean_diameter_cm": Decimal(diameter), "mean_height_m": Decimal(height)}
    later = {key: value + GROWN[key] for key, value in means.items()}
    for on, found in ((_day(first, told["laid"]), means), (_day(first + 1, told["again"]), later)):
        listed = "\n".join(f"{d} {species}" for d in _diameters(trees, found["mean_diameter_cm"]))
        yield on, K.MEASUREMENT, {"plot": no, "place": place, "trees": trees, "tree_list": listed} | found


def _diameters(trees: int, mean_cm: Decimal) -> Iterator[Decimal]:
    """Trees about their mean, from the thinnest to the thickest at even steps: their mean is the one that is told."""
    for n in range(trees):
        place = Decimal(2 * n + 1 - trees) / trees
        yield (mean_cm * (1 + SPREAD * place)).quantize(Decimal("0.1"))


def _trial(row: Told) -> Told:
    said = {"plots": row["plots"], "measure": row["measure"], "unit": row["unit"]}
    for key in ("treatment", "control"):
        before, *after = row[key]
        said |= {f"{key}_before": before, f"{key}_after": after[0] if after else None}
    return said


def _write(
    stage: "Stage", told: Told, kind: FarmRecordKind, on: date, values: Told, client_id: str
) -> Callable[[], None]:
    def keep() -> None:
        said = COMMON | EMPTY.get(kind, {}) | {"on_day": on, "source": told["source"]} | _read(stage, kind, values)
        by = {"by": stage.user(REPORTER), "at": stage.tick(_at(on + KEPT))}
        farm_records.write(kind, said, farm_id=stage.org_ids[FARM], client_id=client_id, **by)

    return keep


FIGURES = ("_mu", "_m3", "_t", "_yuan", "_m2", "_before", "_after", "itude")


def _read(stage: "Stage", kind: FarmRecordKind, values: Told) -> Told:
    """Figures as numbers, and plots by their records."""
    found = {k: Decimal(v) if isinstance(v, str) and k.endswith(FIGURES) else v for k, v in values.items()}
    plots = found.pop("plots", None)
    if plots is not None:
        treated, control = (_plot_id(stage, no) for no in plots)
        found |= {"treatment_id": treated, "control_id": control}
    if kind is K.MEASUREMENT:
        found["plot_id"] = _plot_id(stage, found.pop("plot"))
    return found


def _plot_id(stage: "Stage", no: str) -> int:
    query = select(PilotPlot.id).where(PilotPlot.farm_id == stage.org_ids[FARM], PilotPlot.plot_no == no)
    return db.session.scalars(query).one()
