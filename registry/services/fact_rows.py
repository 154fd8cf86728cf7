"""The statements of a judgement, built once: putting one together costs as much as asking it.

Each is asked with the parameters it names: `case_id`, `round_no`, `sitting`, `user_id`, `body_id`, `day`, `since`.
"""

from sqlalchemy import Date, Integer, and_, bindparam, exists, func, or_, select

from registry.models import (
    Answers,
    Appointment,
    ApprovalCondition,
    ConditionAnswer,
    Deliberation,
    DeliberationEnd,
    Elector,
    GateDecision,
    LegalReview,
    Membership,
    Opinion,
    Reconsideration,
    Registration,
    Round,
    ScreeningSignature,
    SiteCheck,
    SiteCheckSignature,
    User,
    Vote,
)
from workflows.roles import VOTING
from workflows.states import GateName, OpinionKind

CASE, ROUND = bindparam("case_id", type_=Integer), bindparam("round_no", type_=Integer)
ANSWERS = select(Answers.section, Answers.data, Answers.done).where(Answers.case_id == CASE, Answers.round_no == ROUND)
GIVEN = (
    select(ConditionAnswer.officer_id, ConditionAnswer.clause, ConditionAnswer.verdict, ConditionAnswer.evidence)
    .where(ConditionAnswer.case_id == CASE, ConditionAnswer.round_no == ROUND)
    .order_by(ConditionAnswer.id)
)
SIGNED = select(ScreeningSignature.officer_id, ScreeningSignature.answers_digest).where(
    ScreeningSignature.case_id == CASE, ScreeningSignature.round_no == ROUND
)
PASSED = select(GateDecision.gate).where(
    GateDecision.case_id == CASE, GateDecision.round_no == ROUND, GateDecision.passed == 1
)
APPROVED_IN = func.coalesce(
    select(GateDecision.carried_from)
    .where(GateDecision.case_id == CASE, GateDecision.round_no == ROUND, GateDecision.gate == GateName.RISK_REVIEW)
    .scalar_subquery(),
    ROUND,
)
"""The round whose approval is in force: a carried gate points back to it."""
MARKS = select(
    select(func.count())
    .where(
        ApprovalCondition.case_id == CASE,
        ApprovalCondition.round_no == APPROVED_IN,
        ApprovalCondition.confirmed_at.is_(None),
    )
    .scalar_subquery()
    .label("conditions_open"),
    exists().where(Registration.case_id == CASE).label("has_entry"),
    exists().where(Round.case_id == CASE, Round.opened_by == "reopen").label("was_reopened"),
    select(Reconsideration.outcome)
    .where(Reconsideration.case_id == CASE, Reconsideration.round_no == ROUND)
    .order_by(Reconsideration.id.desc())
    .limit(1)
    .scalar_subquery()
    .label("reconsideration"),
    # Like the opinion: of this round, or of the one whose risk review carried over.
    select(LegalReview.sent_on)
    .where(LegalReview.case_id == CASE, LegalReview.round_no.in_((ROUND, APPROVED_IN)))
    .order_by(LegalReview.id.desc())
    .limit(1)
    .scalar_subquery()
    .label("legal_sent_on"),
)
_IN_FORCE = or_(Opinion.round_no == ROUND, and_(Opinion.round_no == APPROVED_IN, Opinion.kind == OpinionKind.LEGAL))
OPINIONS = select(Opinion).where(
    Opinion.id.in_(select(func.max(Opinion.id)).where(Opinion.case_id == CASE, _IN_FORCE).group_by(Opinion.kind))
)
"""The last of each kind: earlier ones stay on file, but no rule asks for them."""
SITE_CHECKS = (
    select(SiteCheck.id, SiteCheck.no, SiteCheckSignature.officer_id)
    .outerjoin(SiteCheckSignature, SiteCheckSignature.site_check_id == SiteCheck.id)
    .where(SiteCheck.case_id == CASE, SiteCheck.round_no == ROUND)
    .order_by(SiteCheck.no, SiteCheck.version)
)
"""Records of site checks with whoever signed them, of each record the version in force last."""
OPEN_SITTING = (
    select(Deliberation)
    .outerjoin(DeliberationEnd, DeliberationEnd.deliberation_id == Deliberation.id)
    .where(Deliberation.case_id == CASE, DeliberationEnd.deliberation_id.is_(None))
)
VOTES = select(Vote.user_id, Vote.choice).where(Vote.deliberation_id == bindparam("sitting", type_=Integer))
IS_ELECTOR = select(
    exists().where(
        Elector.deliberation_id == bindparam("sitting", type_=Integer),
        Elector.user_id == bindparam("user_id", type_=Integer),
    )
)
BODY, ON, SINCE = bindparam("body_id", type_=Integer), bindparam("day", type_=Date), bindparam("since", type_=Date)
SEATS = (
    select(Appointment.user_id, Appointment.role, Membership.organisation_id)
    .join(User, User.id == Appointment.user_id)
    .outerjoin(
        Membership,
        and_(
            Membership.user_id == Appointment.user_id,
            Membership.since <= ON,
            or_(Membership.until.is_(None), Membership.until >= SINCE),
        ),
    )
    .where(
        Appointment.body_id == BODY,
        Appointment.role.in_(VOTING),
        Appointment.since <= ON,
        or_(Appointment.until.is_(None), Appointment.until >= ON),
        User.active.is_(True),
    )
    .order_by(Appointment.id)
)
