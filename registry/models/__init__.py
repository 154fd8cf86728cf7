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
from registry.models.lists import CaseCount, CaseWords
from registry.models.mail import Mail, MailStatus, Trouble
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
from registry.models.site_check import LegalReview, SiteCheck, SiteCheckPaper, SiteCheckSignature

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
    "LegalReview",
    "Mail",
    "MailStatus",
    "Membership",
    "Notice",
    "NumberCounter",
    "Opinion",
    "Organisation",
    "OrganisationKind",
    "Paper",
    "PaperFile",
    "PaperKind",
    "Reconsideration",
    "ReconsiderationPerson",
    "ReferenceProject",
    "Registration",
    "Remark",
    "Round",
    "ScreeningSignature",
    "SetupLink",
    "SignInAttempt",
    "SiteCheck",
    "SiteCheckPaper",
    "SiteCheckSignature",
    "StoredFile",
    "Trouble",
    "User",
    "UserSession",
    "Vote",
]
