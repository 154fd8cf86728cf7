"""Steps on expert panels: one clause at a time, and in the story of a case."""

from dataclasses import replace
from datetime import date

from pytest_bdd import given, parsers, then

from registry.extensions import db
from registry.labels import label
from registry.models import Panel
from registry.permissions import roles_on
from registry.services import panel_facts, panels
from tests import factories
from tests.steps.results import of_the_case, page
from workflows.facts import PanelFacts
from workflows.policy import Policy
from workflows.roles import Role
from workflows.states import PanelResult, Relation

RESULTS = {"认可": PanelResult.ACCEPTED, "不认可": PanelResult.NOT_ACCEPTED, "终止": PanelResult.BROKEN_OFF}


def newest(story):
    return db.session.query(Panel).filter_by(case_id=story.case_id).order_by(Panel.id.desc()).first()


# One clause at a time ---------------------------------------------------------------------------------------


@given(
    parsers.parse('要抽取"{size:d}"人，专家库可抽取"{free:d}"人，其中来自外部"{outside:d}"人'),
    target_fixture="project_facts",
)
def _(project_facts, size, free, outside):
    return replace(project_facts, panel_size=size, experts_free=free, experts_outside=outside)


@given(
    parsers.parse('专家组应有"{size:d}"人，在席"{seats:d}"人，其中来自外部"{outside:d}"人，有利害关系"{barred:d}"人'),
    target_fixture="project_facts",
)
def _(project_facts, size, seats, outside, barred):
    return replace(project_facts, panel=PanelFacts(size=size, seats=seats, outside=outside, barred=barred))


@given(parsers.parse('专家组"{favour:d}"人认可，其他人不认可，评审已经结束'), target_fixture="project_facts")
def _(project_facts, favour):
    panel = project_facts.panel
    counted = replace(panel, in_favour=favour, against=panel.seats - favour, counted=True)
    return replace(project_facts, panel=counted)


@given(parsers.parse('林业碳票专家组"{size:d}"人中"{favour:d}"人认可，评审已经结束'), target_fixture="project_facts")
def _(project_facts, base_policy: Policy, size, favour):
    needs = tuple(int(base_policy.number(f"ticket_panel_{part}", project_facts.on)) for part in ("num", "den"))
    counted = PanelFacts(
        size=size, seats=size, outside=size, needs=needs, in_favour=favour, against=size - favour, counted=True
    )
    return replace(project_facts, panel=counted)


@given("专家组已经认可", target_fixture="project_facts")
def _(project_facts):
    return replace(project_facts, panel=PanelFacts(size=5, seats=5, outside=5, in_favour=5, counted=True))


# In the story of a case -------------------------------------------------------------------------------------


@given("一名专家在申请单位任职")
def _(story):
    with story.inside():
        factories.belongs(story.world.people["expert4"], story.world.org)


@given("一名专家的配偶在审定机构任职")
def _(story):
    with story.inside():
        factories.tied(story.world.people["expert4"], story.world.vvb_org, Relation.SPOUSE)


@given(parsers.parse("专家库中只有{number:d}名专家没有利害关系"))
def _(story, number):
    with story.inside():
        for n in range(number + 1, 10):
            factories.tied(story.world.people[f"expert{n}"], story.world.org, Relation.OWN_EMPLOYER)


@given("一名专家的单位成为项目一方")
def _(story):
    with story.inside():
        who = story.world.sitting(story.case_id)[0]
        factories.tied(story.world.people[who], story.world.vvb_org, Relation.OWN_EMPLOYER)


@given(parsers.parse("已抽取{size:d}名专家"))
def _(story, size):
    with story.inside():
        story.world.draw(story.case_id, size)


def advised(story, favour, against):
    opinions = ["accept"] * favour + ["not_accept"] * against
    story.world.advise(story.case_id, "accept", *opinions)


@given(parsers.re(r"专家组(?P<favour>\d)人认可、(?P<against>\d)人不认可(?P<ended>，评审已经结束)?"))
def _(story, favour, against, ended):
    with story.inside():
        advised(story, int(favour), int(against))
        if ended:
            story.done("close_panel", "secretary")


@given("一名专家已出具意见")
def _(story):
    with story.inside():
        who = story.world.sitting(story.case_id)[0]
        story.done("give_expert_opinion", who, conclusion="accept", words="论证充分", independent=True)


@given("秘书已写明理由，终止专家评审")
def _(story):
    with story.inside():
        story.done("close_panel", "secretary", words="专家长期出差")


@given("两名经办人认定不符合免予论证情形，其他条件符合并签字")
def _(story):
    with story.inside():
        story.world.screen(story.case_id, X01="not_met", X02="not_met", X03="not_met")


@then(parsers.parse("专家组为{size:d}人，其中来自申请人所在区域以外的不少于{outside:d}人"))
def _(story, size, outside):
    with story.inside():
        panel = newest(story)
        now = panel_facts.sitting(panel)
        assert len(now) == size
        assert sum(c.outside for c in panel.candidates if c.user_id in now) >= outside


@then("按记录的种子重新核对，顺序和结果相同")
def _(story):
    with story.inside():
        assert panels.differences(newest(story)) == []


@then(parsers.parse('有利害关系的专家没有列入专家组，抽取记录写明"{reason}"'))
def _(story, reason):
    with story.inside():
        panel, tied = newest(story), story.world.people["expert4"]
        assert tied not in panel_facts.sitting(panel)
        assert [c.user_id for c in panel.candidates if c.bar] == [tied]
        name = story.world.user("expert4").name
    shown = page(story, "secretary", of_the_case(story))
    assert name in shown
    assert reason in shown


@then("退出的专家看不到项目，由抽取顺序中的下一名替补")
def _(story):
    with story.inside():
        panel = newest(story)
        (left,) = panel.departures
        assert panel.seats[-1].replaces_id == left.user_id
        assert Role.EXPERT not in roles_on(story.case_id, left.user)
        assert Role.EXPERT in roles_on(story.case_id, panel.seats[-1].user)


@then(parsers.parse('专家评审的结论为"{result}"'))
def _(story, result):
    with story.inside():
        assert newest(story).end.result is RESULTS[result], label(newest(story).end.result)


@then(parsers.parse("专家评审自{first}至{last}，不计入办理时限"))
def _(story, first, last):
    with story.inside():
        assert panel_facts.days(story.case_id) == [(_day(first), _day(last))]


def _day(words):
    year, month, of_month = (int(n) for n in words.rstrip("日").replace("年", "月").split("月"))
    return date(year, month, of_month)
