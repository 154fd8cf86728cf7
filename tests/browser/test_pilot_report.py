"""From an inventory and a year of field entries to the published annual report; three numbers traced to their rows."""

import random
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from registry import clock, jobs
from registry.extensions import db
from registry.models import Body, OrganisationKind
from tests import factories
from tests.browser import walk
from tests.browser.conftest import People
from tests.browser.serving import Served
from tests.inventory_tables import table
from tests.reports import HEADS
from workflows.roles import Role

NAME, REPORTER, LEDGER = "示例云台林场", "reporter-of-yuntai", "示例外业记录本"
STANDS = [
    *[
        [f"1{n:03d}", "岱岳区", NAME, "示例一区", "防护林", "侧柏", "中龄林", 100 + n, 300 + 7 * n, 0.6, 10, 7]
        for n in range(9)
    ],
    *[
        [f"2{n:03d}", "岱岳区", NAME, "示例二区", "特用林", "刺槐", "成熟林", 80 + n, 390 + 5 * n, 0.7, 14, 10]
        for n in range(6)
    ],
]
"""Sub-compartments of the later survey; the earlier one held 4 m3 less on each."""
SEED = 2026


@dataclass
class Farm:
    """A farm of its own beside the demo's, its reporter, the year it reports for, and the file of its inventory."""

    year: int
    file: Path


@pytest.fixture
def farm(served: Served, tmp_path: Path) -> Farm:
    with served.app.app_context():
        year = clock.today().year - 1
        body = db.session.query(Body.id).order_by(Body.id).limit(1).scalar()
        farm_id = factories.an_organisation(
            name=NAME, kind=OrganisationKind.FOREST_FARM, unit_key="TA-YT", is_example=True
        )
        person = factories.a_member(farm_id, login=REPORTER, name="云松（示例）", is_example=True)
        factories.office(person, body, Role.FARM_REPORTER)
        db.session.remove()
    served.people[REPORTER] = person
    return Farm(year, tmp_path / f"云台小班表{year}.xlsx")


def imported(page: Page, served: Served, farm: Farm) -> None:
    """Both surveys of the farm, each a workbook: checked, then imported by its reporter."""
    earlier = [[*row[:8], row[8] - 4, *row[9:]] for row in STANDS]
    before = farm.file.with_name(f"云台小班表{farm.year - 1}.xlsx")
    for file, day, rows in (
        (before, date(farm.year - 1, 10, 8), earlier),
        (farm.file, date(farm.year, 10, 12), STANDS),
    ):
        file.write_bytes(table(*rows, heads=HEADS))
        page.goto("/inventory/new")
        said = {"title": f"{day.year}年示例小班调查", "land_kind": "forest", "document_title": "示例小班调查成果表"}
        walk.fill(page, said | {"surveyed_on": day.isoformat()})
        page.set_input_files("[name=file]", file)
        walk.follow(page.get_by_role("button", name="检查表格"))
        expect(page.locator("#found")).to_contain_text("表格可以导入")
        walk.follow(page.get_by_role("button", name=f"导入{len(rows)}行"))
        with served.app.app_context():
            assert jobs.import_inventories() == 1
        walk.follow(page.get_by_role("link", name="查看当前进度"))
        expect(page.locator("main")).to_contain_text(f"{len(rows)}个小班")


def enter(page: Page, kind: str, day: date, **typed: str) -> None:
    """A record of the farm, typed on its page."""
    page.goto(f"/farm/records/new/{kind}")
    walk.fill(page, typed | {"on_day": day.isoformat(), "source": LEDGER})
    walk.send(page)
    expect(page.locator("main")).to_contain_text(LEDGER)


def a_year_of_entries(page: Page, year: int) -> None:
    """What the farm does, measures, loses and pays in a year."""
    for month, work, done in ((2, "afforestation", "112.5"), (5, "tending", "480"), (8, "tending", "305.5")):
        enter(page, "activity", date(year, month, 20), work=work, planned_mu="500", done_mu=done)
    enter(page, "activity", date(year, 11, 18), work="restoration", planned_mu="150", done_mu="148.8")
    place = {"place": "示例一区", "latitude": "36.05", "longitude": "117.27"}
    enter(page, "plot", date(year, 4, 2), plot_no="云台01", area_m2="600", **place)
    plot = page.context.request.get("/farm/records/new/measurement").text()
    (plot_id,) = re.findall(r'<option value="(\d+)"[^>]*>云台01', plot)
    measured = {"trees": "64", "mean_diameter_cm": "10.4", "mean_height_m": "7.1", "persons": "示例外业组"}
    enter(page, "measurement", date(year, 4, 2), plot_id=plot_id, **measured)
    lost = {"area_mu": "１８．６", "carbon_t": "57.3", "method_version": "AR-CM-001-V01"}
    enter(page, "loss", date(year, 8, 12), cause="pest", **lost)
    spent = {"direction": "money_out", "heading": "样地监测", "budget_yuan": "280000"}
    enter(page, "money", date(year, 12, 15), executed_yuan="264000", funds="市级财政", **spent)


