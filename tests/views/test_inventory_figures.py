"""Stock and change of inventories on the pages and in their workbooks; a reporter sees those of the own unit alone."""

import io
import re
from datetime import date

import openpyxl
import pytest

from registry.clock import now
from registry.extensions import db
from registry.models import Organisation, OrganisationKind
from registry.services import farm_plots, inventory_import, inventory_stock
from registry.services.inventory_cells import Bounds
from tests import factories, reports
from tests.inventory_tables import rows, table
from tests.services.test_inventory_moves import HEADS, NEW, OLD
from workflows.inventory import LandKind
from workflows.roles import Role
from workflows.states import AgeGroup

FARM = "泰安市示例林场"


@pytest.fixture
def city(town):
    """An officer's two surveys, and a farm, a district and a zone with a reporter each."""
    for kept in (inventory_stock._reckoned, inventory_stock._caused):
        kept.cache_clear()
    with town.inside():
        for who, key, kind, role in (
            ("farmer", "TA-CLS", OrganisationKind.FOREST_FARM, Role.FARM_REPORTER),
            ("district", "370921", OrganisationKind.GOVERNMENT, Role.DISTRICT_REPORTER),
            ("zone", "TA-GX", OrganisationKind.GOVERNMENT, Role.DISTRICT_REPORTER),
        ):
            name = FARM if who == "farmer" else f"示例单位{key}"
            code = key if key.isdigit() else None
            place = factories.an_organisation(name=name, unit_key=key, kind=kind, gb_code=code)
            town.world.people[who] = factories.an_appointee(town.world.body, role)
            factories.belongs(town.world.people[who], place)
        db.session.rollback()
    town.old, town.new = brought(town, OLD, "2024-01-01"), brought(town, NEW, "2025-01-01")
    return town


def brought(town, lines, day, who="officer", of=None):
    with town.inside():
        owner = db.session.query(Organisation).filter_by(name=of).one() if of else None
        content = table(*lines, heads=HEADS)
        bounds = inventory_import.bounds_of(LandKind.FOREST, owner) if owner else Bounds(LandKind.FOREST)
        head, judged = inventory_import.look(content, None, bounds)
        stored, clean = inventory_import.stored_content(content, "x.xlsx")
        said = inventory_import.Said(
            f"示例{day}",
            LandKind.FOREST,
            date.fromisoformat(day),
            "示例文件",
            organisation_id=owner.id if owner else None,
        )
        begun = inventory_import.begin(said, judged, head.mapping, stored, clean, by=town.world.user(who), at=now())
        assert inventory_import.carry_on(begun.id, at=now())
        db.session.rollback()
        return begun.id


def book(town, who, path):
    answer = town.be(who).get(path)
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["Content-Disposition"]
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def answered(town, who, path):
    with town.be(who).get(path) as answer:
        return answer.status_code


def total(sheet):
    return next([c.value for c in row] for row in sheet.iter_rows() if row[0].value == "Total")


def test_the_stock_stands_on_the_page_and_in_the_workbook_with_its_marks(city):
    page = city.page("officer", f"/inventory/{city.new}/stock")
    assert "Parameters not verified: Japanese red pine, Cypress, Oak, Black locust" in page
    assert "Unknown: sample plots are recorded by unit, and this table is of more than one." in page
    found = book(city, "officer", f"/inventory/{city.new}/stock.xlsx")
    assert found.sheetnames == ["Stock", "By district or county", "By forest district", "By species", "Parameters used"]
    sums = total(found["By species"])
    # 135 m3 of cypress, 40 of oak, 30 of red pine, 40 of locust.
    tc = (
        135 * 0.478 * 1.732 * 1.22 * 0.51
        + 40 * 0.676 * 1.355 * 1.292 * 0.5
        + 30 * 0.414 * 1.425 * 1.236 * 0.515
        + 40 * 0.598 * 1.674 * 1.261 * 0.497
    )
    assert sums[:5] == ["Total", 6, 99, 6.6, 245]
    assert sums[5:7] == [round(tc, 1), round(tc * 44 / 12, 1)]
    assert f"{tc * 44 / 12:,.1f}" in page
    for title in found.sheetnames[1:4]:
        assert any("Parameters not verified" in str(row[0].value) for row in found[title].iter_rows())
        assert total(found[title])[6] == sums[6]


