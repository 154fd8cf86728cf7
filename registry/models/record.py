"""What is kept about acts: the audit chain and the notices it gave rise to."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.extensions import Base
from registry.models.columns import instant, pk, text
from registry.models.people import User


class AuditEvent(Base):
    """One act in the hash chain: `hash = SHA-256(0x00 ‖ prev ‖ canonical)`.

    `canonical` is the byte string that was hashed: every other column, type-tagged and length-prefixed.
    No personal data stands in here: people are numbers, words are digests.
    """

    __tablename__ = "audit_events"
    __table_args__ = (Index("ix_audit_events_subject", "subject_kind", "subject_id"),)

    seq: Mapped[pk] = mapped_column(autoincrement=False)
    prev: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    canonical: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[instant]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_role: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    subject_version: Mapped[int | None]
    round_no: Mapped[int | None]
    from_state: Mapped[str | None] = mapped_column(String(40))
    to_state: Mapped[str | None] = mapped_column(String(40))
    detail: Mapped[text]
    words_digest: Mapped[str | None] = mapped_column(String(64))
    request_id: Mapped[str] = mapped_column(String(40))

    actor: Mapped[User | None] = relationship()


class AuditHead(Base):
    """The last link of the chain; locked while the next is written."""

    __tablename__ = "audit_head"

    id: Mapped[pk] = mapped_column(autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class Notice(Base):
    """A line in somebody's inbox about an act on a case, a meeting or a record of another kind; written by the door."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_inbox", "user_id", "read_at"),
        CheckConstraint(
            "(CASE WHEN case_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN meeting_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN record_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="of_one_subject",
        ),
        CheckConstraint("(record_kind IS NULL) = (record_id IS NULL)", name="record_whole"),
    )

    id: Mapped[pk]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meetings.id"))
    record_kind: Mapped[str | None] = mapped_column(String(40))
    record_id: Mapped[int | None]
    seq: Mapped[int] = mapped_column(ForeignKey("audit_events.seq"))
    action: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[instant]
    read_at: Mapped[instant | None]
