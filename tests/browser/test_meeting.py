"""A meeting of nine with five cases, played through by all its members: plan, agenda, roll, questions, votes, end.

The cases are carried to the leading group behind the pages; from the planning on every step is a click.
"""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from registry.extensions import db
from registry.models import Membership, User
from tests.browser import walk
from tests.browser.conftest import People
from tests.browser.serving import Served
from tests.world import World

MEMBERS = ("deputy", *(f"member{n}" for n in range(1, 8)))
NINE = ("chair", *MEMBERS)
EARLY = ("chair", "deputy", "member1", "member2", "member3", "member4")
"""Who is there when the meeting begins: a quorum of nine, but not where one of them stands aside."""
NAMES = ("徂徕山林场北坡", "新泰市甲山", "新泰市乙山", "新泰市丙山", "新泰市丁山")


class Demo(World):
    """The demo's people under the names the world's stories use."""

    def __post_init__(self) -> None:
        logins = dict(db.session.execute(select(User.login, User.id)).all())
        offices = {"officer": "officer1", "officer2": "officer2", "legal": "legal", "secretary": "secretary"}
        self.people = {who: logins[login] for who, login in offices.items()}
        self.logins = logins
        self.vvb_org = self._org("vvb1")

    def _org(self, login: str) -> int:
        return db.session.scalars(
            select(Membership.organisation_id).where(Membership.user_id == self.logins[login])
        ).one()

    def waiting_for_the_group(self, owner: str, name: str) -> str:
        """The number of a new case of somebody's organisation in risk review."""
        self.people["owner"], self.org = self.logins[owner], self._org(owner)
        case_id = self.advance(self.draft(basics={"name": f"{name}造林项目（示例）"}), "risk_review")
        return self.case(case_id).number


@pytest.fixture(scope="module")
def cases(served: Served) -> list[str]:
    """Five cases in risk review; the first is the farm's, whose member of the group stands aside."""
    with served.app.app_context():
        demo = Demo(body=1)
        numbers = [demo.waiting_for_the_group("farm1" if n == 0 else "company1", name) for n, name in enumerate(NAMES)]
        db.session.remove()
    return numbers


def test_a_meeting_of_nine_decides_on_five_cases(people: People, cases: list[str]) -> None:
    farm, conditional, refused, plain, put_off = cases
    secretary, chair = people("secretary"), people("chair")
    meeting = walk.plan(secretary, people.served.clock())
    for number in cases:
        walk.table(secretary, meeting, number)
    walk.in_meeting(chair, meeting, "open_meeting")
    walk.roll(people, meeting, EARLY)
    _too_few(people, meeting, farm)
    walk.roll(people, meeting, NINE)
    _approved_with_a_condition(people, conditional)
    _voted_down(people, meeting, refused)
    _approved(people, plain)
    chair.goto(meeting)
    expect(chair.locator("main")).to_contain_text("议题全部办结后散会")
    walk.act(chair, put_off, "suspend", words="等待林业有害生物核查结果，暂缓。")
    walk.in_meeting(chair, meeting, "close_meeting")
    _what_stays(people, meeting, refused)


def _too_few(people: People, meeting: str, number: str) -> None:
    """One of the six in the room stands aside, found by the system when the case was tabled: no quorum."""
    farmer, chair = people("member2"), people("chair")
    farmer.goto(meeting)
    expect(farmer.locator("#item-1")).to_contain_text("本议题您应回避")
    expect(farmer.locator("main")).not_to_contain_text(NAMES[0])
    chair.goto(f"{meeting}/room")
    expect(chair.locator(".verdict")).to_contain_text("应到9人，回避1人，法定6人，实到5人：不能表决。")
    chair.goto(f"/cases/{number}/act/call_vote")
    walk.send(chair)
    assert "S11" in " ".join(walk.errors(chair))
    walk.act(chair, number, "adjourn", words="到会人数不足，改期审议。")
    expect(chair.locator("main")).to_contain_text("因不足法定人数，议题改期")


