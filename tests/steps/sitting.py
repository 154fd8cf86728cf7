"""Steps on a sitting of the leading group: who is entitled, and how they voted."""

from dataclasses import replace

from pytest_bdd import given, parsers

from workflows.facts import SittingFacts
from workflows.states import Question

STANDINGS = {"有表决权，尚未表决": (True, False), "有表决权，已经表决": (True, True), "没有表决权": (False, False)}


def a_sitting(facts, members, *votes):
    counted = dict(zip(("cast_for", "cast_against", "abstained"), map(int, votes), strict=False))
    sitting = SittingFacts(question=Question.RISK_REVIEW, members=int(members), actor_presides=True, **counted)
    return replace(facts, sitting=sitting, tabled=True)


@given(parsers.re(r'应到"(?P<members>\d+)"人，同意"(?P<cast_for>\d+)"票'), target_fixture="project_facts")
def _(project_facts, members, cast_for):
    return a_sitting(project_facts, members, cast_for)


@given(
    parsers.re(
        r'应到"(?P<members>\d+)"人，同意"(?P<cast_for>\d+)"票，反对"(?P<against>\d+)"票，弃权"(?P<abstained>\d+)"票'
    ),
    target_fixture="project_facts",
)
def _(project_facts, members, cast_for, against, abstained):
    return a_sitting(project_facts, members, cast_for, against, abstained)


@given(
    parsers.parse('领导小组"{group:d}"人中回避"{excluded:d}"人，实到"{present:d}"人全部同意'),
    target_fixture="project_facts",
)
def _(project_facts, group, excluded, present):
    known = a_sitting(project_facts, group - excluded, present)
    return replace(known, sitting=replace(known.sitting, recused=excluded))


@given(parsers.re(r'本人(?P<no>不?)主持，还有"(?P<others>\d+)"名到会成员没有发表意见'), target_fixture="project_facts")
def _(project_facts, no, others):
    sitting = replace(project_facts.sitting, actor_presides=not no, others_to_speak=int(others))
    return replace(project_facts, sitting=sitting)


@given("该事项须三分之二以上同意", target_fixture="project_facts")
def _(project_facts, base_policy):
    figures = [base_policy.figure(f"weighty_majority_{part}", project_facts.on).value for part in ("num", "den")]
    num, den = map(int, figures)
    return replace(project_facts, sitting=replace(project_facts.sitting, needs=(num, den)))


@given("没有进行中的会议", target_fixture="project_facts")
def _(project_facts):
    return replace(project_facts, sitting=None)


@given(parsers.parse('扣除回避后的成员为"{members:d}"人'), target_fixture="project_facts")
def _(project_facts, members):
    return replace(project_facts, available_members=members)


@given(parsers.parse('本人"{standing}"'), target_fixture="project_facts")
def _(project_facts, standing):
    elector, voted = STANDINGS[standing]
    return replace(
        project_facts, sitting=replace(project_facts.sitting, actor_is_elector=elector, actor_has_voted=voted)
    )
