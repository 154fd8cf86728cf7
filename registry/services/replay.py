"""A proposed change run over all past and open cases, before anybody decides on it.

It is asked for on a page and carried out beside the server; the run says how far it is.
"""

import contextlib
import json
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Select, func, select, update

from registry.clock import day_of
from registry.extensions import db, writing
from registry.models import Case, PolicyChange, PolicyReplay, ReplayRun, User
from registry.queries import policy as ask
from registry.services import policy_changes
from registry.services.replay_facts import CHUNK, every_case
from workflows.policy import Change, Figure, Policy, PolicyError
from workflows.replay import Difference, Judged, compared, differing
from workflows.rules import Outcome
from workflows.states import ChangeState

LISTED = 500
"""Differences kept with their words; the rest is counted."""


CHANGED, STOPPED, FAILED = "changed", "stopped", "failed"
"""Why a replay ended without an outcome."""
OPEN = (ChangeState.DRAFT, ChangeState.PROPOSED)
SILENT = timedelta(minutes=2)
"""After so long without a word whoever worked on a replay is gone, and another begins it anew."""


class NotReplayable(Exception):
    """The change is decided, cannot be read, or contradicts the policy."""


class _Gone(Exception):
    """The replay was ended or taken over by another meanwhile."""


# Asked for ------------------------------------------------------------------------------------------------


def ask_for(change_id: int, *, by: User, at: datetime) -> int:
    """Have a change that is not decided yet replayed; the run's id. Asking twice is asking once. Raises NotReplayable.

    A run of what the draft said before is ended by this.
    """
    person_id = by.id
    with writing():
        change = policy_changes.locked(change_id)
        changes = policy_changes.content_of(change) if change else None
        if change is None or changes is None or change.state not in OPEN or not policy_changes.fits(changes):
            raise NotReplayable
        there = db.session.scalar(_open_of(change_id).with_for_update())
        if there is not None:
            if there.content_digest == change.content_digest:
                return there.id
            there.ended_at, there.problem = at, CHANGED
            db.session.flush()
        row = ReplayRun(
            change_id=change_id,
            content_digest=change.content_digest,
            cases=db.session.scalar(select(func.count()).where(Case.number.is_not(None))),
            asked_at=at,
            asked_by_id=person_id,
        )
        db.session.add(row)
        db.session.flush()
        return row.id


def stop(change_id: int, *, at: datetime) -> None:
    """End the open run of a change, if there is one."""
    with writing():
        there = db.session.scalar(_open_of(change_id).with_for_update())
        if there is not None:
            there.ended_at, there.problem = at, STOPPED


def _open_of(change_id: int) -> Select[tuple[ReplayRun]]:
    query = select(ReplayRun).where(ReplayRun.change_id == change_id, ReplayRun.ended_at.is_(None))
    return query.execution_options(populate_existing=True)


# Carried out ----------------------------------------------------------------------------------------------


def waiting(at: datetime) -> list[int]:
    """Runs nobody is at work on, oldest first."""
    query = select(ReplayRun.id).where(ReplayRun.ended_at.is_(None), _left(at)).order_by(ReplayRun.id)
    return list(db.session.scalars(query))


def _left(at: datetime) -> ColumnElement[bool]:
    return ReplayRun.beat_at.is_(None) | (ReplayRun.beat_at < at - SILENT)


def carry_on(run_id: int, now: Callable[[], datetime]) -> int | None:
    """Run a change over all cases and keep what came of it; the replay's id, None where it ended without one.

    `now` answers the present instant: the work takes its time, and says when it last did something. Safe beside
    another one: whoever finds that the run is no longer theirs stops without a trace.
    """
    beat = _Beat(run_id, now)
    try:
        if not beat.take():
            return None
        run = db.session.get_one(ReplayRun, run_id)
        change = db.session.get_one(PolicyChange, run.change_id)
        revision, changes = ask.revision(), policy_changes.content_of(change)
        if changes is None or change.content_digest != run.content_digest or change.state not in OPEN:
            return beat.end(CHANGED)
        cases, result = replayed(ask.current(), changes, beat.began, each=beat)
        return beat.end(cases=cases, result=result, revision=revision)
    except PolicyError:  # confirmed meanwhile: what contradicts this one
        return beat.end(CHANGED)
    except _Gone:
        return None


def fail(run_id: int, *, at: datetime) -> None:
    """End a run that a fault of the system broke off; who asked for it may ask again."""
    db.session.rollback()
    with contextlib.suppress(_Gone), writing():
        _change(run_id, ended_at=at, problem=FAILED)


