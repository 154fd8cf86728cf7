"""Who is tied to whom among organisations: entered by officers, ended, never changed or removed."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, may_truncate, no_truncate, refuse

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

GUARDS = ("kept", "no_delete", "no_replace", "once")
ONLY_ENDED = "a tie of organisations is only ever ended"


def upgrade():
    op.create_table(
        "organisation_ties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("related_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('parent', 'same_controller', 'same_representative', 'shareholder', 'same_place', 'other')",
            name=op.f("ck_organisation_ties_kind_listed"),
        ),
        sa.CheckConstraint("organisation_id <> related_id", name=op.f("ck_organisation_ties_two")),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_organisation_ties_period_in_order")),
        sa.CheckConstraint("length(source) > 0", name=op.f("ck_organisation_ties_sourced")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["users.id"], name=op.f("fk_organisation_ties_entered_by_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_organisation_ties_organisation_id")
        ),
        sa.ForeignKeyConstraint(["related_id"], ["organisations.id"], name=op.f("fk_organisation_ties_related_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_ties")),
    )
    op.create_index(op.f("ix_organisation_ties_organisation_id"), "organisation_ties", ["organisation_id"])
    op.create_index(op.f("ix_organisation_ties_related_id"), "organisation_ties", ["related_id"])
    _guard()


def _guard():
    refuse(
        "organisation_ties_kept",
        "organisation_ties",
        "UPDATE",
        "OLD.until IS NOT NULL OR NEW.id <> OLD.id OR NEW.organisation_id <> OLD.organisation_id"
        " OR NEW.related_id <> OLD.related_id OR NEW.kind <> OLD.kind OR NEW.source <> OLD.source"
        " OR NEW.since <> OLD.since OR NEW.entered_at <> OLD.entered_at OR NEW.entered_by_id <> OLD.entered_by_id",
        ONLY_ENDED,
    )
    refuse("organisation_ties_no_delete", "organisation_ties", "DELETE", "1 = 1", ONLY_ENDED)
    refuse(
        "organisation_ties_no_replace",
        "organisation_ties",
        "INSERT",
        "EXISTS (SELECT 1 FROM organisation_ties x WHERE x.id = NEW.id)",
        ONLY_ENDED,
    )
    # The same tie, named from either side, stands once at a time.
    refuse(
        "organisation_ties_once",
        "organisation_ties",
        "INSERT",
        "EXISTS (SELECT 1 FROM organisation_ties x WHERE x.kind = NEW.kind"
        " AND ((x.organisation_id = NEW.organisation_id AND x.related_id = NEW.related_id)"
        " OR (x.organisation_id = NEW.related_id AND x.related_id = NEW.organisation_id))"
        " AND (x.until IS NULL OR x.until >= NEW.since) AND (NEW.until IS NULL OR NEW.until >= x.since))",
        "the same tie stands once at a time",
    )
    no_truncate("organisation_ties")


def downgrade():
    may_truncate("organisation_ties")
    for guard in GUARDS:
        allow(f"organisation_ties_{guard}", "organisation_ties")
    op.drop_index(op.f("ix_organisation_ties_related_id"), table_name="organisation_ties")
    op.drop_index(op.f("ix_organisation_ties_organisation_id"), table_name="organisation_ties")
    op.drop_table("organisation_ties")
