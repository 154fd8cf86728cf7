"""Forged clocks, pauses, reminders and notices of the calendar: what the database must say, and the statements."""

from typing import Any

from tests.services.forging import AT, DIGEST, Forge, Stage, Step, delete, emptied, gate, insert, last, link, update

LATER = "2026-03-20 01:00:00.000000"


def clock(s: Stage, case: str, kind: str = "correction", due_on: str = "2026-03-01", **changed: Any) -> Step:
    """A running clock of a case."""
    values = {
        "id": 9001,
        "case_id": s.cases[case],
        "round_no": 1,
        "kind": kind,
        "ref": 9,
        "started_on": "2026-02-02",
        "length": 10,
        "unit": "working_days",
        "start_counts": False,
        "extended": 0,
        "due_on": due_on,
        "provisional": False,
    }
    return insert("clocks", **(values | changed))


def pause(**changed: Any) -> Step:
    values = {"id": 9001, "clock_id": 9001, "act": "suspend", "after_on": "2026-02-05"}
    return insert("clock_pauses", **(values | changed))


def reminder(**changed: Any) -> Step:
    return insert("clock_reminders", **({"clock_id": 9001, "kind": "near", "extended": 0, "sent_at": AT} | changed))


def delivery(s: Stage, **changed: Any) -> Step:
    values = {"id": 9001, "case_id": s.cases["risk"], "clock_id": 9001, "way": "post", "delivered_on": "2026-02-09"}
    return insert("deliveries", **(values | {"recorded_at": AT, "recorded_by_id": 1} | changed))


def lapsed(s: Stage) -> Step:
    return update("cases", f"id = {s.cases['risk']}", state="lapsed", state_since=AT)


def notice_in_chain(s: Stage, year: int = 2030) -> list[Step]:
    """The import of a notice as the next link of the chain."""
    detail = f'{{"digest":"{DIGEST}"}}'
    return [link(s, subject_kind="calendar", subject_id=year, detail=detail)]


def year(s: Stage, number: int = 2030, **changed: Any) -> Step:
    values = {"year": number, "source": "https://www.gov.cn/x", "digest": DIGEST, "seq": last(s) + 1}
    return insert("calendar_years", **(values | changed))


FIXED, KEPT = "what a clock was started with, and one that has ended, stay", "clocks are kept"
ONCE, IN_CHAIN = "a clock is extended once", "a notice stands in the chain with its digest"
IN_TIME, DEEMED = "a case lapses once the time for corrections has passed", "nothing is deemed accepted before its time"
DOUBLE = "uq_clocks_running|UNIQUE constraint failed"

