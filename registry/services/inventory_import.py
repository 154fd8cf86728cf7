"""Verbs on inventories: begin an import, carry it on to its end, or end it with a reason.

Rows are written in batches while the file is still read, each with how far it came, in one transaction; they count for
nobody before the end, where the digest says that they are those that were looked at. So an import that is killed goes
on where it stood, and one that fails leaves no row.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from itertools import chain
from typing import Any

from sqlalchemy import delete, select, update

from registry import storage
from registry.extensions import db, writing
from registry.models import Inventory, Organisation, OrganisationKind, StoredFile, SubCompartment, User
from registry.services import audit, bulk
from registry.services.inventory_cells import Bounds, Mapped
from registry.services.inventory_rows import KEYS, Heads, Judge, Judged, Row, heads
from registry.sheets.read import SheetRefused, Table, parts
from registry.storage import Stored
from workflows.inventory import InventoryState, LandKind
from workflows.roles import Role
from workflows.units import UNITS

BATCH = 5000
MISSING, UNREADABLE, DIFFERS = "missing", "unreadable", "differs"
"""Why an import ended without its rows."""
IMPORTERS = (Role.CASE_OFFICER, Role.DISTRICT_REPORTER, Role.FARM_REPORTER)


@dataclass(frozen=True, slots=True)
class Said:
    """What the person says of a survey. `organisation_id`: whose land; None: of more than one."""

    title: str
    land_kind: LandKind
    surveyed_on: date
    document_title: str
    document_number: str = ""
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """The version of these rows, and whether it is new or had been imported before."""

    id: int
    new: bool


def bounds_of(land_kind: LandKind, organisation: Organisation | None) -> Bounds:
    """What the rows of a unit’s land must be of: the districts it lies in, else its name; without a unit of anywhere.

    No unit is without a limit: a zone has no code of its own, and its land bears those of its districts.
    """
    if organisation is None:
        return Bounds(land_kind)
    unit = UNITS.get(organisation.unit_key or "")
    districts = unit.districts if unit else tuple(filter(None, [organisation.gb_code]))
    if organisation.kind is OrganisationKind.FOREST_FARM or not districts:
        return Bounds(land_kind, farm=organisation.name)
    return Bounds(land_kind, districts=districts)


def look(content: bytes, mapping: Mapped | None, bounds: Bounds) -> tuple[Heads, Judged]:
    """Read a file without keeping anything; `mapping` None: as its heads are understood. Raises SheetRefused."""
    judge, table = _opened(content, mapping, bounds)
    for part in table:
        judge.take(part)
    return judge.head, judge.judged


def _opened(content: bytes, mapping: Mapped | None, bounds: Bounds) -> tuple[Judge, Iterator[Table]]:
    """Who judges the rows of a file, and the parts to be judged."""
    rest = parts(content)
    first = next(rest)  # the heads stand in it
    head = heads(first)
    return Judge(head, head.mapping if mapping is None else mapping, bounds), chain([first], rest)


def begin(
    said: Said, judged: Judged, mapping: Mapped, stored: Stored, filename: str, *, by: User, at: datetime
) -> Begun:
    """Open a version for rows without a fault; the same rows of the same day are the version there is.

    Raises ValueError for rows with faults, or none.
    """
    if judged.faults or not judged.sound:
        raise ValueError("only a table without faults is imported")
    person_id, digest = by.id, judged.digest
    with writing():
        same = select(Inventory.id).where(
            Inventory.digest == digest,
            Inventory.surveyed_on == said.surveyed_on,
            Inventory.state != InventoryState.FAILED,
        )
        if (there := db.session.scalar(same)) is not None:
            return Begun(there, new=False)
        if db.session.get(StoredFile, stored.sha256) is None:
            kept = StoredFile(sha256=stored.sha256, size=stored.size, media_type=stored.media_type, stored_at=at)
            db.session.add(kept)
            db.session.flush()
        row = Inventory(
            title=said.title,
            land_kind=said.land_kind,
            surveyed_on=said.surveyed_on,
            document_title=said.document_title,
            document_number=said.document_number,
            organisation_id=said.organisation_id,
            replaces_id=_before(said),
            sha256=stored.sha256,
            filename=filename,
            mapping=json.dumps(mapping, sort_keys=True),
            state=InventoryState.IMPORTING,
            rows=judged.sound,
            digest=digest,
            made_at=at,
            made_by_id=person_id,
            is_example=db.session.get_one(User, person_id).is_example,
        )
        db.session.add(row)
        db.session.flush()
        return Begun(row.id, new=True)


def _before(said: Said) -> int | None:
    """The version of the same land and day this one replaces."""
    query = select(Inventory.id).where(
        Inventory.land_kind == said.land_kind,
        Inventory.surveyed_on == said.surveyed_on,
        Inventory.organisation_id.is_(None)
        if said.organisation_id is None
        else Inventory.organisation_id == said.organisation_id,
        Inventory.state == InventoryState.COMPLETE,
    )
    return db.session.scalar(query.order_by(Inventory.id.desc()).limit(1))


def waiting() -> list[int]:
    """Versions whose rows are not all in yet, oldest first."""
    query = select(Inventory.id).where(Inventory.state == InventoryState.IMPORTING).order_by(Inventory.id)
    return list(db.session.scalars(query))


def carry_on(inventory_id: int, *, at: datetime) -> bool:
    """Write what is left of a version; whether it is complete now. Safe beside another one: the slower stops."""
    found = db.session.get(Inventory, inventory_id, populate_existing=True)
    if found is None or found.state is not InventoryState.IMPORTING:
        return False
    expected, done, digest = found.rows, found.rows_done, found.digest
    bounds = bounds_of(found.land_kind, found.organisation)
    sha256, mapping = found.sha256, {key: (place, unit) for key, (place, unit) in json.loads(found.mapping).items()}
    db.session.rollback()  # no transaction stays open while the file is read
    try:
        with storage.open_file(sha256) as file:
            judge, table = _opened(file.read(), mapping, bounds)
        passed = 0
        for part in table:
            rows = judge.take(part)
            if judge.judged.faults or judge.judged.sound > expected:
                return _fail(inventory_id, DIFFERS, at)
            there, passed = passed, judge.judged.sound
            for start in range(max(done - there, 0), len(rows), BATCH):
                batch = rows[start : start + BATCH]
                if not _write(inventory_id, batch, there + start):
                    return False
    except FileNotFoundError:
        return _fail(inventory_id, MISSING, at)
    except SheetRefused:
        return _fail(inventory_id, UNREADABLE, at)
    if judge.judged.digest != digest:
        return _fail(inventory_id, DIFFERS, at)
    return _complete(inventory_id, at)


COLUMNS = ("version_id", "row_no", *KEYS)


def _write(inventory_id: int, batch: list[Row], done: int) -> bool:
    with writing():
        if not _is_at(inventory_id, done):
            return False
        bulk.insert("subcompartments", COLUMNS, [(inventory_id, *row) for row in batch])
        _change(inventory_id, rows_done=done + len(batch))
    return True


def _is_at(inventory_id: int, done: int | None = None) -> bool:
    """Whether the version is being imported, and came as far as we know; locks it."""
    query = select(Inventory.state, Inventory.rows_done).where(Inventory.id == inventory_id).with_for_update()
    state, rows_done = db.session.execute(query).one()
    return state is InventoryState.IMPORTING and done in (None, rows_done)


def _change(inventory_id: int, **values: Any) -> None:
    db.session.execute(update(Inventory).where(Inventory.id == inventory_id).values(values))


def _complete(inventory_id: int, at: datetime) -> bool:
    with writing():
        if not _is_at(inventory_id):
            return False
        _end(inventory_id, InventoryState.COMPLETE, at)
    return True


def _fail(inventory_id: int, problem: str, at: datetime) -> bool:
    with writing():
        if _is_at(inventory_id):
            db.session.execute(delete(SubCompartment).where(SubCompartment.version_id == inventory_id))
            _change(inventory_id, rows_done=0)
            _end(inventory_id, InventoryState.FAILED, at, problem)
    return False


def _end(inventory_id: int, state: InventoryState, at: datetime, problem: str = "") -> None:
    """Close the version and put its one link into the chain."""
    _change(inventory_id, state=state, ended_at=at, problem=problem)
    row = db.session.get_one(Inventory, inventory_id, populate_existing=True)
    audit.record(
        "import_inventory",
        actor=row.made_by,
        role=Role.SYSTEM,
        subject_kind="inventory",
        subject_id=row.id,
        at=at,
        from_state=InventoryState.IMPORTING,
        to_state=state,
        detail={
            "sha256": row.sha256,
            "rows": row.rows,
            "digest": row.digest,
            "organisation": row.organisation_id,
            "problem": problem,
        },
    )


def stored_content(content: bytes, filename: str) -> tuple[Stored, str]:
    """Keep a file that comes from the command line; its digest and clean name. Raises storage.FileRefused."""
    name = storage.clean_name(filename)
    return storage.put(BytesIO(content), name), name
