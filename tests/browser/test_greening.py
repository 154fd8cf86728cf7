"""Completed area of a district, from its acceptance document to the leading group's dashboard; returned once."""

import re

from playwright.sync_api import Page, expect

from registry.clock import day_of
from tests.browser import walk
from tests.browser.conftest import People, barriers

TYPED = {
    "kind": "afforestation",
    "area_mu": "１３５.5",
    "document_title": "秋季造林绿化验收意见（示例）",
    "document_number": "泰示林验9号（示例）",
}


def act(page: Page, report: str, action: str, **typed: str) -> None:
    """Open the report, press the act, fill in what it asks, send it."""
    page.goto(report)
    walk.follow(page.locator(f'main a[data-action="{action}"]'))
    if typed:
        walk.fill(page, typed)
    walk.send(page)
    expect(page.locator("main .flash")).to_be_visible()


def confirmed(page: Page) -> str:
    """What the dashboard says is confirmed of the running period's afforestation, by the bar's words."""
    page.goto("/dashboard")
    return page.locator("section[aria-labelledby=p15] .bars .value").first.inner_text()


def test_area_is_reported_returned_corrected_confirmed_and_on_the_dashboard(people: People) -> None:
    reporter, officer, chair = people("reporter3"), people("officer1"), people("chair")
    before = confirmed(chair)

    reporter.goto("/greening/reports")
    walk.follow(reporter.locator("main a.btn"))
    walk.send(reporter)
    assert len(walk.errors(reporter)) == 6
    on = day_of(people.served.clock())
    walk.fill(reporter, TYPED | {"year": str(on.year), "document_on": f"{on.year}年{on.month}月{on.day}日"})
    walk.send(reporter)
    report = reporter.url[reporter.url.index("/greening/") :]
    # Without the document there is nothing to report: the page says so before anybody presses.
    expect(reporter.locator('main .doc-row:has([data-action="report_completion"])')).to_contain_text("验收文件")
    walk.follow(reporter.locator(f'main a[href="{report}/edit"]'))
    reporter.locator('main input[name="file"]').set_input_files(walk.paper("验收意见.pdf"))
    walk.send(reporter)
    act(reporter, report, "report_completion")

    officer.goto("/inbox")
    walk.follow(officer.locator(f'main a[href="{report}"]'))
    assert barriers(officer) == []
    with officer.expect_download() as download:
        officer.get_by_role("link", name=re.compile("验收意见.pdf")).click()
    assert download.value.suggested_filename == "验收意见.pdf"
    act(officer, report, "return_completion", words="面积与验收意见第3页不符，请核对。")
    assert confirmed(chair) == before

    reporter.goto("/inbox")
    walk.follow(reporter.locator(f'main a[href="{report}"]'))
    expect(reporter.locator("main")).to_contain_text("请核对")
    walk.follow(reporter.locator(f'main a[href="{report}/edit"]'))
    walk.fill(reporter, {"area_mu": "125.5"})
    walk.send(reporter)
    act(reporter, report, "report_completion")
    act(officer, report, "confirm_completion")

    assert confirmed(chair) != before
    chair.locator("section[aria-labelledby=p15] details summary").click()
    walk.follow(chair.locator('main a[href*="unit=370902"][href*="kind=afforestation"][href*="period=15"]').first)
    expect(chair.locator("main [role=status]")).to_contain_text("125.5亩")
    expect(chair.locator(f'main a[href="{report}"]')).to_be_visible()
    visitor = people.fresh()
    visitor.goto("/targets")
    expect(visitor.locator("section[aria-labelledby=p15]")).to_contain_text("125.5")
    visitor.context.close()


LISTS = ("/dashboard/findings", "/dashboard/contracts", "/dashboard/expected", "/dashboard/losses")


def test_the_dashboard_and_its_lists_have_no_barrier_wide_or_on_a_phone(people: People) -> None:
    for width, judged in ((1280, ("/dashboard", *LISTS[:2])), (390, ("/dashboard",))):
        chair = people("chair", width=width)
        for path in ("/dashboard", *LISTS):
            chair.goto(path)
            assert path not in judged or barriers(chair) == [], path
            wide = chair.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
            assert not wide, path


def test_groups_of_the_navigation_open_by_keyboard_and_mark_the_page(people: People) -> None:
    for width in (1280, 390):
        page = people("officer2", width=width)
        page.goto("/notices")
        groups = page.locator(".site-nav details")
        assert groups.count() >= 4
        assert page.locator(".site-nav details[open]").count() == 0
        for n in range(groups.count()):
            groups.nth(n).locator("summary").focus()
            page.keyboard.press("Enter")
            expect(groups.nth(n).locator("a").first).to_be_visible()
            page.keyboard.press("Tab")
            expect(groups.nth(n).locator("a").first).to_be_focused()
        assert barriers(page) == []
        page.goto("/inventory")
        expect(page.locator('.site-nav details[open] a[aria-current="page"]')).to_be_visible()
        assert page.locator(".site-nav details[open]").count() == 1
        assert barriers(page) == []


def test_the_navigation_works_without_a_script(people: People) -> None:
    page = people.fresh(java_script_enabled=False)
    page.goto("/sign-in")
    page.locator(f'button[name="person"][value="{people.served.people["officer3"]}"]').click()
    page.locator(".site-nav details summary").nth(2).click()
    page.get_by_role("link", name="本底调查", exact=True).click()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator('.site-nav details[open] a[aria-current="page"]')).to_have_text("本底调查")
    page.context.close()