def _approved_with_a_condition(people: People, number: str) -> None:
    """A member has an interest, says so, and loses the file; the other eight vote, one against."""
    relative, chair = people("member5"), people("chair")
    relative.goto(f"/cases/{number}/act/declare_recusal")
    walk.fill(relative, {"ground": "relatives_employer", "words": "近亲属在申请单位任职。"})
    walk.send(relative)
    expect(relative.locator("main")).to_contain_text("本议题您应回避")
    lost = relative.goto(f"/cases/{number}")
    assert lost
    assert lost.status == 404
    walk.act(chair, number, "call_vote")
    for login in (m for m in MEMBERS if m != "member5"):
        walk.say(people(login), number, "against" if login == "member3" else "for", "条件落实以后再入库。")
    walk.say(chair, number, "for", "同意多数成员意见。")
    chair.goto(f"/cases/{number}/act/approve_risk")
    chair.locator("main details summary").first.click()
    condition = {"words": "补充书面确认", "evidence": "确认书原件", "due_on": "2027年6月30日"}
    walk.fill(chair, {"words": "附条件同意。", **{f"conditions-0-{k}": v for k, v in condition.items()}})
    walk.send(chair)
    expect(chair.locator("#conditions")).to_be_visible()


def _voted_down(people: People, meeting: str, number: str) -> None:
    """The wall shows who has voted, not how, and is refreshed by itself; a majority against is no approval."""
    wall, chair = people("secretary"), people("chair")
    walk.act(chair, number, "call_vote")
    wall.goto(f"{meeting}/room?item=3")
    expect(wall.locator("#votes")).to_have_text("已表决0人")
    for login in MEMBERS:
        walk.say(people(login), number, "for" if login == "member1" else "against", "收益测算依据不足。")
    expect(wall.locator("#votes")).to_have_text("已表决8人")
    expect(wall.locator(".speakers").first).not_to_contain_text("不同意")
    walk.say(chair, number, "against", "按多数意见。")
    chair.goto(f"/cases/{number}/act/approve_risk")
    walk.fill(chair, {"words": "试一试。"})
    walk.send(chair)
    assert "S15" in " ".join(walk.errors(chair))
    walk.act(chair, number, "reject", words="收益测算依据不足，不同意。")
    expect(wall.locator(".speakers").first).to_contain_text("不同意")


def _approved(people: People, number: str) -> None:
    """Who presides may not speak before the others have."""
    chair = people("chair")
    walk.act(chair, number, "call_vote")
    chair.goto(f"/cases/{number}/act/vote")
    walk.fill(chair, {"choice": "for", "reasons": "同意。", "no_conflict": True})
    walk.send(chair)
    assert "S12" in " ".join(walk.errors(chair))
    for login in MEMBERS:
        walk.say(people(login), number, "abstain" if login == "member7" else "for", "权属清楚，同意。")
    walk.say(chair, number, "for", "同意。")
    walk.act(chair, number, "approve_risk", words="同意。")


def _fits_the_wall(page: Page, room: str) -> None:
    """Nobody scrolls a projector: with nine seats, one aside and a condition the next step is still on it."""
    before = page.viewport_size
    page.set_viewport_size({"width": 1920, "height": 1080})
    for tongue in ("en", "zh"):
        page.goto(f"/language/{tongue}")
        page.goto(room)
        steps = page.locator("main .actions").bounding_box()
        assert steps
        assert steps["y"] + steps["height"] <= 1080, tongue
    if before:
        page.set_viewport_size(before)


def _what_stays(people: People, meeting: str, refused: str) -> None:
    """The agenda says what came of each item; a member finds what was said, and no name of a case now closed."""
    secretary, relative = people("secretary"), people("member5")
    _fits_the_wall(secretary, f"{meeting}/room?item=2")
    secretary.goto(meeting)
    ends = ("因不足法定人数，议题改期", "附1项条件", "不予入库", "领导小组审议同意项目和合同", "办件已中止")
    for no, says in enumerate(ends, 1):
        expect(secretary.locator(f"#item-{no}")).to_contain_text(says)
    expect(secretary.locator("#item-2")).to_contain_text("本人申报")
    walk.follow(secretary.get_by_role("link", name="办理情况"))
    assert len(walk.timeline(secretary)) > 40
    relative.goto("/opinions")
    expect(relative.locator("main")).not_to_contain_text(NAMES[1])
    expect(relative.locator("main")).to_contain_text("案卷不向您开放的办件")
    relative.get_by_role("searchbox").fill(refused)
    relative.keyboard.press("Enter")
    relative.wait_for_url(re.compile("q="))
    expect(relative.locator("main .opinion")).to_have_count(1)
