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
from registry.labels.clocks import clock, reminder
from registry.models import AuditEvent, Remark, User
from registry.queries.sittings import Sat
from workflows.roles import Role
from workflows.states import RecusalGround

INNER = frozenset(
    {
        *("answer_condition", "sign_screening", "answer_finding", "remind", "refuse_seat", "give_expert_opinion"),
        *("vote", "call_vote", "declare_recusal", "propose_recusal", "decide_recusal", "sign_site_check"),
    }
)
"""Acts the bureau takes within a stage; the applicant sees what comes of them."""

OWN_PLACE = frozenset(
    {"vote", "answer_objection", "give_legal_opinion", "file_validation", "give_environment_opinion"}
    | {"draw_panel", "refuse_seat", "give_expert_opinion", "close_panel", "record_site_check"}
)
"""Acts whose words stand where they belong (sitting, opinions, site checks), under the rules of that place."""

IN_A_SITTING = frozenset(
    {
        *("table", "untable", "adjourn", "call_vote", "vote", "declare_recusal", "propose_recusal", "decide_recusal"),
        *("approve_risk", "register", "reject", "suspend", "decide_amendment", "revoke"),
    }
)
"""Acts on a case that are part of its sitting, and so of the meeting."""

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
    words = _remarks([e.seq for e in rows])
    shown = [e for e in rows if inside or action_of(e) not in INNER]
    hidden = OWN_PLACE if inside else OWN_PLACE | FOR_THE_DESK
    return [_event(e, "" if action_of(e) in hidden else words.get(e.seq, "")) for e in reversed(shown)]


def of_meeting(meeting_id: int, items: Sequence[Sat]) -> list[Event]:
    """What happened to a meeting and in its sittings, newest first; `items`: those the reader may see."""
    own = _events(meeting_id, "meeting")
    names = _names({u for e in own for part in ("came", "left") for u in json.loads(e.detail).get(part, ())})
    rows = [(e, _of_meeting(e, names)) for e in own]
    for item in items:
        until = item.end.ended_at if item.end else None
        for e in _events(item.case_id):
            within = e.at >= item.opened_at and (until is None or e.at <= until)
            if within and action_of(e) in IN_A_SITTING:
                rows.append((e, _of_item(e, item)))
    words = _remarks([e.seq for e, _said in rows if action_of(e) not in OWN_PLACE])
    return [
        Event(e.at, text, _who(e), words.get(e.seq, ""), action_of(e), e.seq)
        for e, text in sorted(rows, key=lambda pair: pair[0].seq, reverse=True)
    ]


def of_record(kind: str, record_id: int) -> list[Event]:
    """What happened to a record of another kind, newest first."""
    rows = _events(record_id, kind)
    words = _remarks([e.seq for e in rows])
    return [_event(e, words.get(e.seq, "")) for e in reversed(rows)]


def _of_meeting(event: AuditEvent, names: dict[int, str]) -> str:
    """A roll says who came and who left."""
    text, detail = happened(action_of(event)), json.loads(event.detail)
    came, left = (_(", ").join(names.get(u, str(u)) for u in detail.get(part, ())) for part in ("came", "left"))
    if came:
        text = _("%(what)s; in the room: %(names)s", what=text, names=came)
    if left:
        text = _("%(what)s; left: %(names)s", what=text, names=left)
    return text


def _of_item(event: AuditEvent, item: Sat) -> str:
    return _("Item %(no)s: %(what)s", no=str(item.item), what=_text(action_of(event), json.loads(event.detail)))


def _names(people: set[int]) -> dict[int, str]:
    rows = select(User.id, User.name).where(User.id.in_(people))
    return dict(db.session.execute(rows).all()) if people else {}


def _remarks(events: Sequence[int]) -> dict[int, str]:
    return dict(db.session.execute(select(Remark.seq, Remark.words).where(Remark.seq.in_(events))).all())


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