ALLOWED: dict[str, Forge] = {
    "a clock extended, counted again and ended": lambda s: [
        clock(s, "risk"),
        update("clocks", "id = 9001", extended=10, due_on="2026-03-20"),
        update("clocks", "id = 9001", ended_on="2026-03-02", ended_by="resubmit"),
    ],
    "a pause ended": lambda s: [
        clock(s, "risk"),
        pause(),
        update("clock_pauses", "id = 9001", until_on="2026-02-09", until_act="resume"),
    ],
    "a lapse once the window is over": lambda s: [clock(s, "risk"), lapsed(s)],
    "a notice with its link": lambda s: [*notice_in_chain(s), year(s)],
    "the same reminder after an extension": lambda s: [clock(s, "risk"), reminder(), reminder(extended=10)],
}
FORGERIES: dict[str, tuple[str, Forge]] = {
    "a clock made longer": (FIXED, lambda s: [clock(s, "risk"), update("clocks", "id = 9001", length=20)]),
    "a clock set back": (FIXED, lambda s: [clock(s, "risk"), update("clocks", "id = 9001", started_on="2026-02-20")]),
    "the day of a condition moved": (
        FIXED,
        lambda s: [
            clock(s, "risk", "condition", named_on="2026-06-01"),
            update("clocks", "id = 9001", named_on="2027-06-01"),
        ],
    ),
    "an ended clock started again": (
        FIXED,
        lambda s: [
            clock(s, "risk", ended_on="2026-03-02", ended_by="lapse"),
            update("clocks", "id = 9001", due_on="2026-04-01"),
        ],
    ),
    "a clock extended twice": (
        ONCE,
        lambda s: [clock(s, "risk", extended=10), update("clocks", "id = 9001", extended=20)],
    ),
    "a clock extended after a refusal": (
        ONCE,
        lambda s: [clock(s, "risk", asked_at=AT, refused_at=AT), update("clocks", "id = 9001", extended=10)],
    ),
    "a clock ended by nothing": (
        "ck_clocks_ended_by_an_act",
        lambda s: [clock(s, "risk"), update("clocks", "id = 9001", ended_on="2026-03-02")],
    ),
    "two clocks of a kind at once": (DOUBLE, lambda s: [clock(s, "risk"), clock(s, "risk", id=9002)]),
    "a clock of an unknown kind": ("ck_clocks_kind_listed", lambda s: [clock(s, "risk", "egg")]),
    "a clock deleted": (KEPT, lambda s: [clock(s, "risk"), delete("clocks", "id = 9001")]),
    "all clocks deleted": ("clocks are kept|is not emptied", lambda s: emptied(s, "clocks")),
    "a pause moved": (
        "a pause that has ended stays",
        lambda s: [clock(s, "risk"), pause(), update("clock_pauses", "id = 9001", after_on="2026-02-03")],
    ),
    "a pause ended twice": (
        "a pause that has ended stays",
        lambda s: [
            clock(s, "risk"),
            pause(until_on="2026-02-09", until_act="resume"),
            update("clock_pauses", "id = 9001", until_on="2026-02-20"),
        ],
    ),
    "a pause deleted": ("are kept", lambda s: [clock(s, "risk"), pause(), delete("clock_pauses", "id = 9001")]),
    "a reminder sent twice": (
        "append-only|UNIQUE|duplicate",
        lambda s: [clock(s, "risk"), reminder(), reminder(sent_at=LATER)],
    ),
    "a reminder taken back": (
        "append-only",
        lambda s: [clock(s, "risk"), reminder(), delete("clock_reminders", "clock_id = 9001")],
    ),
    "a lapse without a window": (IN_TIME, lambda s: [lapsed(s)]),
    "a lapse on the last day of the window": (IN_TIME, lambda s: [clock(s, "risk", due_on="2026-03-02"), lapsed(s)]),
    "a lapse while the window stands still": (IN_TIME, lambda s: [clock(s, "risk", due_on=None), lapsed(s)]),  # type: ignore[arg-type]
    "deemed accepted on the last day": (
        DEEMED,
        lambda s: [
            update("clocks", f"case_id = {s.cases['fresh']} AND kind = 'acceptance'", due_on="2026-03-02"),
            gate(s.cases["fresh"], "acceptance", "deemed"),
        ],
    ),
    "a year without its notice": (IN_CHAIN, lambda s: [year(s, seq=None)]),
    "a year with another's notice": (IN_CHAIN, lambda s: [*notice_in_chain(s), year(s, 2031)]),
    "a notice changed behind its link": (
        IN_CHAIN,
        lambda s: [update("calendar_years", "year = 2026", digest=DIGEST, seq=last(s))],
    ),
    "a notice taken away": ("a notice is kept", lambda s: [delete("calendar_years", "year = 2026")]),
}
ALLOWED["deemed accepted once the time has passed"] = lambda s: [
    update("clocks", f"case_id = {s.cases['fresh']} AND kind = 'acceptance'", due_on="2026-03-01"),
    gate(s.cases["fresh"], "acceptance", "deemed"),
]

# Deliveries of decisions.
DELIVERED = "a decision is delivered after it was taken, and recorded once it was delivered"
ALLOWED["a delivery of a decision"] = lambda s: [clock(s, "risk", "delivery"), delivery(s)]
FORGERIES |= {
    "a delivery before the decision": (
        DELIVERED,
        lambda s: [clock(s, "risk", "delivery"), delivery(s, delivered_on="2026-02-01")],
    ),
    "a delivery to come": (
        DELIVERED,
        lambda s: [clock(s, "risk", "delivery"), delivery(s, delivered_on="2026-03-03")],
    ),
    "a delivery of no decision": (DELIVERED, lambda s: [clock(s, "risk"), delivery(s)]),
    "a delivery of another case's decision": (
        DELIVERED,
        lambda s: [clock(s, "risk", "delivery"), delivery(s, case_id=s.cases["fresh"])],
    ),
    "a decision delivered twice": (
        "a decision is delivered once|UNIQUE|duplicate",
        lambda s: [clock(s, "risk", "delivery"), delivery(s), delivery(s, id=9002)],
    ),
    "a delivery in an unknown way": (
        "ck_deliveries_way_listed",
        lambda s: [clock(s, "risk", "delivery"), delivery(s, way="pigeon")],
    ),
    "a delivery moved to another day": (
        "append-only",
        lambda s: [clock(s, "risk", "delivery"), delivery(s), update("deliveries", "id = 9001", delivered_on=LATER)],
    ),
    "a delivery taken back": (
        "append-only",
        lambda s: [clock(s, "risk", "delivery"), delivery(s), delete("deliveries", "id = 9001")],
    ),
}
