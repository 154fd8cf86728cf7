"""A table of the farm's reporter: handed back marked, corrected, imported, and compared with the survey before."""

from datetime import timedelta
from pathlib import Path

import openpyxl
from playwright.sync_api import expect

from registry import jobs
from registry.clock import day_of
from tests.browser import walk
from tests.browser.conftest import People
from tests.browser.serving import Served
from tests.inventory_tables import table

HEADS = ["小班编号", "县", "营林区", "优势树种", "面积(亩)", "蓄积(m³)", "变化原因"]
ROWS = [
    ["3709119010010001", "岱岳区", "示例一区", "侧柏", "２４６.０", 900, ""],
    ["3709119010010002", "岱岳区", "示例一区", "侧柏", 378, "一千", "复测"],
    ["3709119010010003", "岱岳区", "示例一区", "不知名树", 213, 700, "火灾"],
]
SAID = {"title": "示例一区补充调查（示例）", "land_kind": "forest", "document_title": "示例调查成果表"}


def test_a_table_is_handed_back_marked_corrected_imported_and_compared(
    people: People, served: Served, tmp_path: Path
) -> None:
    reporter = people("reporter")
    reporter.goto("/inventory")
    walk.follow(reporter.get_by_role("link", name="导入表格", exact=True))
    day = day_of(served.clock()) - timedelta(days=1)
    walk.fill(reporter, SAID | {"surveyed_on": day.isoformat()})
    sent = tmp_path / "小班.xlsx"
    sent.write_bytes(table(*ROWS, heads=HEADS))
    reporter.set_input_files("[name=file]", sent)
    walk.follow(reporter.get_by_role("button", name="检查表格"))
    expect(reporter.locator("#found")).to_contain_text("有2处需要改正")

    with reporter.expect_download() as handed:
        reporter.get_by_role("button", name="下载标出问题的表格").click()
    handed.value.save_as(sent)
    book = openpyxl.load_workbook(sent)
    sheet = book.worksheets[0]
    assert [sheet.cell(1, 8).value, sheet["A1"].value] == ["问题", "小班编号"]
    assert "不是数字" in sheet["H3"].value
    assert "不在树种代码表中" in sheet["H4"].value
    sheet["F3"], sheet["D4"] = 1100, "赤松"
    book.save(sent)

    reporter.set_input_files("[name=file]", sent)
    walk.follow(reporter.get_by_role("button", name="重新检查"))
    expect(reporter.locator("#found")).to_contain_text("表格可以导入")
    walk.follow(reporter.get_by_role("button", name="导入3行"))
    expect(reporter.locator("main")).to_contain_text("正在导入")
    with served.app.app_context():
        assert jobs.import_inventories() == 1
    walk.follow(reporter.get_by_role("link", name="查看当前进度"))
    expect(reporter.locator("main")).to_contain_text("3个小班")

    walk.follow(reporter.get_by_role("link", name="查看碳储量"))
    expect(reporter.locator("main .inset")).to_contain_text("参数未核实")
    expect(reporter.locator("main")).to_contain_text("2,700.0")
    reporter.go_back()
    walk.follow(reporter.get_by_role("link", name="以来的变化").first)
    causes = reporter.locator("#why ~ .scroll-x table")
    expect(causes).to_contain_text("火灾")
    walk.follow(causes.get_by_role("link", name="火灾").first)
    expect(reporter.locator("#rows ~ .scroll-x tbody tr")).to_have_count(1)
    expect(reporter.locator("#rows ~ .scroll-x tbody")).to_contain_text("3709119010010003")
