"""Cases, their rounds, answers, files, papers and numbers."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, append_freely, append_only, is_sqlite, may_truncate, no_truncate, refuse

WITH_AN_OPINION = (
    "legal_opinion",
    "validation_report",
    "national_notice",
    "standard_validation",
    "environment_opinion",
)
NEVER_EMPTIED = ("cases", "answers", "documents", "number_counters")

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("project_number", sa.String(length=60), nullable=True),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("returns_to", sa.String(40), nullable=True),
        sa.Column("suspended_by", sa.String(40), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("proponent_org_id", sa.Integer(), nullable=True),
        sa.Column("proponent_user_id", sa.Integer(), nullable=True),
        sa.Column("agent_org_id", sa.Integer(), nullable=True),
        sa.Column("partner_org_id", sa.Integer(), nullable=True),
        sa.Column("vvb_org_id", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("copied_from_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("scheme", sa.String(40), nullable=True),
        sa.Column("activity", sa.String(40), nullable=True),
        sa.Column("method", sa.String(length=40), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=True),
        sa.Column("area_mu", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("state_since", sa.DateTime(), nullable=False),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(state = 'draft') = (number IS NULL)", name=op.f("ck_cases_numbered_once_submitted")),
        sa.CheckConstraint("(state = 'draft') = (round = 0)", name=op.f("ck_cases_round_once_submitted")),
        sa.CheckConstraint(
            "(state IN ('correction_requested', 'suspended', 'declined', 'rejected')) = (returns_to IS NOT NULL)",
            name=op.f("ck_cases_waits_for_a_stage"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'methodology_screening', 'risk_review', 'validation', 'registration', 'registered', 'correction_requested', 'suspended', 'amendment_review', 'declined', 'lapsed', 'withdrawn', 'rejected', 'revoked', 'closed')",
            name=op.f("ck_cases_state_listed"),
        ),
        sa.CheckConstraint(
            "(proponent_org_id IS NULL) <> (proponent_user_id IS NULL)", name=op.f("ck_cases_one_proponent")
        ),
        sa.CheckConstraint(
            "agent_org_id IS NULL OR proponent_org_id IS NOT NULL",
            name=op.f("ck_cases_agent_files_for_an_organisation"),
        ),
        sa.ForeignKeyConstraint(["agent_org_id"], ["organisations.id"], name=op.f("fk_cases_agent_org_id")),
        sa.ForeignKeyConstraint(["body_id"], ["bodies.id"], name=op.f("fk_cases_body_id")),
        sa.ForeignKeyConstraint(["copied_from_id"], ["cases.id"], name=op.f("fk_cases_copied_from_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_cases_created_by_id")),
        sa.ForeignKeyConstraint(["partner_org_id"], ["organisations.id"], name=op.f("fk_cases_partner_org_id")),
        sa.ForeignKeyConstraint(["proponent_org_id"], ["organisations.id"], name=op.f("fk_cases_proponent_org_id")),
        sa.ForeignKeyConstraint(["proponent_user_id"], ["users.id"], name=op.f("fk_cases_proponent_user_id")),
        sa.ForeignKeyConstraint(["vvb_org_id"], ["organisations.id"], name=op.f("fk_cases_vvb_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
        sa.UniqueConstraint("project_number", name=op.f("uq_cases_project_number")),
    )
    op.create_index(op.f("ix_cases_agent_org_id"), "cases", ["agent_org_id"], unique=False)
    op.create_index(op.f("ix_cases_district_code"), "cases", ["district_code"], unique=False)
    op.create_index(op.f("ix_cases_partner_org_id"), "cases", ["partner_org_id"], unique=False)
    op.create_index(op.f("ix_cases_proponent_org_id"), "cases", ["proponent_org_id"], unique=False)
    op.create_index(op.f("ix_cases_proponent_user_id"), "cases", ["proponent_user_id"], unique=False)
    op.create_index(op.f("ix_cases_state"), "cases", ["state"], unique=False)
    op.create_index(op.f("ix_cases_vvb_org_id"), "cases", ["vvb_org_id"], unique=False)
    op.create_table(
        "rounds",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.String(length=40), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_rounds_case_id")),
        sa.PrimaryKeyConstraint("case_id", "no", name=op.f("pk_rounds")),
    )
    op.create_table(
        "answers",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_answers_case_id")),
        sa.ForeignKeyConstraint(["saved_by_id"], ["users.id"], name=op.f("fk_answers_saved_by_id")),
        sa.PrimaryKeyConstraint("case_id", "round_no", "section", name=op.f("pk_answers")),
    )
    op.create_table(
        "stored_files",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("stored_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_stored_files")),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("slot", sa.String(length=40), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=120), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_documents_case_id")),
        sa.ForeignKeyConstraint(["sha256"], ["stored_files.sha256"], name=op.f("fk_documents_sha256")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["users.id"], name=op.f("fk_documents_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("case_id", "kind", "slot", "no", name=op.f("uq_documents_case_id_kind_slot_no")),
    )
    op.create_index("ix_documents_case", "documents", ["case_id", "kind"], unique=False)
    op.create_table(
        "number_counters",
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_number_counters")),
    )
    append_only("rounds", ["case_id", "no"])
    FROZEN = "answers of a submitted round are frozen"
    CLOSED = "{row}.round_no <= (SELECT c.round FROM cases c WHERE c.id = {row}.case_id)"
    refuse("answers_frozen_insert", "answers", "INSERT", CLOSED.format(row="NEW"), FROZEN)
    refuse(
        "answers_frozen_update",
        "answers",
        "UPDATE",
        f"{CLOSED.format(row='OLD')} OR {CLOSED.format(row='NEW')}",
        FROZEN,
    )
    refuse("answers_frozen_delete", "answers", "DELETE", CLOSED.format(row="OLD"), FROZEN)
    refuse(
        "documents_frozen_insert",
        "documents",
        "INSERT",
        "EXISTS (SELECT 1 FROM documents x WHERE x.id = NEW.id)"
        f" OR ({CLOSED.format(row='NEW')} AND NOT (NEW.kind IN {WITH_AN_OPINION}"
        " AND NEW.round_no = (SELECT c.round FROM cases c WHERE c.id = NEW.case_id)))",
        "papers of a submitted round are frozen, but for those that come with an opinion",
    )
    refuse(
        "documents_frozen_update",
        "documents",
        "UPDATE",
        CLOSED.format(row="OLD"),
        "papers of a submitted round are frozen",
    )
    refuse(
        "documents_frozen_delete",
        "documents",
        "DELETE",
        "(SELECT c.round FROM cases c WHERE c.id = OLD.case_id) > 0",
        "papers of a submitted case are kept",
    )
    refuse("cases_kept", "cases", "DELETE", "OLD.state <> 'draft'", "a submitted case is kept")
    refuse(
        "cases_begin_as_drafts",
        "cases",
        "INSERT",
        "NEW.state <> 'draft' OR NEW.round <> 0 OR EXISTS (SELECT 1 FROM cases x WHERE x.id = NEW.id)",
        "a case begins as a draft",
    )
    refuse(
        "cases_keep_their_parties",
        "cases",
        "UPDATE",
        "OLD.submitted_at IS NOT NULL AND (NEW.submitted_at IS NULL OR NEW.submitted_at <> OLD.submitted_at"
        + "".join(
            f" OR COALESCE(NEW.{column}, 0) <> COALESCE(OLD.{column}, 0)"
            for column in ("proponent_org_id", "proponent_user_id", "agent_org_id", "body_id")
        )
        + ")",
        "a submitted case keeps its applicant and its day",
    )
    refuse(
        "cases_go_forward",
        "cases",
        "UPDATE",
        "NEW.version < OLD.version OR NEW.round < OLD.round OR (OLD.number IS NOT NULL AND NEW.number <> OLD.number)"
        " OR (OLD.project_number IS NOT NULL AND (NEW.project_number IS NULL OR NEW.project_number <> OLD.project_number))",
        "a case keeps its numbers and never goes back",
    )
    refuse(
        "cases_ended",
        "cases",
        "UPDATE",
        "OLD.state IN ('lapsed', 'withdrawn', 'revoked', 'closed') AND NEW.state <> OLD.state",
        "an ended case stays ended",
    )
    refuse(
        "number_counters_count",
        "number_counters",
        "UPDATE",
        "NEW.last <> OLD.last + 1 OR NEW.series <> OLD.series OR NEW.year <> OLD.year",
        "numbers are given without gaps",
    )
    refuse(
        "number_counters_begin",
        "number_counters",
        "INSERT",
        "NEW.last <> 0 OR EXISTS (SELECT 1 FROM number_counters x WHERE x.series = NEW.series AND x.year = NEW.year)"
        if is_sqlite()
        else "NEW.last <> 0",  # there ON CONFLICT DO NOTHING comes here too, and REPLACE does not exist
        "a series begins at the beginning",
    )
    for table in NEVER_EMPTIED:
        no_truncate(table)
    refuse("number_counters_stay", "number_counters", "DELETE", "1 = 1", "a number counter stays")


def downgrade():
    for table, names in {
        "number_counters": ("stay", "begin", "count"),
        "cases": ("ended", "go_forward", "keep_their_parties", "begin_as_drafts", "kept"),
        "documents": ("frozen_insert", "frozen_delete", "frozen_update"),
        "answers": ("frozen_delete", "frozen_update", "frozen_insert"),
    }.items():
        for name in names:
            allow(f"{table}_{name}", table)
    for table in NEVER_EMPTIED:
        may_truncate(table)
    append_freely("rounds")
    op.drop_table("number_counters")
    op.drop_table("documents")
    op.drop_table("stored_files")
    op.drop_table("answers")
    op.drop_table("rounds")
    op.drop_table("cases")
