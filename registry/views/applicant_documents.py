"""Papers of an application: the scheme's list, uploading several at once, versions, taking out, reading."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from registry import application, storage
from registry.clock import now
from registry.models import Case, Document
from registry.queries import applications as ask
from registry.queries import changes
from registry.services import documents as papers
from registry.services import drafts
from registry.services.policy import current
from registry.storage import FileRefused, Problem
from registry.views.applicant import Answer, bp, handed_in, lang_of, not_editable
from workflows.policy import DocumentRule, DocumentStage
from workflows.states import Scheme

WORDS = {
    Problem.EMPTY: _l("%(name)s: the file is empty. Choose the file again."),
    Problem.TOO_LARGE: _l("%(name)s: the file is too large. Choose one of at most %(limit)s MB."),
    Problem.TYPE: _l("%(name)s: this type is not taken. Choose a PDF, JPEG, PNG, DOCX, XLSX, CSV or TXT file."),
    Problem.DISGUISED: _l(
        "%(name)s: the content is not what the name says, or holds macros. Save it anew as PDF and upload that."
    ),
}
MOST_FILES = 20

History = dict[tuple[str, str], list[Document]]


@bp.get("/my/<int:case_id>/documents")
def documents(case_id: int) -> Answer:
    """The list of papers: what is needed, what is there."""
    if away := not_editable(case_id):
        return away
    return _page([])


def _page(errors: list[tuple[str, str]]) -> str:
    """`errors`: (id of the control, message)."""
    case: Case = g.case
    data = ask.data_of(ask.prepared(case))
    return render_template(
        "applicant/documents.html",
        case=case,
        refused_at=errors[0][0].removeprefix("file-") if errors else "",
        lines=_lines(case, data),
        theirs=_theirs(case, data),
        errors=errors,
        faults=changes.faults_by_field(case),
        accept=storage.ACCEPT,
        limit=storage.limit_bytes() // 2**20,
        has_scheme=application.scheme_of(data) is not None,
        back=url_for("applicant.task_list", case_id=case.id),
    )


def _lines(case: Case, data: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """One entry for each kind of paper an applicant files (and parcel, where each needs its own), in order."""
    scheme = application.scheme_of(data)
    rules = [r for r in _rules(scheme) if r.stage is DocumentStage.APPLICATION]
    facts = papers.document_facts(case, data)
    lang = lang_of()
    history = _history(case)
    listed = data.get("parcels", {}).get("parcels", [])
    parcels = [(p["key"], application.parcel_title(p, n)) for n, p in enumerate(listed, 1)]
    lines: list[dict[str, Any]] = []
    for rule in rules:
        needed = rule.needed(facts)
        if rule.required_if is not None and not needed and not any(kind == rule.kind for kind, _slot in history):
            continue
        for key, name in parcels if rule.per_parcel and parcels else [("", "")]:
            lines.append(
                {
                    "id": f"{rule.kind}-{key}" if key else rule.kind,
                    "kind": rule.kind,
                    "parcel": key,
                    "title": _("%(title)s: %(what)s", title=rule.title(lang), what=name) if name else rule.title(lang),
                    "hint": rule.hint(lang),
                    "source": rule.source(lang),
                    "needed": needed,
                    "group": "needed" if needed else "optional",
                    "papers": _papers(case, history, rule.kind, key),
                }
            )
    return lines


def _rules(scheme: str | None) -> tuple[DocumentRule, ...]:
    return current().documents(Scheme(scheme)) if scheme else ()


def _history(case: Case) -> History:
    """(kind, slot) → every version of the paper, oldest first."""
    found: History = {}
    for paper in ask.versions(case.id, case.round + 1):
        found.setdefault((paper.kind, paper.slot), []).append(paper)
    return found


def _theirs(case: Case, data: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What comes with the validation and is not asked of the applicant: names of what is to come, papers there."""
    history, kinds = _history(case), ask.filed_in_validation()
    there = sorted({kind for kind, _slot in history if kind in kinds})
    return {
        "names": [r.title(lang_of()) for r in _rules(application.scheme_of(data)) if r.kind in kinds],
        "lines": [
            {"id": kind, "kind": kind, "title": ask.paper_title(kind), "papers": _papers(case, history, kind, "")}
            for kind in there
        ],
    }


