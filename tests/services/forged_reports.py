"""Forged reports of the pilot, figures, files and rows of the farm: what the database must say, and the statements."""

from typing import Any

from tests.services.forging import AT, DIGEST, OTHER_DIGEST, Forge, Stage, Step, delete, emptied, insert, update

FORGERIES: dict[str, tuple[str, Forge]] = {}
ALLOWED: dict[str, Forge] = {}

NUMBER, FIGURE, ENTRY = 9601, 9701, 9801
STEPS, FROZEN = "a report goes step by step", "a published report stays as it is"
SUBMITTED, FIGURES = "what was submitted stays as it is", "the figures of a submitted report stay as they are"


def report(s: Stage, number: int = NUMBER, **changed: Any) -> Step:
    values = {"id": number, "body_id": s.body, "farm_id": s.orgs["applicant"], "period_kind": "quarter", "version": 1}
    period = {"period_from": "2025-10-01", "period_to": "2025-12-31", "version_no": 1, "state": "draft"}
    said = {"reason": "", "chapters": "{}", "remarks": "{}", "chairs_note": "", "is_example": False}
    by = {"begun_by_id": s.people["owner"], "begun_at": AT}
    return insert("pilot_reports", **(values | period | said | by | changed))


def step(**changed: Any) -> Step:
    return update("pilot_reports", f"id = {NUMBER}", **changed)


def submit(s: Stage, **changed: Any) -> Step:
    by = {"submitted_by_id": s.people["owner"], "submitted_at": AT}
    return step(**({"state": "submitted", "content": "{}", "content_digest": DIGEST} | by | changed))


def review(s: Stage, **changed: Any) -> Step:
    return step(**({"state": "reviewed", "reviewed_by_id": s.people["officer"], "reviewed_at": AT} | changed))


def approve(s: Stage, **changed: Any) -> Step:
    return step(**({"state": "approved", "approved_by_id": s.people["chair"], "approved_at": AT} | changed))


def publish(**changed: Any) -> Step:
    return step(**({"state": "published", "number": "报1", "published_at": AT} | changed))


def published(s: Stage) -> list[Step]:
    return [report(s), submit(s), review(s), approve(s), publish()]


def figure(report_id: int = NUMBER, **changed: Any) -> Step:
    values = {"id": FIGURE, "report_id": report_id, "table_no": 4, "row_no": 1, "column_key": "done_mu", "value": 1}
    return insert("report_figures", **(values | {"unit": "mu", "sources": "[]", "method": "", "mark": ""} | changed))


def entry(s: Stage, number: int = ENTRY, **changed: Any) -> Step:
    values = {"id": number, "farm_id": s.orgs["applicant"], "table_no": 4, "on_day": "2025-11-02", "content": "{}"}
    said = {"document": "x", "method": "", "mark": "", "void": False}
    return insert(
        "report_entries", **(values | said | {"entered_by_id": s.people["owner"], "entered_at": AT} | changed)
    )


def paper() -> Step:
    return insert("stored_files", sha256=OTHER_DIGEST, size=1, media_type="application/pdf", stored_at=AT)


def made(**changed: Any) -> Step:
    values = {"report_id": NUMBER, "content_digest": DIGEST, "sha256": OTHER_DIGEST, "made_at": AT}
    return insert("report_files", **(values | changed))


def reminded(kind: str = "near", number: int = 9901) -> Step:
    return insert("report_reminders", id=number, report_id=NUMBER, kind=kind, sent_at=AT)


