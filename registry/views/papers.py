"""Papers: the PDF and its page for those who see the case, and the check that is open to everybody."""

from flask import Blueprint, abort, g, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from registry import clock, storage
from registry.queries import clocks
from registry.queries import papers as ask
from registry.security.throttle import TooMany
from registry.services import papers
from registry.views.case import CSP_OF_FILES

bp = Blueprint("papers", __name__)

LONGEST_CODE = 40

bp.add_app_template_global(ask.papers_of)
bp.add_app_template_global(clocks.deliveries, "deliveries_of")
bp.add_app_template_global(ask.receipt_of, "receipt_paper")
bp.add_app_template_global(ask.certificate_of)
bp.add_app_template_filter(papers.spaced, "code_spaced")


@bp.get("/cases/<number>/papers/<int:paper_id>")
def show(number: str, paper_id: int) -> str:  # noqa: ARG001 (the guard has loaded the case)
    """A paper as a page, for everybody who cannot or will not read a PDF; made from the same frozen words."""
    paper = ask.paper_of(g.case, paper_id) or abort(404)
    return render_template("papers/show.html", case=g.case, paper=paper, said=ask.said_in(paper.id))


@bp.get("/cases/<number>/papers/<int:paper_id>/pdf")
def pdf(number: str, paper_id: int) -> BaseResponse:  # noqa: ARG001
    """The PDF of a paper; 404 while it is being prepared."""
    paper = ask.paper_of(g.case, paper_id) or abort(404)
    sha256 = papers.file_of(paper.id)
    if sha256 is None:
        abort(404)
    try:
        content = storage.open_file(sha256)
    except FileNotFoundError:
        abort(404)
    name = storage.clean_name(f"{ask.said_in(paper.id)['title']} {paper.number}.pdf")
    answer = send_file(content, mimetype="application/pdf", as_attachment=True, download_name=name, max_age=0)
    answer.headers["Content-Security-Policy"] = CSP_OF_FILES
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@bp.get("/verify")
def verify() -> BaseResponse | str | tuple[str, int]:
    """Ask for the code printed on a paper."""
    typed = request.args.get("code", "")[:LONGEST_CODE].strip()
    if not typed:
        return render_template("papers/verify.html", typed="", error="", found=None, code="", clear=True)
    code = papers.read_code(typed)
    if code is None:
        return _no_code(typed)
    return redirect(url_for("papers.verified", code=code))


@bp.get("/verify/<code>")
def verified(code: str) -> BaseResponse | str | tuple[str, int]:
    """What is known of the paper of a code: genuine, and how it stands today, or no such paper."""
    read = papers.read_code(code[:LONGEST_CODE])
    if read is None:
        return _no_code(code[:LONGEST_CODE])
    try:
        paper = papers.look_up(read, request.remote_addr or "", clock.now())
    except TooMany:
        abort(429)
    if paper is None:
        page = render_template("papers/verify.html", typed="", error="", found=None, code=read, clear=False)
        return page, 404
    found, holds = ask.row_of(paper), papers.holds(paper)
    return render_template("papers/verify.html", typed="", error="", found=found, code=read, clear=holds)


def _no_code(typed: str) -> tuple[str, int]:
    error = _("This is not a code as it stands on a paper: look for a mistyped or missing sign.")
    page = render_template("papers/verify.html", typed=typed, error=error, found=None, code="", clear=True)
    return page, 404
