"""The demo's two surveys of the farm: whole, marked as examples, and what the second says of every change."""

import pytest
from sqlalchemy import select

from registry.clock import day_of
from registry.demo import inventory, people, story
from registry.extensions import db
from registry.models import Inventory, SubCompartment
from tests.clock import FIXED
from workflows.inventory import ChangeCause, InventoryState


@pytest.fixture
def surveys(app, clock):
    """Both, as the story plays them."""
    people.enter(FIXED)
    for _at, scene in inventory.scenes(story._set(FIXED)):
        scene()
    return db.session.scalars(select(Inventory).order_by(Inventory.surveyed_on)).all()


def rows(version):
    query = select(SubCompartment).where(SubCompartment.version_id == version.id)
    return {row.code: row for row in db.session.scalars(query)}


def test_both_are_the_farms_and_the_second_is_of_last_year(surveys):
    old, new = surveys
    assert 365 < (new.surveyed_on - old.surveyed_on).days < 550
    assert new.surveyed_on.year == day_of(FIXED).year - 1
    for version in surveys:
        assert (version.state, version.organisation.unit_key) == (InventoryState.COMPLETE, "TA-CLS")
        assert version.is_example
        assert version.surveyed_on < day_of(version.made_at) < day_of(FIXED)
        assert 100 < version.rows < 150
        assert all("示例" in row.note and "示例" in row.forest_district for row in rows(version).values())


def test_every_change_has_its_cause_and_what_has_none_grew(surveys):
    old, new = map(rows, surveys)
    assert {row.cause for row in old.values()} == {ChangeCause.NONE}
    assert {row.cause for row in new.values()} == set(ChangeCause) - {ChangeCause.OTHER}
    assert {row.cause for code, row in new.items() if code not in old} == {ChangeCause.PLANTED}
    assert len(old.keys() - new.keys()) == 2
    for code, row in new.items():
        if row.cause is ChangeCause.NONE:
            assert row.volume_m3 > old[code].volume_m3
            assert row.area_mu == old[code].area_mu


def test_land_taken_in_by_another_sub_compartment_is_not_lost(surveys):
    old, new = map(rows, surveys)
    gone = sum(old[code].area_mu for code in old.keys() - new.keys())
    for code in old.keys() - new.keys():
        assert any(
            row.cause is ChangeCause.REMEASURED and row.area_mu > old[other].area_mu * 5 / 4
            for other, row in new.items()
            if other in old and other[:12] == code[:12]
        )
    moved = sum(row.area_mu - old[code].area_mu for code, row in new.items() if code in old)
    assert gone * 4 / 5 < moved < gone
