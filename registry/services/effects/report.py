"""What each act on a pilot report writes. Only the door calls them."""

from flask import current_app

from registry.clock import day_of
from registry.models import PilotReport
from registry.services import numbers, report_papers, reports
from registry.services.effects.context import Effect
from registry.services.paper_words import texts
from registry.services.records import Context, Kind
from workflows.clocks import Reminder
from workflows.pilot_report import PILOT_REPORT, judge

NOBODY = {"reviewed_by_id": None, "reviewed_at": None, "approved_by_id": None, "approved_at": None}


def submit_report(ctx: Context) -> Effect:
    """From here on nobody changes it; what it says is kept as a paper."""
    submitted = {"submitted_by_id": ctx.person_id, "submitted_at": ctx.at}
    return Effect({**submitted, **_paper(ctx)}, {"tables": len(ctx.facts.tables)})


def return_report(ctx: Context) -> Effect:
    """Back to its writers, with the reasons."""
    return Effect({**NOBODY, "content": None, "content_digest": None, "chairs_note": ""}, words=ctx.data["words"])


def review_report(ctx: Context) -> Effect:
    """The task force has nothing against it."""
    return Effect({"reviewed_by_id": ctx.person_id, "reviewed_at": ctx.at}, words=ctx.data.get("words", ""))


def approve_report(ctx: Context) -> Effect:
    """The chair approves it, and answers for what is not verified."""
    approved = {"approved_by_id": ctx.person_id, "approved_at": ctx.at, "chairs_note": ctx.data.get("note", "")}
    return Effect(approved, words=ctx.data.get("note", ""))


def publish_report(ctx: Context) -> Effect:
    """It gets its number and is frozen for good."""
    year = day_of(ctx.at).year
    series = current_app.config["REPORT_NUMBER"] or str(texts()["report_series"])
    number = series.format(year=year, n=numbers.allot("report", year))
    paper = _paper(ctx, number=number)
    return Effect(
        {"number": number, "published_at": ctx.at, **paper}, {"number": number, "content": paper["content_digest"]}
    )


def correct_report(ctx: Context) -> Effect:
    """A new version is begun; this one stays."""
    report: PilotReport = ctx.row
    new = reports.correct(report, ctx.person_id, ctx.at)
    return Effect(detail={"new": new.id, "version_no": new.version_no})


def remind_report(ctx: Context) -> Effect:
    """Its writers are told how long they have."""
    reports.keep_reminder(ctx.row.id, Reminder(ctx.data["kind"]), ctx.at)
    return Effect(detail={"kind": ctx.data["kind"]})


def _paper(ctx: Context, **more: str) -> dict[str, str]:
    content, digest = report_papers.content_of(ctx.row, ctx.at, **more)
    return {"content": content, "content_digest": digest}


EFFECTS = {
    "submit_report": submit_report,
    "return_report": return_report,
    "review_report": review_report,
    "approve_report": approve_report,
    "publish_report": publish_report,
    "correct_report": correct_report,
    "remind_report": remind_report,
}

KIND = Kind(
    model=PilotReport,
    workflow=PILOT_REPORT,
    judge=judge,
    roles=reports.roles_on,
    facts=reports.facts,
    effects=EFFECTS,
    told=reports.told,
)
