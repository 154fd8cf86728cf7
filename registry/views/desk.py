"""The desk: what waits for me, the cases I see, what is overdue, and the notices I was sent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from registry import labels, permissions
from registry.clock import now, today
from registry.labels.clocks import clock as label_of_clock
from registry.labels.clocks import standing
from registry.labels.lists import Due
from registry.models import Case
from registry.queries import cases as cases_of
from registry.queries import clocks as clocks_of
from registry.queries import meetings, records
from registry.queries.applications import applicant_name
from registry.queries.inbox import Item, waiting
from registry.queries.paging import Page, Place
from registry.queries.timeline import reminders
from registry.services.contract_book import kept_off_the_agenda
from registry.services.notices import mark_read
from registry.services.policy import current
from workflows.clocks import NEAR_DAYS
from workflows.states import ProjectState, Question, Scheme
from workflows.units import PERIODS

bp = Blueprint("desk", __name__)
bp.add_app_template_filter(records.gone, "gone")

S = ProjectState
PAGE = 20
LONGEST_QUERY = 80
LARGEST_ID = 2**31 - 1

TASKS: Mapping[tuple[str, str], LazyString] = {
    ("submit", ""): _l("Complete the application and submit it"),
    ("resubmit", ""): _l("Cure the faults and submit again"),
    ("accept", ""): _l("Check the documents and decide on acceptance"),
    ("sign_screening", ""): _l("Answer the conditions and sign the screening sheet"),
    ("sign_screening", "no_conditions"): _l(
        "The conditions of this standard are not on file yet: ask for corrections, decline or suspend the case"
    ),
    ("sign_screening", "second"): _l("Answer the conditions: the second officer’s signature is missing"),
    ("pass_screening", ""): _l("Both officers have signed: close the screening"),
    ("sign_site_check", ""): _l("Sign the record of the site check: the second officer’s signature is missing"),
    ("send_for_legal_review", ""): _l("Send the complete file for legal review"),
    ("table", "legal_time"): _l("The legal review has not had its working days yet; after them the case can be tabled"),
    ("give_legal_opinion", ""): _l("Give the legal opinion"),
    ("table", ""): _l("Table the case for the leading group"),
    ("table", "amendment"): _l("Everything is in: table the amendment for the leading group"),
    ("table", "title"): _l("The title is in question: the case cannot be tabled until this is settled"),
    ("table", "finding"): _l("A finding blocks: the case cannot be tabled until it is settled"),
    ("vote", Question.RISK_REVIEW): _l("Vote on project and contract risk"),
    ("vote", Question.REGISTRATION): _l("Vote on entry into the project library"),
    ("vote", Question.SCREENING): _l("Vote on the project in methodology screening"),
    ("vote", Question.VALIDATION): _l("Vote on the project in validation"),
    ("vote", Question.AMENDMENT): _l("Vote on the amendment"),
    ("vote", Question.REVOCATION): _l("Vote on revoking the entry"),
    ("vote", Question.SUSPENSION): _l("Vote on suspending the registered project"),
    ("vote", ""): _l("Cast your vote"),
    ("decide_recusal", ""): _l("Decide whether a member stands aside"),
    ("call_vote", ""): _l("A quorum is in the room: put the question to the vote"),
    ("call_vote", "open_meeting"): _l("The day has come: open the meeting"),
    ("adjourn", ""): _l("Fewer than a quorum are in the room: wait, or adjourn the question"),
    ("approve_risk", ""): _l("The votes are in: decide on the risk review"),
    ("register", ""): _l("The votes are in: decide on entry"),
    ("decide_amendment", ""): _l("The votes are in: decide on the amendment"),
    ("approve_risk", "no_majority"): _l("The votes are in, without a majority: decide on the risk review"),
    ("register", "no_majority"): _l("The votes are in, without a majority: decide on entry"),
    ("decide_amendment", "no_majority"): _l("The votes are in, without a majority: decide on the amendment"),
    ("reject", ""): _l("The votes are in: decide on the refusal"),
    ("revoke", ""): _l("The votes are in: decide on the revocation"),
    ("suspend", ""): _l("The votes are in: decide on the suspension"),
    ("untable", ""): _l("There is no majority any more: take the case off the agenda"),
    ("uphold", ""): _l("Reconsideration was asked for: have three people who had no part decide on it"),
    ("resume", ""): _l("Suspended: resume the case once the reason has gone"),
    ("resume", "flaw"): _l("A decision lost its effect: resume the case so that it is taken again"),
    ("file_validation", ""): _l("Validate the project and file the report"),
    ("give_environment_opinion", ""): _l("Give the ecology and environment bureau’s opinion"),
    ("draw_panel", ""): _l("An expert panel is needed: draw it"),
    ("draw_panel", "again"): _l("The expert panel was broken off: draw another"),
    ("give_expert_opinion", ""): _l("Give your opinion as an expert, or give up the seat"),
    ("close_panel", ""): _l("Every expert’s opinion is in: end the panel"),
    ("close_panel", "short"): _l("A seat of the expert panel cannot be filled: break it off and draw another"),
    ("open_notice", ""): _l("Open the public notice"),
    ("answer_objection", ""): _l("Answer what was handed in during the public notice"),
    ("close_notice", ""): _l("The public notice has run and everything is answered: close it"),
    ("pass_validation", ""): _l("Opinions and notice are in: close the validation"),
    ("name_validator", ""): _l("Name the validation body"),
    ("report_condition", ""): _l("Report how the conditions of the approval are met"),
    ("record_delivery", ""): _l("Deliver the decision, and record the day and the way"),
    ("confirm_receipt", ""): _l("Read the decision, and confirm that you received it"),
    ("extend", ""): _l("The applicant asked for more time: answer the request"),
    ("confirm_condition", ""): _l("Check the evidence and confirm the conditions of the approval"),
}
"""(act, variant) → what the person is to do, in words."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the inbox: the item, what to do, where, and for how many days it has waited."""

    item: Item
    name: str
    task: str
    url: str
    days: int
    due: Due | None = None


