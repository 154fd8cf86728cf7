"""How people walk the pages: whatever a helper does here, a hand could do. Nothing here calls a service."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

PAPER = "%PDF-1.4\n% {name}\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
VOTERS = ("member1", "member3", "member4", "member5", "deputy", "chair")
"""Enough of the nine for a quorum; the chair speaks last."""

Answers = Mapping[str, str | bool]
"""Field name → what is typed, the value chosen, or whether a box is ticked."""

BASICS: Answers = {
    "name": "徂徕山北麓荒山造林项目（示例）",
    "scheme": "ccer",
    "activity": "afforestation",
    "summary": "在宜林荒山栽植侧柏、麻栎混交林，公司自筹资金实施。",
    "contact_name": "林芳",
    "contact_phone": "０５３８－１２３４５６７",
}
PARCEL: Answers = {
    "name": "北坡１号",
    "village": "羊流镇示例庄村",
    "subcompartment": "００１２",
    "district_code": "370982",
    "area": "６００",
    "unit": "mu",
    "tenure": "transferred",
    "title_document": "transfer_contract",
    "title_number": "新泰流转〔2021〕8号（示例）",
    "title_end": "２０６６年１２月３１日",
    "disputed": "no",
    "coowner_consent": "not_needed",
}
METHOD: Answers = {
    "land_setting": "forest_land",
    "forest_use": "protection",
    "start_on": "２０２４－３－１２",
    "nonforest_since": "2015年1月1日",
    "planned_afforestation_land": "yes",
    "wetland_overlap": "no",
    "trees_removed": "no",
    "shrub_removed_pct": "５",
    "repeat_soil_disturbance": "no",
    "burning": "none",
    "activity_shift": "no",
    "public_benefit_forest": "yes",
    "lawful": "yes",
    "other_mechanism": "no",
    "additionality": "x03",
}
CERTIFIED: Answers = {"public_benefit_certificate": "yes"}
"""What is asked once the land is said to be public-benefit forest."""
CREDITING: Answers = {
    "start_on": "2024.3.12",
    "end_on": "2044年3月11日",
    "life_end": "2064年3月11日",
    "expected_total_t": "１２，０００",
    "expected_annual_t": "６００",
    "vvb_org_id": "岱宗审定核查有限公司（示例）",
}
DECLARATIONS: Answers = {"true": True, "unique": True, "consent": True}
NOT_MET = ("X01", "X02")
"""Grounds for additionality that the cases here do not rest on: they rest on X03."""


# --- forms ---


def fill(page: Page, answers: Answers) -> None:
    """Answer the questions of a page one after the other."""
    answers = {name: answer for name, answer in answers.items() if answer != ""}
    for name in list(answers)[:1]:
        page.locator(f'main [name="{name}"]').first.wait_for()
    kinds = page.evaluate(_KINDS, list(answers))
    for name, answer in answers.items():
        field = page.locator(f'main [name="{name}"]')
        match kinds[name]:
            case "radio":
                page.locator(f'main [name="{name}"][value="{answer}"]').check()
            case "checkbox":
                field.set_checked(bool(answer))
            case "select-one":
                field.select_option(answer)
            case _:
                field.fill(str(answer))


_KINDS = 'names => Object.fromEntries(names.map(n => [n, document.querySelector(`main [name="${n}"]`)?.type]))'


def follow(control: Locator) -> None:
    """Press what leads to a page and wait for it, be it the same address again: nothing else tells new from old."""
    with control.page.expect_navigation():
        control.click()


def send(page: Page) -> None:
    """Press the button of the page's form: the first of its last row of actions."""
    follow(page.locator("main form .actions button").first)


def errors(page: Page) -> list[str]:
    """What the page says is wrong."""
    return page.locator("main .error-summary li").all_inner_texts()


def paper(name: str) -> dict[str, Any]:
    """A small PDF to choose in a file field; another name is another content."""
    return {"name": name, "mimeType": "application/pdf", "buffer": PAPER.format(name=name).encode()}


# --- the application ---


