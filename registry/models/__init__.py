"""The tables, one file a noun; importing this package registers them all."""

from registry.models.calendar import CalendarDay, CalendarYear
from registry.models.case import (
    Answers,
    Case,
    CorrectionFault,
    CorrectionNotice,
    Document,
    NumberCounter,
    Reconsideration,
    ReconsiderationPerson,
    Remark,
    Round,
    StoredFile,
)
from registry.models.decision import (
    ApprovalCondition,
    Deliberation,
    DeliberationEnd,
    Elector,
    ExcludedMember,
    GateDecision,
    Registration,
    Vote,
)
from registry.models.land import ParcelApart, ParcelKey, Verifier
from registry.models.lists import CaseCount, CaseWords
from registry.models.notice import NoticeEnd, Objection, ObjectionAnswer, ObjectionContact, PublicNotice
from registry.models.paper import Paper, PaperFile, PaperKind
from registry.models.people import (
    Appointment,
    Body,
    Membership,
    Organisation,
    OrganisationKind,
    SetupLink,
    SignInAttempt,
    User,
    UserSession,
)
from registry.models.record import AuditEvent, AuditHead, Notice
from registry.models.reference import ReferenceProject
from registry.models.review import ConditionAnswer, FindingAnswer, Opinion, ScreeningSignature

__all__ = [
    "Answers",
    "Appointment",
    "ApprovalCondition",
    "AuditEvent",
    "AuditHead",
    "Body",
    "CalendarDay",
    "CalendarYear",
    "Case",
    "CaseCount",
    "CaseWords",
    "ConditionAnswer",
    "CorrectionFault",
    "CorrectionNotice",
    "Deliberation",
    "DeliberationEnd",
    "Document",
    "Elector",
    "ExcludedMember",
    "FindingAnswer",
    "GateDecision",
    "Membership",
    "Notice",
    "NoticeEnd",
    "NumberCounter",
    "Objection",
    "ObjectionAnswer",
    "ObjectionContact",
    "Opinion",
    "Organisation",
    "OrganisationKind",
    "Paper",
    "PaperFile",
    "PaperKind",
    "ParcelApart",
    "ParcelKey",
    "PublicNotice",
    "Reconsideration",
    "ReconsiderationPerson",
    "ReferenceProject",
    "Registration",
    "Remark",
    "Round",
    "ScreeningSignature",
    "SetupLink",
    "SignInAttempt",
    "StoredFile",
    "User",
    "UserSession",
    "Verifier",
    "Vote",
]
