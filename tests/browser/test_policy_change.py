"""A threshold is proposed by an officer, run over all cases, confirmed by the chair, and in force from its day."""

from datetime import timedelta

from playwright.sync_api import expect

from registry import jobs
from registry.clock import day_of
from tests.browser import walk
from tests.browser.conftest import People

TITLE = "关于延长合法性审查时间的通知（示例）"
FIGURE = "/policy/figures/legal_review_days"


def test_a_threshold_is_proposed_replayed_confirmed_and_in_force(people: People) -> None:
    officer, chair = people("officer1"), people("chair")
    day = day_of(people.served.clock()) + timedelta(days=2)
    officer.goto("/rules/S18")
    walk.follow(officer.locator("#figures ~ table a").first)
    expect(officer.locator("h1")).to_contain_text("合法性审查")
    walk.follow(officer.get_by_role("link", name="提出新的取值"))
    walk.fill(officer, {"value": "０", "since": day.isoformat(), "document_title": TITLE})
    officer.locator('input[type="file"]').set_input_files(walk.paper("通知.pdf"))
    walk.send(officer)
    assert len(walk.errors(officer)) == 5
    expect(officer.locator('[name="document_title"]')).to_have_value(TITLE)
    expect(officer.locator("main form")).to_contain_text("已上传：通知.pdf")
    walk.fill(
        officer,
        {
            "value": "１０",
            "document_number": "泰林碳办〔2026〕3号（示例）",
            "source_zh": "领导小组办公室通知第二条（示例）",
            "source_en": "Notice of the leading group's office, item 2 (example)",
            "reasons": "送审材料增多，七个工作日不够。",
        },
    )
    walk.send(officer)
    expect(officer.locator("h1")).to_contain_text("7个工作日 → 10个工作日")
    change = officer.url.partition("#")[0]
    walk.follow(officer.get_by_role("button", name="在全部办件上回放"))
    replay = officer.locator("section", has=officer.locator("#replay"))
    expect(replay.locator("progress")).to_have_attribute("value", "0")
    with people.served.app.app_context():
        assert jobs.replay_changes() == 1
    walk.follow(replay.get_by_role("link", name="查看当前进度"))
    expect(replay).to_contain_text("已办和在办的办件上回放")
    expect(replay).to_contain_text("此前受理的办件仍按受理当日的规则办理")
    walk.follow(officer.get_by_role("link", name="提出修订", exact=True))
    walk.send(officer)
    expect(officer.locator("main .flash")).to_contain_text("提出了规则修订")

    chair.goto("/notices")
    walk.follow(chair.locator("main").get_by_role("link", name="规则修订").first)
    assert chair.url == change
    walk.follow(chair.get_by_role("link", name="确认修订"))
    walk.send(chair)
    expect(chair.locator("main .flash")).to_contain_text("规则修订已确认")
    expect(chair.locator(".page-head")).to_contain_text("组长已确认")

    officer.goto(FIGURE)
    expect(officer.locator("#values ~ table tbody tr").first).to_contain_text("待施行")
    people.served.clock.wait(3)
    officer.goto(FIGURE)
    first = officer.locator("#values ~ table tbody tr").first
    expect(first).to_contain_text("10个工作日")
    expect(first).to_contain_text(TITLE)
    expect(first).not_to_contain_text("待施行")
    visitor = people.fresh()
    visitor.goto("/rules/S18")
    expect(visitor.locator("main")).to_contain_text("10个工作日")
    expect(visitor.locator("main")).to_contain_text(TITLE)
    visitor.context.close()


def test_the_administrator_has_no_part_in_it(people: People) -> None:
    admin = people("admin")
    answer = admin.goto("/policy")
    assert answer
    assert answer.status == 403
    expect(admin.locator(".site-nav")).not_to_contain_text("规则修订")