def start(page: Page, applies: str = "org", **agent: str) -> str:
    """Open an application from My projects; `applies` is "org", "agent" or "person". Returns its task list's path."""
    page.goto("/my")
    follow(page.locator('main a[href="/my/start"]'))
    page.locator(f'main input[name="who"][value^="{applies}"]').check()
    fill(page, agent)
    send(page)
    page.wait_for_url(re.compile(r"/my/\d+$"))
    return page.url[page.url.index("/my/") :]


def section(page: Page, home: str, name: str, *pages: Answers) -> None:
    """Open a section from the task list and answer it; more than one page where answers lead to more questions."""
    follow(page.locator(f'main .tasks a[href="{home}/{name}"]'))
    for answers in pages:
        fill(page, answers)
        send(page)
    page.wait_for_url(lambda url: url.endswith(home) or name == "parcels")
    problems = errors(page)
    assert problems == [], problems


def parcel(page: Page, home: str, answers: Answers) -> None:
    """Add a parcel on the list of parcels and go back to the task list."""
    follow(page.locator(f'main .tasks a[href="{home}/parcels"]'))
    send(page)
    fill(page, answers)
    send(page)
    page.wait_for_url(re.compile("/parcels$"))
    follow(page.locator("main .actions a.btn"))


def upload_missing(page: Page, home: str) -> int:
    """Upload a file for every paper that is missing; returns how many."""
    follow(page.locator(f'main .tasks a[href="{home}/documents"]'))
    page.wait_for_url(re.compile("/documents$"))
    missing = page.locator("main .paper:has(.badge.near)")
    kinds = missing.evaluate_all("all => all.map(e => e.id)")
    for kind in kinds:
        line = page.locator(f'main [id="{kind}"]')
        line.locator("input[type=file]").set_input_files(paper(f"{kind}.pdf"))
        follow(line.locator("button").last)
    expect(missing).to_have_count(0)
    follow(page.locator("main .actions a.btn").last)
    return len(kinds)


def hand_in(page: Page, home: str) -> str:
    """Check the answers and hand them in; returns the number on the receipt."""
    follow(page.locator(f'main .tasks a[href="{home}/check"]'))
    page.wait_for_url(re.compile("/check$"))
    button = page.locator("main form .actions button")
    assert button.count() == 1, page.locator("main").inner_text()
    follow(button)
    page.wait_for_url(re.compile("/receipt$"))
    return page.locator("main .code").first.inner_text()


def apply(
    page: Page,
    basics: Answers = BASICS,
    land: Answers = PARCEL,
    method: Sequence[Answers] = ({"method": "CCER-14-001"}, METHOD, CERTIFIED),
    crediting: Answers = CREDITING,
) -> str:
    """From My projects to the receipt, everything typed; returns the case's number."""
    home = start(page)
    section(page, home, "basics", basics)
    parcel(page, home, land)
    section(page, home, "method", *method)
    section(page, home, "contract", {"has_partner": "no"})
    section(page, home, "crediting", crediting)
    assert upload_missing(page, home) > 0
    section(page, home, "declarations", DECLARATIONS)
    return hand_in(page, home)


def copy(page: Page, number: str, name: str) -> str:
    """Copy one's submitted case into a new application under another name and hand that in; returns its number."""
    home = copied(page, number, name)
    return hand_in(page, home)


def copied(page: Page, number: str, name: str) -> str:
    """Copy one's case into a new draft, complete under another name; returns its task list's path."""
    open_case(page, number)
    follow(page.locator('main form[action$="/copy"] button'))
    home = page.url[page.url.index("/my/") :]
    section(page, home, "basics", {"name": name})
    follow(page.locator(f'main .tasks a[href="{home}/parcels"]'))
    follow(page.locator("main table a").first)
    # Other land, or it would stand in two projects.
    fill(page, {"village": name, "subcompartment": "", "title_number": name})
    send(page)
    follow(page.locator("main .actions a.btn"))
    section(page, home, "declarations", DECLARATIONS)
    return home


# --- the case ---


def open_case(page: Page, number: str) -> None:
    """The page of a case."""
    page.goto(f"/cases/{number}")


