"""Reports of the pilot: who wrote, reviewed and approved which version, its figures with their sources, its PDF."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.extensions import Base
from registry.models.case import StoredFile
from registry.models.columns import code, day, digest, instant, one_of, pk, str_enum, text
from registry.models.people import Body, Organisation, User
from registry.models.pilot import Pilot
from workflows.clocks import Reminder
from workflows.states import PeriodKind, ReportState


class PilotReport(Base):
    """A version of the report of a period. What was submitted stays until it is returned; what is published, for good.

    `chapters` and `remarks` are JSON: chapter → words, place of a figure → why it moved. `content` is the paper as
    canonical JSON, from submission on; `content_digest` names it. A correction is the next version of its period.
    """

    __tablename__ = "pilot_reports"
    __table_args__ = (
        one_of("period_kind", PeriodKind),
        one_of("state", ReportState),
        UniqueConstraint("farm_id", "period_kind", "period_from", "version_no"),
        # One version of a period is at work at a time.
        Index(
            "uq_pilot_reports_at_work",
            *("farm_id", "period_kind", "period_from"),
            unique=True,
            sqlite_where=sql("state <> 'published'"),
            postgresql_where=sql("state <> 'published'"),
        ),
        CheckConstraint("period_from < period_to", name="period_in_order"),
        CheckConstraint("version_no >= 1", name="versions_from_one"),
        CheckConstraint("(version_no = 1) = (replaces_id IS NULL)", name="correction_replaces_one"),
        CheckConstraint("(state = 'draft') = (submitted_by_id IS NULL)", name="submitted_by_a_person"),
        CheckConstraint("(submitted_by_id IS NULL) = (submitted_at IS NULL)", name="submission_whole"),
        CheckConstraint(
            "(state IN ('reviewed', 'approved', 'published')) = (reviewed_by_id IS NOT NULL)",
            name="reviewed_by_a_person",
        ),
        CheckConstraint("(reviewed_by_id IS NULL) = (reviewed_at IS NULL)", name="review_whole"),
        CheckConstraint(
            "(state IN ('approved', 'published')) = (approved_by_id IS NOT NULL)", name="approved_by_a_person"
        ),
        CheckConstraint("(approved_by_id IS NULL) = (approved_at IS NULL)", name="approval_whole"),
        CheckConstraint("(state = 'published') = (number IS NOT NULL)", name="numbered_once_published"),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published_at_an_instant"),
        CheckConstraint("reviewed_by_id IS NULL OR reviewed_by_id <> submitted_by_id", name="reviewed_by_another"),
        CheckConstraint(
            "approved_by_id IS NULL OR (approved_by_id <> submitted_by_id AND approved_by_id <> reviewed_by_id)",
            name="approved_by_another",
        ),
        CheckConstraint("(state IN ('draft', 'returned')) = (content_digest IS NULL)", name="content_once_submitted"),
        CheckConstraint("(content IS NULL) = (content_digest IS NULL)", name="content_whole"),
    )

    id: Mapped[pk]
    body_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    farm_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    pilot_id: Mapped[int | None] = mapped_column(ForeignKey("pilots.id"))
    """The pilot that ran in the period; None: none did."""
    period_kind: Mapped[PeriodKind] = mapped_column(str_enum(PeriodKind))
    period_from: Mapped[day]
    period_to: Mapped[day]
    version_no: Mapped[int]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("pilot_reports.id"))
    state: Mapped[ReportState] = mapped_column(str_enum(ReportState))
    version: Mapped[int] = mapped_column(default=1)
    number: Mapped[str | None] = mapped_column(String(60), unique=True)
    reason: Mapped[text]
    chapters: Mapped[text]
    remarks: Mapped[text]
    chairs_note: Mapped[text]
    content: Mapped[str | None] = mapped_column(Text)
    content_digest: Mapped[str | None] = mapped_column(String(64))
    begun_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    begun_at: Mapped[instant]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    submitted_at: Mapped[instant | None]
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reviewed_at: Mapped[instant | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[instant | None]
    published_at: Mapped[instant | None]
    is_example: Mapped[bool] = mapped_column(default=False)

    body: Mapped[Body] = relationship()
    farm: Mapped[Organisation] = relationship()
    pilot: Mapped[Pilot | None] = relationship()
    replaces: Mapped["PilotReport | None"] = relationship(remote_side="PilotReport.id")
    begun_by: Mapped[User] = relationship(foreign_keys=begun_by_id)
    submitted_by: Mapped[User | None] = relationship(foreign_keys=submitted_by_id)
    reviewed_by: Mapped[User | None] = relationship(foreign_keys=reviewed_by_id)
    approved_by: Mapped[User | None] = relationship(foreign_keys=approved_by_id)
    figures: Mapped[list["ReportFigure"]] = relationship(
        back_populates="report", order_by="(ReportFigure.table_no, ReportFigure.row_no, ReportFigure.id)"
    )


class ReportFigure(Base):
    """One cell of a table (row 0: the total): a number, a day or words, and the records it was made from.

    `sources` is JSON, [kind, id, group] each, the group being rows of an inventory (`report_tables.Source`);
    `method` the version of the method, `mark` what of it is not verified;
    `person_id` and `as_of` who recorded the newest of the sources and for which day. Frozen with its report.
    """

    __tablename__ = "report_figures"
    __table_args__ = (
        UniqueConstraint("report_id", "table_no", "row_no", "column_key"),
        CheckConstraint("table_no BETWEEN 1 AND 11", name="table_listed"),
        CheckConstraint("row_no >= 0", name="rows_from_the_total"),
        CheckConstraint(
            "(CASE WHEN value IS NULL THEN 0 ELSE 1 END) + (CASE WHEN words IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN day IS NULL THEN 0 ELSE 1 END) <= 1",
            name="one_value",
        ),
    )

    id: Mapped[pk]
    report_id: Mapped[int] = mapped_column(ForeignKey("pilot_reports.id"), index=True)
    table_no: Mapped[int]
    row_no: Mapped[int]
    column_key: Mapped[code]
    value: Mapped[Decimal | None] = mapped_column(Numeric(20, 6))
    words: Mapped[str | None] = mapped_column(String(400))
    day: Mapped[date | None]
    unit: Mapped[code]
    sources: Mapped[text]
    method: Mapped[str] = mapped_column(String(200))
    mark: Mapped[code]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    as_of: Mapped[date | None]

    report: Mapped[PilotReport] = relationship(back_populates="figures")
    person: Mapped[User | None] = relationship()


class ReportFile(Base):
    """The PDF of a content of a report, made once by a job. Append-only."""

    __tablename__ = "report_files"

    report_id: Mapped[int] = mapped_column(ForeignKey("pilot_reports.id"), primary_key=True)
    content_digest: Mapped[digest] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_files.sha256"))
    made_at: Mapped[instant]

    stored: Mapped[StoredFile] = relationship()


class ReportReminder(Base):
    """The writers were reminded of a report. Append-only; each once."""

    __tablename__ = "report_reminders"
    __table_args__ = (one_of("kind", Reminder), UniqueConstraint("report_id", "kind"))

    id: Mapped[pk]
    report_id: Mapped[int] = mapped_column(ForeignKey("pilot_reports.id"))
    kind: Mapped[Reminder] = mapped_column(str_enum(Reminder))
    sent_at: Mapped[instant]


class ReportPrompt(Base):
    """A farm with a running pilot was reminded of a report that nobody had begun. Append-only; each once."""

    __tablename__ = "report_prompts"
    __table_args__ = (
        one_of("kind", Reminder),
        one_of("period_kind", PeriodKind),
        UniqueConstraint("pilot_id", "period_kind", "period_from", "kind"),
    )

    id: Mapped[pk]
    pilot_id: Mapped[int] = mapped_column(ForeignKey("pilots.id"))
    period_kind: Mapped[PeriodKind] = mapped_column(str_enum(PeriodKind))
    period_from: Mapped[day]
    kind: Mapped[Reminder] = mapped_column(str_enum(Reminder))
    sent_at: Mapped[instant]
