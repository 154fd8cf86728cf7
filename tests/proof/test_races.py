"""Two people press at the same moment, in real processes, on both engines: one wins, the other reads why not."""

import contextlib
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import postgres
from tests.proof.case import Case, last_day_of_notice
from tests.proof.city import City
from tests.proof.pair import Kept, Pair
from tests.proof.racers import Racers
from tests.proof.table import MEETING
from tests.proof.test_machine import asked, held, straight

NO_SERVER = pytest.mark.skipif(bool(postgres.why_not()), reason=f"PostgreSQL: {postgres.why_not()}")
ENGINES = ["sqlite", pytest.param("postgresql", marks=NO_SERVER)]
QUICK, LONG, REST = 2, 200, 60
"""Rounds of each race: in the quick run, of those that matter most in the long one, of the others there."""
MATTER_MOST = {
    *("approve against withdraw", "accept against withdraw", "register against suspend", "two officers accept"),
    *("object against ending the notice",),
    *("two officers pass", "submit twice", "two votes of one person"),
    *("vote against recusal", "vote against a recusal decided", "two secretaries table"),
    *("the question against leaving the room", "a vote against leaving the room", "closing against tabling"),
}
GROUP = ("deputy", "member1", "member2", "member3", "chair")
"""The five entitled, who presides last."""


@dataclass(frozen=True)
class Race:
    """Where it starts, who presses what, how many may win (0: one or more), and what the others may read."""

    start: str
    presses: tuple[tuple[str, str, dict[str, Any]], ...]
    winners: int = 1
    losers: tuple[str, ...] = ("Stale", "NotOpen")


def vote(who: str, choice: str = "for") -> tuple[str, str, dict[str, Any]]:
    return ("vote", who, {"choice": choice})


def leaves(*who: str) -> tuple[str, str, dict[str, Any]]:
    return ("note_attendance", "secretary", {"on": -1, "present": [w for w in GROUP if w not in who]})


TABLE = ("table", "secretary", {"question": "risk_review", "meeting": -1})
ANOTHER_TABLE = ("table", "secretary2", {"question": "risk_review", "meeting": -1})
UPHELD = ("decide_recusal", "chair", {"member": "member1", "upheld": True})
ACCEPT, PASS = ("accept", "officer", {}), ("pass_screening", "officer", {})
WITHDRAW = ("withdraw", "owner", {})
APPROVE, REGISTER = ("approve_risk", "chair", {"conditions": 0}), ("register", "chair", {})
OBJECT = ("object", "anybody", {"tenure": True, "parcel": "p2"})
END = ("close_notice", "officer", {"after": 2})


def answer(who: str) -> tuple[str, str, dict[str, Any]]:
    return ("answer_objection", who, {"place": 0, "outcome": "unfounded"})


RACES = {
    # A tabled case is not withdrawn (S43): whoever comes first, the approval stands.
    "approve against withdraw": Race("risk_review voted", (APPROVE, WITHDRAW), losers=("Stale", "Refused S43")),
    "register against withdraw": Race("registration voted", (REGISTER, WITHDRAW), losers=("Stale", "Refused S43")),
    "accept against withdraw": Race("submitted", (ACCEPT, WITHDRAW)),
    "pass against withdraw": Race("screened", (PASS, WITHDRAW)),
    "pass the validation against withdraw": Race("validated", (("pass_validation", "officer", {}), WITHDRAW)),
    "register against suspend": Race("registration voted", (REGISTER, ("suspend", "officer2", {}))),
    "approve against suspend": Race("risk_review voted", (APPROVE, ("suspend", "officer2", {}))),
    "approve against reject": Race("risk_review voted", (APPROVE, ("reject", "chair", {}))),
    "table against withdraw": Race("planned", (TABLE, WITHDRAW)),
    "two officers accept": Race("submitted", (ACCEPT, ("accept", "officer2", {}), ("accept", "officer3", {}))),
    "two officers pass": Race("screened", (PASS, ("pass_screening", "officer2", {}))),
    "two secretaries table": Race("planned", (TABLE, ANOTHER_TABLE)),
    "vote against recusal": Race(
        "called", (vote("member1"), ("declare_recusal", "member1", {})), losers=("Refused S09", "NotVisible")
    ),
    "vote against a recusal decided": Race(
        "called, a recusal proposed", (vote("member1"), UPHELD), losers=("Refused S65", "NotVisible")
    ),
    # With four of five in the room: whoever leaves first takes the quorum along; afterwards it is on record.
    "the question against leaving the room": Race(
        "in the room", (("call_vote", "chair", {}), leaves("member3", "member2")), winners=0, losers=("Refused S11",)
    ),
    "a vote against leaving the room": Race(
        "called", (vote("member1"), leaves("member1")), winners=0, losers=("Refused S67",)
    ),
    "closing against tabling": Race(
        "adjourned", (("close_meeting", "chair", {"on": -1}), TABLE), losers=("Refused S68", "Refused S73")
    ),
    "calling off against tabling": Race(
        "planned", (("call_off", "secretary", {"on": -1}), TABLE), losers=("Refused S68", "Refused S73")
    ),
    "submit twice": Race("draft", (("submit", "owner", {}),) * 4),
    "register twice": Race("registration voted", (REGISTER,) * 3),
    "two votes of one person": Race("called", (vote("member1"), vote("member1", "against")), losers=("Refused S39",)),
    "one officer signs twice": Race("answered", (("sign_screening", "officer", {}),) * 2, losers=("Refused S36",)),
    "a late vote against the approval": Race(
        "risk_review almost voted", (APPROVE, vote("member3", "against")), winners=0, losers=("Stale", "NotOpen")
    ),
    # The last second of the last day, and the first of the next: the objection is in time, if it comes first.
    "object against ending the notice": Race("last evening", (OBJECT, END), losers=("Refused S60", "Refused S64a")),
    "two officers answer": Race("objected", (answer("officer"), answer("officer2")), losers=("Stale", "Refused S64b")),
    "officer and applicant answer": Race(
        "objected", (answer("officer"), answer("owner")), winners=0, losers=("Stale",)
    ),
    "two officers open the notice": Race(
        "validation", (("open_notice", "officer", {}), ("open_notice", "officer2", {})), losers=("Stale", "Refused S62")
    ),
    "the whole group votes at once": Race("called", tuple(vote(w) for w in GROUP[:4]), winners=4),
}


