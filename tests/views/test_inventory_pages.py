"""Pages of inventories: a table is checked, handed back marked, corrected, imported; who sees what."""

import io

import openpyxl

from registry import jobs
from registry.services.inventory_sheets import template
from tests.inventory_tables import rows, table

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
