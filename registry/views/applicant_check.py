"""The end of an application: check, hand in, receipt; and copying or discarding a draft."""

import hashlib

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from registry import application, labels
from registry.clock import now
from registry.forms.act_base import ActForm
from registry.forms.acts import FORMS, ConfirmForm
from registry.models import Case
from registry.queries import applications as ask
from registry.queries import changes
from registry.services import documents as papers
from registry.services import drafts
from registry.services.policy import current
from registry.views.applicant import Answer, bp, handed_in, lang_of, not_editable, title_of
from workflows.gates import stops
from workflows.project import PROJECT
from workflows.rules import Outcome
from workflows.states import ProjectState

# Where an applicant cures what a rule found on submitting.
CURED_IN = {"A02": "method", "R34": "basics", "R20": "parcels"}


@bp.route("/my/<int:case_id>/check", methods=["GET", "POST"])
def check(case_id: int) -> Answer:
    """All answers on one page with what is missing; POST hands them in."""
    if away := not_editable(case_id):
        return away
    form = FORMS.get(drafts.submits_by(g.case), ConfirmForm)()
    if request.method == "POST":
        return _hand_in(case_id, form)
    return _check_page(form, [])


def _check_page(form: ActForm, refusals: list[tuple[str, str, str]], *, changed: bool = False) -> str:
    """`refusals`: (clause, sentence, address where it is cured or "")."""
    case: Case = g.case
    rows = ask.prepared(case)
    data = ask.data_of(rows)
    on_file = [d for d in ask.papers(case.id, case.round + 1) if d.kind not in ask.filed_in_validation()]
    lacking = papers.missing(papers.required(current(), case, data), on_file, data)
    action = drafts.submits_by(case)
    unchanged = case.round > 0 and changes.unchanged(case)
    if unchanged and action == "resubmit":
        form["words"].flags.optional = False  # here the answer is all there is to say
    return render_template(
        "applicant/check.html",
        case=case,
        title=title_of(case, rows),
        sections=[(view, _page_of(case.id, view.key)) for view in ask.sections_view(data, on_file)],
        missing=[(m, _address(case.id, m.field_id)) for m in application.missing(data, ask.done_of(rows))],
        lacking=[papers.missing_title(name, current(), data, lang_of()) for name in lacking],
        changes=changes.changes(case, ask.round_shown(case), case.round + 1) if case.round else [],
        unchanged=unchanged,
        action=action,
        form=form,
        faults=changes.faults_by_field(case),
        refusals=refusals,
        changed=changed,
        button=labels.action_label(action),
        may=_may(case, action),
        seen=case.version,
        answers_seen=_answers_digest(case),
        who=ask.applicant_name(case),
        address=lambda field_id: _address(case.id, field_id),
    )


def _may(case: Case, action: str) -> bool:
    """Whether this person may hand in what is prepared."""
    return any(getattr(a, "name", a) == action for a in PROJECT.actions(case.state, g.roles))


def _page_of(case_id: int, section: str) -> str:
    if section == "documents":
        return url_for("applicant.documents", case_id=case_id)
    return url_for("applicant.section", case_id=case_id, section=section)


def _address(case_id: int, field_id: str) -> str:
    """Where a field is changed: `section.field`, `parcels.<key>.<field>`, `documents.<kind>`."""
    section, *rest = field_id.split(".")
    if section == "parcels" and len(rest) == 2:
        return url_for("applicant.parcel", case_id=case_id, key=rest[0], _anchor=rest[1])
    if section not in application.SECTIONS:
        return url_for("applicant.task_list", case_id=case_id)
    return _page_of(case_id, section) + (f"#{rest[0]}" if rest else "")


def _answers_digest(case: Case) -> str:
    """What the page shows: the version of every section and every paper. Saving is no act, so `seen` misses it."""
    parts = [f"{name}:{row.version}:{row.done}" for name, row in sorted(ask.prepared(case).items())]
    parts += [f"{d.id}" for d in ask.papers(case.id, case.round + 1)]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


