"""The screening sheet of a case as facts: what officers answered, and whose signature still covers it."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from registry.extensions import db
from registry.models import Case, ConditionAnswer, User
from registry.services.fact_rows import GIVEN, SIGNED, of_round
from workflows.policy import Policy
from workflows.rules.panels import ON_RECORD
from workflows.states import ConditionVerdict


def review(case: Case, policy: Policy, method_id: str | None, actor: User | None) -> dict[str, Any]:
    """The officers' sheet: answers of those whose signature stands, and what the actor still owes."""
    given = of_round(GIVEN, case.id, case.round)
    latest = _latest(given)
    signed = _standing(given, of_round(SIGNED, case.id, case.round))
    own = latest.get(actor.id, {}) if actor else {}
    return {
        "conditions": _by_clause(latest, signed),
        "signatures": signed,
        "own_unanswered": tuple(c for c in sheet(policy, method_id) if c not in own),
        "actor_has_signed": bool(actor and actor.id in signed),
    }


def signed_sheet(given: Sequence[Any], signed: Sequence[Any]) -> dict[str, Any]:
    """Answers that stand, and whose signatures: of rows (officer, clause, verdict, evidence), (officer, digest)."""
    standing = _standing(given, signed)
    return {"conditions": _by_clause(_latest(given), standing), "signatures": standing}


def _latest(given: Iterable[Any]) -> dict[int, dict[str, ConditionVerdict]]:
    latest: dict[int, dict[str, ConditionVerdict]] = {}
    for officer, clause, verdict, _evidence in given:
        latest.setdefault(officer, {})[clause] = verdict
    return latest


def _by_clause(
    latest: Mapping[int, Mapping[str, ConditionVerdict]], signed: Iterable[int]
) -> dict[str, dict[int, ConditionVerdict]]:
    conditions: dict[str, dict[int, ConditionVerdict]] = {}
    for officer in signed:
        for clause, verdict in latest.get(officer, {}).items():
            conditions.setdefault(clause, {})[officer] = verdict
    return conditions


def sheet(policy: Policy, method_id: str | None) -> tuple[str, ...]:
    """The clauses officers answer: a method's conditions, then its ways to additionality; not what a panel decides."""
    if method_id is None or method_id not in policy.methods:
        return ()
    method = policy.method(method_id)
    asked = (*method.conditions, *method.exemptions, *filter(None, [method.argued]))
    return tuple(c for c in asked if c not in ON_RECORD)


def condition_answers(case_id: int, round_no: int) -> list[ConditionAnswer]:
    """Every answer given in a round, oldest first."""
    query = (
        select(ConditionAnswer)
        .where(ConditionAnswer.case_id == case_id, ConditionAnswer.round_no == round_no)
        .order_by(ConditionAnswer.id)
    )
    return list(db.session.scalars(query))


def own_answers_digest(case_id: int, round_no: int, officer_id: int) -> str:
    """Digest of an officer's latest answers; a signature stands while it equals the signed one."""
    return _digest_of(of_round(GIVEN, case_id, round_no), officer_id)


def _digest_of(given: Iterable[Any], officer_id: int) -> str:
    return digest({clause: [verdict.value, words] for who, clause, verdict, words in given if who == officer_id})


def standing_signatures(case_id: int, round_no: int) -> frozenset[int]:
    """Officers whose signature covers what they answer now."""
    return _standing(of_round(GIVEN, case_id, round_no), of_round(SIGNED, case_id, round_no))


def _standing(given: Sequence[Any], signed: Iterable[Any]) -> frozenset[int]:
    return frozenset(officer for officer, said in signed if said == _digest_of(given, officer))


def digest(value: Any) -> str:
    """SHA-256 over canonical JSON."""
    raw = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(raw.encode()).hexdigest()
