"""Who decides, how many must vote, and what the count comes to."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.deliberation import (
    Seat,
    cannot_end,
    conflict,
    electorate,
    has_majority,
    has_quorum,
    presiding,
    quorum_needed,
    terms,
    votes_needed,
)
from workflows.facts import SittingFacts
from workflows.policy import Policy
from workflows.roles import VOTING, Role
from workflows.states import Question, RecusalGround

HALF, TWO_THIRDS = (1, 2), (2, 3)
APPLICANT, PARTNER = 71, 72
OWN = RecusalGround.OWN_ORGANISATION


def sitting(members, cast_for=0, against=0, abstained=0, needs=HALF, **more):
    return SittingFacts(
        question=Question.RISK_REVIEW,
        members=members,
        cast_for=cast_for,
        cast_against=against,
        abstained=abstained,
        needs=needs,
        **more,
    )


def carried(*args, **more):
    count = sitting(*args, **more)
    return has_quorum(count) and has_majority(count)


def group(*own, roles=(Role.CHAIR, Role.DEPUTY_CHAIR, *[Role.MEMBER] * 7)):
    """The group of nine, persons 1–9; `own` are pairs of person and organisation."""
    places = dict(own)
    return [Seat(n, role, frozenset({places[n]}) if n in places else frozenset()) for n, role in enumerate(roles, 1)]


def aside(who):
    """Person, ground and organisation of each who is left out."""
    return [(a.seat.user_id, a.ground, a.organisation_id) for a in who.excluded]


# Quorum: two thirds of the members entitled, rounded up, and at least three


@pytest.mark.parametrize(
    ("members", "needed"),
    [(3, 3), (4, 3), (5, 4), (6, 4), (7, 5), (8, 6), (9, 6), (10, 7), (11, 8), (12, 8), (15, 10)],
)
def test_the_quorum_is_two_thirds_of_those_entitled_and_at_least_three(members, needed):
    assert quorum_needed(sitting(members)) == needed
    assert has_quorum(sitting(members, needed))
    assert not has_quorum(sitting(members, needed - 1))


def test_nine_members_one_excluded_five_present_is_no_vote():
    """应到 9，回避 1，实到 5：需要 6，不能表决。"""
    who = electorate(group((9, APPLICANT)), frozenset({APPLICANT}))
    count = sitting(len(who.electors), 5)
    assert (count.members, quorum_needed(count)) == (8, 6)
    assert not has_quorum(count)
    assert has_majority(count)  # five of eight would be enough, but nobody may decide
    assert not carried(8, 5)


@given(st.integers(3, 15), st.data())
def test_the_quorum_is_the_least_number_that_is_two_thirds_whoever_stands_aside(group_of, data):
    recused = data.draw(st.integers(0, group_of - 3))
    count = sitting(group_of - recused, recused=recused)
    needed = quorum_needed(count)
    assert count.seats == group_of
    assert 3 * needed >= 2 * count.members
    assert needed >= 3
    assert needed == 3 or 3 * (needed - 1) < 2 * count.members, "one fewer would do"


@given(st.integers(4, 15), st.sampled_from([HALF, TWO_THIRDS]))
def test_a_member_who_stands_aside_never_makes_it_harder_to_meet_or_to_decide(members, needs):
    one_fewer = sitting(members - 1, needs=needs)
    assert quorum_needed(one_fewer) <= quorum_needed(sitting(members))
    assert votes_needed(one_fewer) <= votes_needed(sitting(members, needs=needs))


def test_abstentions_and_votes_against_count_towards_the_quorum():
    assert has_quorum(sitting(9, 2, 2, 2))


# Majority: of the members entitled, not of those present


@pytest.mark.parametrize(
    ("members", "half", "two_thirds"),
    [(3, 2, 2), (4, 3, 3), (5, 3, 4), (6, 4, 4), (7, 4, 5), (8, 5, 6), (9, 5, 6), (10, 6, 7), (12, 7, 8)],
)
def test_the_majority_is_more_than_half_or_at_least_two_thirds_of_those_entitled(members, half, two_thirds):
    for needs, needed in ((HALF, half), (TWO_THIRDS, two_thirds)):
        assert votes_needed(sitting(members, needs=needs)) == needed
        assert has_majority(sitting(members, needed, needs=needs))
        assert not has_majority(sitting(members, needed - 1, members - needed + 1, needs=needs))


@pytest.mark.parametrize("members", [4, 6, 8, 10])
def test_a_tie_is_no_approval(members):
    assert not carried(members, members // 2, members // 2)


@pytest.mark.parametrize(
    ("count", "approved"),
    [((9, 4, 0, 5), False), ((9, 4, 0, 2), False), ((9, 5, 0, 4), True), ((9, 5, 4, 0), True), ((9, 4, 1, 1), False)],
)
def test_abstention_is_not_in_favour(count, approved):
    assert carried(*count) is approved


@pytest.mark.parametrize(
    ("count", "approved"), [((9, 5, 1), False), ((9, 6), True), ((8, 5, 1), False), ((8, 6), True), ((7, 5), True)]
)
def test_a_weighty_matter_needs_two_thirds(count, approved):
    assert carried(*count, needs=TWO_THIRDS) is approved


def test_a_majority_of_those_present_is_not_enough():
    assert not carried(9, 4, 2)


@given(st.integers(3, 60), st.sampled_from([HALF, TWO_THIRDS, (3, 4), (1, 1)]), st.data())
def test_a_vote_more_in_favour_never_undoes_an_approval(members, needs, data):
    cast_for = data.draw(st.integers(0, members))
    against = data.draw(st.integers(0, members - cast_for))
    count = sitting(members, cast_for, against, needs=needs)
    if has_quorum(count) and has_majority(count) and count.present < members:
        assert carried(members, cast_for + 1, against, needs=needs)
    if has_majority(count):
        assert not has_majority(replace(count, cast_for=against, cast_against=cast_for)) or needs == (0, 1)


@given(st.integers(3, 60), st.sampled_from([HALF, TWO_THIRDS, (3, 4), (1, 1)]))
def test_what_is_needed_can_be_reached_and_is_more_than_half(members, needs):
    count = sitting(members, needs=needs)
    assert members / 2 < votes_needed(count) <= members
    assert 3 <= quorum_needed(count) <= members


# Electorate


def test_everybody_votes_where_nobody_is_concerned():
    who = electorate(group(), frozenset({APPLICANT}))
    assert ([s.user_id for s in who.electors], who.excluded, who.presides) == (list(range(1, 10)), (), 1)


def test_who_belongs_to_a_party_is_left_out_with_the_reason():
    who = electorate(group((3, APPLICANT), (4, PARTNER), (5, 99)), frozenset({APPLICANT, PARTNER}))
    assert {s.user_id for s in who.electors} == {1, 2, 5, 6, 7, 8, 9}
    assert aside(who) == [(3, OWN, APPLICANT), (4, OWN, PARTNER)]


def test_a_person_who_applies_is_left_out():
    who = electorate(group(), frozenset(), frozenset({6}))
    assert aside(who) == [(6, RecusalGround.APPLICANT, None)]


@pytest.mark.parametrize(
    ("tie", "ground", "organisation"),
    [
        ({"organisations": frozenset({APPLICANT})}, OWN, APPLICANT),
        ({"interests": {PARTNER: "spouse"}}, RecusalGround.RELATIVES_EMPLOYER, PARTNER),
        ({"had_part": True}, RecusalGround.EARLIER_PART, None),
        ({"flawed": True}, RecusalGround.FLAWED_VOTE, None),
        ({"stood_aside": (RecusalGround.OTHER_TIE, None)}, RecusalGround.OTHER_TIE, None),
    ],
)
def test_whatever_ties_a_member_leaves_the_member_out_with_the_ground(tie, ground, organisation):
    seats = group()
    seats[4] = replace(seats[4], **tie)
    who = electorate(seats, frozenset({APPLICANT, PARTNER}))
    assert aside(who) == [(5, ground, organisation)]
    assert len(who.electors) == 8


def test_the_nearest_tie_is_the_ground_that_is_told():
    seat = Seat(1, Role.MEMBER, frozenset({APPLICANT}), {PARTNER: "child"}, had_part=True, flawed=True)
    parties = frozenset({APPLICANT, PARTNER})
    assert conflict(seat, parties, frozenset({1})).ground is RecusalGround.APPLICANT
    assert conflict(seat, parties).ground is OWN
    assert conflict(replace(seat, organisations=frozenset()), parties).ground is RecusalGround.RELATIVES_EMPLOYER
    assert conflict(replace(seat, organisations=frozenset()), frozenset()).ground is RecusalGround.FLAWED_VOTE


def test_a_relative_who_works_elsewhere_ties_nobody():
    assert conflict(Seat(1, Role.MEMBER, interests={99: "spouse"}), frozenset({APPLICANT})) is None


@given(st.lists(st.sampled_from(sorted(VOTING)), min_size=1, max_size=15), st.data())
def test_every_seat_is_either_entitled_or_stands_aside_and_recusal_only_takes_away(roles, data):
    tied = data.draw(st.sets(st.integers(1, len(roles))))
    seats = group(*((n, APPLICANT) for n in tied), roles=roles)
    who = electorate(seats, frozenset({APPLICANT}))
    assert {s.user_id for s in who.electors} == set(range(1, len(roles) + 1)) - tied
    assert {a.seat.user_id for a in who.excluded} == tied
    assert who.presides in {None, *(s.user_id for s in who.electors if s.role is not Role.MEMBER)}


def test_the_deputy_presides_when_the_chair_is_left_out():
    assert electorate(group((1, APPLICANT)), frozenset({APPLICANT})).presides == 2


def test_the_first_deputy_left_presides():
    roles = (Role.CHAIR, Role.DEPUTY_CHAIR, Role.DEPUTY_CHAIR, *[Role.MEMBER] * 4)
    who = electorate(group((1, APPLICANT), (2, APPLICANT), roles=roles), frozenset({APPLICANT}))
    assert who.presides == 3


def test_nobody_presides_when_chair_and_deputies_are_left_out():
    who = electorate(group((1, APPLICANT), (2, APPLICANT)), frozenset({APPLICANT}))
    assert (who.presides, len(who.electors)) == (None, 7)


@pytest.mark.parametrize("role", sorted(set(Role) - VOTING))
def test_other_roles_have_no_vote_and_are_not_left_out_either(role):
    who = electorate([*group(), Seat(10, role, frozenset({APPLICANT}))], frozenset({APPLICANT}))
    assert (len(who.electors), who.excluded) == (9, ())


# Who presides


NINE = [(n, role) for n, role in enumerate((Role.CHAIR, Role.DEPUTY_CHAIR, *[Role.MEMBER] * 7), 1)]


@pytest.mark.parametrize(
    ("here", "who"), [(None, 1), ({1, 2, 3}, 1), ({2, 3}, 2), ({3, 4, 5}, None), (set(), None), ({2}, 2)]
)
def test_the_chair_presides_else_a_deputy_who_is_in_the_room(here, who):
    assert presiding(NINE, here) == who


def test_of_two_deputies_the_first_who_is_there_presides():
    seats = [(1, Role.CHAIR), (2, Role.DEPUTY_CHAIR), (3, Role.DEPUTY_CHAIR), (4, Role.MEMBER)]
    assert presiding(seats, {2, 3, 4}) == 2
    assert presiding(seats, {3, 4}) == 3


def test_whoever_put_the_question_goes_on_presiding_until_standing_aside_or_leaving():
    assert presiding(NINE, {1, 2, 3}, called_by=2) == 2, "the chair comes in late"
    assert presiding(NINE, {2, 3}, called_by=1) == 2, "the chair has left"
    assert presiding(NINE[1:], {2, 3}, called_by=1) == 2, "the chair stands aside"
    assert presiding(NINE[2:], {3, 4}, called_by=1) is None


@given(st.lists(st.sampled_from(sorted(VOTING)), max_size=15), st.data())
def test_who_presides_is_always_a_head_in_the_room_and_the_chair_where_there(roles, data):
    members = list(enumerate(roles, 1))
    here = data.draw(st.sets(st.integers(1, 16)))
    who = presiding(members, here)
    heads = {n: role for n, role in members if n in here and role is not Role.MEMBER}
    assert (who in heads) if heads else who is None
    if Role.CHAIR in heads.values():
        assert heads[who] is Role.CHAIR


# A sitting that nobody can bring to an end


@given(st.integers(3, 15), st.data())
def test_a_sitting_cannot_end_exactly_when_the_room_has_emptied_below_the_quorum(members, data):
    voted = data.draw(st.integers(0, members))
    waiting = data.draw(st.integers(0, members - voted))
    count = sitting(members, voted, called=True, yet_to_speak=waiting)
    assert cannot_end(count) == (voted + waiting < quorum_needed(count))
    assert cannot_end(replace(count, has_head=False))
    assert not cannot_end(replace(count, called=False, has_head=True)), "before the question is put the room may fill"


# What a sitting asks for


@pytest.mark.parametrize(("weighty", "needs"), [(False, HALF), (True, TWO_THIRDS)])
def test_a_sitting_takes_its_figures_from_the_policy_of_the_day(weighty, needs):
    asked = terms(Policy.base(), date(2026, 3, 2), weighty=weighty)
    assert (asked["needs_num"], asked["needs_den"]) == needs
    assert (asked["quorum_num"], asked["quorum_den"], asked["quorum_min"]) == (2, 3, 3)
