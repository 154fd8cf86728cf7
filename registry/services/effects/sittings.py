"""A sitting from its place on the agenda to its last vote: tabled, put to the vote, opinions, recusals, adjourned."""

from collections.abc import Mapping

from sqlalchemy import func, select

from registry.extensions import db
from registry.models import (
    AgendaItem,
    Deliberation,
    DeliberationEnd,
    Elector,
    ExcludedMember,
    Meeting,
    Recusal,
    RecusalProposal,
    SittingCall,
    Vote,
)
from registry.services import facts
from registry.services.effects.context import Context, Effect
from workflows import deliberation
from workflows.deliberation import Electorate, terms
from workflows.gates import findings
from workflows.rules import standing
from workflows.states import GATE_OF, Choice, Question, RecusalGround


def table(ctx: Context) -> Effect:
    """Put a case on the agenda of a meeting: electorate and figures are fixed from here, as of the meeting's day."""
    question = Question(ctx.data.get("question") or GATE_OF[ctx.case.state].value)
    meeting_id = int(ctx.data["meeting"])
    day = facts.seated_on(db.session.get_one(Meeting, meeting_id), ctx.on)
    who = facts.electorate(ctx.case, day)
    weighty = any(standing.weighty(f, ctx.policy) for f in findings(ctx.facts, ctx.policy))
    asked = terms(ctx.policy, ctx.facts.on, weighty=weighty)
    detail = _open(ctx, question, meeting_id, who, asked)[1]
    return Effect(detail=detail, words=str(ctx.data.get("words") or ""))


def _open(
    ctx: Context, question: Question, meeting_id: int, who: Electorate, asked: Mapping[str, int]
) -> tuple[Deliberation, dict[str, object]]:
    """A sitting with its place on the agenda and its seats; and what the chain says of it."""
    sitting = Deliberation(
        case_id=ctx.case.id,
        round_no=ctx.case.round,
        question=question,
        sitting=_sittings(ctx, question) + 1,
        members=len(who.electors),
        **asked,
        opened_at=ctx.at,
        opened_by_id=ctx.person_id,
    )
    db.session.add(sitting)
    db.session.flush()
    number = (db.session.scalar(select(func.max(AgendaItem.no)).where(AgendaItem.meeting_id == meeting_id)) or 0) + 1
    db.session.add(AgendaItem(deliberation_id=sitting.id, meeting_id=meeting_id, no=number))
    db.session.flush()  # before the electors: who holds a seat is asked as of the meeting's day
    for seat, member in enumerate(who.electors, 1):
        db.session.add(
            Elector(
                deliberation_id=sitting.id,
                user_id=member.user_id,
                role=member.role,
                seat=seat,
                presides=member.user_id == who.presides,
            )
        )
    for aside in who.excluded:
        db.session.add(
            ExcludedMember(
                deliberation_id=sitting.id,
                user_id=aside.seat.user_id,
                organisation_id=aside.organisation_id,
                ground=aside.ground,
            )
        )
    detail = {
        "question": question.value,
        "sitting": sitting.sitting,
        "meeting": meeting_id,
        "item": number,
        "members": len(who.electors),
        "excluded": len(who.excluded),
    }
    return sitting, detail


def reseat(ctx: Context) -> Effect:
    """The group has changed until the day of the meeting: the same question under the same figures, in its seats.

    Nobody has voted. Who stood aside stands aside again; a proposal that is not decided yet is open again.
    """
    before = sitting_of(ctx)
    item = db.session.get_one(AgendaItem, before.id)
    who = facts.electorate(ctx.case, facts.seated_on(item.meeting, ctx.on))
    then = {e.user_id for e in before.electors}
    end(ctx, before)
    db.session.flush()
    figures = ("quorum_num", "quorum_den", "quorum_min", "needs_num", "needs_den")
    asked = {name: getattr(before, name) for name in figures}
    sitting, detail = _open(ctx, Question(before.question), item.meeting_id, who, asked)
    now = {e.user_id for e in who.electors}
    _propose_again(before.id, sitting.id, now)
    gone = then - now - {a.seat.user_id for a in who.excluded}
    return Effect(detail={**detail, "came": sorted(now - then), "left": sorted(gone)})


def _propose_again(before: int, sitting: int, members: set[int]) -> None:
    db.session.flush()
    waiting = select(RecusalProposal).where(
        RecusalProposal.deliberation_id == before,
        RecusalProposal.upheld.is_(None),
        RecusalProposal.user_id.in_(members),
    )
    for p in db.session.scalars(waiting.order_by(RecusalProposal.id)).all():
        db.session.add(
            RecusalProposal(
                deliberation_id=sitting,
                user_id=p.user_id,
                ground=p.ground,
                words=p.words,
                proposed_at=p.proposed_at,
                proposed_by_id=p.proposed_by_id,
            )
        )


def _sittings(ctx: Context, question: Question) -> int:
    query = select(func.count()).where(
        Deliberation.case_id == ctx.case.id,
        Deliberation.round_no == ctx.case.round,
        Deliberation.question == question,
    )
    return int(db.session.scalar(query) or 0)


def sitting_of(ctx: Context) -> Deliberation:
    """The open sitting; the rules have seen to it that there is one."""
    sitting = facts.open_sitting(ctx.case.id)
    if sitting is None:
        raise RuntimeError("no open sitting")
    return sitting


def end(ctx: Context, sitting: Deliberation) -> None:
    """Close a sitting by the act in hand."""
    db.session.add(
        DeliberationEnd(
            deliberation_id=sitting.id, action=ctx.taken.act.name, ended_at=ctx.at, ended_by_id=ctx.actor_id
        )
    )