def act(page: Page, number: str, action: str, file: str = "", **answers: str | bool) -> None:
    """Take an act from the case's page: press its button, fill in what it asks, send it."""
    open_case(page, number)
    follow(page.locator(f'main a[data-action="{action}"]'))
    page.wait_for_url(f"**/act/{action}")
    _take(page, action, file, answers)


def _take(page: Page, action: str, file: str, answers: Answers) -> None:
    fill(page, answers)
    if file:
        page.locator('main input[type="file"]').set_input_files(paper(file))
    send(page)
    problems = errors(page)
    assert problems == [], problems
    assert f"done={action}" in page.url


def screen(page: Page, number: str, evidence: str, not_met: Sequence[str] = NOT_MET) -> None:
    """Answer every condition of the sheet and sign it."""
    open_case(page, number)
    follow(page.locator('main a[data-action="answer_condition"]'))
    page.wait_for_url("**/screening")
    for clause in page.locator("main li.finding:has(fieldset)").evaluate_all("all => all.map(e => e.id.slice(2))"):
        verdict = "not_met" if clause in not_met else "met"
        page.locator(f'[name="v_{clause}"][value="{verdict}"]').check()
        page.locator(f'[name="e_{clause}"]').fill(evidence)
    follow(page.locator(f'main form[action="/cases/{number}/screening"] .actions button'))
    follow(page.locator('main form[action$="/act/sign_screening"] button'))
    page.wait_for_url(re.compile("done=sign_screening"))


# --- the meeting ---


def plan(page: Page, at: datetime) -> str:
    """Plan a meeting for the day of an instant, from the list of meetings; returns the path of its page."""
    page.goto("/meetings")
    follow(page.locator('main a[href="/meetings/plan"]'))
    fill(
        page,
        {
            "held_on": f"{at.astimezone(ZoneInfo('Asia/Shanghai')):%Y.%m.%d}",
            "starts_at": "９：００",
            "place": "市林业局三楼会议室（示例）",
        },
    )
    send(page)
    page.wait_for_url(re.compile(r"/meetings/\d+$"))
    return page.url[page.url.index("/meetings/") :]


def table(page: Page, meeting: str, number: str, words: str = "") -> None:
    """Put a case on the agenda, from the list of those that can be tabled."""
    page.goto(f"{meeting}/candidates")
    follow(page.locator("main tr", has_text=number).locator("a.btn"))
    assert page.locator('main [name="meeting"]:checked').get_attribute("value") == meeting.rpartition("/")[2]
    _take(page, "table", "", {"words": words})


def in_meeting(page: Page, meeting: str, action: str, **answers: str | bool) -> None:
    """Take an act on a meeting from its page."""
    page.goto(meeting)
    follow(page.locator(f'main a[data-action="{action}"]'))
    _take(page, action, "", answers)


def roll(people: Any, meeting: str, present: Sequence[str], language: str = "zh") -> None:
    """The secretary ticks who is in the room, and nobody else."""
    page = people("secretary", language)
    page.goto(meeting)
    follow(page.locator('main a[data-action="note_attendance"]'))
    wanted = {str(people.served.people[login]) for login in present}
    for box in page.locator('main [name="present"]').all():
        box.set_checked(box.get_attribute("value") in wanted)
    _take(page, "note_attendance", "", {})


def convene(people: Any, *numbers: str, present: Sequence[str] = VOTERS, language: str = "zh") -> str:
    """Plan a meeting for today, table these cases, open it and note the roll; returns the path of its page."""
    secretary = people("secretary", language)
    meeting = plan(secretary, people.served.clock())
    for number in numbers:
        table(secretary, meeting, number)
    in_meeting(people("chair", language), meeting, "open_meeting")
    roll(people, meeting, present, language)
    return meeting


def say(page: Page, number: str, choice: str, reasons: str) -> None:
    """A member votes, on the page of the vote at once."""
    page.goto(f"/cases/{number}/act/vote")
    _take(page, "vote", "", {"choice": choice, "reasons": reasons, "no_conflict": True})


EXPERTS = tuple(f"expert{n}" for n in range(1, 10))


