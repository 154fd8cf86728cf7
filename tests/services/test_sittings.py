"""A meeting through the door: agenda, roll, who stands aside and loses the file, who presides, how a sitting ends."""

import json
from datetime import timedelta

import pytest

from registry import permissions
from registry.clock import now, today
from registry.extensions import db, writing
from registry.models import (
    Appointment,
    AuditEvent,
    Case,
    Deliberation,
    ExcludedMember,
    Meeting,
    Notice,
    Recusal,
    SittingCall,
    Vote,
)
from registry.queries import cases
from registry.services import acts, audit, facts, meetings
from tests import factories
from tests.world import World
from workflows.roles import Role
from workflows.states import MeetingState, RecusalGround
from workflows.states import ProjectState as S

pytestmark = pytest.mark.both_engines


@pytest.fixture
def world(app, clock):
    return World()


def stopped(world, case_id, action, who, **data):
    with pytest.raises(acts.Refused) as refused:
        world.act(case_id, action, who, **data)
    return [o.clause for o in refused.value.stopping]


def refused(world, meeting_id, action, who, **data):
    with pytest.raises(acts.Refused) as stop:
        world.in_meeting(meeting_id, action, who, **data)
    return [o.clause for o in stop.value.stopping]


def at_risk(world):
    return world.advance(world.draft(), "risk_review")


def count(world, case_id, who="secretary"):
    """(应到, 回避, 应到扣除回避, 实到)."""
    db.session.rollback()
    told = facts.sitting_facts(facts.open_sitting(case_id), world.user(who))
    return told.seats, told.recused, told.members, told.attending


def sees(world, case_id, who):
    return bool(permissions.find_case(world.user(who), frozenset(permissions.SEES), number=None, case_id=case_id))


def speak(world, case_id, *who, choice="for"):
    for member in who:
        world.act(case_id, "vote", member, choice=choice, reasons="理由充分")


def recuse(world, case_id, who, ground="other_tie"):
    world.act(case_id, "declare_recusal", who, ground=ground, words="")


def propose(world, case_id, who):
    data = {"member": world.people[who], "ground": "other_tie", "words": "有人反映"}
    world.act(case_id, "propose_recusal", "secretary", **data)


def decide(world, case_id, by, who, *, upheld=True):
    world.act(case_id, "decide_recusal", by, member=world.people[who], upheld=upheld, words="理由")


def leaves(world, meeting_id, *who):
    staying = [world.people[w] for w in world.voters if w not in who]
    world.in_meeting(meeting_id, "note_attendance", "secretary", present=staying)


# Meetings ---------------------------------------------------------------------------------------------------


def test_a_meeting_is_planned_convened_and_ended_and_leaves_its_links(world):
    case_id = at_risk(world)
    meeting_id = world.sit(case_id)
    assert refused(world, meeting_id, "close_meeting", "chair") == ["S73"]
    world.act(case_id, "adjourn", "chair", words="改期")
    done = world.in_meeting(meeting_id, "close_meeting", "chair")
    assert done.state is MeetingState.HELD
    events = db.session.query(AuditEvent.action).filter_by(subject_kind="meeting", subject_id=meeting_id)
    told = ["plan", "open_meeting", "note_attendance", "close_meeting"]
    assert [a for (a,) in events.order_by(AuditEvent.seq)] == [f"meeting:{action}" for action in told]
    assert audit.verify()[1] is None


def test_meetings_are_numbered_without_gaps(world):
    numbers = [db.session.get_one(Meeting, world.meeting()).number for _ in range(3)]
    assert numbers == [f"会〔2026〕{n}号" for n in (1, 2, 3)]


def test_a_meeting_without_an_agenda_or_before_its_day_is_not_opened(world, clock):
    assert refused(world, world.meeting(), "open_meeting", "chair") == ["S72"]
    meeting_id = world.table(at_risk(world))
    world.in_meeting(meeting_id, "change_meeting", "secretary", held_on=today() + timedelta(days=1))
    assert refused(world, meeting_id, "open_meeting", "deputy") == ["S72"]
    clock.move(days=1)
    world.in_meeting(meeting_id, "open_meeting", "deputy")


@pytest.mark.parametrize("who", ["secretary", "member1", "officer"])
def test_only_chair_or_deputy_open_a_meeting(world, who):
    meeting_id = world.table(at_risk(world))
    with pytest.raises(acts.NotOpen):
        world.in_meeting(meeting_id, "open_meeting", who)


