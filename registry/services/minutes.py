"""Minutes: drawn up when a meeting is closed, confirmed by who was there, corrected by a page, issued as a paper.

The door calls `draw_up` before the act's link in the chain is written and `keep` after it, as with papers: what a page
says is frozen as canonical JSON, and its digest stands in the link.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from registry.clock import day_of
from registry.extensions import db
from registry.models import AuditEvent, Meeting, MinutesPage, Paper, PaperKind, User
from registry.queries import minutes as ask
from registry.services import minutes_words, papers
from registry.services.meetings import Context
from registry.services.policy import current

DRAWN_BY = frozenset({"close_meeting", "correct_minutes"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page drawn up and not yet kept."""

    no: int
    content: str
    digest: str
    members_needed: int

    @property
    def trace(self) -> dict[str, Any]:
        """What the act's link in the chain says of it."""
        return {"minutes_page": self.no, "minutes_digest": self.digest}


def facts(meeting: Meeting, actor: User | None) -> Mapping[str, Any]:
    """What the rules of the minutes ask, by the names of `MeetingFacts`."""
    pages = ask.pages_of(meeting.id)
    if not pages:
        return {}
    found = ask.answering(meeting, pages)
    return {
        "minutes_pages": len(pages),
        "to_confirm": len(ask.left_for(actor.id, pages)) if actor else 0,
        "actor_was_there": bool(actor and found.may(actor.id)),
        "heads_missing": len(found.lacks.heads),
        "members_missing": found.lacks.members,
    }


def draw_up(ctx: Context) -> "Sheet | papers.Sheet | None":
    """The page an act adds to the minutes, or the paper it issues; None for any other act on a meeting."""
    action = ctx.taken.act.name
    if action == "issue_minutes":
        return _paper(ctx)
    if action not in DRAWN_BY:
        return None
    no = 1 + int(db.session.scalar(select(func.count()).where(MinutesPage.meeting_id == ctx.meeting.id)) or 0)
    if action == "close_meeting":
        values = minutes_words.read(ctx.meeting)
    else:
        item = int(ctx.data["item"]) if ctx.data.get("item") else None
        told = {"wrong": ctx.data["wrong"], "right": ctx.data["right"]}
        values = minutes_words.correction(no - 1, item, **told, by=_name(ctx), at=ctx.at)
    content = papers.canonical({"form": 1, "meeting": ctx.meeting.number, "page": no, **values})
    return Sheet(no, content, papers.digest_of(content), _needed(day_of(ctx.at)))


def _name(ctx: Context) -> str:
    return db.session.get_one(User, ctx.person_id).name


def _needed(on: date) -> int:
    return int(current().number("minutes_members", on))


def _paper(ctx: Context) -> papers.Sheet:
    """The minutes as a paper: every page with who confirmed it, frozen together."""
    meeting, said = ctx.meeting, minutes_words.words()
    pages = ask.pages_of(meeting.id)
    corrections = len(pages) - 1
    name = "number_corrected" if corrections else "number"
    number = str(said[name]).format(meeting=meeting.number, n=corrections)
    code, before = papers.new_code(), last_paper(meeting.id)
    values = {
        **papers.fixed(meeting.body.name, code, is_example=meeting.is_example),
        "form": 1,
        "kind": PaperKind.MINUTES.value,
        "title": minutes_words.title(meeting),
        "number": number,
        "case_number": "",
        "project": meeting.number,
        "addressee": "",
        "blocks": minutes_words.laid_out(pages, ask.answering(meeting, pages).pages),
        "issued_on": day_of(ctx.at).isoformat(),
        "issued": papers.day_in_words(day_of(ctx.at)),
        "replaces": before.number if before else "",
        "pages_digests": [p.digest for p in pages],
    }
    content = papers.canonical(values)
    return papers.Sheet(PaperKind.MINUTES, number, code, content, papers.digest_of(content))


def keep(drawn: "Sheet | papers.Sheet", event: AuditEvent) -> None:
    """Add the page, or issue the paper, under the link that carries its digest."""
    if isinstance(drawn, papers.Sheet):
        papers.issue(drawn, event)
        return
    db.session.add(
        MinutesPage(
            meeting_id=event.subject_id,
            no=drawn.no,
            content=drawn.content,
            digest=drawn.digest,
            members_needed=drawn.members_needed,
            seq=event.seq,
            made_at=event.at,
        )
    )
    db.session.flush()


def last_paper(meeting_id: int) -> Paper | None:
    """The minutes as issued last."""
    query = select(Paper).where(Paper.meeting_id == meeting_id).order_by(Paper.id.desc()).limit(1)
    return db.session.scalars(query).one_or_none()


def told(meeting: Meeting, action: str) -> frozenset[int]:
    """Who is told of an act on the minutes: whoever was there, to confirm them, and once they are issued."""
    pages = ask.pages_of(meeting.id)
    if not pages or action not in DRAWN_BY | {"issue_minutes"}:
        return frozenset()
    found = ask.answering(meeting, pages)
    return found.there | found.heads
