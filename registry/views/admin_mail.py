"""The administrator's page of letters that did not go out, and trying them again."""

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from registry.clock import now
from registry.formats import number
from registry.labels import label
from registry.queries import mail as ask
from registry.services import mail as outbox
from registry.views.admin import _asked, _pages, bp


@bp.get("/mail")
def mail() -> str:
    """How many letters wait, went out or failed, and those in trouble."""
    page = ask.in_trouble(_asked()[1])
    return render_template(
        "admin/mail.html",
        page=page,
        pages=_pages("admin.mail", page, ""),
        counts_shown=[(label(status), number(n)) for status, n in ask.counts().items()],
        host=current_app.config["MAIL_HOST"],
    )


@bp.post("/mail/retry")
def retry_mail() -> Response:
    """Try one letter again (form value `letter`: its number), or `all` of them."""
    chosen = request.form.get("letter", "")
    if chosen == "all":
        letters = ask.all_in_trouble()
    elif chosen.isascii() and chosen.isdigit() and len(chosen) < 10:
        letters = [int(chosen)]
    else:
        abort(400)
    by, at = g.user, now()
    again = sum(outbox.try_again(one, by=by, at=at) for one in letters)
    flash(
        ngettext("%(num)s letter will be tried again", "%(num)s letters will be tried again", again)
        if again
        else _("There is no such letter to try again")
    )
    return redirect(url_for("admin.mail"))
