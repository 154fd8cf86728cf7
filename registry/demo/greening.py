"""Completed area as the demo's units reported it, sent and confirmed through the door."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from registry.extensions import db
from registry.models import CompletionReport
from registry.services import acts
from registry.services import greening as reports
from workflows.states import Greening

if TYPE_CHECKING:
    from registry.demo.story import Stage

KEPT_SINCE = timedelta(days=700)
"""When the city began to keep these reports here: older years were entered then."""
AFTER = timedelta(days=25)
"""From the acceptance to the report."""
RETURNED = "验收文件缺少验收小班清单，请补充后重新上报。"
Scene = tuple[datetime, Callable[[], None]]


def scenes(stage: "Stage", told: dict[str, Any], logins: dict[str, str]) -> Iterator[Scene]:
    """Every report with its instant; `logins`: unit → its reporter. What lies ahead of the loading is left out."""
    for outcome, rows in told.items():
        for unit, year, *areas in rows:
            accepted = date(year, 12, 10) if year < stage.on.year else stage.on - 2 * AFTER
            if accepted.year != year:
                continue
            on = max(stage.at - (stage.on - accepted) + AFTER, stage.at - KEPT_SINCE + timedelta(days=year - 2021))
            for kind, area in zip(Greening, areas, strict=True):
                if area and on < stage.at:
                    draft = _draft(stage, year, kind, Decimal(area), accepted)
                    yield on, _scene(stage, unit, logins[unit], draft, on, outcome)


def _draft(stage: "Stage", year: int, kind: Greening, area_mu: Decimal, accepted: date) -> reports.Draft:
    title = "造林绿化验收意见" if kind is Greening.AFFORESTATION else "森林质量提升验收意见"
    stored = stage.file(title)
    return reports.Draft(
        year, kind, area_mu, f"{title}（示例）", f"示例林验〔{year}〕1号", accepted, stored, f"{title}（示例）.pdf"
    )


def _scene(
    stage: "Stage", unit: str, login: str, draft: reports.Draft, on: datetime, outcome: str
) -> Callable[[], None]:
    def play() -> None:
        at = stage.tick(on)
        report_id = reports.save(draft, unit_id=stage.org_ids[unit], by=stage.user(login), at=at)
        _act(stage, report_id, "report_completion", login, at)
        if outcome != "waiting":
            done = "return_completion" if outcome == "returned" else "confirm_completion"
            words = {"words": RETURNED} if outcome == "returned" else {}
            _act(stage, report_id, done, "officer1", at + timedelta(hours=2), **words)

    return play


def _act(stage: "Stage", report_id: int, action: str, login: str, at: datetime, **data: Any) -> None:
    seen = db.session.get_one(CompletionReport, report_id).version
    at = stage.tick(at)
    acts.act(("greening", report_id), action, by=stage.user(login), at=at, seen=seen, data=data)
