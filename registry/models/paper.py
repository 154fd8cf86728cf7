"""Papers the bureau hands out: what each says, frozen when it was issued, and the file made of it."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.extensions import Base
from registry.models.case import Case, StoredFile
from registry.models.columns import digest, instant, one_of, pk, str_enum, text
from registry.models.meeting import Meeting


class PaperKind(StrEnum):
    """The papers there are."""

    RECEIPT = "receipt"
    ACCEPTANCE = "acceptance"
    DECLINED = "declined"
    CORRECTION = "correction"
    REVIEW = "review"
    CERTIFICATE = "certificate"
    MINUTES = "minutes"


class Paper(Base):
    """A paper as issued by an act (`seq`) on a case or on a meeting: `content` is canonical JSON, frozen.

    `digest` is the SHA-256 of `content` and stands in the chain, in the detail of the act. Append-only.
    Minutes are a meeting's paper; every other paper is a case's, issued in one of its rounds.
    """

    __tablename__ = "papers"
    __table_args__ = (
        one_of("kind", PaperKind),
        CheckConstraint("length(digest) = 64", name="digest_whole"),
        CheckConstraint("length(code) = 12", name="code_whole"),
        CheckConstraint("(kind = 'minutes') = (case_id IS NULL)", name="of_a_case"),
        CheckConstraint("(kind = 'minutes') = (meeting_id IS NOT NULL)", name="of_a_meeting"),
        CheckConstraint("(case_id IS NULL) = (round_no IS NULL)", name="of_a_round"),
        ForeignKeyConstraint(["case_id", "round_no"], ["rounds.case_id", "rounds.no"]),
    )

    id: Mapped[pk]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    round_no: Mapped[int | None]
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meetings.id"), index=True)
    kind: Mapped[PaperKind] = mapped_column(str_enum(PaperKind))
    number: Mapped[str] = mapped_column(String(60), unique=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    seq: Mapped[int] = mapped_column(ForeignKey("audit_events.seq"), unique=True)
    content: Mapped[text]
    digest: Mapped[digest]
    issued_at: Mapped[instant]

    case: Mapped[Case | None] = relationship(foreign_keys=case_id)
    meeting: Mapped[Meeting | None] = relationship()
    file: Mapped["PaperFile | None"] = relationship(back_populates="paper")


class PaperFile(Base):
    """The PDF of a paper, made once by a job; until then the paper is being prepared. Append-only."""

    __tablename__ = "paper_files"

    paper_id: Mapped[int] = mapped_column(ForeignKey("papers.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_files.sha256"))
    seq: Mapped[int] = mapped_column(ForeignKey("audit_events.seq"), unique=True)
    made_at: Mapped[instant]

    paper: Mapped[Paper] = relationship(back_populates="file")
    stored: Mapped[StoredFile] = relationship()
