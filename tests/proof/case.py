"""A case as the independent model keeps it: where the registry has tables, dictionaries by round.

Like the whole model it imports nothing of ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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
class Sitting:
    """An open sitting on one question."""

    question: str
    members: tuple[str, ...]
    presides: str | None
    opened: int = 0
    votes: dict[str, str] = field(default_factory=dict)

    def count(self, choice: str) -> int:
        return sum(v == choice for v in self.votes.values())

    def quorate(self) -> bool:
        share = -(-len(self.members) * QUORUM[0] // QUORUM[1])
        return len(self.votes) >= max(share, LEAST)

    def carried(self) -> bool:
        """More than half of those entitled, whoever voted."""
        return 2 * self.count("for") > len(self.members)

    def lost(self) -> bool:
        outstanding = len(self.members) - len(self.votes)
        return 2 * (self.count("for") + outstanding) <= len(self.members)


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
    seated: set[str] = field(default_factory=set)
    conditions: dict[int, list[str]] = field(default_factory=dict)
    notices: dict[int, tuple[str, ...]] = field(default_factory=dict)
    recon: dict[int, str] = field(default_factory=dict)
    reopened: bool = False
    entries: list[int] = field(default_factory=list)
    had_part: set[str] = field(default_factory=set)
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
    """Days people work between two days of March 2026, counted from Monday the 2nd; no holiday falls in it."""
    return sum(day % 7 < 5 for day in range(after + 1, before))


def read(gate: str, content: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in content.items() if k in READS[gate]}
