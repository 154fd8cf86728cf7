"""The page of an act on a record beside cases and meetings: a change of the rules, a pilot, a report.

The form is offered to whoever the record's table lets act now; what is sent goes through the one door. Whoever comes
with an older page learns who did what since, and gets back what was typed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, g, redirect, render_template, request
from flask_babel import LazyString

from registry import labels
from registry.clock import now, today
from registry.forms.act_base import ActForm
from registry.queries import timeline
from registry.services import acts
from registry.views.case import Answer
from registry.views.case_acts import seen_of
from registry.views.policy_words import stopping
from workflows.machine import NotOpenError, RefusedError


@dataclass(frozen=True, slots=True)
class Pages:
    """What the act pages of one kind of record need besides its `records.Kind`.

    `find`: the record, read fresh, or 404 for whoever may not see it. `title`: the record in one line. `url`: its page.
    `means`: what each act brings about. `stop`: acts that refuse or take back. `stopping`: outcomes in words.
    `then`: where to after an act. `also`: a template with more about an act, and what it needs.
    """

    kind: str
    forms: Mapping[str, type[ActForm]]
    find: Callable[[int], Any]
    title: Callable[[Any], str]
    url: Callable[[int], str]
    then: Callable[[int, str], str]
    means: Mapping[str, LazyString]
    stop: frozenset[str] = frozenset()
    stopping: Callable[[Any, Sequence[Any]], Sequence[Any]] = lambda _row, outcomes: stopping(outcomes)
    also: str = ""
    more: Callable[[Any], Mapping[str, Any]] = lambda _row: {}


def act(pages: Pages, record_id: int, action: str) -> Answer:
    """Show the page of one act, or take the act that was sent."""
    row = pages.find(record_id)
    if action not in pages.forms:
        abort(404)
    form = pages.forms[action]()
    sent = request.method == "POST"
    seen = seen_of(form) if sent else None
    if seen is not None and seen < row.version:
        return _stale(pages, row, action, form, acts.events_since(record_id, seen, pages.kind))
    if not _open(pages, row, action):
        return _not_open(pages, row, action)
    if not sent:
        form.seen.data = str(row.version)
        return _page(pages, row, action, form)
    if not form.validate():
        return _page(pages, row, action, form), 422
    try:
        acts.act((pages.kind, record_id), action, by=g.user, at=now(), seen=seen, data=form.values())
    except acts.NotVisible:
        abort(404)
    except acts.Stale as moved:
        return _stale(pages, pages.find(record_id), action, form, moved.since)
    except NotOpenError:
        return _not_open(pages, pages.find(record_id), action)
    except RefusedError as stopped:
        again = pages.find(record_id)
        return _page(pages, again, action, form, pages.stopping(again, stopped.outcomes)), 422
    return redirect(pages.then(record_id, action))


def _open(pages: Pages, row: Any, action: str) -> bool:
    kind = acts.KINDS[pages.kind]
    line = kind.workflow.row(action, row.state)
    return line is not None and bool(line.by & kind.roles(row, g.user, today()))


def _about(pages: Pages, row: Any, action: str) -> dict[str, Any]:
    return {"row": row, "title": pages.title(row), "url": pages.url(row.id), "action": action}


def _page(pages: Pages, row: Any, action: str, form: ActForm, refused: Sequence[Any] = ()) -> str:
    return render_template(
        "record/act.html",
        **_about(pages, row, action),
        form=form,
        refused=refused,
        has_errors=bool(form.errors or refused),
        means=pages.means[action],
        stop=action in pages.stop,
        also=pages.also,
        more=pages.more(row),
    )


def _stale(pages: Pages, row: Any, action: str, form: ActForm, since: Sequence[Any]) -> Answer:
    told = timeline.in_words(since, inside=True)
    return render_template("record/stale.html", **_about(pages, row, action), since=told, typed=form.typed()), 409


def _not_open(pages: Pages, row: Any, action: str) -> Answer:
    workflow = acts.KINDS[pages.kind].workflow
    who = [labels.label(role) for role in sorted(workflow.open_to(action, row.state))]
    return render_template("record/not_open.html", **_about(pages, row, action), who=who), 409
