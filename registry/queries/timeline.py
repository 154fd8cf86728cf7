"""What happened in a case, in words, from the audit chain; and the chain's own rows for those who check it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from registry import formats
from registry.extensions import db
from registry.labels import happened, label, right_way
from registry.models import AuditEvent, Remark
from workflows.roles import Role

INNER = frozenset({"answer_condition", "sign_screening", "answer_finding", "vote", "sign_site_check"})
"""Acts the bureau takes within a stage; the applicant sees what comes of them."""

OWN_PLACE = frozenset(
    {"vote", "give_legal_opinion", "file_validation", "give_environment_opinion", "record_site_check"}
)
"""Acts whose words stand where they belong (sitting, opinions, site checks), under the rules of that place."""

FOR_THE_DESK = frozenset({"table", "send_for_legal_review"})
"""Acts whose words are for the members only."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line: `text` says what happened, `who` by whom, `detail` the words given with it ("" = none)."""

    at: datetime
    text: str
    who: str
    detail: str
    action: str
    seq: int


@dataclass(frozen=True, slots=True)
class Link:
    """One row of the chain as an auditor reads it; hashes shortened to 12 characters."""

    seq: int
    at: datetime
    text: str
    action: str
    role: str
    hash: str
    prev: str
    round_no: int | None
    holds: bool


def timeline(case_id: int, *, inside: bool) -> list[Event]:
    """What happened to a case, newest first; `inside`: for the bureau's own people."""
    rows = _events(case_id)
    words = dict(
        db.session.execute(select(Remark.seq, Remark.words).where(Remark.seq.in_([e.seq for e in rows]))).all()
    )
    shown = [e for e in rows if inside or action_of(e) not in INNER]
    hidden = OWN_PLACE if inside else OWN_PLACE | FOR_THE_DESK
    return [_event(e, "" if action_of(e) in hidden else words.get(e.seq, "")) for e in reversed(shown)]


def in_words(events: Iterable[AuditEvent], *, inside: bool) -> list[Event]:
    """The same for events at hand, oldest first and without the words given."""
    return [_event(e, "") for e in events if inside or action_of(e) not in INNER]


def chain(case_id: int, first_bad: int | None) -> list[Link]:
    """The rows of the chain about a case, newest first; `first_bad`: the first row of the chain that does not hold."""
    return [
        Link(
            e.seq,
            e.at,
            happened(action_of(e)),
            e.action,
            _role(e.actor_role),
            e.hash[:12],
            e.prev[:12],
            e.round_no,
            first_bad is None or e.seq < first_bad,
        )
        for e in reversed(_events(case_id))
    ]


def action_of(event: AuditEvent) -> str:
    """The action's name without its kind."""
    return event.action.rpartition(":")[2]


def _events(case_id: int) -> Sequence[AuditEvent]:
    query = (
        select(AuditEvent)
        .where(AuditEvent.subject_kind == "project", AuditEvent.subject_id == case_id)
        .options(joinedload(AuditEvent.actor))
        .order_by(AuditEvent.seq)
    )
    return db.session.scalars(query).all()


def _event(event: AuditEvent, words: str) -> Event:
    action, detail = action_of(event), json.loads(event.detail)
    if detail.get("way"):
        words = "\n".join(filter(None, [words, _("The right way: %(way)s", way=right_way(detail["way"]))]))
    return Event(event.at, _text(action, detail), _who(event), words, action, event.seq)


def _text(action: str, detail: dict[str, Any]) -> str:
    text = happened(action)
    if action == "answer_condition" and detail.get("clauses"):
        return _("%(what)s: %(clauses)s", what=text, clauses=_(", ").join(sorted(detail["clauses"])))
    if action == "answer_finding" and detail.get("clause"):
        return _("%(what)s: %(clauses)s", what=text, clauses=str(detail["clause"]))
    if action in ("record_site_check", "sign_site_check") and detail.get("no"):
        shown = {"no": formats.number(detail["no"]), "version": formats.number(detail.get("version", 1))}
        return _("%(what)s: no. %(no)s, version %(version)s", what=text, **shown)
    if action == "register" and detail.get("project_number"):
        return _("%(what)s under number %(number)s", what=text, number=detail["project_number"])
    if action == "decide_amendment":
        text = _("The amendment was approved") if detail.get("approved") else _("The amendment was refused")
    if "for" in detail and "members" in detail:
        return _(
            "%(what)s: %(votes)s of %(members)s members in favour",
            what=text,
            votes=formats.number(detail["for"]),
            members=formats.number(detail["members"]),
        )
    return text


def _who(event: AuditEvent) -> str:
    if event.actor is None:
        return label(Role.SYSTEM)
    return _("%(name)s, %(role)s", name=event.actor.name, role=_role(event.actor_role))


def _role(word: str) -> str:
    return label(word, Role)
