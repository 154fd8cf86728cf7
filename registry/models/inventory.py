"""Inventories of forest, wetland and grassland: versions of the sub-compartment table, and their rows."""

from decimal import Decimal
from typing import Annotated

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.extensions import Base
from registry.models.case import StoredFile
from registry.models.columns import area, code, day, digest, instant, name, one_of, pk, str_enum
from registry.models.columns import text as prose
from registry.models.people import Organisation, User
from workflows.inventory import ChangeCause, InventoryState, LandKind
from workflows.states import AgeGroup, ForestOrigin, ForestUse, Tenure

place = Annotated[str, mapped_column(String(60))]
measure = Annotated[Decimal | None, mapped_column(Numeric(6, 2))]


class Inventory(Base):
    """One version of the sub-compartment table: where it comes from, who imported it, how far the import is.

    `rows` counts what the file holds, `rows_done` what has been written; rows count for nobody before the state is
    `complete`. `digest` covers the rows in order, so that two files with the same rows have the same.
    """

    __tablename__ = "inventories"
    __table_args__ = (
        one_of("state", InventoryState),
        one_of("land_kind", LandKind),
        CheckConstraint("rows > 0 AND rows_done >= 0 AND rows_done <= rows", name="rows_counted"),
        CheckConstraint("state <> 'complete' OR rows_done = rows", name="complete_with_all_rows"),
        CheckConstraint("(state = 'importing') = (ended_at IS NULL)", name="ended_at_an_instant"),
        CheckConstraint("(state = 'failed') = (problem <> '')", name="failed_for_a_reason"),
        CheckConstraint("length(digest) = 64", name="digest_whole"),
        # A second import of the same rows is the first one.
        Index(
            "uq_inventories_rows",
            "digest",
            "surveyed_on",
            unique=True,
            sqlite_where=text("state <> 'failed'"),
            postgresql_where=text("state <> 'failed'"),
        ),
    )

    id: Mapped[pk]
    title: Mapped[name]
    land_kind: Mapped[LandKind] = mapped_column(str_enum(LandKind))
    surveyed_on: Mapped[day]
    document_title: Mapped[name]
    """The document the survey rests on, and its number ("" where it has none)."""
    document_number: Mapped[str] = mapped_column(String(120), default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    """Whose land it is; None: of more than one."""
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("inventories.id"))
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_files.sha256"))
    filename: Mapped[name]
    mapping: Mapped[prose]
    """Which column of the file is which of ours, as JSON: ours → place from 0."""
    state: Mapped[InventoryState] = mapped_column(str_enum(InventoryState))
    rows: Mapped[int]
    rows_done: Mapped[int] = mapped_column(default=0)
    digest: Mapped[digest]
    problem: Mapped[prose] = mapped_column(default="")
    made_at: Mapped[instant]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[instant | None]
    is_example: Mapped[bool] = mapped_column(default=False)

    file: Mapped[StoredFile] = relationship()
    made_by: Mapped[User] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    replaces: Mapped["Inventory | None"] = relationship(remote_side="Inventory.id")


class SubCompartment(Base):
    """A row of an inventory (小班). `volume_m3` is of the whole row; what the file leaves out is "" or None."""

    __tablename__ = "subcompartments"
    __table_args__ = (
        UniqueConstraint("version_id", "code"),
        one_of("land_kind", LandKind),
        one_of("forest_category", ForestUse),
        one_of("origin", ForestOrigin),
        one_of("age_group", AgeGroup),
        one_of("tenure", Tenure),
        one_of("cause", ChangeCause),
        CheckConstraint("area_mu > 0 AND volume_m3 >= 0", name="measured"),
    )

    version_id: Mapped[int] = mapped_column(ForeignKey("inventories.id"), primary_key=True)
    row_no: Mapped[int] = mapped_column(primary_key=True)
    """The row in the file, as a spreadsheet counts."""
    code: Mapped[code]
    district_code: Mapped[str] = mapped_column(String(6))
    township: Mapped[place]
    village: Mapped[place]
    farm: Mapped[place]
    forest_district: Mapped[place]
    compartment: Mapped[place]
    sub_compartment: Mapped[place]
    land_kind: Mapped[LandKind] = mapped_column(str_enum(LandKind))
    forest_category: Mapped[ForestUse | None] = mapped_column(str_enum(ForestUse))
    origin: Mapped[ForestOrigin | None] = mapped_column(str_enum(ForestOrigin))
    species_code: Mapped[str] = mapped_column(String(20))
    age_group: Mapped[AgeGroup | None] = mapped_column(str_enum(AgeGroup))
    tenure: Mapped[Tenure | None] = mapped_column(str_enum(Tenure))
    area_mu: Mapped[area]
    volume_m3: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    crown_closure: Mapped[measure]
    dbh_cm: Mapped[measure]
    height_m: Mapped[measure]
    planted_year: Mapped[int | None]
    cause: Mapped[ChangeCause] = mapped_column(str_enum(ChangeCause))
    note: Mapped[str] = mapped_column(String(400))
