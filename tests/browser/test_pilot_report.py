"""The annual report of the pilot is corrected: submitted, returned, approved, published; three numbers are traced."""

from playwright.sync_api import Page, expect

from tests.browser import walk
from tests.browser.conftest import People


def act(page: Page, name: str, done: str, **typed: str) -> None:
    """Take an act of the report that is open."""
    walk.follow(page.get_by_role("link", name=name, exact=True))
    if typed:
        walk.fill(page, typed)
    walk.send(page)
    expect(page.locator("main .flash")).to_contain_text(done)


def opened(page: Page, path: str) -> Page:
    page.goto(path)
    return page


def test_a_correction_of_the_annual_report_is_returned_approved_and_published(people: People) -> None:
    writer, officer, chair = people("reporter"), people("officer1"), people("chair")
    writer.goto("/reports")
    walk.follow(writer.get_by_role("link", name="2025年度试点报告"))
    expect(writer.locator(".page-head")).to_contain_text("已发布")
    walk.follow(writer.get_by_role("link", name="更正报告", exact=True))
    walk.send(writer)
    expect(writer.locator("h1")).to_contain_text("编写各章")
    report = writer.url.partition("/write")[0]

    writer.goto("/reports/tables/6/enter")
    loss = {"on_day": "2025-12-20", "cause": "火灾", "on": "2025-12-20", "area_mu": "３.５", "co2_t": "9.8"}
    walk.fill(writer, loss | {"document": "示例火灾登记表"})
    walk.send(writer)
    writer.goto(report)
    walk.follow(writer.get_by_role("button", name="从台账重新取数"))
    expect(writer.locator("#findings ~ ul")).to_contain_text("P24")
    walk.follow(writer.get_by_role("link", name="3.5", exact=True).first)
    walk.follow(writer.get_by_role("link", name="示例火灾登记表"))
    walk.follow(writer.get_by_role("link", name="更正这一行"))
    walk.fill(writer, {"handling": "已扑灭并清理火烧木"})
    walk.send(writer)
    writer.goto(f"{report}/write")
    walk.fill(writer, {"reason": "补报12月一起火灾（示例）。"})
    walk.send(writer)
    walk.follow(writer.get_by_role("button", name="从台账重新取数"))
    expect(writer.locator("#differences ~ table")).to_contain_text("9.8")
    act(writer, "提交报告", "报告已提交")

    act(opened(officer, report), "退回报告", "报告已退回", words="请说明火灾的处置时间。")
    expect(opened(writer, report).locator("main")).to_contain_text("请说明火灾的处置时间。")
    act(writer, "提交报告", "报告已提交")
    act(opened(officer, report), "审核通过报告", "报告已审核")
    opened(chair, report)
    walk.follow(chair.get_by_role("link", name="批准报告", exact=True))
    walk.send(chair)
    expect(chair.locator(".error-summary")).to_contain_text("P28")
    walk.fill(chair, {"note": "参数待省里发布后更正（示例）。"})
    walk.send(chair)
    expect(chair.locator("main .flash")).to_contain_text("报告已批准")
    act(opened(officer, report), "发布报告", "报告已发布")

    numbers = officer.locator("section td.right a")
    for n in (0, 9, 20):
        opened(officer, report)
        shown = numbers.nth(n).inner_text()
        walk.follow(numbers.nth(n))
        expect(officer.locator(".facts")).to_contain_text(shown)
        walk.follow(officer.locator("#sources ~ table a").first)
        expect(officer.locator("main")).to_contain_text("示例数据：外业记录与台账")
    visitor = people.fresh()
    visitor.goto("/pilot-reports")
    expect(visitor.locator("main table")).to_contain_text("第2版")
    visitor.context.close()
