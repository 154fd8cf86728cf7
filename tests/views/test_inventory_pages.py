"""Pages of inventories: a table is checked, handed back marked, corrected, imported; who sees what."""

import io
import json
from datetime import date

import openpyxl
from bs4 import BeautifulSoup
from sqlalchemy import select

from registry import jobs
from registry.extensions import db
from registry.models import AuditEvent, OrganisationKind
from registry.queries import inventory as ask
from registry.queries import report_records
from registry.services.inventory_sheets import template
from tests import factories, reports
from tests.inventory_tables import rows, table
from workflows.inventory import LandKind
from workflows.roles import Role

SAID = {
    "title": "示例调查",
    "land_kind": "forest",
    "surveyed_on": "2026-01-01",
    "document_title": "示例文件",
}


def send(town, content=None, status=200, **data):
    town.be("officer")
    town.client.get("/language/zh")
    file = {"file": (io.BytesIO(content), "小班.xlsx")} if content else {}
    answer = town.client.post("/inventory/new", data={**SAID, **data, **file}, content_type="multipart/form-data")
    assert answer.status_code == status, answer.text
    return answer


def kept(answer):
    return answer.text.split('name="kept" type="hidden" value="')[1].split('"')[0]


def test_a_table_is_checked_marked_corrected_and_imported(town):
    checked = send(town, table(["001", "岱岳区", "侧柏", "x", 1, "", ""], *rows(2)))
    assert "有1处需要改正" in checked.text
    marked = send(town, kept=kept(checked), step="repair").data
    sheet = openpyxl.load_workbook(io.BytesIO(marked)).active
    assert (sheet["H1"].value, sheet["D2"].fill.fgColor.rgb) == ("问题", "FFF2B8B0")
    assert "不是数字" in sheet["H2"].value
    sheet["D2"] = 3
    out = io.BytesIO()
    sheet.parent.save(out)
    again = send(town, out.getvalue())
    assert "表格可以导入" in again.text
    done = send(town, kept=kept(again), step="import", status=302)
    waiting = town.client.get(done.location)
    assert "正在导入" in waiting.text
    assert "0%" in waiting.text
    with town.client.application.app_context():
        assert jobs.import_inventories() == 1
    assert "3个小班" in town.client.get(done.location).text
    assert "没有重复导入" in town.client.get(send(town, out.getvalue(), step="import", status=302).location).text


def test_a_table_with_faults_is_not_imported_however_it_is_asked(town):
    send(town, table(["001", "岱岳区", "侧柏", "x", 1, "", ""]), step="import", status=422)
    assert "示例调查" not in town.client.get("/inventory").text


def test_what_is_not_a_table_is_refused_at_its_field_and_the_words_stay(town):
    answer = send(town, b"PK\x03\x04no", status=422)
    assert 'value="示例调查"' in answer.text


def test_the_template_can_be_imported_as_it_is(town):
    with town.client.application.test_request_context():
        content = template()
    assert "表格可以导入" in send(town, content).text


def test_an_officer_says_whose_land_it_is_and_every_row_must_be_of_it(town):
    with town.inside():
        farm, other = reports.farm(town.world), factories.an_organisation()
        db.session.rollback()
    assert "Whose land" in town.page("officer", "/inventory/new")
    strange = [
        *reports.STANDS,
        ["0009", "岱岳区", "别的林场", "示例一区", "防护林", "侧柏", "中龄林", 15, 50, "", "", ""],
    ]
    checked = send(town, table(*strange, heads=reports.HEADS), of=farm)
    assert "不属于本调查的林场" in checked.text
    checked = send(town, table(*reports.STANDS, heads=reports.HEADS), of=farm)
    # Who is no unit of the plan and no farm cannot be chosen.
    send(town, kept=kept(checked), of=other, step="import", status=422)
    send(town, kept=kept(checked), of=farm, step="import", status=302)
    with town.client.application.app_context():
        assert jobs.import_inventories() == 1
        (found,) = report_records.surveys(farm, date(2026, 12, 31))
        link = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "import_inventory")).one()
        assert json.loads(link.detail)["organisation"] == farm == found.organisation_id


def test_a_reporter_is_not_asked_whose_land_it_is(town):
    with town.inside():
        farm = factories.an_organisation(unit_key="TA-CLS", kind=OrganisationKind.FOREST_FARM)
        town.world.people["farmer"] = factories.an_appointee(town.world.body, Role.FARM_REPORTER)
        factories.belongs(town.world.people["farmer"], farm)
        db.session.rollback()
    assert "Whose land" not in town.page("farmer", "/inventory/new")


def test_an_officer_narrows_the_inventories_and_turns_the_pages(town, monkeypatch):
    monkeypatch.setattr(ask, "PAGE", 2)
    with town.inside():
        farm = reports.farm(town.world)
        made = [reports.surveyed(town.world, farm, date(year, 6, 1)) for year in (2021, 2022, 2023)]
        wet = reports.surveyed(town.world, farm, date(2024, 6, 1), WET, kind=LandKind.WETLAND)
        db.session.rollback()
    assert listed(town, "/inventory") == [wet, made[2]]
    page = BeautifulSoup(town.page("officer", "/inventory"), "html.parser")
    further = page.find("a", rel="next")["href"]
    assert "after=" in further
    assert listed(town, further) == [made[1], made[0]]
    assert listed(town, "/inventory?kind=wetland") == [wet]
    assert listed(town, f"/inventory?of={farm}&kind=forest") == [made[2], made[1]]
    assert "No inventory fits this filter" in town.page("officer", "/inventory?of=shared")
    # What no filter offers asks for nothing.
    assert listed(town, "/inventory?of=999999&kind=sea") == [wet, made[2]]


def test_a_version_is_compared_with_an_earlier_one_that_stands_on_another_page(town, monkeypatch):
    monkeypatch.setattr(ask, "PAGE", 1)
    with town.inside():
        farm = reports.farm(town.world)
        old, new = (reports.surveyed(town.world, farm, date(year, 6, 1)) for year in (2021, 2022))
        db.session.rollback()
    assert f"/inventory/{old}/{new}" in town.page("officer", "/inventory")


WET = ["0001", "岱岳区", reports.FARM, "示例一区", "", "", "", 15, 0, "", "", ""]


def listed(town, path):
    page = BeautifulSoup(town.page("officer", path), "html.parser")
    return [int(a["href"].rpartition("/")[2]) for a in page.select("main table b a")]
