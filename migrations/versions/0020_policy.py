"""Changes of the policy, their replays, and notices about a change."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, is_sqlite, local_day, may_truncate, no_truncate, refuse

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

STATES = "'draft', 'proposed', 'confirmed', 'refused', 'withdrawn'"
PROPOSED = (
    *("body_id", "number", "subject", "effective_on", "content", "content_digest", "reasons", "document_number"),
    *("document_title", "sha256", "filename", "drafted_by_id", "drafted_at", "proposed_by_id", "proposed_at"),
    "is_example",
)
"""What stands as it was proposed."""
GUARDS = {
    "policy_changes": ("begin", "no_replace", "steps", "frozen", "kept", "confirmed"),
    "policy_replays": ("no_replace", "no_update", "kept", "of_its_content"),
}
ONE_OF_TWO = "(case_id IS NULL) <> (meeting_id IS NULL)"
ONE_OF_THREE = (
    "(CASE WHEN case_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN meeting_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN change_id IS NULL THEN 0 ELSE 1 END) = 1"
)
REVISION = (
    "COALESCE((SELECT h.history_digest FROM policy_changes h WHERE h.history_no ="
    " (SELECT max(m.history_no) FROM policy_changes m WHERE m.id <> NEW.id)), '')"
)


def upgrade():
    op.create_table(
        "policy_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("document_number", sa.String(length=120), nullable=False),
        sa.Column("document_title", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("filename", sa.String(length=200), nullable=True),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("history_no", sa.Integer(), nullable=True),
        sa.Column("history_digest", sa.String(length=64), nullable=True),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_policy_changes_state_listed")),
        sa.CheckConstraint(
            "(state = 'draft') = (number IS NULL)", name=op.f("ck_policy_changes_numbered_once_proposed")
        ),
        sa.CheckConstraint(
            "(state = 'draft') = (proposed_by_id IS NULL)", name=op.f("ck_policy_changes_proposed_by_a_person")
        ),
        sa.CheckConstraint(
            "(state = 'draft') = (proposed_at IS NULL)", name=op.f("ck_policy_changes_proposed_at_an_instant")
        ),
        sa.CheckConstraint(
            "(state IN ('draft', 'proposed')) = (decided_by_id IS NULL)",
            name=op.f("ck_policy_changes_decided_by_a_person"),
        ),
        sa.CheckConstraint(
            "(state IN ('draft', 'proposed')) = (decided_at IS NULL)",
            name=op.f("ck_policy_changes_decided_at_an_instant"),
        ),
        sa.CheckConstraint(
            "state = 'draft' OR (sha256 IS NOT NULL AND reasons <> '')",
            name=op.f("ck_policy_changes_with_its_document"),
        ),
        sa.CheckConstraint(
            "(sha256 IS NULL) = (filename IS NULL)", name=op.f("ck_policy_changes_file_has_a_name")
        ),
        sa.CheckConstraint(
            "state NOT IN ('confirmed', 'refused') OR decided_by_id <> proposed_by_id",
            name=op.f("ck_policy_changes_decided_by_another"),
        ),
        sa.CheckConstraint(
            "state <> 'withdrawn' OR decided_by_id = proposed_by_id",
            name=op.f("ck_policy_changes_withdrawn_by_who_proposed"),
        ),
        sa.CheckConstraint(
            "(state = 'confirmed') = (history_no IS NOT NULL)",
            name=op.f("ck_policy_changes_counted_once_confirmed"),
        ),
        sa.CheckConstraint(
            "(history_no IS NULL) = (history_digest IS NULL)", name=op.f("ck_policy_changes_history_whole")
        ),
        sa.CheckConstraint("length(content_digest) = 64", name=op.f("ck_policy_changes_digest_whole")),
        sa.ForeignKeyConstraint(["body_id"], ["bodies.id"], name=op.f("fk_policy_changes_body_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_policy_changes_decided_by_id")),
        sa.ForeignKeyConstraint(["drafted_by_id"], ["users.id"], name=op.f("fk_policy_changes_drafted_by_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["users.id"], name=op.f("fk_policy_changes_proposed_by_id")),
        sa.ForeignKeyConstraint(["sha256"], ["stored_files.sha256"], name=op.f("fk_policy_changes_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_changes")),
        sa.UniqueConstraint("history_digest", name=op.f("uq_policy_changes_history_digest")),
        sa.UniqueConstraint("history_no", name=op.f("uq_policy_changes_history_no")),
        sa.UniqueConstraint("number", name=op.f("uq_policy_changes_number")),
    )
    op.create_index(
        "uq_policy_changes_in_force",
        "policy_changes",
        ["subject", "effective_on"],
        unique=True,
        sqlite_where=sa.text("state = 'confirmed'"),
        postgresql_where=sa.text("state = 'confirmed'"),
    )
    op.create_table(
        "policy_replays",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.String(length=64), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["policy_changes.id"], name=op.f("fk_policy_replays_change_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_policy_replays_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_replays")),
    )
    op.create_index("ix_policy_replays_change", "policy_replays", ["change_id"], unique=False)
    with op.batch_alter_table("notices") as notices:
        notices.add_column(sa.Column("change_id", sa.Integer(), nullable=True))
        notices.create_foreign_key(op.f("fk_notices_change_id"), "policy_changes", ["change_id"], ["id"])
        notices.drop_constraint(op.f("ck_notices_of_one_subject"), type_="check")
        notices.create_check_constraint(op.f("ck_notices_of_one_subject"), ONE_OF_THREE)
    _guard_changes()
    _guard_replays()


def _guard_changes():
    table = "policy_changes"
    differs = "IS NOT" if is_sqlite() else "IS DISTINCT FROM"
    refuse(f"{table}_begin", table, "INSERT", "NEW.state <> 'draft'", "a change is drafted first")
    # REPLACE INTO would take the old row away.
    over = f"EXISTS (SELECT 1 FROM {table} x WHERE x.id = NEW.id)"
    refuse(f"{table}_no_replace", table, "INSERT", over, "a change is not written over")
    refuse(
        f"{table}_steps",
        table,
        "UPDATE",
        "NOT ((OLD.state = 'draft' AND NEW.state IN ('draft', 'proposed'))"
        " OR (OLD.state = 'proposed' AND NEW.state IN ('confirmed', 'refused', 'withdrawn')))",
        "a change is proposed, then decided once",
    )
    refuse(
        f"{table}_frozen",
        table,
        "UPDATE",
        "NEW.id <> OLD.id OR (OLD.state <> 'draft' AND ("
        + " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in PROPOSED)
        + "))",
        "what was proposed stays as it is",
    )
    refuse(f"{table}_kept", table, "DELETE", "OLD.state <> 'draft'", "a change that was proposed is kept")
    refuse(
        f"{table}_confirmed",
        table,
        "UPDATE",
        "NEW.state = 'confirmed' AND OLD.state <> 'confirmed' AND ("
        f"NEW.effective_on <= {local_day('NEW.decided_at')}"
        f" OR NEW.history_no <> 1 + (SELECT count(*) FROM {table} x WHERE x.state = 'confirmed')"
        " OR NOT EXISTS (SELECT 1 FROM policy_replays r WHERE r.change_id = NEW.id"
        f" AND r.content_digest = NEW.content_digest AND r.revision = {REVISION}))",
        "a change is confirmed for a later day, replayed as it stands",
    )
    no_truncate(table)


def _guard_replays():
    table = "policy_replays"
    over = f"EXISTS (SELECT 1 FROM {table} x WHERE x.id = NEW.id)"
    refuse(f"{table}_no_replace", table, "INSERT", over, f"{table} is append-only")
    refuse(f"{table}_no_update", table, "UPDATE", "1 = 1", f"{table} is append-only")
    # What was tried on a draft goes with the draft.
    drafted = "EXISTS (SELECT 1 FROM policy_changes c WHERE c.id = OLD.change_id AND c.state <> 'draft')"
    refuse(f"{table}_kept", table, "DELETE", drafted, f"{table} is append-only")
    refuse(
        f"{table}_of_its_content",
        table,
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM policy_changes c WHERE c.id = NEW.change_id"
        " AND c.content_digest = NEW.content_digest AND c.state IN ('draft', 'proposed'))",
        "a replay is of a change as it stands, before it is decided",
    )
    no_truncate(table)


def downgrade():
    op.execute("DELETE FROM notices WHERE change_id IS NOT NULL")
    with op.batch_alter_table("notices") as notices:
        notices.drop_constraint(op.f("ck_notices_of_one_subject"), type_="check")
        notices.drop_constraint(op.f("fk_notices_change_id"), type_="foreignkey")
        notices.drop_column("change_id")
        notices.create_check_constraint(op.f("ck_notices_of_one_subject"), ONE_OF_TWO)
    for table, guards in GUARDS.items():
        may_truncate(table)
        for guard in guards:
            allow(f"{table}_{guard}", table)
    op.drop_table("policy_replays")
    op.drop_table("policy_changes")