class _Beat:
    """How far a run is, said at every chunk of cases: who takes it for dead begins it anew, and this one stops."""

    def __init__(self, run_id: int, now: Callable[[], datetime]) -> None:
        self._run_id, self._now = run_id, now
        self.began = self._last = now()

    def take(self) -> bool:
        """Whether the run is ours from now on."""
        with writing():
            return _changed(self._run_id, _left(self.began), beat_at=self.began, done=0) == 1

    def __call__(self, done: int) -> None:
        """Say that so many cases are done. Raises _Gone."""
        if done % CHUNK:
            return
        with writing():
            self._still_ours(done=done)

    def _still_ours(self, **values: Any) -> None:
        at = max(self._now(), self._last + timedelta(microseconds=1))
        _change(self._run_id, ReplayRun.beat_at == self._last, beat_at=at, **values)
        self._last = at

    def end(self, problem: str = "", *, cases: int = 0, result: Any = None, revision: str = "") -> int | None:
        """Close the run, with what came of it where nothing stood in its way. Raises _Gone."""
        with writing():
            run = db.session.get_one(ReplayRun, self._run_id)
            change = policy_changes.locked(run.change_id)
            if change is None or change.content_digest != run.content_digest or change.state not in OPEN:
                problem = CHANGED
            row = PolicyReplay(
                change_id=run.change_id,
                content_digest=run.content_digest,
                revision=revision,
                cases=cases,
                result=json.dumps(result, ensure_ascii=False, sort_keys=True),
                made_at=self.began,
                made_by_id=run.asked_by_id,
            )
            self._still_ours(
                ended_at=self._now(), problem=problem, **({} if problem else {"done": cases, "cases": cases})
            )
            if problem:
                return None
            db.session.add(row)
            db.session.flush()
            return row.id


def _changed(run_id: int, *where: ColumnElement[bool], **values: Any) -> int:
    statement = update(ReplayRun).where(ReplayRun.id == run_id, ReplayRun.ended_at.is_(None), *where)
    found: CursorResult[Any] = db.session.execute(statement.values(values))  # type: ignore[assignment]
    return found.rowcount


def _change(run_id: int, *where: ColumnElement[bool], **values: Any) -> None:
    if _changed(run_id, *where, **values) != 1:
        raise _Gone


# What comes of it -----------------------------------------------------------------------------------------


def replayed(
    policy: Policy, changes: tuple[Change, ...], at: datetime, each: Callable[[int], None] = lambda _done: None
) -> tuple[int, dict[str, Any]]:
    """How many cases were run, and where the outcome differs: by the day of each case, and as if it had always been so.

    `each` is told after every case how many are done; it may write. Raises PolicyError where the policy does not take
    the changes.
    """
    amended, always = policy.amended(changes), policy.as_if_always(changes)
    in_time, at_all = differing(policy, amended), differing(policy, always)
    first = min(change.since for change in changes)
    by_day: list[Difference] = []
    as_if: list[Difference] = []
    number = 0
    for case in every_case(day_of(at)):
        number += 1
        judged = Judged(case, policy)
        if case.facts.on >= first:  # before its day the two policies say one thing
            by_day += compared(case, judged.outcomes, judged.under(amended, in_time))
        as_if += compared(case, judged.outcomes, judged.under(always, at_all))
        each(number)
    return number, {"by_day": _told(by_day, amended), "always": _told(as_if, always)}


def _told(found: Iterable[Difference], after: Policy) -> dict[str, Any]:
    listed = list(found)
    return {
        "cases": len({d.case.case_id for d in listed}),
        "clauses": dict(Counter(d.clause for d in listed)),
        "listed": [_line(d, after) for d in listed[:LISTED]],
    }


def _line(found: Difference, policy: Policy) -> dict[str, Any]:
    said = found.after if found.after and found.after.finding else found.before
    return {
        "case": found.case.case_id,
        "number": found.case.number,
        "state": found.case.state.value,
        "clause": found.clause,
        "before": found.before.verdict.value if found.before else None,
        "after": found.after.verdict.value if found.after else None,
        "figures": {k: [_value(a), _value(b)] for k, (a, b) in found.figures.items()},
        "zh": _sentence(said, policy, "zh"),
        "en": _sentence(said, policy, "en"),
    }


def _value(figure: Figure | None) -> str | None:
    return None if figure is None else str(figure.value)


def _sentence(outcome: Outcome | None, policy: Policy, lang: str) -> str:
    """What the clause says of the case; "" where it says nothing, or its words need more than the rule's own facts."""
    if outcome is None or not outcome.finding:
        return ""
    try:
        return policy.clause(outcome.clause).sentence(outcome.verdict, lang, outcome.facts, outcome.figures)
    except LookupError:
        return ""
