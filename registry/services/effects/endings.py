"""The ways a case ends before or after its entry, and reconsideration, which may bring it back."""

from registry.extensions import db
from registry.models import Reconsideration, ReconsiderationPerson
from registry.services import drafts, facts
from registry.services.effects.context import Context, Effect, close_gate
from registry.services.effects.corrections import new_round
from registry.services.effects.sittings import count, end, refused, sitting_of
from workflows.states import GATE_OF, GateResult


def decline(ctx: Context) -> Effect:
    """不予受理: outside what the library is for, with the reason and the right way."""
    return Effect(detail={"way": str(ctx.data.get("right_way") or "")}, words=ctx.data["words"])


def withdraw(ctx: Context) -> Effect:
    """The proponent takes the application back; what was recorded stays."""
    return Effect({"suspended_by": None}, words=str(ctx.data.get("words") or ""))


def lapse(ctx: Context) -> Effect:  # noqa: ARG001 (an effect is handed the context)
    """视为撤回: the correction window passed."""
    return Effect()


def reject(ctx: Context) -> Effect:
    """不予入库, with reasons."""
    sitting = sitting_of(ctx)
    digest = close_gate(ctx, GATE_OF[ctx.case.state], GateResult.REJECT, sitting.id)
    end(ctx, sitting)
    return Effect(detail={"digest": digest, **refused(ctx)}, words=ctx.data["words"])


def revoke(ctx: Context) -> Effect:
    """撤销入库, decided in a sitting."""
    end(ctx, sitting_of(ctx))
    return Effect({"suspended_by": None}, count(ctx), ctx.data["words"])


def close(ctx: Context) -> Effect:
    """退出: the entry ends without fault."""
    sitting = facts.open_sitting(ctx.case.id)
    if sitting is not None:
        end(ctx, sitting)
    return Effect({"suspended_by": None}, words=str(ctx.data.get("words") or ""))


def request_reconsideration(ctx: Context) -> Effect:
    """The applicant asks for reconsideration, with grounds."""
    _reconsider(ctx, "asked")
    return Effect(words=ctx.data["words"])


def uphold(ctx: Context) -> Effect:
    """维持: three people who had no part uphold the decision."""
    people = _reconsider(ctx, "upheld")
    return Effect(detail={"people": people}, words=ctx.data["words"])


def reopen(ctx: Context) -> Effect:
    """撤销 or 变更: the case goes back, in a new round, to whoever decided; bound by the reasons given."""
    people = _reconsider(ctx, str(ctx.data["outcome"]))
    drafts.repeat_round(ctx.case)
    effect = new_round(ctx, "reopen", {})
    return Effect(effect.changes, {**effect.detail, "people": people}, ctx.data["words"], effect.after)


def _reconsider(ctx: Context, outcome: str) -> int:
    row = Reconsideration(
        case_id=ctx.case.id,
        round_no=ctx.case.round,
        outcome=outcome,
        words=ctx.data["words"],
        made_at=ctx.at,
        made_by_id=ctx.person_id,
    )
    db.session.add(row)
    db.session.flush()
    people = [int(p) for p in ctx.data.get("people", ())]
    for user_id in people:
        db.session.add(ReconsiderationPerson(reconsideration_id=row.id, user_id=user_id))
    return len(people)


EFFECTS = {
    "decline": decline,
    "withdraw": withdraw,
    "lapse": lapse,
    "reject": reject,
    "revoke": revoke,
    "close": close,
    "request_reconsideration": request_reconsideration,
    "uphold": uphold,
    "reopen": reopen,
}
