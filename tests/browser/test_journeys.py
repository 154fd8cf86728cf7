"""Cases as people walk them: every step is a click or a key on a page of the served application."""

import re

from playwright.sync_api import Page, expect

from tests.browser import walk
from tests.browser.conftest import People

NATIONAL = {
    "external_number": "GS-2026-0421",
    "notice_url": "https://example.org/notice/0421",
    "notice_from": "2026-08-01",
    "notice_to": "2026-08-28",
}
NOT_TRANSLATED = re.compile("[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}")


def test_an_afforestation_case_goes_from_an_empty_form_to_its_entry(people: People, afforestation: str) -> None:
    number = afforestation
    applicant, officer = people("company1"), people("officer1")
    walk.open_case(applicant, number)
    assert walk.state(applicant) == "已提交"
    assert re.fullmatch(r"TL\d{10}", number)

    officer.goto("/inbox")
    walk.follow(officer.locator("main table a", has_text="徂徕山北麓").first)
    expect(officer.locator("main")).to_contain_text(re.compile(r"600\s*亩"))
    walk.screened(people, number)
    walk.vote(people, number, "for", "权属清楚，方法适用，同意。")
    walk.act(people("chair"), number, "approve_risk", words="同意项目和合同。")
    walk.act(people("vvb1"), number, "file_validation", file="审定报告.pdf", **walk.FAVOURABLE, **NATIONAL)
    walk.disputed_notice(people, number, "officer1", "company1")
    walk.act(officer, number, "pass_validation")
    walk.vote(people, number, "for", "各环节齐备，同意入库。")
    walk.act(people("chair"), number, "register", words="同意入库。")

    walk.open_case(applicant, number)
    assert walk.state(applicant) == "已入库"
    assert len(walk.timeline(applicant)) >= 18
    assert [line for line in applicant.locator("body").inner_text().splitlines() if NOT_TRANSLATED.search(line)] == []
    project = applicant.locator("main .page-head .code").last.inner_text()
    assert re.fullmatch(r"TA-[A-Z]+-370982-\d{4}-\d{4}", project)

    public = people.fresh()
    public.goto("/projects")
    public.get_by_role("searchbox").fill(project)
    public.keyboard.press("Enter")
    walk.follow(public.locator("main").get_by_role("link", name="徂徕山北麓荒山造林项目"))
    expect(public.locator("main .kicker").first).to_contain_text(project)
    expect(public.locator("main")).not_to_contain_text("林芳")
    public.context.close()


def test_a_case_the_members_vote_down_is_refused_with_reasons_the_applicant_reads(
    people: People, afforestation: str
) -> None:
    number = walk.copy(people("company1"), afforestation, "莲花山西坡造林项目（示例）")
    walk.screened(people, number)
    walk.vote(people, number, "against", "收益测算依据不足，不同意。")
    chair = people("chair")
    walk.open_case(chair, number)
    walk.follow(chair.locator('main a[data-action="approve_risk"]'))
    walk.fill(chair, {"words": "试一试。"})
    walk.send(chair)
    assert "S15" in " ".join(walk.errors(chair))
    reasons = "收益测算依据不足，建议补充测算后重新申报。"
    walk.act(chair, number, "reject", words=reasons)
    applicant = people("company1")
    applicant.goto("/my")
    walk.follow(applicant.locator("main table a", has_text="莲花山西坡"))
    assert walk.state(applicant) == "不予入库"
    expect(applicant.locator("main")).to_contain_text(reasons)
    expect(applicant.locator('main a[data-action="request_reconsideration"]')).to_be_visible()


def _field_of(page: Page, words: str) -> str:
    """The id of the control in whose field these words stand."""
    field = page.locator("main .field", has=page.locator(".fault", has_text=words))
    return str(field.locator("input, select, textarea").first.get_attribute("name"))


def test_a_case_is_corrected_once_and_the_officer_sees_what_changed(people: People, afforestation: str) -> None:
    applicant, officer = people("company1"), people("officer1")
    number = walk.copy(applicant, afforestation, "莲花山东坡造林项目（示例）")
    walk.open_case(officer, number)
    walk.follow(officer.locator('main a[data-action="request_correction"]'))
    faults = {
        "联系电话": "电话打不通，请核对。",
        "北坡1号：面积": "与流转合同所载面积不符。",
        "项目设计文件": "缺第四章，请补全。",
    }
    shut = officer.locator("main details:not([open]) > summary")
    while shut.count():
        shut.first.click()
    for label, words in faults.items():
        officer.get_by_role("textbox", name=re.compile(f"{label}有什么问题")).fill(words)
    walk.send(officer)
    expect(officer.locator("main .flash")).to_be_visible()

    applicant.goto("/my")
    walk.follow(applicant.locator("main table tr", has_text="莲花山东坡").locator('a[href^="/my/"]'))
    applicant.wait_for_url(re.compile(r"/my/\d+$"))
    home = applicant.url[applicant.url.index("/my/") :]
    for words in faults.values():
        expect(applicant.locator("main")).to_contain_text(words)
    walk.follow(applicant.locator(f'main .tasks a[href="{home}/basics"]'))
    assert _field_of(applicant, faults["联系电话"]) == "contact_phone"
    walk.fill(applicant, {"contact_phone": "0538-7654321"})
    walk.send(applicant)
    walk.follow(applicant.locator(f'main .tasks a[href="{home}/parcels"]'))
    walk.follow(applicant.locator("main table a", has_text="北坡1号"))
    assert _field_of(applicant, faults["北坡1号：面积"]) == "area"
    walk.fill(applicant, {"area": "５８０．５"})
    walk.send(applicant)
    walk.follow(applicant.locator("main .actions a.btn"))
    walk.follow(applicant.locator(f'main .tasks a[href="{home}/documents"]'))
    line = applicant.locator("main #pdd")
    expect(line.locator(".fault")).to_contain_text(faults["项目设计文件"])
    line.locator("summary").first.click()
    line.locator('input[type="file"]').first.set_input_files(walk.paper("项目设计文件（补全）.pdf"))
    walk.follow(line.locator("details button").first)
    walk.follow(applicant.locator("main .actions a.btn").last)
    assert walk.hand_in(applicant, home) == number

    walk.open_case(officer, number)
    walk.follow(officer.get_by_role("link", name="与上一轮"))
    rows = officer.locator("main table.diff tbody tr")
    for label, old, new in (
        ("联系电话", "0538-1234567", "0538-7654321"),
        ("北坡1号：面积", "600", "580.5"),
        ("项目设计文件", "pdd.pdf", "补全"),
    ):
        row = rows.filter(has_text=label)
        expect(row.locator("del")).to_contain_text(old)
        expect(row.locator("ins")).to_contain_text(new)
    walk.act(officer, number, "accept")
    assert walk.state(officer) == "方法学筛选中"


def test_nothing_of_a_chinese_page_is_left_in_english(people: People, afforestation: str) -> None:
    for login, address in (
        ("company1", "/my"),
        ("officer1", "/inbox"),
        ("officer1", f"/cases/{afforestation}/screening"),
        ("officer1", f"/cases/{afforestation}/audit"),
        ("admin", "/admin/users"),
    ):
        page = people(login)
        page.goto(address)
        lines = page.locator("body").inner_text().splitlines()
        assert [line for line in lines if NOT_TRANSLATED.search(line)] == [], address
