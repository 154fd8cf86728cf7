"""The rules as dated data: figures and methods with who set them, and how officials change them."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from registry import labels, storage
from registry.clock import now, today
from registry.forms.policy import FORMS
from registry.models import PolicyChange
from registry.queries import policy as ask
from registry.queries import timeline
from registry.services import policy_changes
from registry.services import replay as replays
from registry.services.policy import current
from registry.views import policy_words as words
from registry.views import record_acts
from registry.views.case import CSP_OF_FILES, Answer
from registry.views.case_acts import seen_of
from registry.views.policy_forms import Asked, ask_again, asked_of, form_for, written
from registry.views.rules import CHAPTERS, MARKS, tongue
from workflows.policy import MethodStatus
from workflows.policy_change import POLICY_CHANGE
from workflows.roles import Role
from workflows.states import ChangeState

bp = Blueprint("policy", __name__)

OTHERS = "-"
"""The group of figures no clause names."""


def _change(change_id: int) -> PolicyChange:
    """The change of the address, if its body is one of this person's; else there is none."""
    found = ask.one(g.user, change_id)
    if found is None:
        abort(404)
    return found


def _roles(change: PolicyChange) -> frozenset[Role]:
    return policy_changes.roles_on(change, g.user, today())


def _proposes() -> bool:
    return Role.CASE_OFFICER in g.offices


# The rules as they are ----------------------------------------------------------------------------------


@bp.get("/policy")
def index() -> str:
    """Every figure and method as it stands, what is coming, and every change."""
    policy = current()
    changes = ask.changes(g.user)
    open_ones = (ChangeState.DRAFT, ChangeState.PROPOSED)
    return render_template(
        "policy/index.html",
        groups=_groups(),
        empty=policy.empty,
        methods=[(m, words.standing(m)) for m in policy.methods.values()],
        waiting=[(c, words.headline(c)) for c in changes if c.state in open_ones],
        decided=[(c, words.headline(c)) for c in changes if c.state not in open_ones],
        proposes=_proposes(),
        marks=MARKS,
        tongue=tongue(),
    )


def _groups() -> list[tuple[str, list[tuple[str, str, list[words.ValueRow]]]]]:
    """(words of the chapter, its figures as (key, title, values)); a figure stands in the first that names it."""
    policy = current()
    chapter_of = {key: c.id[0] for c in reversed(policy.clauses.values()) for key in c.figures}
    found: dict[str, list[tuple[str, str, list[words.ValueRow]]]] = {}
    for key, series in policy.figures.items():
        if key.endswith("_den") and f"{key[:-4]}_num" in policy.figures:
            continue
        line = (key, series[-1].title(tongue()), words.values(key, policy))
        found.setdefault(chapter_of.get(key, OTHERS), []).append(line)
    order = [*CHAPTERS, OTHERS]
    names = {**CHAPTERS, OTHERS: _("Named by no rule of its own")}
    return [(str(names[letter]), found[letter]) for letter in sorted(found, key=order.index)]


@bp.get("/policy/figures/<key>")
def figure(key: str) -> str:
    """One figure: its values through time, who set each, and the clauses that rest on it."""
    policy = current()
    latest = policy.place(key)
    if latest is None:
        abort(404)
    keys = words.halves(key)
    return render_template(
        "policy/figure.html",
        key=key,
        title=latest.title(tongue()),
        note=policy.references[key].note(tongue()) if key in policy.references else "",
        values=words.values(key, policy),
        clauses=[c for c in policy.clauses.values() if set(keys) & set(c.figures)],
        waiting=[(c, words.headline(c)) for c in ask.of_subjects(g.user, keys)],
        proposes=_proposes(),
        tongue=tongue(),
    )


@bp.get("/policy/methods/<method_id>")
def method(method_id: str) -> str:
    """One method: how it stands, what it asks, who set it so."""
    policy = current()
    found = policy.methods.get(method_id)
    if found is None:
        abort(404)
    ways = {MethodStatus.DRAFT: ("begins",), MethodStatus.IN_FORCE: ("follows", "ends")}.get(found.status, ())
    return render_template(
        "policy/method.html",
        method=found,
        standing=words.standing(found),
        set_by=words.set_by(found.decision),
        conditions=[policy.clause(c) for c in found.conditions],
        waiting=[(c, words.headline(c)) for c in ask.of_subjects(g.user, (method_id,))],
        ways=ways if _proposes() and (found.until is None or found.until > today()) else (),
        tongue=tongue(),
    )


@bp.get("/policy/export.toml")
def export() -> Response:
    """The whole history of the rules as one TOML text: the files, then every change."""
    text = ask.base().written(current().changes)
    answer = Response(text, mimetype="application/toml")
    answer.headers["Content-Disposition"] = f'attachment; filename="policy-{today().isoformat()}.toml"'
    return answer


# A change -----------------------------------------------------------------------------------------------


@bp.route("/policy/changes/new", methods=["GET", "POST"])
def new() -> Answer:
    """Draft a change of a figure (`figure`) or of a method (`method` and `how`)."""
    asked = asked_of(request.args.to_dict())
    if asked is None:
        abort(404)
    return _draft(asked, None)


@bp.route("/policy/changes/<int:change_id>/edit", methods=["GET", "POST"])
def edit(change_id: int) -> Answer:
    """Write a draft anew."""
    change = _change(change_id)
    asked = ask_again(change)
    if change.state is not ChangeState.DRAFT or asked is None:
        abort(404)
    return _draft(asked, change)


