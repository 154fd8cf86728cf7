"""The questions behind the inbox's facts; each is put together once, because that costs more than asking it."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, exists, func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from registry.models import (
    Answers,
    ApprovalCondition,
    Case,
    CaseClock,
    ConditionAnswer,
    Deliberation,
    DeliberationEnd,
    GateDecision,
    LegalReview,
    NoticeEnd,
    Objection,
    ObjectionAnswer,
    Opinion,
    Panel,
    PublicNotice,
    Reconsideration,
    ScreeningSignature,
    SiteCheck,
    SiteCheckSignature,
)
from workflows.clocks import ClockKind
from workflows.states import GateName, OpinionKind, ProjectState, Side

S = ProjectState
ASKED = "asked"
CASES = Case.id.in_(bindparam("cases", expanding=True, type_=Integer))
"""Every question is of some cases, named when it is asked."""


@cache
def signatures() -> Select[Any]:
    """Case, officer and instant of each signature that stands: nothing was answered after it."""
    later = exists().where(
        ConditionAnswer.case_id == ScreeningSignature.case_id,
        ConditionAnswer.round_no == ScreeningSignature.round_no,
        ConditionAnswer.officer_id == ScreeningSignature.officer_id,
        ConditionAnswer.answered_at > ScreeningSignature.signed_at,
    )
    return (
        select(ScreeningSignature.case_id, ScreeningSignature.officer_id, ScreeningSignature.signed_at)
        .join(Case, and_(Case.id == ScreeningSignature.case_id, Case.round == ScreeningSignature.round_no))
        .where(CASES, ~later)
    )


@cache
def checks() -> Select[Any]:
    """Case, number, row and instant of each version of a site check, with each officer who signed it."""
    return (
        select(SiteCheck.case_id, SiteCheck.no, SiteCheck.id, SiteCheck.recorded_at, SiteCheckSignature.officer_id)
        .join(Case, and_(Case.id == SiteCheck.case_id, Case.round == SiteCheck.round_no))
        .outerjoin(SiteCheckSignature, SiteCheckSignature.site_check_id == SiteCheck.id)
        .where(CASES, Case.state.in_((S.METHODOLOGY_SCREENING, S.AMENDMENT_REVIEW)))
        .order_by(SiteCheck.case_id, SiteCheck.no, SiteCheck.version)
    )


@cache
def reviews() -> Select[Any]:
    """Case and when it was last sent for legal review in this round."""
    return (
        select(LegalReview.case_id, func.max(LegalReview.sent_at))
        .join(Case, and_(Case.id == LegalReview.case_id, Case.round == LegalReview.round_no))
        .where(CASES)
        .group_by(LegalReview.case_id)
    )


@cache
def enough() -> Select[Any]:
    """Case and whether the lawyer had time enough, the last opinion read last."""
    return (
        select(Opinion.case_id, Opinion.time_sufficient)
        .join(Case, and_(Case.id == Opinion.case_id, Case.round == Opinion.round_no))
        .where(CASES, Opinion.kind == OpinionKind.LEGAL)
        .order_by(Opinion.id)
    )


@cache
def opinions() -> Select[Any]:
    """Case, kind and instant of the newest opinion of this round."""
    return (
        select(Opinion.case_id, Opinion.kind, func.max(Opinion.given_at))
        .join(Case, and_(Case.id == Opinion.case_id, Case.round == Opinion.round_no))
        .where(CASES)
        .group_by(Opinion.case_id, Opinion.kind)
    )


@cache
def parcels() -> Select[Any]:
    """Case and the answers on its land, in the states that ask about it."""
    return (
        select(Answers.case_id, Answers.data)
        .join(Case, and_(Case.id == Answers.case_id, Case.round == Answers.round_no))
        .where(CASES, Answers.section == "parcels")
        .where(Case.state.in_((S.METHODOLOGY_SCREENING, S.RISK_REVIEW, S.AMENDMENT_REVIEW)))
    )


@cache
def panels() -> Select[Any]:
    """Oldest first, so that the newest of a case is read last."""
    return (
        select(Panel)
        .join(Case, and_(Case.id == Panel.case_id, Case.round == Panel.round_no))
        .where(CASES, Case.state.in_((S.METHODOLOGY_SCREENING, S.AMENDMENT_REVIEW)))
        .order_by(Panel.id)
        .options(
            joinedload(Panel.end),
            selectinload(Panel.seats),
            selectinload(Panel.opinions),
            selectinload(Panel.departures),
        )
    )


@cache
def methods() -> Select[Any]:
    """Case and the answers on its method, in the states that ask about it."""
    return (
        select(Answers.case_id, Answers.data)
        .join(Case, and_(Case.id == Answers.case_id, Case.round == Answers.round_no))
        .where(CASES, Answers.section == "method")
        .where(Case.state.in_((S.METHODOLOGY_SCREENING, S.AMENDMENT_REVIEW)))
    )


@cache
def conditions() -> Select[Any]:
    """Case, how many conditions are not confirmed, how many of them reported, and the last report."""
    reported = ApprovalCondition.reported_at
    # An approval that was carried over points back to the round whose conditions hold.
    approval = and_(
        GateDecision.case_id == Case.id,
        GateDecision.round_no == Case.round,
        GateDecision.gate == GateName.RISK_REVIEW,
    )
    round_no = func.coalesce(GateDecision.carried_from, Case.round)
    return (
        select(ApprovalCondition.case_id, func.count(), func.count(reported), func.max(reported))
        .join(Case, Case.id == ApprovalCondition.case_id)
        .outerjoin(GateDecision, approval)
        .where(CASES, ApprovalCondition.round_no == round_no, ApprovalCondition.confirmed_at.is_(None))
        .group_by(ApprovalCondition.case_id)
    )


@cache
def notices() -> Select[Any]:
    """The public notice of this round with the instant it was ended."""
    return (
        select(PublicNotice, NoticeEnd.ended_at)
        .join(Case, and_(Case.id == PublicNotice.case_id, Case.round == PublicNotice.round_no))
        .outerjoin(NoticeEnd, NoticeEnd.notice_id == PublicNotice.id)
        .where(CASES)
    )


@cache
def unanswered() -> Select[Any]:
    """Case and instant of each objection with an answer missing, and whether each side has answered."""
    answered = [
        exists().where(ObjectionAnswer.objection_id == Objection.id, ObjectionAnswer.side == side) for side in Side
    ]
    return (
        select(Objection.case_id, Objection.made_at, *answered)
        .join(Case, Case.id == Objection.case_id)
        .where(CASES, ~and_(*answered))
        .order_by(Objection.id)
    )


@cache
def gates() -> Select[Any]:
    """Case and each gate passed in this round, while a change is reviewed."""
    return (
        select(GateDecision.case_id, GateDecision.gate)
        .join(Case, and_(Case.id == GateDecision.case_id, Case.round == GateDecision.round_no))
        .where(CASES, Case.state == S.AMENDMENT_REVIEW, GateDecision.passed == 1)
    )


@cache
def reconsiderations() -> Select[Any]:
    """Case and when reconsideration was asked for, where nobody has answered."""
    return (
        select(Reconsideration.case_id, Reconsideration.made_at)
        .join(Case, Case.id == Reconsideration.case_id)
        .where(CASES, asked_again())
    )


@cache
def more_time() -> Select[Any]:
    """Case and when more time was asked for, where nobody has decided."""
    asked = and_(CaseClock.ended_on.is_(None), CaseClock.asked_at.is_not(None))
    open_ = and_(asked, CaseClock.refused_at.is_(None), CaseClock.extended == 0)
    return select(CaseClock.case_id, CaseClock.asked_at).join(Case, Case.id == CaseClock.case_id).where(CASES, open_)


@cache
def to_deliver() -> Select[Any]:
    """Case and the day of a decision that has not reached the applicant."""
    return (
        select(CaseClock.case_id, CaseClock.started_on)
        .join(Case, Case.id == CaseClock.case_id)
        .where(CASES, undelivered())
    )


def undelivered(clock: type[CaseClock] = CaseClock) -> ColumnElement[bool]:
    """SQL: the clock of a decision that has not reached the applicant."""
    return and_(clock.kind == ClockKind.DELIVERY, clock.ended_on.is_(None))


def open_sitting(sitting: type[Deliberation] = Deliberation) -> ColumnElement[bool]:
    """SQL: the sitting has not ended."""
    end = aliased(DeliberationEnd)
    return ~exists().where(end.deliberation_id == sitting.id).correlate(sitting)


def asked_again() -> ColumnElement[bool]:
    """SQL on `Reconsideration` and `Case`: asked for in the present round of a refused case, and not answered."""
    answer = aliased(Reconsideration)
    answered = exists().where(
        answer.case_id == Reconsideration.case_id,
        answer.round_no == Reconsideration.round_no,
        answer.outcome != ASKED,
    )
    return and_(
        Reconsideration.case_id == Case.id,
        Reconsideration.round_no == Case.round,
        Reconsideration.outcome == ASKED,
        Case.state.in_((S.REJECTED, S.DECLINED)),
        ~answered,
    )