@pytest.mark.parametrize("who", ["owner", "vvb", "stranger"])
def test_whoever_holds_no_office_finds_no_meeting(world, who):
    meeting_id = world.table(at_risk(world))
    with pytest.raises(acts.NotVisible):
        world.in_meeting(meeting_id, "note_attendance", who, present=[])
    with pytest.raises(acts.NotVisible):
        acts.act(("meeting", 4711), "open_meeting", by=world.user("chair"), at=now(), seen=1)


def test_a_page_of_an_older_meeting_takes_no_act(world):
    meeting_id = world.table(at_risk(world))
    seen = db.session.get_one(Meeting, meeting_id).version
    world.in_meeting(meeting_id, "open_meeting", "chair")
    late = {"by": world.user("secretary"), "at": now(), "seen": seen, "data": {"present": []}}
    with pytest.raises(acts.Stale) as stale:
        acts.act(("meeting", meeting_id), "note_attendance", **late)
    assert [e.action for e in stale.value.since] == ["meeting:open_meeting"]


@pytest.mark.parametrize("how", ["held", "called_off", "none", "of another body"])
def test_a_case_is_tabled_only_for_a_meeting_still_to_be_held(world, how):
    case_id = at_risk(world)
    meeting_id = world.meeting()
    if how == "held":
        other = at_risk(world)
        world.act(other, "table", "secretary", meeting=meeting_id)
        world.convene(meeting_id)
        world.act(other, "adjourn", "chair", words="改期")
        world.in_meeting(meeting_id, "close_meeting", "chair")
    elif how == "called_off":
        world.in_meeting(meeting_id, "call_off", "secretary", words="取消")
    elif how == "none":
        meeting_id = 4711
    else:
        body = factories.a_body()
        told = {"by": world.user("secretary"), "at": now(), "series": "外〔{year}〕{n}号"}
        meeting_id = meetings.plan(body, today(), "09:00", "别处", **told)
    assert stopped(world, case_id, "table", "secretary", meeting=meeting_id) == ["S68"]
    assert stopped(world, case_id, "table", "secretary") == ["S68"]
    world.table(case_id)


def test_only_the_secretary_tables(world):
    case_id, meeting_id = at_risk(world), world.meeting()
    for who in ("officer", "chair", "member1"):
        with pytest.raises((acts.NotOpen, acts.NotVisible)):
            world.act(case_id, "table", who, meeting=meeting_id)


@pytest.mark.parametrize("question", ["registration", "revocation", "no such question"])
def test_a_question_of_another_state_is_not_tabled(world, question):
    case_id, meeting_id = at_risk(world), world.meeting()
    assert stopped(world, case_id, "table", "secretary", meeting=meeting_id, question=question) == ["S70"]


def test_the_electorate_is_that_of_the_day_of_the_meeting(world):
    case_id, meeting_id = at_risk(world), world.meeting()
    world.in_meeting(meeting_id, "change_meeting", "secretary", held_on=today() + timedelta(days=10))
    new = factories.an_appointee(world.body, Role.MEMBER)
    with writing():
        seats = {a.user_id: a for a in db.session.scalars(db.select(Appointment))}
        seats[world.people["member7"]].until = today() + timedelta(days=5)
        seats[new].since = today() + timedelta(days=5)
    world.act(case_id, "table", "secretary", meeting=meeting_id)
    seated = {e for (e,) in db.session.execute(db.text("SELECT user_id FROM electors"))}
    assert new in seated
    assert world.people["member7"] not in seated


def test_too_few_members_on_the_day_of_the_meeting_keep_a_case_off_its_agenda(world):
    case_id, meeting_id = at_risk(world), world.meeting()
    world.in_meeting(meeting_id, "change_meeting", "secretary", held_on=today() + timedelta(days=10))
    with writing():
        for seat in db.session.scalars(db.select(Appointment).filter(Appointment.role == Role.MEMBER)):
            seat.until = today() + timedelta(days=5)
    assert stopped(world, case_id, "table", "secretary", meeting=meeting_id) == ["S37"]


def test_the_roll_is_kept_line_by_line_and_its_last_line_tells(world):
    case_id = at_risk(world)
    meeting_id = world.table(case_id)
    world.convene(meeting_id, "chair", "member1", "member2")
    assert count(world, case_id) == (9, 0, 9, 3)
    leaves(world, meeting_id, "member1")
    assert count(world, case_id) == (9, 0, 9, 8)
    lines = db.session.execute(db.text("SELECT user_id, present FROM attendances ORDER BY id")).all()
    assert len(lines) == 3 + 6 + 1, "only who came or left makes a line"
    world.in_meeting(meeting_id, "note_attendance", "secretary", present=[world.people["officer"]])
    assert count(world, case_id)[3] == 0, "who holds no seat is not in the room"


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
