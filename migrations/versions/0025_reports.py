"""Reports of the pilot: versions, their figures with sources, their PDFs, and who was reminded."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, append_freely, append_only, is_sqlite, may_truncate, no_truncate, refuse

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

OF_THE_PERIOD = ("body_id", "farm_id", "period_kind", "period_from", "period_to", "version_no", "replaces_id")
WRITTEN = ("reason", "chapters", "remarks")
STEPS = {
    "draft": ("draft", "submitted"),
    "submitted": ("submitted", "returned", "reviewed"),
    "returned": ("returned", "submitted"),
    "reviewed": ("reviewed", "returned", "approved"),
    "approved": ("approved", "returned", "published"),
}
REPORT_GUARDS = ("begin", "no_replace", "steps", "period_kept", "submitted_kept", "frozen", "kept", "corrects")
FIGURE_GUARDS = ("written", "rewritten", "taken_out")


def upgrade():
    op.create_table('pilot_reports',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('body_id', sa.Integer(), nullable=False),
    sa.Column('farm_id', sa.Integer(), nullable=False),
    sa.Column('period_kind', sa.String(length=40), nullable=False),
    sa.Column('period_from', sa.Date(), nullable=False),
    sa.Column('period_to', sa.Date(), nullable=False),
    sa.Column('version_no', sa.Integer(), nullable=False),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=60), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('chapters', sa.Text(), nullable=False),
    sa.Column('remarks', sa.Text(), nullable=False),
    sa.Column('chairs_note', sa.Text(), nullable=False),
    sa.Column('content', sa.Text(), nullable=True),
    sa.Column('content_digest', sa.String(length=64), nullable=True),
    sa.Column('begun_by_id', sa.Integer(), nullable=False),
    sa.Column('begun_at', sa.DateTime(), nullable=False),
    sa.Column('submitted_by_id', sa.Integer(), nullable=True),
    sa.Column('submitted_at', sa.DateTime(), nullable=True),
    sa.Column('reviewed_by_id', sa.Integer(), nullable=True),
    sa.Column('reviewed_at', sa.DateTime(), nullable=True),
    sa.Column('approved_by_id', sa.Integer(), nullable=True),
    sa.Column('approved_at', sa.DateTime(), nullable=True),
    sa.Column('published_at', sa.DateTime(), nullable=True),
    sa.Column('is_example', sa.Boolean(), nullable=False),
    sa.CheckConstraint("(state = 'draft') = (submitted_by_id IS NULL)", name=op.f('ck_pilot_reports_submitted_by_a_person')),
    sa.CheckConstraint("(state = 'published') = (number IS NOT NULL)", name=op.f('ck_pilot_reports_numbered_once_published')),
    sa.CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name=op.f('ck_pilot_reports_published_at_an_instant')),
    sa.CheckConstraint("(state IN ('approved', 'published')) = (approved_by_id IS NOT NULL)", name=op.f('ck_pilot_reports_approved_by_a_person')),
    sa.CheckConstraint("(state IN ('draft', 'returned')) = (content_digest IS NULL)", name=op.f('ck_pilot_reports_content_once_submitted')),
    sa.CheckConstraint("(state IN ('reviewed', 'approved', 'published')) = (reviewed_by_id IS NOT NULL)", name=op.f('ck_pilot_reports_reviewed_by_a_person')),
    sa.CheckConstraint("period_kind IN ('quarter', 'year')", name=op.f('ck_pilot_reports_period_kind_listed')),
    sa.CheckConstraint("state IN ('draft', 'submitted', 'returned', 'reviewed', 'approved', 'published')", name=op.f('ck_pilot_reports_state_listed')),
    sa.CheckConstraint('(approved_by_id IS NULL) = (approved_at IS NULL)', name=op.f('ck_pilot_reports_approval_whole')),
    sa.CheckConstraint('(content IS NULL) = (content_digest IS NULL)', name=op.f('ck_pilot_reports_content_whole')),
    sa.CheckConstraint('(reviewed_by_id IS NULL) = (reviewed_at IS NULL)', name=op.f('ck_pilot_reports_review_whole')),
    sa.CheckConstraint('(submitted_by_id IS NULL) = (submitted_at IS NULL)', name=op.f('ck_pilot_reports_submission_whole')),
    sa.CheckConstraint('(version_no = 1) = (replaces_id IS NULL)', name=op.f('ck_pilot_reports_correction_replaces_one')),
    sa.CheckConstraint('approved_by_id IS NULL OR (approved_by_id <> submitted_by_id AND approved_by_id <> reviewed_by_id)', name=op.f('ck_pilot_reports_approved_by_another')),
    sa.CheckConstraint('period_from < period_to', name=op.f('ck_pilot_reports_period_in_order')),
    sa.CheckConstraint('reviewed_by_id IS NULL OR reviewed_by_id <> submitted_by_id', name=op.f('ck_pilot_reports_reviewed_by_another')),
    sa.CheckConstraint('version_no >= 1', name=op.f('ck_pilot_reports_versions_from_one')),
    sa.ForeignKeyConstraint(['approved_by_id'], ['users.id'], name=op.f('fk_pilot_reports_approved_by_id')),
    sa.ForeignKeyConstraint(['begun_by_id'], ['users.id'], name=op.f('fk_pilot_reports_begun_by_id')),
    sa.ForeignKeyConstraint(['body_id'], ['bodies.id'], name=op.f('fk_pilot_reports_body_id')),
    sa.ForeignKeyConstraint(['farm_id'], ['organisations.id'], name=op.f('fk_pilot_reports_farm_id')),
    sa.ForeignKeyConstraint(['replaces_id'], ['pilot_reports.id'], name=op.f('fk_pilot_reports_replaces_id')),
    sa.ForeignKeyConstraint(['reviewed_by_id'], ['users.id'], name=op.f('fk_pilot_reports_reviewed_by_id')),
    sa.ForeignKeyConstraint(['submitted_by_id'], ['users.id'], name=op.f('fk_pilot_reports_submitted_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pilot_reports')),
    sa.UniqueConstraint('farm_id', 'period_kind', 'period_from', 'version_no', name=op.f('uq_pilot_reports_farm_id_period_kind_period_from_version_no')),
    sa.UniqueConstraint('number', name=op.f('uq_pilot_reports_number'))
    )
    op.create_index('uq_pilot_reports_at_work', 'pilot_reports', ['farm_id', 'period_kind', 'period_from'], unique=True, sqlite_where=sa.text("state <> 'published'"), postgresql_where=sa.text("state <> 'published'"))
    op.create_table('report_figures',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('table_no', sa.Integer(), nullable=False),
    sa.Column('row_no', sa.Integer(), nullable=False),
    sa.Column('column_key', sa.String(length=40), nullable=False),
    sa.Column('value', sa.Numeric(precision=20, scale=6), nullable=True),
    sa.Column('words', sa.String(length=400), nullable=True),
    sa.Column('day', sa.Date(), nullable=True),
    sa.Column('unit', sa.String(length=40), nullable=False),
    sa.Column('sources', sa.Text(), nullable=False),
    sa.Column('method', sa.String(length=200), nullable=False),
    sa.Column('mark', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('as_of', sa.Date(), nullable=True),
    sa.CheckConstraint('(CASE WHEN value IS NULL THEN 0 ELSE 1 END) + (CASE WHEN words IS NULL THEN 0 ELSE 1 END) + (CASE WHEN day IS NULL THEN 0 ELSE 1 END) <= 1', name=op.f('ck_report_figures_one_value')),
    sa.CheckConstraint('row_no >= 0', name=op.f('ck_report_figures_rows_from_the_total')),
    sa.CheckConstraint('table_no BETWEEN 1 AND 11', name=op.f('ck_report_figures_table_listed')),
    sa.ForeignKeyConstraint(['person_id'], ['users.id'], name=op.f('fk_report_figures_person_id')),
    sa.ForeignKeyConstraint(['report_id'], ['pilot_reports.id'], name=op.f('fk_report_figures_report_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_figures')),
    sa.UniqueConstraint('report_id', 'table_no', 'row_no', 'column_key', name=op.f('uq_report_figures_report_id_table_no_row_no_column_key'))
    )
    op.create_index(op.f('ix_report_figures_report_id'), 'report_figures', ['report_id'], unique=False)
    op.create_table('report_files',
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('content_digest', sa.String(length=64), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['report_id'], ['pilot_reports.id'], name=op.f('fk_report_files_report_id')),
    sa.ForeignKeyConstraint(['sha256'], ['stored_files.sha256'], name=op.f('fk_report_files_sha256')),
    sa.PrimaryKeyConstraint('report_id', 'content_digest', name=op.f('pk_report_files'))
    )
    op.create_table('report_reminders',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('sent_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint("kind IN ('half', 'near', 'due', 'overdue')", name=op.f('ck_report_reminders_kind_listed')),
    sa.ForeignKeyConstraint(['report_id'], ['pilot_reports.id'], name=op.f('fk_report_reminders_report_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_reminders')),
    sa.UniqueConstraint('report_id', 'kind', name=op.f('uq_report_reminders_report_id_kind'))
    )
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
    _guard_reports()
    for event, guard in (("INSERT", "written"), ("UPDATE", "rewritten"), ("DELETE", "taken_out")):
        _guard_figures(event, guard)
    no_truncate("report_figures")
    append_only("report_files", ("report_id", "content_digest"))
    append_only("report_reminders", ("report_id", "kind"))


def _differ(columns):
    differs = "IS NOT" if is_sqlite() else "IS DISTINCT FROM"
    return "(" + " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in columns) + ")"


def _guard_reports():
    table = "pilot_reports"
    refuse(f"{table}_begin", table, "INSERT", "NEW.state <> 'draft'", "a report is drafted first")
    # REPLACE INTO would take the old row away.
    over = f"EXISTS (SELECT 1 FROM {table} x WHERE x.id = NEW.id)"
    refuse(f"{table}_no_replace", table, "INSERT", over, "a report is not written over")
    refuse(f"{table}_frozen", table, "UPDATE", "OLD.state = 'published'", "a published report stays as it is")
    led = " OR ".join(
        f"(OLD.state = '{source}' AND NEW.state IN ({', '.join(map(repr, to))}))" for source, to in STEPS.items()
    )
    refuse(f"{table}_steps", table, "UPDATE", f"OLD.state <> 'published' AND NOT ({led})", "a report goes step by step")
    kept = f"NEW.id <> OLD.id OR {_differ(OF_THE_PERIOD)}"
    refuse(f"{table}_period_kept", table, "UPDATE", kept, "a report stays that of its period")
    refuse(
        f"{table}_submitted_kept",
        table,
        "UPDATE",
        f"OLD.state NOT IN ('draft', 'returned') AND {_differ(WRITTEN)}",
        "what was submitted stays as it is",
    )
    refuse(f"{table}_kept", table, "DELETE", "1 = 1", "a report is kept")
    refuse(
        f"{table}_corrects",
        table,
        "INSERT",
        f"NEW.replaces_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {table} x WHERE x.id = NEW.replaces_id"
        " AND x.state = 'published' AND x.farm_id = NEW.farm_id AND x.period_kind = NEW.period_kind"
        " AND x.period_from = NEW.period_from AND x.version_no = NEW.version_no - 1)",
        "a correction follows the published version before it",
    )
    no_truncate(table)


def _guard_figures(event, guard):
    table, row = "report_figures", "OLD" if event == "DELETE" else "NEW"
    rows = f"({row}.report_id)" if event != "UPDATE" else "(NEW.report_id, OLD.report_id)"
    refuse(
        f"{table}_{guard}",
        table,
        event,
        f"EXISTS (SELECT 1 FROM pilot_reports r WHERE r.id IN {rows} AND r.state NOT IN ('draft', 'returned'))",
        "the figures of a submitted report stay as they are",
    )


def downgrade():
    append_freely("report_entries")
    append_freely("report_reminders")
    append_freely("report_files")
    for table, guards in (("report_figures", FIGURE_GUARDS), ("pilot_reports", REPORT_GUARDS)):
        may_truncate(table)
        for guard in guards:
            allow(f"{table}_{guard}", table)
    # Letters are kept; those about reports, which the older program cannot name, go with their notices.
    allow("mails_no_delete", "mails")
    op.execute("DELETE FROM mails WHERE notice_id IN (SELECT id FROM notices WHERE record_kind = 'report')")
    refuse("mails_no_delete", "mails", "DELETE", "1 = 1", "letters are kept")
    op.execute("DELETE FROM notices WHERE record_kind = 'report'")
    op.drop_table("report_reminders")
    op.drop_table("report_files")
    op.drop_table("report_entries")
    op.drop_table("report_figures")
    op.drop_table("pilot_reports")
