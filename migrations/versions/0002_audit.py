"""The audit chain and the words it holds digests of."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, append_freely, append_only, may_truncate, no_truncate, refuse

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "audit_events",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_role", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("subject_version", sa.Integer(), nullable=True),
        sa.Column("round_no", sa.Integer(), nullable=True),
        sa.Column("from_state", sa.String(length=40), nullable=True),
        sa.Column("to_state", sa.String(length=40), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("words_digest", sa.String(length=64), nullable=True),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_audit_events_actor_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_events")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_events_hash")),
        sa.UniqueConstraint("prev", name=op.f("uq_audit_events_prev")),
    )
    op.create_index("ix_audit_events_subject", "audit_events", ["subject_kind", "subject_id"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "remarks",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["audit_events.seq"], name=op.f("fk_remarks_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_remarks")),
    )
    append_only("audit_events", ["seq"])
    append_only("remarks", ["seq"])
    # The chain goes on from its head, one link at a time, whoever writes.
    refuse(
        "audit_events_in_order",
        "audit_events",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM audit_head h WHERE NEW.seq = h.seq + 1 AND NEW.prev = h.hash)",
        "audit events follow the head",
    )
    refuse(
        "audit_head_moves_on",
        "audit_head",
        "UPDATE",
        "NEW.id <> 1 OR NOT EXISTS (SELECT 1 FROM audit_events e WHERE e.seq = NEW.seq AND e.hash = NEW.hash AND e.seq = OLD.seq + 1)",
        "the audit head moves to the next event",
    )
    refuse("audit_head_stays", "audit_head", "DELETE", "1 = 1", "the audit head stays")
    op.execute(f"INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '{'0' * 64}')")
    no_truncate("audit_head")
    refuse("audit_head_is_one", "audit_head", "INSERT", "1 = 1", "there is one audit head")


def downgrade():
    for name in ("is_one", "stays", "moves_on"):
        allow(f"audit_head_{name}", "audit_head")
    may_truncate("audit_head")
    allow("audit_events_in_order", "audit_events")
    append_freely("remarks")
    append_freely("audit_events")
    op.drop_table("remarks")
    op.drop_table("audit_head")
    op.drop_table("audit_events")
