"""The applicant's side: the task list and one page a section; the rest in applicant_*.py."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from registry import application, formats, labels
from registry.application import SECTIONS, Question
from registry.clock import now, today
from registry.forms import application as forms
from registry.models import Answers, Case
from registry.queries import applications as ask
from registry.queries import changes
from registry.services import documents as papers
from registry.services import drafts
from registry.services.policy import current
from workflows.policy import Method
from workflows.states import Scheme

bp = Blueprint("applicant", __name__)

Answer = BaseResponse | str | tuple[str, int]

PAGES = "any(basics, parcels, method, contract, contract_terms, contract_costs, contract_text, crediting, declarations)"
GROUPS = (
    ("project", ("basics", "parcels", "method")),
    ("papers", ("contract", *drafts.ON_THE_CONTRACT, "crediting", "documents")),
)


# --- the task list ---


@bp.get("/my/<int:case_id>")
def task_list(case_id: int) -> str:  # noqa: ARG001 (the guard has put the case into g)
    """Everything that is asked, and how far it is."""
    case: Case = g.case
    rows = ask.prepared(case)
    faults = changes.faults_by_field(case)
    groups = _groups(case, rows, faults)
    parts = [item for group in groups for item in group["items"] if item["counts"]]
    return render_template(
        "applicant/task_list.html",
        case=case,
        title=title_of(case, rows),
        groups=groups,
        done=sum(1 for item in parts if item["status"] == "done"),
        parts=len(parts),
        saved_at=max((r.saved_at for r in rows.values()), default=None),
        faults=[fault for listed in faults.values() for fault in listed],
        required=papers.required(current(), case, ask.data_of(rows)),
        editable=drafts.editable(case),
        names=ask,
    )


def _groups(case: Case, rows: Mapping[str, Answers], faults: Mapping[str, list[changes.Fault]]) -> list[dict[str, Any]]:
    titles = {"project": _("Project and land"), "papers": _("Contract, figures and documents")}
    status, data = _statuses(case, rows, faults), ask.data_of(rows)
    who = {
        "name": _("Applicant"),
        "hint": _who(case),
        "status": "done",
        "url": "",
        "counts": False,
    }
    groups: list[dict[str, Any]] = [{"title": _("Who applies"), "items": [who]}]
    for key, names in GROUPS:
        items = [_item(case, name, status[name]) for name in names if application.applies(name, data)]
        groups.append({"title": titles[key], "items": items})
    ready = not application.missing(data, ask.done_of(rows))
    check = {
        "name": _("Check the answers and submit") if case.round == 0 else _("Check the changes and submit them"),
        "hint": _("All answers on one page"),
        "status": "todo" if drafts.editable(case) else "blocked",
        "status_text": _("Ready to be checked") if ready else _("Answers are missing"),
        "url": url_for("applicant.check", case_id=case.id),
        "counts": False,
    }
    groups.append(
        {"title": _("Declare and submit"), "items": [_item(case, "declarations", status["declarations"]), check]}
    )
    return groups


def _who(case: Case) -> str:
    name = ask.applicant_name(case)
    if case.agent_org is None:
        return name
    return _("%(name)s, through its agent %(agent)s", name=name, agent=ask.organisation_name(case.agent_org))


def _item(case: Case, name: str, status: str) -> dict[str, Any]:
    section = SECTIONS[name]
    endpoint = "applicant.documents" if name == "documents" else "applicant.section"
    values = {} if name == "documents" else {"section": name}
    blocked = status == "blocked"
    return {
        "name": section.title,
        "hint": _("Answer the project basics first: the scheme decides what is asked") if blocked else section.about,
        "status": status,
        "url": url_for(endpoint, case_id=case.id, **values),
        "counts": True,
    }


def _statuses(case: Case, rows: Mapping[str, Answers], faults: Mapping[str, list[changes.Fault]]) -> dict[str, str]:
    """Section → done, doing, todo, near (a fault not yet touched) or blocked."""
    data = ask.data_of(rows)
    open_sections = {m.section for m in application.missing(data, ask.done_of(rows))}
    on_file = ask.papers(case.id, case.round + 1)
    lacking = papers.missing(papers.required(current(), case, data), on_file, data)
    found = {name: "done" if name not in open_sections else "doing" if name in rows else "todo" for name in SECTIONS}
    found["documents"] = "doing" if lacking and on_file else "todo" if lacking else "done"
    if application.scheme_of(data) is None:
        found["method"] = found["documents"] = "blocked"
    before = ask.data_of(ask.answers_of(case.id, case.round)) if faults else {}
    for name in changes.faulty_sections(faults):
        touched = (
            any(d.round_no > case.round for d in on_file)
            if name == "documents"
            else (data.get(name) != before.get(name))
        )
        if name in found and not touched:
            found[name] = "near"
    return found


def title_of(case: Case, rows: Mapping[str, Answers]) -> str:
    """What the project is called so far."""
    name = str(rows["basics"].data.get("name", "")) if "basics" in rows else ""
    return name or case.name or _("Application without a name yet")


# --- one page a section ---


@bp.route(f"/my/<int:case_id>/<{PAGES}:section>", methods=["GET", "POST"])
def section(case_id: int, section: str) -> Answer:
    """One section: keep it as it is (come back later), or check it and go on."""
    if away := not_editable(case_id):
        return away
    if section == "parcels":
        from registry.views.applicant_parcels import parcels

        return parcels(case_id)
    rows = ask.prepared(g.case)
    others = application.elsewhere(ask.data_of(rows))
    if section == "method" and others["scheme"] is None:
        flash(_("Answer the project basics first: the scheme decides what is asked."))
        return redirect(url_for("applicant.section", case_id=case_id, section="basics"))
    if section in drafts.ON_THE_CONTRACT and others["has_partner"] is not True:
        flash(_("This page is asked where there is a contract with a partner."))
        return redirect(url_for("applicant.section", case_id=case_id, section="contract"))
    row = rows.get(section)
    data = dict(row.data) if row else {}
    if request.method == "GET":
        return _section_page(section, form_of(section, data, None, others), row.version if row else 0, row)
    later = request.form.get("then") == "later"
    form = form_of(section, data, request.form, others, draft=later)
    good = form.validate()
    answers = form.answers()
    done = good and not later and not form.waiting
    if later and row is not None and row.done and answers == row.data:
        done = True
    try:
        version = drafts.save_section(case_id, section, answers, done, _seen(), by=g.user, at=now())
    except drafts.DraftConflict as conflict:
        return conflict_page(section, SECTIONS[section].questions, conflict, answers)
    except drafts.NotEditable:
        return handed_in(case_id)
    if good and not later and form.waiting:
        flash(_("Saved. Your answers lead to a few more questions."))
        return redirect(url_for("applicant.section", case_id=case_id, section=section))
    if done or later:
        return _onwards(case_id, section, later)
    # Typed answers are kept even where the page has errors: nothing is lost by closing it.
    return _section_page(section, form, version, None), 422


def _onwards(case_id: int, section: str, later: bool) -> BaseResponse:
    if later:
        flash(_("Saved. You can go on at any time."))
    else:
        flash(_("%(section)s: saved.", section=SECTIONS[section].title))
    return redirect(url_for("applicant.task_list", case_id=case_id))


def form_of(
    section: str, data: Mapping[str, Any], formdata: Any, others: Mapping[str, Any], *, draft: bool = False
) -> forms.SectionForm:
    """The form of a section or of a parcel page."""
    return forms.build(
        section,
        data,
        formdata,
        words=labels.label,
        choices=_choices(section, others.get("scheme")),
        others=others,
        draft=draft,
    )


def _choices(section: str, scheme: str | None) -> dict[str, list[tuple[str, Any]]]:
    match section:
        case forms.PARCEL_PAGE:
            return {"district_code": list(labels.DISTRICTS.items())}
        case "method":
            return {"method": [(m.id, ask.method_name(m.id)) for m in _methods(scheme) if m.applicable]}
        case "crediting":
            return {"vvb_org_id": [(str(o.id), ask.organisation_name(o)) for o in ask.validation_bodies()]}
        case _:
            return {}


def _methods(scheme: str | None) -> tuple[Method, ...]:
    return current().methods_in_force(Scheme(scheme), today()) if scheme else ()


def lang_of() -> str:
    """The reader's language as the policy names it."""
    return "zh" if formats.is_chinese() else "en"


