"""Where a story begins: a project, its land, its papers, the people, and what has happened to it so far.

What a story says of its project is collected first and done when the story acts or looks, so that the order of the
假如 lines is free. Whatever comes before the 当 goes through the services; the 当 itself goes the way under test.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from registry.clock import today
from registry.extensions import db
from registry.models import Answers, ApprovalCondition, Meeting, Objection, SiteCheck
from registry.queries.calendar import current as working_calendar
from registry.services import drafts, facts
from registry.services.tick import tick
from tests import factories
from tests.clock import Clock
from tests.databases import Databases, let_go
from tests.ways import WAYS, Result, Services
from tests.world import PARCEL, PDF, World, beside_partner
from workflows.states import ProjectState as S
from workflows.states import Question

SCHEMES = {"CCER造林": "ccer", "林业碳票": "local_ticket", "其他标准": "other_standard"}
SETTINGS = {"通道绿化": "corridor", "四旁绿化": "four_sides", "城镇村及工矿用地绿化": "urban_industrial"}
LAND = {"国有林地": "state", "集体统一经营林地": "collective_managed", "家庭承包林地": "household"}
PAPERS = {"项目设计文件": "pdd", "监测计划": "monitoring_plan", "第三方计量监测报告": "ticket_report"}
PARTS = {"基本信息": "basics", "方法学": "method", "承诺声明": "declarations"}
QUESTIONS = {"撤销入库": Question.REVOCATION, "中止": Question.SUSPENSION, "变更": Question.AMENDMENT}
FAULTS = {"联系电话": "basics.contact_phone", "开工日期": "method.start_on", "项目设计文件": "documents.pdd"}
WEST = {
    **PARCEL,
    "key": "p2",
    "name": "西坡",
    "subcompartment": "0013",
    "title_number": "示例-002",
    "area": "80",
    "area_mu": "80",
}
"""A second parcel."""
TENURE = {
    "kind": "objection",
    "about": "tenure",
    "parcel_key": "p1",
    "words": "这块地是我家的，四至不对。",
    "name": "王村民",
    "reach": "0538-7777777",
}
CONDITION = {"words": "补办流转登记", "evidence": "登记证明", "due_on": date(2026, 6, 1)}

SITE_CHECK = {
    "visited_on": date(2026, 2, 27),
    "place": "东坡，p1地块",
    "who_went": "经办人二人，村林业员一人",
    "observed": "界桩齐全，现状为荒草坡",
}


BEGINNINGS: dict[str, tuple[bytes, datetime, World, int]] = {}
"""Database, hour, people and case of every beginning told so far: carrying a case to its entry takes thirty acts."""


def _file(client: FlaskClient) -> Path:
    return Path(client.application.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))


def _kept(client: FlaskClient) -> bytes:
    let_go(client.application)  # the last connection writes everything into the one file
    return _file(client).read_bytes()


def _put_back(client: FlaskClient, content: bytes) -> None:
    let_go(client.application)
    Databases.standing[client.application.config["SQLALCHEMY_DATABASE_URI"]].settle()  # or it would come on top
    _file(client).write_bytes(content)


@dataclass
class Story:
    """A bureau, one case in it, and what came of the last act."""

    client: FlaskClient
    clock: Clock
    way: str
    scheme: str = "ccer"
    where: str = "draft"
    person: bool = False
    leave_out: str = ""
    undone: list[str] = field(default_factory=list)
    changed: dict[str, dict[str, Any]] = field(default_factory=dict)
    parcel: dict[str, Any] = field(default_factory=lambda: dict(PARCEL))
    others: list[dict[str, Any]] = field(default_factory=list)
    """Parcels besides the first."""
    twin: bool = False
    """Another project was entered with the same land before this one was handed in."""
    revoked: str = ""
    """Whose entry was revoked before: "same" applicant, or "other"."""
    beside: int = 0
    """Area of another contract, of an organisation tied to the partner."""
    in_applicant: str = ""
    """Who of the leading group belongs to the applicant's organisation."""
    result: Result | None = None
    before: tuple[S, int] = (S.DRAFT, 0)
    _begun: tuple[World, int] | None = None

    @contextmanager
    def inside(self) -> Iterator[None]:
        """The application's context, for what is not done on a screen."""
        with self.client.application.app_context():
            yield
            db.session.rollback()

    @property
    def world(self) -> World:
        """The bureau and its people."""
        return self._beginning()[0]

    @property
    def case_id(self) -> int:
        """The case, made and carried to its place the first time somebody asks."""
        return self._beginning()[1]

    @property
    def by(self) -> Services:
        """Whoever acts, the way under test."""
        return WAYS[self.way](self.client, self.world)

    def _beginning(self) -> tuple[World, int]:
        if self._begun is None:
            plan = repr((self.scheme, self.where, self.person, self.leave_out, self.undone, self.changed, self.parcel))
            key = f"{plan} {self.in_applicant} {self.others} {self.twin} {self.revoked} {self.beside}"
            if key in BEGINNINGS:
                self._begun = BEGINNINGS[key][2:]
                self.clock.set(BEGINNINGS[key][1])
                _put_back(self.client, BEGINNINGS[key][0])
            else:
                with self.inside():
                    self._begun = self._make()
                    WHERE[self.where][1](self)
                BEGINNINGS[key] = (_kept(self.client), self.clock.at, *self._begun)
        return self._begun

    def _make(self) -> tuple[World, int]:
        world = World()
        if self.in_applicant:
            factories.belongs(world.people[self.in_applicant], world.org)
        if self.twin:
            world.advance(world.draft(self.scheme, parcels={"parcels": [self.parcel]}), "registered")
        if self.revoked:
            other = world.draft("local_ticket", person=self.revoked == "other")
            world.vote(world.advance(other, "registered"), 8, question="revocation")
            world.act(other, "revoke", "chair", words="权属证明系伪造")
        if self.beside:
            beside_partner(world, self.scheme, self.beside)
        sections = {"parcels": {"parcels": [self.parcel, *self.others]}, "method": {}, **self.changed}
        if self.scheme == "local_ticket":
            sections["method"] = {"start_on": "2024-03-12", "public_benefit_forest": True, **sections["method"]}
        case_id = world.draft(self.scheme, person=self.person, papers=False, **sections)
        world.upload_required(case_id, leave_out=self.leave_out)
        for section in self.undone:
            row = db.session.get_one(Answers, (case_id, 1, section))
            told = {"done": False, "version_seen": row.version, "by": world.user("owner"), "at": self.clock()}
            drafts.save_section(case_id, section, row.data, **told)
        return world, case_id

    # --- what comes before the 当, by the services; each is called inside the application's context ---

    def advance(self, state: str) -> None:
        """Along the straight way."""
        self.world.advance(self.case_id, state)

    def done(self, action: str, who: str, **data: Any) -> None:
        """An act that was taken earlier."""
        self.world.act(self.case_id, action, who, **data)

    @property
    def the_meeting(self) -> int:
        """The last meeting planned: the one a story speaks of."""
        assert self.case_id
        with self.inside():
            return int(db.session.scalar(select(func.max(Meeting.id))))

    def meeting(self) -> int:
        """The same; call it inside the application's context."""
        return int(db.session.scalar(select(func.max(Meeting.id))))

    def convene(self, *present: str, head: str = "chair") -> None:
        """The meeting was opened with these members in the room; without names all of them."""
        self.world.convene(self.meeting(), *present, head=head)

    def speak(self, *who: str, choice: str = "for") -> None:
        """Members voted, in this order."""
        for member in who:
            self.done("vote", member, choice=choice, reasons=f"{member}的理由")

    def flawed(self) -> None:
        """A member voted who should have stood aside; the count is to be repeated."""
        self.advance("validation")
        self.done("find_flaw", "supervisor", gate="risk_review", member=self.world.people["member1"], words="应回避")
        self.done("resume", "officer", words="重新审议")

    def votes(self, in_favour: int, against: int = 0, abstained: int = 0, question: Question | None = None) -> None:
        """The case was tabled and the members voted."""
        asked = {"question": question} if question else {}
        self.world.vote(self.case_id, in_favour, against, abstained, **asked)

    def told(self, *names: str) -> None:
        """A correction notice was sent."""
        self.done("request_correction", "officer", faults=[{"field": FAULTS[n], "what": "请改正"} for n in names])

    def prepare(self, what: str) -> None:
        """The applicant changes something in the round in preparation."""
        if what == "项目设计文件":
            self.world.upload(self.case_id, "pdd", content=PDF.replace(b"1.4", b"1.5"))
            return
        section, key, value = {
            "联系电话": ("basics", "contact_phone", "0538-1111111"),
            "开工日期": ("method", "start_on", "2024-04-01"),
            "合同": ("contract", "note", "期限由10年改为20年"),
            "合同期限": ("contract", "end_on", "2043-12-31"),
            "地块面积": ("parcels", "parcels", [{**self.parcel, "area": "500", "area_mu": "500"}]),
        }[what]
        answers = facts.answers_of(self.case_id, facts.round_shown(self.world.case(self.case_id)))
        self.world.save(self.case_id, section, {**answers[section], key: value})

    def approved_with_condition(self) -> None:
        """The group approved, on one condition."""
        self.advance("risk_review")
        self.votes(8)
        self.done("approve_risk", "chair", conditions=[CONDITION])

    def condition(self) -> int:
        """The one condition of the approval; call it inside the application's context."""
        return int(db.session.query(ApprovalCondition.id).filter_by(case_id=self.case_id).one().id)

    def site_check(self, *, first: bool = False) -> int:
        """The latest record of a site check, or the first one; call it inside the application's context."""
        rows = db.session.query(SiteCheck.id).filter_by(case_id=self.case_id).order_by(SiteCheck.id).all()
        return int(rows[0 if first else -1].id)

    def days_of_review(self, days: int) -> None:
        """The complete file was sent for legal review, and so many whole working days have gone by."""
        self.done("send_for_legal_review", "officer")
        sent, calendar = today(), working_calendar()
        while calendar.working_days_between(sent, today() - timedelta(days=1)) < days:
            self.clock.move(days=1)

    def refused(self) -> None:
        """The group refused entry."""
        self.advance("risk_review")
        self.votes(2, 6)
        self.done("reject", "chair", words="收益测算没有依据")

    def objection(self) -> int:
        """The first thing that was handed in; call it inside the application's context."""
        return int(db.session.query(Objection.id).filter_by(case_id=self.case_id).order_by(Objection.id).first().id)

    def answered(self, who: str, outcome: str = "unfounded") -> None:
        """The officer, or the applicant, answered it."""
        said = {"outcome": outcome, "words": "经核对林权证"} if who == "officer" else {"words": "四至清楚"}
        self.done("answer_objection", who, objection_id=self.objection(), **said)

    def founded(self) -> None:
        """The tenure was objected to with reason; the notice has ended."""
        self.done("open_notice", "officer")
        self.done("object", "anybody", **TENURE)
        self.answered("officer", "founded")
        self.answered("owner")
        self.world.wait_out_notice(self.case_id)
        self.done("close_notice", "officer")

    def set_apart(self) -> None:
        """The first parcel was set apart."""
        self.done("set_parcel_apart", "officer", parcel_key="p1", words="权属有争议")

    def gone_on_without(self) -> None:
        """A parcel was set apart after the notice, and the rest was validated."""
        self.advance("validation")
        self.world.validate(self.case_id)
        self.founded()
        self.set_apart()
        self.done("pass_validation", "officer")

    def entry_suspended(self) -> None:
        """The entry was suspended in a sitting."""
        self.advance("registered")
        self.votes(8, question=Question.SUSPENSION)
        self.done("suspend", "chair", words="核查权属")

    def paused(self) -> None:
        """The chair suspended the case on the eighth working day; the story says what day it is afterwards."""
        self.advance("risk_review")
        self.clock.set(datetime(2026, 3, 12, 1, tzinfo=UTC))
        self.done("suspend", "chair", words="疫情")

    def condition_overdue(self) -> None:
        """The day of a condition passed, and the system suspended the case."""
        self.approved_with_condition()
        self.clock.set(datetime(2026, 6, 2, 1, tzinfo=UTC))
        assert tick(self.clock.at).done["suspend"] == 1

    def amended(self) -> None:
        """A change of the entry was handed in."""
        self.advance("registered")
        self.prepare("地块面积")
        self.done("amend", "owner", words="修路占用")


