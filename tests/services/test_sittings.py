"""A sitting through the door: the question, who stands aside and loses the file, who presides, how it ends."""

import json

import pytest
from sqlalchemy import select

from registry import permissions
from registry.clock import today
from registry.extensions import db, writing
from registry.models import (
    Appointment,
    AuditEvent,
    Case,
    Deliberation,
    ExcludedMember,
    Notice,
    Recusal,
    SittingCall,
    User,
    Vote,
)
from registry.queries import cases
from registry.services import acts, facts
from tests import factories
from tests.services.sitting import at_risk, count, decide, leaves, propose, recuse, sees, speak, stopped
from tests.world import World
from workflows.roles import Role
from workflows.states import ProjectState as S
from workflows.states import RecusalGround

pytestmark = pytest.mark.both_engines


@pytest.fixture
def world(app, clock):
    return World()


# The question -----------------------------------------------------------------------------------------------


def test_the_question_is_put_once_in_session_with_a_quorum_by_who_presides(world):
    case_id = at_risk(world)
    meeting_id = world.table(case_id)
    assert set(stopped(world, case_id, "call_vote", "chair")) == {"S69", "S11"}
    world.convene(meeting_id, *world.voters[:5])
    assert stopped(world, case_id, "call_vote", "chair") == ["S11"]
    leaves(world, meeting_id, "member7")
    with pytest.raises(acts.NotOpen):
        world.act(case_id, "call_vote", "deputy")
    world.act(case_id, "call_vote", "chair")
    call = db.session.get_one(SittingCall, facts.open_sitting(case_id).id)
    assert (call.entitled, call.attending, call.quorum) == (9, 8, 6)
    assert call.presided_by_id == world.people["chair"]
    assert stopped(world, case_id, "call_vote", "chair") == ["S69"]


def test_votes_are_given_after_the_question_in_the_room_and_by_who_presides_last(world):
    case_id = at_risk(world)
    meeting_id = world.table(case_id)
    world.convene(meeting_id, *world.voters[:7])
    assert stopped(world, case_id, "vote", "member1", choice="for", reasons="x") == ["S66"]
    world.act(case_id, "call_vote", "chair")
    assert stopped(world, case_id, "vote", "member7", choice="for", reasons="x") == ["S67"]
    speak(world, case_id, *world.voters[1:6])
    assert stopped(world, case_id, "vote", "chair", choice="for", reasons="x") == ["S12"]
    speak(world, case_id, world.voters[6], "chair")
    assert stopped(world, case_id, "vote", "chair", choice="for", reasons="x") == ["S39"]
    world.act(case_id, "approve_risk", "chair", words="同意")


def test_who_comes_late_is_heard_before_who_presides(world):
    case_id = at_risk(world)
    meeting_id = world.sit(case_id, *world.voters[:6])
    speak(world, case_id, *world.voters[1:6])
    leaves(world, meeting_id, "member6", "member7")
    assert stopped(world, case_id, "vote", "chair", choice="for", reasons="x") == ["S12"]
    speak(world, case_id, "member5", "chair")


# Standing aside ---------------------------------------------------------------------------------------------


def test_who_declares_an_interest_is_not_counted_not_asked_and_loses_the_file(world):
    case_id = at_risk(world)
    meeting_id = world.table(case_id)
    assert sees(world, case_id, "member3")
    recuse(world, case_id, "member3")
    assert count(world, case_id) == (9, 1, 8, 0)
    assert not sees(world, case_id, "member3")
    with pytest.raises(acts.NotVisible):
        world.act(case_id, "vote", "member3", choice="for", reasons="x")
    world.convene(meeting_id)
    world.act(case_id, "call_vote", "chair")
    assert count(world, case_id) == (9, 1, 8, 8)


def test_who_has_voted_no_longer_stands_aside_and_is_not_made_to(world):
    case_id = at_risk(world)
    world.sit(case_id)
    speak(world, case_id, "member3")
    assert stopped(world, case_id, "declare_recusal", "member3", ground="other_tie", words="") == ["S09"]
    asked = {"member": world.people["member3"], "ground": "other_tie", "words": "x"}
    assert stopped(world, case_id, "propose_recusal", "secretary", **asked) == ["S65"]


