"""The clocks of cases: what was started, stopped, extended and ended, and whom that reminded."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.extensions import Base
from registry.models.columns import day, instant, one_of, pk, str_enum
from registry.models.people import User
from workflows.clocks import ClockKind, Reminder
from workflows.states import DeliveryWay
from workflows.working_days import Unit

RUNNING = text("ended_on IS NULL")


class CaseClock(Base):
    """One run of a clock; `ref` tells clocks of one kind apart (a condition's id, else 0).

    Length and convention are fixed from the start; `due_on` is counted from them, from the pauses and the calendar
    (`workflows/clocks.py`) and is None while the clock stands still. `provisional`: it rests on a year without notice.
    """

    __tablename__ = "clocks"
    __table_args__ = (
        one_of("kind", ClockKind),
        one_of("unit", Unit),
        CheckConstraint("length >= 1 AND extended >= 0", name="length_in_range"),
        CheckConstraint("(ended_on IS NULL) = (ended_by IS NULL)", name="ended_by_an_act"),
        ForeignKeyConstraint(["case_id", "round_no"], ["rounds.case_id", "rounds.no"]),
        Index(
            "uq_clocks_running", "case_id", "kind", "ref", unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING
        ),
        Index("ix_clocks_due", "due_on", sqlite_where=RUNNING, postgresql_where=RUNNING),
    )

    id: Mapped[pk]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    round_no: Mapped[int]
    kind: Mapped[ClockKind] = mapped_column(str_enum(ClockKind))
    ref: Mapped[int] = mapped_column(default=0)
    started_on: Mapped[day]
    length: Mapped[int]
    unit: Mapped[Unit] = mapped_column(str_enum(Unit))
    start_counts: Mapped[bool] = mapped_column(default=False)
    named_on: Mapped[day | None]
    extended: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[instant | None]
    refused_at: Mapped[instant | None]
    due_on: Mapped[day | None]
    provisional: Mapped[bool] = mapped_column(default=False)
    half_on: Mapped[day | None]
    near_on: Mapped[day | None]
    ended_on: Mapped[date | None]
    ended_by: Mapped[str | None] = mapped_column(String(40))

    pauses: Mapped[list["ClockPause"]] = relationship(order_by="ClockPause.id")
    reminders: Mapped[list["ClockReminder"]] = relationship()


class Delivery(Base):
    """A decision reached the applicant: when, how, by whose record; once for the clock it ends. Append-only."""

    __tablename__ = "deliveries"
    __table_args__ = (one_of("way", DeliveryWay),)

    id: Mapped[pk]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("clocks.id"), unique=True)
    way: Mapped[DeliveryWay] = mapped_column(str_enum(DeliveryWay))
    delivered_on: Mapped[day]
    recorded_at: Mapped[instant]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    clock: Mapped[CaseClock] = relationship()
    recorded_by: Mapped[User] = relationship()


class ClockPause(Base):
    """A clock stood still after one day until another; without `until_act` nothing has let it go on yet.

    A pause limited in time has its last day from the beginning; an act may end it earlier.
    """

    __tablename__ = "clock_pauses"

    id: Mapped[pk]
    clock_id: Mapped[int] = mapped_column(ForeignKey("clocks.id"), index=True)
    act: Mapped[str] = mapped_column(String(40))
    after_on: Mapped[day]
    until_on: Mapped[day | None]
    until_act: Mapped[str | None] = mapped_column(String(40))


class ClockReminder(Base):
    """A reminder that was sent: once for a clock and its extension, whoever runs the tick and how often."""

    __tablename__ = "clock_reminders"
    __table_args__ = (one_of("kind", Reminder),)

    clock_id: Mapped[int] = mapped_column(ForeignKey("clocks.id"), primary_key=True)
    kind: Mapped[Reminder] = mapped_column(str_enum(Reminder), primary_key=True)
    extended: Mapped[int] = mapped_column(primary_key=True)
    sent_at: Mapped[instant]
