"""Inventories as pages list and show them: versions, and the rows of one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import joinedload

from registry import permissions
from registry.extensions import db
from registry.models import Inventory, Organisation, OrganisationKind, SubCompartment, User
from registry.queries import nav
from registry.queries.paging import Order, Page, Place, identity, page_in_order
from workflows.inventory import InventoryState, LandKind
from workflows.roles import Role

PAGE = 50
ORDER = Order((Inventory.surveyed_on, Inventory.id), (date.fromisoformat, identity))
SHARED = "shared"
"""Of more than one unit."""
REPORTERS = frozenset({Role.FARM_REPORTER, Role.DISTRICT_REPORTER})
FILTERS = ("district_code", "forest_district", "species_code", "age_group")


def own_land(user: User) -> list[Organisation]:
    """The units of the plan a reporter belongs to."""
    return [o for o in nav.organisations(user) if o.unit_key]


def units() -> list[Organisation]:
    """Whose land an inventory may be: the units of the plan and the forest farms, by name."""
    unit = or_(Organisation.unit_key.is_not(None), Organisation.kind == OrganisationKind.FOREST_FARM)
    return list(db.session.scalars(select(Organisation).where(unit).order_by(Organisation.name)))


def everywhere(user: User) -> bool:
    """Whether a person sees every inventory, not only those of the own unit."""
    return bool(permissions.offices(user) & (permissions.INVENTORY.offices - REPORTERS))


def _seen(user: User) -> ColumnElement[bool]:
    return true() if everywhere(user) else Inventory.organisation_id.in_([o.id for o in own_land(user)])


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a list is narrowed to: land of one kind; whose, by the id of the unit, or `SHARED`."""

    land_kind: LandKind | None = None
    of: str = ""

    def where(self) -> list[ColumnElement[bool]]:
        """As conditions."""
        found = [Inventory.land_kind == self.land_kind] if self.land_kind else []
        if self.of == SHARED:
            found.append(Inventory.organisation_id.is_(None))
        elif self.of:
            found.append(Inventory.organisation_id == int(self.of))
        return found


def listed(user: User, chosen: Chosen, place: Place) -> Page:
    """A page of the versions a person sees, the last survey first."""
    query = select(Inventory).where(_seen(user), *chosen.where()).options(joinedload(Inventory.organisation))
    total = db.session.scalar(select(func.count()).select_from(Inventory).where(_seen(user), *chosen.where())) or 0
    return page_in_order(query, ORDER, place, total, PAGE)


def beside(user: User, of: Sequence[Inventory]) -> list[Inventory]:
    """The versions a person sees of the land of these: those each may be compared with are among them."""
    units = {version.organisation_id for version in of}
    same = or_(
        Inventory.organisation_id.in_(units - {None}),
        Inventory.organisation_id.is_(None) if None in units else false(),
    )
    return list(db.session.scalars(select(Inventory).where(_seen(user), same)))


def owners(user: User) -> list[Organisation]:
    """The units of whose land a person sees an inventory, by name."""
    of = select(Inventory.organisation_id).where(_seen(user))
    return list(db.session.scalars(select(Organisation).where(Organisation.id.in_(of)).order_by(Organisation.name)))


def one(user: User, inventory_id: int) -> Inventory | None:
    """A version, if this person sees it."""
    return db.session.scalar(select(Inventory).where(_seen(user), Inventory.id == inventory_id))


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of rows: `before` counts those ahead of it, `total` all that fit the filters."""

    items: list[SubCompartment]
    before: int
    total: int
    area_mu: Decimal
    volume_m3: Decimal


def rows(version: Inventory, chosen: Mapping[str, str], after: int) -> Rows:
    """The rows behind row number `after`; none while the version is not complete."""
    if version.state is not InventoryState.COMPLETE:
        return Rows([], 0, 0, Decimal(0), Decimal(0))
    fits = [SubCompartment.version_id == version.id]
    fits += [getattr(SubCompartment, key) == chosen[key] for key in FILTERS if chosen.get(key)]
    sums = select(func.count(), func.sum(SubCompartment.area_mu), func.sum(SubCompartment.volume_m3)).where(*fits)
    total, area, volume = db.session.execute(sums).one()
    ahead = select(func.count()).where(*fits, SubCompartment.row_no <= after) if after else None
    page: Select[Any] = select(SubCompartment).where(*fits, SubCompartment.row_no > after)
    return Rows(
        list(db.session.scalars(page.order_by(SubCompartment.row_no).limit(PAGE))),
        (db.session.scalar(ahead) or 0) if ahead is not None else 0,
        total,
        Decimal(area or 0),
        Decimal(volume or 0),
    )


def words_of(version: Inventory) -> dict[str, list[str]]:
    """What may be filtered by: column → the words that stand there."""
    if version.state is not InventoryState.COMPLETE:
        return {}
    found = {}
    for key in FILTERS:
        column = getattr(SubCompartment, key)
        query = select(column).where(SubCompartment.version_id == version.id).distinct().order_by(column).limit(200)
        found[key] = [str(word) for word in db.session.scalars(query) if word]
    return found
