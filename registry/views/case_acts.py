"""Acting on a case: every act has its own page that says what it means, and goes through the one door."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from registry import labels, storage
from registry.clock import now
from registry.forms.act_base import ActForm
from registry.forms.act_checks import SiteCheckForm
from registry.forms.act_notice import AnswerObjectionForm
from registry.forms.act_opinions import ValidationForm
from registry.forms.act_sheets import build_correction
from registry.forms.acts import FORMS
from registry.queries import applications, meetings, notices, timeline
from registry.queries import case as ask
from registry.services import acts, case_files, documents, facts
from registry.services.policy import current
from registry.services.rounds import OPENING
from registry.storage import FileRefused
from registry.views import case_site_checks as site_checks
from registry.views import case_words as words
from registry.views import panel_words
from registry.views.act_choices import choices
from registry.views.applicant_documents import WORDS as FILE_WORDS
from registry.views.case import Answer, bp
from workflows.machine import NotOpenError, RefusedError
from workflows.policy import DocumentStage
from workflows.project import PROJECT
from workflows.states import (
    ProjectState,
    Scheme,
    Side,
)

PAPER_KINDS: Mapping[str, str] = {
    "give_legal_opinion": "legal_opinion",
    "give_environment_opinion": "environment_opinion",
    "file_validation": "validation_report",
    "record_site_check": "site_check",
}
REFUSING = frozenset({"reject", "decline"})
"""Acts whose notice tells the ways of redress (S23)."""

NATIONAL_FIELDS = ("external_number", "notice_url", "notice_from", "notice_to")
"""Asked under CCER only."""

ACTIONS = {row.name for row in PROJECT.acts} & set(FORMS)


@bp.route("/cases/<number>/act/<action>", methods=["GET", "POST"], endpoint="act")
def act(number: str, action: str) -> Answer:
    """The page of one act: what it means, what it asks; sent, it goes through the door."""
    if action == "answer_condition":
        return redirect(url_for("case.screening", number=number))
    if action not in ACTIONS:
        abort(404)
    row = PROJECT.row(action, g.case.state)
    if row is None or not row.by & g.roles:
        return _not_open(action)
    if action in OPENING:
        # What is handed in is prepared first, and checked on a page of its own.
        return redirect(words.act_url(g.case, action))
    form, groups = _form(action)
    if request.method == "GET":
        form.seen.data = str(g.case.version)
        return _page(action, form, groups)
    if not form.validate():
        return _page(action, form, groups), 422
    seen = seen_of(form)
    try:
        data = form.values() | _file(action, form, seen)
    except FileRefused as refused:
        field = form["files" if "files" in form else "file"]
        name = storage.clean_name(getattr(refused, "filename", "") or field.data.filename)
        limit = str(storage.limit_bytes() // 2**20)
        field.errors = [str(FILE_WORDS[refused.problem]) % {"name": name, "limit": limit}]
        return _page(action, form, groups), 422
    to = "case.screening" if action == "sign_screening" else ""

    def refused(found: list[words.Finding]) -> Answer:
        if "late_reason" in form and any(f.clause == "S02" for f in found):
            form.late_reason.errors = [_("Give the chair’s written reason, or take the new faults out")]
        return _page(action, form, groups, found), 422

    return take(action, form, data, refused=refused, to=to)


def seen_of(form: ActForm) -> int:
    """The version the page was made from; a page without one was not made by us."""
    try:
        return int(form.seen.data or "")
    except ValueError:
        abort(400)


def take(
    action: str, form: ActForm, data: Mapping[str, Any], *, refused: Any, stale: Any = None, to: str = ""
) -> Answer:
    """Go through the door and answer for whatever comes of it; `refused` draws the page again with the reasons."""
    case_id, number = g.case.id, g.case.number
    meeting_id = meetings.of_open_sitting(case_id) if action == "declare_recusal" else None
    try:
        acts.act(("project", case_id), action, by=g.user, at=now(), seen=seen_of(form), data=data)
    except acts.NotVisible:
        abort(404)
    except acts.Stale as moved:
        return (stale or _stale)(action, form, timeline.in_words(moved.since, inside=words.is_inside()))
    except NotOpenError:
        return _not_open(action)
    except RefusedError as stopped:
        answer: Answer = refused(words.stopping(stopped.outcomes, g.case))
        return answer
    if meeting_id is not None:
        flash(_("You stand aside from this case. Its file is closed to you from now on."))
        return redirect(url_for("meeting.show", meeting_id=meeting_id))
    return redirect(url_for(to or "case.show", number=number, done=action))


def _not_open(action: str) -> Answer:
    who = [labels.label(role) for role in sorted(PROJECT.open_to(action, g.case.state))]
    return render_template("case/not_open.html", case=g.case, action=action, who=who), 409


def _stale(action: str, form: ActForm, since: Sequence[timeline.Event]) -> Answer:
    page = render_template(
        "case/stale.html",
        case=g.case,
        action=action,
        since=since,
        typed=form.typed(),
        url=words.act_url(g.case, action),
    )
    return page, 409


def _page(
    action: str, form: ActForm, groups: Sequence[Any] = (), refused: Sequence[words.Finding] | None = None
) -> str:
    template = "case/correction.html" if action == "request_correction" else "case/act.html"
    return render_template(
        template,
        case=g.case,
        action=action,
        form=form,
        groups=groups,
        refused=refused,
        has_errors=bool(form.errors or refused),
        means=words.MEANS.get(action, ""),
        panel_asked=panel_words.asked_of_panel(g.case) if action == "give_expert_opinion" else "",
        draw=panel_words.draw_preview(g.case) if action == "draw_panel" else None,
        handed_in=_handed_in() if action == "answer_objection" else {},
        undo=words.UNDO.get(action, ""),
        stop=action in words.STOP,
        redress=words.redress(words.facts_shown(g.case)) if action in REFUSING else (),
        has_file="file" in form,
        has_files="files" in form,
        accept=storage.ACCEPT,
        limit=storage.limit_bytes() // 2**20,
    )


def _handed_in() -> dict[str, str]:
    """The words this side is to answer, by the value of their choice."""
    return {str(o.id): o.words for o in notices.unanswered(g.case, notices.side_of(g.roles))}


def _file(action: str, form: ActForm, seen: int) -> dict[str, Any]:
    """Keep the paper that came with an opinion and name it; raises FileRefused. Nothing is kept for a stale page."""
    if isinstance(form, SiteCheckForm):
        return {"document_ids": _files(form) if seen == g.case.version else []}
    if "file" not in form or not form.file.data or seen != g.case.version:
        return {}
    upload = form.file.data
    name = storage.clean_name(upload.filename)
    stored = storage.put(upload.stream, name)
    kind = PAPER_KINDS[action]
    if action == "file_validation" and g.case.scheme is Scheme.OTHER_STANDARD:
        kind = "standard_validation"
    return {"document_id": case_files.file_paper(g.case.id, kind, name, stored, by=g.user, at=now())}


def _files(form: SiteCheckForm) -> list[int]:
    """Keep the photos and documents of a site check, all of them or, where one is refused, none on file."""
    kept = []
    for upload in form.chosen():
        name = storage.clean_name(upload.filename)
        try:
            kept.append((name, storage.put(upload.stream, name)))
        except FileRefused as refused:
            refused.filename = name  # type: ignore[attr-defined]
            raise
    kind = PAPER_KINDS["record_site_check"]
    return [case_files.file_paper(g.case.id, kind, name, stored, by=g.user, at=now()) for name, stored in kept]


# --- the form of an act, with its choices ---


def _form(action: str) -> tuple[ActForm, list[Any]]:
    """The form, and for a correction notice its fields by section."""
    if action == "request_correction":
        return _correction()
    form = FORMS[action]()
    form.offer(choices(action, g.case))
    if action == "extend" and g.case.state is not ProjectState.CORRECTION_REQUESTED:
        del form.granted  # nobody asked: the chair extends, or does nothing
    if isinstance(form, SiteCheckForm) and len(form.corrects.choices) == 1:
        del form.corrects
    if isinstance(form, ValidationForm):
        form.national = g.case.scheme is Scheme.CCER
        for name in () if form.national else NATIONAL_FIELDS:
            del form[name]
    if isinstance(form, AnswerObjectionForm):
        form.tenure = notices.about_tenure(g.case)
        if notices.side_of(g.roles) is Side.APPLICANT:
            del form.outcome
    if request.method == "GET":
        _prefill(action, form)
    return form, []


def _prefill(action: str, form: ActForm) -> None:
    """A choice that is the only one, or that the link names, is made already."""
    if action == "answer_finding":
        form.clause.data = request.args.get("clause")
    elif action == "table" and request.args.get("meeting"):
        form.meeting.data = request.args["meeting"]
    elif action == "name_validator" and g.case.vvb_org_id:
        form.organisation_id.data = str(g.case.vvb_org_id)
    elif action == "record_site_check":
        site_checks.prefill(form, case=g.case)
    for name in (
        *("question", "clause", "organisation_id", "gate", "condition_id", "objection_id", "parcel_key"),
        *("meeting", "member", "site_check_id"),
    ):
        if name in form and not form[name].data and len(form[name].choices) == 1 and not form[name].flags.optional:
            form[name].data = form[name].choices[0].value


def _correction() -> tuple[ActForm, list[Any]]:
    """One box for each answer and paper, by section: (title, [(label, answer, place, what was named before)])."""
    case = g.case
    before = {f.field: f.what for n in reversed(ask.review.notices(case)) for f in n.faults}
    targets: list[tuple[str, str]] = []
    groups: list[Any] = []
    for section in applications.answers_view(case, case.round):
        lines: dict[str, list[str]] = _papers() if section.key == "documents" else {}
        for row in section.rows:
            if row.field_id == section.key:
                continue  # a sum, worked out from answers that stand here themselves
            value = _("; ").join(filter(None, [lines.get(row.field_id, ["", ""])[1], row.value]))
            lines[row.field_id] = [row.label, value]
        entries = []
        for field_id, (label, value) in lines.items():
            entries.append((label, value, len(targets), before.get(field_id, "")))
            targets.append((field_id, label))
        groups.append((section.title, entries))
    form = build_correction(targets)
    if not before:
        del form.late_reason  # a first notice may name everything
    return form, groups


def _papers() -> dict[str, list[str]]:
    """The papers the scheme asks for with the application, on file or not."""
    case = g.case
    rules = current().documents(case.scheme) if case.scheme else ()
    asked = documents.document_facts(case, facts.answers_of(case.id, case.round))
    needed = (r for r in rules if r.stage is DocumentStage.APPLICATION and r.needed(asked))
    return {f"documents.{r.kind}": [r.title(words.lang()), ""] for r in needed}
