"""The words of pilot reports: what a report, its chapters, tables and columns are called; and how a cell is read."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from registry import formats
from workflows.pilot_report import Period, period_of
from workflows.report_tables import PLACES, Spot, Value

CHAPTERS: Mapping[str, LazyString] = {
    "changes": _l("Changes in the basic situation"),
    "progress": _l("Progress of the tasks"),
    "monitoring": _l("Monitoring work"),
    "losses": _l("Loss events"),
    "contracts": _l("Contracts and projects"),
    "questions": _l("Problems and requests"),
    "next": _l("Plan for the next quarter"),
    "overview": _l("The pilot in brief"),
    "business": _l("Management models"),
    "techniques": _l("Technical routes"),
    "measurement": _l("Carbon measurement"),
    "projects": _l("Project development"),
    "market": _l("Market trade"),
    "compensation": _l("Ecological compensation"),
    "finance": _l("Carbon finance"),
    "risks": _l("Guarding against risk in the pilot"),
    "proposals": _l("Problems and proposals"),
    "quality": _l("Notes on the quality of the data"),
}
TABLES: Mapping[int, LazyString] = {
    1: _l("Resources at hand"),
    2: _l("Carbon stock"),
    3: _l("Change of the carbon stock"),
    4: _l("Progress of the tasks by area"),
    5: _l("Monitoring of plots"),
    6: _l("Losses"),
    7: _l("Projects and contracts"),
    8: _l("Trade and income"),
    9: _l("Finance"),
    10: _l("Inputs and outputs"),
    11: _l("Controlled trials"),
}
COLUMNS: Mapping[str, LazyString] = {
    "forest_district": _l("Forest district"),
    "forest_category": _l("Forest category"),
    "species": _l("Dominant species"),
    "age_group": _l("Age group"),
    "area_mu": _l("Area (mu)"),
    "area_ha": _l("Area (ha)"),
    "volume_m3": _l("Growing stock (m³)"),
    "crown_closure": _l("Crown closure"),
    "dbh_cm": _l("Mean diameter (cm)"),
    "height_m": _l("Mean height (m)"),
    "stratum": _l("Stratum"),
    "volume_m3_per_ha": _l("Volume (m³/ha)"),
    "wd": _l("Wood density (t/m³)"),
    "bef": _l("Biomass expansion factor"),
    "r": _l("Root-to-shoot ratio"),
    "cf": _l("Carbon fraction"),
    "carbon_tc": _l("Carbon (tC)"),
    "co2_t": _l("CO₂ (tCO₂e)"),
    "uncertainty_pct": _l("Uncertainty (%)"),
    "start_t": _l("At the start (tCO₂e)"),
    "end_t": _l("At the end (tCO₂e)"),
    "change_t": _l("Change (tCO₂e)"),
    "yearly_t": _l("A year (tCO₂e)"),
    "yearly_t_per_mu": _l("Tonnes per mu and year"),
    "task": _l("Task"),
    "planned_mu": _l("Planned (mu)"),
    "done_mu": _l("Done (mu)"),
    "done_pct": _l("Share done (%)"),
    "year_mu": _l("Since the year began (mu)"),
    "plot": _l("Plot"),
    "place": _l("Coordinates"),
    "area_m2": _l("Area (m²)"),
    "trees": _l("Trees"),
    "surveyed_on": _l("Surveyed on"),
    "persons": _l("Surveyed by"),
    "instrument": _l("Instruments"),
    "cause": _l("Cause"),
    "on": _l("Day"),
    "handling": _l("Handling"),
    "number": _l("Number"),
    "scheme": _l("Scheme"),
    "stage": _l("Stage"),
    "term": _l("Term"),
    "risk": _l("Risk class"),
    "result": _l("Outcome of the deliberation"),
    "batch": _l("Batch"),
    "kind": _l("Kind"),
    "quantity_t": _l("Quantity (tCO₂e)"),
    "price_yuan_per_t": _l("Price (yuan/t)"),
    "amount_yuan": _l("Amount (yuan)"),
    "counterparty": _l("Counterparty"),
    "retirement": _l("Retirement number"),
    "contract": _l("Contract"),
    "pledged_t": _l("Pledged (tCO₂e)"),
    "loan_wan_yuan": _l("Loan (10,000 yuan)"),
    "registration": _l("Registration number"),
    "heading": _l("Heading"),
    "budget_wan_yuan": _l("Budget (10,000 yuan)"),
    "spent_wan_yuan": _l("Spent (10,000 yuan)"),
    "source": _l("Source of the money"),
    "pair": _l("Treatment × control plot"),
    "measure": _l("Measure"),
    "before": _l("Value before"),
    "after": _l("Value after"),
    "difference": _l("Difference"),
    "significance": _l("Significance"),
}
"""What stands over each column, with its unit; a test asks for all of `report_tables.SHAPES`."""
NONE = "–"


def title(report: Any) -> str:
    """A report by its period: 2025年第四季度试点报告."""
    return period_title(period_of(report.period_kind, report.period_from))


def period_title(period: Period) -> str:
    """The same for a period."""
    if period.quarter:
        return _("Pilot report, quarter %(quarter)s of %(year)s", quarter=_QUARTERS[period.quarter], year=period.year)
    return _("Pilot report of the year %(year)s", year=period.year)


_QUARTERS: Mapping[int, LazyString] = {1: _l("one"), 2: _l("two"), 3: _l("three"), 4: _l("four")}


def table_title(no: int) -> str:
    """表4 任务进度."""
    return _("Table %(no)s %(title)s", no=no, title=TABLES[no])


def column(key: str) -> str:
    """What stands over a column."""
    return str(COLUMNS[key])


def spot(place: Spot) -> str:
    """A place in a table, in words."""
    row = place.row or _("total")
    said = [_("Table %(no)s", no=place.table), row, column(place.column) if place.column else ""]
    return _(", ").join(part for part in said if part)


def value(found: Value, column_key: str = "") -> str:
    """A cell as it is read: numbers with as many places as their column has, days in short."""
    match found:
        case Decimal():
            return formats.number(found, PLACES.get(column_key, 2))
        case date():
            return formats.day_short(found)
        case None | "":
            return NONE
        case _:
            return str(found)
