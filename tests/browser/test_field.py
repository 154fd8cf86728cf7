"""Field entry without a signal: what is saved waits on the phone, is shown as waiting, and arrives once."""

from playwright.sync_api import expect

from tests.browser import walk
from tests.browser.conftest import People


def test_what_is_saved_without_a_signal_arrives_once_when_it_is_back(people: People) -> None:
    page = people("reporter")
    page.goto("/field/")
    page.goto("/field/activity")
    page.context.set_offline(True)
    try:
        page.locator("input[name=work]").first.check()
        page.fill("input[name=done_mu]", "12.5")
        page.fill("input[name=place]", "示例七区")
        page.get_by_role("button", name="保存记录").click()
        expect(page.locator(".net")).to_contain_text("待上传：1条")
    finally:
        page.context.set_offline(False)
    expect(page.locator(".net")).to_be_hidden()
    page.goto("/farm")
    walk.follow(page.get_by_role("link", name="营林活动").first)
    expect(page.get_by_text("示例七区")).to_have_count(1)
