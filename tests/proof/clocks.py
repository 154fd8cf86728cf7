"""The clocks a second time: days are stepped one at a time over the notices as they were typed in.

Like the whole model it imports nothing of ours. A day is the number of days since the model's first (2 March 2026).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.notices import DAYS_OFF, DAYS_WORKED
from tests.proof.case import Case

FIRST = date(2026, 3, 2)
LENGTH = {"acceptance": 5, "correction": 10, "decision": 20, "entry": 20, "ask": 15, "answer": 30}
LENGTH |= {"delivery": 10, "objection": 5}
MORE = 10
HOME = {
    "acceptance": {"submitted"},
    "correction": {"correction_requested"},
    "decision": {"methodology_screening", "risk_review"},
    "entry": {"registration"},
    "ask": {"rejected", "declined"},
    "answer": {"rejected", "declined"},
    "delivery": {"validation", "registration", "registered", "correction_requested", "suspended"}
    | {"amendment_review", "declined", "rejected", "revoked"},
    "objection": {"validation", "amendment_review", "correction_requested", "suspended"},
    "condition": {"validation", "registration", "correction_requested", "suspended"},
}
STANDS = {
    "acceptance": {"suspend"},
    "decision": {"suspend", "request_correction"},
    "entry": {"suspend"},
    "objection": {"suspend", "request_correction"},
}
UNDONE = {"delivery", "condition", "objection"}
"""Clocks that stand for good once the decision they run from is found to be flawed."""
BY_AN_ACT = {"ask", "answer", "condition", "delivery", "objection"}
"""Clocks that an act starts, wherever the case stands then."""
"""What makes a clock stand still; the act that leads back home lets it go on."""


def works(day: int) -> bool:
    on = FIRST + timedelta(days=day)
    return on in DAYS_WORKED or (on.weekday() < 5 and on not in DAYS_OFF)


@dataclass
class Clock:
    """A clock: its first day (not counted), how long, when it stood still; or a day that was named."""

    start: int
    length: int = 0
    named: int | None = None
    place: int = 0
    round: int = 0
    still: list[list[int | None]] = field(default_factory=list)
    panel: list[int | None] | None = None
    """The stretch of `still` in which a panel is at work."""
    unheard: list[int | None] | None = None
    """The stretch that began with a meeting without a quorum: ten working days at most."""
    asked: bool = False
    refused: bool = False
    longer: bool = False
    undone: bool = False
    sent: set[tuple[str, bool]] = field(default_factory=set)

    @property
    def stopped(self) -> bool:
        return any(until is None for _, until in self.still)

    def counted(self) -> Iterator[int]:
        """The days that count, for ever."""
        day = self.start
        while True:
            day += 1
            paused = any(a is not None and u is not None and a < day <= u for a, u in self.still)
            if works(day) and not paused:
                yield day

    def nth(self, number: int) -> int | None:
        """The day with a number, None while it stands still before it."""
        from_here = [a for a, until in self.still if until is None and a is not None]
        for n, day in enumerate(self.counted(), 1):
            if from_here and day > min(from_here):
                return None
            if n == number:
                return day
        return None

    @property
    def total(self) -> int:
        return self.length + MORE * self.longer

    def last(self) -> int | None:
        if self.undone:
            return None
        return self.named if self.named is not None else self.nth(self.total)

    def last_day(self) -> str | None:
        last = self.last()
        return None if last is None else str(FIRST + timedelta(days=last))


# What the rules ask -------------------------------------------------------------------------------------


def over(c: Case, name: str, today: int) -> bool:
    clock = c.clocks.get(name)
    last = clock.last() if clock else None
    return last is not None and last < today


def unmet(c: Case, today: int) -> bool:
    """A condition is neither reported nor confirmed though its day is over."""
    return any(
        k.named < today and c.conditions[k.round][k.place] == "open"
        for name, k in c.clocks.items()
        if name.startswith("condition")
    )


def passed(c: Case, action: str, today: int) -> bool:
    match action:
        case "deem_accepted":
            return over(c, "acceptance", today)
        case "lapse":
            clock = c.clocks["correction"]
            return over(c, "correction", today) and not (clock.asked and not clock.refused and not clock.longer)
        case "suspend":
            return unmet(c, today)
    return False  # nobody lives to the end of a crediting period here


def may_deliver(c: Case, today: int, days: int) -> bool:
    """A decision waits, and the day is neither before it nor to come."""
    clock = c.clocks.get("delivery")
    return clock is not None and clock.start <= today + days <= today


def may_ask(c: Case, today: int) -> bool:
    clock = c.clocks["correction"]
    return not (clock.asked or clock.longer or over(c, "correction", today))


def may_extend(c: Case) -> bool:
    name = {"correction_requested": "correction", "registration": "entry"}.get(c.state, "decision")
    clock = c.clocks.get(name)
    if clock is None or clock.longer:
        return False
    return name != "correction" or (clock.asked and not clock.refused)


def reminder(c: Case, name: str, today: int) -> str | None:
    """The reminder that is due, None where there is none."""
    clock = c.clocks.get(name)
    if clock is None or name == "ask" or clock.last() is None:
        return None
    if clock.named is not None:
        if c.conditions[clock.round][clock.place] != "open":
            return None
        days: list[tuple[str, int | None]] = [("due", clock.named)]  # it is named for the day itself
    else:
        half, near = clock.nth(-(-clock.total // 2)), clock.nth(clock.total - 3)
        assert half is not None
        assert near is not None
        days = [("half", half if half < near else None), ("near", near), ("due", clock.last())]
    days.append(("overdue", (clock.last() or 0) + 1))
    order = [kind for kind, _ in days]
    come = [kind for kind, day in days if day is not None and day <= today]
    sent = max((order.index(k) for k, longer in clock.sent if longer == clock.longer), default=-1)
    return come[-1] if come and order.index(come[-1]) > sent else None


# What an act does ---------------------------------------------------------------------------------------


def move(c: Case, action: str, before: str, today: int, data: Mapping[str, Any]) -> None:
    """Move the clocks of a case that an act has moved from one state to another."""
    moved = c.state != before
    for name, clock in list(c.clocks.items()):
        kind = name.partition(" ")[0]
        if clock.panel and c.at_work() is None:
            clock.panel[1], clock.panel = today, None
        clock.undone |= action == "find_flaw" and kind in UNDONE
        if action in STANDS.get(kind, ()):
            clock.still.append([today, None])
        elif moved and c.state not in HOME[kind]:
            del c.clocks[name]
        elif moved:
            for pause in clock.still:
                pause[1] = today if pause[1] is None else pause[1]
    for name, home in HOME.items():
        enters = moved and c.state in home and before not in home and name not in BY_AN_ACT
        if enters and name not in c.clocks:
            accepted = name == "decision" and action in {"accept", "deem_accepted"}
            start = c.accepted_on if accepted and c.accepted_on is not None else today
            c.clocks[name] = Clock(start, LENGTH[name])
    getattr(_Acts, action, lambda *_: None)(c, today, data)


def in_working_days(day: int, number: int) -> int:
    """The day so many working days on."""
    while number:
        day += 1
        number -= works(day)
    return day


class _Acts:
    """What some acts do besides."""

    @staticmethod
    def draw_panel(c: Case, today: int, data: Any) -> None:
        if clock := c.clocks.get("decision"):
            clock.panel = [today, None]
            clock.still.append(clock.panel)

    @staticmethod
    def adjourn(c: Case, today: int, data: Any) -> None:
        """A meeting without a quorum: the clock waits for the next, ten working days at most."""
        clock = c.clocks.get("entry" if c.state == "registration" else "decision")
        if clock and c.unheard:
            clock.unheard = [today, in_working_days(today, 10)]
            clock.still.append(clock.unheard)

    @staticmethod
    def table(c: Case, today: int, data: Any) -> None:
        for clock in c.clocks.values():
            if clock.unheard:
                clock.unheard[1], clock.unheard = min(today, clock.unheard[1] or today), None

    @staticmethod
    def request_reconsideration(c: Case, today: int, data: Any) -> None:
        c.clocks.pop("ask", None)
        c.clocks["answer"] = Clock(today, LENGTH["answer"])

    @staticmethod
    def reject(c: Case, today: int, data: Any) -> None:
        c.clocks["delivery"] = Clock(today, LENGTH["delivery"])

    register = decline = decide_amendment = revoke = reject

    @staticmethod
    def record_delivery(c: Case, today: int, data: Any) -> None:
        """The time to ask runs from the day of delivery, unless it was asked already."""
        del c.clocks["delivery"]
        if c.state in HOME["ask"] and c.round not in c.recon:
            c.clocks["ask"] = Clock(today + data.get("days", 0), LENGTH["ask"])

    confirm_receipt = record_delivery

    @staticmethod
    def object(c: Case, today: int, data: Any) -> None:
        c.clocks[f"objection {len(c.raised) - 1}"] = Clock(today, LENGTH["objection"])

    @staticmethod
    def answer_objection(c: Case, today: int, data: Any) -> None:
        if c.raised[data["place"]].officer:
            c.clocks.pop(f"objection {data['place']}", None)

    @staticmethod
    def uphold(c: Case, today: int, data: Any) -> None:
        del c.clocks["answer"]

    @staticmethod
    def approve_risk(c: Case, today: int, data: Any) -> None:
        c.clocks["delivery"] = Clock(today, LENGTH["delivery"])
        for place in range(data.get("conditions", 0)):
            c.clocks[f"condition {place}"] = Clock(today, named=today, place=place, round=c.round)

    @staticmethod
    def confirm_condition(c: Case, today: int, data: Any) -> None:
        round_no, place = data["condition"]
        for name, clock in list(c.clocks.items()):
            if name.startswith("condition") and (clock.round, clock.place) == (round_no, place):
                del c.clocks[name]

    @staticmethod
    def ask_extension(c: Case, today: int, data: Any) -> None:
        c.clocks["correction"].asked = True

    @staticmethod
    def extend(c: Case, today: int, data: Any) -> None:
        name = {"correction_requested": "correction", "registration": "entry"}.get(c.state, "decision")
        c.clocks[name].longer = data["granted"]
        c.clocks[name].refused = not data["granted"]

    @staticmethod
    def remind(c: Case, today: int, data: Any) -> None:
        clock = c.clocks[data["of"]]
        clock.sent.add((data["kind"], clock.longer))