def _section_page(section: str, form: forms.SectionForm, version: int, row: Answers | None) -> str:
    methods = _methods(application.scheme_of(ask.data_of(ask.prepared(g.case)))) if section == "method" else ()
    return render_template(
        "applicant/section.html",
        case=g.case,
        form=form,
        section=SECTIONS[section],
        version=version,
        saved_at=row.saved_at if row else None,
        why=why,
        faults=changes.faults_by_field(g.case),
        fault_prefix=section,
        back=url_for("applicant.task_list", case_id=g.case.id),
        autosave=url_for("applicant.autosave", case_id=g.case.id, section=section),
        not_here=[m for m in methods if not m.applicable],
        method_notes={m.id: m.note(lang_of()) for m in methods},
        lang_code=lang_of(),
    )


def why(question: Question) -> str:
    """Why a question is asked, with the clauses that read the answer; "" where it explains itself."""
    why, rules = str(question.why), _(", ").join(question.rules)
    if why and rules:
        return _("%(why)s Read by rule %(rules)s.", why=why, rules=rules)
    return _("Read by rule %(rules)s.", rules=rules) if rules else why


def _seen() -> int:
    typed = request.form.get("version", "")
    return int(typed) if typed.isdigit() and len(typed) < 10 else 0


def not_editable(case_id: int) -> BaseResponse | None:
    """Where to go instead when nothing can be changed now, else None."""
    return None if drafts.editable(g.case) else handed_in(case_id)


