"""Whose confirmation minutes lack, and the rows of the table on them, written down a second time."""

from itertools import combinations

import pytest

from workflows.meeting import MEETING
from workflows.minutes import Answered, Item, Seats, answered, heads_of, lacking
from workflows.states import MeetingState

CHAIR, DEPUTY = 1, 2
THERE = frozenset(range(1, 7))
ROWS = {
    ("confirm_minutes", "held"): ("held", {"chair", "deputy_chair", "member"}),
    ("issue_minutes", "held"): ("minuted", {"secretary"}),
    ("correct_minutes", "minuted"): ("held", {"secretary"}),
    ("correct_minutes", "held"): ("held", {"secretary"}),
}


def test_minutes_are_confirmed_issued_and_corrected_in_these_states_by_these_people_alone():
    found = {}
    for name in ("confirm_minutes", "issue_minutes", "correct_minutes"):
        for state in MeetingState:
            row = MEETING.row(name, state)
            if row is not None:
                found[name, state.value] = ((row.to or state).value, {role.value for role in row.by})
    assert found == ROWS


def test_who_presided_and_two_members_are_enough_and_nothing_less_is():
    items = [Item(CHAIR)]
    for size in range(4):
        for signed in combinations(sorted(THERE), size):
            lacks = lacking(CHAIR, items, THERE, signed, 2)
            enough = CHAIR in signed and len(set(signed) - {CHAIR}) >= 2
            assert (not lacks.heads and not lacks.members) is enough, signed


def test_an_item_is_answered_for_by_those_who_took_part_in_it():
    """The chair stood aside from item 2, where the deputy presided; member 3 from item 1."""
    items = [Item(CHAIR, frozenset({3})), Item(DEPUTY, frozenset({CHAIR}))]
    assert heads_of(CHAIR, items) == {CHAIR, DEPUTY}
    assert lacking(CHAIR, items, THERE, {CHAIR, 4, 5}, 2).heads == {DEPUTY}
    # With chair, deputy and 3: item 1 has the deputy alone as a member, item 2 has 3 alone.
    assert lacking(CHAIR, items, THERE, {CHAIR, DEPUTY, 3}, 2).members == 1
    assert lacking(CHAIR, items, THERE, {CHAIR, DEPUTY, 4}, 2).members == 1  # item 2: 4 alone
    assert lacking(CHAIR, items, THERE, {CHAIR, DEPUTY, 4, 3}, 2).members == 0


GONE = Seats((DEPUTY,), (3, 4, 5, 6), frozenset({CHAIR}))


def test_a_deputy_who_was_there_answers_for_a_chair_without_an_account_and_counts_once():
    items = [Item(CHAIR)]
    for size in range(5):
        for signed in combinations(sorted(THERE - {CHAIR}), size):
            by = answered(CHAIR, items, GONE, signed)
            assert by == Answered(DEPUTY, (Item(DEPUTY),), {DEPUTY: CHAIR})
            lacks = lacking(by.presided, by.items, THERE - {CHAIR}, signed, 2)
            enough = DEPUTY in signed and len(set(signed) - {DEPUTY}) >= 2
            assert (not lacks.heads and not lacks.members) is enough, signed


def test_a_page_confirmed_before_the_account_was_closed_stays_confirmed():
    assert answered(CHAIR, [Item(CHAIR)], GONE, {CHAIR, 3}) == Answered(CHAIR, (Item(CHAIR),), {})
    assert answered(CHAIR, [Item(CHAIR)], Seats((DEPUTY,), (3,)), ()) == Answered(CHAIR, (Item(CHAIR),), {})


def test_nobody_answers_for_an_item_left_and_without_a_deputy_one_more_member_does():
    items = [Item(CHAIR), Item(CHAIR, frozenset({DEPUTY}))]
    by = answered(CHAIR, items, GONE, {5})
    assert [i.head for i in by.items] == [DEPUTY, 5]  # whoever has confirmed is taken first
    assert by.presided == DEPUTY
    alone = Seats((), (3, 4), frozenset({CHAIR}))
    assert answered(CHAIR, [Item(CHAIR)], alone, ()).presided == 3
    assert answered(CHAIR, [Item(CHAIR)], alone, {4}).presided == 4
    nobody = Seats((), (), frozenset({CHAIR}))
    assert answered(CHAIR, [Item(CHAIR)], nobody, ()).instead == {}


@pytest.mark.parametrize("there", [{CHAIR}, {CHAIR, 3}])
def test_where_fewer_were_there_than_are_asked_for_all_of_them_confirm(there):
    assert lacking(CHAIR, [Item(CHAIR)], there, there, 2).members == 0
    assert lacking(CHAIR, [Item(CHAIR)], there, {CHAIR}, 2).members == len(there) - 1


def test_somebody_who_was_not_there_does_not_count_in_place_of_one_who_was():
    """The database takes no such confirmation; here it would at most fill the number."""
    assert lacking(CHAIR, [Item(CHAIR)], {CHAIR, 3, 4}, {CHAIR, 3}, 2).members == 1
