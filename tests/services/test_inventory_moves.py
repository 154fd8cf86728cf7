"""What moved between two versions: matched by code, its causes add up to the whole change, and rows name themselves."""

from datetime import date

import pytest

from registry.clock import now
from registry.extensions import db
from registry.models import Inventory
from registry.queries import inventory_moves
from registry.services import inventory_import, inventory_stock
from registry.services.inventory_cells import Bounds
from tests.inventory_tables import table
from tests.world import World
from workflows.carbon import Parameters, RowFaults
from workflows.inventory import LandKind, RowChange

HEADS = ["小班编号", "县", "营林区", "优势树种", "面积(亩)", "蓄积(m³)", "变化原因"]
OLD = [
    ["001", "岱岳区", "一区", "侧柏", 15, 50, ""],
    ["002", "岱岳区", "一区", "侧柏", 30, 100, ""],
    ["003", "岱岳区", "二区", "赤松", 15, 80, ""],
    ["004", "岱岳区", "二区", "赤松", 15, 60, ""],
    ["005", "岱岳区", "二区", "刺槐", 15, 40, ""],
    ["006", "岱岳区", "二区", "刺槐", 15, 40, ""],
]
NEW = [
    ["001", "岱岳区", "一区", "侧柏", 15, 55, ""],
    ["002", "岱岳区", "一区", "侧柏", 27, 80, "火灾"],
    ["003", "岱岳区", "二区", "赤松", 15, 30, "采伐"],
    ["005", "岱岳区", "二区", "栎类", 15, 40, "复测"],
    ["006", "岱岳区", "二区", "刺槐", 15, 40, ""],
    ["007", "岱岳区", "二区", "侧柏", 12, 0, "造林"],
]
P = Parameters.base(date(2026, 11, 20))


@pytest.fixture
def world(app, clock):
    inventory_stock._reckoned.cache_clear()
    inventory_stock._caused.cache_clear()
    return World()


def made(world, lines, day, heads=HEADS, kind=LandKind.FOREST):
    content = table(*lines, heads=heads)
    head, judged = inventory_import.look(content, None, Bounds(kind))
    stored, clean = inventory_import.stored_content(content, "x.xlsx")
    said = inventory_import.Said("示例", kind, date.fromisoformat(day), "示例文件")
    begun = inventory_import.begin(said, judged, head.mapping, stored, clean, by=world.user("officer"), at=now())
    assert inventory_import.carry_on(begun.id, at=now())
    return db.session.get_one(Inventory, begun.id, populate_existing=True)


@pytest.fixture
def both(world):
    return made(world, OLD, "2024-01-01"), made(world, NEW, "2025-01-01")


def test_each_sub_compartment_says_what_differs_and_why(both):
    found = inventory_moves.lines(*both, {}, "")
    assert [(one.code, one.kind, one.cause) for one in found.items] == [
        ("001", RowChange.VOLUME, "none"),
        ("002", RowChange.AREA, "burnt"),
        ("003", RowChange.VOLUME, "felled"),
        ("004", RowChange.GONE, ""),
        ("005", RowChange.SPECIES, "remeasured"),
        ("007", RowChange.ADDED, "planted"),
    ]
    assert (found.total, found.before) == (6, 0)
    gone, added = found.items[3], found.items[5]
    assert (gone.new_area_mu, gone.new_species, str(gone.old_volume_m3)) == (None, None, "60.000")
    assert (added.old_area_mu, added.old_species, str(added.new_area_mu)) == (None, None, "12.0000")


@pytest.mark.parametrize(
    ("chosen", "codes"),
    [
        ({"kind": "volume"}, ["001", "003"]),
        ({"cause": "burnt"}, ["002"]),
        ({"kind": "volume", "cause": "none"}, ["001"]),
        ({"forest_district": "二区"}, ["003", "004", "005", "007"]),
        ({"kind": "same"}, []),
    ],
)
def test_a_filter_lists_what_fits(both, chosen, codes):
    assert [one.code for one in inventory_moves.lines(*both, chosen, "").items] == codes