def handed_in(case_id: int) -> BaseResponse:
    """Back to the task list, saying that the bureau has the application."""
    flash(_("The application is with the bureau; nothing can be changed now."))
    return redirect(url_for("applicant.task_list", case_id=case_id))


@bp.post(f"/my/<int:case_id>/<{PAGES}:section>/autosave")
@bp.post("/my/<int:case_id>/parcels/<key>/autosave")
def autosave(case_id: int, section: str = "parcels", key: str | None = None) -> Any:
    """Keep what is typed so far; answers {saved, version}, or 409 {message} when another was faster."""
    rows = ask.prepared(g.case)
    row = rows.get(section)
    others = application.elsewhere(ask.data_of(rows))
    at = now()
    try:
        if key is not None:
            form = form_of(forms.PARCEL_PAGE, parcel_of(row, key), request.form, others, draft=True)
            form.validate()
            _key, version = drafts.save_parcel(
                case_id, key, form.answers(), request.form.get("version", ""), by=g.user, at=at
            )
            return jsonify(saved=_saved(at), version=version)
        form = form_of(section, row.data if row else {}, request.form, others, draft=True)
        form.validate()
        answers = form.answers()
        done = bool(row and row.done and dict(row.data) == answers)
        number = drafts.save_section(case_id, section, answers, done, _seen(), by=g.user, at=at)
        return jsonify(saved=_saved(at), version=number)
    except drafts.DraftConflict as conflict:
        message = _("Not saved: %(name)s has changed this page meanwhile. Save it to compare.", name=conflict.by)
    except drafts.NotEditable:
        message = _("Not saved: the application is with the bureau.")
    except drafts.NothingThere:
        message = _("Not saved: the parcel was removed.")
    return jsonify(message=message), 409


def parcel_of(row: Answers | None, key: str) -> dict[str, Any]:
    """The parcel of that key; answers 404 when there is none."""
    found = next((p for p in (row.data.get("parcels", []) if row else []) if p["key"] == key), None)
    if found is None:
        abort(404)
    return dict(found)


def _saved(at: datetime) -> str:
    return _("Saved %(time)s", time=formats.clock(at))


def conflict_page(
    section: str,
    questions: tuple[Question, ...],
    conflict: drafts.DraftConflict,
    mine: Mapping[str, Any],
    key: str | None = None,
) -> Answer:
    """Both versions side by side; what was typed is kept in the page and can be saved over the other."""
    lines = []
    for question in questions:
        my_words, their_words = ask.answer(question, mine), ask.answer(question, conflict.current)
        if my_words or their_words:
            lines.append((question.label, my_words, their_words, my_words != their_words))
    typed = [(name, value) for name in request.form for value in request.form.getlist(name)]
    here = {"case_id": g.case.id, **({"key": key} if key else {"section": section})}
    page = render_template(
        "applicant/conflict.html",
        title=SECTIONS[section].title,
        conflict=conflict,
        lines=lines,
        typed=[(n, v) for n, v in typed if n not in ("csrf_token", "version")],
        url=url_for("applicant.parcel" if key else "applicant.section", **here),
    )
    return page, 409


# Its routes hang on the same blueprint.
from registry.views import applicant_check, applicant_documents, applicant_home, applicant_parcels  # noqa: E402, F401
