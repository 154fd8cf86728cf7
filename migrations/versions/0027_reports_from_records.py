"""Reports are made from the farm's records and inventories: the rows typed for them alone go.

`report_entries` is dropped with what stands in it: nothing has been released, so nobody has typed any but examples.
A report names the pilot it is of, and the farm is reminded of a report that nobody has begun.
"""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, append_freely, append_only, is_sqlite, refuse

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

WRITTEN = ("reason", "chapters", "remarks")


def upgrade():
    append_freely("report_entries")
    op.drop_table("report_entries")
    # As one statement, which both engines take: SQLite cannot add a constraint to a table that is there.
    op.execute(
        "ALTER TABLE pilot_reports ADD COLUMN pilot_id INTEGER CONSTRAINT fk_pilot_reports_pilot_id"
        " REFERENCES pilots (id)"
    )
    _submitted_kept((*WRITTEN, "pilot_id"))
    op.create_table(
        "report_prompts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pilot_id", sa.Integer(), nullable=False),
        sa.Column("period_kind", sa.String(length=40), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('half', 'near', 'due', 'overdue')", name=op.f("ck_report_prompts_kind_listed")),
        sa.CheckConstraint("period_kind IN ('quarter', 'year')", name=op.f("ck_report_prompts_period_kind_listed")),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilots.id"], name=op.f("fk_report_prompts_pilot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_prompts")),
        sa.UniqueConstraint(
            *("pilot_id", "period_kind", "period_from", "kind"),
            name=op.f("uq_report_prompts_pilot_id_period_kind_period_from_kind"),
        ),
    )
    append_only("report_prompts", ("pilot_id", "period_kind", "period_from", "kind"))


def _submitted_kept(columns):
    """What was submitted stays: the guard of 0025 anew, over these columns."""
    name, table = "pilot_reports_submitted_kept", "pilot_reports"
    allow(name, table)
    differs = "IS NOT" if is_sqlite() else "IS DISTINCT FROM"
    changed = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in columns)
    condition = f"OLD.state NOT IN ('draft', 'returned') AND ({changed})"
    refuse(name, table, "UPDATE", condition, "what was submitted stays as it is")


def downgrade():
    append_freely("report_prompts")
    op.drop_table("report_prompts")
    _submitted_kept(WRITTEN)
    op.drop_column("pilot_reports", "pilot_id")
    op.create_table(
        "report_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("farm_id", sa.Integer(), nullable=False),
        sa.Column("table_no", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("method", sa.String(length=200), nullable=False),
        sa.Column("mark", sa.String(length=40), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("table_no BETWEEN 1 AND 11", name=op.f("ck_report_entries_table_listed")),
        sa.CheckConstraint("replaces_id IS NULL OR replaces_id <> id", name=op.f("ck_report_entries_replaces_another")),
        sa.CheckConstraint("NOT void OR replaces_id IS NOT NULL", name=op.f("ck_report_entries_void_replaces_one")),
        sa.CheckConstraint("mark IN ('', 'known', 'unsure')", name=op.f("ck_report_entries_mark_listed")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["users.id"], name=op.f("fk_report_entries_entered_by_id")),
        sa.ForeignKeyConstraint(["farm_id"], ["organisations.id"], name=op.f("fk_report_entries_farm_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["report_entries.id"], name=op.f("fk_report_entries_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_entries")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_report_entries_replaces_id")),
    )
    op.create_index("ix_report_entries_farm", "report_entries", ["farm_id", "table_no", "on_day"], unique=False)
    append_only("report_entries", ("id",))
