"""The land of a case as others judge by it: what tells it apart, and what was set apart from it."""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.extensions import Base
from registry.models.columns import area, day, instant, one_of, pk, str_enum, text
from registry.models.people import Organisation
from workflows.states import Identity


class ParcelKey(Base):
    """One way to recognise a parcel of a round: its title, its sub-compartment, its name; for which time.

    `place` is the district where the word is unique only there, `village` where it is known. `claim` is the order
    in which cases came with the same land: an earlier one bars a later one.
    """

    __tablename__ = "parcel_keys"
    __table_args__ = (
        one_of("kind", Identity),
        CheckConstraint("from_on <= to_on", name="runs_forward"),
        ForeignKeyConstraint(["case_id", "round_no"], ["rounds.case_id", "rounds.no"]),
        Index("ix_parcel_keys_same", "value", "kind"),
        Index("ix_parcel_keys_round", "case_id", "round_no"),
    )

    id: Mapped[pk]
    case_id: Mapped[int]
    round_no: Mapped[int]
    parcel_key: Mapped[str] = mapped_column(String(40))
    kind: Mapped[Identity] = mapped_column(str_enum(Identity))
    value: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(6))
    village: Mapped[str] = mapped_column(String(100))
    from_on: Mapped[day]
    to_on: Mapped[day]
    area_mu: Mapped[area]
    claim: Mapped[int]


class ParcelApart(Base):
    """A parcel set apart: it is no part of the project from this round on, while the rest goes its way.

    It comes back only as a new parcel of a later round, which is reviewed.
    """

    __tablename__ = "parcels_apart"
    __table_args__ = (ForeignKeyConstraint(["case_id", "round_no"], ["rounds.case_id", "rounds.no"]),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    parcel_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    round_no: Mapped[int]
    words: Mapped[text]
    set_at: Mapped[instant]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


class Verifier(Base):
    """减排量核查机构 of an entry; the last one named counts."""

    __tablename__ = "verifiers"
    __table_args__ = (Index("ix_verifiers_case", "case_id"),)

    id: Mapped[pk]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    named_at: Mapped[instant]
    named_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    organisation: Mapped[Organisation] = relationship()
