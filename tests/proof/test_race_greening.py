"""Two press on one report of completed area at the same moment: one is heard, the other reads why not."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from registry.queries import greening as ask
from registry.queries import timeline
from tests import greening, postgres
from tests.proof.city import City
from tests.proof.racers import Racers
from workflows.states import CompletionState, Greening
from workflows.units import PERIODS

NO_SERVER = pytest.mark.skipif(bool(postgres.why_not()), reason=f"PostgreSQL: {postgres.why_not()}")
ENGINES = ["sqlite", pytest.param("postgresql", marks=NO_SERVER)]
QUICK, LONG = 2, 60
C = CompletionState
RETURNED = {"words": "面积不符"}

Pressed = tuple[str, str, str, dict[str, Any]]
"""Which report, which act, who, what they typed."""


@dataclass(frozen=True)
class Race:
    """Two presses of which one may win; what the other may read, and the mu that count for the unit afterwards."""

    presses: tuple[Pressed, Pressed]
    losers: tuple[str, ...] = ("Stale", "NotOpen")
    counts: tuple[int, ...] = (120,)


RACES = {
    "two officers confirm": Race(
        (("sent", "confirm_completion", "officer", {}), ("sent", "confirm_completion", "officer2", {}))
    ),
    "one confirms, one returns": Race(
        (("sent", "confirm_completion", "officer", {}), ("sent", "return_completion", "officer2", RETURNED)),
        counts=(0, 120),
    ),
    "confirmed while the unit takes it back": Race(
        (("sent", "confirm_completion", "officer", {}), ("sent", "withdraw_completion", "daiyue", {})), counts=(0, 120)
    ),
    "two reports of one unit, year and kind": Race(
        (("one", "report_completion", "daiyue", {}), ("other", "report_completion", "daiyue", {})),
        losers=("Refused G15",),
        counts=(0,),
    ),
}


@contextmanager
def course(engine: str) -> Iterator[tuple[City, Racers, dict[str, int]]]:
    """A city with a report sent and two drafts of one thing, and two who press."""
    with tempfile.TemporaryDirectory(prefix="tailin-greening-", dir=postgres.memory()) as folder:
        city = City(engine, Path(folder))
        with city.running():
            unit = greening.settle(city.world)["daiyue"]
            drafts = [greening.draft(city.world, unit, kind=Greening.QUALITY) for _ in range(2)]
            reports = {"sent": greening.reported(city.world, unit), "one": drafts[0], "other": drafts[1]}
        racers = Racers(2, city.url, Path(folder), city.people)
        try:
            yield city, racers, reports
        finally:
            racers.close()
            city.close()


def raced(engine: str, rounds: int) -> None:
    """Each race from the same start, the one first and then the other, at once or a moment apart."""
    with course(engine) as (city, racers, reports):
        start = city.keep()
        for n in range(rounds):
            gap_s = 0.0 if n % 2 == 0 else 0.001 * (n % 7)
            for name, race in RACES.items():
                city.go_back(start)
                presses = race.presses[::-1] if n // 2 % 2 else race.presses
                with city.running():
                    seen = {key: greening.row(report).version for key, report in reports.items()}
                city._let_go()
                asked = [
                    (("greening", reports[key]), (act, who, seen[key], dict(typed))) for key, act, who, typed in presses
                ]
                answers = racers.race(asked, gap_s)
                told = f"{engine}, {name}: {answers}"
                assert sorted(answer == "ok" for answer in answers) == [False, True], told
                assert all(answer in ("ok", *race.losers) for answer in answers), told
                with city.running():
                    _one_was_heard(city, reports, presses[answers.index("ok")], race)


def _one_was_heard(city: City, reports: dict[str, int], won: Pressed, race: Race) -> None:
    """State, person and trail are the winner's alone, and what counts is what was confirmed, once."""
    key, act, who, _typed = won
    row = greening.row(reports[key])
    ends = {"confirm_completion": C.CONFIRMED, "return_completion": C.RETURNED, "withdraw_completion": C.DRAFT}
    assert row.state is ends.get(act, C.REPORTED)
    if act in ("confirm_completion", "return_completion"):
        assert row.decided_by_id == city.people[who]
    # One line for the report sent beforehand, one for the winner.
    assert len(timeline.of_record("greening", reports[key])) == (2 if key == "sent" else 1)
    counted = sum(ask.completed(PERIODS[1]).values(), Decimal(0))
    assert counted in race.counts
    assert (counted > 0) == (row.state is C.CONFIRMED)


@pytest.mark.parametrize("engine", ENGINES)
def test_of_two_who_press_on_a_report_at_once_one_is_heard(engine: str) -> None:
    raced(engine, QUICK)


@pytest.mark.long
@pytest.mark.parametrize("engine", ENGINES)
def test_of_two_who_press_on_a_report_one_is_heard_each_of_many_times(engine: str) -> None:
    raced(engine, LONG)
