"""The room of the leading group: its meetings, their agenda and roll, the item on the projector, my opinions."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from registry import formats, labels, permissions
from registry.clock import now, today
from registry.forms.act_base import ActForm
from registry.forms.meetings import FORMS, PlanForm
from registry.models import Case, Meeting
from registry.queries import meetings as ask
from registry.queries import partners, people, sitting_views, sittings, timeline
from registry.queries.called import Called
from registry.queries.inbox import waiting
from registry.queries.paging import Page
from registry.queries.sitting_shapes import AgendaLine
from registry.services import acts, facts, requests
from registry.services import meetings as verbs
from registry.services.policy import current
from registry.views import meeting_words as words
from registry.views.case import Answer
from registry.views.case_acts import seen_of
from registry.views.case_words import facts_shown, lang
from registry.views.contract_words import Tally, outcomes, tally
from registry.views.desk import task_words
from workflows.facts import ProjectFacts
from workflows.gates import judge, stops
from workflows.machine import NotOpenError, RefusedError
from workflows.meeting import MEETING
from workflows.project import PROJECT
from workflows.roles import VOTING, Role
from workflows.states import MeetingState

bp = Blueprint("meeting", __name__)

PAGE = 20
APPROVES = ("approve_risk", "register", "decide_amendment")
SITTING = frozenset({"S71", "S11", "S15"})
"""Clauses about the sitting itself, which is still to come."""
LONGEST_QUERY = 80
MANY_PAGES = 10_000


def _meeting(meeting_id: int) -> Meeting:
    """The meeting of the address, if its body is one of this person's; else there is none."""
    found = ask.one(g.user, meeting_id)
    if found is None:
        abort(404)
    return found


def _roles(meeting: Meeting) -> frozenset[Role]:
    return verbs.roles_on(meeting, g.user, today())


def _page_no() -> int:
    return max(1, min(request.args.get("page", 1, type=int), MANY_PAGES))


def _links(page: Page, endpoint: str, **kept: Any) -> dict[str, Any]:
    """What the pagination macro asks for."""
    return {
        "prev_url": url_for(endpoint, page=page.no - 1, **kept) if page.no > 1 else None,
        "next_url": url_for(endpoint, page=page.no + 1, **kept) if page.no < page.pages else None,
        "more": False,
        "first": page.first,
        "last": page.last,
        "total": page.total,
    }


# --- the calendar ---


@bp.get("/meetings")
def index() -> str:
    """Coming meetings, and those of a year by month."""
    years = ask.years(g.user)
    year = request.args.get("year", 0, type=int)
    year = year if year in years else next(iter(years), today().year)
    months = [
        (month, list(held))
        for month, held in groupby(ask.past(g.user, year), key=lambda h: h.meeting.held_on.replace(day=1))
    ]
    year_links = [
        {"label": str(y), "url": url_for("meeting.index", year=y), "count": None, "current": y == year} for y in years
    ]
    return render_template(
        "meeting/index.html",
        coming=ask.coming(g.user),
        months=months,
        years=year_links if len(years) > 1 else [],
        may_plan=Role.SECRETARY in g.offices,
        votes=bool(g.offices & VOTING),
    )


@bp.route("/meetings/plan", methods=["GET", "POST"])
def plan() -> Answer:
    """The secretary plans a meeting."""
    bodies = [body for role, body in permissions.appointments(g.user) if role is Role.SECRETARY]
    form = PlanForm()
    names = {b.id: b.name if lang() == "zh" else b.name_en for b in people.bodies()}
    form.body.choices = [SelectChoice(str(b), names[b]) for b in dict.fromkeys(bodies)]
    if len(form.body.choices) == 1:
        del form.body
    if request.method == "GET" or not form.validate():
        return render_template("meeting/plan.html", form=form), 422 if form.errors else 200
    body_id = int(form.body.data) if "body" in form else bodies[0]
    day, hour, place = form.held_on.data, form.starts_at.data, form.place.data
    meeting_id = verbs.plan(body_id, day, hour, place, by=g.user, at=now())
    flash(_("The meeting was planned. Now table the cases it is to decide."))
    return redirect(url_for("meeting.show", meeting_id=meeting_id))


# --- a meeting ---