def _hand_in(case_id: int, form: ActForm) -> Answer:
    # Imported here: the door imports this module's services, and loads the whole table of effects.
    from registry.services.acts import NotOpen, NotVisible, Refused, Stale, act

    case: Case = g.case
    if request.form.get("answers_seen") != _answers_digest(case):
        return _check_page(form, [], changed=True), 409
    if not form.validate():
        return _check_page(form, []), 422
    seen = request.form.get("seen", "")
    action = drafts.submits_by(case)
    try:
        drafts.prepare(case_id)
        act(
            ("project", case_id),
            action,
            by=g.user,
            at=now(),
            seen=int(seen) if seen.isdecimal() else 0,
            data=form.values(),
        )
    except Refused as refused:
        told = [_told(case_id, o) for o in refused.outcomes if stops(o) or o.blocks]
        return _check_page(form, told), 422
    except Stale:
        return _check_page(form, [], changed=True), 409
    except NotVisible:
        abort(404)
    except (NotOpen, drafts.NotEditable, drafts.NothingThere):
        return handed_in(case_id)
    return redirect(url_for("applicant.receipt", case_id=case_id))


def _told(case_id: int, outcome: Outcome) -> tuple[str, str, str]:
    """What stops a submission in words, and where to cure it."""
    clause = current().clause(outcome.clause)
    lang = lang_of()
    facts = dict(outcome.facts)
    if sections := facts.get("sections"):
        facts["sections"] = [str(application.SECTIONS[s].title) for s in sections if s in application.SECTIONS]
    said = clause.sentence(outcome.verdict, lang, facts, outcome.figures)
    cure = clause.cure(lang, facts, outcome.figures)
    words = f"{said} {cure}".strip()
    if outcome.clause == "S50":
        # A notice can be answered in the box on this page; an amendment is prepared in the sections.
        answers_here = drafts.submits_by(g.case) == "resubmit"
        return outcome.clause, words, "#words" if answers_here else url_for("applicant.task_list", case_id=case_id)
    section = CURED_IN.get(outcome.clause)
    return outcome.clause, words, _page_of(case_id, section) if section else ""


@bp.get("/my/<int:case_id>/receipt")
def receipt(case_id: int) -> Answer:
    """The number, and what comes next."""
    case: Case = g.case
    if case.number is None:
        return redirect(url_for("applicant.task_list", case_id=case_id))
    return render_template(
        "applicant/receipt.html",
        case=case,
        who=ask.applicant_name(case),
        papers=ask.papers(case.id, case.round),
        next_step=labels.next_step(case.state),
        turn=labels.whose_turn(case.state),
        received=ask.handed_in_at(case),
    )


@bp.post("/my/<int:case_id>/copy")
def copy(case_id: int) -> Answer:  # noqa: ARG001 (the guard has put the case into g)
    """A new draft with the same answers and papers."""
    new_id = drafts.copy_case(g.case, by=g.user, at=now())
    flash(_("This is a new draft with the same answers and documents. Please make the declarations anew."))
    return redirect(url_for("applicant.task_list", case_id=new_id))


@bp.route("/my/<int:case_id>/discard", methods=["GET", "POST"])
def discard(case_id: int) -> Answer:
    """Throw a draft away, after saying what that means."""
    case: Case = g.case
    if case.state is not ProjectState.DRAFT:
        return handed_in(case_id)
    if request.method == "GET":
        title = title_of(case, ask.prepared(case))
        return render_template("applicant/discard.html", case=case, title=title, names=ask)
    try:
        drafts.discard(case_id)
        flash(_("The draft was discarded."))
    except drafts.NothingThere:
        flash(_("The draft had been discarded already."))
    except drafts.NotEditable:
        return handed_in(case_id)
    return redirect(url_for("applicant.home"))
