"""Imports of inventories: whole or not at all, once only, and on where they stood after a kill."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from registry.clock import now
from registry.extensions import db
from registry.models import AuditEvent, Inventory, Organisation, OrganisationKind, SubCompartment
from registry.services import audit, bulk, inventory_import
from registry.services.inventory_cells import Bounds, Why
from tests.inventory_tables import rows, table
from tests.world import World
from workflows.inventory import InventoryState, LandKind

FOREST = Bounds(LandKind.FOREST)


@pytest.fixture
def world(app, clock):
    return World()


def begin(world, content, day="2026-01-01", name="小班.xlsx"):
    from datetime import date

    head, judged = inventory_import.look(content, None, FOREST)
    stored, clean = inventory_import.stored_content(content, name)
    said = inventory_import.Said("示例", LandKind.FOREST, date.fromisoformat(day), "示例文件")
    return inventory_import.begin(said, judged, head.mapping, stored, clean, by=world.user("officer"), at=now())


def links():
    query = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "import_inventory")
    return db.session.scalar(query)


def kept(version_id):
    return db.session.scalar(
        select(func.count()).select_from(SubCompartment).where(SubCompartment.version_id == version_id)
    )


def test_an_import_writes_every_row_and_one_link(world):
    begun = begin(world, table(*rows(7)))
    assert inventory_import.waiting() == [begun.id]
    assert inventory_import.carry_on(begun.id, at=now())
    version = db.session.get(Inventory, begun.id)
    assert (version.state, version.rows_done, kept(begun.id), links()) == (InventoryState.COMPLETE, 7, 7, 1)
    row = db.session.scalars(select(SubCompartment).order_by(SubCompartment.row_no)).first()
    assert (row.code, row.species_code, str(row.area_mu), str(row.volume_m3)) == ("0001", "350", "12.5000", "41.300")
    assert audit.verify()[1] is None


def test_the_same_rows_again_are_the_same_version(world):
    first = begin(world, table(*rows(3)))
    text = "\n".join(
        ",".join(map(str, row))
        for row in [["小班编号", "县", "优势树种", "面积(亩)", "蓄积", "龄组", "备注"], *rows(3)]
    )
    again = begin(world, text.encode(), name="x.csv")
    assert (first.new, again) == (True, inventory_import.Begun(first.id, new=False))
    assert inventory_import.carry_on(first.id, at=now())
    assert not inventory_import.carry_on(first.id, at=now())
    assert (begin(world, table(*rows(3))).id, kept(first.id), links()) == (first.id, 3, 1)
    assert begin(world, table(*rows(3)), day="2027-01-01").new


@pytest.mark.parametrize(
    ("unit", "kind", "limit"),
    [
        ("370911", "government", {"districts": ("370911",)}),
        ("TA-GX", "government", {"districts": ("370902", "370911")}),
        ("TA-TS", "government", {"districts": ("370902", "370911")}),
        ("TA-LKY", "institute", {"farm": "示例单位"}),
        ("TA-CLS", "forest_farm", {"farm": "示例单位"}),
    ],
)
def test_no_unit_of_the_plan_is_without_a_limit(unit, kind, limit):
    code = unit if unit.isdigit() else None
    organisation = Organisation(name="示例单位", unit_key=unit, gb_code=code, kind=OrganisationKind(kind))
    assert inventory_import.bounds_of(LandKind.FOREST, organisation) == Bounds(LandKind.FOREST, **limit)


def test_a_zone_brings_in_land_of_its_districts_alone():
    zone = Organisation(name="示例区", unit_key="TA-GX", kind=OrganisationKind.GOVERNMENT)
    bounds = inventory_import.bounds_of(LandKind.FOREST, zone)
    county = table(*[[f"{n}", place, *rows(1)[0][2:]] for n, place in enumerate(("岱岳区", "泰山区", "东平县"))])
    _head, judged = inventory_import.look(county, None, bounds)
    assert [(fault.row, fault.why) for fault in judged.faults] == [(4, Why.OTHER_DISTRICT)]


def test_rows_with_a_fault_are_never_begun(world):
    with pytest.raises(ValueError, match="without faults"):
        begin(world, table([*rows(1)[0][:3], "x", *rows(1)[0][4:]]))
    assert db.session.scalar(select(func.count()).select_from(Inventory)) == 0


def test_an_import_that_stopped_half_way_goes_on_where_it_stood(world, monkeypatch):
    monkeypatch.setattr(inventory_import, "BATCH", 3)
    begun = begin(world, table(*rows(8)))
    write = inventory_import._write

    def stops(*args):
        if args[2] == 6:
            raise RuntimeError("the machine stops")
        return write(*args)

    monkeypatch.setattr(inventory_import, "_write", stops)
    with pytest.raises(RuntimeError):
        inventory_import.carry_on(begun.id, at=now())
    db.session.rollback()
    assert (kept(begun.id), links()) == (6, 0)
    monkeypatch.setattr(inventory_import, "_write", write)
    assert inventory_import.carry_on(begun.id, at=now())
    assert (kept(begun.id), links()) == (8, 1)


def test_an_import_whose_file_is_gone_ends_without_a_row(world, app):
    begun = begin(world, table(*rows(3)))
    sha256 = db.session.get(Inventory, begun.id).sha256
    (Path(app.config["STORE_DIR"]) / sha256[:2] / sha256[2:4] / sha256).unlink()
    assert not inventory_import.carry_on(begun.id, at=now())
    version = db.session.get(Inventory, begun.id, populate_existing=True)
    assert (version.state, version.problem, kept(begun.id), links()) == (InventoryState.FAILED, "missing", 0, 1)
    assert begin(world, table(*rows(3))).new


@pytest.mark.parametrize("lines", [[*rows(7), ["0008", *rows(1)[0][1:]]], [*rows(6), ["0009", *rows(1)[0][1:]]]])
def test_a_file_that_is_not_the_one_looked_at_leaves_no_row(world, app, monkeypatch, lines):
    """A row more, and another row: the batches before it are written, and taken back."""
    monkeypatch.setattr(inventory_import, "BATCH", 3)
    written = []
    write = inventory_import._write
    monkeypatch.setattr(inventory_import, "_write", lambda *args: written.append(args) or write(*args))
    begun = begin(world, table(*rows(7)))
    sha256 = db.session.get(Inventory, begun.id).sha256
    path = Path(app.config["STORE_DIR"]) / sha256[:2] / sha256[2:4] / sha256
    path.chmod(0o600)
    path.write_bytes(table(*lines))
    assert not inventory_import.carry_on(begun.id, at=now())
    version = db.session.get(Inventory, begun.id, populate_existing=True)
    assert (version.state, version.problem, kept(begun.id), links()) == (InventoryState.FAILED, "differs", 0, 1)
    assert bool(written) == (len(lines) == 7)


def test_rows_of_several_statements_and_parts_are_all_there_and_as_they_were_read(world, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 7)
    monkeypatch.setattr(inventory_import, "BATCH", 30)
    begun = begin(world, table(*[[*row[:6], f"备注\t{row[0]}\\N"] for row in rows(5100)]))
    assert inventory_import.carry_on(begun.id, at=now())
    found = db.session.execute(select(SubCompartment.code, SubCompartment.note).order_by(SubCompartment.row_no)).all()
    assert found == [(f"{n:04d}", f"备注 {n:04d}\\N") for n in range(1, 5101)]
    assert set(db.session.execute(select(SubCompartment.origin, SubCompartment.height_m))) == {(None, None)}


RUN = """
import os, sys
from registry import create_app
from registry.services import inventory_import
from registry.clock import now
inventory_import.BATCH = 40
app = create_app({"SQLALCHEMY_DATABASE_URI": sys.argv[1], "STORE_DIR": sys.argv[2]})
with app.app_context():
    sys.stdout.write("on\\n"); sys.stdout.flush()
    inventory_import.carry_on(int(sys.argv[3]), at=now())
"""


def test_a_killed_import_shows_nobody_a_row_and_is_taken_up_again(world, app, database_url):
    begun = begin(world, table(*rows(6000)))
    db.session.rollback()
    arguments = [database_url, app.config["STORE_DIR"], str(begun.id)]
    process = subprocess.Popen([sys.executable, "-c", RUN, *arguments], stdout=subprocess.PIPE, env=os.environ.copy())
    for _try in range(2000):
        db.session.rollback()
        if kept(begun.id):
            break
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    db.session.rollback()
    version = db.session.get(Inventory, begun.id, populate_existing=True)
    assert 0 < version.rows_done == kept(begun.id) < 6000
    assert (version.state, links()) == (InventoryState.IMPORTING, 0)
    assert inventory_import.carry_on(begun.id, at=now())
    assert (kept(begun.id), links()) == (6000, 1)
