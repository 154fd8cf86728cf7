"""Site checks on the pages of a case: which records stand, which may be signed, a record filled in to be changed."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from registry import formats
from registry.forms.act_checks import NEW
from registry.forms.fields import options
from registry.models import Case, User
from registry.queries import site_checks as ask


def choices(action: str, case: Case, reader: User) -> dict[str, Sequence[SelectChoice]]:
    """The records that may be changed, or that wait for this officer's signature."""
    records = ask.in_force(case)
    if action == "sign_site_check":
        return {"site_check_id": options((str(r.id), _named(r)) for r in records if not r.signed_by(reader.id))}
    corrected = ((str(r.id), _("A change of record %(what)s", what=_named(r))) for r in records)
    return {"corrects": [SelectChoice(NEW, _("A new record")), *options(corrected)]}


def _named(record: ask.Record) -> str:
    what = {"no": formats.number(record.no), "day": formats.day(record.visited_on), "place": record.place}
    return _("%(no)s of %(day)s, %(place)s", **what)


def prefill(form: Any, *, case: Case) -> None:
    """A new record, or one as it stands where the link names it (`?check=` its id)."""
    chosen = request.args.get("check", "")
    if "corrects" not in form:
        return
    form.corrects.data = NEW
    for record in ask.in_force(case):
        if str(record.id) == chosen:
            form.corrects.data = chosen
            form.visited_on.data, form.place.data = record.visited_on, record.place
            form.who_went.data, form.observed.data = record.who_went, record.observed