def count(ctx: Context) -> dict[str, object]:
    """The count for the chain."""
    sitting = ctx.facts.sitting
    if sitting is None:
        return {}
    return {
        "seats": sitting.seats,
        "recused": sitting.recused,
        "members": sitting.members,
        "present": sitting.present,
        "for": sitting.cast_for,
        "against": sitting.cast_against,
        "abstained": sitting.abstained,
    }


def refused(ctx: Context) -> dict[str, object]:
    """The count of a refusal, and whether it goes against a majority in favour (S13)."""
    sitting = ctx.facts.sitting
    return {**count(ctx), "against_majority": int(sitting is not None and deliberation.has_majority(sitting))}


def untable(ctx: Context) -> Effect:
    """Take a case off the agenda before anybody has voted."""
    end(ctx, sitting_of(ctx))
    return Effect(words=str(ctx.data.get("words") or ""))


def adjourn(ctx: Context) -> Effect:
    """改期: the question is not decided in this meeting; for want of a quorum, or for another reason."""
    sitting = ctx.facts.sitting
    end(ctx, sitting_of(ctx))
    needed = deliberation.quorum_needed(sitting) if sitting else 0
    here = (sitting.attending or 0) if sitting else 0
    lacking = sitting is not None and deliberation.lacks_quorum(sitting, ctx.facts.meeting)
    return Effect(
        detail={**count(ctx), "attending": here, "quorum": needed, "no_quorum": int(lacking)},
        words=str(ctx.data.get("words") or ""),
    )


def call_vote(ctx: Context) -> Effect:
    """Who presides puts the question: the quorum in the room is on record. Ties found since the tabling come first."""
    sitting, counted = sitting_of(ctx), ctx.facts.sitting
    if counted is None:
        raise RuntimeError("no open sitting")
    for tie in ctx.facts.found_aside:
        db.session.add(
            Recusal(
                deliberation_id=sitting.id,
                user_id=tie.user_id,
                ground=tie.ground,
                organisation_id=tie.organisation_id,
                words="",
                made_at=ctx.at,
                made_by_id=None,
            )
        )
    db.session.flush()
    quorum = deliberation.quorum_needed(counted)
    call = SittingCall(
        deliberation_id=sitting.id,
        called_at=ctx.at,
        presided_by_id=ctx.person_id,
        entitled=counted.members,
        attending=counted.attending or 0,
        quorum=quorum,
    )
    db.session.add(call)
    detail = {"entitled": call.entitled, "recused": counted.recused, "attending": call.attending, "quorum": quorum}
    if ctx.facts.found_aside:
        detail["found"] = [t.user_id for t in ctx.facts.found_aside]
    return Effect(detail=detail)


def vote(ctx: Context) -> Effect:
    """A member votes, with reasons."""
    db.session.add(
        Vote(
            deliberation_id=sitting_of(ctx).id,
            user_id=ctx.person_id,
            choice=Choice(ctx.data["choice"]),
            reasons=ctx.data["reasons"],
            cast_at=ctx.at,
        )
    )
    return Effect(words=ctx.data["reasons"])


def declare_recusal(ctx: Context) -> Effect:
    """主动回避: a member says what ties him or her to the case, and stands aside at once."""
    return _stand_aside(ctx, ctx.person_id, ctx.person_id)


def _stand_aside(ctx: Context, user_id: int, by: int | None) -> Effect:
    ground = RecusalGround(ctx.data["ground"])
    organisation = ctx.data.get("organisation_id")
    db.session.add(
        Recusal(
            deliberation_id=sitting_of(ctx).id,
            user_id=user_id,
            ground=ground,
            organisation_id=int(organisation) if organisation else None,
            words=str(ctx.data.get("words") or ""),
            made_at=ctx.at,
            made_by_id=by,
        )
    )
    return Effect(detail={"ground": ground.value, "member": user_id}, words=str(ctx.data.get("words") or ""))


def propose_recusal(ctx: Context) -> Effect:
    """The secretary proposes that a member stand aside, with the reason."""
    member, ground = int(ctx.data["member"]), RecusalGround(ctx.data["ground"])
    db.session.add(
        RecusalProposal(
            deliberation_id=sitting_of(ctx).id,
            user_id=member,
            ground=ground,
            words=ctx.data["words"],
            proposed_at=ctx.at,
            proposed_by_id=ctx.person_id,
        )
    )
    return Effect(detail={"ground": ground.value, "member": member}, words=ctx.data["words"])


def decide_recusal(ctx: Context) -> Effect:
    """Who presides upholds the proposal, and the member stands aside, or refuses it with reasons."""
    member, upheld = int(ctx.data["member"]), bool(ctx.data["upheld"])
    sitting = sitting_of(ctx)
    proposal = db.session.scalars(
        select(RecusalProposal).where(RecusalProposal.deliberation_id == sitting.id, RecusalProposal.user_id == member)
    ).one()
    proposal.upheld, proposal.reasons = upheld, ctx.data["words"]
    proposal.decided_at, proposal.decided_by_id = ctx.at, ctx.person_id
    if upheld:
        db.session.add(
            Recusal(
                deliberation_id=sitting.id,
                user_id=member,
                ground=proposal.ground,
                words=proposal.words,
                made_at=ctx.at,
                made_by_id=ctx.person_id,
            )
        )
    return Effect(detail={"member": member, "upheld": int(upheld)}, words=ctx.data["words"])


EFFECTS = {
    "table": table,
    "reseat": reseat,
    "untable": untable,
    "adjourn": adjourn,
    "call_vote": call_vote,
    "vote": vote,
    "declare_recusal": declare_recusal,
    "propose_recusal": propose_recusal,
    "decide_recusal": decide_recusal,
}