def test_the_stock_of_a_farm_says_how_sure_it_is_by_its_plots(town):
    with town.inside():
        farm = reports.farm(town.world)
        number = reports.surveyed(town.world, farm, date(2025, 6, 1))
        db.session.rollback()
    page = town.page("officer", f"/inventory/{number}/stock")
    assert f"Unknown: {reports.FARM} had no sample plots on record by 2025-12-31." in page
    with town.inside():
        for n, d in enumerate(((10.0, 12.0, 15.0), (11.0, 14.0), (9.0, 9.5, 16.0, 18.5))):
            reports.a_sampled_plot(town.world, farm, f"样{n}", d)
        reports.a_sampled_plot(town.world, farm, "槐0", (9, 12), stratum="刺槐成熟林", species="刺槐")
        reports.a_sampled_plot(town.world, farm, "槐1", stratum="刺槐成熟林", species="刺槐")
        reports.a_sampled_plot(town.world, farm, "外", (9, 12), stratum="柏类幼龄林")
        # A plot of the year after belongs to a later survey.
        reports.a_sampled_plot(
            town.world, farm, "槐2", (9,), stratum="刺槐成熟林", species="刺槐", day=date(2026, 3, 1)
        )
        figures = {f.row_no: f.value for f in reports.row(reports.begun(town.world, farm, reports.YEAR)).figures
                   if (f.table_no, f.column_key) == (2, "uncertainty_pct")}  # fmt: skip
        db.session.rollback()
    page = town.page("officer", f"/inventory/{number}/stock")
    assert "Unknown: of 2 strata, 1 have fewer than the two plots each needs." in page
    assert f"4 from the records of {reports.FARM}, 2025-05-01 to 2025-05-01" in page
    sheet = book(town, "officer", f"/inventory/{number}/stock.xlsx")["Uncertainty by stratum"]
    _head, cypress, locust, whole, _gap, mark, note = ([c.value for c in row] for row in sheet.iter_rows())
    assert cypress == ["Cypress, Middle-aged", 4, 3, float(round(figures[1], 1)), None]
    assert locust[:4] == ["Black locust, Mature", 2, 1, None]
    assert locust[4] == "two plots at least are needed; 槐1 (the newest measurement has no tree list)"
    assert whole[:4] == ["Total", 6, 4, None]
    assert mark[0] == "By tree equations of no approved method (parameters not verified)"
    assert note[0] == "Plots of no stratum of this table: 外"
    assert mark[0] in page
    assert note[0] in page
    with town.inside():
        reports.a_sampled_plot(town.world, farm, "槐3", (9, 14), stratum="刺槐成熟林", species="刺槐")
        total = farm_plots.of(farm, date(2025, 12, 31)).sure(
            {("350", AgeGroup.MIDDLE_AGED): 4.0, ("465", AgeGroup.MATURE): 2.0}
        )
        db.session.rollback()
    page = town.page("officer", f"/inventory/{number}/stock")
    assert f"{total.told.pct:.1f}% at 90 per cent confidence, 2 strata weighed by their areas" in page


def test_what_moved_and_why_stands_on_the_page_and_in_the_workbook(city):
    page = city.page("officer", f"/inventory/{city.old}/{city.new}")
    for words in ("Burnt", "Felled", "New planting", "Measured again", "No event: growth", "No longer listed"):
        assert words in page
    found = book(city, "officer", f"/inventory/{city.old}/{city.new}.xlsx")
    by_cause, lines = found["What moved, by cause"], found["Sub-compartments that differ"]
    whole = total(found["By species"])[7]
    assert total(by_cause)[5] == whole
    assert round(sum(row[9].value for row in lines.iter_rows(min_row=2)), 1) == pytest.approx(whole, abs=0.4)
    assert [row[0].value for row in lines.iter_rows(min_row=2)] == ["001", "002", "003", "004", "005", "007"]
    assert [row[2].value for row in lines.iter_rows(min_row=6, max_row=6)] == ["Black locust → Oak"]


def test_a_cause_leads_to_its_sub_compartments_and_the_workbook_keeps_the_filter(city):
    path = f"/inventory/{city.old}/{city.new}"
    links = set(re.findall(rf'href="({path}\?[^"#]*)#rows"', city.page("officer", path)))
    assert f"{path}?kind=area&cause=burnt" in links
    page = city.page("officer", f"{path}?kind=area&cause=burnt")
    assert "1 sub-compartment<" in page
    assert ">002</th>" in page
    assert ">003</th>" not in page
    lines = book(city, "officer", f"{path}.xlsx?cause=burnt")["Sub-compartments that differ"]
    assert [row[0].value for row in lines.iter_rows(min_row=2)] == ["002"]
    assert ">003</th>" in city.page("officer", f"{path}?cause=nonsense&kind=same")