def test_what_the_secretary_proposes_who_presides_decides(world):
    case_id = at_risk(world)
    world.table(case_id)
    asked = {"ground": "other_tie", "words": "有人反映"}
    assert stopped(world, case_id, "propose_recusal", "secretary", member=world.people["officer"], **asked) == ["S65"]
    propose(world, case_id, "member2")
    propose(world, case_id, "member4")
    again = {"member": world.people["member2"], **asked}
    assert stopped(world, case_id, "propose_recusal", "secretary", **again) == ["S65"]
    verdict = {"upheld": True, "words": "理由"}
    assert stopped(world, case_id, "decide_recusal", "chair", member=world.people["member5"], **verdict) == ["S65"]
    assert stopped(world, case_id, "decide_recusal", "deputy", member=world.people["member2"], **verdict) == ["S65"]
    assert count(world, case_id)[2] == 9, "proposed is not decided"
    decide(world, case_id, "chair", "member2")
    decide(world, case_id, "chair", "member4", upheld=False)
    assert count(world, case_id)[:3] == (9, 1, 8)
    assert (sees(world, case_id, "member2"), sees(world, case_id, "member4")) == (False, True)
    row = db.session.query(Recusal).one()
    assert (row.user_id, row.made_by_id) == (world.people["member2"], world.people["chair"])
    assert stopped(world, case_id, "decide_recusal", "chair", member=world.people["member4"], **verdict) == ["S65"]


def test_nobody_decides_on_oneself_and_a_deputy_decides_on_the_chair(world):
    case_id = at_risk(world)
    meeting_id = world.table(case_id)
    propose(world, case_id, "chair")
    verdict = {"member": world.people["chair"], "upheld": False, "words": "没有"}
    assert stopped(world, case_id, "decide_recusal", "chair", **verdict) == ["S65"]
    decide(world, case_id, "deputy", "chair")
    assert not sees(world, case_id, "chair")
    world.convene(meeting_id, head="deputy")
    world.act(case_id, "call_vote", "deputy")
    speak(world, case_id, *world.voters[2:], "deputy")
    world.act(case_id, "approve_risk", "deputy", words="同意")


@pytest.mark.parametrize("who", ["member3", "chair"])
def test_a_tie_found_since_the_tabling_counts_when_the_question_is_put(world, who):
    case_id = at_risk(world)
    meeting_id = world.table(case_id)
    factories.belongs(world.people[who], world.org, since=today())
    head = "deputy" if who == "chair" else "chair"
    world.convene(meeting_id)
    done = world.act(case_id, "call_vote", head)
    assert json.loads(db.session.get_one(AuditEvent, done.seq).detail)["found"] == [world.people[who]]
    assert count(world, case_id) == (9, 1, 8, 8)
    row = db.session.query(Recusal).one()
    assert (row.user_id, row.ground, row.organisation_id, row.made_by_id) == (
        world.people[who],
        RecusalGround.OWN_ORGANISATION,
        world.org,
        None,
    )
    speak(world, case_id, *[w for w in world.voters if w not in {who, head}], head)
    world.act(case_id, "approve_risk", head, words="同意")


def test_a_quorum_that_a_tie_takes_away_is_missed_when_the_question_is_put(world):
    case_id = at_risk(world)
    meeting_id = world.table(case_id)
    factories.belongs(world.people["member1"], world.org, since=today())
    world.convene(meeting_id, "chair", *[f"member{n}" for n in range(1, 6)])
    assert stopped(world, case_id, "call_vote", "chair") == ["S11"], "six are there, but one of them is tied"
    assert db.session.query(Recusal).count() == 0, "a refused call leaves no trace"


def test_who_gave_an_opinion_on_the_case_in_another_office_stands_aside(world):
    case_id = world.advance(world.draft(), "methodology_screening")
    with_seat = world.people["officer"]
    world.screen(case_id)
    with writing():
        db.session.add(Appointment(user_id=with_seat, body_id=world.body, role=Role.MEMBER, since=today()))
    world.act(case_id, "pass_screening", "officer2")
    world.table(case_id)
    row = db.session.query(ExcludedMember).one()
    assert (row.user_id, row.ground) == (with_seat, RecusalGround.EARLIER_PART)


def test_who_stood_aside_once_stands_aside_in_every_later_sitting_on_the_case(world):
    case_id = at_risk(world)
    world.table(case_id)
    recuse(world, case_id, "member3", "relatives_employer")
    world.act(case_id, "untable", "secretary", words="改期")
    assert not sees(world, case_id, "member3")
    world.table(case_id)
    assert count(world, case_id)[:3] == (9, 1, 8)
    row = db.session.query(ExcludedMember).one()
    assert (row.user_id, row.ground) == (world.people["member3"], RecusalGround.RELATIVES_EMPLOYER)
    assert not sees(world, case_id, "member3")
    other = at_risk(world)
    world.table(other)
    assert sees(world, other, "member3"), "the other case is not concerned"
    assert count(world, other)[:3] == (9, 0, 9)


