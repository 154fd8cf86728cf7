"""What moved between two versions of an inventory, sub-compartment by sub-compartment, matched by their code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, String, Subquery, and_, case, func, literal, select, type_coerce, union_all
from sqlalchemy.orm import aliased

from registry.extensions import db
from registry.models import Inventory, SubCompartment
from workflows.inventory import InventoryState, RowChange

PAGE = 50
FILTERS = ("kind", "cause", "forest_district")
NOT_SAID = ""
"""The cause of a sub-compartment that is gone: the later survey has no row to name one in."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sub-compartment in both surveys; None: it is not in that one."""

    code: str
    kind: RowChange
    cause: str
    forest_district: str
    old_species: str | None
    new_species: str | None
    old_area_mu: Decimal | None
    new_area_mu: Decimal | None
    old_volume_m3: Decimal | None
    new_volume_m3: Decimal | None


@dataclass(frozen=True, slots=True)
class Sum:
    """Sub-compartments of one kind, cause and pair of species, with their sums in both surveys."""

    kind: RowChange
    cause: str
    old_species: str
    new_species: str
    rows: int
    old_area_mu: float
    new_area_mu: float
    old_volume_m3: float
    new_volume_m3: float


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of lines: `before` counts those ahead of it, `total` all that fit the filter."""

    items: list[Line]
    before: int
    total: int


def comparable(old: Inventory, new: Inventory) -> bool:
    """Whether two versions are whole, of the same land, and the first is of an earlier day."""
    whole = old.state is new.state is InventoryState.COMPLETE
    same = (old.land_kind, old.organisation_id) == (new.land_kind, new.organisation_id)
    return whole and same and old.surveyed_on < new.surveyed_on


def earlier(version: Inventory, of: Sequence[Inventory]) -> list[Inventory]:
    """Those of some versions with which this one can be compared and that are not replaced, the latest first."""
    replaced = {one.replaces_id for one in of if one.state is InventoryState.COMPLETE}
    fit = [one for one in of if comparable(one, version) and one.id not in replaced]
    return sorted(fit, key=lambda one: (one.surveyed_on, one.id), reverse=True)


def _both(old_id: int, new_id: int) -> Subquery:
    old, new = aliased(SubCompartment, name="old"), aliased(SubCompartment, name="new")

    def figures() -> list[Any]:
        return [
            old.species_code.label("old_species"),
            new.species_code.label("new_species"),
            old.area_mu.label("old_area_mu"),
            new.area_mu.label("new_area_mu"),
            old.volume_m3.label("old_volume_m3"),
            new.volume_m3.label("new_volume_m3"),
        ]

    kind = case(
        (old.code.is_(None), RowChange.ADDED.value),
        (old.area_mu != new.area_mu, RowChange.AREA.value),
        (old.volume_m3 != new.volume_m3, RowChange.VOLUME.value),
        (old.species_code != new.species_code, RowChange.SPECIES.value),
        else_=RowChange.SAME.value,
    )
    there = (
        select(new.code, kind.label("kind"), type_coerce(new.cause, String).label("cause"), new.forest_district)
        .add_columns(*figures())
        .outerjoin(old, and_(old.version_id == old_id, old.code == new.code))
        .where(new.version_id == new_id)
    )
    gone = (
        select(old.code, literal(RowChange.GONE.value), literal(NOT_SAID), old.forest_district)
        .add_columns(*figures())
        .outerjoin(new, and_(new.version_id == new_id, new.code == old.code))
        .where(old.version_id == old_id, new.code.is_(None))
    )
    return union_all(there, gone).subquery("moves")


def _fitting(both: Subquery, chosen: Mapping[str, str]) -> Select[Any]:
    fits = [both.c.kind != RowChange.SAME.value]
    fits += [both.c[key] == chosen[key] for key in FILTERS if key in chosen]
    return select(both).where(*fits)


def lines(old: Inventory, new: Inventory, chosen: Mapping[str, str], after: str, most: int = PAGE) -> Lines:
    """The sub-compartments that differ and fit the filter (filter → word), behind a code, in the order of codes."""
    both = _both(old.id, new.id)
    fits = _fitting(both, chosen)
    counted = fits.with_only_columns(func.count(), func.sum(case((both.c.code <= after, 1), else_=0)))
    total, before = db.session.execute(counted).one()
    page = fits.where(both.c.code > after).order_by(both.c.code).limit(most)
    items = [Line(code, RowChange(kind), *rest) for code, kind, *rest in db.session.execute(page).all()]
    return Lines(items, (before or 0) if after else 0, total)


def sums(old_id: int, new_id: int) -> list[Sum]:
    """All sub-compartments of both versions, added up; also those that are as before."""
    both = _both(old_id, new_id)
    by = both.c.kind, both.c.cause, both.c.old_species, both.c.new_species
    figures = both.c.old_area_mu, both.c.new_area_mu, both.c.old_volume_m3, both.c.new_volume_m3
    query = select(*by, func.count(), *(func.sum(column) for column in figures)).group_by(*by)
    return [
        Sum(RowChange(kind), cause, before or "", after or "", rows, *(float(figure or 0) for figure in found))
        for kind, cause, before, after, rows, *found in db.session.execute(query).all()
    ]


def districts(old: Inventory, new: Inventory) -> list[str]:
    """The forest districts of both versions."""
    column = SubCompartment.forest_district
    query = select(column).where(SubCompartment.version_id.in_([old.id, new.id])).distinct().order_by(column).limit(200)
    return list(db.session.scalars(query))


def named(version_id: int, places: list[int]) -> list[tuple[int, str]]:
    """Row of the file and code of the rows at these places, counted from 0 in their order."""
    if not places:
        return []
    query = select(SubCompartment.row_no, SubCompartment.code).where(SubCompartment.version_id == version_id)
    rows = db.session.execute(query.order_by(SubCompartment.row_no).limit(max(places) + 1)).all()
    return [(rows[place].row_no, rows[place].code) for place in places]
