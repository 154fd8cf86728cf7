"""The statements of a judgement, built once: putting one together costs as much as asking it.

Each is asked with the parameters it names: `case_id`, `round_no`, `sitting`, `user_id`, `body_id`, `day`, `since`.
"""

from typing import Any

from sqlalchemy import Date, Integer, Select, and_, bindparam, exists, func, literal_column, or_, select, union
from sqlalchemy.orm import aliased

from registry.extensions import rows
from registry.models import (
    AgendaItem,
    Answers,
    Appointment,
    ApprovalCondition,
    Attendance,
    Case,
    ConditionAnswer,
    Deliberation,
    DeliberationEnd,
    Elector,
    ExcludedMember,
    ExpertTie,
    FlawedVote,
    GateDecision,
    LegalReview,
    Meeting,
    Membership,
    Opinion,
    Panel,
    PanelOpinion,
    Reconsideration,
    Recusal,
    Registration,
    Round,
    ScreeningSignature,
    SiteCheck,
    SiteCheckSignature,
    SittingCall,
    User,
    Vote,
)
from workflows.roles import VOTING
from workflows.states import GateName, OpinionKind, ProjectState

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
_OWN, _OTHER = aliased(Case), aliased(Case)
_SAME_APPLICANT = or_(
    _OTHER.proponent_org_id == _OWN.proponent_org_id, _OTHER.proponent_user_id == _OWN.proponent_user_id
)
# Found by the applicant, who has a few cases; by the state, hidden here, it would walk all revoked ones there are.
_STATE = func.coalesce(_OTHER.state, literal_column("''"))
_REVOKED = and_(_STATE == ProjectState.REVOKED, _OTHER.id != _OWN.id, _SAME_APPLICANT)
REVOKED_BEFORE = select(_OWN.id, func.max(_OTHER.state_since)).join(_OTHER, _REVOKED).group_by(_OWN.id)
"""When an entry of the same applicant was last revoked, by case. Nothing follows a revocation."""
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
    select(func.max(_OTHER.state_since)).where(_OWN.id == CASE, _REVOKED).scalar_subquery().label("revoked_at"),
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
OPINIONS = select(
    Opinion.kind,
    Opinion.conclusion,
    Opinion.matters,
    Opinion.time_sufficient,
    Opinion.notice_from,
    Opinion.notice_to,
).where(Opinion.id.in_(select(func.max(Opinion.id)).where(Opinion.case_id == CASE, _IN_FORCE).group_by(Opinion.kind)))
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
SITTING = bindparam("sitting", type_=Integer)
IN_THE_ROOM = (
    select(Attendance.present)
    .where(Attendance.meeting_id == AgendaItem.meeting_id, Attendance.user_id == Elector.user_id)
    .order_by(Attendance.id.desc())
    .limit(1)
    .scalar_subquery()
)
MEMBERS = (
    select(
        Elector.user_id,
        Elector.role,
        Vote.choice,
        Recusal.user_id.is_not(None).label("aside"),
        IN_THE_ROOM.label("present"),
    )
    .outerjoin(Vote, and_(Vote.deliberation_id == Elector.deliberation_id, Vote.user_id == Elector.user_id))
    .outerjoin(Recusal, and_(Recusal.deliberation_id == Elector.deliberation_id, Recusal.user_id == Elector.user_id))
    .outerjoin(AgendaItem, AgendaItem.deliberation_id == Elector.deliberation_id)
    .where(Elector.deliberation_id == SITTING)
    .order_by(Elector.seat)
)
"""The electors of a sitting in the order of their seats: vote, whether they stand aside, whether they are there."""
SEATED = select(Elector.user_id, Elector.role).where(Elector.deliberation_id == SITTING)
SET_ASIDE = select(ExcludedMember.user_id).where(ExcludedMember.deliberation_id == SITTING)
HELD = (
    select(
        Meeting.state,
        SittingCall.presided_by_id,
        select(func.count())
        .select_from(ExcludedMember)
        .where(ExcludedMember.deliberation_id == Deliberation.id)
        .scalar_subquery()
        .label("excluded"),
    )
    .select_from(Deliberation)
    .outerjoin(AgendaItem, AgendaItem.deliberation_id == Deliberation.id)
    .outerjoin(Meeting, Meeting.id == AgendaItem.meeting_id)
    .outerjoin(SittingCall, SittingCall.deliberation_id == Deliberation.id)
    .where(Deliberation.id == SITTING)
)
"""The meeting a sitting is held in, who put its question, and how many stood aside when it was tabled."""
HAD_PART = union(
    select(Opinion.author_id.label("user_id")).where(Opinion.case_id == CASE),
    select(ScreeningSignature.officer_id).where(ScreeningSignature.case_id == CASE),
    select(ConditionAnswer.officer_id).where(ConditionAnswer.case_id == CASE),
    select(PanelOpinion.user_id).join(Panel, Panel.id == PanelOpinion.panel_id).where(Panel.case_id == CASE),
)
"""Who gave an opinion on a case, as expert, lawyer or body, or screened it."""
INTERESTS = select(ExpertTie.user_id, ExpertTie.organisation_id, ExpertTie.relation).where(
    ExpertTie.since <= bindparam("day", type_=Date),
    or_(ExpertTie.until.is_(None), ExpertTie.until >= bindparam("since", type_=Date)),
)
"""Declared ties that lasted into the time from the first submission to a day."""
FLAWED = (
    select(FlawedVote.user_id)
    .join(Deliberation, Deliberation.id == FlawedVote.deliberation_id)
    .where(Deliberation.case_id == CASE)
)
STOOD_ASIDE = union(
    select(Recusal.user_id, Recusal.ground, Recusal.organisation_id)
    .join(Deliberation, Deliberation.id == Recusal.deliberation_id)
    .where(Deliberation.case_id == CASE),
    select(ExcludedMember.user_id, ExcludedMember.ground, ExcludedMember.organisation_id)
    .join(Deliberation, Deliberation.id == ExcludedMember.deliberation_id)
    .where(Deliberation.case_id == CASE),
)
"""Who stood aside in an earlier sitting on a case, and why: in that case for good."""
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


def of_round(statement: Select[Any], case_id: int, round_no: int) -> list[Any]:
    """The rows of one round of a case."""
    return list(rows(statement, {"case_id": case_id, "round_no": round_no}))
