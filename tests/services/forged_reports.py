"""Forged reports of the pilot, figures, files and reminders: what the database must say, and the statements."""

from typing import Any

from tests.services.forging import AT, DIGEST, OTHER_DIGEST, Forge, Stage, Step, delete, emptied, insert, update

FORGERIES: dict[str, tuple[str, Forge]] = {}
ALLOWED: dict[str, Forge] = {}

NUMBER, FIGURE, PILOT = 9601, 9701, 9801
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


def paper() -> Step:
    return insert("stored_files", sha256=OTHER_DIGEST, size=1, media_type="application/pdf", stored_at=AT)


def made(**changed: Any) -> Step:
    values = {"report_id": NUMBER, "content_digest": DIGEST, "sha256": OTHER_DIGEST, "made_at": AT}
    return insert("report_files", **(values | changed))


def reminded(kind: str = "near", number: int = 9901) -> Step:
    return insert("report_reminders", id=number, report_id=NUMBER, kind=kind, sent_at=AT)


def pilot(s: Stage) -> list[Step]:
    said = {"title": "x", "since": "2025-01-01", "until": "2027-12-31", "budget_yuan": 0, "state": "plan", "version": 1}
    by = {"drafted_by_id": s.people["owner"], "drafted_at": AT, "is_example": False}
    return [insert("pilots", **({"id": PILOT, "farm_id": s.orgs["applicant"], "body_id": s.body} | said | by))]


def prompted(kind: str = "near", number: int = 9911) -> Step:
    period = {"period_kind": "quarter", "period_from": "2025-10-01"}
    return insert("report_prompts", id=number, pilot_id=PILOT, kind=kind, sent_at=AT, **period)


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
    "a report reminded of at each time": lambda s: [*pilot(s), prompted(), prompted("due", 9912)],
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
    "the PDF of a report changed": (
        "append-only",
        lambda s: [report(s), submit(s), paper(), made(), update("report_files", f"report_id = {NUMBER}", made_at=AT)],
    ),
    "a submitted report put under another pilot": (
        SUBMITTED,
        lambda s: [*pilot(s), report(s), submit(s), step(pilot_id=PILOT)],
    ),
    "a reminder of a report not begun sent twice": (
        "append-only|UNIQUE constraint failed|uq_report_prompts",
        lambda s: [*pilot(s), prompted(), prompted(number=9912)],
    ),
    "a reminder of a report not begun taken back": (
        "append-only",
        lambda s: [*pilot(s), prompted(), delete("report_prompts", "id = 9911")],
    ),
    "a reminder of a report sent twice": (
        "append-only|UNIQUE constraint failed|uq_report_reminders",
        lambda s: [report(s), reminded(), reminded(number=9902)],
    ),
}
