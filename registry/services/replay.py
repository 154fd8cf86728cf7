"""A proposed change run over all past and open cases, before anybody decides on it."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from registry.clock import day_of
from registry.extensions import db, writing
from registry.models import PolicyChange, PolicyReplay, User
from registry.queries import policy as ask
from registry.services import policy_changes
from registry.services.replay_facts import every_case
from workflows.policy import Change, Figure, Policy, PolicyError
from workflows.replay import Difference, Judged, compared, differing
from workflows.rules import Outcome
from workflows.states import ChangeState

LISTED = 500
"""Differences kept with their words; the rest is counted."""


class NotReplayable(Exception):
    """The change is decided, cannot be read, or contradicts the policy; or it changed meanwhile."""


def run(change_id: int, *, by: User, at: datetime) -> int:
    """Replay a change that is not decided yet and keep what came of it; the replay's id. Raises NotReplayable."""
    person_id, change = by.id, db.session.get(PolicyChange, change_id)
    changes = policy_changes.content_of(change) if change else None
    if change is None or changes is None or change.state not in (ChangeState.DRAFT, ChangeState.PROPOSED):
        raise NotReplayable
    content, revision = change.content_digest, ask.revision()
    try:
        cases, result = replayed(ask.current(), changes, at)
    except PolicyError as error:
        raise NotReplayable from error
    with writing():
        now_there = policy_changes.locked(change_id)
        if now_there is None or now_there.content_digest != content:
            raise NotReplayable
        row = PolicyReplay(
            change_id=change_id,
            content_digest=content,
            revision=revision,
            cases=cases,
            result=json.dumps(result, ensure_ascii=False, sort_keys=True),
            made_at=at,
            made_by_id=person_id,
        )
        db.session.add(row)
        db.session.flush()
        return row.id


def replayed(policy: Policy, changes: tuple[Change, ...], at: datetime) -> tuple[int, dict[str, Any]]:
    """How many cases were run, and where the outcome differs: by the day of each case, and as if it had always been so.

    Raises PolicyError where the policy does not take the changes.
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
