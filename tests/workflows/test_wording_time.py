"""Words are found in time that grows with the text, however it is made up, and quotations are told apart rightly."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows import wording
from workflows.policy import Policy

LEXICON = Policy.base().lexicon
MADE_UP = {
    "open": "“" * 60_000,
    "mixed": '“"‘「' * 15_000,
    "shut": "“" * 30_000 + '"' * 30_000,
    "not": "不得不" * 20_000,
}


@pytest.mark.parametrize("text", MADE_UP.values(), ids=MADE_UP)
def test_a_text_made_up_to_draw_the_search_out_is_read_soon(text):
    begun = time.process_time()
    assert wording.seen(text, LEXICON) == ()
    assert time.process_time() - begun < 5  # without a bound on the way it took minutes


@given(st.text(alphabet='“”‘’"「」 \n保底稳赚不得甲', max_size=60))
def test_each_place_knows_the_innermost_quotation_it_stands_in(text):
    quotations = list(wording._quotations(text))
    for place, found in enumerate(wording._innermost(text)):
        around = [(o, c) for o, c in quotations if o < place < c - 1]
        assert found == max(around, default=None)