def test_the_sums_of_a_chair_leave_out_the_case_the_chair_stood_aside_from(world):
    one, _other = at_risk(world), at_risk(world)
    world.table(one)
    assert cases.sums(world.user("chair"), cases.Chosen()).cases == 2
    recuse(world, one, "chair")
    told = cases.sums(world.user("chair"), cases.Chosen())
    assert (told.cases, told.area_mu) == (1, 600)
    assert len(cases.listed(world.user("chair"), cases.Chosen()).items) == 1


# Who presides -----------------------------------------------------------------------------------------------


def test_a_deputy_presides_where_the_chair_is_away(world):
    case_id = at_risk(world)
    meeting_id = world.table(case_id)
    world.convene(meeting_id, *world.voters[1:], head="deputy")
    assert stopped(world, case_id, "call_vote", "chair") == ["S71"]
    world.act(case_id, "call_vote", "deputy")
    leaves(world, meeting_id)  # the chair comes in late
    speak(world, case_id, *world.voters[2:], "chair")
    assert stopped(world, case_id, "approve_risk", "chair", words="同意") == ["S71"]
    speak(world, case_id, "deputy")
    world.act(case_id, "approve_risk", "deputy", words="同意")


def test_one_sitting_says_nothing_of_who_presides_in_another(world):
    """The chair stands aside in one case and is away from one meeting; in the others nothing changes."""
    one, two = at_risk(world), at_risk(world)
    world.table(one)
    recuse(world, one, "chair")
    meeting_id = world.table(two)
    world.convene(meeting_id)
    assert Role.CHAIR not in permissions.roles_on(two, world.user("deputy"))
    assert Role.CHAIR in permissions.roles_on(two, world.user("chair"))
    world.act(two, "call_vote", "chair")


@pytest.mark.parametrize(
    ("gone", "role"),
    [("chair", Role.CHAIR), ("deputy", Role.DEPUTY_CHAIR), ("member1", Role.MEMBER), (None, None)],
)
def test_no_role_is_left_unasked_that_somebody_has(world, gone, role):
    """The door asks only for roles that some office or seat may give; asked for all, the answer is the same."""
    case_id = at_risk(world)
    world.sit(case_id)
    if gone:
        factories.end_office(world.people[gone], role)
    for user_id in world.people.values():
        clauses = {r: permissions.role_clause(r, user_id, today()) for r in permissions.SEES}
        row = db.session.execute(select(*clauses.values()).where(Case.id == case_id)).one()
        held = {role for role, holds in zip(clauses, row, strict=True) if holds}
        assert permissions.roles_on(case_id, db.session.get_one(User, user_id)) == held
    if gone == "chair":  # who put the question goes on to the end, in office or not
        assert permissions.roles_on(case_id, world.user("chair")) == {Role.CHAIR}


def test_where_who_put_the_question_leaves_or_stands_aside_a_deputy_goes_on(world):
    case_id = at_risk(world)
    meeting_id = world.sit(case_id)
    speak(world, case_id, *[f"member{n}" for n in range(1, 7)])
    assert Role.CHAIR not in permissions.roles_on(case_id, world.user("deputy"))
    leaves(world, meeting_id, "chair", "member7")
    assert stopped(world, case_id, "approve_risk", "chair", words="同意") == ["S71"]
    world.act(case_id, "approve_risk", "deputy", words="同意")
    assert world.case(case_id).state is S.VALIDATION


def test_a_chair_who_stands_aside_after_the_question_leaves_it_to_the_deputy(world):
    case_id = at_risk(world)
    world.sit(case_id)
    speak(world, case_id, *[f"member{n}" for n in range(1, 7)])
    recuse(world, case_id, "chair")
    speak(world, case_id, "member7")
    assert count(world, case_id) == (9, 1, 8, 8)
    speak(world, case_id, "deputy")
    world.act(case_id, "approve_risk", "deputy", words="同意")


# How a sitting ends -----------------------------------------------------------------------------------------


def test_without_a_quorum_the_question_is_adjourned_and_asked_another_day(world):
    case_id = at_risk(world)
    meeting_id = world.table(case_id)
    recuse(world, case_id, "member7")
    world.convene(meeting_id, *world.voters[:5])
    assert stopped(world, case_id, "call_vote", "chair") == ["S11"]
    done = world.act(case_id, "adjourn", "chair", words="到会人数不足")
    told = json.loads(db.session.get_one(AuditEvent, done.seq).detail)
    assert {k: told[k] for k in ("seats", "recused", "quorum", "attending", "no_quorum")} == {
        "seats": 9,
        "recused": 1,
        "quorum": 6,
        "attending": 5,
        "no_quorum": 1,
    }
    world.in_meeting(meeting_id, "close_meeting", "chair")
    world.table(case_id)
    assert count(world, case_id)[:3] == (9, 1, 8)


