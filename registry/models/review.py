"""What officers, lawyers and bodies say of a case: answers, signatures, opinions."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.extensions import Base
from registry.models.case import Document
from registry.models.columns import day, digest, document, instant, one_of, pk, str_enum, text
from registry.models.people import Organisation, User
from workflows.states import Conclusion, ConditionVerdict, OpinionKind


class ConditionAnswer(Base):
    """An officer's answer to one condition; the latest of an officer counts, none is changed."""

    __tablename__ = "condition_answers"
    __table_args__ = (
        one_of("verdict", ConditionVerdict),
        ForeignKeyConstraint(["case_id", "round_no"], ["rounds.case_id", "rounds.no"]),
        Index("ix_condition_answers_round", "case_id", "round_no"),
    )

    id: Mapped[pk]
    case_id: Mapped[int]
    round_no: Mapped[int]
    clause: Mapped[str] = mapped_column(String(5))
    officer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    verdict: Mapped[ConditionVerdict] = mapped_column(str_enum(ConditionVerdict))
    evidence: Mapped[text]
    answered_at: Mapped[instant]

    officer: Mapped[User] = relationship()


class ScreeningSignature(Base):
    """An officer stands behind all answers given so far in a round; a later answer voids it."""

    __tablename__ = "screening_signatures"
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "round_no"], ["rounds.case_id", "rounds.no"]),
        Index("ix_screening_signatures_round", "case_id", "round_no"),
    )

    id: Mapped[pk]
    case_id: Mapped[int]
    round_no: Mapped[int]
    officer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    answers_digest: Mapped[digest]
    signed_at: Mapped[instant]

    officer: Mapped[User] = relationship()


class FindingAnswer(Base):
    """An officer's answer to a finding, with evidence; it never deletes the finding."""

    __tablename__ = "finding_answers"
    __table_args__ = (ForeignKeyConstraint(["case_id", "round_no"], ["rounds.case_id", "rounds.no"]),)

    id: Mapped[pk]
    case_id: Mapped[int]
    round_no: Mapped[int]
    clause: Mapped[str] = mapped_column(String(5))
    officer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    words: Mapped[text]
    answered_at: Mapped[instant]

    officer: Mapped[User] = relationship()


class Opinion(Base):
    """A signed opinion; the latest of its kind in a round counts, earlier ones stay.

    `matters` holds, for a validation, the five matters of 管理办法 art. 13 (V1–V5): met or not, with a sentence.
    """

    __tablename__ = "opinions"
    __table_args__ = (
        one_of("kind", OpinionKind),
        one_of("conclusion", Conclusion),
        ForeignKeyConstraint(["case_id", "round_no"], ["rounds.case_id", "rounds.no"]),
        Index("ix_opinions_round", "case_id", "round_no", "kind"),
    )

    id: Mapped[pk]
    case_id: Mapped[int]
    round_no: Mapped[int]
    kind: Mapped[OpinionKind] = mapped_column(str_enum(OpinionKind))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    conclusion: Mapped[Conclusion] = mapped_column(str_enum(Conclusion))
    words: Mapped[text]
    matters: Mapped[document]
    report_number: Mapped[str | None] = mapped_column(String(80))
    report_on: Mapped[day | None]
    notice_url: Mapped[str | None] = mapped_column(String(400))
    notice_from: Mapped[day | None]
    notice_to: Mapped[day | None]
    external_number: Mapped[str | None] = mapped_column(String(80))
    time_sufficient: Mapped[bool | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    given_at: Mapped[instant]

    author: Mapped[User] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    document: Mapped[Document | None] = relationship()
