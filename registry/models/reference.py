"""Published projects elsewhere, read-only: they never have a state here."""

from decimal import Decimal

from sqlalchemy import Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.extensions import Base
from registry.models.columns import instant, pk, text


class ReferenceProject(Base):
    """A public case (公开案例): name, published figures, source."""

    __tablename__ = "reference_projects"
    __table_args__ = (
        UniqueConstraint("source_registry", "external_id"),
        Index("ix_reference_projects_country", "country", "scope"),
    )

    id: Mapped[pk]
    source_registry: Mapped[str] = mapped_column(String(60))
    external_id: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(400))
    status: Mapped[str] = mapped_column(String(120), default="")
    scope: Mapped[str] = mapped_column(String(120), default="")
    type: Mapped[str] = mapped_column(String(200), default="")
    methodology: Mapped[str] = mapped_column(String(400), default="")
    country: Mapped[str] = mapped_column(String(80), default="")
    region: Mapped[str] = mapped_column(String(200), default="")
    developer: Mapped[str] = mapped_column(String(400), default="")
    first_year: Mapped[int | None]
    issued_t: Mapped[Decimal | None] = mapped_column(Numeric(16, 2))
    retired_t: Mapped[Decimal | None] = mapped_column(Numeric(16, 2))
    area_mu: Mapped[Decimal | None] = mapped_column(Numeric(14, 4))
    note: Mapped[text] = mapped_column(default="")
    source: Mapped[str] = mapped_column(String(400))
    imported_at: Mapped[instant]
