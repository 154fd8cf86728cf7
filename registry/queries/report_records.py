"""What the registry holds of a farm for the tables of its reports: records that stand, projects, surveys."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from registry.application.reading import day
from registry.extensions import db
from registry.models import Answers, Case, Inventory, PilotLoss, PilotMeasurement, PilotPlot, SubCompartment
from registry.queries import pilot
from workflows.inventory import InventoryState, LandKind
from workflows.states import ENDED, AgeGroup, FarmRecordKind, ForestUse, ProjectState

GROUPED = ("forest_district", "forest_category", "species_code", "age_group")
"""What the rows of an inventory are put together by."""
MEASURED = ("crown_closure", "dbh_cm", "height_m")
_READ = ("row_no", "code", *GROUPED, "area_mu", "volume_m3", *MEASURED)


# Records ------------------------------------------------------------------------------------------------


def losses(farm_id: int, since: date, until: date) -> list[PilotLoss]:
    """Losses of the farm and of its registered projects in a period, by their days."""
    of_farm: list[Any] = pilot.records(farm_id, FarmRecordKind.LOSS, within=(since, until))
    entered = [case for case in projects(farm_id) if case.registered_on is not None]
    of_projects = [loss for case in entered for loss in pilot.losses_of(case.id) if since <= loss.on_day <= until]
    return sorted((*of_farm, *of_projects), key=lambda loss: (loss.on_day, loss.id))


def plots(farm_id: int, until: date) -> list[tuple[PilotPlot, PilotMeasurement | None]]:
    """The plots laid out by a day, by their numbers, each with its newest measurement by then.

    A corrected plot is a new record: measurements of all its versions are its own.
    """
    every: list[Any] = pilot.every_version(farm_id, FarmRecordKind.PLOT)
    no_of = {plot.id: plot.plot_no for plot in every}
    measured: list[Any] = pilot.records(farm_id, FarmRecordKind.MEASUREMENT, within=(date.min, until))
    newest = {no_of[m.plot_id]: m for m in reversed(measured)}
    standing: list[Any] = pilot.records(farm_id, FarmRecordKind.PLOT, within=(date.min, until))
    return [(plot, newest.get(plot.plot_no)) for plot in sorted(standing, key=lambda plot: (plot.plot_no, plot.id))]


def measured(record_ids: Iterable[int]) -> list[tuple[PilotPlot, PilotMeasurement]]:
    """Each plot of these records with its measurement among them, by the plots' numbers."""
    ids = set(record_ids)
    laid = {p.plot_no: p for p in db.session.scalars(select(PilotPlot).where(PilotPlot.id.in_(ids)))}
    plot = aliased(PilotPlot, flat=True)
    query = select(PilotMeasurement, plot.plot_no).join(plot, PilotMeasurement.plot_id == plot.id)
    found = db.session.execute(query.where(PilotMeasurement.id.in_(ids)).order_by(plot.plot_no))
    return [(laid[no], measurement) for measurement, no in found if no in laid]


# Projects -----------------------------------------------------------------------------------------------


def projects(farm_id: int) -> list[Case]:
    """The cases of the farm, as proponent or partner, that are at work or were entered."""
    query = (
        select(Case)
        .where(
            or_(Case.proponent_org_id == farm_id, Case.partner_org_id == farm_id),
            Case.number.is_not(None),
            Case.state != ProjectState.DRAFT,
            or_(Case.state.not_in(ENDED), Case.registered_on.is_not(None)),
        )
        .order_by(Case.number)
    )
    return list(db.session.scalars(query))


def term(case: Case) -> str:
    """The first and the last day of its contract; "" where it has none."""
    where = and_(Answers.case_id == case.id, Answers.section == "contract", Answers.round_no == case.round)
    answers = db.session.scalar(select(Answers.data).where(where)) or {}
    start, end = day(answers.get("start_on")), day(answers.get("end_on"))
    return f"{start.isoformat()}–{end.isoformat()}" if start and end else ""


# Surveys ------------------------------------------------------------------------------------------------


def surveys(farm_id: int, until: date) -> list[Inventory]:
    """The farm's complete forest inventories surveyed by a day, the newest first, of each day its last version."""
    query = (
        select(Inventory)
        .where(
            Inventory.organisation_id == farm_id,
            Inventory.land_kind == LandKind.FOREST,
            Inventory.state == InventoryState.COMPLETE,
            Inventory.surveyed_on <= until,
        )
        .order_by(Inventory.surveyed_on.desc(), Inventory.id.desc())
    )
    of_day: dict[date, Inventory] = {}
    for found in db.session.scalars(query):
        of_day.setdefault(found.surveyed_on, found)
    return list(of_day.values())


@dataclass(frozen=True, slots=True)
class Plain:
    """A sub-compartment as it is reckoned with; `volume_m3` is of the whole row."""

    row_no: int
    code: str
    forest_district: str
    forest_category: ForestUse | None
    species_code: str
    age_group: AgeGroup | None
    area_mu: Decimal
    volume_m3: Decimal
    crown_closure: Decimal | None
    dbh_cm: Decimal | None
    height_m: Decimal | None


def plain_rows(version_id: int) -> list[Plain]:
    """All rows of a version, in their order, as values and not as objects of the database."""
    columns = [getattr(SubCompartment, key) for key in _READ]
    of_version = SubCompartment.version_id == version_id
    return [Plain(*row) for row in db.session.execute(select(*columns).where(of_version).order_by(columns[0]))]


def group_of(**words: str | None) -> str:
    """A group of rows as a source names it, in the form of an address: column=word, "" where the file has none."""
    return urlencode([(key, words[key] or "") for key in GROUPED if key in words])


def words_of(group: str) -> dict[str, str]:
    """The same back: column → word."""
    return dict(parse_qsl(group, keep_blank_values=True))


PAGE = 50


@dataclass(frozen=True, slots=True)
class Behind:
    """The rows behind a figure, a page of them; `total` counts all."""

    items: list[SubCompartment]
    total: int


def rows_behind(version_id: int, group: str, page: int) -> Behind:
    """The rows of an inventory that a source names, by their row numbers; pages count from 0."""
    said = words_of(group)
    fits = [SubCompartment.version_id == version_id, *(_is(key, said[key]) for key in GROUPED if key in said)]
    numbers = list(db.session.scalars(select(SubCompartment.row_no).where(*fits).order_by(SubCompartment.row_no)))
    asked = numbers[page * PAGE : (page + 1) * PAGE]
    query = select(SubCompartment).where(SubCompartment.version_id == version_id, SubCompartment.row_no.in_(asked))
    return Behind(list(db.session.scalars(query.order_by(SubCompartment.row_no))), len(numbers))


def _is(key: str, word: str) -> ColumnElement[bool]:
    column = getattr(SubCompartment, key)
    if word:
        return column == word
    return column.is_(None) if key in ("forest_category", "age_group") else column == ""
