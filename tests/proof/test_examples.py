"""Short walks in which the model and the registry once disagreed, found by long random searches."""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests import postgres
from tests.proof.case import Case
from tests.proof.city import City
from tests.proof.pair import Pair
from tests.proof.test_machine import straight, tabled


@pytest.fixture
def pair() -> Iterator[Pair]:
    with tempfile.TemporaryDirectory(prefix="tailin-example-", dir=postgres.memory()) as folder:
        city = City("sqlite", Path(folder))
        try:
            yield Pair(city)
        finally:
            city.close()


def pass_until(pair: Pair, day: int) -> None:
    """Go on to a day, counted from Monday, 2 March 2026."""
    pair.city.clock.move(days=day - pair.model.today)
    pair.model.today = day


def test_a_day_off_is_no_working_day_of_the_legal_review(pair: Pair) -> None:
    """Sent on 30 March, with Tomb-Sweeping Day on Monday 6 April between: the seventh whole day is 9 April."""
    pair.draft(Case("ccer", collective=True))
    straight(pair, "methodology_screening")
    pass_until(pair, 28)
    assert pair.ask(0, "send_for_legal_review", "officer", {}) == "ok"
    straight(pair, "risk_review")
    opinion = {"conclusion": "favourable", "time_sufficient": False}
    assert pair.ask(0, "give_legal_opinion", "legal", opinion) == "ok"
    (plan, (action, who, data)) = tabled("risk_review")
    for day, comes_of_it in ((38, frozenset({"S18"})), (39, "ok")):
        pass_until(pair, day)
        pair.ask(0, *plan)
        assert pair.ask(0, action, who, pair.last_meeting(data)) == comes_of_it
    assert pair.city.clock.at - pair.city.start > timedelta(days=38)


def test_a_chair_who_comes_back_after_the_deputy_put_the_question_does_not_preside(pair: Pair) -> None:
    pair.draft(Case("ccer"))
    straight(pair, "risk_review")
    without = {"on": -1, "present": ["deputy", "member1", "member2", "member3"]}
    steps = [
        *tabled("risk_review"),
        ("open_meeting", "chair", {"on": -1}),
        ("note_attendance", "secretary", without),
        ("call_vote", "deputy", {}),
        ("note_attendance", "secretary", without | {"present": ["chair", *without["present"]]}),
    ]
    for action, who, data in steps:
        assert pair.ask(0, action, who, pair.last_meeting(data)) == "ok"
    assert pair.ask(0, "call_vote", "chair", {}) == {"S69", "S71"}
    assert pair.ask(0, "call_vote", "deputy", {}) == {"S69"}


def test_a_case_on_an_agenda_is_not_tabled_for_no_meeting(pair: Pair) -> None:
    pair.draft(Case("ccer"))
    straight(pair, "risk_review")
    for action, who, data in tabled("risk_review"):
        assert pair.ask(0, action, who, pair.last_meeting(data)) == "ok"
    again = {"question": "risk_review", "meeting": None}
    assert pair.ask(0, "table", "secretary", again) == {"S37", "S68"}


def test_a_late_delivery_is_no_longer_waited_for_where_a_flaw_is_found(pair: Pair) -> None:
    pair.draft(Case("ccer"))
    straight(pair, "validation")
    pass_until(pair, 18)
    assert pair.ask(0, "find_flaw", "supervisor", {"gate": "risk_review", "member": None}) == "ok"


def test_a_case_nobody_answered_is_accepted_as_of_the_day_it_came_in(pair: Pair) -> None:
    pair.draft(Case("ccer"))
    assert pair.ask(0, "submit", "owner", {}) == "ok"
    for day, comes_of_it in ((7, frozenset({"S40"})), (8, "ok")):
        pass_until(pair, day)
        assert pair.ask(0, "deem_accepted", None, {}) == comes_of_it
    straight(pair, "risk_review")
