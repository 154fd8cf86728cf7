"""Letters that go with notices, and whether a person wants them."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, may_truncate, no_truncate, refuse

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

GUARDS = ("mails_begin", "mails_step", "mails_no_delete", "mails_no_replace")
SAME, NEXT = "NEW.tries = OLD.tries", "NEW.tries = OLD.tries + 1"
STEPS = {
    "waiting": (NEXT, ("sending",)),
    "sending": (SAME, ("sent", "waiting", "failed", "unclear", "dropped")),
    "unclear": (SAME, ("sent", "waiting")),
    "failed": (SAME, ("waiting",)),
}
"""Status → what holds of the tries, and what may follow. What was sent or dropped stays as it is."""


def upgrade():
    op.add_column("users", sa.Column("wants_mail", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.create_table(
        "mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("trouble", sa.String(length=40), nullable=True),
        sa.Column("reply", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting', 'sending', 'sent', 'failed', 'unclear', 'dropped')",
            name=op.f("ck_mails_status_listed"),
        ),
        sa.CheckConstraint(
            "trouble IN ('no_server', 'silent', 'tls', 'sign_in', 'sender', 'address', 'refused', 'later', 'stopped')",
            name=op.f("ck_mails_trouble_listed"),
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_mails_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_mails_notice_id")),
    )
    op.create_index("ix_mails_due", "mails", ["status", "not_before"], unique=False)
    begins = "NEW.status <> 'waiting' OR NEW.tries <> 0"
    refuse("mails_begin", "mails", "INSERT", begins, "a letter begins by waiting")
    follows = " OR ".join(
        f"(OLD.status = '{status}' AND {tries} AND NEW.status IN ({', '.join(repr(n) for n in after)}))"
        for status, (tries, after) in STEPS.items()
    )
    other = "NEW.id <> OLD.id OR NEW.notice_id <> OLD.notice_id"
    refuse("mails_step", "mails", "UPDATE", f"{other} OR NOT ({follows})", "a letter is taken once a try and sent once")
    refuse("mails_no_delete", "mails", "DELETE", "1 = 1", "letters are kept")
    there = "EXISTS (SELECT 1 FROM mails x WHERE x.id = NEW.id OR x.notice_id = NEW.notice_id)"
    refuse("mails_no_replace", "mails", "INSERT", there, "one letter a notice")
    no_truncate("mails")


def downgrade():
    may_truncate("mails")
    for name in GUARDS:
        allow(name, "mails")
    op.drop_index("ix_mails_due", "mails")
    op.drop_table("mails")
    op.drop_column("users", "wants_mail")
