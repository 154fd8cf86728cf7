"""Two surveys of the example forest farm, imported by its reporter like any other table."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from registry.clock import ZONE
from registry.demo.people import read
from registry.extensions import db
from registry.models import Organisation
from registry.services import inventory_import
from registry.sheets.write import workbook
from workflows.inventory import LandKind, layout

if TYPE_CHECKING:
    from registry.demo.story import Stage

Scene = tuple[datetime, Callable[[], None]]
Cells = dict[str, Any]

FARM, REPORTER = "farm", "reporter"
COUNTY = "370911"
IMPORTED = timedelta(days=19)
"""How long after its day a survey is imported."""
AREAS = (0.82, 1.17, 0.94, 1.26, 0.71, 1.1, 1.0)
STOCKS = (1.04, 0.93, 1.1, 0.97, 1.01, 0.9, 1.05, 1.0)
"""How the rows of a stand differ from its mean, one after another."""
MEASURED = "复测"


@dataclass(frozen=True, slots=True)
class Stand:
    """A run of sub-compartments of one kind, as inventory.toml lists it."""

    district: str
    compartment: int
    species: str
    category: str
    origin: str
    age_group: str
    tenure: str
    planted_year: int
    rows: int
    area_mu: float
    m3_per_mu: float
    growth: float
    closure: float
    dbh_cm: float
    height_m: float

    def table(self, years: float, planted_in: int) -> Iterator[Cells]:
        """Its rows, so many years after the first survey; a year of planting below 0 counts back from `planted_in`."""
        for n in range(self.rows):
            area, vary = round(self.area_mu * AREAS[(n + self.compartment) % len(AREAS)], 1), STOCKS[n % len(STOCKS)]
            year = self.planted_year if self.planted_year >= 0 else planted_in + self.planted_year
            yield {
                "code": f"{COUNTY}901{self.compartment:03d}{n + 1:04d}",
                "district_code": COUNTY,
                "forest_district": self.district,
                "compartment": f"{self.compartment:03d}",
                "sub_compartment": f"{n + 1:04d}",
                "land_kind": "乔木林地",
                "forest_category": self.category,
                "origin": self.origin,
                "species_code": self.species,
                "age_group": self.age_group,
                "tenure": self.tenure,
                "area_mu": area,
                "volume_m3": round(area * vary * (self.m3_per_mu + self.growth * years), 1),
                "crown_closure": self.closure,
                "dbh_cm": round(self.dbh_cm * vary + 0.25 * years, 1),
                "height_m": round(self.height_m * vary + 0.12 * years, 1),
                "planted_year": year or "",
                "cause": "无变化",
            }


def days(told: Cells, on: date) -> list[date]:
    """The days of the surveys: the last in the year before the one of loading."""
    return [
        date.fromisoformat(f"{on.year - behind}-{day}")
        for behind, day in zip(told["year_behind"], told["surveyed"], strict=True)
    ]


def tables(told: Cells, surveyed: Sequence[date], farm: str) -> list[list[Cells]]:
    """The rows of both surveys."""
    years = (surveyed[1] - surveyed[0]).days / 365.25
    stands, planted = ([Stand(*line) for line in told[key]] for key in ("stands", "planted"))
    first = [row for stand in stands for row in stand.table(0, surveyed[0].year)]
    grown = [row for stand in stands for row in stand.table(years, surveyed[1].year)]
    second = {_place(row): row for row in grown}
    for cause, code, area, stock, note in told["events"]:
        second[code] |= _left(second[code], area, stock) | {"cause": cause, "note": told["note"] % note}
    for code, other in told["merged"]:
        gone, row = second.pop(other), second[code]
        both = {key: round(row[key] + gone[key], 1) for key in ("area_mu", "volume_m3")}
        second[code] |= both | {"cause": MEASURED, "note": told["note"] % told["merged_note"] % other}
    new = [row | {"cause": "造林"} for stand in planted for row in stand.table(0, surveyed[1].year)]
    both_surveys = first, [*second.values(), *new]
    return [[{"note": told["every_note"], "farm": farm} | row for row in rows] for rows in both_surveys]


def _place(row: Cells) -> str:
    return f"{int(row['compartment'])}-{int(row['sub_compartment'])}"


def _left(row: Cells, area: float, stock: float) -> Cells:
    return {"area_mu": round(row["area_mu"] * area, 1), "volume_m3": round(row["volume_m3"] * stock, 1)}


def scenes(stage: "Stage") -> Iterator[Scene]:
    """Both imports, each some weeks after its survey."""
    told = read("inventory.toml")
    surveyed = days(told, stage.on)
    farm = next(o["name"] for key, o in stage.organisations.items() if key == FARM)
    for day, rows in zip(surveyed, tables(told, surveyed, farm), strict=True):
        at = datetime.combine(day + IMPORTED, time(10, 30), ZONE).astimezone(UTC)
        yield at, lambda day=day, rows=rows, at=at: _import(stage, told, day, rows, at)  # type: ignore[misc]


def _import(stage: "Stage", told: Cells, day: date, rows: list[Cells], at: datetime) -> None:
    columns = layout().columns
    content = workbook(
        {"小班表": [[c.head for c in columns], *[[row.get(c.key, "") for c in columns] for row in rows]]}
    )
    farm = db.session.get_one(Organisation, stage.org_ids[FARM])
    bounds = inventory_import.bounds_of(LandKind.FOREST, farm)
    head, judged = inventory_import.look(content, None, bounds)
    stored, name = inventory_import.stored_content(content, f"示例小班表{day.year}.xlsx")
    said = inventory_import.Said(
        title=f"{day.year}年{told['title']}",
        land_kind=LandKind.FOREST,
        surveyed_on=day,
        document_title=told["document"],
        document_number=f"示例调查〔{day.year}〕1号",
        organisation_id=farm.id,
    )
    begun = inventory_import.begin(said, judged, head.mapping, stored, name, by=stage.user(REPORTER), at=stage.tick(at))
    inventory_import.carry_on(begun.id, at=stage.tick(at))
