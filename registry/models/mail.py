"""Letters that go with notices: the outbox, written by the door in the act's transaction, emptied by a job."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.extensions import Base
from registry.models.columns import instant, one_of, pk, str_enum
from registry.models.record import Notice


class MailStatus(StrEnum):
    """How far a letter is."""

    WAITING = "waiting"
    SENDING = "sending"
    """A sender has taken it; until that sender says what came of it nobody else touches it."""
    SENT = "sent"
    FAILED = "failed"
    UNCLEAR = "unclear"
    """The sender fell silent after taking it: it may have arrived, so it is not sent again by itself."""
    DROPPED = "dropped"
    """There was nobody to write to any more: mail switched off, no address, account closed, case out of sight."""


IN_TROUBLE = (MailStatus.FAILED, MailStatus.UNCLEAR)
"""What an administrator should look at."""


class Trouble(StrEnum):
    """Why a letter was not taken; the server's own words are not kept, they may name people."""

    NO_SERVER = "no_server"
    SILENT = "silent"
    TLS = "tls"
    SIGN_IN = "sign_in"
    SENDER = "sender"
    ADDRESS = "address"
    REFUSED = "refused"
    LATER = "later"
    STOPPED = "stopped"


class Mail(Base):
    """A letter to the reader of a notice: at most one a notice. Words and address are read when it is sent."""

    __tablename__ = "mails"
    __table_args__ = (
        one_of("status", MailStatus),
        one_of("trouble", Trouble),
        Index("ix_mails_due", "status", "not_before"),
    )

    id: Mapped[pk]
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"), unique=True)
    status: Mapped[MailStatus] = mapped_column(str_enum(MailStatus))
    tries: Mapped[int]
    not_before: Mapped[instant]
    taken_at: Mapped[instant | None]
    ended_at: Mapped[instant | None]
    trouble: Mapped[Trouble | None] = mapped_column(str_enum(Trouble))
    reply: Mapped[int | None]

    notice: Mapped[Notice] = relationship()
