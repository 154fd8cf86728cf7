"""Steps on the farm's pilot: its plan, who takes it on, and what came of it."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from pytest_bdd import given, parsers, then, when

from registry.clock import now, today
from registry.extensions import db
from registry.models import OrganisationKind, Pilot
from registry.services import acts, farm_records
from tests import factories
from tests.steps.acts import Said
from tests.world import World
from workflows.machine import NotOpenError
from workflows.roles import Role
from workflows.states import Exploration, FarmRecordKind, PilotState

WHO = {"林场填报员": "reporter", "经办人": "officer", "组长": "chair"}
DONE = {
    "提交": "submit_pilot",
    "办理": "prepare_pilot",
    "退回": "return_pilot",
    "批准": "approve_pilot",
    "启动": "start_pilot",
    "评估": "evaluate_pilot",
}
STATES = {
    "方案": PilotState.PLAN,
    "已提交": PilotState.SUBMITTED,
    "待批准": PilotState.PREPARED,
    "已批准": PilotState.APPROVED,
    "试点中": PilotState.RUNNING,
    "已评估": PilotState.EVALUATED,
}
ACT = re.compile(f"({'|'.join(WHO)})({'|'.join(DONE)})该试点")
YEAR = timedelta(days=365)
MEASURED = {"persons": "示例一组", "instrument": "测高仪", "trees": 40, "tree_list": ""}


def said(sentence):
    """What a sentence does to a pilot; None where it is no act on one."""
    found = ACT.fullmatch(sentence)
    return Said(DONE[found[2]], WHO[found[1]], of_pilot=True) if found else None


@dataclass
class Farm:
    """The story's world, the farm, its pilot, and what came of the act."""

    world: World
    farm_id: int
    since: date
    id: int = 0
    records: int = 0
    stopped: tuple[str, ...] = ()
    open: bool = True

    def keep(self, kind, **values):
        """A record of the farm; its id."""
        self.records += 1
        by = self.world.user("reporter")
        client = f"story{self.records:016d}"
        values = {"on_day": today(), "place": "示例一区", "note": "", "source": "", "reason": ""} | values
        return farm_records.write(kind, values, by=by, at=now(), client_id=client, farm_id=self.farm_id)

    def plan(self, without=None):
        """A plan with an aim in each of the seven fields but one."""
        told = {"farm_id": self.farm_id, "by": self.world.user("reporter"), "at": now()}
        self.id = farm_records.propose("示例试点", self.since, self.since + YEAR, Decimal(0), **told)
        for field in Exploration:
            if field is not without:
                self.keep(FarmRecordKind.EXPLORATION, field=field, aims="示例目标", progress="")

    def act(self, action, who):
        """An act on the pilot, with a fresh page."""
        db.session.rollback()
        seen, words = self.row().version, {"words": "见附件。"}
        acts.act(("pilot", self.id), action, by=self.world.user(who), at=now(), seen=seen, data=words)

    def row(self):
        """The pilot, read fresh."""
        db.session.rollback()
        return db.session.get_one(Pilot, self.id)

    def bring(self, state):
        """The pilot in this state, by the acts that lead there."""
        if not self.id:
            self.plan()
        ways = [("submit_pilot", "reporter"), ("prepare_pilot", "officer"), ("approve_pilot", "chair")]
        for action, who in (*ways, ("start_pilot", "reporter")):
            if self.row().state is state:
                return
            self.act(action, who)


@pytest.fixture
def pilot_farm(app, clock):
    world = World()
    farm_id = factories.an_organisation(kind=OrganisationKind.FOREST_FARM)
    world.people["reporter"] = factories.an_appointee(world.body, Role.FARM_REPORTER)
    factories.belongs(world.people["reporter"], farm_id)
    return Farm(world, farm_id, today())


# How it stands ------------------------------------------------------------------------------------------


@given("林场填报了试点方案")
def _(pilot_farm):
    pilot_farm.plan()


@given(parsers.parse('试点方案没有写"碳汇金融"的目标'))
def _(pilot_farm):
    pilot_farm.plan(without=Exploration.FINANCE)


@given("试点期限从下一年开始")
def _(pilot_farm):
    pilot_farm.since = today() + YEAR


@given("试点方案已经提交")
def _(pilot_farm):
    pilot_farm.bring(PilotState.SUBMITTED)


@given("试点方案已经办理")
def _(pilot_farm):
    pilot_farm.bring(PilotState.PREPARED)


@given("试点方案已经批准")
def _(pilot_farm):
    pilot_farm.bring(PilotState.APPROVED)


@given("试点已经启动")
def _(pilot_farm):
    pilot_farm.bring(PilotState.RUNNING)


@given("经办试点的人又被任命为组长")
def _(pilot_farm):
    world = pilot_farm.world
    factories.office(world.people["officer"], world.body, Role.CHAIR)


@given("有样地测过两次")
def _(pilot_farm):
    plot = pilot_farm.keep(FarmRecordKind.PLOT, plot_no="示例1号", area_m2=Decimal(600), stratum="侧柏", species="侧柏")
    for days in (400, 20):
        pilot_farm.keep(FarmRecordKind.MEASUREMENT, plot_id=plot, on_day=today() - timedelta(days=days), **MEASURED)


# What is done -------------------------------------------------------------------------------------------


@when(parsers.re(f"(?P<sentence>{ACT.pattern})"))
def _(pilot_farm, sentence):
    what = said(sentence)
    try:
        pilot_farm.act(what.action, what.who)
    except acts.Refused as refused:
        pilot_farm.stopped = tuple(o.clause for o in refused.stopping)
    except (NotOpenError, acts.NotVisible):
        pilot_farm.open = False


# What came of it ----------------------------------------------------------------------------------------


@then(parsers.parse('该试点处于"{state}"'))
def _(pilot_farm, state):
    assert pilot_farm.open
    assert pilot_farm.stopped == ()
    assert pilot_farm.row().state is STATES[state]


@then(parsers.parse('该试点没有办成，违反的条款为"{clauses}"'))
def _(pilot_farm, clauses):
    assert list(pilot_farm.stopped) == clauses.split("、")


@then("该试点无权办理")
def _(pilot_farm):
    assert not pilot_farm.open
