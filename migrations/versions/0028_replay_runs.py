"""Replays that were asked for: how far each is, and how it ended."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, may_truncate, no_truncate, refuse

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

TABLE = "replay_runs"
GUARDS = ("begin", "no_replace", "ended", "frozen", "kept")
ASKED = ("id", "change_id", "content_digest", "asked_at", "asked_by_id")


def _check(name, condition):
    return sa.CheckConstraint(condition, name=op.f(f"ck_{TABLE}_{name}"))


def _fk(column, target):
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{TABLE}_{column}"))


def upgrade():
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("beat_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("problem", sa.String(length=40), nullable=False),
        _check("counted", "cases >= 0 AND done >= 0"),
        _check("open_without_a_problem", "ended_at IS NOT NULL OR problem = ''"),
        _check("problem_listed", "problem IN ('', 'changed', 'stopped', 'failed')"),
        _check("digest_whole", "length(content_digest) = 64"),
        _fk("change_id", "policy_changes.id"),
        _fk("asked_by_id", "users.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(
        "uq_replay_runs_open",
        TABLE,
        ["change_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    refuse(f"{TABLE}_begin", TABLE, "INSERT", "NEW.done <> 0 OR NEW.ended_at IS NOT NULL", "a replay begins at nothing")
    over = f"EXISTS (SELECT 1 FROM {TABLE} x WHERE x.id = NEW.id)"
    refuse(f"{TABLE}_no_replace", TABLE, "INSERT", over, "a replay is not written over")
    refuse(f"{TABLE}_ended", TABLE, "UPDATE", "OLD.ended_at IS NOT NULL", "a replay stays as it ended")
    moved = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in ASKED)
    refuse(f"{TABLE}_frozen", TABLE, "UPDATE", moved, "a replay stays of what it was asked for")
    # What was tried on a draft goes with the draft.
    proposed = "EXISTS (SELECT 1 FROM policy_changes c WHERE c.id = OLD.change_id AND c.state <> 'draft')"
    refuse(f"{TABLE}_kept", TABLE, "DELETE", proposed, "a replay of a proposal is kept")
    no_truncate(TABLE)


def downgrade():
    may_truncate(TABLE)
    for guard in GUARDS:
        allow(f"{TABLE}_{guard}", TABLE)
    op.drop_table(TABLE)
