"""Changes of the policy: drafted by an officer, found under lock, and read into facts for their table."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select

from registry import permissions
from registry.extensions import db, writing
from registry.models import Appointment, PolicyChange, PolicyReplay, ReplayRun, StoredFile, User
from registry.queries import policy as ask
from registry.services import numbers
from registry.storage import Stored
from workflows.facts import ChangeFacts
from workflows.policy import Change, PolicyError, changes_in, text_of_changes
from workflows.roles import Role
from workflows.states import ChangeState

HISTORY = "policy_history"
"""The counter of confirmed changes; who holds its row confirms alone."""
TOLD = frozenset({Role.CASE_OFFICER, Role.CHAIR})
"""Who is told of what happens to a proposal."""


class NotEditable(Exception):
    """The change has been proposed, or is not of a body this person is an officer of."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What an officer writes: the change itself, and the document that decides it; `stored` None: the file before."""

    changes: tuple[Change, ...]
    reasons: str
    document_number: str
    document_title: str
    stored: Stored | None = None
    filename: str = ""

    @property
    def effective_on(self) -> date:
        """The day from which it acts."""
        return self.changes[0].since


def save(draft: Draft, *, body_id: int, by: User, at: datetime, change_id: int | None = None) -> int:
    """Keep a draft, new or again; returns its id. Raises NotEditable."""
    person_id, text = by.id, text_of_changes(draft.changes)
    with writing():
        if change_id is None:
            row = PolicyChange(state=ChangeState.DRAFT, body_id=body_id, drafted_by_id=person_id, drafted_at=at)
            row.is_example = db.session.get_one(User, person_id).is_example
            db.session.add(row)
        else:
            row = _drafted(change_id, body_id)
            row.version += 1
        row.subject, row.effective_on = draft.changes[0].subject, draft.effective_on
        row.content, row.content_digest = text, hashlib.sha256(text.encode()).hexdigest()
        row.reasons = draft.reasons
        row.document_number, row.document_title = draft.document_number, draft.document_title
        if draft.stored is not None:
            _keep(draft.stored, at)
            row.sha256, row.filename = draft.stored.sha256, draft.filename
        db.session.flush()
        return row.id


def _keep(stored: Stored, at: datetime) -> None:
    if db.session.get(StoredFile, stored.sha256) is None:
        db.session.add(StoredFile(sha256=stored.sha256, size=stored.size, media_type=stored.media_type, stored_at=at))
        db.session.flush()


def _drafted(change_id: int, body_id: int) -> PolicyChange:
    row = locked(change_id)
    if row is None or row.state is not ChangeState.DRAFT or row.body_id != body_id:
        raise NotEditable
    return row


def discard(change_id: int, *, body_id: int) -> None:
    """Throw a draft away, with what was tried on it. Raises NotEditable."""
    with writing():
        row = _drafted(change_id, body_id)
        for tried in (PolicyReplay, ReplayRun):
            db.session.execute(delete(tried).where(tried.change_id == row.id))
        db.session.delete(row)


# For the door ---------------------------------------------------------------------------------------------


def locked(change_id: int) -> PolicyChange | None:
    """The change, locked and read fresh."""
    query = select(PolicyChange).where(PolicyChange.id == change_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def next_of_history() -> int:
    """The number of the next confirmed change; two confirmations wait for one another here, before either is judged."""
    return numbers.allot(HISTORY, 0)


def roles_on(change: PolicyChange, actor: User, on: date) -> frozenset[Role]:
    """What a person is to a change: the offices held in its body; none where it is not shown to that person."""
    held = frozenset(role for role, body_id in permissions.appointments(actor, on) if body_id == change.body_id)
    return held if held & permissions.POLICY.offices else frozenset()


def facts(change: PolicyChange, on: date, actor: User | None) -> ChangeFacts:
    """A change as its rules see it."""
    changes = content_of(change)
    return ChangeFacts(
        on=on,
        since=change.effective_on,
        document=change.sha256 is not None and bool(change.document_number and change.document_title),
        reasons=bool(change.reasons),
        fits=None if changes is None else fits(changes),
        actor_proposed=actor is not None and change.proposed_by_id == actor.id,
        replayed=_replayed(change),
    )


def content_of(change: PolicyChange) -> tuple[Change, ...] | None:
    """What a change says; None where it cannot be read."""
    try:
        return changes_in(change.content)
    except PolicyError:
        return None


def fits(changes: Sequence[Change]) -> bool:
    """Whether the policy in force takes them."""
    try:
        ask.current().amended(changes)
    except PolicyError:
        return False
    return True


def _replayed(change: PolicyChange) -> bool | None:
    query = select(PolicyReplay.content_digest, PolicyReplay.revision).where(PolicyReplay.change_id == change.id)
    made = {(digest, revision) for digest, revision in db.session.execute(query)}
    return (change.content_digest, ask.revision()) in made if made else None


def told(change: PolicyChange, on: date) -> set[int]:
    """Officers and chair of the body, and who proposed it."""
    query = select(Appointment.user_id).where(
        Appointment.body_id == change.body_id,
        Appointment.role.in_(TOLD),
        Appointment.since <= on,
        (Appointment.until.is_(None)) | (Appointment.until >= on),
    )
    return set(db.session.scalars(query)) | ({change.proposed_by_id} if change.proposed_by_id else set())
