"""Notices about records of any kind; those about changes of the policy become such notices."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, refuse

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BEFORE = (
    "(CASE WHEN case_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN meeting_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN change_id IS NULL THEN 0 ELSE 1 END) = 1"
)
ONE = BEFORE.replace("change_id", "record_id")


def upgrade():
    with op.batch_alter_table("notices") as notices:
        notices.add_column(sa.Column("record_kind", sa.String(length=40), nullable=True))
        notices.add_column(sa.Column("record_id", sa.Integer(), nullable=True))
        notices.drop_constraint(op.f("ck_notices_of_one_subject"), type_="check")
    op.execute("UPDATE notices SET record_kind = 'policy', record_id = change_id WHERE change_id IS NOT NULL")
    with op.batch_alter_table("notices") as notices:
        notices.drop_constraint(op.f("fk_notices_change_id"), type_="foreignkey")
        notices.drop_column("change_id")
        notices.create_check_constraint(op.f("ck_notices_of_one_subject"), ONE)
        notices.create_check_constraint(op.f("ck_notices_record_whole"), "(record_kind IS NULL) = (record_id IS NULL)")


def downgrade():
    # Letters are kept; those about records that the older tables cannot name go with their notices.
    allow("mails_no_delete", "mails")
    op.execute(
        "DELETE FROM mails WHERE notice_id IN"
        " (SELECT id FROM notices WHERE record_kind IS NOT NULL)"
    )
    refuse("mails_no_delete", "mails", "DELETE", "1 = 1", "letters are kept")
    op.execute("DELETE FROM notices WHERE record_kind IS NOT NULL AND record_kind <> 'policy'")
    with op.batch_alter_table("notices") as notices:
        notices.add_column(sa.Column("change_id", sa.Integer(), nullable=True))
        notices.drop_constraint(op.f("ck_notices_of_one_subject"), type_="check")
        notices.drop_constraint(op.f("ck_notices_record_whole"), type_="check")
    op.execute("UPDATE notices SET change_id = record_id WHERE record_kind = 'policy'")
    with op.batch_alter_table("notices") as notices:
        notices.create_foreign_key(op.f("fk_notices_change_id"), "policy_changes", ["change_id"], ["id"])
        notices.drop_column("record_kind")
        notices.drop_column("record_id")
        notices.create_check_constraint(op.f("ck_notices_of_one_subject"), BEFORE)
