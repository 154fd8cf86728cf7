"""The minutes of a meeting: reading, confirming, correcting and issuing them, and their PDF."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, g, redirect, render_template, request, send_file, url_for
from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from registry import labels, storage
from registry.clock import now, today
from registry.forms.act_base import ActForm
from registry.forms.fields import options
from registry.forms.minutes import FORMS
from registry.models import Meeting
from registry.queries import meetings as titles
from registry.queries import minutes as ask
from registry.queries import papers as papers_of
from registry.queries import timeline
from registry.queries.called import Called
from registry.services import acts, meetings, minutes_words, papers
from registry.services.policy import current
from registry.views.case import CSP_OF_FILES, Answer
from registry.views.case_words import lang
from workflows.gates import stops
from workflows.machine import NotOpenError, RefusedError
from workflows.meeting import MEETING
from workflows.rules import Outcome

bp = Blueprint("minutes", __name__)

MEANS: Mapping[str, LazyString] = {
    "confirm_minutes": _l(
        "Your name and the time go under every page you have not confirmed yet. This stays on record."
    ),
    "issue_minutes": _l(
        "The minutes are issued as a paper, with the names of those who confirmed them. Later only a page can be added."
    ),
    "correct_minutes": _l(
        "A page is added; the text before it stays word for word. Who presided and the members confirm the page, "
        "and you issue the minutes again."
    ),
}
HIDDEN: Mapping[str, LazyString] = {
    "aside": _l("You stood aside from this item. What was said and decided on it is not shown to you."),
    "unseen": _l("You take no part in the case of this item. What was said and decided on it is not shown to you."),
}

bp.add_app_template_global(ask.waiting, "minutes_waiting")
bp.add_app_template_global(titles.title, "meeting_title")


@dataclass(frozen=True, slots=True)
class Reason:
    """A clause that stops an act, in words."""

    clause: str
    said: str
    cure: str


@bp.get("/meetings/<int:meeting_id>/minutes")
def show(meeting_id: int) -> str:
    """The minutes as a page, word for word like the PDF; an item a person stood aside from is left out."""
    meeting = ask.find(g.user, meeting_id) or abort(404)
    pages = ask.pages_of(meeting.id)
    answering = ask.answering(meeting, pages)
    hidden = {no: str(HIDDEN[why]) for no, why in ask.hidden_from(g.user, meeting.id).items()}
    done, issued = request.args.get("done", ""), papers_of.papers_of_meeting(meeting)
    return render_template(
        "minutes/show.html",
        meeting=meeting,
        pages=pages,
        title=minutes_words.title(meeting),
        blocks=minutes_words.laid_out(pages, answering.pages, hidden),
        hidden=hidden,
        buttons=_buttons(meeting, pages, answering),
        missing=_missing(meeting, answering) if pages and meeting.state == "held" else "",
        issued=issued,
        said=papers_of.said_in(issued[0].id) if issued and meeting.state == "minuted" else None,
        may_download=not hidden,
        done=labels.happened(done) if done in FORMS else "",
    )


def _buttons(meeting: Meeting, pages: Sequence[ask.Page], answering: ask.Answering) -> list[str]:
    """The acts on the minutes that are this person's to take now."""
    roles = meetings.roles_on(meeting, g.user, today())
    mine = answering.may(g.user.id) and bool(ask.left_for(g.user.id, pages))
    open_to_me = (row.name for row in MEETING.actions(meeting.state, roles) if row.name in FORMS)
    return [name for name in open_to_me if name != "confirm_minutes" or mine]


def _missing(meeting: Meeting, answering: ask.Answering) -> str:
    """Whose confirmation is still missing, in a sentence; nothing where the minutes may be issued."""
    told = []
    if answering.lacks.heads:
        heads = sorted(answering.lacks.heads)
        called = Called([*heads, *answering.instead.values()])
        found = [_head(user_id, answering, called, meeting.held_on) for user_id in heads]
        told.append(_("who presided (%(names)s)", names=_(", ").join(found)))
    if answering.lacks.members:
        told.append(
            ngettext("%(num)s member of those present", "%(num)s members of those present", answering.lacks.members)
        )
    return _("Confirmations missing: %(who)s.", who=_("; ").join(told)) if told else ""


