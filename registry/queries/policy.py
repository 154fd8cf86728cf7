"""The policy in force, and its changes as pages ask for them.

The policy is the TOML base with every confirmed change. It is built once per revision: a revision has a digest that
covers all changes up to it, which is one small read a transaction; so what another process confirmed is seen at once.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from registry import permissions
from registry.clock import day_of
from registry.extensions import db, rows
from registry.models import Body, PolicyChange, PolicyReplay, ReplayRun, User
from registry.queries.record_shapes import Look, Shown, Waiting
from workflows.policy import Change, Decision, MethodStatus, Policy, PolicyError, changes_in
from workflows.policy.changes import FigureChange, MethodBegins, MethodEnds, MethodFollows
from workflows.roles import Role
from workflows.states import ChangeState

ONE_DAY = timedelta(days=1)

BEGINNING = ""
"""The revision before any change: the files alone."""
LATEST = select(PolicyChange.history_digest).where(
    PolicyChange.history_no == select(func.max(PolicyChange.history_no)).scalar_subquery()
)
KEPT = "policy"


def current() -> Policy:
    """The policy with every change confirmed so far, whatever its day; the same value within a transaction."""
    session = db.session()
    here, kept = session.get_transaction(), session.info.get(KEPT)
    if here is not None and kept is not None and kept[0] is here:
        found: Policy = kept[1]
        return found
    policy = _of_revision(revision())
    session.info[KEPT] = (session.get_transaction(), policy)
    return policy


def revision() -> str:
    """What names the policy as it stands: the digest of its history."""
    return rows(LATEST).scalar() or BEGINNING


def base() -> Policy:
    """The policy of the TOML files; raises PolicyError when they contradict themselves."""
    return Policy.base()


@lru_cache(maxsize=4)
def _of_revision(digest: str) -> Policy:
    # By its digest alone: two databases whose history is one have one policy.
    return base().amended(c for row in history() for c in decided(row)) if digest else base()


def history() -> list[PolicyChange]:
    """Every confirmed change, in the order of confirmation."""
    query = select(PolicyChange).where(PolicyChange.state == ChangeState.CONFIRMED).order_by(PolicyChange.history_no)
    return list(db.session.scalars(query.options(joinedload(PolicyChange.body))))


@dataclass(frozen=True, slots=True)
class Clash:
    """A confirmed change that the files leave no room for; `said_already`: they say the same, else something else."""

    number: str
    subject: str
    reason: str
    said_already: bool


def clashes() -> list[Clash]:
    """The confirmed changes that the TOML files repeat or contradict: with one of them there is no policy at all."""
    policy, found = base(), []
    for row in history():
        made = decided(row)
        try:
            policy = policy.amended(made)
        except PolicyError as error:
            found.append(Clash(str(row.number), row.subject, str(error), all(_says(policy, c) for c in made)))
    return found


def _says(policy: Policy, change: Change) -> bool:
    """Whether a policy says already what a change would make it say."""
    method = policy.methods.get(change.subject)
    match change:
        case FigureChange():
            return any((f.since, f.value) == (change.since, change.value) for f in policy.figures.get(change.key, ()))
        case MethodFollows():
            new = policy.methods.get(change.method.id)
            return new is not None and replace(new, decision=None) == replace(change.method, decision=None)
        case MethodBegins():
            return method is not None and method.status is MethodStatus.IN_FORCE and method.since == change.since
        case MethodEnds():
            return method is not None and method.until == change.since - ONE_DAY


def decided(row: PolicyChange) -> tuple[Change, ...]:
    """What a confirmed change says, with who set it."""
    if row.decided_at is None:
        raise ValueError(f"change {row.id} is not decided")
    decision = Decision(
        no=str(row.number),
        body_zh=row.body.name,
        body_en=row.body.name_en,
        document=" ".join(filter(None, (row.document_title, row.document_number))),
        on=day_of(row.decided_at),
    )
    return tuple(replace(change, decision=decision) for change in changes_in(row.content))


# What pages show ---------------------------------------------------------------------------------------


def bodies(user: User) -> list[Body]:
    """The bodies for which an officer may propose a change."""
    ids = {body for role, body in permissions.appointments(user) if role is Role.CASE_OFFICER}
    return list(db.session.scalars(select(Body).where(Body.id.in_(ids)).order_by(Body.id)))


def changes(user: User, states: Collection[ChangeState] = frozenset(ChangeState)) -> list[PolicyChange]:
    """The changes a person may see, the newest first."""
    query = (
        select(PolicyChange)
        .where(permissions.sees_change(user), PolicyChange.state.in_(states))
        .options(joinedload(PolicyChange.drafted_by), joinedload(PolicyChange.proposed_by))
        .options(joinedload(PolicyChange.body))
        .order_by(func.coalesce(PolicyChange.proposed_at, PolicyChange.drafted_at).desc(), PolicyChange.id.desc())
    )
    return list(db.session.scalars(query))


def undecided(user: User) -> list[PolicyChange]:
    """The proposals that wait for a chair's decision; those of one's own wait for another."""
    heads = {body for role, body in permissions.appointments(user) if role is Role.CHAIR}
    query = select(PolicyChange).where(
        PolicyChange.body_id.in_(heads),
        PolicyChange.state == ChangeState.PROPOSED,
        PolicyChange.proposed_by_id != user.id,
    )
    return list(db.session.scalars(query.order_by(PolicyChange.proposed_at, PolicyChange.id))) if heads else []


def one(user: User, change_id: int) -> PolicyChange | None:
    """A change, if this person may see it."""
    query = select(PolicyChange).where(PolicyChange.id == change_id, permissions.sees_change(user))
    return db.session.scalars(query).one_or_none()


def of_subjects(user: User, subjects: Collection[str]) -> list[PolicyChange]:
    """The changes proposed for one of these figures or methods, and not decided."""
    return [c for c in changes(user, (ChangeState.PROPOSED,)) if c.subject in subjects]


def last_replay(change: PolicyChange) -> PolicyReplay | None:
    """The last replay of a change's content as it stands."""
    query = (
        select(PolicyReplay)
        .where(PolicyReplay.change_id == change.id, PolicyReplay.content_digest == change.content_digest)
        .order_by(PolicyReplay.id.desc())
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def last_run(change: PolicyChange) -> ReplayRun | None:
    """The last replay of a change that was asked for, whatever became of it."""
    query = select(ReplayRun).where(ReplayRun.change_id == change.id).order_by(ReplayRun.id.desc()).limit(1)
    return db.session.scalars(query).one_or_none()


def shown(user: User, change_id: int) -> Shown | None:
    """A change as a notice names it."""
    change = one(user, change_id)
    if change is None:
        return None
    asks = any(c.id == change_id for c in undecided(user))
    task = _("Please read the proposal and its replay, and confirm or refuse it.") if asks else ""
    return Shown(_("Change of the rules"), change.number, f"/policy/changes/{change.id}", task)


def waits(user: User) -> list[Waiting]:
    """Proposals as the inbox lists them."""
    return [
        Waiting(
            _("Decide on a change of the rules"),
            _("Change of the rules"),
            c.number,
            f"/policy/changes/{c.id}",
            c.proposed_at or c.drafted_at,
        )
        for c in undecided(user)
    ]


LOOK = Look(_l("A change of the rules you no longer see"), shown, waits)
