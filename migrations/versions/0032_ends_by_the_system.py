"""A sitting may be ended by the system: a case on an agenda is suspended when a condition is overdue (S25, S40)."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import append_freely, append_only, is_sqlite

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TABLE, KEY = "deliberation_ends", ("deliberation_id",)
COLUMNS = "deliberation_id, action, ended_at, ended_by_id"


def ended_by(*, nobody: bool) -> None:
    """Whether `ended_by_id` may be empty. SQLite changes no column: the table is made anew and its rows moved over."""
    append_freely(TABLE)
    if not nobody:
        who = f"(SELECT d.opened_by_id FROM deliberations d WHERE d.id = {TABLE}.deliberation_id)"
        op.execute(f"UPDATE {TABLE} SET ended_by_id = {who} WHERE ended_by_id IS NULL")
    if is_sqlite():
        op.create_table(
            f"{TABLE}_new",
            sa.Column("deliberation_id", sa.Integer(), nullable=False),
            sa.Column("action", sa.String(length=40), nullable=False),
            sa.Column("ended_at", sa.DateTime(), nullable=False),
            sa.Column("ended_by_id", sa.Integer(), nullable=nobody),
            sa.ForeignKeyConstraint(
                ["deliberation_id"], ["deliberations.id"], name=op.f("fk_deliberation_ends_deliberation_id")
            ),
            sa.ForeignKeyConstraint(["ended_by_id"], ["users.id"], name=op.f("fk_deliberation_ends_ended_by_id")),
            sa.PrimaryKeyConstraint("deliberation_id", name=op.f("pk_deliberation_ends")),
        )
        op.execute(f"INSERT INTO {TABLE}_new ({COLUMNS}) SELECT {COLUMNS} FROM {TABLE}")
        op.drop_table(TABLE)
        # The guards of other tables name this one; without the switch they would have to be made anew as well.
        op.execute("PRAGMA legacy_alter_table=ON")
        op.rename_table(f"{TABLE}_new", TABLE)
        op.execute("PRAGMA legacy_alter_table=OFF")
    else:
        op.alter_column(TABLE, "ended_by_id", nullable=nobody)
    append_only(TABLE, KEY)


def upgrade():
    ended_by(nobody=True)


def downgrade():
    ended_by(nobody=False)
