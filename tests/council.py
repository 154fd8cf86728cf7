"""A meeting of the nine as it goes in life: several cases, recusals, a missing quorum, a condition, a refusal.

Everything goes through the door. `a_meeting` leaves it closed, with its minutes drawn up.
"""

from dataclasses import dataclass, field
from datetime import date

from registry.clock import now, today
from registry.services import meetings
from tests.clock import Clock
from tests.world import World
from workflows.states import Choice, RecusalGround

CONDITION = {"words": "补办林地经营权流转登记", "evidence": "流转登记证明", "due_on": date(2026, 6, 30)}
GOOD = "项目边界清楚，权属证明齐全，合同收益分配合理。"
BAD = "合同约定的收益分配比例偏低，村集体承担的管护义务与收益不相称，建议重新协商后再报。"
OVERRULED = "合同期限十八年，超过林地剩余承包期，风险尚未消除，待补充协议签订后另行审议。"


@dataclass
class Council:
    """The meeting, its cases by what becomes of them, and the clock that moves on between two acts."""

    world: World
    clock: Clock | None
    meeting: int = 0
    cases: dict[str, int] = field(default_factory=dict)

    def act(self, case: str, action: str, who: str, **data: object) -> None:
        self._wait()
        self.world.act(self.cases[case], action, who, **data)

    def at_meeting(self, action: str, who: str, **data: object) -> None:
        self._wait()
        self.world.in_meeting(self.meeting, action, who, **data)

    def _wait(self) -> None:
        if self.clock:
            self.clock.move(minutes=1)

    def present(self, *who: str) -> None:
        self.at_meeting("note_attendance", "secretary", present=[self.world.people[w] for w in who])

    def vote(self, case: str, *against: str, abstaining: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> None:
        """The question is put; the others give their opinions in turn, who presides last."""
        head = "deputy" if "chair" in without else "chair"
        self.act(case, "call_vote", head)
        here = [w for w in self.here if w not in (*without, head)]
        for who in [*here, head]:
            choice = Choice.AGAINST if who in against else Choice.ABSTAIN if who in abstaining else Choice.FOR
            self.act(case, "vote", who, choice=choice, reasons=BAD if choice is Choice.AGAINST else GOOD)

    @property
    def here(self) -> list[str]:
        return [w for w in self.world.voters if w != "member7"]


def a_meeting(world: World, clock: Clock | None = None) -> Council:
    """Five cases: one approved with a condition, one entered while the chair stands aside, one turned down by the
    chair, one for which no quorum was left, one taken off the agenda. A member comes late, one stands aside."""
    council = Council(world, clock)
    names = ("conditional", "entered", "overruled", "adjourned", "untabled")
    for n, name in enumerate(names, 1):
        basics = {"name": f"示例第{n}造林项目"}
        state = "registration" if name == "entered" else "risk_review"
        council.cases[name] = world.advance(world.draft(basics=basics), state)
    told = {"by": world.user("secretary"), "at": now(), "series": "泰林碳会〔{year}〕{n}号"}
    council.meeting = meetings.plan(world.body, today(), "09:00", "市林业局三楼会议室", **told)
    for name in names:
        council.act(name, "table", "secretary", meeting=council.meeting)
    council.act(
        "entered", "declare_recusal", "chair", ground=RecusalGround.RELATIVES_EMPLOYER, organisation_id=world.org
    )
    council.at_meeting("open_meeting", "chair")
    council.present(*council.here[:-1])
    council.present(*council.here)  # the last of them comes late
    council.act("conditional", "propose_recusal", "secretary", member=world.people["member2"],
                ground=RecusalGround.OTHER_TIE, words="曾在该乡镇任职")  # fmt: skip
    council.act("conditional", "decide_recusal", "chair", member=world.people["member2"], upheld=False,
                words="任职已满六年，与本项目没有利害关系")  # fmt: skip
    council.act("conditional", "declare_recusal", "member1", ground=RecusalGround.EARLIER_PART)
    council.vote("conditional", "member3", abstaining=("member4",), without=("member1",))
    council.act("conditional", "approve_risk", "chair", words="", conditions=[CONDITION])
    council.vote("entered", without=("chair",))
    council.act("entered", "register", "deputy", words="同意入库")
    council.vote("overruled", "member5", "chair")
    council.act("overruled", "reject", "chair", words=OVERRULED)
    council.present("chair", "deputy", "member1", "member2", "member3")
    council.act("adjourned", "adjourn", "chair", words="到会成员不足，改在下次会议审议")
    council.act("untabled", "untable", "secretary", words="合同文本有误，申请人正在更换")
    council.at_meeting("close_meeting", "chair")
    return council
