"""Column shapes used across the tables, each defined once."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import JSON, CheckConstraint, Date, DateTime, Dialect, Numeric, String, Text
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: handed in and out with its zone, kept as naive UTC on every engine."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse an instant without a zone; raises ValueError."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


class StrEnumType(TypeDecorator[StrEnum]):
    """A closed list kept as its word; `one_of` adds the CHECK."""

    impl = String(40)
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__(40)
        self.members = members

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Refuse a word outside the list; raises ValueError."""
        return None if value is None else str(self.members(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """The member, not the bare word."""
        return None if value is None else self.members(value)


def str_enum(members: type[StrEnum]) -> StrEnumType:
    """Column type of a closed list."""
    return StrEnumType(members)


def one_of(column: str, members: type[StrEnum]) -> CheckConstraint:
    """CHECK that a column holds a word of the list (or nothing)."""
    words = ", ".join(f"'{m.value}'" for m in members)
    return CheckConstraint(f"{column} IN ({words})", name=f"{column}_listed")


pk = Annotated[int, mapped_column(primary_key=True)]
name = Annotated[str, mapped_column(String(200))]
code = Annotated[str, mapped_column(String(40))]
text = Annotated[str, mapped_column(Text)]
digest = Annotated[str, mapped_column(String(64))]
instant = Annotated[datetime, mapped_column(UTCDateTime)]
day = Annotated[date, mapped_column(Date)]
area = Annotated[Decimal, mapped_column(Numeric(14, 4))]
document = Annotated[dict[str, Any], mapped_column(JSON)]
