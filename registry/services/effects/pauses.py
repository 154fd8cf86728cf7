"""Suspension, resumption, and a flaw found later."""

from registry.services import drafts, facts
from registry.services.effects.context import Context, Effect
from registry.services.effects.corrections import new_round
from registry.services.effects.decisions import count, end
from workflows.roles import Role


def suspend(ctx: Context) -> Effect:
    """中止 or 暂缓: the case stands still; a sitting that was open is over."""
    sitting = facts.open_sitting(ctx.case.id)
    if sitting is not None:
        end(ctx, sitting)
    return Effect({"suspended_by": ctx.taken.role}, count(ctx), str(ctx.data.get("words") or ""))


def resume(ctx: Context) -> Effect:
    """恢复: back to where the case was; after a flaw in a new round, so that the count is repeated."""
    words = str(ctx.data.get("words") or "")
    if ctx.case.suspended_by is not Role.SUPERVISOR:
        return Effect({"suspended_by": None}, words=words)
    drafts.repeat_round(ctx.case)
    return new_round(ctx, "resume", {"suspended_by": None})


def find_flaw(ctx: Context) -> Effect:
    """程序瑕疵: `gate` names the decision that loses its effect."""
    sitting = facts.open_sitting(ctx.case.id)
    if sitting is not None:
        end(ctx, sitting)
    return Effect({"suspended_by": Role.SUPERVISOR}, {"gate": str(ctx.data["gate"])}, ctx.data["words"])


EFFECTS = {"suspend": suspend, "resume": resume, "find_flaw": find_flaw}
