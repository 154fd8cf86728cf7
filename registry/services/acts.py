"""The one door: everything a person, or the system, does to a case passes here, in one order.

Lock and read fresh; roles; stale page; facts; the table and its rules; the act's record; state,
version, audit, notices; one commit. Mail and papers are jobs that read what is left here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, select

from registry import permissions
from registry.clock import day_of
from registry.extensions import db, writing
from registry.models import AuditEvent, Case, User
from registry.services import audit, facts, notices, papers, requests, rounds
from registry.services.effects import EFFECTS, Context
from registry.services.policy import current
from workflows import machine
from workflows.gates import judge
from workflows.machine import NotOpenError as NotOpen
from workflows.machine import RefusedError as Refused
from workflows.machine import Taken
from workflows.project import PROJECT
from workflows.roles import Role
from workflows.states import STAGE_OF, GateName

Subject = tuple[str, int]

__all__ = ["Done", "NotOpen", "NotVisible", "Refused", "Stale", "act", "events_since"]


class NotVisible(Exception):
    """The person may not see the case, or there is none: the two look alike."""


class Stale(Exception):
    """The page was made from an older version; `since` holds what happened in between, oldest first."""

    def __init__(self, case_id: int, since: list[AuditEvent]) -> None:
        super().__init__(f"case {case_id} has moved on")
        self.case_id, self.since = case_id, since


@dataclass(frozen=True, slots=True)
class Done:
    """What an act came to."""

    case_id: int
    number: str | None
    state: str
    version: int
    seq: int


def act(
    subject: Subject,
    action: str,
    *,
    by: User | None,
    at: datetime,
    seen: int | None,
    data: Mapping[str, Any] | None = None,
) -> Done:
    """Take one act and commit it, or raise and leave no trace.

    `by` None is the system; `seen` the version the page was made from (None: the system).
    Raises NotVisible, NotOpen, Stale or Refused, in this order of looking.
    """
    kind, case_id = subject
    if kind != "project":
        raise ValueError(f"no table for {kind}")
    actor_id = by.id if by else None
    with writing():
        case = _locked(case_id)
        actor = db.session.get(User, actor_id) if actor_id else None
        roles = _roles(case, actor, at)
        if seen is not None and seen != case.version:
            raise Stale(case.id, events_since(case.id, seen))
        return _take(case, action, actor, roles, at, dict(data or {}))


# populate_existing: without it the session hands back the row as it was before the lock.
LOCKED = (
    select(Case)
    .where(Case.id == bindparam("case_id", type_=Integer))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def _locked(case_id: int) -> Case:
    case = db.session.scalars(LOCKED, {"case_id": case_id}).one_or_none()
    if case is None:
        raise NotVisible
    return case


def _roles(case: Case, actor: User | None, at: datetime) -> frozenset[Role]:
    if actor is None:
        return frozenset({Role.SYSTEM})
    roles = permissions.roles_on(case.id, actor, day_of(at)) if actor.active else frozenset()
    if not any(case.state in permissions.SEES[r] for r in roles):
        raise NotVisible
    return roles


def _take(
    case: Case, action: str, actor: User | None, roles: frozenset[Role], at: datetime, data: dict[str, Any]
) -> Done:
    policy, on = current(), day_of(at)
    before = case.state
    read = facts.facts_of_preparation if action in rounds.OPENING else facts.project_facts
    known = requests.with_request(read(case, policy, on, actor), case, action, roles, data, actor)
    taken = PROJECT.take(
        machine.Case(
            before,
            roles,
            known,
            returns_to=case.returns_to,
            next_stage=rounds.next_stage(case, policy) if action in rounds.OPENING else None,
            flawed_stage=STAGE_OF[GateName(data["gate"])] if action == "find_flaw" else None,
        ),
        action,
        policy,
        judge,
    )
    context = Context(case, taken, actor, at, on, data, policy, known)
    effect = EFFECTS[action](context)
    db.session.flush()  # the act's records first: the database lets a state follow only from them
    _move(case, taken, effect.changes, at)
    db.session.flush()
    if effect.after:
        effect.after()
        db.session.flush()
    paper = papers.draw_up(context)
    event = audit.record(
        f"project:{action}",
        actor=actor,
        role=taken.role,
        subject_kind="project",
        subject_id=case.id,
        subject_version=case.version,
        round_no=case.round,
        from_state=before,
        to_state=case.state,
        detail={**effect.detail, **paper.trace} if paper else effect.detail,
        words=effect.words,
        at=at,
    )
    if paper:
        papers.issue(paper, event)
    notices.write(case, action, event, actor)
    return Done(case.id, case.number, case.state, case.version, event.seq)


def _move(case: Case, taken: Taken, changes: Mapping[str, Any], at: datetime) -> None:
    for column, value in changes.items():
        setattr(case, column, value)
    if not taken.act.own:
        case.version += 1
    if taken.act.to is not None:
        case.state = taken.state
        case.returns_to = taken.returns_to
        case.state_since = at


def events_since(case_id: int, version: int) -> list[AuditEvent]:
    """What happened to a case after a version, oldest first."""
    query = (
        select(AuditEvent)
        .where(
            AuditEvent.subject_kind == "project",
            AuditEvent.subject_id == case_id,
            AuditEvent.subject_version > version,
        )
        .order_by(AuditEvent.seq)
    )
    return list(db.session.scalars(query))