def standing_of(item: Item) -> Due | None:
    """How the deadline of a line stands; None where no clock runs."""
    if item.deadline is None:
        return None
    left = item.deadline.left
    stopped = item.deadline.due_on is None
    return standing(overdue=left < 0 and not stopped, near=0 <= left <= NEAR_DAYS, stopped=stopped)


def task_words(item: Item) -> str:
    """What the person is to do."""
    words = TASKS.get((item.act, item.why)) or TASKS.get((item.act, ""))
    return str(words) if words else labels.action_label(item.act)


def case_url(case: Case | Item) -> str:
    """The page of a case: the applicant's task list while it is a draft."""
    if case.number is None:
        return url_for("applicant.task_list", case_id=case.id if isinstance(case, Case) else case.case_id)
    return url_for("case.show", number=case.number)


def todo_url(item: Item) -> str:
    """Where the person does it."""
    if item.act in ("submit", "resubmit"):
        return url_for("applicant.task_list", case_id=item.case_id)
    return url_for("meeting.index") if item.why == "open_meeting" else case_url(item)


def _typed(name: str) -> str:
    return " ".join(request.args.get(name, "").split())[:LONGEST_QUERY]


def _page_no() -> int:
    return max(1, min(request.args.get("page", 1, type=int), LARGEST_ID))


def _choice(members: Any, name: str) -> Any:
    word = request.args.get(name, "")
    return members(word) if word in set(members) else None


def _district() -> str:
    code = request.args.get("district", "")
    return code if code in labels.DISTRICTS else ""


def _links(page: Page, endpoint: str, chosen: Mapping[str, str]) -> dict[str, Any]:
    """What the pagination macro asks for."""
    kept = {key: value for key, value in chosen.items() if value}

    def url(no: int, **cursor: str) -> str:
        return url_for(endpoint, **kept, page=no, **{key: value for key, value in cursor.items() if value and no > 1})

    return {
        "prev_url": url(page.no - 1, before=page.before) if page.no > 1 else None,
        "next_url": url(page.no + 1, after=page.after) if page.no < page.pages else None,
        "more": page.more,
        "first": page.first,
        "last": page.last,
        "total": page.total,
    }


def _state_links(
    endpoint: str,
    counts: Mapping[ProjectState, int],
    current: Any,
    kept: Mapping[str, str],
    *,
    more: bool = False,
) -> list[Any]:
    """All, then each state with its count; with `more`, not all were counted, so every state stands there without."""
    rest = {key: value for key, value in kept.items() if value and key != "state"}
    number = None if more else sum(counts.values())
    links = [{"label": _("All"), "url": url_for(endpoint, **rest), "count": number, "current": not current}]
    for state in ProjectState:
        if counts.get(state) or state == current or more:
            url = url_for(endpoint, **rest, state=state.value)
            words, count = labels.label(state), None if more else counts.get(state, 0)
            links.append({"label": words, "url": url, "count": count, "current": state == current})
    return links


def kept_off(cases: Sequence[Case], on: date) -> Collection[int]:
    """Which of these cases the inbox must not offer to table: a finding that blocks holds them up."""
    return kept_off_the_agenda(cases, current(), on)


