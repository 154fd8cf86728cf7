"""Amendments of an approved or entered project, and the conditions of an approval."""

from sqlalchemy import select

from registry.extensions import db
from registry.models import ApprovalCondition, Registration
from registry.services import facts
from registry.services.effects.context import Context, Effect, close_gate
from registry.services.effects.corrections import new_round
from registry.services.effects.sittings import count, end, refused, sitting_of
from registry.services.effects.submission import summary
from workflows.states import GateName, GateResult, ProjectState


def amend(ctx: Context) -> Effect:
    """变更: before the entry the case goes back; after it the entry stays valid while the change is reviewed."""
    entered = ctx.taken.state is ProjectState.AMENDMENT_REVIEW
    # What the library shows of an entry changes only when the amendment is approved.
    return new_round(ctx, "amend", {} if entered else summary(ctx, ctx.case.round + 1))


def decide_amendment(ctx: Context) -> Effect:
    """Approved: the gates that did not carry over close, and the round gets its registration row. Refused: none."""
    sitting = sitting_of(ctx)
    approved = bool(ctx.data["approved"])
    changes = {}
    if approved:
        for gate in GateName:
            decided = gate in (GateName.RISK_REVIEW, GateName.REGISTRATION)
            close_gate(ctx, gate, GateResult.PASS, sitting.id if decided else None)
        db.session.add(
            Registration(
                case_id=ctx.case.id,
                round_no=ctx.case.round,
                project_number=str(ctx.case.project_number),
                registered_at=ctx.at,
                registered_on=ctx.on,
            )
        )
        changes = summary(ctx, ctx.case.round)
    end(ctx, sitting)
    counted = count(ctx) if approved else refused(ctx)
    return Effect(changes, {**counted, "approved": int(approved)}, ctx.data["words"])


def withdraw_amendment(ctx: Context) -> Effect:
    """The proponent takes the amendment back; the entry stands as it was."""
    sitting = facts.open_sitting(ctx.case.id)
    if sitting is not None:
        end(ctx, sitting)
    return Effect(words=str(ctx.data.get("words") or ""))


def report_condition(ctx: Context) -> Effect:
    """The proponent reports a condition as met."""
    condition = _condition(ctx)
    condition.reported_at, condition.report = ctx.at, ctx.data["words"]
    return Effect(detail={"condition": condition.no}, words=ctx.data["words"])


def confirm_condition(ctx: Context) -> Effect:
    """An officer confirms a reported condition."""
    condition = _condition(ctx)
    condition.confirmed_at, condition.confirmed_by_id = ctx.at, ctx.person_id
    return Effect(detail={"condition": condition.no}, words=str(ctx.data.get("words") or ""))


def _condition(ctx: Context) -> ApprovalCondition:
    query = select(ApprovalCondition).where(
        ApprovalCondition.case_id == ctx.case.id, ApprovalCondition.id == int(ctx.data["condition_id"])
    )
    return db.session.scalars(query).one()


EFFECTS = {
    "amend": amend,
    "decide_amendment": decide_amendment,
    "withdraw_amendment": withdraw_amendment,
    "report_condition": report_condition,
    "confirm_condition": confirm_condition,
}
