"""The officers' screening sheet: answers, signatures, and the gate they close."""

from registry.extensions import db
from registry.models import ConditionAnswer, FindingAnswer, ScreeningSignature
from registry.services import sheet_facts
from registry.services.effects.context import Context, Effect, close_gate
from workflows.states import ConditionVerdict, GateName, GateResult


def answer_condition(ctx: Context) -> Effect:
    """An officer answers conditions: `answers` = clause → {verdict, evidence}; clauses off the sheet are ignored."""
    on_sheet = sheet_facts.sheet(ctx.policy, ctx.facts.method)
    given = {c: a for c, a in ctx.data["answers"].items() if c in on_sheet}
    for clause, answer in sorted(given.items()):
        db.session.add(
            ConditionAnswer(
                case_id=ctx.case.id,
                round_no=ctx.case.round,
                clause=clause,
                officer_id=ctx.person_id,
                verdict=ConditionVerdict(answer["verdict"]),
                evidence=answer["evidence"],
                answered_at=ctx.at,
            )
        )
    return Effect(
        detail={"clauses": {c: str(a["verdict"]) for c, a in sorted(given.items())}, "digest": _digest(given)}
    )


def _digest(given: dict[str, dict[str, str]]) -> str:
    return sheet_facts.digest({c: [str(a["verdict"]), a["evidence"]] for c, a in given.items()})


def sign_screening(ctx: Context) -> Effect:
    """An officer signs the own answers as they stand."""
    digest = sheet_facts.own_answers_digest(ctx.case.id, ctx.case.round, ctx.person_id)
    db.session.add(
        ScreeningSignature(
            case_id=ctx.case.id,
            round_no=ctx.case.round,
            officer_id=ctx.person_id,
            answers_digest=digest,
            signed_at=ctx.at,
        )
    )
    return Effect(detail={"digest": digest})


def pass_screening(ctx: Context) -> Effect:
    """The sheet is signed and every condition met."""
    return Effect(detail={"digest": close_gate(ctx, GateName.SCREENING, GateResult.PASS)})


def answer_finding(ctx: Context) -> Effect:
    """An officer answers a finding; the finding stays."""
    clause = str(ctx.data["clause"])
    db.session.add(
        FindingAnswer(
            case_id=ctx.case.id,
            round_no=ctx.case.round,
            clause=clause,
            officer_id=ctx.person_id,
            words=ctx.data["words"],
            answered_at=ctx.at,
        )
    )
    return Effect(detail={"clause": clause}, words=ctx.data["words"])


EFFECTS = {
    "answer_condition": answer_condition,
    "sign_screening": sign_screening,
    "pass_screening": pass_screening,
    "answer_finding": answer_finding,
}