def _papers(case: Case, history: History, kind: str, parcel: str) -> list[dict[str, Any]]:
    """The papers of a kind and parcel: the version in force, earlier ones, and whether it can be taken out."""
    return [
        {"slot": slot, "now": listed[-1], "earlier": listed[-2::-1], "removable": listed[-1].round_no > case.round}
        for (of, slot), listed in history.items()
        if of == kind and papers.parcel_of(slot) == parcel
    ]


@bp.post("/my/<int:case_id>/documents/upload")
def upload(case_id: int) -> Answer:
    """Keep the good files, say what is wrong with the others."""
    if away := not_editable(case_id):
        return away
    data = ask.data_of(ask.prepared(g.case))
    kind, parcel = request.form.get("kind", ""), request.form.get("parcel", "")
    slot = request.form.get("slot")
    line = next((x for x in _lines(g.case, data) if x["kind"] == kind and x["parcel"] == parcel), None)
    if line is None:
        abort(400)
    field = f"file-{line['id']}"
    sent = [file for file in request.files.getlist("files") if file.filename]
    if not sent:
        return _page([(field, _("%(title)s: choose a file first", title=line["title"]))]), 422
    if len(sent) > MOST_FILES:
        return _page([(field, _("Choose at most %(most)s files at a time", most=str(MOST_FILES)))]), 422
    kept, errors = _keep(sent, kind, parcel, slot)
    filed: list[papers.Filed] = []
    try:
        if kept:
            filed = papers.add(case_id, kept, by=g.user, at=now())
    except drafts.NotEditable:
        return handed_in(case_id)
    except drafts.NothingThere:
        abort(404)
    _tell(kept, filed)
    if errors:
        return _page([(field, message) for message in errors]), 422
    return redirect(url_for("applicant.documents", case_id=case_id, _anchor=line["id"]))


def _tell(sent: list[papers.Upload], filed: list[papers.Filed]) -> None:
    """Say what was uploaded, and which files were there already."""
    if names := [f.filename for f in filed if f.new]:
        flash(_("Uploaded: %(names)s", names=_(", ").join(names)))
    for upload, known in zip(sent, filed, strict=True):
        if not known.new and known.filename == upload.filename:
            flash(_("%(name)s: this very file is on file already. No new version was made.", name=upload.filename))
        elif not known.new:
            flash(
                _(
                    "%(name)s: this very file is on file already as %(other)s. No new version was made.",
                    name=upload.filename,
                    other=known.filename,
                )
            )


def _keep(sent: list[FileStorage], kind: str, parcel: str, slot: str | None) -> tuple[list[papers.Upload], list[str]]:
    """Store what can be kept; the messages for the rest. Runs before any write to the database."""
    kept, errors = [], []
    for file in sent:
        name = storage.clean_name(file.filename)
        try:
            stored = storage.put(file.stream, name)
        except FileRefused as refused:
            limit = str(storage.limit_bytes() // 2**20)
            errors.append(str(WORDS[refused.problem]) % {"name": name, "limit": limit})
        else:
            kept.append(papers.Upload(kind, name, stored, parcel, slot))
    return kept, errors


@bp.post("/my/<int:case_id>/documents/<int:document_id>/remove")
def remove_document(case_id: int, document_id: int) -> Answer:
    """Take a paper out that was put in during this preparation."""
    try:
        papers.remove(case_id, document_id, at=now())
        flash(_("The document was taken out."))
    except drafts.NothingThere:
        flash(_("The document had been taken out already."))
    except drafts.NotEditable:
        return handed_in(case_id)
    return redirect(url_for("applicant.documents", case_id=case_id))


@bp.get("/my/<int:case_id>/documents/<int:document_id>")
def document(case_id: int, document_id: int) -> Any:
    """A paper of one's own application, as a download."""
    paper = next((d for d in ask.versions(case_id, g.case.round + 1) if d.id == document_id), None)
    if paper is None:
        abort(404)
    # Always an attachment: nothing an applicant uploads is ever shown inside our own pages.
    return send_file(
        storage.open_file(paper.sha256),
        mimetype=paper.file.media_type,
        as_attachment=True,
        download_name=paper.filename,
        max_age=0,
    )
