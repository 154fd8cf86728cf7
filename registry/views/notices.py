"""Public notices: read by anybody, answered by anybody without an account; the receipt leads to the answers."""

import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from registry import clock, formats, labels, storage
from registry.forms.act_notice import ObjectionForm
from registry.forms.fields import member_options, options
from registry.queries import notices as ask
from registry.security.throttle import TooMany
from registry.services import acts, objections, papers
from registry.services.policy import current
from registry.storage import FileRefused
from registry.views.applicant_documents import WORDS as FILE_WORDS
from workflows.machine import NotOpenError, RefusedError
from workflows.rules import Outcome
from workflows.states import ObjectionAbout, ObjectionKind

bp = Blueprint("notices", __name__)

Answer = BaseResponse | str | tuple[str, int]
LONGEST_CODE = 40
LARGEST_ID = 2**31 - 1


@bp.get("/public-notices")
def index() -> str:
    """The notices that take objections, and the earlier ones."""
    digits = request.args.get("page", "")
    page = int(digits) if re.fullmatch(r"[1-9][0-9]{0,5}", digits) else 1
    earlier, total = ask.earlier(page)
    pages = max(1, -(-total // ask.PAGE))

    def url(no: int) -> str | None:
        return url_for("notices.index", page=no) if 1 <= no <= pages else None

    links = {"prev_url": url(page - 1), "next_url": url(page + 1), "more": False, "total": total}
    links |= {"first": (page - 1) * ask.PAGE + 1, "last": (page - 1) * ask.PAGE + len(earlier)}
    return render_template("notices/index.html", open_now=ask.open_now(), earlier=earlier, links=links)


def _found(notice_id: int) -> Any:
    row = ask.find(notice_id) if notice_id <= LARGEST_ID else None
    return row or abort(404)


@bp.get("/public-notices/<int:notice_id>")
def show(notice_id: int) -> str:
    """One notice: what it is about, its days, and what was answered."""
    return render_template("notices/show.html", notice=ask.notice(_found(notice_id)))


@bp.route("/public-notices/<int:notice_id>/object", methods=["GET", "POST"], endpoint="object")
def object_(notice_id: int) -> Answer:
    """Object or comment, without an account."""
    notice = ask.notice(_found(notice_id))
    form = _form(notice)
    if request.method == "GET":
        return _page(notice, form)
    if not form.validate():
        return _page(notice, form, 422)
    try:
        objections.admit(request.remote_addr or "", clock.now())
        notice = ask.notice(_found(notice_id))  # the write has ended what was read
        data = form.values() | _file(form)
        code = objections.hand_in(notice.case.id, data, at=clock.now())
    except FileRefused as refused:
        name, limit = storage.clean_name(form.file.data.filename), str(storage.limit_bytes() // 2**20)
        form.file.errors = [str(FILE_WORDS[refused.problem]) % {"name": name, "limit": limit}]
        return _page(notice, form, 422)
    except TooMany as many:
        form.form_errors.append(
            _("Too much was handed in from here just now. Try again after %(time)s.", time=formats.clock(many.until))
        )
        return _page(notice, form, 429)
    except RefusedError as stopped:
        return _page(notice, form, 409, [(o.clause, _sentence(o)) for o in stopped.stopping])
    except (NotOpenError, acts.NotVisible):
        form.form_errors.append(_closed(notice))
        return _page(notice, form, 409)
    return redirect(url_for("notices.receipt", code=code, handed_in=1))


def _closed(notice: ask.OnNotice) -> str:
    return _("This notice takes nothing any more. Its last day was %(day)s.", day=formats.day(notice.to_on))


def _form(notice: ask.OnNotice) -> ObjectionForm:
    form = ObjectionForm()
    form.kind.choices = member_options(ObjectionKind, labels.label)
    form.about.choices = member_options(ObjectionAbout, labels.label)
    left = [(p.key, p.name) for p in notice.parcels if not p.apart]
    if len(left) > 1:
        form.parcel_key.choices = options([*left, ("", _("I do not know, or several"))])
    else:
        del form.parcel_key
    return form


def _file(form: ObjectionForm) -> dict[str, Any]:
    """Keep the paper that came with it; raises FileRefused."""
    if not form.file.data:
        return {}
    name = storage.clean_name(form.file.data.filename)
    return {"stored": storage.put(form.file.data.stream, name), "filename": name}


def _sentence(outcome: Outcome) -> str:
    language = "zh" if formats.is_chinese() else "en"
    return current().clause(outcome.clause).sentence(outcome.verdict, language, outcome.facts, outcome.figures)


def _page(
    notice: ask.OnNotice, form: ObjectionForm, status: int = 200, refused: Sequence[tuple[str, str]] = ()
) -> Answer:
    page = render_template(
        "notices/object.html",
        notice=notice,
        form=form,
        refused=refused,
        has_errors=bool(form.errors or refused),
        accept=storage.ACCEPT,
        limit=storage.limit_bytes() // 2**20,
    )
    return page if status == 200 else (page, status)


@bp.get("/objections")
def look_up() -> Answer:
    """Ask for the number on a receipt."""
    typed = request.args.get("code", "")[:LONGEST_CODE].strip()
    code = papers.read_code(typed) if typed else None
    if code:
        return redirect(url_for("notices.receipt", code=code))
    return _not_found(typed, 422) if typed else render_template("notices/look_up.html", typed="", error="")


@bp.get("/objections/<code>")
def receipt(code: str) -> Answer:
    """What was handed in under a receipt, and what was answered."""
    read = papers.read_code(code[:LONGEST_CODE])
    if read is None:
        return _not_found(code[:LONGEST_CODE], 404)
    try:
        found = objections.look_up(read, request.remote_addr or "", clock.now())
    except TooMany:
        abort(429)
    if found is None:
        return _not_found(papers.spaced(read), 404)
    notice = ask.notice(_found(found.notice_id))
    mine = ask.raised(found, notice.parcels, frozenset(), own=True)
    fresh = "handed_in" in request.args
    return render_template("notices/receipt.html", notice=notice, mine=mine, code=read, fresh=fresh)


def _not_found(typed: str, status: int) -> tuple[str, int]:
    error = _("No receipt has this number: look for a mistyped or missing sign.")
    return render_template("notices/look_up.html", typed=typed, error=error), status