def act(page: Page, report: str, name: str, done: str, **typed: str) -> None:
    """Take an act on a report."""
    page.goto(report)
    walk.follow(page.get_by_role("link", name=name, exact=True))
    if typed:
        walk.fill(page, typed)
    walk.send(page)
    expect(page.locator("main .flash")).to_contain_text(done)


def test_a_year_of_entries_becomes_a_published_report_whose_numbers_lead_to_their_rows(
    people: People, served: Served, farm: Farm
) -> None:
    writer, officer, chair = people(REPORTER), people("officer1"), people("chair")
    imported(writer, served, farm)
    a_year_of_entries(writer, farm.year)
    writer.goto("/reports")
    walk.follow(writer.locator("tr", has_text=f"{farm.year}年度试点报告").get_by_role("button"))
    report = writer.url
    written(writer, report)

    act_refused(writer, report, "P24")
    handled(writer, "损失事件", handling="枯死木全部清理并检疫处理", reason="补写处置情况")
    read_again(writer, report)
    act(writer, report, "提交报告", "报告已提交")

    act(officer, report, "退回报告", "报告已退回", words="病虫害面积与现场不符，请核对。")
    writer.goto(report)
    expect(writer.locator("main")).to_contain_text("病虫害面积与现场不符")
    handled(writer, "损失事件", area_mu="16.8", reason="现场复核")
    read_again(writer, report)
    expect(writer.locator("#t-6 ~ * td.right a").first).to_have_text("16.80")
    act(writer, report, "提交报告", "报告已提交")

    act(officer, report, "审核通过报告", "报告已审核")
    chair.goto(report)
    walk.follow(chair.get_by_role("link", name="批准报告", exact=True))
    walk.send(chair)
    expect(chair.locator(".error-summary")).to_contain_text("P28")
    walk.fill(chair, {"note": "参数待省里发布后更正（示例）。"})
    walk.send(chair)
    expect(chair.locator("main .flash")).to_contain_text("报告已批准")
    act(officer, report, "发布报告", "报告已发布")

    three_numbers(officer, report, farm)
    visitor = people.fresh()
    visitor.goto("/pilot-reports")
    expect(visitor.locator("main table tr", has_text=NAME)).to_contain_text(f"{farm.year}年度")
    visitor.context.close()


def written(page: Page, report: str) -> None:
    """Every chapter in a few words."""
    page.goto(f"{report}/write")
    names = page.locator("main form textarea").evaluate_all("all => all.map(e => e.name)")
    walk.fill(page, dict.fromkeys(names, "本年度按方案推进，情况如附表（示例）。"))
    walk.send(page)


def act_refused(page: Page, report: str, clause: str) -> None:
    """The report is not submitted, and the page says why."""
    page.goto(report)
    walk.follow(page.get_by_role("link", name="提交报告", exact=True))
    walk.send(page)
    expect(page.locator(".error-summary")).to_contain_text(clause)


def handled(page: Page, kind: str, **typed: str) -> None:
    """The one record of a kind corrected: from where the report points to the record, and to its correction."""
    link = page.locator("main a", has_text=f"来源台账：{kind}").first
    walk.follow(link)
    walk.follow(page.locator("main table a").first)
    walk.follow(page.get_by_role("link", name=re.compile("更正")).first)
    walk.fill(page, typed)
    walk.send(page)
    expect(page.locator("main")).to_contain_text(typed["reason"])


def read_again(page: Page, report: str) -> None:
    """The figures are read from the records as they are now."""
    page.goto(report)
    walk.follow(page.get_by_role("button", name="从台账重新取数"))


def three_numbers(page: Page, report: str, farm: Farm) -> None:
    """One number of tables 1 to 3 and two of the others, picked at random, each traced to where it was written down."""
    pick = random.Random(SEED)
    page.goto(report)
    of_rows = page.locator("section:has(> h3[id^='t-']) tbody td.right a")
    found = of_rows.evaluate_all(
        "all => all.map(a => [a.closest('section').querySelector('h3').id, a.getAttribute('href')])"
    )
    surveyed = [href for place, href in found if place in ("t-1", "t-2", "t-3")]
    recorded = [href for place, href in found if place not in ("t-1", "t-2", "t-3", "t-7")]
    for href in (pick.choice(surveyed), *pick.sample(recorded, 2)):
        page.goto(report)
        shown = page.locator(f'a[href="{href}"]').inner_text()
        page.goto(href)
        expect(page.locator(".facts").first).to_contain_text(shown)
        if href in surveyed:
            in_the_file(page, farm)
        else:
            walk.follow(page.locator("#sources ~ table a").first)
            expect(page.locator("main")).to_contain_text(LEDGER)
            expect(page.locator("main")).to_contain_text("云松（示例）")


def in_the_file(page: Page, farm: Farm) -> None:
    """The sub-compartments behind a figure are those of these rows of the workbook."""
    sheet = openpyxl.load_workbook(farm.file).worksheets[0]
    expect(page.locator("main")).to_contain_text(f"云台小班表{farm.year}.xlsx")
    rows = page.locator("#rows ~ * tbody tr")
    assert rows.count() in (6, 9)
    for row in rows.all():
        number, code = row.locator("td").first.inner_text(), row.locator("th").inner_text()
        assert sheet.cell(int(number), 1).value == code