class Track:
    """One engine's city, its starts, and the racers."""

    def __init__(self, engine: str, folder: Path) -> None:
        self.city = City(engine, folder)
        self.pair = Pair(self.city)
        self.starts = self._starts()
        self.racers = Racers(4, self.city.url, folder, self.city.people)

    def close(self) -> None:
        self.racers.close()
        self.city.close()

    def _starts(self) -> dict[str, Kept]:
        pair, starts = self.pair, {}
        pair.draft(Case("ccer"))
        starts["draft"] = pair.keep()
        for state in ("submitted", "methodology_screening", "risk_review", "validation", "registration"):
            straight(pair, state)
            starts[state] = pair.keep()
        sheet = [("answer_condition", w, {"rest": "met", "one": "met"}) for w in ("officer", "officer2")]
        signed = [("sign_screening", w, {}) for w in ("officer", "officer2")]
        here = {"on": -1, "present": [w for w in GROUP if w != "member3"]}
        everybody = ("note_attendance", "secretary", {"on": -1, "present": list(GROUP)})
        spoken = [vote(w) for w in GROUP if w != "member3"]
        # member3 comes in when the four others have spoken: the approval stands on four of five already.
        almost = [("call_vote", "chair", {}), *spoken, everybody]
        adjourned = [("open_meeting", "chair", {"on": -1}), ("adjourn", "chair", {})]
        for name, begin, acts in (
            ("answered", "methodology_screening", sheet),
            ("screened", "answered", signed),
            ("planned", "risk_review", [("plan", "secretary", {})]),
            ("tabled", "planned", [TABLE]),
            ("in the room", "tabled", [("open_meeting", "chair", {"on": -1}), ("note_attendance", "secretary", here)]),
            ("adjourned", "tabled", adjourned),
            ("called", "in the room", [everybody, ("call_vote", "chair", {})]),
            ("called, a recusal proposed", "called", [("propose_recusal", "secretary", {"member": "member1"})]),
            ("risk_review almost voted", "in the room", almost),
            ("risk_review voted", "called", [vote(w) for w in GROUP]),
            (
                "registration voted",
                "registration",
                held("registration"),
            ),
        ):
            pair.go_back(starts[begin])
            for act in acts:
                asked(pair, act)
            starts[name] = pair.keep()
        pair.go_back(starts["validation"])
        assert pair.ask(0, "open_notice", "officer", {}) == "ok"
        open_ = pair.keep()
        assert pair.ask(0, *OBJECT) == "ok"
        starts["objected"] = pair.keep()
        pair.go_back(open_)
        pair.pass_days(0)
        for act in (("close_notice", "officer", {}), ("file_validation", "vvb", {"conclusion": "favourable"})):
            assert pair.ask(0, *act) == "ok", act
        starts["validated"] = pair.keep()
        pair.go_back(open_)
        last = last_day_of_notice(pair.model.today)
        pair.model.today, start = last, self.city.start
        self.city.clock.set((start + timedelta(days=last)).replace(hour=15, minute=59, second=59))  # in UTC
        starts["last evening"] = pair.keep()
        return starts

    def run(self, race: Race, gap_s: float, first: int) -> tuple[str, ...]:
        """One race from a fresh start, in another order each time; what each press came to, in the race's order."""
        pair, city = self.pair, self.city
        pair.go_back(self.starts[race.start])
        case = pair.model.cases[0]
        with city.running():
            pressed = [self._sent(case, *press) for press in race.presses]
        city._let_go()
        turn = first % len(pressed)
        answers = self.racers.race(pressed[turn:] + pressed[:turn], gap_s)
        answers = answers[-turn:] + answers[:-turn] if turn else answers
        won = [press for press, answer in zip(race.presses, answers, strict=True) if answer == "ok"]
        self._told(won)
        return tuple(answers)

    def _sent(self, case: Case, action: str, who: str, data: dict[str, Any]) -> Any:
        """(subject, press) as a racer takes it; `after`: seconds after the walk's hour, for what hangs on the day."""
        pair, city = self.pair, self.city
        data = pair.last_meeting(data)
        at = city.clock.at + timedelta(seconds=data.get("after", 0))
        if action in MEETING:
            version = pair.model.meetings[data["on"]].version
            return ("meeting", city.meetings[data["on"]]), (
                action,
                who,
                version,
                {**city.sent_to_meeting(data), "at": at},
            )
        sent = city.sent(pair.ids[0], action, {k: v for k, v in data.items() if k != "after"})
        seen = None if who == "anybody" else case.version
        return ("project", pair.ids[0]), (action, who, seen, {**sent, "at": at})

    def _told(self, won: list[Any]) -> None:
        """The rows say that the winners acted, in an order in which they may, and nobody else did."""
        pair = self.pair
        rows = pair.city.rows()
        case = pair.model.cases[0]
        for event in pair.city.table(rows, "audit_events")[len(pair.before["audit_events"]) :]:
            action, who = event["action"].partition(":")[2], pair.city.names.get(event["actor_id"])
            who = "anybody" if event["actor_role"] == "public" else who
            press = next(p for p in won if (p[0], p[1]) == (action, who))
            won.remove(press)
            data = pair.last_meeting(press[2])
            if action in MEETING:
                assert pair.model.judge_meeting(data["on"], action, who, None) == "ok"
            elif "after" not in data:  # else the day turned between the two
                assert pair.model.judge(case, action, who, None, data) == "ok"
            pair.model.perform(case, action, who, data)
        assert won == []
        pair.before = rows
        pair.at_the_end()


