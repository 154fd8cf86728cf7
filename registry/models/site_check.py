"""What officers saw on the ground, signed by two; and when the file went to the lawyer."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.extensions import Base
from registry.models.case import Document
from registry.models.columns import day, digest, instant, pk, text
from registry.models.people import User


class SiteCheck(Base):
    """A record of a site check as it was written at one time; a change is a further version, the last is in force."""

    __tablename__ = "site_checks"
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "round_no"], ["rounds.case_id", "rounds.no"]),
        UniqueConstraint("case_id", "no", "version"),
    )

    id: Mapped[pk]
    case_id: Mapped[int]
    round_no: Mapped[int]
    no: Mapped[int]
    """Counted in the case, from 1."""
    version: Mapped[int]
    visited_on: Mapped[day]
    place: Mapped[text]
    who_went: Mapped[text]
    observed: Mapped[text]
    record_digest: Mapped[digest]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[instant]

    recorded_by: Mapped[User] = relationship()
    papers: Mapped[list["SiteCheckPaper"]] = relationship(order_by="SiteCheckPaper.document_id")
    signatures: Mapped[list["SiteCheckSignature"]] = relationship(order_by="SiteCheckSignature.id")


class SiteCheckPaper(Base):
    """A photo or document that belongs to a record; its content stands in the record's digest."""

    __tablename__ = "site_check_papers"

    site_check_id: Mapped[int] = mapped_column(ForeignKey("site_checks.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"), primary_key=True)

    document: Mapped[Document] = relationship()


class SiteCheckSignature(Base):
    """An officer stands behind one version of a record."""

    __tablename__ = "site_check_signatures"
    __table_args__ = (UniqueConstraint("site_check_id", "officer_id"),)

    id: Mapped[pk]
    site_check_id: Mapped[int] = mapped_column(ForeignKey("site_checks.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    record_digest: Mapped[digest]
    signed_at: Mapped[instant]

    officer: Mapped[User] = relationship()


class LegalReview(Base):
    """The complete file was sent for legal review; sent again, the time begins anew."""

    __tablename__ = "legal_reviews"
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "round_no"], ["rounds.case_id", "rounds.no"]),
        Index("ix_legal_reviews_round", "case_id", "round_no"),
    )

    id: Mapped[pk]
    case_id: Mapped[int]
    round_no: Mapped[int]
    sent_on: Mapped[day]
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    sent_at: Mapped[instant]
