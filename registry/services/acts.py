"""The one door: everything a person, or the system, does to a case passes here, in one order.

Lock and read fresh; roles; stale page; facts; the table and its rules; the act's record; state,
version, audit, notices; one commit. Mail and papers are jobs that read what is left here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import Integer, bindparam, select

from registry import permissions
from registry.clock import day_of
from registry.extensions import db, writing
from registry.models import AuditEvent, Case, User
from registry.services import audit, clocks, facts, meetings, minutes, notices, papers, records, requests, rounds
from registry.services.effects import EFFECTS, Context
from registry.services.effects.greening import KIND as COMPLETION
from registry.services.effects.meetings import EFFECTS as MEETING_EFFECTS
from registry.services.effects.panels import break_off
from registry.services.effects.pilot import KIND as PILOTS
from registry.services.effects.policy import KIND as POLICY_CHANGES
from registry.services.effects.report import KIND as PILOT_REPORTS
from registry.services.policy import current
from workflows import machine
from workflows.gates import judge
from workflows.machine import NotOpenError as NotOpen
from workflows.machine import RefusedError as Refused
from workflows.machine import Taken
from workflows.meeting import MEETING
from workflows.meeting import judge as judge_meeting
from workflows.project import PROJECT
from workflows.roles import Role
from workflows.states import STAGE_OF, GateName, ProjectState

Subject = tuple[str, int]
KINDS: Mapping[str, records.Kind] = {
    "policy": POLICY_CHANGES,
    "pilot": PILOTS,
    "report": PILOT_REPORTS,
    "greening": COMPLETION,
}
"""The records beside cases and meetings whose acts pass here, by what the audit calls them."""
PANELS_WORK = frozenset({ProjectState.METHODOLOGY_SCREENING, ProjectState.AMENDMENT_REVIEW})
"""The states a panel works in: a step out of them leaves none at work."""


class Anybody(Enum):
    """A member of the public: no account, no name."""

    ANYBODY = "anybody"


ANYBODY = Anybody.ANYBODY

__all__ = ["ANYBODY", "Anybody", "Done", "NotOpen", "NotVisible", "Refused", "Stale", "act", "events_since"]


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
    by: User | Anybody | None,
    at: datetime,
    seen: int | None,
    data: Mapping[str, Any] | None = None,
) -> Done:
    """Take one act and commit it, or raise and leave no trace.

    `by` None is the system, ANYBODY somebody without an account; `seen` the version the page was made from (None:
    the system, and the public, which judges by no version).
    Raises NotVisible, NotOpen, Stale or Refused, in this order of looking.
    """
    kind, subject_id = subject
    if kind not in {"project", "meeting", *KINDS}:
        raise ValueError(f"no table for {kind}")
    actor_id = by.id if isinstance(by, User) else None
    with writing():
        if kind == "meeting":
            return _on_meeting(subject_id, action, actor_id, at, seen, dict(data or {}))
        if kind in KINDS:
            return _on_record(kind, subject_id, action, actor_id, at, seen, dict(data or {}))
        if data and "meeting" in data:
            meetings.locked(int(data["meeting"]))  # before the case: meeting, then cases (house.md §5)
        elif action in meetings.BY_THE_ROLL:
            meetings.held_still(subject_id)
        case = _locked(subject_id)
        actor = db.session.get(User, actor_id) if actor_id else None
        roles = _public(case) if by is ANYBODY else _roles(case, actor, at)
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


def _public(case: Case) -> frozenset[Role]:
    """The public comes to a case by its notice alone."""
    if not permissions.on_notice(case.id):
        raise NotVisible
    return frozenset({Role.PUBLIC})


def _take(
    case: Case, action: str, actor: User | None, roles: frozenset[Role], at: datetime, data: dict[str, Any]
) -> Done:
    policy, on = current(), day_of(at)
    before = case.state
    read = facts.facts_of_preparation if action in rounds.OPENING else facts.project_facts
    known = requests.with_request(read(case, policy, on, actor), case, action, roles, data, on, actor)
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
    if taken.act.to is not None and before in PANELS_WORK:
        break_off(context)
    db.session.flush()  # the act's records first: the database lets a state follow only from them
    _move(case, taken, effect.changes, at)
    db.session.flush()
    if effect.after:
        effect.after()
        db.session.flush()
    trace = clocks.follow(context, before)
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
        detail={**effect.detail, **trace, **(paper.trace if paper else {})},
        words=effect.words,
        at=at,
    )
    if paper:
        papers.issue(paper, event)
    notices.write(case, action, event, actor, effect.tells)
    return Done(case.id, case.number, case.state, case.version, event.seq)


def _on_meeting(
    meeting_id: int, action: str, actor_id: int | None, at: datetime, seen: int | None, data: dict[str, Any]
) -> Done:
    meeting = meetings.locked(meeting_id)
    actor = db.session.get(User, actor_id) if actor_id else None
    roles = meetings.roles_on(meeting, actor, day_of(at)) if meeting else frozenset()
    if meeting is None or not roles:
        raise NotVisible
    if seen is not None and seen != meeting.version:
        raise Stale(meeting.id, events_since(meeting.id, seen, "meeting"))
    before, known = meeting.state, meetings.facts(meeting, day_of(at), minutes.facts(meeting, actor))
    taken = MEETING.take(machine.Case(before, roles, known), action, current(), judge_meeting)
    context = meetings.Context(meeting, taken, actor, at, data)
    effect = MEETING_EFFECTS[action](context)
    db.session.flush()
    for column, value in effect.changes.items():
        setattr(meeting, column, value)
    meeting.state = taken.state
    meeting.version += not taken.act.own
    db.session.flush()
    drawn = minutes.draw_up(context)
    event = audit.record(
        f"meeting:{action}",
        actor=actor,
        role=taken.role,
        subject_kind="meeting",
        subject_id=meeting.id,
        subject_version=meeting.version,
        from_state=before,
        to_state=meeting.state,
        detail={**effect.detail, **drawn.trace} if drawn else effect.detail,
        words=effect.words,
        at=at,
    )
    if drawn:
        minutes.keep(drawn, event)
    notices.write_of_meeting(meeting, action, event, minutes.told(meeting, action), actor)
    if action in meetings.SEATS_FOLLOW:
        cases = [_locked(case_id) for case_id in meetings.cases_on(meeting.id)]
        if "held_on" in effect.detail:
            db.session.flush()
            notices.write_to_applicants(cases, event, actor)
        _seat_anew(cases, actor, at)
    return Done(meeting.id, meeting.number, meeting.state, meeting.version, event.seq)


def _seat_anew(cases: Sequence[Case], actor: User | None, at: datetime) -> None:
    """Items of a meeting whose group has changed until its day: tabled anew by the system, in the same transaction."""
    system = frozenset({Role.SYSTEM})
    for case in cases:
        known = facts.project_facts(case, current(), day_of(at), actor)
        if requests.with_request(known, case, "reseat", system, {}, day_of(at), actor).seats_changed:
            _take(case, "reseat", actor, system, at, {})


def _on_record(
    kind: str, record_id: int, action: str, actor_id: int | None, at: datetime, seen: int | None, data: dict[str, Any]
) -> Done:
    spec, on = KINDS[kind], day_of(at)
    row = records.locked(spec, record_id)
    actor = db.session.get(User, actor_id) if actor_id else None
    if row is None:
        raise NotVisible
    roles = spec.roles(row, actor, on) if actor else frozenset({Role.SYSTEM})
    if not roles or (actor and not actor.active):
        raise NotVisible
    if seen is not None and seen != row.version:
        raise Stale(row.id, events_since(row.id, seen, kind))
    data |= spec.first(action)
    before, known = row.state, spec.facts(row, on, actor, data)
    taken = spec.workflow.take(machine.Case(before, roles, known), action, current(), spec.judge)
    effect = spec.effects[action](records.Context(row, taken, actor, at, data, known))
    for column, value in effect.changes.items():
        setattr(row, column, value)
    row.state = taken.state
    row.version += not taken.act.own
    db.session.flush()
    if effect.after:
        effect.after()
        db.session.flush()
    event = audit.record(
        f"{kind}:{action}",
        actor=actor,
        role=taken.role,
        subject_kind=kind,
        subject_id=row.id,
        subject_version=row.version,
        from_state=before,
        to_state=row.state,
        detail=effect.detail,
        words=effect.words,
        at=at,
    )
    notices.write_of_record(kind, row.id, action, event, spec.told(row, action, on), actor)
    return Done(row.id, row.number, row.state, row.version, event.seq)


def _move(case: Case, taken: Taken, changes: Mapping[str, Any], at: datetime) -> None:
    for column, value in changes.items():
        setattr(case, column, value)
    if not taken.act.own:
        case.version += 1
    if taken.act.to is not None:
        case.state = taken.state
        case.returns_to = taken.returns_to
        case.state_since = at


def events_since(subject_id: int, version: int, kind: str = "project") -> list[AuditEvent]:
    """What happened to a case, a meeting or a record after a version, oldest first."""
    query = (
        select(AuditEvent)
        .where(
            AuditEvent.subject_kind == kind,
            AuditEvent.subject_id == subject_id,
            AuditEvent.subject_version > version,
        )
        .order_by(AuditEvent.seq)
    )
    return list(db.session.scalars(query))
