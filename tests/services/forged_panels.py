"""Forged experts, draws, seats and opinions: what the database must say, and the statements."""

from typing import Any

from registry.clock import today
from tests.services.forging import (
    AT,
    DIGEST,
    FOREIGN,
    OTHER_DIGEST,
    Forge,
    Stage,
    Step,
    delete,
    emptied,
    gate,
    insert,
    membership,
    over,
    row,
    second_round,
    signature,
    update,
)

FORGERIES: dict[str, tuple[str, Forge]] = {}
ALLOWED: dict[str, Forge] = {}

PANEL = 9101
EMPTIED = "is append-only|is not emptied"
EXPERTS = [f"expert{n}" for n in range(1, 8)]


def drawn(case: int, **changed: Any) -> Step:
    values = {
        "id": PANEL,
        "case_id": case,
        "round_no": 1,
        "no": 1,
        "seed": DIGEST,
        "candidates_count": len(EXPERTS),
        "size": 5,
        "minimum": 5,
        "outside_num": 2,
        "outside_den": 3,
        "needs_num": 1,
        "needs_den": 2,
        "expected_days": 10,
        "question": "x",
        "drawn_on": today().isoformat(),
        "drawn_at": AT,
        "drawn_by_id": 1,
    }
    return insert("panels", **(values | changed))


def candidate(s: Stage, who: str, place: int, **changed: Any) -> Step:
    profile = row(s, "expert_profiles", f"user_id = {s.people[who]}")["id"]
    values = {"panel_id": PANEL, "user_id": s.people[who], "place": place, "sort_key": DIGEST, "outside": True}
    return insert("panel_candidates", **(values | {"profile_id": profile} | changed))


def seat(user: int, no: int, panel: int = PANEL) -> Step:
    return insert("panel_seats", panel_id=panel, user_id=user, no=no, seated_at=AT)


def said(user: int, advice: str = "accept", panel: int = PANEL, **changed: Any) -> Step:
    values = {"panel_id": panel, "user_id": user, "advice": advice, "words": "x", "independent": True, "given_at": AT}
    return insert("panel_opinions", **(values | changed))


def left(user: int, panel: int = PANEL) -> Step:
    return insert("panel_departures", panel_id=panel, user_id=user, reason="refused", words="x", left_at=AT)


def ended(result: str, favour: int, against: int, **changed: Any) -> Step:
    values = {"panel_id": PANEL, "result": result, "in_favour": favour, "conditional": 0, "against": against}
    more = {"action": "close_panel", "words": "", "ended_on": today().isoformat(), "ended_at": AT}
    return insert("panel_ends", **(values | more | changed))


def order(s: Stage, case: str, **changed: Any) -> list[Step]:
    """A panel with its candidates."""
    return [drawn(s.cases[case], **changed), *(candidate(s, w, n) for n, w in enumerate(EXPERTS, 1))]


def panel(s: Stage, case: str = "screening", seats: int = 5, **changed: Any) -> list[Step]:
    """A panel at work, its first experts seated."""
    return [*order(s, case, **changed), *(seat(s.people[w], n) for n, w in enumerate(EXPERTS[:seats], 1))]


def advised(s: Stage, favour: int, against: int, case: str = "screening", **changed: Any) -> list[Step]:
    advice = ["accept"] * favour + ["not_accept"] * against
    given = [said(s.people[w], a) for w, a in zip(EXPERTS, advice, strict=False)]
    return [*panel(s, case, **changed), *given]


def tie(s: Stage, who: str, org: str, until: str | None = None) -> Step:
    values = {"user_id": s.people[who], "relation": "spouse", "organisation_id": s.orgs[org], "since": "2020-01-01"}
    return insert("expert_ties", **values, until=until, entered_at=AT, entered_by_id=1)


ALLOWED |= {
    "a panel that accepts": lambda s: [*advised(s, 3, 2), ended("accepted", 3, 2)],
    "a panel that does not": lambda s: [*advised(s, 2, 3), ended("not_accepted", 2, 3)],
    "a panel broken off, and another": lambda s: [
        *advised(s, 1, 0),
        ended("broken_off", 1, 0),
        drawn(s.cases["screening"], id=PANEL + 1, no=2),
    ],
    "a seat taken by the next": lambda s: [*panel(s), left(s.people["expert1"]), seat(s.people["expert6"], 6)],
    "a tie ended": lambda s: [
        tie(s, "expert1", "elsewhere"),
        update("expert_ties", "until IS NULL", until="2026-01-01"),
    ],
    "a seat of an expert whose tie has ended": lambda s: [
        tie(s, "expert1", "applicant", "2025-12-31"),
        *panel(s, "parties"),
    ],
}

