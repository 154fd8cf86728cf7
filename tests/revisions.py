"""A change of the rules as tests make one: drafted by an officer, with its document, replayed, proposed, decided."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from registry import storage
from registry.clock import now
from registry.extensions import db
from registry.models import PolicyChange
from registry.services import acts, policy_changes, replay
from tests.world import PDF, World
from workflows.policy import Change
from workflows.policy.changes import FigureChange

KEY = "legal_review_days"
SOON = date(2026, 4, 1)


def longer_review(days: int = 10, since: date = SOON, key: str = KEY) -> FigureChange:
    """The legal reviewer is to have more working days."""
    return FigureChange(key, Decimal(days), since, "领导小组办公室通知", "A notice of the leading group's office")


def draft(world: World, *changes: Change, paper: bool = True, change_id: int | None = None, **more: Any) -> int:
    """A draft of an officer, new or written anew; without changes a longer legal review."""
    made = policy_changes.Draft(
        changes=changes or (longer_review(),),
        reasons="送审材料增多，原来的时间不够。",
        document_number="泰林碳办〔2026〕3号",
        document_title="关于延长合法性审查时间的通知",
    )
    if paper:
        made = replace(made, stored=storage.put(io.BytesIO(PDF), "notice.pdf"), filename="notice.pdf")
    who = {"body_id": world.body, "by": world.user("officer")}
    return policy_changes.save(replace(made, **more), at=now(), change_id=change_id, **who)


def row(change_id: int) -> PolicyChange:
    """The change, read fresh."""
    db.session.rollback()
    return db.session.get_one(PolicyChange, change_id)


def act(world: World, change_id: int, action: str, who: str, **data: Any) -> acts.Done:
    """An act on a change, with a fresh page."""
    seen = row(change_id).version
    return acts.act(("policy", change_id), action, by=world.user(who), at=now(), seen=seen, data=data)


def run(world: World, change_id: int, who: str = "officer") -> int:
    """Replay a change; the id of what came of it."""
    kept = replay.carry_on(replay.ask_for(change_id, by=world.user(who), at=now()), now)
    assert kept is not None
    return kept


def proposed(world: World, *changes: Change, replays: bool = True) -> int:
    """A proposal that waits for the chair."""
    change_id = draft(world, *changes)
    if replays:
        run(world, change_id)
    act(world, change_id, "propose_change", "officer")
    return change_id


def confirmed(world: World, *changes: Change) -> int:
    """A change the chair confirmed."""
    change_id = proposed(world, *changes)
    act(world, change_id, "confirm_change", "chair")
    return change_id


def stopped(world: World, change_id: int, action: str, who: str, **data: Any) -> Sequence[str]:
    """The clauses that stop an act on a change; empty where it was done."""
    try:
        act(world, change_id, action, who, **data)
    except acts.Refused as refused:
        return [o.clause for o in refused.stopping]
    return []
