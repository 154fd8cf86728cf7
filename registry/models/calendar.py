"""The working calendar: the State Council's yearly notices, day by day."""

from datetime import date

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.extensions import Base
from registry.models.columns import digest


class CalendarYear(Base):
    """A year whose notice has come; years without a row count Mondays to Fridays, provisionally.

    `digest` covers the days of the notice and stands in the chain with it; `seq` is None for the years set up with.
    """

    __tablename__ = "calendar_years"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(400))
    digest: Mapped[digest]
    seq: Mapped[int | None] = mapped_column(ForeignKey("audit_events.seq"))


class CalendarDay(Base):
    """A day that a notice sets apart: off, or a weekend day worked (调休); `year` is that of the notice."""

    __tablename__ = "calendar_days"

    on: Mapped[date] = mapped_column("on_day", primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("calendar_years.year"), index=True)
    working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(40))
