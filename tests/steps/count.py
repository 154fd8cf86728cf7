"""Steps that go through every way to attend and to vote: numbers written in the feature, judged by the rules."""

from dataclasses import replace

import pytest
from pytest_bdd import given, parsers, then, when

from workflows.facts import SittingFacts
from workflows.rules import RULES
from workflows.states import Question, Verdict


@pytest.fixture
def judged(project_facts, base_policy):
    """Whether a rule lets a sitting through; asks the rule each time."""

    def passes(clause, sitting, *, calling=False):
        facts = replace(project_facts, sitting=sitting, tabled=True, calling=calling)
        return RULES[clause](facts, base_policy).verdict is Verdict.PASS

    return passes


def sitting(members, **more):
    return SittingFacts(question=Question.RISK_REVIEW, members=members, **more)


@given(parsers.parse('领导小组"{seats:d}"人，逐一回避到剩下3人'), target_fixture="groups")
def _(seats):
    return [(members, seats - members) for members in range(seats, 2, -1)]


@given(parsers.parse('领导小组"{seats:d}"人，回避到剩下2人以下'), target_fixture="groups")
def _(seats):
    return [(members, seats - members) for members in range(2, -1, -1)]


@when("逐一核对各种到会人数", target_fixture="may_vote")
def _(groups, judged):
    """For each number of recusals: whether the question may be put, and decided, for each number present."""
    found = []
    for members, recused in groups:
        here = range(members + 1)
        put = [judged("S11", sitting(members, recused=recused, attending=n), calling=True) for n in here]
        voted = [judged("S11", sitting(members, recused=recused, cast_against=n)) for n in here]
        assert put == voted, "those who vote are counted as those who are there"
        found.append(put)
    return found


@then(parsers.parse('法定人数依次为"{numbers}"'), target_fixture="quorums")
def _(may_vote, numbers):
    quorums = [int(n) for n in numbers.split("、")]
    assert [len(put) - sum(put) for put in may_vote] == quorums
    return quorums


@then("达到法定人数的都可以表决，少一人的都不能")
def _(may_vote, quorums):
    for put, quorum in zip(may_vote, quorums, strict=True):
        assert put == [n >= quorum for n in range(len(put))]


@then("都不能表决")
def _(may_vote):
    assert may_vote
    assert not any(any(put) for put in may_vote)


@given(parsers.parse('扣除回避后应到"{members:d}"人'), target_fixture="entitled")
def _(members):
    return members


@when("逐一计算各种表决结果", target_fixture="results")
def _(entitled, judged, base_policy, project_facts):
    """(kind, votes in favour) → what came of it, over every number of votes against and abstentions."""
    on = project_facts.on
    kinds = {"一般": "majority", "重大": "weighty_majority"}
    found = {}
    for kind, key in kinds.items():
        num, den = (int(base_policy.figure(f"{key}_{part}", on).value) for part in ("num", "den"))
        for yes in range(entitled + 1):
            rest = [(no, none) for no in range(entitled - yes + 1) for none in range(entitled - yes - no + 1)]
            found[kind, yes] = {
                judged("S15", sitting(entitled, cast_for=yes, cast_against=no, abstained=none, needs=(num, den)))
                for no, none in rest
            }
    return found


@then(parsers.re(r'(?P<kind>一般|重大)事项同意票达到"(?P<needed>\d+)"票的都通过，少一票的都不通过'))
def _(results, entitled, kind, needed):
    for yes in range(entitled + 1):
        assert results[kind, yes] == {yes >= int(needed)}, yes