ALLOWED |= {
    "a report that goes its whole way": published,
    "a report returned and submitted again": lambda s: [
        *(report(s), submit(s), review(s)),
        step(state="returned", reviewed_by_id=None, reviewed_at=None, content=None, content_digest=None),
        *(step(chapters='{"a": "b"}'), figure(), submit(s)),
    ],
    "a correction after a published report": lambda s: [
        *published(s),
        report(s, NUMBER + 1, version_no=2, replaces_id=NUMBER),
    ],
    "figures of a draft read again": lambda s: [report(s), figure(), delete("report_figures", f"id = {FIGURE}")],
    "a row corrected by another": lambda s: [entry(s), entry(s, ENTRY + 1, replaces_id=ENTRY)],
}
FORGERIES |= {
    "a published report is rewritten": (
        f"{FROZEN}|{SUBMITTED}",
        lambda s: [*published(s), step(chapters='{"a": "b"}')],
    ),
    "a published report is given another paper": (FROZEN, lambda s: [*published(s), step(content_digest=OTHER_DIGEST)]),
    "a published report is taken back": (FROZEN, lambda s: [*published(s), step(state="returned")]),
    "a report that begins published": ("a report is drafted first", lambda s: [report(s, state="published")]),
    "a report that passes over its review": (
        f"{STEPS}|ck_pilot_reports",
        lambda s: [report(s), submit(s), approve(s)],
    ),
    "a submitted report given other words": (SUBMITTED, lambda s: [report(s), submit(s), step(chapters='{"a": "b"}')]),
    "a report moved to another period": (
        "a report stays that of its period",
        lambda s: [report(s), step(period_from="2025-07-01")],
    ),
    "a report reviewed by who submitted it": (
        "reviewed_by_another",
        lambda s: [report(s), submit(s), review(s, reviewed_by_id=s.people["owner"])],
    ),
    "a report approved by who reviewed it": (
        "approved_by_another",
        lambda s: [report(s), submit(s), review(s), approve(s, approved_by_id=s.people["officer"])],
    ),
    "a report published without a number": (
        "numbered_once_published",
        lambda s: [report(s), submit(s), review(s), approve(s), publish(number=None)],
    ),
    "a report submitted without its paper": (
        "content_once_submitted",
        lambda s: [report(s), submit(s, content=None, content_digest=None)],
    ),
    "two versions of a period at work": (
        "uq_pilot_reports_at_work|UNIQUE constraint failed|corrects|a correction follows",
        lambda s: [report(s), report(s, NUMBER + 1, version_no=2, replaces_id=NUMBER)],
    ),
    "a correction of what was never published": (
        "a correction follows",
        lambda s: [report(s), submit(s), report(s, NUMBER + 1, version_no=2, replaces_id=NUMBER)],
    ),
    "a correction that skips a version": (
        "a correction follows",
        lambda s: [*published(s), report(s, NUMBER + 1, version_no=3, replaces_id=NUMBER)],
    ),
    "a report thrown away": ("a report is kept", lambda s: [report(s), delete("pilot_reports", f"id = {NUMBER}")]),
    "all reports at once": ("a report is kept|is not emptied", lambda s: [report(s), *emptied(s, "pilot_reports")]),
    "a figure put into a submitted report": (FIGURES, lambda s: [report(s), submit(s), figure()]),
    "a figure of a submitted report changed": (
        FIGURES,
        lambda s: [report(s), figure(), submit(s), update("report_figures", f"id = {FIGURE}", value=2)],
    ),
    "a figure of a submitted report taken out": (
        FIGURES,
        lambda s: [report(s), figure(), submit(s), delete("report_figures", f"id = {FIGURE}")],
    ),
    "a figure of a twelfth table": ("table_listed", lambda s: [report(s), figure(table_no=12)]),
    "a figure that is number and words": ("one_value", lambda s: [report(s), figure(words="x")]),
    "a row of the farm changed": (
        "append-only",
        lambda s: [entry(s), update("report_entries", f"id = {ENTRY}", content='{"a": "b"}')],
    ),
    "a row of the farm taken out": ("append-only", lambda s: [entry(s), delete("report_entries", f"id = {ENTRY}")]),
    "a row that is replaced twice": (
        "uq_report_entries_replaces_id|UNIQUE constraint failed",
        lambda s: [entry(s), entry(s, ENTRY + 1, replaces_id=ENTRY), entry(s, ENTRY + 2, replaces_id=ENTRY)],
    ),
    "a row that is void and replaces none": ("void_replaces_one", lambda s: [entry(s, void=True)]),
    "the PDF of a report changed": (
        "append-only",
        lambda s: [report(s), submit(s), paper(), made(), update("report_files", f"report_id = {NUMBER}", made_at=AT)],
    ),
    "a reminder of a report sent twice": (
        "append-only|UNIQUE constraint failed|uq_report_reminders",
        lambda s: [report(s), reminded(), reminded(number=9902)],
    ),
}
