"""What an applicant types is kept: without JavaScript, with autosave, with two people on one page."""

import re

from playwright.sync_api import Page, expect

from tests.browser import walk
from tests.browser.conftest import People
from tests.browser.serving import Served, sign_in

VILLAGE = {
    "name": "岱岳区青石峪村股份经济合作社（示例）",
    "credit_code": "９３３７０９１１ MA0000005D",
    "kind": "collective",
}


def test_without_javascript_the_basics_are_filled_in_and_saved(people: People, served: Served) -> None:
    page = people.fresh(java_script_enabled=False)
    sign_in(page, served.people["company2"])
    page.goto("/my/start")
    page.locator('main input[name="who"][value^="org"]').check()
    page.locator("main form button").click()
    page.locator('main .tasks a[href$="/basics"]').click()
    page.locator('main [name="name"]').fill("东平湖东岸造林项目（示例）")
    page.locator("main form .actions button").first.click()
    expect(page.locator("main .error-summary")).to_be_visible()
    expect(page.locator('main [name="name"]')).to_have_value("东平湖东岸造林项目（示例）")
    for name in ("scheme", "activity"):
        page.locator(f'main [name="{name}"][value="{walk.BASICS[name]}"]').check()
    for name in ("summary", "contact_name", "contact_phone"):
        page.locator(f'main [name="{name}"]').fill(str(walk.BASICS[name]))
    page.locator("main form .actions button").first.click()
    expect(page.locator("main .flash")).to_be_visible()
    expect(page.locator("main h1")).to_have_text("东平湖东岸造林项目（示例）")
    expect(page.locator('main .tasks a[href$="/basics"]')).to_contain_text("已完成")
    page.context.close()


def _save(page: Page) -> None:
    """Leave the field and wait until the page says that it is kept."""
    with page.expect_response(re.compile("/autosave$")):
        page.keyboard.press("Tab")


def test_what_was_typed_is_there_again_after_signing_in_anew(people: People, served: Served) -> None:
    page = people("company2")
    home = walk.start(page)
    page.goto(f"{home}/basics")
    page.locator('main [name="name"]').fill("湖滨造林项目（示例）")
    _save(page)
    expect(page.locator("main [data-saved]")).to_contain_text("已保存")
    page.context.clear_cookies()
    page.goto(f"{home}/basics")
    assert "/sign-in" in page.url
    page.locator(f'button[name="person"][value="{served.people["company2"]}"]').click()
    page.wait_for_url(re.compile("/basics$"))
    expect(page.locator('main [name="name"]')).to_have_value("湖滨造林项目（示例）")


def test_two_people_on_one_page_lose_neither_text(people: People) -> None:
    agent, village = people("agent1"), people("village1")
    home = walk.start(agent, "agent", **VILLAGE)
    for page in (agent, village):
        page.goto(f"{home}/basics")
    village.locator('main [name="summary"]').fill("村里写的：栽植侧柏。")
    _save(village)
    agent.locator('main [name="summary"]').fill("公司写的：栽植麻栎。")
    _save(agent)
    expect(agent.locator("main [data-saved]")).to_contain_text("石大山")
    agent.locator('main button[value="later"]').click()
    expect(agent.locator("main h1")).to_contain_text("两个版本")
    for words in ("村里写的：栽植侧柏。", "公司写的：栽植麻栎。"):
        expect(agent.locator("main table")).to_contain_text(words)
    agent.locator("main .actions button").click()
    agent.goto(f"{home}/basics")
    expect(agent.locator('main [name="summary"]')).to_have_value("公司写的：栽植麻栎。")