SEAT, PARTY = "a seat is drawn from the order, while one is free", "no expert judges a party of the own"
OPINION, ONE = "an opinion belongs to a seat of a panel at work", "one panel a round comes to a result"
FIXED, COUNT = "the draw is fixed", "the opinions do not carry the result"
FORGERIES |= {
    # Opinions
    "an opinion of an expert without a seat": (
        f"{FOREIGN}|{OPINION}",
        lambda s: [*panel(s), said(s.people["expert6"])],
    ),
    "an opinion of somebody who is no expert": (f"{FOREIGN}|{OPINION}", lambda s: [*panel(s), said(s.people["legal"])]),
    "two opinions of one expert": (
        "UNIQUE|pk_panel_opinions|panel_opinions is append-only",
        lambda s: [*panel(s), said(s.people["expert1"]), said(s.people["expert1"], "not_accept")],
    ),
    "an opinion of an expert who has left": (
        OPINION,
        lambda s: [*panel(s), left(s.people["expert1"]), said(s.people["expert1"])],
    ),
    "an opinion after the end": (
        OPINION,
        lambda s: [*panel(s), ended("broken_off", 0, 0), said(s.people["expert1"])],
    ),
    "an expert’s opinion in an older round": (
        OPINION,
        lambda s: [*panel(s), *second_round(s.cases["screening"]), said(s.people["expert1"])],
    ),
    "an opinion without independence": (
        "ck_panel_opinions_declared",
        lambda s: [*panel(s), said(s.people["expert1"], independent=False)],
    ),
    "an opinion of an expert who has joined the applicant": (
        PARTY,
        lambda s: [
            *panel(s),
            membership(s.people["expert1"], s.orgs["applicant"]),
            said(s.people["expert1"]),
        ],
    ),
    "leaving after the opinion": (
        "nobody leaves after the opinion or the end",
        lambda s: [*advised(s, 1, 0), left(s.people["expert1"])],
    ),
    # Seats
    "a seat of somebody who was not drawn": (
        SEAT,
        lambda s: [*panel(s, seats=4), seat(s.people["expert8"], 5)],
    ),
    "a sixth seat of five": (SEAT, lambda s: [*panel(s), seat(s.people["expert6"], 6)]),
    "a seat before the order is complete": (
        SEAT,
        lambda s: [drawn(s.cases["screening"]), candidate(s, "expert1", 1), seat(s.people["expert1"], 1)],
    ),
    "a seat of a barred expert": (
        SEAT,
        lambda s: [
            drawn(s.cases["screening"], candidates_count=1),
            candidate(s, "expert1", 1, bar="relative_at_party"),
            seat(s.people["expert1"], 1),
        ],
    ),
    "a seat of an expert whose time has ended": (
        "a seat belongs to an expert of the register",
        lambda s: [
            update("appointments", f"user_id = {s.people['expert5']}", until="2020-06-01"),
            *panel(s, seats=4),
            seat(s.people["expert5"], 5),
        ],
    ),
    "a seat after the end": (
        SEAT,
        lambda s: [*panel(s, seats=4), ended("broken_off", 0, 0), seat(s.people["expert5"], 5)],
    ),
    # The draw
    "another seed": ("panels is append-only", lambda s: [*panel(s), update("panels", "1 = 1", seed=OTHER_DIGEST)]),
    "another size": ("panels is append-only", lambda s: [*panel(s), update("panels", "1 = 1", size=7)]),
    "another order": (
        "panel_candidates is append-only",
        lambda s: [*panel(s), update("panel_candidates", "place = 1", place=99)],
    ),
    "another key": (
        "panel_candidates is append-only",
        lambda s: [*panel(s), update("panel_candidates", "place = 1", sort_key=OTHER_DIGEST)],
    ),
    "one more in the order": (FIXED, lambda s: [*panel(s), candidate(s, "expert8", 8)]),
    "a field asked for after the draw": (
        FIXED,
        lambda s: [*panel(s), insert("panel_fields", panel_id=PANEL, field="law")],
    ),
    "a field known after the draw": (
        "a profile that was drawn by is not changed",
        lambda s: [
            *panel(s),
            insert(
                "expert_profile_fields",
                profile_id=row(s, "expert_profiles", f"user_id = {s.people['expert1']}")["id"],
                field="ecology",
            ),
        ],
    ),
    "a panel of six": ("odd_and_large_enough", lambda s: [drawn(s.cases["screening"], size=6)]),
    "a panel of three": ("odd_and_large_enough", lambda s: [drawn(s.cases["screening"], size=3)]),
    "a second panel while one is at work": (ONE, lambda s: [*panel(s), drawn(s.cases["screening"], id=9, no=2)]),
    "a second panel after a result": (
        ONE,
        lambda s: [*advised(s, 2, 3), ended("not_accepted", 2, 3), drawn(s.cases["screening"], id=9, no=2)],
    ),
    "a panel in an older round": (
        "a panel belongs to the round of the case",
        lambda s: [*second_round(s.cases["screening"]), drawn(s.cases["screening"])],
    ),
    # The end
    "accepted by two of five": (COUNT, lambda s: [*advised(s, 2, 3), ended("accepted", 2, 3)]),
    "not accepted though three of five accept": (COUNT, lambda s: [*advised(s, 3, 2), ended("not_accepted", 3, 2)]),
    "accepted on a miscount": (COUNT, lambda s: [*advised(s, 2, 3), ended("accepted", 3, 2)]),
    "accepted with an opinion missing": (COUNT, lambda s: [*advised(s, 4, 0), ended("accepted", 4, 0)]),
    "a ticket accepted by three of five": (
        COUNT,
        lambda s: [*advised(s, 3, 2, needs_num=2, needs_den=3), ended("accepted", 3, 2)],
    ),
    "accepted by locals": (
        COUNT,
        lambda s: [
            drawn(s.cases["screening"], candidates_count=5),
            *(candidate(s, w, n, outside=n > 2) for n, w in enumerate(EXPERTS[:5], 1)),
            *(seat(s.people[w], n) for n, w in enumerate(EXPERTS[:5], 1)),
            *(said(s.people[w]) for w in EXPERTS[:5]),
            ended("accepted", 5, 0),
        ],
    ),
    "a ticket screened without a panel": (
        "a ticket is screened with a panel that accepted",
        lambda s: [
            signature(s, s.cases["person"], "officer"),
            signature(s, s.cases["person"], "officer2"),
            gate(s.cases["person"], "screening"),
        ],
    ),
    # The register
    "a tie taken back": (
        "a declared tie is only ever ended",
        lambda s: [tie(s, "expert1", "elsewhere"), delete("expert_ties", "1 = 1")],
    ),
    "a tie to another organisation": (
        "a declared tie is only ever ended",
        lambda s: [
            tie(s, "expert1", "elsewhere"),
            update("expert_ties", "1 = 1", organisation_id=s.orgs["agent"]),
        ],
    ),
    "another last day of a tie": (
        "a declared tie is only ever ended",
        lambda s: [
            tie(s, "expert1", "elsewhere", "2026-01-01"),
            update("expert_ties", "1 = 1", until="2027-01-01"),
        ],
    ),
    "ties emptied": (
        f"{EMPTIED}|a declared tie is only ever ended",
        lambda s: [tie(s, "expert1", "elsewhere"), *emptied(s, "expert_ties")],
    ),
    "a profile changed": (
        "expert_profiles is append-only",
        lambda s: [update("expert_profiles", "1 = 1", district_code="370902")],
    ),
    "a profile written over": (
        "expert_profiles is append-only",
        lambda s: over(s, "expert_profiles", "id", district_code="370983"),
    ),
}
for _org in ("applicant", "agent", "partner", "vvb"):
    FORGERIES |= {
        f"a seat of an expert who belongs to the {_org}": (
            PARTY,
            lambda s, o=_org: [
                membership(s.people["expert5"], s.orgs[o]),
                *panel(s, "parties", seats=4),
                seat(s.people["expert5"], 5),
            ],
        ),
        f"a seat of an expert whose spouse works for the {_org}": (
            PARTY,
            lambda s, o=_org: [tie(s, "expert5", o), *panel(s, "parties", seats=4), seat(s.people["expert5"], 5)],
        ),
    }
for _table, _change in {
    "panel_seats": {"no": 9},
    "panel_opinions": {"advice": "not_accept"},
    "panel_ends": {"result": "not_accepted"},
}.items():
    FORGERIES |= {
        f"{_table} changed": (
            f"{_table} is append-only",
            lambda s, t=_table, c=_change: [*advised(s, 5, 0), ended("accepted", 5, 0), update(t, "1 = 1", **c)],
        ),
        f"{_table} deleted": (
            f"{_table} is append-only",
            lambda s, t=_table: [*advised(s, 5, 0), ended("accepted", 5, 0), delete(t, "1 = 1")],
        ),
    }
