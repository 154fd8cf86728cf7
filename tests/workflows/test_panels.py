"""The draw of an expert panel, over many registers and seeds: what must hold whoever is drawn."""

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows import panels
from workflows.panels import Candidate, NotEnoughError, Terms
from workflows.states import Bar, ExpertField

SEEDS = st.text("0123456789abcdef", min_size=64, max_size=64)
FIELDS = st.frozensets(st.sampled_from(ExpertField), max_size=3)
EXPERTS = st.lists(
    st.builds(
        Candidate,
        user_id=st.integers(1, 10_000),
        fields=FIELDS,
        outside=st.booleans(),
        bar=st.sampled_from([None, None, None, *Bar]),
    ),
    max_size=25,
    unique_by=lambda c: c.user_id,
)
SIZES = st.sampled_from([5, 7, 9])
each = settings(max_examples=60, deadline=None, database=None, derandomize=True)


def of(size=5, minimum=5):
    return Terms(size, minimum, (2, 3), (1, 2))


def sat(drawn):
    return [c for c in drawn.order if c.user_id in drawn.chosen]


def enough(experts, size):
    free = [c for c in experts if c.bar is None]
    outside = sum(c.outside for c in free)
    return any(outside >= out and len(free) - outside >= size - out for out in range(size + 1) if 3 * out >= 2 * size)


@each
@given(SEEDS, EXPERTS, FIELDS, SIZES)
def test_a_panel_is_odd_large_enough_two_thirds_from_outside_and_nobody_on_it_is_barred(seed, experts, wanted, size):
    if not enough(experts, size):
        with pytest.raises(NotEnoughError):
            panels.draw(seed, experts, wanted, of(size))
        return
    seated = sat(panels.draw(seed, experts, wanted, of(size)))
    assert len(seated) == size
    assert len(seated) % 2 == 1
    assert 3 * sum(c.outside for c in seated) >= 2 * size
    assert [c for c in seated if c.bar] == []


@each
@given(SEEDS, EXPERTS, FIELDS, SIZES, st.randoms(use_true_random=False))
def test_the_same_seed_seats_the_same_people_however_the_register_is_listed(seed, experts, wanted, size, luck):
    if enough(experts, size):
        again = list(experts)
        luck.shuffle(again)
        assert panels.draw(seed, experts, wanted, of(size)) == panels.draw(seed, again, wanted, of(size))


@each
@given(SEEDS, EXPERTS, FIELDS, SIZES)
def test_whoever_is_barred_changes_nothing_for_the_others(seed, experts, wanted, size):
    free = [c for c in experts if c.bar is None]
    if enough(experts, size):
        with_them, without = (panels.draw(seed, listed, wanted, of(size)) for listed in (experts, free))
        assert with_them.chosen == without.chosen
        assert [c for c in with_them.order if c.bar is None] == list(without.order)


@each
@given(SEEDS, EXPERTS, FIELDS)
def test_a_field_asked_for_is_left_out_only_where_nobody_who_knows_it_could_still_sit(seed, experts, wanted):
    if not enough(experts, 9):
        return
    drawn = panels.draw(seed, experts, wanted, of(9))
    inside = sum(not c.outside for c in sat(drawn))
    for field in drawn.uncovered:
        knows = [c for c in drawn.order if c.bar is None and field in c.fields]
        assert all(not c.outside for c in knows)
        assert not knows or inside == of(9).inside_at_most


@each
@given(SEEDS, EXPERTS, FIELDS, st.data())
def test_a_replacement_keeps_the_share_and_seats_nobody_twice(seed, experts, wanted, data):
    if not enough(experts, 5):
        return
    drawn = panels.draw(seed, experts, wanted, of())
    seated, passed = list(drawn.chosen), set()
    while seated:
        gone = data.draw(st.sampled_from(seated))
        seated.remove(gone)
        passed.add(gone)
        follows = panels.replacement(drawn.order, seated, passed, wanted, of())
        if follows is None:
            left = [c for c in drawn.order if c.bar is None and c.user_id not in passed and c.user_id not in seated]
            assert not any(c.outside for c in left)
            return
        assert follows.user_id not in passed
        assert follows.bar is None
        seated.append(follows.user_id)
        assert len(seated) == len(set(seated)) == 5
        assert 3 * sum(c.outside for c in drawn.order if c.user_id in seated) >= 10


def test_the_key_is_the_one_anybody_works_out_with_sha256sum():
    assert panels.key("ab" * 32, 17) == sha256(b"ab" * 32 + b":17").hexdigest()


def test_by_hand():
    """Five experts in the order of their keys; the one from the area is passed over once the share is full."""
    experts = [
        Candidate(n, frozenset({ExpertField.LAW}) if n == 6 else frozenset(), outside=n > 2) for n in range(1, 8)
    ]
    seed = "00" * 32
    order = sorted(range(1, 8), key=lambda n: sha256(f"{seed}:{n}".encode()).hexdigest())
    drawn = panels.draw(seed, experts, [ExpertField.LAW], of())
    assert [c.user_id for c in drawn.order] == order
    first_inside = next(n for n in order if n <= 2)
    fit = [n for n in order if n > 2 or n == first_inside]
    by_hand = [6, *(n for n in fit if n != 6)][:5]
    assert sorted(drawn.chosen) == sorted(by_hand)


@pytest.mark.parametrize(
    ("size", "needs", "accepts"), [(5, (1, 2), 3), (7, (1, 2), 4), (5, (2, 3), 4), (7, (2, 3), 5), (9, (2, 3), 6)]
)
def test_the_majority_is_one_of_all_seats(size, needs, accepts):
    assert panels.needed(replace(of(size), needs=needs)) == accepts


@pytest.mark.parametrize(
    ("size", "seats", "outside", "well"),
    [(5, 5, 4, True), (5, 5, 3, False), (5, 4, 4, False), (6, 6, 6, False), (3, 3, 3, False), (7, 7, 5, True)],
)
def test_a_panel_is_well_composed_when_full_odd_large_and_from_outside(size, seats, outside, well):
    assert panels.well_composed(seats, outside, of(size)) is well
