"""Completed area as the units of the plan report it, with the document by which it was accepted."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.extensions import Base
from registry.models.case import StoredFile
from registry.models.columns import area, day, instant, name, one_of, pk, str_enum
from registry.models.people import Body, Organisation, User
from workflows.states import CompletionState, Greening

STANDS = "state = 'confirmed'"


class CompletionReport(Base):
    """Area one unit completed in one year, of one kind: drafted, reported, confirmed by an officer or returned.

    A confirmed report is never changed: a correction is another that names it in `supersedes_id`, and once that one
    is confirmed the older no longer counts.
    """

    __tablename__ = "completion_reports"
    __table_args__ = (
        one_of("state", CompletionState),
        one_of("kind", Greening),
        CheckConstraint("area_mu > 0", name="area_positive"),
        CheckConstraint("year BETWEEN 2021 AND 2030", name="year_in_a_period"),
        CheckConstraint("(sha256 IS NULL) = (filename IS NULL)", name="file_has_a_name"),
        CheckConstraint(
            "state = 'draft' OR (reported_by_id IS NOT NULL AND reported_at IS NOT NULL)", name="reported_by_a_person"
        ),
        CheckConstraint(
            "state = 'draft' OR (sha256 IS NOT NULL AND document_on IS NOT NULL AND document_title <> ''"
            " AND document_number <> '')",
            name="with_its_document",
        ),
        CheckConstraint(
            "(state IN ('confirmed', 'returned')) = (decided_by_id IS NOT NULL)", name="decided_by_a_person"
        ),
        CheckConstraint("(decided_by_id IS NULL) = (decided_at IS NULL)", name="decided_at_an_instant"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> reported_by_id", name="decided_by_another"),
        CheckConstraint("supersedes_id IS NULL OR supersedes_id <> id", name="corrects_another"),
        Index(
            "uq_completion_reports_first",
            "unit_id",
            "year",
            "kind",
            unique=True,
            sqlite_where=text(f"{STANDS} AND supersedes_id IS NULL"),
            postgresql_where=text(f"{STANDS} AND supersedes_id IS NULL"),
        ),
        Index(
            "uq_completion_reports_corrected",
            "supersedes_id",
            unique=True,
            sqlite_where=text(f"{STANDS} AND supersedes_id IS NOT NULL"),
            postgresql_where=text(f"{STANDS} AND supersedes_id IS NOT NULL"),
        ),
        Index("ix_completion_reports_state", "state", "year"),
    )

    id: Mapped[pk]
    body_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    state: Mapped[CompletionState] = mapped_column(str_enum(CompletionState))
    version: Mapped[int] = mapped_column(default=1)
    year: Mapped[int]
    kind: Mapped[Greening] = mapped_column(str_enum(Greening))
    area_mu: Mapped[area]
    document_title: Mapped[name]
    document_number: Mapped[str] = mapped_column(String(120))
    document_on: Mapped[day | None]
    sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_files.sha256"))
    filename: Mapped[str | None] = mapped_column(String(200))
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("completion_reports.id"))
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    drafted_at: Mapped[instant]
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reported_at: Mapped[instant | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[instant | None]
    is_example: Mapped[bool] = mapped_column(default=False)

    body: Mapped[Body] = relationship()
    unit: Mapped[Organisation] = relationship()
    file: Mapped[StoredFile | None] = relationship()
    reported_by: Mapped[User | None] = relationship(foreign_keys=reported_by_id)
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)

    @property
    def number(self) -> None:
        """A report has none: unit, year and kind name it."""