def panel(people: Any, number: str, words: str, language: str = "zh", asked: str = "请评审监测数据和测算方法") -> int:
    """The secretary draws a panel; whoever was drawn accepts, each from the own list; the secretary ends it."""
    act(people("secretary", language), number, "draw_panel", size="5", expected_days="10", words=asked)
    given = 0
    for login in EXPERTS:
        page = people(login, language)
        page.goto("/my/panels")
        mine = page.locator(f'main a[href="/cases/{number}/act/give_expert_opinion"]')
        if mine.count():
            follow(mine)
            _take(page, "give_expert_opinion", "", {"conclusion": "accept", "words": words, "independent": True})
            given += 1
    act(people("secretary", language), number, "close_panel")
    return given


def vote(people: Any, number: str, choice: str, reasons: str, language: str = "zh") -> None:
    """A meeting with just a quorum in the room: the chair puts the question, all vote alike, the chair last."""
    convene(people, number, language=language)
    act(people("chair", language), number, "call_vote")
    for login in VOTERS:
        say(people(login, language), number, choice, reasons)


# --- what a case says ---


LONGEST_NOTICE_DAYS = 30
"""Seven working days, and the longest holiday between them."""
OBJECTION: Answers = {
    "kind": "objection",
    "about": "tenure",
    "words": "地块北侧有我家的自留山，请核实。",
    "name": "示例村民",
    "reach": "0538-7654321",
}


def notice(people: Any, number: str, officer: str, language: str = "zh") -> None:
    """A public notice from its opening to its end; nobody objects."""
    page = people(officer, language)
    act(page, number, "open_notice")
    people.served.clock.wait(LONGEST_NOTICE_DAYS)
    act(page, number, "close_notice")


def disputed_notice(people: Any, number: str, officer: str, applicant: str) -> None:
    """A public notice to which a villager without an account objects; both answer, the villager reads it."""
    desk = people(officer)
    act(desk, number, "open_notice")
    villager = people.fresh()
    villager.goto("/public-notices")
    follow(villager.locator("main table tr", has_text=number).locator("a").first)
    follow(villager.locator("main a.btn").first)
    fill(villager, OBJECTION)
    villager.locator('main input[type="file"]').set_input_files(paper("自留山使用证.pdf"))
    send(villager)
    code = villager.locator("main .receipt .code").inner_text()
    answers = {"words": "已到现场核对林权证和四至，自留山不在地块范围内。"}
    open_case(desk, number)
    expect(desk.locator("main #notice ~ ul")).to_contain_text(str(OBJECTION["name"]))
    act(desk, number, "answer_objection", outcome="unfounded", **answers)
    mine = people(applicant)
    open_case(mine, number)
    expect(mine.locator("main #notice ~ ul")).not_to_contain_text(str(OBJECTION["name"]))
    act(mine, number, "answer_objection", words="四至清楚，已与村民当面说明。")
    people.served.clock.wait(LONGEST_NOTICE_DAYS)
    act(desk, number, "close_notice")
    villager.goto("/objections")
    fill(villager, {"code": code.replace("-", " ").lower()})
    follow(villager.locator("main form button"))
    expect(villager.locator("main")).to_contain_text(answers["words"])
    villager.context.close()


def state(page: Page) -> str:
    """The state in the head of a case's page."""
    return page.locator("main .page-head .kicker .badge").first.inner_text()


def timeline(page: Page) -> list[str]:
    """What happened, the newest first."""
    return page.locator("main .timeline li p").all_inner_texts()


FAVOURABLE = {
    "report_number": "DZ-2026-018（示例）",
    "report_on": "２０２６年９月３０日",
    **{f"V{n}_met": "yes" for n in range(1, 6)},
    **{f"V{n}_words": "经现场核对和文件评审，符合要求。" for n in range(1, 6)},
    "conclusion": "favourable",
    "words": "五个方面均符合要求，公示期间未收到意见。",
}
"""A favourable opinion on the five matters."""


def screened(people: Any, number: str, language: str = "zh", evidence: str = "见作业设计和现场踏查记录") -> None:
    """Accepted, answered and signed by two officers, passed."""
    act(people("officer1", language), number, "accept")
    for officer in ("officer1", "officer2"):
        screen(people(officer, language), number, evidence)
    act(people("officer2", language), number, "pass_screening")
