"""Corrections: the one-time notice, and the round a resubmission opens."""

from registry.extensions import db
from registry.models import CorrectionFault, CorrectionNotice, GateDecision, Round
from registry.services import facts, land, rounds
from registry.services.effects.context import Context, Effect
from registry.services.effects.submission import summary
from workflows.states import ProjectState


def request_correction(ctx: Context) -> Effect:
    """一次性告知书: `faults` = [{field, what}], `late_reason` where a later notice names something new."""
    notice = CorrectionNotice(
        case_id=ctx.case.id,
        round_no=ctx.case.round,
        sent_at=ctx.at,
        sent_by_id=ctx.person_id,
        late_reason=ctx.data.get("late_reason") or None,
    )
    db.session.add(notice)
    db.session.flush()
    faults = ctx.data["faults"]
    earlier = rounds.earlier_faults(ctx.case)
    for fault in faults:
        db.session.add(
            CorrectionFault(
                notice_id=notice.id,
                field=fault["field"],
                what=fault["what"],
                carried_from_id=earlier.get(fault["field"]),
            )
        )
    detail = {"faults": sorted({f["field"] for f in faults}), "late": int(bool(notice.late_reason))}
    return Effect(detail=detail, words=notice.late_reason or "")


def resubmit(ctx: Context) -> Effect:
    """The corrected application opens a new round; gates whose answers have not changed carry over."""
    return new_round(ctx, "resubmit", summary(ctx, ctx.case.round + 1))


def new_round(ctx: Context, action: str, changes: dict[str, object]) -> Effect:
    """Open the next round and carry the gates before the stage the case goes to."""
    keeps, number = rounds.carried(ctx.case, ctx.policy), ctx.case.round + 1
    db.session.add(Round(case_id=ctx.case.id, no=number, opened_by=action, opened_at=ctx.at))
    to_the_desk = ctx.taken.state is ProjectState.SUBMITTED
    return Effect(
        changes={**changes, "round": number, **({"accepted_on": None} if to_the_desk else {})},
        detail={"round": number, "carried": [g.gate.value for g in rounds.before(keeps, ctx.taken.state)]},
        words=str(ctx.data.get("words") or ""),
        after=lambda: _opened(ctx, number, keeps),
    )


def _opened(ctx: Context, number: int, keeps: list[GateDecision]) -> None:
    """The new round is there: the gates that hold carry over, and it claims its land."""
    rounds.carry(ctx.case, keeps, ctx.taken.state, ctx.at, ctx.actor)
    land.claim(ctx.case, number, facts.answers_of(ctx.case.id, number))


EFFECTS = {"request_correction": request_correction, "resubmit": resubmit}
