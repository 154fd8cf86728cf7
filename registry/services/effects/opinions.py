"""Opinions of lawyers, validation bodies and the environment bureau; the validation gate."""

from registry.extensions import db
from registry.models import LegalReview, Opinion
from registry.services.effects.context import Context, Effect, close_gate
from workflows.roles import Role
from workflows.rules.procedure import MATTERS
from workflows.states import Conclusion, GateName, GateResult, OpinionKind


def _give(ctx: Context, kind: OpinionKind, organisation_id: int | None) -> Effect:
    data = ctx.data
    matters = {
        m: {"met": bool(data["matters"][m]["met"]), "words": data["matters"][m]["words"]}
        for m in MATTERS
        if m in data.get("matters", {})
    }
    conclusion = Conclusion(data["conclusion"])
    db.session.add(
        Opinion(
            case_id=ctx.case.id,
            round_no=ctx.case.round,
            kind=kind,
            author_id=ctx.person_id,
            organisation_id=organisation_id,
            conclusion=conclusion,
            words=data["words"],
            matters=matters,
            report_number=data.get("report_number"),
            report_on=data.get("report_on"),
            notice_url=data.get("notice_url"),
            notice_from=data.get("notice_from"),
            notice_to=data.get("notice_to"),
            external_number=data.get("external_number"),
            time_sufficient=data.get("time_sufficient"),
            document_id=data.get("document_id"),
            given_at=ctx.at,
        )
    )
    detail = {"kind": kind.value, "conclusion": conclusion.value}
    if matters:
        detail["matters_met"] = str(sum(m["met"] for m in matters.values()))
    return Effect(detail=detail, words=data["words"])


def send_for_legal_review(ctx: Context) -> Effect:
    """The complete file goes to the legal reviewer; the time of the review is counted from this day."""
    db.session.add(
        LegalReview(
            case_id=ctx.case.id, round_no=ctx.case.round, sent_on=ctx.on, sent_by_id=ctx.person_id, sent_at=ctx.at
        )
    )
    words = ctx.data.get("words") or ""
    return Effect(detail={"sent_on": ctx.on.isoformat()}, words=words, tells=frozenset({Role.LEGAL_REVIEWER}))


def give_legal_opinion(ctx: Context) -> Effect:
    """合法性审查意见."""
    return _give(ctx, OpinionKind.LEGAL, None)


def file_validation(ctx: Context) -> Effect:
    """The body's opinion on the five matters, with its report."""
    return _give(ctx, OpinionKind.VALIDATION, ctx.case.vvb_org_id)


def give_environment_opinion(ctx: Context) -> Effect:
    """The ecology and environment bureau's opinion on a ticket."""
    return _give(ctx, OpinionKind.ENVIRONMENT, None)


def pass_validation(ctx: Context) -> Effect:
    """The officer finds the validation complete."""
    return Effect(detail={"digest": close_gate(ctx, GateName.VALIDATION, GateResult.PASS)})


EFFECTS = {
    "send_for_legal_review": send_for_legal_review,
    "give_legal_opinion": give_legal_opinion,
    "file_validation": file_validation,
    "give_environment_opinion": give_environment_opinion,
    "pass_validation": pass_validation,
}
