"""Rounds: what a new submission opens, and which gates carry over into it."""

from datetime import datetime

from sqlalchemy import select

from registry.extensions import db
from registry.models import Case, CorrectionFault, CorrectionNotice, GateDecision, User
from registry.services import facts
from workflows.policy import Policy
from workflows.states import STAGES, GateName, GateResult, ProjectState

OPENING = frozenset({"submit", "resubmit", "amend"})
"""Acts judged by the answers of the round in preparation."""


def decision(case_id: int, round_no: int, gate: GateName) -> GateDecision | None:
    """How a gate of a round was closed."""
    return db.session.get(GateDecision, (case_id, round_no, gate))


def carried(case: Case, policy: Policy) -> list[GateDecision]:
    """The leading gates of this round that hold for the answers in preparation as well.

    A gate carries only while every gate before it does: later ones were closed on the strength of earlier ones.
    """
    keeps: list[GateDecision] = []
    for gate in GateName:
        closed = decision(case.id, case.round, gate)
        if closed is None or not closed.passed:
            break
        if closed.facts_digest != facts.gate_digest(case, gate, case.round + 1, policy):
            break
        keeps.append(closed)
    return keeps


def next_stage(case: Case, policy: Policy) -> ProjectState:
    """The earliest stage whose gate does not carry over into the round in preparation."""
    if case.round == 0:
        return STAGES[0]
    return STAGES[min(len(carried(case, policy)), len(STAGES) - 1)]


def before(keeps: list[GateDecision], stage: ProjectState) -> list[GateDecision]:
    """Of the gates that hold, those before a stage; all of them where the case goes to no stage."""
    if stage not in STAGES:
        return keeps
    return keeps[: STAGES.index(stage)]


def carry(case: Case, keeps: list[GateDecision], upto: ProjectState, at: datetime, by: User | None) -> None:
    """Write the carried rows of the new round for the gates before the stage the case goes to."""
    for gate in before(keeps, upto):
        db.session.add(
            GateDecision(
                case_id=case.id,
                round_no=case.round,
                gate=gate.gate,
                result=GateResult.CARRIED,
                passed=1,
                carried_from=gate.carried_from or gate.round_no,
                facts_digest=gate.facts_digest,
                decided_at=at,
                decided_by_id=by.id if by else None,
            )
        )


def earlier_faults(case: Case) -> dict[str, int]:
    """Field → fault of the notices of earlier rounds, the newest of each."""
    query = (
        select(CorrectionFault.field, CorrectionFault.id)
        .join(CorrectionNotice, CorrectionNotice.id == CorrectionFault.notice_id)
        .where(CorrectionNotice.case_id == case.id, CorrectionNotice.round_no < case.round)
        .order_by(CorrectionFault.id)
    )
    return {row.field: row.id for row in db.session.execute(query)}


def gates_of(case_id: int) -> list[GateDecision]:
    """Every gate decision of a case, in order of round and time."""
    query = (
        select(GateDecision)
        .where(GateDecision.case_id == case_id)
        .order_by(GateDecision.round_no, GateDecision.decided_at)
    )
    return list(db.session.scalars(query))
