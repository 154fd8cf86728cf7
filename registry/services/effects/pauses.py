"""Suspension, resumption, and a flaw found later."""

from registry.extensions import db
from registry.models import FlawedVote
from registry.services import drafts, facts, requests
from registry.services.effects.context import Context, Effect
from registry.services.effects.corrections import new_round
from registry.services.effects.sittings import count, end
from workflows.roles import Role
from workflows.states import GateName


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
    """程序瑕疵: `gate` names the decision that loses its effect, `member` whose vote must not be counted again."""
    sitting = facts.open_sitting(ctx.case.id)
    if sitting is not None:
        end(ctx, sitting)
    gate, member = GateName(ctx.data["gate"]), ctx.data.get("member")
    if member:
        db.session.add(
            FlawedVote(
                deliberation_id=requests.flawed_sitting(ctx.case, gate),
                user_id=int(member),
                found_at=ctx.at,
                found_by_id=ctx.person_id,
            )
        )
    detail = {"gate": gate.value, **({"member": int(member)} if member else {})}
    return Effect({"suspended_by": Role.SUPERVISOR}, detail, ctx.data["words"])


EFFECTS = {"suspend": suspend, "resume": resume, "find_flaw": find_flaw}