@contextlib.contextmanager
def track(engine: str) -> Iterator[Track]:
    with tempfile.TemporaryDirectory(prefix="tailin-race-", dir=postgres.memory()) as folder:
        found = Track(engine, Path(folder))
        try:
            yield found
        finally:
            found.close()


def as_told(race: Race, answers: tuple[str, ...]) -> bool:
    """As many winners as may be, and every loser told in a word that has a page."""
    wins = sum(a == "ok" for a in answers)
    readable = all(a == "ok" or a in race.losers for a in answers)
    return readable and (wins == race.winners or (race.winners == 0 and wins >= 1))


def raced(engine: str, rounds: int, others: int) -> dict[str, Counter[tuple[str, ...]]]:
    found: dict[str, Counter[tuple[str, ...]]] = {name: Counter() for name in RACES}
    with track(engine) as course:
        for name, race in RACES.items():
            for n in range(rounds if name in MATTER_MOST else others):
                gap_s = 0.0 if n % 2 == 0 else 0.001 * (n % 7)
                answers = course.run(race, gap_s, n // 2)
                found[name][answers] += 1
                assert as_told(race, answers), f"{engine}, {name}: {answers}"
        found["slowest"] = Counter({(f"{course.racers.slowest * 1000:.0f} ms",): 1})
    return found


@pytest.mark.parametrize("engine", ENGINES)
def test_of_two_who_press_at_once_one_wins_and_the_other_reads_why(engine: str) -> None:
    raced(engine, QUICK, QUICK)


@pytest.mark.long
@pytest.mark.parametrize("engine", ENGINES)
def test_hundreds_of_races_have_one_winner_each(engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = raced(engine, LONG, REST)
    with capsys.disabled():
        print(f"\n{engine}: {LONG} rounds of the races that matter most, {REST} of the others")
        for name, answers in found.items():
            shown = (f"{n}x {' / '.join(words)}" for words, n in answers.most_common())
            print(f"  {name}: {'; '.join(shown)}")