def _head(user_id: int, answering: ask.Answering, called: Called, on: date) -> str:
    name, led = called(user_id, on), answering.instead.get(user_id)
    return name if led is None else _("%(name)s in the place of %(head)s", name=name, head=called(led, on))


@bp.get("/meetings/<int:meeting_id>/minutes/<int:paper_id>/pdf")
def pdf(meeting_id: int, paper_id: int) -> BaseResponse:
    """The PDF of the minutes as issued; it is whole, so whoever stood aside from an item gets none."""
    meeting = ask.find(g.user, meeting_id) or abort(404)
    paper = next((p for p in papers_of.papers_of_meeting(meeting) if p.id == paper_id), None) or abort(404)
    sha256 = papers.file_of(paper.id)
    if sha256 is None or ask.hidden_from(g.user, meeting.id):
        abort(404)
    try:
        content = storage.open_file(sha256)
    except FileNotFoundError:
        abort(404)
    name = storage.clean_name(f"{paper.number}.pdf")
    answer = send_file(content, mimetype="application/pdf", as_attachment=True, download_name=name, max_age=0)
    answer.headers["Content-Security-Policy"] = CSP_OF_FILES
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


# --- acting ---


@bp.route("/meetings/<int:meeting_id>/minutes/<action>", methods=["GET", "POST"])
def act(meeting_id: int, action: str) -> Answer:
    """The page of one act on the minutes; sent, it goes through the door."""
    meeting = ask.find(g.user, meeting_id) or abort(404)
    if action not in FORMS:
        abort(404)
    row = MEETING.row(action, meeting.state)
    if row is None or not row.by & meetings.roles_on(meeting, g.user, today()):
        return _not_open(meeting, action)
    form = FORMS[action]()
    if "item" in form:
        form.item.choices = _items(meeting)
    if request.method == "GET":
        form.seen.data = str(meeting.version)
        return _page(meeting, action, form)
    if not form.validate():
        return _page(meeting, action, form), 422
    return _take(meeting, action, form)


def _take(meeting: Meeting, action: str, form: ActForm) -> Answer:
    try:
        seen = int(form.seen.data or "")
    except ValueError:
        abort(400)
    meeting_id = meeting.id
    try:
        acts.act(("meeting", meeting_id), action, by=g.user, at=now(), seen=seen, data=form.values())
    except acts.NotVisible:
        abort(404)
    except acts.Stale as moved:
        events = timeline.in_words(moved.since, inside=True)
        fresh = _again(meeting_id)
        page = render_template("minutes/stale.html", meeting=fresh, action=action, since=events, typed=form.typed())
        return page, 409
    except NotOpenError:
        return _not_open(_again(meeting_id), action)
    except RefusedError as refused:
        return _page(_again(meeting_id), action, form, _reasons(refused.stopping)), 422
    return redirect(url_for("minutes.show", meeting_id=meeting_id, done=action))


def _again(meeting_id: int) -> Meeting:
    return ask.find(g.user, meeting_id) or abort(404)


def _items(meeting: Meeting) -> list[object]:
    """The places a correction may point to; an item the secretary may not read is named by its number alone."""
    hidden = ask.hidden_from(g.user, meeting.id)
    named = [
        (str(i.no), _("Item %(no)s: %(name)s", no=i.no, name=name) if i.no not in hidden else _("Item %(no)s", no=i.no))
        for i, name in ask.agenda(meeting)
    ]
    return list(options(named, empty=_("The minutes as a whole")))


def _page(meeting: Meeting, action: str, form: ActForm, refused: Sequence[Reason] = ()) -> str:
    return render_template(
        "minutes/act.html",
        meeting=meeting,
        action=action,
        form=form,
        means=MEANS[action],
        refused=refused,
        has_errors=bool(form.errors or refused),
    )


def _reasons(outcomes: Sequence[Outcome]) -> list[Reason]:
    clauses, tongue = current(), lang()
    found = []
    for o in outcomes:
        if not stops(o):
            continue
        clause = clauses.clause(o.clause)
        said = clause.sentence(o.verdict, tongue, o.facts, o.figures)
        found.append(Reason(o.clause, said, clause.cure(tongue, o.facts, o.figures)))
    return found


def _not_open(meeting: Meeting, action: str) -> Answer:
    who = [labels.label(role) for role in sorted(MEETING.open_to(action, meeting.state))]
    return render_template("minutes/not_open.html", meeting=meeting, action=action, who=who), 409
