"""Inventories of forest, wetland and grassland, and their sub-compartments."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, is_sqlite, may_truncate, no_truncate, refuse

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

SAID = (
    *("title", "land_kind", "surveyed_on", "document_title", "document_number", "organisation_id", "replaces_id"),
    *("sha256", "filename", "mapping", "rows", "digest", "made_at", "made_by_id", "is_example"),
)
"""What stands as it was said when the import began."""
GUARDS = {
    "inventories": ("begin", "no_replace", "steps", "frozen", "whole", "kept"),
    "subcompartments": ("open", "no_update", "kept"),
}


def upgrade():
    op.create_table(
        "inventories",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("land_kind", sa.String(length=40), nullable=False),
        sa.Column("surveyed_on", sa.Date(), nullable=False),
        sa.Column("document_title", sa.String(length=200), nullable=False),
        sa.Column("document_number", sa.String(length=120), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(state = 'failed') = (problem <> '')", name=op.f("ck_inventories_failed_for_a_reason")),
        sa.CheckConstraint(
            "(state = 'importing') = (ended_at IS NULL)", name=op.f("ck_inventories_ended_at_an_instant")
        ),
        sa.CheckConstraint(
            "land_kind IN ('forest', 'wetland', 'grassland')", name=op.f("ck_inventories_land_kind_listed")
        ),
        sa.CheckConstraint(
            "state <> 'complete' OR rows_done = rows", name=op.f("ck_inventories_complete_with_all_rows")
        ),
        sa.CheckConstraint("state IN ('importing', 'complete', 'failed')", name=op.f("ck_inventories_state_listed")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_inventories_digest_whole")),
        sa.CheckConstraint(
            "rows > 0 AND rows_done >= 0 AND rows_done <= rows", name=op.f("ck_inventories_rows_counted")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_inventories_made_by_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_inventories_organisation_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["inventories.id"], name=op.f("fk_inventories_replaces_id")),
        sa.ForeignKeyConstraint(["sha256"], ["stored_files.sha256"], name=op.f("fk_inventories_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventories")),
    )
    op.create_table(
        "subcompartments",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("township", sa.String(length=60), nullable=False),
        sa.Column("village", sa.String(length=60), nullable=False),
        sa.Column("farm", sa.String(length=60), nullable=False),
        sa.Column("forest_district", sa.String(length=60), nullable=False),
        sa.Column("compartment", sa.String(length=60), nullable=False),
        sa.Column("sub_compartment", sa.String(length=60), nullable=False),
        sa.Column("land_kind", sa.String(length=40), nullable=False),
        sa.Column("forest_category", sa.String(length=40), nullable=True),
        sa.Column("origin", sa.String(length=40), nullable=True),
        sa.Column("species_code", sa.String(length=20), nullable=False),
        sa.Column("age_group", sa.String(length=40), nullable=True),
        sa.Column("tenure", sa.String(length=40), nullable=True),
        sa.Column("area_mu", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("volume_m3", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("crown_closure", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column("dbh_cm", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column("height_m", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column("planted_year", sa.Integer(), nullable=True),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.CheckConstraint(
            "age_group IN ('young', 'middle_aged', 'near_mature', 'mature', 'over_mature')",
            name=op.f("ck_subcompartments_age_group_listed"),
        ),
        sa.CheckConstraint(
            "cause IN ('none', 'planted', 'felled', 'burnt', 'pest', 'storm', 'remeasured', 'other')",
            name=op.f("ck_subcompartments_cause_listed"),
        ),
        sa.CheckConstraint(
            "forest_category IN ('protection', 'special_purpose', 'timber', 'energy', 'economic')",
            name=op.f("ck_subcompartments_forest_category_listed"),
        ),
        sa.CheckConstraint(
            "land_kind IN ('forest', 'wetland', 'grassland')", name=op.f("ck_subcompartments_land_kind_listed")
        ),
        sa.CheckConstraint("origin IN ('natural', 'planted')", name=op.f("ck_subcompartments_origin_listed")),
        sa.CheckConstraint(
            "tenure IN ('state', 'collective_managed', 'household', 'other_contract', 'transferred', 'private_plot')",
            name=op.f("ck_subcompartments_tenure_listed"),
        ),
        sa.CheckConstraint("area_mu > 0 AND volume_m3 >= 0", name=op.f("ck_subcompartments_measured")),
        sa.ForeignKeyConstraint(["version_id"], ["inventories.id"], name=op.f("fk_subcompartments_version_id")),
        sa.PrimaryKeyConstraint("version_id", "row_no", name=op.f("pk_subcompartments")),
        sa.UniqueConstraint("version_id", "code", name=op.f("uq_subcompartments_version_id_code")),
    )
    op.create_index(
        "uq_inventories_rows",
        "inventories",
        ["digest", "surveyed_on"],
        unique=True,
        sqlite_where=sa.text("state <> 'failed'"),
        postgresql_where=sa.text("state <> 'failed'"),
    )
    _guard_inventories()
    _guard_rows()


def _guard_inventories():
    table = "inventories"
    differs = "IS NOT" if is_sqlite() else "IS DISTINCT FROM"
    refuse(
        f"{table}_begin", table, "INSERT", "NEW.state <> 'importing' OR NEW.rows_done <> 0", "an import begins empty"
    )
    # REPLACE INTO would take the old row away.
    over = f"EXISTS (SELECT 1 FROM {table} x WHERE x.id = NEW.id)"
    refuse(f"{table}_no_replace", table, "INSERT", over, "an inventory is not written over")
    refuse(
        f"{table}_steps",
        table,
        "UPDATE",
        "OLD.state <> 'importing' OR NEW.id <> OLD.id",
        "an inventory stays as it ended",
    )
    changed = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in SAID)
    refuse(f"{table}_frozen", table, "UPDATE", changed, "what was said of an inventory stays")
    held = "(SELECT count(*) FROM subcompartments s WHERE s.version_id = NEW.id)"
    refuse(
        f"{table}_whole",
        table,
        "UPDATE",
        f"(NEW.state = 'complete' AND {held} <> NEW.rows) OR (NEW.state = 'failed' AND {held} <> 0)",
        "an inventory holds all of its rows or none",
    )
    refuse(f"{table}_kept", table, "DELETE", "1 = 1", "an inventory is kept")
    no_truncate(table)


def _guard_rows():
    table = "subcompartments"
    ended = "NOT EXISTS (SELECT 1 FROM inventories i WHERE i.id = {row}.version_id AND i.state = 'importing')"
    refuse(f"{table}_open", table, "INSERT", ended.format(row="NEW"), "rows come in while an inventory is imported")
    refuse(f"{table}_no_update", table, "UPDATE", "1 = 1", "a sub-compartment stays as it was imported")
    refuse(f"{table}_kept", table, "DELETE", ended.format(row="OLD"), "rows of an inventory are kept")
    no_truncate(table)


def downgrade():
    for table, guards in GUARDS.items():
        may_truncate(table)
        for guard in guards:
            allow(f"{table}_{guard}", table)
    op.drop_table("subcompartments")
    op.drop_table("inventories")