def _draft(asked: Asked, change: PolicyChange | None) -> Answer:
    form, upload = form_for(asked, change)
    version, change_id = (change.version, change.id) if change else (0, None)
    page: dict[str, Any] = {
        "form": form,
        "asked": asked,
        "change": change,
        "kept": upload.filename if upload else change.filename if change else "",
        "accept": storage.ACCEPT,
        "limit": storage.limit_bytes() // 2**20,
    }
    if request.method == "GET":
        return render_template("policy/edit.html", **page)
    if not form.validate():
        return render_template("policy/edit.html", **page), 422
    if change and seen_of(form) != version:
        moved = [_("Somebody else has changed this draft meanwhile. Send it again to put yours in its place.")]
        form.seen.data = str(version)
        return render_template("policy/edit.html", **page, moved=moved), 409
    body_id = change.body_id if change else ask.bodies(g.user)[0].id
    draft = written(asked, form, upload)
    try:
        change_id = policy_changes.save(draft, body_id=body_id, by=g.user, at=now(), change_id=change_id)
    except policy_changes.NotEditable:
        abort(404)
    flash(_("The draft is saved. Replay it next, to see which cases it would change."))
    return redirect(url_for("policy.show", change_id=change_id))


@bp.get("/policy/changes/<int:change_id>")
def show(change_id: int) -> str:
    """A change: what it says, what decides it, what it would do to all cases, and what may be done with it."""
    return _show(_change(change_id))


def _show(change: PolicyChange, refused: Sequence[Any] = ()) -> str:
    done = request.args.get("done", "")
    replay = ask.last_replay(change)
    open_still = change.state in (ChangeState.DRAFT, ChangeState.PROPOSED)
    roles = _roles(change)
    return render_template(
        "policy/show.html",
        change=change,
        headline=words.headline(change),
        lines=words.lines(change),
        sources=_sources(change),
        replay=words.replay(replay) if replay else None,
        run=words.run(change),
        may_replay=open_still and _may_replay(roles),
        may_edit=change.state is ChangeState.DRAFT and Role.CASE_OFFICER in roles,
        buttons=words.buttons(change, roles),
        events=timeline.of_record("policy", change.id),
        done=labels.happened(done) if any(row.name == done for row in POLICY_CHANGE.acts) else "",
        refused=refused,
        tongue=tongue(),
    )


def _sources(change: PolicyChange) -> tuple[str, str]:
    """How the change cites its basis, in Chinese and English."""
    for said in policy_changes.content_of(change) or ():
        cited = getattr(said, "method", said)
        return cited.source_zh, cited.source_en
    return "", ""


@bp.get("/policy/changes/<int:change_id>/document")
def document(change_id: int) -> Any:
    """The document that decides a change, always as a download."""
    change = _change(change_id)
    if change.file is None:
        abort(404)
    try:
        content = storage.open_file(change.file.sha256)
    except FileNotFoundError:
        abort(404)
    answer = send_file(
        content, mimetype=change.file.media_type, as_attachment=True, download_name=change.filename, max_age=0
    )
    answer.headers["Content-Security-Policy"] = CSP_OF_FILES
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@bp.post("/policy/changes/<int:change_id>/replay")
def replay(change_id: int) -> Answer:
    """Have a change run over all past and open cases."""
    change = _tried(change_id)
    try:
        replays.ask_for(change.id, by=g.user, at=now())
    except replays.NotReplayable:
        flash(_("It cannot be replayed: it contradicts the rules in force, or it has been changed or decided."))
    return redirect(url_for("policy.show", change_id=change_id, _anchor="replay"))


@bp.post("/policy/changes/<int:change_id>/replay/stop")
def stop_replay(change_id: int) -> Answer:
    """End a replay that is running; what an earlier one found stays."""
    replays.stop(_tried(change_id).id, at=now())
    return redirect(url_for("policy.show", change_id=change_id, _anchor="replay"))


def _tried(change_id: int) -> PolicyChange:
    """The change of the address, if this person may have it replayed."""
    change = _change(change_id)
    if not _may_replay(_roles(change)):
        abort(404)
    return change


def _may_replay(roles: frozenset[Role]) -> bool:
    return bool(roles & {Role.CASE_OFFICER, Role.CHAIR})


@bp.route("/policy/changes/<int:change_id>/discard", methods=["GET", "POST"])
def discard(change_id: int) -> Answer:
    """Throw a draft away."""
    change = _change(change_id)
    if change.state is not ChangeState.DRAFT:
        abort(404)
    if request.method == "GET":
        return render_template("policy/discard.html", change=change, headline=words.headline(change))
    try:
        policy_changes.discard(change_id, body_id=change.body_id)
    except policy_changes.NotEditable:
        abort(404)
    flash(_("The draft was thrown away."))
    return redirect(url_for("policy.index"))


@bp.route("/policy/changes/<int:change_id>/act/<action>", methods=["GET", "POST"])
def act(change_id: int, action: str) -> Answer:
    """The page of one act on a change; sent, it goes through the door."""
    return record_acts.act(PAGES, change_id, action)


def _replayed(change: PolicyChange) -> dict[str, Any]:
    kept = ask.last_replay(change)
    return {"replay": words.replay(kept) if kept else None}


PAGES = record_acts.Pages(
    kind="policy",
    forms=FORMS,
    find=_change,
    title=words.headline,
    url=lambda change_id: url_for("policy.show", change_id=change_id),
    then=lambda change_id, action: url_for("policy.show", change_id=change_id, done=action),
    means=words.MEANS,
    stop=words.STOP,
    also="policy/_told.html",
    more=_replayed,
)