def _events(subject_id: int, kind: str = "project") -> Sequence[AuditEvent]:
    query = (
        select(AuditEvent)
        .where(AuditEvent.subject_kind == kind, AuditEvent.subject_id == subject_id)
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
    if (clock_says := _of_a_clock(action, text, detail)) is not None:
        return clock_says
    if action == "answer_condition" and detail.get("clauses"):
        return _("%(what)s: %(clauses)s", what=text, clauses=_(", ").join(sorted(detail["clauses"])))
    if action == "answer_finding" and detail.get("clause"):
        return _("%(what)s: %(clauses)s", what=text, clauses=str(detail["clause"]))
    if action in ("object", "answer_objection") and detail.get("no"):
        return _("%(what)s: no. %(no)s", what=text, no=str(detail["no"]))
    if action in ("record_site_check", "sign_site_check") and detail.get("no"):
        shown = {"no": formats.number(detail["no"]), "version": formats.number(detail.get("version", 1))}
        return _("%(what)s: no. %(no)s, version %(version)s", what=text, **shown)
    if action == "register" and detail.get("project_number"):
        return _("%(what)s under number %(number)s", what=text, number=detail["project_number"])
    if action == "decide_amendment":
        text = _("The amendment was approved") if detail.get("approved") else _("The amendment was refused")
    if action == "adjourn":
        return _("The question was adjourned for want of a quorum") if detail.get("no_quorum") else text
    if action == "call_vote":
        return _(
            "%(what)s: %(attending)s of %(entitled)s members entitled in the room",
            what=text,
            attending=formats.number(detail.get("attending")),
            entitled=formats.number(detail.get("entitled")),
        )
    if action == "decide_recusal":
        text = _("A member was made to stand aside") if detail.get("upheld") else _("A proposed recusal was refused")
    if action in {"declare_recusal", "propose_recusal"} and detail.get("ground"):
        return _("%(what)s (%(ground)s)", what=text, ground=label(detail["ground"], RecusalGround))
    if "for" in detail and detail.get("present", 1):
        return _(
            "%(what)s: %(votes)s of %(members)s members in favour",
            what=text,
            votes=formats.number(detail["for"]),
            members=formats.number(detail["members"]),
        )
    return text


def _of_a_clock(action: str, text: str, detail: dict[str, Any]) -> str | None:
    if action == "remind" and detail.get("reminder"):
        return reminder(detail["reminder"], detail["clock"], formats.day(detail.get("due_on")))
    if action == "extend" and detail.get("clock"):
        return _extended(detail)
    return _recounted(text, detail["counted"]) if action == "recount" and detail.get("counted") else None


def reminders(seqs: Sequence[int]) -> dict[int, str]:
    """What reminders say, by the number of their link."""
    rows = db.session.execute(select(AuditEvent.seq, AuditEvent.detail).where(AuditEvent.seq.in_(seqs)))
    return {seq: _text("remind", json.loads(detail)) for seq, detail in rows} if seqs else {}


def _extended(detail: dict[str, Any]) -> str:
    name = clock(detail["clock"])
    if not detail.get("granted"):
        return _("%(clock)s: more time was refused", clock=name)
    return _("%(clock)s: extended, the last day is %(day)s", clock=name, day=formats.day(detail.get("due_on")))


def _recounted(text: str, counted: dict[str, Any]) -> str:
    moved = [
        _("%(clock)s: %(day)s", clock=clock(kind), day=formats.day(now))
        for kind, (_was, now, _open) in counted.items()
        if now
    ]
    return _("%(what)s: %(clauses)s", what=text, clauses=_("; ").join(moved)) if moved else text


def _who(event: AuditEvent) -> str:
    if event.actor is None:
        return _role(event.actor_role)
    return _("%(name)s, %(role)s", name=event.actor.name, role=_role(event.actor_role))


def _role(word: str) -> str:
    return label(word, Role)
