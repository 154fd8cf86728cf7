"""A case as the independent model keeps it: where the registry has tables, dictionaries by round.

Like the whole model it imports nothing of ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.proof.panel import Panel
from tests.proof.table import GATES

READS = {
    "acceptance": {"name", "papers", "missing"},
    "screening": {"name", "parcels", "disputed", "corridor"},
    "risk_review": {"name", "parcels", "disputed", "corridor", "contract", "papers", "missing"},
    "validation": {"name", "parcels", "disputed", "corridor"},
    "registration": {"name", "parcels", "disputed", "corridor", "contract", "papers", "missing"},
}
"""What each gate judges by; contact details are read by none."""
FRESH = {"name": 0, "contact": 0, "parcels": 0, "contract": 0, "papers": 0}
FRESH |= {"disputed": False, "corridor": False, "missing": False, "undone": False}
FIELD = {
    "basics.contact_phone": {"contact"},
    "contract.note": {"contract"},
    "parcels.p1.area": {"parcels", "disputed"},
    "documents.pdd": {"uploaded"},
}
"""The fields a notice may name, and what of the application they are."""
EDITABLE = {"draft", "correction_requested", "validation", "registration", "registered"}
GROUP = {"member", "deputy_chair", "chair"}
QUORUM, LEAST, OFFICERS, RECONSIDERERS, REVIEW_DAYS = (2, 3), 3, 2, 3, 7


@dataclass
class Person:
    """Somebody: one office of the bureau or none, and organisations with the days they were joined on."""

    office: str | None = None
    orgs: dict[str, int] = field(default_factory=dict)


@dataclass
class Meeting:
    """A meeting: when it is held (days from the first), who is in the room, what it has on its agenda."""

    held: int
    state: str = "planned"
    version: int = 1
    room: set[str] = field(default_factory=set)
    open_items: int = 0
    items: int = 0


@dataclass
class Sitting:
    """An open sitting on one question; `members` by seat, the first head among them named at the tabling."""

    question: str
    members: tuple[str, ...]
    head: str | None
    meeting: Meeting
    opened: int = 0
    called_by: str | None = None
    recused: set[str] = field(default_factory=set)
    proposed: dict[str, bool | None] = field(default_factory=dict)
    votes: dict[str, str] = field(default_factory=dict)

    def entitled(self) -> list[str]:
        return [m for m in self.members if m not in self.recused]

    def here(self) -> list[str]:
        return [m for m in self.entitled() if m in self.meeting.room]

    def silent(self) -> list[str]:
        """In the room, entitled, and without a vote."""
        return [m for m in self.here() if m not in self.votes]

    def count(self, choice: str) -> int:
        return sum(v == choice for v in self.votes.values())

    def quorum(self) -> int:
        return max(-(-len(self.entitled()) * QUORUM[0] // QUORUM[1]), LEAST)

    def quorate(self) -> bool:
        return len(self.votes) >= self.quorum()

    def carried(self) -> bool:
        """More than half of those entitled, whoever voted."""
        return 2 * self.count("for") > len(self.entitled())

    def lost(self) -> bool:
        outstanding = len(self.entitled()) - len(self.votes)
        return 2 * (self.count("for") + outstanding) <= len(self.entitled())


DAYS_OF_NOTICE = 7
FIRST_DAY = date(2026, 3, 2)
OFF = {date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 4), date(2026, 5, 5), date(2026, 6, 19)}
WORKED = {date(2026, 5, 9)}
"""Weekdays off and weekend days worked, as far as a walk gets (the State Council's notice for 2026)."""


def last_day_of_notice(opened: int) -> int:
    """The seventh working day after the day of opening, both counted from the first day of the walk."""
    left, day = DAYS_OF_NOTICE, opened
    while left:
        day += 1
        left -= people_work_on(day)
    return day


def people_work_on(day: int) -> bool:
    on = FIRST_DAY + timedelta(days=day)
    return (on.weekday() < 5 and on not in OFF) or on in WORKED


@dataclass
class Notice:
    """The public notice of a round, by its first and last day; what was handed in is kept with the case."""

    last: int
    ended: bool = False


@dataclass
class Raised:
    """Something handed in: whether it is about the tenure of a parcel (None: of all), and who answered how."""

    round: int
    tenure: bool
    parcel: str | None
    officer: str | None = None
    applicant: bool = False


@dataclass
class Gate:
    """How a gate of a round was closed; `read` is what it judged by."""

    passed: bool
    read: Mapping[str, Any]
    origin: int


@dataclass
class Case:
    """One case, with everything that was ever said of it, by round."""

    scheme: str
    collective: bool = False
    person: bool = False
    state: str = "draft"
    returns_to: str | None = None
    round: int = 0
    version: int = 1
    number: int | None = None
    entry_number: int | None = None
    accepted_on: int | None = None
    suspended_by: str | None = None
    opened: dict[int, int] = field(default_factory=dict)
    rounds: dict[int, dict[str, Any]] = field(default_factory=dict)
    unheard: bool = False
    """The last adjournment was for want of a quorum."""
    prep: dict[str, Any] | None = None
    gates: dict[tuple[int, str], Gate] = field(default_factory=dict)
    sheets: dict[tuple[int, str], dict[str, str]] = field(default_factory=dict)
    signed: list[tuple[int, str, dict[str, str]]] = field(default_factory=list)
    checks: list[tuple[int, int, set[str]]] = field(default_factory=list)
    """Every version of a record of a site check: (round, number of the record, who signed)."""
    sent: list[tuple[int, int]] = field(default_factory=list)
    """(round, day) of every time the file went to the lawyer."""
    opinions: list[tuple[int, str, str, bool]] = field(default_factory=list)
    sitting: Sitting | None = None
    panels: list[Panel] = field(default_factory=list)
    seated: set[str] = field(default_factory=set)
    aside: set[str] = field(default_factory=set)
    """Whoever stood aside in a sitting, or should have: in this case for good."""
    decided: dict[tuple[int, str], dict[str, str]] = field(default_factory=dict)
    """The votes behind a gate, by the round in which it was closed."""
    conditions: dict[int, list[str]] = field(default_factory=dict)
    notices: dict[int, tuple[str, ...]] = field(default_factory=dict)
    on_notice: dict[int, Notice] = field(default_factory=dict)
    raised: list[Raised] = field(default_factory=list)
    apart: dict[str, int] = field(default_factory=dict)
    recon: dict[int, str] = field(default_factory=dict)
    reopened: bool = False
    entries: list[int] = field(default_factory=list)
    had_part: set[str] = field(default_factory=set)
    clocks: dict[str, Any] = field(default_factory=dict)
    """Those that run or stand still, by name (`tests/proof/clocks.py`)."""
    log: list[tuple[Any, ...]] = field(default_factory=list)

    def shown(self) -> int:
        """The round whose answers stand."""
        if self.state in {"registered", "revoked", "closed"} and self.entries:
            return max(self.entries)
        return self.round

    def prepare(self) -> dict[str, Any]:
        """The answers of the next submission, copied from those that stand."""
        if self.prep is None:
            self.prep = {**(self.rounds[self.shown()] if self.round else FRESH), "uploaded": False}
        return self.prep

    def change(self, part: str) -> None:
        """The applicant works on a part of the next submission."""
        prep = self.prepare()
        if part == "papers":
            newest = max(p["papers"] for p in (prep, *self.rounds.values()))
            prep |= {"papers": newest + 1, "missing": False, "uploaded": True}
        elif part in {"disputed", "corridor", "undone"}:
            prep[part] = not prep[part]
        else:
            prep[part] += 1

    def left(self, round_no: int) -> set[str]:
        """The parcels that are part of a round."""
        return {p for p in ("p1", "p2") if self.apart.get(p, round_no + 1) > round_no}

    def in_dispute(self) -> set[str]:
        """Parcels whose tenure was objected to, until an officer finds nothing in it; all of them only this round."""
        found: set[str] = set()
        for raised in self.raised:
            if raised.tenure and raised.officer != "unfounded":
                found |= {raised.parcel} if raised.parcel else {"p1", "p2"} if raised.round == self.round else set()
        return found & self.left(self.round)

    def unanswered(self) -> int:
        return sum(r.officer is None or not r.applicant for r in self.raised)

    def passed(self) -> set[str]:
        return {g for g in GATES if (self.round, g) in self.gates and self.gates[self.round, g].passed}

    def approval_round(self) -> int:
        """The round whose approval, with its conditions, is in force."""
        gate = self.gates.get((self.round, "risk_review"))
        return gate.origin if gate else self.round

    def opinion(self, kind: str) -> str | None:
        rounds = {self.round, self.approval_round()} if kind == "legal" else {self.round}
        given = [conclusion for r, k, conclusion, _ in self.opinions if k == kind and r in rounds]
        return given[-1] if given else None

    def panel(self) -> Panel | None:
        """The round's panel at work or counted."""
        return next((p for p in self.panels if p.round == self.round and p.result != "broken_off"), None)

    def at_work(self) -> Panel | None:
        panel = self.panel()
        return panel if panel and panel.result is None else None

    def checks_now(self) -> dict[int, tuple[int, set[str]]]:
        """Number of each record of the round → the place of its last version among all, and who signed that."""
        return {no: (place, signed) for place, (r, no, signed) in enumerate(self.checks) if r == self.round}

    def reviewed_in_time(self, days: int, today: int) -> bool:
        """The lawyer had so many whole working days, or said that it was enough."""
        rounds = {self.round, self.approval_round()}
        said = [enough for r, k, _, enough in self.opinions if k == "legal" and r in rounds]
        sent = [day for r, day in self.sent if r in rounds]
        return bool(said and said[-1]) or bool(sent and whole_working_days(sent[-1], today) >= days)

    def standing(self) -> set[str]:
        """Officers whose signature covers what they answer now."""
        return {w for r, w, what in self.signed if r == self.round and what == self.sheets[r, w]}

    def carried(self, content: Mapping[str, Any]) -> list[str]:
        """The leading gates of this round that would say the same of other answers."""
        keeps = []
        for name in GATES:
            gate = self.gates.get((self.round, name))
            if gate is None or not gate.passed or gate.read != read(name, content):
                break
            keeps.append(name)
        return keeps


def whole_working_days(after: int, before: int) -> int:
    """Days people work between two days, both of them left out."""
    return sum(people_work_on(day) for day in range(after + 1, before))


def read(gate: str, content: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in content.items() if k in READS[gate]}