def test_pages_of_sub_compartments_lead_on_and_back(city, monkeypatch):
    monkeypatch.setattr("registry.queries.inventory_moves.lines.__defaults__", (2,))
    path = f"/inventory/{city.old}/{city.new}"
    second = re.search(r'rel="next" href="([^"#]*)', city.page("officer", path))[1]
    page = city.page("officer", second)
    assert ">003</th>" in page
    assert ">001</th>" not in page
    assert "3 to 4 of 6" in page
    assert 'rel="prev"' in page


def test_a_row_that_cannot_be_reckoned_is_named_and_no_total_is_shown(city):
    bad = brought(city, [*NEW, ["009", "岱岳区", "二区", "柳树", 15, 30, ""]], "2026-01-01")
    for path in (f"/inventory/{bad}/stock", f"/inventory/{bad}/stock.xlsx", f"/inventory/{city.old}/{bad}"):
        page = city.page("officer", path, 422)
        assert "1 row cannot be reckoned." in page
        assert ">009</th>" in page
        assert ">8</td>" in page
        assert "no parameters on file" in page
        assert "tfoot" not in page


def test_only_versions_of_the_same_land_in_their_order_are_compared(city):
    farm = brought(city, OLD, "2023-01-01", "farmer", FARM)
    city.page("officer", f"/inventory/{city.new}/{city.old}", 404)
    city.page("officer", f"/inventory/{farm}/{city.new}", 404)
    city.page("officer", f"/inventory/{city.new}/{city.new}", 404)
    index = city.page("officer", "/inventory")
    assert f'href="/inventory/{city.old}/{city.new}"' in index
    assert f'href="/inventory/{farm}/{city.new}"' not in index


def test_a_version_whose_import_is_not_at_its_end_has_no_figures(city):
    with city.inside():
        content = table(*rows(2))
        head, judged = inventory_import.look(content, None, Bounds(LandKind.FOREST))
        stored, clean = inventory_import.stored_content(content, "x.xlsx")
        said = inventory_import.Said("示例", LandKind.FOREST, date(2026, 1, 1), "示例文件")
        by = city.world.user("officer")
        waiting = inventory_import.begin(said, judged, head.mapping, stored, clean, by=by, at=now()).id
        db.session.rollback()
    city.page("officer", f"/inventory/{waiting}/stock", 404)
    city.page("officer", f"/inventory/{city.old}/{waiting}", 404)


def test_a_reporter_sees_stock_and_change_of_the_own_unit_alone(city):
    own = [brought(city, lines, day, "farmer", FARM) for lines, day in ((OLD, "2023-01-01"), (NEW, "2024-02-01"))]
    pages = ("/inventory/{1}", "/inventory/{1}/stock", "/inventory/{0}/{1}", "/inventory/{1}/file")
    files = ("/inventory/{1}/stock.xlsx", "/inventory/{0}/{1}.xlsx")
    for path in pages + files:
        assert answered(city, "farmer", path.format(*own)) == 200, path
        assert answered(city, "farmer", path.format(city.old, city.new)) == 404, path
        assert answered(city, "owner", path.format(*own)) == 403, path
        for who in ("district", "zone"):
            assert answered(city, who, path.format(*own)) == 404, (who, path)
    assert f"/inventory/{own[1]}" in city.page("farmer", "/inventory")
    assert f"/inventory/{city.new}" not in city.page("farmer", "/inventory")


@pytest.mark.parametrize(
    ("who", "place", "status"),
    [("district", "宁阳县", 302), ("district", "岱岳区", 422), ("zone", "岱岳区", 302), ("zone", "东平县", 422),
     ("farmer", "岱岳区", 302)],
)  # fmt: skip
def test_a_reporter_brings_in_the_own_land_through_the_page(city, who, place, status):
    city.be(who)
    said = {
        "title": "示例",
        "land_kind": "forest",
        "surveyed_on": "2026-01-01",
        "document_title": "示例",
        "step": "import",
    }
    content = table(["001", place, "侧柏", 12.5, 41.3, "中龄林", ""])
    sent = {**said, "file": (io.BytesIO(content), "x.xlsx")}
    answer = city.client.post("/inventory/new", data=sent, content_type="multipart/form-data")
    assert answer.status_code == status, answer.text
    if status == 422:
        assert "is not of the district or county of this inventory" in answer.text
    else:
        assert city.page(who, answer.location.partition("?")[0])
