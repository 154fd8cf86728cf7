"""Deliveries of decisions, and the clock of an objection; what the database refuses of them."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, append_freely, append_only, is_sqlite, local_day, refuse

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KINDS = (
    "'acceptance', 'correction', 'risk_decision', 'validation', 'public_notice', 'registration_decision', 'delivery',"
    " 'reconsideration_ask', 'reconsideration_answer', 'condition', 'crediting'"
)
WAYS = "'in_person', 'post', 'electronic', 'left', 'announced', 'confirmed'"
FIXED = ("case_id", "round_no", "kind", "ref", "started_on", "length", "unit", "start_counts")
COLUMNS = (
    "id, case_id, round_no, kind, ref, started_on, length, unit, start_counts, named_on, extended, asked_at,"
    " refused_at, due_on, provisional, half_on, near_on, ended_on, ended_by"
)
RUNNING = sa.text("ended_on IS NULL")
PASSED = (
    "NOT EXISTS (SELECT 1 FROM clocks k WHERE k.case_id = NEW.{case} AND k.kind = '{kind}'"
    " AND k.ended_on IS NULL AND k.due_on < {day})"
)


def guard_clocks() -> None:
    """As in 0012: SQLite drops the triggers of a table with the table."""
    refuse("clocks_kept", "clocks", "DELETE", "1 = 1", "clocks are kept")
    same = "EXISTS (SELECT 1 FROM clocks x WHERE x.id = NEW.id)"
    refuse("clocks_no_replace", "clocks", "INSERT", same, "clocks are kept")
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
        "cases_lapse_in_time",
        "cases",
        "UPDATE",
        "NEW.state = 'lapsed' AND OLD.state <> 'lapsed' AND "
        + PASSED.format(case="id", kind="correction", day=local_day("NEW.state_since")),
        "a case lapses once the time for corrections has passed",
    )
    refuse(
        "gate_decisions_deemed_in_time",
        "gate_decisions",
        "INSERT",
        "NEW.result = 'deemed' AND NEW.gate = 'acceptance' AND "
        + PASSED.format(case="case_id", kind="acceptance", day=local_day("NEW.decided_at")),
        "nothing is deemed accepted before its time has passed",
    )


def clocks_again(kinds: str) -> None:
    """SQLite changes no CHECK: the table is made anew, with foreign keys off (env.py), and its rows moved over."""
    for name, table in {
        "cases_lapse_in_time": "cases",
        "gate_decisions_deemed_in_time": "gate_decisions",
        **dict.fromkeys(("clocks_kept", "clocks_no_replace", "clocks_fixed", "clocks_extended_once"), "clocks"),
    }.items():
        allow(name, table)
    op.create_table(
        "clocks_new",
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
        sa.CheckConstraint(f"kind IN ({kinds})", name=op.f("ck_clocks_kind_listed")),
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
    op.execute(f"INSERT INTO clocks_new ({COLUMNS}) SELECT {COLUMNS} FROM clocks")
    op.drop_table("clocks")
    op.rename_table("clocks_new", "clocks")
    op.create_index(op.f("ix_clocks_case_id"), "clocks", ["case_id"], unique=False)
    op.create_index("ix_clocks_due", "clocks", ["due_on"], sqlite_where=RUNNING)
    op.create_index("uq_clocks_running", "clocks", ["case_id", "kind", "ref"], unique=True, sqlite_where=RUNNING)
    guard_clocks()


def clocks_of(kinds: str) -> None:
    if is_sqlite():
        clocks_again(kinds)
        return
    op.drop_constraint(op.f("ck_clocks_kind_listed"), "clocks")
    op.create_check_constraint(op.f("ck_clocks_kind_listed"), "clocks", f"kind IN ({kinds})")


def upgrade():
    clocks_of(f"{KINDS}, 'objection'")
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=40), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"way IN ({WAYS})", name=op.f("ck_deliveries_way_listed")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_deliveries_case_id")),
        sa.ForeignKeyConstraint(["clock_id"], ["clocks.id"], name=op.f("fk_deliveries_clock_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_deliveries_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("clock_id", name=op.f("uq_deliveries_clock_id")),
    )
    op.create_index(op.f("ix_deliveries_case_id"), "deliveries", ["case_id"], unique=False)
    append_only("deliveries", ["id"])
    refuse(
        "deliveries_no_replace_clock",
        "deliveries",
        "INSERT",
        "EXISTS (SELECT 1 FROM deliveries x WHERE x.clock_id = NEW.clock_id)",
        "a decision is delivered once",
    )
    refuse(
        "deliveries_of_a_decision",
        "deliveries",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM clocks k WHERE k.id = NEW.clock_id AND k.case_id = NEW.case_id"
        f" AND k.kind = 'delivery' AND k.started_on <= NEW.delivered_on) OR NEW.delivered_on > {local_day('NEW.recorded_at')}",
        "a decision is delivered after it was taken, and recorded once it was delivered",
    )


def downgrade():
    for name in ("of_a_decision", "no_replace_clock"):
        allow(f"deliveries_{name}", "deliveries")
    append_freely("deliveries")
    op.drop_index(op.f("ix_deliveries_case_id"), table_name="deliveries")
    op.drop_table("deliveries")
    # The clocks of objections go; what reminded of them went out and stays in the chain.
    if is_sqlite():
        allow("clocks_kept", "clocks")
    else:
        op.execute("ALTER TABLE clocks DISABLE TRIGGER USER")
    append_freely("clock_reminders")
    gone = "(SELECT id FROM clocks WHERE kind = 'objection')"
    op.execute(f"DELETE FROM clock_reminders WHERE clock_id IN {gone}")
    append_only("clock_reminders", ["clock_id", "kind", "extended"])
    allow("clock_pauses_kept", "clock_pauses")
    op.execute(f"DELETE FROM clock_pauses WHERE clock_id IN {gone}")
    refuse("clock_pauses_kept", "clock_pauses", "DELETE", "1 = 1", "clock_pauses are kept")
    op.execute("DELETE FROM clocks WHERE kind = 'objection'")
    if is_sqlite():
        refuse("clocks_kept", "clocks", "DELETE", "1 = 1", "clocks are kept")
    else:
        op.execute("ALTER TABLE clocks ENABLE TRIGGER USER")
    clocks_of(KINDS)