@bp.get("/inbox")
def inbox() -> str:
    """What waits for me, the nearest deadline first; the filters stand in the URL."""
    on = today()
    items = g.waiting = waiting(g.user, on, kept_off)
    state, district, q = _choice(S, "state"), _district(), _typed("q")
    chosen = {"state": state.value if state else "", "district": district, "q": q}
    fitting = [i for i in items if (not district or i.district_code == district) and _fits(i, q)]
    counts: dict[ProjectState, int] = {}
    for item in fitting:
        counts[item.state] = counts.get(item.state, 0) + 1
    shown = [i for i in fitting if state in (None, i.state)]
    pages = max(1, -(-len(shown) // PAGE))
    no = min(_page_no(), pages)
    rows = [
        Row(i, i.name or _("Draft without a name"), task_words(i), todo_url(i), i.days(on), standing_of(i))
        for i in shown[(no - 1) * PAGE : no * PAGE]
    ]
    page = Page(rows, no, pages, len(shown), PAGE)
    return render_template(
        "desk/inbox.html",
        on=on,
        total=len(items),
        page=page,
        links=_links(page, "desk.inbox", chosen),
        chosen=chosen,
        narrowed=any(chosen.values()),
        state_links=_state_links("desk.inbox", counts, state, chosen),
        districts=_districts({i.district_code for i in items}, district),
        sees_cases=bool(permissions.DESK.offices & g.offices),
        meetings=meetings.coming(g.user, within=meetings.SOON),
        waiting_records=records.waits(g.user),
    )


def _fits(item: Item, q: str) -> bool:
    where = " ".join((item.name, item.number or "", item.applicant)).casefold()
    return not q or q.casefold() in where


def _districts(codes: set[str | None], chosen: str) -> Mapping[str, LazyString]:
    """The districts worth choosing from, in the order of their codes."""
    return {code: name for code, name in labels.DISTRICTS.items() if code in codes or code == chosen}


@bp.get("/cases")
def cases() -> str:
    """Every case this person sees, with filters, pages and sums."""
    chosen = cases_of.Chosen(
        state=_choice(S, "state"),
        scheme=_choice(Scheme, "scheme"),
        district=_district(),
        q=_typed("q"),
        band=next((b for b in cases_of.BANDS if b.key == request.args.get("days")), None),
        land=_choice(cases_of.Land, "land"),
        period=next((p for p in PERIODS if str(p.number) == request.args.get("period")), None),
    )
    sums = cases_of.sums(g.user, chosen)
    place = Place(_page_no(), request.args.get("after", ""), request.args.get("before", ""))
    page = cases_of.listed(g.user, chosen, place=place, size=PAGE, known=sums)
    kept = {
        "state": chosen.state.value if chosen.state else "",
        "scheme": chosen.scheme.value if chosen.scheme else "",
        "district": chosen.district,
        "q": chosen.q,
        "days": chosen.band.key if chosen.band else "",
        "land": chosen.land.value if chosen.land else "",
        "period": str(chosen.period.number) if chosen.period else "",
    }
    names = cases_of.draft_names([c.id for c in page.items if c.state is S.DRAFT])
    rows = [(c, c.name or names.get(c.id) or _("Draft without a name"), case_url(c)) for c in page.items]
    return render_template(
        "desk/cases.html",
        rows=rows,
        page=page,
        sums=sums,
        links=_links(page, "desk.cases", kept),
        chosen=kept,
        narrowed=chosen.narrows,
        further=chosen if chosen.one_by_one else None,
        state_links=_state_links("desk.cases", sums.by_state, chosen.state, kept, more=sums.more),
        schemes=list(Scheme),
        districts=labels.DISTRICTS,
    )


@bp.get("/overdue")
def overdue() -> str:
    """What is overdue in the cases of a supervisor or chair, in one state or all, the longest first."""
    on, state = today(), _choice(S, "state")
    lines = [
        (line, label_of_clock(line.clock.kind), case_url(line.case), applicant_name(line.case))
        for line in clocks_of.overdue(g.user, permissions.ENTRIES["desk.overdue"].offices, on)
        if state in (None, line.case.state)
    ]
    return render_template("desk/overdue.html", on=on, lines=lines, state=state)


@bp.route("/notices", methods=["GET", "POST"])
def notices() -> Response | str:
    """What I was told, the newest first; a post marks what was shown as read."""
    if request.method == "POST":
        mark_read(g.user.id, min(max(request.form.get("upto", 0, type=int), 0), LARGEST_ID), now())
        return redirect(url_for("desk.notices"))
    page = cases_of.notices(g.user, page=_page_no(), size=PAGE)
    said = reminders([line.notice.seq for line in page.items if line.notice.action == "remind"])
    rows = [
        (
            line,
            case_url(line.case) if line.case else None,
            said.get(line.notice.seq) or labels.happened(line.notice.action),
        )
        for line in page.items
    ]
    return render_template(
        "desk/notices.html",
        rows=rows,
        page=page,
        links=_links(page, "desk.notices", {}),
        unread=cases_of.unread(g.user),
        newest=cases_of.newest_notice(g.user),
    )
