"""Clocks of cases, their pauses and reminders, and what the database refuses of them."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, append_freely, append_only, local_day, may_truncate, no_truncate, refuse

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KINDS = (
    "'acceptance', 'correction', 'risk_decision', 'validation', 'public_notice', 'registration_decision', 'delivery',"
    " 'reconsideration_ask', 'reconsideration_answer', 'condition', 'crediting'"
)
FIXED = ("case_id", "round_no", "kind", "ref", "started_on", "length", "unit", "start_counts")
RUNNING = sa.text("ended_on IS NULL")


def upgrade():
    op.create_table(
        "clocks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("start_counts", sa.Boolean(), nullable=False),
        sa.Column("named_on", sa.Date(), nullable=True),
        sa.Column("extended", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=True),
        sa.Column("refused_at", sa.DateTime(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("half_on", sa.Date(), nullable=True),
        sa.Column("near_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.String(length=40), nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_clocks_kind_listed")),
        sa.CheckConstraint(
            "unit IN ('working_days', 'days', 'months', 'years')", name=op.f("ck_clocks_unit_listed")
        ),
        sa.CheckConstraint("length >= 1 AND extended >= 0", name=op.f("ck_clocks_length_in_range")),
        sa.CheckConstraint("(ended_on IS NULL) = (ended_by IS NULL)", name=op.f("ck_clocks_ended_by_an_act")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_clocks_case_id")),
        sa.ForeignKeyConstraint(
            ["case_id", "round_no"], ["rounds.case_id", "rounds.no"], name=op.f("fk_clocks_case_id_round_no")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clocks")),
    )
    op.create_index(op.f("ix_clocks_case_id"), "clocks", ["case_id"], unique=False)
    op.create_index("ix_clocks_due", "clocks", ["due_on"], sqlite_where=RUNNING, postgresql_where=RUNNING)
    op.create_index(
        "uq_clocks_running", "clocks", ["case_id", "kind", "ref"], unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING
    )
    op.create_table(
        "clock_pauses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("after_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("until_act", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["clock_id"], ["clocks.id"], name=op.f("fk_clock_pauses_clock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_pauses")),
    )
    op.create_index(op.f("ix_clock_pauses_clock_id"), "clock_pauses", ["clock_id"], unique=False)
    op.create_table(
        "clock_reminders",
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("extended", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('half', 'near', 'due', 'overdue')", name=op.f("ck_clock_reminders_kind_listed")),
        sa.ForeignKeyConstraint(["clock_id"], ["clocks.id"], name=op.f("fk_clock_reminders_clock_id")),
        sa.PrimaryKeyConstraint("clock_id", "kind", "extended", name=op.f("pk_clock_reminders")),
    )
    append_only("clock_reminders", ["clock_id", "kind", "extended"])
    for table in ("clocks", "clock_pauses"):
        refuse(f"{table}_kept", table, "DELETE", "1 = 1", f"{table} are kept")
        same = f"EXISTS (SELECT 1 FROM {table} x WHERE x.id = NEW.id)"
        refuse(f"{table}_no_replace", table, "INSERT", same, f"{table} are kept")
        no_truncate(table)
    changed = " OR ".join(f"NEW.{c} <> OLD.{c}" for c in FIXED)
    refuse(
        "clocks_fixed",
        "clocks",
        "UPDATE",
        f"{changed} OR COALESCE(NEW.named_on, '0001-01-01') <> COALESCE(OLD.named_on, '0001-01-01')"
        " OR OLD.ended_on IS NOT NULL",
        "what a clock was started with, and one that has ended, stay",
    )
    refuse(
        "clocks_extended_once",
        "clocks",
        "UPDATE",
        "NEW.extended <> OLD.extended AND (OLD.extended <> 0 OR OLD.refused_at IS NOT NULL)",
        "a clock is extended once",
    )
    refuse(
        "clock_pauses_fixed",
        "clock_pauses",
        "UPDATE",
        "NEW.clock_id <> OLD.clock_id OR NEW.act <> OLD.act OR NEW.after_on <> OLD.after_on"
        " OR OLD.until_act IS NOT NULL",
        "a pause that has ended stays",
    )
    passed = "NOT EXISTS (SELECT 1 FROM clocks k WHERE k.case_id = NEW.{case} AND k.kind = '{kind}' AND k.ended_on IS NULL AND k.due_on < {day})"
    refuse(
        "cases_lapse_in_time",
        "cases",
        "UPDATE",
        "NEW.state = 'lapsed' AND OLD.state <> 'lapsed' AND "
        + passed.format(case="id", kind="correction", day=local_day("NEW.state_since")),
        "a case lapses once the time for corrections has passed",
    )
    refuse(
        "gate_decisions_deemed_in_time",
        "gate_decisions",
        "INSERT",
        "NEW.result = 'deemed' AND NEW.gate = 'acceptance' AND "
        + passed.format(case="case_id", kind="acceptance", day=local_day("NEW.decided_at")),
        "nothing is deemed accepted before its time has passed",
    )


def downgrade():
    allow("gate_decisions_deemed_in_time", "gate_decisions")
    allow("cases_lapse_in_time", "cases")
    allow("clock_pauses_fixed", "clock_pauses")
    allow("clocks_extended_once", "clocks")
    allow("clocks_fixed", "clocks")
    for table in ("clocks", "clock_pauses"):
        may_truncate(table)
        allow(f"{table}_no_replace", table)
        allow(f"{table}_kept", table)
    append_freely("clock_reminders")
    op.drop_table("clock_reminders")
    op.drop_index(op.f("ix_clock_pauses_clock_id"), table_name="clock_pauses")
    op.drop_table("clock_pauses")
    op.drop_index("uq_clocks_running", table_name="clocks")
    op.drop_index("ix_clocks_due", table_name="clocks")
    op.drop_index(op.f("ix_clocks_case_id"), table_name="clocks")
    op.drop_table("clocks")
