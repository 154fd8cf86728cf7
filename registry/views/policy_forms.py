"""The form of a change, from what is changed to what the officer wrote: choosing it, filling it, reading it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from registry.forms.policy import ChangeForm, DayForm, NumberForm, ShareForm, StandingForm, VersionForm
from registry.models import PolicyChange
from registry.services import policy_changes
from registry.services.policy import current
from registry.views import policy_words as words
from registry.views.case_words import lang
from registry.views.uploads import Upload, taken_in
from workflows.policy import Change, Method, MethodStatus
from workflows.policy.changes import (
    MAJORITIES,
    WHOLE,
    FigureChange,
    MethodBegins,
    MethodEnds,
    MethodFollows,
    bounds,
)

HOW = {MethodStatus.DRAFT: ("begins",), MethodStatus.IN_FORCE: ("follows", "ends")}
"""What may be done to a method of a status."""
NO_ID = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be changed: a figure, or a method and how."""

    subject: str
    how: str
    title: str
    now: str


def asked_of(args: Mapping[str, str]) -> Asked | None:
    """What an address asks for; None where there is no such thing to change."""
    policy, key, method_id = current(), args.get("figure", ""), args.get("method", "")
    figure = policy.place(key)
    if figure and not (key.endswith("_den") and f"{key[:-4]}_num" in policy.figures):
        values = words.values(key, policy)
        return Asked(key, "figure", figure.title(lang()), values[0].value if values else _("basis to be determined"))
    method = policy.methods.get(method_id)
    if method is None or args.get("how") not in HOW.get(method.status, ()):
        return None
    return Asked(method_id, args["how"], f"{method.code} {method.title(lang())}", words.standing(method))


def ask_again(change: PolicyChange) -> Asked | None:
    """What a draft changes; None where its content cannot be read."""
    match (policy_changes.content_of(change) or (None,))[0]:
        case FigureChange(key=key):
            return asked_of({"figure": key})
        case MethodFollows():
            return asked_of({"method": change.subject, "how": "follows"})
        case MethodBegins():
            return asked_of({"method": change.subject, "how": "begins"})
        case MethodEnds():
            return asked_of({"method": change.subject, "how": "ends"})
    return None


def form_for(asked: Asked, change: PolicyChange | None) -> tuple[Any, Upload | None]:
    """The form with its limits, filled from a draft; and the file that came with it, now or in an earlier try."""
    form = _form(asked)
    upload = taken_in(form) if request.method == "POST" else None
    if request.method == "GET":
        _fill(form, asked, change)
    return form, upload


def _form(asked: Asked) -> Any:
    policy = current()
    if asked.how == "figure":
        series = [f for key in words.halves(asked.subject) for f in policy.figures.get(key, ())]
        figure = policy.place(asked.subject)
        if figure is None:
            raise KeyError(asked.subject)
        form: Any
        if len(words.halves(asked.subject)) > 1:
            form = ShareForm()
            form.half = asked.subject in MAJORITIES
        elif figure.unit == "date":
            form = DayForm()
        else:
            form = NumberForm()
            form.bounds, form.whole = bounds(figure), figure.unit in WHOLE
        form.taken = {f.since for f in series}
        return form
    if asked.how != "follows":
        return StandingForm()
    form = VersionForm()
    form.codes = {word for m in policy.methods.values() for word in (m.id, m.code)}
    method = policy.method(asked.subject)
    letters = {c[0] for c in method.conditions} or {"A", "T"}
    offered = [c for c in policy.clauses.values() if c.id[0] in letters or c.id in method.conditions]
    form.conditions.choices = [SelectChoice(c.id, f"{c.id} {c.title(lang())}") for c in offered]
    return form


def _fill(form: ChangeForm, asked: Asked, change: PolicyChange | None) -> None:
    """What stands in the boxes at first."""
    form.seen.data = str(change.version if change else 0)
    changes = policy_changes.content_of(change) if change else None
    if isinstance(form, VersionForm):
        old = current().method(asked.subject)
        shown = changes[0].method if changes and isinstance(changes[0], MethodFollows) else replace(old, code="")
        form.code.data, form.title_zh.data, form.title_en.data = shown.code, shown.title_zh, shown.title_en
        form.conditions.data = list(shown.conditions)
    if change is None or not changes:
        return
    first = changes[0]
    cited: Any = first.method if isinstance(first, MethodFollows) else first
    form.since.data = first.since
    form.source_zh.data, form.source_en.data = cited.source_zh, cited.source_en
    form.document_title.data, form.document_number.data = change.document_title, change.document_number
    form.reasons.data = change.reasons
    if isinstance(form, ShareForm):
        parts = {c.key[-4:]: c.value for c in changes if isinstance(c, FigureChange)}
        form.num.data, form.den.data = parts.get("_num"), parts.get("_den")
    elif isinstance(form, NumberForm | DayForm) and isinstance(first, FigureChange):
        form.value.data = first.value


def written(asked: Asked, form: Any, upload: Upload | None) -> policy_changes.Draft:
    """What the officer wrote, as a draft."""
    return policy_changes.Draft(
        changes=_changes(asked, form),
        reasons=form.reasons.data,
        document_number=form.document_number.data,
        document_title=form.document_title.data,
        stored=upload.stored if upload else None,
        filename=upload.filename if upload else "",
    )


def _changes(asked: Asked, form: Any) -> tuple[Change, ...]:
    since, cited = form.since.data, (form.source_zh.data, form.source_en.data)
    if asked.how == "begins":
        return (MethodBegins(asked.subject, since, *cited),)
    if asked.how == "ends":
        return (MethodEnds(asked.subject, since, *cited),)
    if asked.how == "follows":
        return (MethodFollows(_version(asked, form), asked.subject),)
    keys = words.halves(asked.subject)
    if len(keys) > 1:
        parts = (form.num.data, form.den.data)
        return tuple(FigureChange(k, Decimal(v), since, *cited) for k, v in zip(keys, parts, strict=True))
    value = form.value.data
    kept = value.isoformat() if isinstance(form, DayForm) else value
    return (FigureChange(asked.subject, kept, since, *cited),)


def _version(asked: Asked, form: VersionForm) -> Method:
    code = str(form.code.data)
    return replace(
        current().method(asked.subject),
        id=NO_ID.sub("-", code).strip("-") or code,
        code=code,
        title_zh=form.title_zh.data,
        title_en=form.title_en.data,
        since=form.since.data,
        until=None,
        conditions=tuple(form.conditions.data or ()),
        source_zh=form.source_zh.data,
        source_en=form.source_en.data,
        decision=None,
    )