@bp.get("/meetings/<int:meeting_id>")
def show(meeting_id: int) -> str:
    """The meeting: when and where, its agenda, its roll, and what this person may do."""
    meeting = _meeting(meeting_id)
    done = request.args.get("done", "")
    return render_template(
        "meeting/show.html",
        meeting=meeting,
        **_agenda(meeting),
        roll=ask.roll(meeting),
        presided_by=Called([meeting.presided_by_id])(meeting.presided_by_id, meeting.held_on),
        buttons=words.buttons(meeting, _roles(meeting)),
        done=labels.happened(done) if any(row.name == done for row in MEETING.acts) else "",
        may_table=Role.SECRETARY in _roles(meeting) and meeting.state in ask.STILL_TO_BE_HELD,
    )


@bp.get("/meetings/<int:meeting_id>/agenda")
def agenda(meeting_id: int) -> str:
    """The agenda alone, as the page asks for it again every few seconds."""
    meeting = _meeting(meeting_id)
    return render_template("meeting/_agenda.html", meeting=meeting, **_agenda(meeting))


def _agenda(meeting: Meeting) -> dict[str, Any]:
    """The items as the reader may see them, and what waits for the reader in each."""
    items = g.waiting = waiting(g.user)
    return {
        "lines": sitting_views.agenda(sittings.of_meeting(meeting.id), g.user),
        "mine": {i.case_id: (task_words(i), _url(i.number, i.act)) for i in items if i.why != "open_meeting"},
    }


def _url(number: str | None, action: str) -> str:
    return url_for("case.act", number=number, action=action) if number else ""


@bp.route("/meetings/<int:meeting_id>/act/<action>", methods=["GET", "POST"])
def act(meeting_id: int, action: str) -> Answer:
    """The page of one act on a meeting; sent, it goes through the door."""
    meeting = _meeting(meeting_id)
    if action not in FORMS:
        abort(404)
    row = MEETING.row(action, meeting.state)
    if row is None or not row.by & _roles(meeting):
        return _not_open(meeting, action)
    form = _form(meeting, action)
    if request.method == "GET":
        form.seen.data = str(meeting.version)
        return _page(meeting, action, form)
    if not form.validate():
        return _page(meeting, action, form), 422
    try:
        acts.act(("meeting", meeting_id), action, by=g.user, at=now(), seen=seen_of(form), data=form.values())
    except acts.NotVisible:
        abort(404)
    except acts.Stale as moved:
        since = timeline.in_words(moved.since, inside=True)
        page = render_template(
            "meeting/stale.html", meeting=_meeting(meeting_id), action=action, since=since, typed=form.typed()
        )
        return page, 409
    except NotOpenError:
        return _not_open(_meeting(meeting_id), action)
    except RefusedError as stopped:
        return _page(meeting, action, form, words.stopping(stopped.outcomes, meeting)), 422
    return redirect(url_for("meeting.show", meeting_id=meeting_id, done=action))


def _form(meeting: Meeting, action: str) -> ActForm:
    form = FORMS[action]()
    fill = request.method == "GET"
    if action == "note_attendance":
        roll = ask.roll(meeting)
        form.present.choices = [
            SelectChoice(str(p.user_id), _("%(name)s, %(role)s", name=p.name, role=labels.label(p.role))) for p in roll
        ]
        if fill:
            form.present.data = [str(p.user_id) for p in roll if p.present]
    elif action == "change_meeting" and fill:
        form.held_on.data, form.starts_at.data, form.place.data = meeting.held_on, meeting.starts_at, meeting.place
    return form


def _page(meeting: Meeting, action: str, form: ActForm, refused: Sequence[Any] = ()) -> str:
    return render_template(
        "meeting/act.html",
        meeting=meeting,
        action=action,
        form=form,
        refused=refused,
        has_errors=bool(form.errors or refused),
        means=words.MEANS.get(action, ""),
        undo=words.UNDO.get(action, ""),
        stop=action in words.STOP,
    )


def _not_open(meeting: Meeting, action: str) -> Answer:
    who = [labels.label(role) for role in sorted(MEETING.open_to(action, meeting.state))]
    return render_template("meeting/not_open.html", meeting=meeting, action=action, who=who), 409


