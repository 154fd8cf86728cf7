"""Sittings and votes of the leading group, and the gates a chair closes with them."""

from sqlalchemy import func, select

from registry.extensions import db
from registry.models import (
    ApprovalCondition,
    Deliberation,
    DeliberationEnd,
    Elector,
    ExcludedMember,
    Registration,
    Vote,
)
from registry.services import facts, numbers
from registry.services.effects.context import Context, Effect, close_gate
from workflows.deliberation import terms
from workflows.gates import findings
from workflows.states import GATE_OF, Choice, GateName, GateResult, Question, Severity


def table(ctx: Context) -> Effect:
    """Open a sitting: electorate and figures are fixed from here."""
    question = Question(ctx.data.get("question") or GATE_OF[ctx.case.state].value)
    who = facts.electorate(ctx.case, ctx.on)
    weighty = any(f.severity is Severity.LEADING_GROUP for f in findings(ctx.facts, ctx.policy))
    sitting = Deliberation(
        case_id=ctx.case.id,
        round_no=ctx.case.round,
        question=question,
        sitting=_sittings(ctx, question) + 1,
        members=len(who.electors),
        **terms(ctx.policy, ctx.facts.on, weighty=weighty),
        opened_at=ctx.at,
        opened_by_id=ctx.person_id,
    )
    db.session.add(sitting)
    db.session.flush()
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
    for member, organisation_id in who.excluded:
        db.session.add(
            ExcludedMember(deliberation_id=sitting.id, user_id=member.user_id, organisation_id=organisation_id)
        )
    return Effect(
        detail={
            "question": question.value,
            "sitting": sitting.sitting,
            "members": len(who.electors),
            "excluded": len(who.excluded),
        },
        words=str(ctx.data.get("words") or ""),
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
            deliberation_id=sitting.id, action=ctx.taken.act.name, ended_at=ctx.at, ended_by_id=ctx.person_id
        )
    )


def count(ctx: Context) -> dict[str, object]:
    """The count for the chain."""
    sitting = ctx.facts.sitting
    if sitting is None:
        return {}
    return {
        "members": sitting.members,
        "present": sitting.present,
        "for": sitting.cast_for,
        "against": sitting.cast_against,
        "abstained": sitting.abstained,
    }


def untable(ctx: Context) -> Effect:
    """Take a case off the agenda before anybody has voted."""
    end(ctx, sitting_of(ctx))
    return Effect(words=str(ctx.data.get("words") or ""))


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


EFFECTS = {
    "table": table,
    "untable": untable,
    "vote": vote,
    "approve_risk": approve_risk,
    "register": register,
}