def _then(state: str, *acts: Callable[[Story], None]) -> Callable[[Story], None]:
    def carry(story: Story) -> None:
        story.advance(state)
        for act in acts:
            act(story)

    return carry


WHERE: dict[str, tuple[S, Callable[[Story], None]]] = {
    "draft": (S.DRAFT, lambda story: None),
    "已经提交": (S.SUBMITTED, _then("submitted")),
    "处于方法学筛选阶段": (S.METHODOLOGY_SCREENING, _then("methodology_screening")),
    "处于风险审查阶段": (S.RISK_REVIEW, _then("risk_review")),
    "处于审定阶段": (S.VALIDATION, _then("validation")),
    "处于入库审议阶段": (S.REGISTRATION, _then("registration")),
    "剔除一块后处于入库审议阶段": (S.REGISTRATION, Story.gone_on_without),
    "已经入库": (S.REGISTERED, _then("registered")),
    "在受理前被告知补正联系电话": (
        S.CORRECTION_REQUESTED,
        _then("submitted", lambda s: s.told("联系电话")),
    ),
    "在风险审查阶段被告知补正": (
        S.CORRECTION_REQUESTED,
        _then("risk_review", lambda s: s.told(*FAULTS)),
    ),
    "补正联系电话后重新提交": (
        S.SUBMITTED,
        _then(
            "submitted",
            lambda s: s.told("联系电话"),
            lambda s: s.prepare("联系电话"),
            lambda s: s.done("resubmit", "owner"),
        ),
    ),
    "在审定阶段由经办人中止": (
        S.SUSPENDED,
        _then("validation", lambda s: s.done("suspend", "officer", words="林地现状不明")),
    ),
    "在审定阶段由组长中止": (
        S.SUSPENDED,
        _then("validation", lambda s: s.done("suspend", "chair", words="发生松材线虫病疫情")),
    ),
    "在风险审查阶段第8个工作日由组长中止": (S.SUSPENDED, Story.paused),
    "附条件通过后因条件逾期中止": (S.SUSPENDED, Story.condition_overdue),
    "因风险审查程序瑕疵而中止": (
        S.SUSPENDED,
        _then("validation", lambda s: s.done("find_flaw", "supervisor", gate="risk_review", words="应回避未回避")),
    ),
    "因该成员应回避未回避而重新审议": (S.RISK_REVIEW, Story.flawed),
    "入库后被中止": (S.SUSPENDED, Story.entry_suspended),
    "正在进行变更审查": (S.AMENDMENT_REVIEW, Story.amended),
    "附条件通过了风险审查": (S.VALIDATION, Story.approved_with_condition),
    "附条件通过了风险审查和审定": (
        S.REGISTRATION,
        lambda s: (s.approved_with_condition(), s.advance("registration")),
    ),
    "被不予受理": (
        S.DECLINED,
        _then("submitted", lambda s: s.done("decline", "officer", words="不属于受理范围", right_way="local_ticket")),
    ),
    "被不予入库": (S.REJECTED, Story.refused),
}
"""Where a project can stand at the beginning of a story: its state, and how it came there."""


@pytest.fixture
def way(request: pytest.FixtureRequest) -> str:
    """`services` or `screens`; the binder runs each story both ways."""
    return str(getattr(request, "param", "services"))


@pytest.fixture
def story(client: FlaskClient, clock: Clock, way: str) -> Story:
    return Story(client, clock, way)


PLACES = "|".join(sorted((w for w in WHERE if w != "draft"), key=len, reverse=True))
