"""The gates a chair closes with a sitting's count."""

from registry.extensions import db
from registry.models import ApprovalCondition, Registration
from registry.services import numbers
from registry.services.effects.context import Context, Effect, close_gate
from registry.services.effects.sittings import count, end, sitting_of
from workflows.states import GateName, GateResult


def approve_risk(ctx: Context) -> Effect:
    """The group approves contract and risks, with or without conditions."""
    sitting = sitting_of(ctx)
    conditions = ctx.data.get("conditions") or []
    result = GateResult.PASS_WITH_CONDITIONS if conditions else GateResult.PASS
    digest = close_gate(ctx, GateName.RISK_REVIEW, result, sitting.id)
    end(ctx, sitting)
    for no, condition in enumerate(conditions, 1):
        db.session.add(
            ApprovalCondition(
                case_id=ctx.case.id,
                round_no=ctx.case.round,
                no=no,
                words=condition["words"],
                evidence=condition["evidence"],
                due_on=condition["due_on"],
            )
        )
    return Effect(
        detail={"digest": digest, **count(ctx), "conditions": len(conditions)}, words=str(ctx.data.get("words") or "")
    )


def register(ctx: Context) -> Effect:
    """The group enters the project in the library: it gets its project number once, and a row each round."""
    sitting = sitting_of(ctx)
    digest = close_gate(ctx, GateName.REGISTRATION, GateResult.PASS, sitting.id)
    end(ctx, sitting)
    number = ctx.case.project_number or numbers.project_number(ctx.case, ctx.on.year)
    db.session.add(
        Registration(
            case_id=ctx.case.id,
            round_no=ctx.case.round,
            project_number=number,
            registered_at=ctx.at,
            registered_on=ctx.on,
        )
    )
    return Effect(
        {"project_number": number},
        {"digest": digest, **count(ctx), "project_number": number},
        str(ctx.data.get("words") or ""),
    )


EFFECTS = {"approve_risk": approve_risk, "register": register}
