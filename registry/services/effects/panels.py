"""Expert panels: the draw, a seat given up and taken by the next, opinions, and the end."""

import os

from sqlalchemy import func, select

from registry.extensions import db
from registry.models import (
    Panel,
    PanelCandidate,
    PanelDeparture,
    PanelEnd,
    PanelField,
    PanelOpinion,
    PanelSeat,
)
from registry.services import panel_facts
from registry.services.effects.context import Context, Effect
from workflows import panels
from workflows.rules.panels import accepts, complete
from workflows.states import Advice, Bar, ExpertField, PanelResult


def fresh_seed() -> str:
    """64 hexadecimal digits nobody could foresee."""
    return os.urandom(panels.SEED_DIGITS // 2).hex()


def draw_panel(ctx: Context) -> Effect:
    """抽取专家组: the seed is written down first, then everybody in the order it gives, then who is seated."""
    wanted = [f for f in ExpertField if f.value in {str(w) for w in ctx.data.get("wanted") or ()}]
    of = panel_facts.terms_for(ctx.case, ctx.policy, ctx.facts.on, int(ctx.data["size"]))
    listed = {entry.candidate.user_id: entry for entry in panel_facts.register(ctx.case, ctx.policy, ctx.on)}
    earlier = select(func.count()).where(Panel.case_id == ctx.case.id, Panel.round_no == ctx.case.round)
    panel = Panel(
        case_id=ctx.case.id,
        round_no=ctx.case.round,
        no=int(db.session.scalar(earlier) or 0) + 1,
        seed=fresh_seed(),
        candidates_count=len(listed),
        size=of.size,
        minimum=of.minimum,
        outside_num=of.outside[0],
        outside_den=of.outside[1],
        needs_num=of.needs[0],
        needs_den=of.needs[1],
        expected_days=int(ctx.data["expected_days"]),
        question=str(ctx.data["words"]),
        drawn_on=ctx.on,
        drawn_at=ctx.at,
        drawn_by_id=ctx.person_id,
    )
    db.session.add(panel)
    db.session.flush()
    db.session.add_all(PanelField(panel_id=panel.id, field=f) for f in wanted)
    db.session.flush()
    drawn = panels.draw(panel.seed, [entry.candidate for entry in listed.values()], wanted, of)
    for place, c in enumerate(drawn.order, 1):
        db.session.add(
            PanelCandidate(
                panel_id=panel.id,
                user_id=c.user_id,
                place=place,
                sort_key=panels.key(panel.seed, c.user_id),
                profile_id=listed[c.user_id].profile_id,
                outside=c.outside,
                bar=c.bar,
                organisation_id=c.organisation_id,
            )
        )
    db.session.flush()
    for no, user_id in enumerate(drawn.chosen, 1):
        db.session.add(PanelSeat(panel_id=panel.id, user_id=user_id, no=no, seated_at=ctx.at))
    barred = sum(c.bar is not None for c in drawn.order)
    detail = {"panel": panel.no, "seed": panel.seed, "size": of.size, "candidates": len(listed), "barred": barred}
    return Effect(detail=detail, words=str(ctx.data["words"]))


def _at_work(ctx: Context) -> Panel:
    panel = panel_facts.at_work(ctx.case)
    if panel is None:
        raise RuntimeError("no panel at work")
    return panel


def refuse_seat(ctx: Context) -> Effect:
    """An expert gives up the seat; the next of the recorded order who fits takes it, if there is one."""
    panel = _at_work(ctx)
    _leaves(ctx, panel, ctx.person_id, Bar.REFUSED, None, ctx.data["words"])
    bars = panel_facts.bars(ctx.case, ctx.policy, ctx.on)
    order, passed = panel_facts.recorded(panel), {d.user_id for d in panel.departures} | {ctx.person_id}
    seated = [u for u in panel_facts.sitting(panel) if u != ctx.person_id]
    wanted, of = [f.field for f in panel.wanted], panel_facts.terms_of(panel)
    while (follows := panels.replacement(order, seated, passed, wanted, of)) is not None:
        now = bars.get(follows.user_id, panel_facts.OUT)
        if now is None:
            break
        # Barred by now, though not at the draw: passed over, and that is written down.
        _leaves(ctx, panel, follows.user_id, now[0], now[1], "")
        passed.add(follows.user_id)
    if follows is not None:
        db.session.flush()
        number = max(s.no for s in panel.seats) + 1
        db.session.add(
            PanelSeat(
                panel_id=panel.id, user_id=follows.user_id, no=number, replaces_id=ctx.person_id, seated_at=ctx.at
            )
        )
    db.session.flush()
    db.session.expire(panel)
    return Effect(detail={"panel": panel.no, "replaced": follows is not None}, words=ctx.data["words"])


def _leaves(ctx: Context, panel: Panel, user_id: int, why: Bar, organisation_id: int | None, words: str) -> None:
    db.session.add(
        PanelDeparture(
            panel_id=panel.id,
            user_id=user_id,
            reason=why,
            organisation_id=organisation_id,
            words=words,
            left_at=ctx.at,
        )
    )


def give_expert_opinion(ctx: Context) -> Effect:
    """One expert's own signed opinion; what it says stays out of the chain until the panel is counted."""
    panel = _at_work(ctx)
    db.session.add(
        PanelOpinion(
            panel_id=panel.id,
            user_id=ctx.person_id,
            advice=Advice(ctx.data["conclusion"]),
            words=ctx.data["words"],
            independent=bool(ctx.data.get("independent")),
            given_at=ctx.at,
        )
    )
    return Effect(detail={"panel": panel.no}, words=ctx.data["words"])


def close_panel(ctx: Context) -> Effect:
    """评审结束: counted where every opinion is in; broken off with reasons where not."""
    panel = _at_work(ctx)
    known = ctx.facts.panel
    counted = known is not None and complete(known)
    result = PanelResult.BROKEN_OFF
    if known is not None and counted:
        result = PanelResult.ACCEPTED if accepts(known) else PanelResult.NOT_ACCEPTED
    return Effect(detail=_end(ctx, panel, result), words=str(ctx.data.get("words") or ""))


def break_off(ctx: Context) -> None:
    """A case that moves on leaves no panel behind: one still at work ends without a result."""
    panel = panel_facts.at_work(ctx.case)
    if panel is not None:
        _end(ctx, panel, PanelResult.BROKEN_OFF)


def _end(ctx: Context, panel: Panel, result: PanelResult) -> dict[str, object]:
    said = [o.advice for o in panel.opinions]
    against, conditional = said.count(Advice.NOT_ACCEPT), said.count(Advice.ACCEPT_WITH_CONDITIONS)
    db.session.add(
        PanelEnd(
            panel_id=panel.id,
            result=result,
            in_favour=len(said) - against,
            conditional=conditional,
            against=against,
            action=ctx.taken.act.name,
            words=str(ctx.data.get("words") or "") if ctx.taken.act.name == "close_panel" else "",
            ended_on=ctx.on,
            ended_at=ctx.at,
            ended_by_id=ctx.actor_id,
        )
    )
    db.session.flush()
    return {
        "panel": panel.no,
        "result": result.value,
        "seats": panel.size,
        "in_favour": len(said) - against,
        "conditional": conditional,
        "against": against,
        "from": panel.drawn_on,
        "to": ctx.on,
    }


EFFECTS = {
    "draw_panel": draw_panel,
    "refuse_seat": refuse_seat,
    "give_expert_opinion": give_expert_opinion,
    "close_panel": close_panel,
}
