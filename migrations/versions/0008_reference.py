"""Published projects elsewhere, read-only."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "reference_projects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_registry", sa.String(length=60), nullable=False),
        sa.Column("external_id", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("status", sa.String(length=120), nullable=False),
        sa.Column("scope", sa.String(length=120), nullable=False),
        sa.Column("type", sa.String(length=200), nullable=False),
        sa.Column("methodology", sa.String(length=400), nullable=False),
        sa.Column("country", sa.String(length=80), nullable=False),
        sa.Column("region", sa.String(length=200), nullable=False),
        sa.Column("developer", sa.String(length=400), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=True),
        sa.Column("issued_t", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("retired_t", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("area_mu", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_projects")),
        sa.UniqueConstraint(
            "source_registry", "external_id", name=op.f("uq_reference_projects_source_registry_external_id")
        ),
    )
    op.create_index("ix_reference_projects_country", "reference_projects", ["country", "scope"], unique=False)


def downgrade():
    op.drop_table("reference_projects")
