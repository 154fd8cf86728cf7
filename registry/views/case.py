"""A case: its page, the answers of a round, what changed, its papers, and its chain; acting is in case_acts.py."""

from typing import Any, BinaryIO

from flask import Blueprint, abort, g, render_template, request, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from registry import labels, storage
from registry.clock import now, today
from registry.models import Case
from registry.permissions import ENTRIES
from registry.queries import applications, notices, pilot, site_checks, timeline
from registry.queries import case as ask
from registry.queries import changes as compare
from registry.queries import panels as panels_of
from registry.queries.case_review import paper
from registry.queries.clocks import readings
from registry.services import audit as chain_of
from registry.services import farm_records
from registry.services.facts import conditions_round
from registry.services.policy import current
from registry.views import case_words as words
from registry.views.clock_words import clock_view, monday_to_sunday
from workflows.clocks import BESIDE, ClockKind
from workflows.gates import findings
from workflows.rules import standing
from workflows.states import Verdict

bp = Blueprint("case", __name__)

Answer = BaseResponse | str | tuple[str, int]

CSP_OF_FILES = "sandbox; default-src 'none'"
"""What a browser may do with an uploaded file that it opens after all: nothing."""


@bp.get("/cases/<number>")
def show(number: str) -> str:  # noqa: ARG001 (the guard has loaded the case)
    """The case: where it stands, what it is, what was found and said, and what this person may do."""
    case, policy = g.case, current()
    known = words.facts_shown(case)
    found = findings(known, policy)
    held_up = any(standing.keeps_off_the_agenda(o, policy) for o in found)
    page = ask.case_page(case, g.roles, g.user, lambda _cases, _on: {case.id} if held_up else ())
    open_to_me = words.buttons(case, known)
    done = request.args.get("done", "")
    # What nobody can tell of a contract and stops nothing stands on the page of the contract check.
    shown = [o for o in found if o.verdict is Verdict.FAIL or standing.keeps_off_the_agenda(o, policy)]
    return render_template(
        "case/show.html",
        page=page,
        findings=[words.finding(o, case) for o in shown],
        findings_elsewhere=len(found) - len(shown),
        buttons=open_to_me,
        may_answer="answer_finding" in {b.action for b in open_to_me},
        public_notices=notices.of_case(case, g.roles),
        sees_contact=bool(g.roles & notices.SEES_CONTACT),
        events=timeline.timeline(case.id, inside=page.inside),
        done=labels.happened(done) if done in labels.ACTIONS else "",
        panels=panels_of.of_case(case, g.roles, g.user),
        redress=words.redress(known) if case.state in ask.RECONSIDERED else (),
        **clocks_shown(case),
        site_checks=site_checks.records(case) if page.inside else (),
        may_check={b.action for b in open_to_me} & {"record_site_check", "sign_site_check"},
        losses=pilot.loss_sums(pilot.losses_of(case.id)) if case.registered_on else None,
        records_losses=farm_records.may_record_losses(case, g.user, now()),
        may_audit=bool(g.roles & ENTRIES["case.audit"].case),
    )


def clocks_shown(case: Case) -> dict[str, Any]:
    """The deadline that counts now, and the other clocks of a case, each with its proof."""
    on = today()
    conditions = ask.review.conditions(case.id, conditions_round(case))
    named = {(ClockKind.CONDITION, c.id): f"{c.no}. {c.words}" for c in conditions}
    named |= {(ClockKind.OBJECTION, key): _("no. %(no)s", no=str(no)) for key, no in notices.numbers(case.id)}
    views = [(r.kind, clock_view(r, on, named.get((r.kind, r.ref), ""))) for r in readings(case.id, on)]
    # What has long passed and nobody watches needs no place on the page.
    views = [(kind, v) for kind, v in views if v.watched or v.due_on is None or v.due_on >= on]
    main = next((v for kind, v in views if v.watched and kind not in BESIDE), None)
    return {
        "main_clock": main,
        "other_clocks": [v for _kind, v in views if v is not main],
        "week_heads": monday_to_sunday(),
    }


@bp.get("/cases/<number>/application")
@bp.get("/cases/<number>/application/<int:round_no>")
def application(number: str, round_no: int | None = None) -> str:  # noqa: ARG001
    """Every answer of a submitted round, the present one unless said otherwise."""
    shown = g.case.round if round_no is None else round_no
    if not 1 <= shown <= g.case.round:
        abort(404)
    return render_template(
        "case/application.html",
        case=g.case,
        round_no=shown,
        sections=applications.answers_view(g.case, shown),
        faults=[n for n in ask.review.notices(g.case) if n.round_no == shown],
    )


@bp.get("/cases/<number>/changes")
def changes(number: str) -> str:  # noqa: ARG001
    """What differs between two submitted rounds: `?old=1&new=2`, else the last two."""
    new = request.args.get("new", g.case.round, type=int)
    old = request.args.get("old", new - 1, type=int)
    if not 1 <= old < new <= g.case.round:
        abort(404)
    return render_template(
        "case/changes.html",
        case=g.case,
        old=old,
        new=new,
        changes=compare.changes(g.case, old, new),
        words=compare.explained(g.case, new),
    )


@bp.get("/cases/<number>/documents/<int:document_id>")
def document(number: str, document_id: int) -> BaseResponse:  # noqa: ARG001
    """A paper of this case, always as a download."""
    found = paper(g.case, document_id, g.roles)
    if found is None:
        abort(404)
    try:
        content = storage.open_file(found.sha256)
    except FileNotFoundError:
        abort(404)
    return _download(content, found.file.media_type, found.filename)


def _download(content: BinaryIO, media_type: str, name: str) -> BaseResponse:
    answer = send_file(content, mimetype=media_type, as_attachment=True, download_name=name, max_age=0)
    answer.headers["Content-Security-Policy"] = CSP_OF_FILES
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@bp.get("/cases/<number>/objections/<int:objection_id>/file")
def objection_file(number: str, objection_id: int) -> BaseResponse:  # noqa: ARG001
    """The paper that came with an objection, for officers: it may name whoever objected."""
    found = notices.file_of(g.case, objection_id)
    if found is None:
        abort(404)
    try:
        content = storage.open_file(found.sha256)
    except FileNotFoundError:
        abort(404)
    return _download(content, found.file.media_type, found.filename)


@bp.get("/cases/<number>/audit")
def audit(number: str) -> str:  # noqa: ARG001
    """The rows of the chain about this case, and whether the chain holds."""
    rows, bad = chain_of.verify()
    return render_template(
        "case/audit.html",
        case=g.case,
        links=timeline.chain(g.case.id, bad.seq if bad else None),
        verified=rows,
        first_bad=bad.seq if bad else None,
    )


# Their routes hang on the same blueprint.
from registry.views import case_acts, case_contract, case_methods, case_screening  # noqa: E402, F401
