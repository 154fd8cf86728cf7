"""The demo's pilot reports: one for every quarter that is over, and for whole years, as they went through the door."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from registry.clock import ZONE, day_of
from registry.demo.people import read
from registry.extensions import db
from registry.models import Body, PilotReport
from registry.queries import reports as ask
from registry.services import acts, reports
from registry.services.policy import current
from workflows.pilot_report import CHAPTERS, Period, ended
from workflows.report_tables import jumps
from workflows.states import PeriodKind

if TYPE_CHECKING:
    from registry.demo.story import Stage

Scene = tuple[datetime, Callable[[], None]]

FARM, WRITER = "farm", "reporter"
WRITTEN = timedelta(days=6)
"""How long after its period a report is submitted."""
STEPS = (("officer1", "review_report", 1), ("chair", "approve_report", 2), ("officer1", "publish_report", 2))
"""Who goes on with it, and how many days after it was submitted."""


def scenes(stage: "Stage") -> Iterator[Scene]:
    """Every report since last year; the newest waits for its review."""
    said = read("reports.toml")
    periods = [p for p in ended(date(stage.on.year - 1, 1, 1), stage.on) if p.end + 2 * WRITTEN < stage.on]
    newest = max((p for p in periods if p.quarter), default=None)
    for period in periods:
        morning = datetime.combine(period.end + WRITTEN, time(8, 30), ZONE).astimezone(UTC)
        yield morning, lambda period=period, at=morning: _submit(stage, said, period, at)  # type: ignore[misc]
        if period != newest:
            for who, action, days in STEPS:
                at = morning + timedelta(days=days, hours=1)
                yield at, lambda p=period, w=who, a=action, at=at: _go_on(stage, said, p, w, a, at)  # type: ignore[misc]


def _submit(stage: "Stage", said: dict[str, Any], period: Period, at: datetime) -> None:
    farm = stage.org_ids[FARM]
    body = db.session.query(Body.id).order_by(Body.id).limit(1).scalar()
    report_id = reports.begin(farm, body, period, by=stage.user(WRITER), at=stage.tick(at))
    chapters = {key: said["chapters"][key] for key in CHAPTERS[period.kind]}
    reports.write(report_id, chapters, "", by=stage.user(WRITER), seen=1, at=stage.tick(at))
    _remark(stage, said, report_id, at)
    _act(stage, report_id, WRITER, "submit_report", at)


def _remark(stage: "Stage", said: dict[str, Any], report_id: int, at: datetime) -> None:
    """What moved far since the period before."""
    report = db.session.get_one(PilotReport, report_id)
    known = reports.facts(report, day_of(at), None, {})
    most = current().number("report_jump_pct", known.end)
    for spot in jumps(known.tables, known.before, most):
        reports.remark(report_id, spot, said["remark"], by=stage.user(WRITER), at=stage.tick(at))


def _go_on(stage: "Stage", said: dict[str, Any], period: Period, who: str, action: str, at: datetime) -> None:
    report = ask.newest(stage.org_ids[FARM], period)
    note = {"note": said["note"]} if action == "approve_report" and period.kind is PeriodKind.YEAR else {}
    if report is not None:
        _act(stage, report.id, who, action, at, **note)


def _act(stage: "Stage", report_id: int, who: str, action: str, at: datetime, **data: Any) -> None:
    seen = db.session.get_one(PilotReport, report_id).version
    acts.act(("report", report_id), action, by=stage.user(who), at=stage.tick(at), seen=seen, data=data)
