"""Forged reports of completed area: what the database must say, and the statements."""

from typing import Any

from tests.services.forging import AT, OTHER_DIGEST, Forge, Stage, Step, delete, emptied, insert, update

FORGERIES: dict[str, tuple[str, Forge]] = {}
ALLOWED: dict[str, Forge] = {}

NUMBER = 9501
TABLE = "completion_reports"
STEPS, FROZEN = "a report is reported, then confirmed or returned", "what was reported stays as it is"
CORRECTS = "a correction is of a confirmed report"


def paper() -> Step:
    return insert("stored_files", sha256=OTHER_DIGEST, size=1, media_type="application/pdf", stored_at=AT)


def report(s: Stage, number: int = NUMBER, **changed: Any) -> Step:
    values = {"id": number, "body_id": s.body, "unit_id": s.orgs["elsewhere"], "state": "draft", "version": 1}
    said = {"year": 2026, "kind": "afforestation", "area_mu": 120, "document_title": "x", "document_number": "x"}
    more = {"document_on": "2026-02-20", "sha256": OTHER_DIGEST, "filename": "x.pdf", "is_example": False}
    by = {"drafted_by_id": s.people["owner"], "drafted_at": AT}
    return insert(TABLE, **(values | said | more | by | changed))


def step(number: int = NUMBER, **changed: Any) -> Step:
    return update(TABLE, f"id = {number}", **changed)


def send(s: Stage, number: int = NUMBER, **changed: Any) -> Step:
    return step(number, **({"state": "reported", "reported_by_id": s.people["owner"], "reported_at": AT} | changed))


def decide(s: Stage, state: str = "confirmed", number: int = NUMBER, **changed: Any) -> Step:
    return step(number, **({"state": state, "decided_by_id": s.people["officer"], "decided_at": AT} | changed))


def waiting(s: Stage) -> list[Step]:
    return [paper(), report(s), send(s)]


def stands(s: Stage) -> list[Step]:
    return [*waiting(s), decide(s)]


ALLOWED |= {
    "a report of area that is reported and confirmed": stands,
    "a report of area that is returned and sent again": lambda s: [
        *waiting(s),
        decide(s, "returned"),
        step(area_mu=100),
        send(s, decided_by_id=None, decided_at=None),
    ],
    "a report of area that is taken back": lambda s: [*waiting(s), step(state="draft")],
    "a confirmed report of area that is corrected": lambda s: [
        *stands(s),
        report(s, NUMBER + 1, supersedes_id=NUMBER),
        send(s, NUMBER + 1),
        decide(s, number=NUMBER + 1),
    ],
}
FORGERIES |= {
    "a report of area that is confirmed from the start": (
        "a report is drafted first",
        lambda s: [paper(), report(s, state="confirmed")],
    ),
    "a report of area confirmed without being reported": (STEPS, lambda s: [paper(), report(s), decide(s)]),
    "a confirmed report of area given another figure": (STEPS, lambda s: [*stands(s), step(area_mu=999)]),
    "a report of area given another figure as it is confirmed": (
        FROZEN,
        lambda s: [*waiting(s), decide(s, area_mu=999)],
    ),
    "a report of area without its document": (
        "with_its_document",
        lambda s: [paper(), report(s, sha256=None, filename=None), send(s)],
    ),
    "a report of area confirmed by who reported it": (
        "decided_by_another",
        lambda s: [*waiting(s), decide(s, decided_by_id=s.people["owner"])],
    ),
    "a report of area confirmed by nobody": (
        "decided_by_a_person",
        lambda s: [*waiting(s), decide(s, decided_by_id=None, decided_at=None)],
    ),
    "a report of no area": ("area_positive", lambda s: [paper(), report(s, area_mu=0)]),
    "a report of a year without a target": ("year_in_a_period", lambda s: [paper(), report(s, year=2020)]),
    "area of a unit, year and kind counted twice": (
        "completion_reports_first|UNIQUE constraint failed: completion_reports.unit_id",
        lambda s: [*stands(s), report(s, NUMBER + 1), send(s, NUMBER + 1), decide(s, number=NUMBER + 1)],
    ),
    "a report of area corrected twice": (
        "completion_reports_corrected|UNIQUE constraint failed: completion_reports.supersedes_id",
        lambda s: [
            *stands(s),
            report(s, NUMBER + 1, supersedes_id=NUMBER),
            send(s, NUMBER + 1),
            decide(s, number=NUMBER + 1),
            report(s, NUMBER + 2, supersedes_id=NUMBER),
            send(s, NUMBER + 2),
            decide(s, number=NUMBER + 2),
        ],
    ),
    "a correction of area of another year": (
        CORRECTS,
        lambda s: [*stands(s), report(s, NUMBER + 1, supersedes_id=NUMBER, year=2025), send(s, NUMBER + 1)],
    ),
    "a correction of area that only waits": (
        CORRECTS,
        lambda s: [*waiting(s), report(s, NUMBER + 1, supersedes_id=NUMBER), send(s, NUMBER + 1)],
    ),
    "a report of area deleted": (
        "a report that was sent is kept",
        lambda s: [*waiting(s), delete(TABLE, f"id = {NUMBER}")],
    ),
    "reports of area emptied": (
        "a report that was sent is kept|is not emptied",
        lambda s: [*waiting(s), *emptied(s, TABLE)],
    ),
}