@bp.get("/meetings/<int:meeting_id>/history")
def history(meeting_id: int) -> str:
    """What happened in the meeting, from the audit chain."""
    meeting = _meeting(meeting_id)
    items = sittings.of_meeting(meeting.id)
    seen = {line.no for line in sitting_views.agenda(items, g.user) if line.case}
    open_items = [s for s in items if s.item in seen]
    return render_template("meeting/history.html", meeting=meeting, events=timeline.of_meeting(meeting.id, open_items))


# --- cases for the agenda ---


@bp.get("/meetings/<int:meeting_id>/candidates")
def candidates(meeting_id: int) -> str:
    """What could be tabled for a meeting, and for each case that cannot be, what is missing."""
    meeting = _meeting(meeting_id)
    if Role.SECRETARY not in _roles(meeting):
        abort(404)
    page = ask.candidates(meeting.body_id, g.user, _page_no(), PAGE)
    return render_template(
        "meeting/candidates.html",
        meeting=meeting,
        rows=[(case, *_missing(case, meeting)) for case in page.items],
        page=page,
        links=_links(page, "meeting.candidates", meeting_id=meeting.id),
    )


Missing = list[tuple[str, str]]
"""(clause, title) of what stops."""


def _missing(case: Case, meeting: Meeting) -> tuple[Missing, Missing]:
    """What keeps a case off the agenda; and what, on the agenda, would still keep it from being approved."""
    known = facts.project_facts(case, current(), today(), g.user)
    asked = {"meeting": meeting.id}
    tabled = requests.with_request(known, case, "table", frozenset({Role.SECRETARY}), asked, today(), g.user)
    first = _stopping("table", case, tabled)
    decided = next((_stopping(action, case, known) for action in APPROVES if PROJECT.row(action, case.state)), [])
    return first, [said for said in decided if said[0] not in SITTING and said not in first]


def _stopping(action: str, case: Case, known: ProjectFacts) -> Missing:
    row = PROJECT.row(action, case.state)
    found = judge(row.gate, known, current()) if row else ()
    return [(c, current().clause(c).title(lang())) for c in dict.fromkeys(o.clause for o in found if stops(o))]


# --- the room ---


@bp.get("/meetings/<int:meeting_id>/room")
def room(meeting_id: int) -> str:
    """One item, large, for everybody in the room to read."""
    meeting = _meeting(meeting_id)
    shown = _room(meeting)
    return render_template("meeting/room.html", meeting=meeting, contract=_contract(shown["line"]), **shown)


@bp.get("/meetings/<int:meeting_id>/room/live")
def live(meeting_id: int) -> str:
    """The same item alone, as the room asks for it again every few seconds."""
    meeting = _meeting(meeting_id)
    return render_template("meeting/_item.html", meeting=meeting, **_room(meeting))


def _contract(line: AgendaLine | None) -> Tally | None:
    """How the contract of an item came out, for whoever may see its file; None where there is no partner."""
    case = partners.case_with_partner(line.case.id) if line and line.case else None
    return tally(outcomes(facts_shown(case), current())) if case else None


def _room(meeting: Meeting) -> dict[str, Any]:
    """The item asked for, else the first that is still open."""
    items = sittings.of_meeting(meeting.id)
    lines = sitting_views.agenda(items, g.user)
    asked = request.args.get("item", 0, type=int)
    place = next((n for n, line in enumerate(lines) if line.no == asked), None)
    if place is None:
        if asked:
            abort(404)
        place = next((n for n, line in enumerate(lines) if line.open), 0)
    if not lines:
        return {"line": None, "shown": None, "before": None, "after": None, "total": 0}
    line = lines[place]
    return {
        "line": line,
        "shown": sitting_views.room(items[place], line) if line.case else None,
        "before": lines[place - 1].no if place else None,
        "after": lines[place + 1].no if place + 1 < len(lines) else None,
        "total": len(lines),
        "in_session": meeting.state is MeetingState.IN_SESSION,
        "at": formats.clock(now()),
    }


# --- my opinions ---


@bp.get("/opinions")
def opinions() -> str:
    """Everything this member said in sittings, to be found by case."""
    q = " ".join(request.args.get("q", "").split())[:LONGEST_QUERY]
    page = ask.said_by(g.user, q, _page_no(), PAGE)
    links = _links(page, "meeting.opinions", **({"q": q} if q else {}))
    return render_template("meeting/opinions.html", page=page, links=links, q=q)
