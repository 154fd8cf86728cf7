"""Forged site checks, signatures under them, and days of sending: what the database must say, and the statements."""

from typing import Any

from tests.services.forging import (
    AT,
    DIGEST,
    OTHER_DIGEST,
    Forge,
    Stage,
    Step,
    delete,
    emptied,
    gate,
    insert,
    second_round,
    signature,
    update,
)

FORGERIES: dict[str, tuple[str, Forge]] = {}
ALLOWED: dict[str, Forge] = {}

NUMBER = 9001
ROUND = "records belong to the round of the case"
IN_FORCE, TWO = "a record is signed as it stands", "two officers sign the record of a site check"
ORDER, ONCE = "a record is changed by a next version in its own round", "an officer signs a record once"


def check(s: Stage, number: int = NUMBER, **changed: Any) -> Step:
    values = {"id": number, "case_id": s.cases["screening"], "round_no": 1, "no": 1, "version": 1}
    said = {"visited_on": "2026-03-01", "place": "x", "who_went": "x", "observed": "x", "record_digest": DIGEST}
    by = {"recorded_by_id": s.people["officer"], "recorded_at": AT}
    return insert("site_checks", **(values | said | by | changed))


def signed(s: Stage, who: str, number: int = NUMBER, **changed: Any) -> Step:
    values = {"site_check_id": number, "officer_id": s.people[who], "record_digest": DIGEST, "signed_at": AT}
    return insert("site_check_signatures", **(values | changed))


def sent(s: Stage, **changed: Any) -> Step:
    values = {"case_id": s.cases["risk"], "round_no": 1, "sent_on": "2026-03-02", "sent_at": AT}
    return insert("legal_reviews", **(values | {"sent_by_id": s.people["officer"]} | changed))


def sheet(s: Stage) -> Step:
    """The second signature under the screening sheet, so that only the site check is wanting."""
    return signature(s, s.cases["screening"], "officer2")


def passed(s: Stage) -> Step:
    return gate(s.cases["screening"], "screening")


ALLOWED |= {
    "a site check two officers signed": lambda s: [
        check(s),
        signed(s, "officer"),
        signed(s, "officer2"),
        sheet(s),
        passed(s),
    ],
    "a site check changed and signed anew": lambda s: [
        check(s),
        signed(s, "officer"),
        check(s, NUMBER + 1, version=2),
        signed(s, "officer", NUMBER + 1),
        signed(s, "officer2", NUMBER + 1),
        sheet(s),
        passed(s),
    ],
    "a file sent on its day": lambda s: [sent(s)],
    "a file sent late in the evening of Tai'an": lambda s: [
        sent(s, sent_on="2026-03-03", sent_at="2026-03-02 16:30:00.000000")
    ],
}
FORGERIES |= {
    "a screening on a site check one officer signed": (
        TWO,
        lambda s: [check(s), signed(s, "officer"), sheet(s), passed(s)],
    ),
    "a screening on a site check changed since it was signed": (
        TWO,
        lambda s: [
            check(s),
            signed(s, "officer"),
            signed(s, "officer2"),
            check(s, NUMBER + 1, version=2),
            signed(s, "officer", NUMBER + 1),
            sheet(s),
            passed(s),
        ],
    ),
    "a site check one officer signed twice": (ONCE, lambda s: [check(s), signed(s, "officer"), signed(s, "officer")]),
    "a signature under another record than it says": (
        IN_FORCE,
        lambda s: [check(s), signed(s, "officer", record_digest=OTHER_DIGEST)],
    ),
    "a signature under a record that was changed": (
        IN_FORCE,
        lambda s: [check(s), check(s, NUMBER + 1, version=2), signed(s, "officer")],
    ),
    "a signature under a record of an older round": (
        IN_FORCE,
        lambda s: [check(s), *second_round(s.cases["screening"]), signed(s, "officer")],
    ),
    "a site check in an older round": (ROUND, lambda s: [*second_round(s.cases["screening"]), check(s)]),
    "a version of a site check left out": (ORDER, lambda s: [check(s), check(s, NUMBER + 1, version=3)]),
    "a version of a site check twice": (
        f"{ORDER}|site_checks is append-only",
        lambda s: [check(s), check(s, NUMBER + 1)],
    ),
    "a site check carried into another round": (
        ORDER,
        lambda s: [check(s), *second_round(s.cases["screening"]), check(s, NUMBER + 1, version=2, round_no=2)],
    ),
    "a site check before it was made": (
        "a visit is recorded once it was made",
        lambda s: [check(s, visited_on="2026-03-03")],
    ),
    "a paper of another kind with a site check": (
        "a paper of a site check is one of its case",
        lambda s: [check(s), insert("site_check_papers", site_check_id=NUMBER, document_id=1)],
    ),
    "a file said to be sent earlier": (
        "the day of sending is the day it was sent",
        lambda s: [sent(s, sent_on="2026-02-16")],
    ),
    "a file sent in an older round": (ROUND, lambda s: [*second_round(s.cases["risk"]), sent(s)]),
}
for _table, _make, _change in (
    ("site_checks", lambda s: [check(s)], {"observed": "y"}),
    ("site_check_signatures", lambda s: [check(s), signed(s, "officer")], {"signed_at": "2026-03-01 01:00:00.000000"}),
    ("legal_reviews", lambda s: [sent(s)], {"sent_on": "2026-02-16"}),
):
    FORGERIES |= {
        f"{_table} changed": (
            f"{_table} is append-only",
            lambda s, t=_table, m=_make, c=_change: [*m(s), update(t, "1 = 1", **c)],
        ),
        f"{_table} deleted": (
            f"{_table} is append-only",
            lambda s, t=_table, m=_make: [*m(s), delete(t, "1 = 1")],
        ),
        f"{_table} emptied": (
            "is append-only|is not emptied",
            lambda s, t=_table, m=_make: [*m(s), *emptied(s, t)],
        ),
    }
