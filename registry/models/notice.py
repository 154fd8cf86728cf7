"""The public notice of a case: its days, what people handed in, and how they were answered."""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.extensions import Base
from registry.models.case import Case, StoredFile
from registry.models.columns import day, digest, instant, one_of, pk, str_enum, text
from registry.models.people import User
from workflows.states import ObjectionAbout, ObjectionKind, ObjectionOutcome, Side


class PublicNotice(Base):
    """公示 of a round: from which day to which, fixed when it was opened."""

    __tablename__ = "public_notices"
    __table_args__ = (
        CheckConstraint("to_on >= from_on AND days >= 1", name="runs_forward"),
        UniqueConstraint("case_id", "round_no"),
        UniqueConstraint("id", "case_id", "round_no"),
        ForeignKeyConstraint(["case_id", "round_no"], ["rounds.case_id", "rounds.no"]),
        Index("ix_public_notices_days", "to_on", "id"),
    )

    id: Mapped[pk]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    round_no: Mapped[int]
    from_on: Mapped[day]
    to_on: Mapped[day]
    days: Mapped[int]
    start_counts: Mapped[bool]
    provisional: Mapped[bool]
    opened_at: Mapped[instant]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    case: Mapped[Case] = relationship(viewonly=True)
    end: Mapped["NoticeEnd | None"] = relationship()
    objections: Mapped[list["Objection"]] = relationship(order_by="Objection.no", viewonly=True)


class NoticeEnd(Base):
    """An officer ended a notice that had run and was answered in full."""

    __tablename__ = "notice_ends"

    notice_id: Mapped[int] = mapped_column(ForeignKey("public_notices.id"), primary_key=True)
    ended_at: Mapped[instant]
    ended_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


class Objection(Base):
    """An objection or a comment of anybody; `code` is the receipt, by which its writer reads the answers.

    `commitment` is what stands in the audit chain: a digest of the words under a salt of its own. Who wrote it is
    kept in a table apart, so that it can be erased.
    """

    __tablename__ = "objections"
    __table_args__ = (
        one_of("kind", ObjectionKind),
        one_of("about", ObjectionAbout),
        CheckConstraint("length(code) = 12", name="code_whole"),
        CheckConstraint("(sha256 IS NULL) = (filename IS NULL)", name="file_has_a_name"),
        UniqueConstraint("notice_id", "no"),
        UniqueConstraint("code"),
        ForeignKeyConstraint(
            ["notice_id", "case_id", "round_no"],
            ["public_notices.id", "public_notices.case_id", "public_notices.round_no"],
            name="fk_objections_notice",
        ),
        Index("ix_objections_case", "case_id"),
    )

    id: Mapped[pk]
    notice_id: Mapped[int]
    case_id: Mapped[int]
    round_no: Mapped[int]
    no: Mapped[int]
    code: Mapped[str] = mapped_column(String(12))
    kind: Mapped[ObjectionKind] = mapped_column(str_enum(ObjectionKind))
    about: Mapped[ObjectionAbout] = mapped_column(str_enum(ObjectionAbout))
    parcel_key: Mapped[str | None] = mapped_column(String(40))
    words: Mapped[text]
    salt: Mapped[str] = mapped_column(String(64))
    commitment: Mapped[digest]
    sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_files.sha256"))
    filename: Mapped[str | None] = mapped_column(String(120))
    made_at: Mapped[instant]

    notice: Mapped[PublicNotice] = relationship(viewonly=True)
    contact: Mapped["ObjectionContact | None"] = relationship()
    answers: Mapped[list["ObjectionAnswer"]] = relationship(order_by="ObjectionAnswer.id")
    file: Mapped[StoredFile | None] = relationship()


class ObjectionContact(Base):
    """Who objected, as they gave it: for the officers alone, and no part of what is kept for ever."""

    __tablename__ = "objection_contacts"

    objection_id: Mapped[int] = mapped_column(ForeignKey("objections.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    reach: Mapped[str] = mapped_column(String(200))


class ObjectionAnswer(Base):
    """What the officer, or the applicant, answered; each once. `outcome` is the officer's."""

    __tablename__ = "objection_answers"
    __table_args__ = (
        one_of("side", Side),
        one_of("outcome", ObjectionOutcome),
        CheckConstraint("(side = 'officer') = (outcome IS NOT NULL)", name="officers_find"),
        UniqueConstraint("objection_id", "side"),
    )

    id: Mapped[pk]
    objection_id: Mapped[int] = mapped_column(ForeignKey("objections.id"))
    side: Mapped[Side] = mapped_column(str_enum(Side))
    outcome: Mapped[ObjectionOutcome | None] = mapped_column(str_enum(ObjectionOutcome))
    words: Mapped[text]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[instant]

    author: Mapped[User] = relationship()