def test_pages_follow_one_another_without_a_gap(both):
    seen, after = [], ""
    while page := inventory_moves.lines(*both, {}, after, 2).items:
        assert inventory_moves.lines(*both, {}, after, 2).before == len(seen)
        seen += [one.code for one in page]
        after = seen[-1]
    assert seen == ["001", "002", "003", "004", "005", "007"]


def test_causes_add_up_to_the_whole_change(both):
    found = inventory_stock.caused(*both, P)
    whole = inventory_stock.change_of(*both, P).total
    assert sum(one.tc for one in found) == pytest.approx(whole.delta_tc, rel=1e-12)
    assert sum(one.area_mu for one in found) == pytest.approx((whole.new.area_ha - whole.old.area_ha) * 15)
    assert sum(one.rows for one in found) == 7
    by = {(one.kind, one.cause): one for one in found}
    assert by[RowChange.SAME, "none"].tc == 0
    assert by[RowChange.AREA, "burnt"].volume_m3 == pytest.approx(-20)
    # 20 m3 of cypress: 20·0.478·1.732·1.22·0.51 tC.
    assert by[RowChange.AREA, "burnt"].tc == pytest.approx(-20 * 0.478 * 1.732 * 1.22 * 0.51, rel=1e-12)
    # The same volume is another carbon under another species.
    assert by[RowChange.SPECIES, "remeasured"].tc == pytest.approx(
        40 * (0.676 * 1.355 * 1.292 * 0.5 - 0.598 * 1.674 * 1.261 * 0.497), rel=1e-12
    )


def test_lines_add_up_to_the_whole_change_too(both):
    lines = inventory_moves.lines(*both, {}, "").items
    whole = inventory_stock.change_of(*both, P).total
    assert sum(inventory_stock.gained_tco2e(one, P) for one in lines) == pytest.approx(whole.delta_tco2e, rel=1e-12)


def test_a_row_that_cannot_be_reckoned_leaves_no_total_and_is_named_by_its_row_and_code(world):
    willow = [*NEW[:2], ["009", "岱岳区", "二区", "柳树", 15, 30, ""]]
    version = made(world, willow, "2025-01-01")
    with pytest.raises(RowFaults) as refused:
        inventory_stock.stock_of(version, P)
    assert inventory_moves.named(version.id, [fault.row for fault in refused.value.faults]) == [(4, "009")]
    with pytest.raises(RowFaults):
        inventory_stock.caused(version, version, P)


def test_of_wetland_the_area_is_told_and_no_carbon(world):
    heads = ["小班编号", "县", "优势树种", "面积(亩)", "蓄积(m³)"]
    old, new = (
        made(world, [["001", "东平县", "柳树", area, volume]], day, heads, LandKind.WETLAND)
        for area, volume, day in ((100, 5, "2024-01-01"), (90, 7, "2025-01-01"))
    )
    found = inventory_stock.stock_of(new, P)
    assert (found.total.area_ha, found.total.volume_m3, found.total.tc) == (6.0, 0.0, 0.0)
    (line,) = inventory_stock.caused(old, new, P)
    assert (line.kind, line.area_mu, line.tc) == (RowChange.AREA, -10.0, 0.0)


def test_what_can_be_compared_is_whole_earlier_and_of_the_same_land(both, world):
    old, new = both
    wet = made(world, [["001", "东平县", "", 100, 0]], "2023-01-01", HEADS[:2] + HEADS[3:6], LandKind.WETLAND)
    again = made(world, OLD[:3], "2024-01-01")
    assert again.replaces_id == old.id
    assert inventory_moves.earlier(new, [old, new, wet, again]) == [again]
    assert inventory_moves.earlier(old, [old, new, wet, again]) == []
    assert inventory_moves.comparable(old, new)
    assert not inventory_moves.comparable(new, old)