def test_a_room_that_empties_during_the_vote_lets_the_question_be_adjourned(world):
    case_id = at_risk(world)
    meeting_id = world.sit(case_id, *world.voters[:6])
    speak(world, case_id, "member1", "member2")
    assert stopped(world, case_id, "adjourn", "chair", words="改期") == ["S38"]
    leaves(world, meeting_id, "member1", "member2", "member3", "member5", "member6", "member7")
    assert stopped(world, case_id, "approve_risk", "chair", words="同意")[0] == "S11"
    world.act(case_id, "adjourn", "secretary", words="到会人数不足")
    assert facts.open_sitting(case_id) is None
    assert db.session.query(Vote).count() == 2, "what was said stays on record"
    world.in_meeting(meeting_id, "close_meeting", "chair")


def test_a_sitting_that_has_lost_all_its_heads_is_adjourned_by_the_secretary(world):
    factories.belongs(world.people["deputy"], world.org)
    case_id = at_risk(world)
    world.sit(case_id, "chair", *world.voters[2:])
    speak(world, case_id, *world.voters[2:8])
    assert stopped(world, case_id, "adjourn", "secretary", words="改期") == ["S38"]
    recuse(world, case_id, "chair")
    world.act(case_id, "adjourn", "secretary", words="无人主持")
    assert facts.open_sitting(case_id) is None


# Flaws, and what is reported upward -------------------------------------------------------------------------


def test_a_vote_found_flawed_is_not_counted_again_and_its_member_loses_the_file(world):
    case_id = world.advance(world.draft(), "validation")
    found = {"gate": "risk_review", "words": "应回避未回避"}
    assert stopped(world, case_id, "find_flaw", "supervisor", member=world.people["member7"], **found) == ["S75"]
    assert stopped(world, case_id, "find_flaw", "supervisor", gate="registration", words="x") == ["S75"]
    world.act(case_id, "find_flaw", "supervisor", member=world.people["member2"], **found)
    assert world.case(case_id).state is S.SUSPENDED
    assert not sees(world, case_id, "member2")
    world.act(case_id, "resume", "officer", words="重新审议")
    world.table(case_id)
    assert count(world, case_id)[:3] == (9, 1, 8)
    assert db.session.query(ExcludedMember).one().ground is RecusalGround.FLAWED_VOTE
    first = db.session.query(Deliberation).order_by(Deliberation.id).first()
    assert db.session.get(Vote, (first.id, world.people["member2"])), "the flawed vote itself stays on record"


def told(world, who, case_id):
    return [n.action for n in db.session.query(Notice).filter_by(user_id=world.people[who], case_id=case_id)]


@pytest.mark.parametrize(("votes", "reported"), [((6, 2), True), ((2, 6), False), ((4, 4), False)])
def test_a_refusal_against_the_majority_is_reported_to_the_supervisor(world, votes, reported):
    case_id = at_risk(world)
    world.vote(case_id, *votes)
    world.act(case_id, "reject", "chair", words="收益测算没有依据")
    assert told(world, "supervisor", case_id) == (["against_majority"] if reported else [])
    assert told(world, "owner", case_id)[-1] == "reject"


def test_an_amendment_refused_against_the_majority_is_reported_too(world):
    case_id = world.advance(world.draft(), "registered")
    world.save(case_id, "basics", {**facts.answers_of(case_id, 1)["basics"], "summary": "改动"})
    world.act(case_id, "amend", "owner")
    world.vote(case_id, 6, 2, question="amendment")
    world.act(case_id, "decide_amendment", "chair", approved=False, words="不同意")
    assert told(world, "supervisor", case_id) == ["against_majority"]


def test_what_goes_on_in_the_room_is_not_told_to_the_applicant(world):
    case_id = at_risk(world)
    before = told(world, "owner", case_id)
    meeting_id = world.table(case_id)
    propose(world, case_id, "member2")
    decide(world, case_id, "chair", "member2")
    recuse(world, case_id, "member3")
    world.convene(meeting_id)
    world.act(case_id, "call_vote", "chair")
    speak(world, case_id, "member4")
    assert told(world, "owner", case_id)[len(before) :] == ["table"]
    assert told(world, "member4", case_id) == ["table"]
    assert db.session.get_one(Case, case_id).state is S.RISK_REVIEW
