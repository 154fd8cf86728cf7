"""Meetings of the leading group: agenda, who attended, who stood aside, and the questions put to the vote."""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.extensions import Base
from registry.models.columns import day, digest, instant, one_of, pk, str_enum, text
from registry.models.decision import Deliberation
from registry.models.people import Body, Organisation, User
from workflows.states import MeetingState, RecusalGround


class Meeting(Base):
    """A meeting of one body on one day; `version` rises with every act on it, as a case's does."""

    __tablename__ = "meetings"
    __table_args__ = (one_of("state", MeetingState), Index("ix_meetings_day", "body_id", "held_on"))

    id: Mapped[pk]
    body_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    number: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[MeetingState] = mapped_column(str_enum(MeetingState))
    version: Mapped[int] = mapped_column(default=1)
    held_on: Mapped[day]
    starts_at: Mapped[str] = mapped_column(String(5))
    """Hours and minutes in Tai'an, "09:00"."""
    place: Mapped[str] = mapped_column(String(200))
    planned_at: Mapped[instant]
    planned_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    opened_at: Mapped[instant | None]
    presided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    closed_at: Mapped[instant | None]
    is_example: Mapped[bool] = mapped_column(default=False)

    body: Mapped[Body] = relationship()
    presided_by: Mapped[User | None] = relationship(foreign_keys=presided_by_id)
    items: Mapped[list["AgendaItem"]] = relationship(order_by="AgendaItem.no", back_populates="meeting")


class AgendaItem(Base):
    """A sitting's place on the agenda of its meeting."""

    __tablename__ = "agenda_items"
    __table_args__ = (UniqueConstraint("meeting_id", "no"),)

    deliberation_id: Mapped[int] = mapped_column(ForeignKey("deliberations.id"), primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    no: Mapped[int]

    meeting: Mapped[Meeting] = relationship(back_populates="items")
    deliberation: Mapped[Deliberation] = relationship()


class Attendance(Base):
    """A line of the roll: a member came, or left. The last line of a person tells."""

    __tablename__ = "attendances"
    __table_args__ = (Index("ix_attendances_meeting", "meeting_id", "user_id"),)

    id: Mapped[pk]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    present: Mapped[bool]
    noted_at: Mapped[instant]
    noted_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    user: Mapped[User] = relationship(foreign_keys=user_id)


class SittingCall(Base):
    """Who presides puts a question to the vote: from here on, and only then, votes are taken."""

    __tablename__ = "sitting_calls"
    __table_args__ = (CheckConstraint("attending >= quorum", name="quorate"),)

    deliberation_id: Mapped[int] = mapped_column(ForeignKey("deliberations.id"), primary_key=True)
    called_at: Mapped[instant]
    presided_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    entitled: Mapped[int]
    attending: Mapped[int]
    quorum: Mapped[int]


class Recusal(Base):
    """A member entitled when the case was tabled stands aside; not counted and not asked from here on.

    `made_by_id` None: found by the system. No third person is named: a relation class and an employer at most.
    """

    __tablename__ = "recusals"
    __table_args__ = (
        one_of("ground", RecusalGround),
        ForeignKeyConstraint(["deliberation_id", "user_id"], ["electors.deliberation_id", "electors.user_id"]),
    )

    deliberation_id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(primary_key=True)
    ground: Mapped[RecusalGround] = mapped_column(str_enum(RecusalGround))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    words: Mapped[text]
    made_at: Mapped[instant]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    organisation: Mapped[Organisation | None] = relationship()


class RecusalProposal(Base):
    """The secretary proposes that a member stand aside; who presides decides."""

    __tablename__ = "recusal_proposals"
    __table_args__ = (
        one_of("ground", RecusalGround),
        ForeignKeyConstraint(["deliberation_id", "user_id"], ["electors.deliberation_id", "electors.user_id"]),
        UniqueConstraint("deliberation_id", "user_id"),
        CheckConstraint("(upheld IS NULL) = (decided_at IS NULL)", name="decided_at_an_instant"),
    )

    id: Mapped[pk]
    deliberation_id: Mapped[int]
    user_id: Mapped[int]
    ground: Mapped[RecusalGround] = mapped_column(str_enum(RecusalGround))
    words: Mapped[text]
    proposed_at: Mapped[instant]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    upheld: Mapped[bool | None]
    reasons: Mapped[text | None]
    decided_at: Mapped[instant | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class FlawedVote(Base):
    """A vote of somebody who should have stood aside: it is not counted again, and the person not asked again (S10)."""

    __tablename__ = "flawed_votes"
    __table_args__ = (ForeignKeyConstraint(["deliberation_id", "user_id"], ["votes.deliberation_id", "votes.user_id"]),)

    deliberation_id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(primary_key=True)
    found_at: Mapped[instant]
    found_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


class MinutesPage(Base):
    """A page of the minutes as drawn up by an act (`seq`): 1 is the minutes, each later one a correction.

    `content` is canonical JSON, never read from the records again; its SHA-256 stands in the chain. `members_needed`:
    how many members must confirm beside whoever presided, by the policy of that day. Append-only.
    """

    __tablename__ = "minutes_pages"
    __table_args__ = (
        CheckConstraint("length(digest) = 64", name="digest_whole"),
        CheckConstraint("no >= 1", name="counted_from_one"),
        CheckConstraint("members_needed >= 1", name="somebody_confirms"),
    )

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[text]
    digest: Mapped[digest]
    members_needed: Mapped[int]
    seq: Mapped[int] = mapped_column(ForeignKey("audit_events.seq"), unique=True)
    made_at: Mapped[instant]


class MinutesConfirmation(Base):
    """Somebody who was there confirms a page of the minutes; once. Append-only."""

    __tablename__ = "minutes_confirmations"
    __table_args__ = (
        ForeignKeyConstraint(["meeting_id", "page_no"], ["minutes_pages.meeting_id", "minutes_pages.no"]),
    )

    meeting_id: Mapped[int] = mapped_column(primary_key=True)
    page_no: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    confirmed_at: Mapped[instant]

    user: Mapped[User] = relationship()
