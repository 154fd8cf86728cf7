"""What officers, lawyers and bodies say of a case."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, append_freely, append_only, refuse

TABLES = ("condition_answers", "screening_signatures", "finding_answers", "opinions")

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "condition_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(length=5), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(40), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('met', 'not_met', 'cannot_tell')", name=op.f("ck_condition_answers_verdict_listed")
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "round_no"], ["rounds.case_id", "rounds.no"], name=op.f("fk_condition_answers_case_id_round_no")
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["users.id"], name=op.f("fk_condition_answers_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition_answers")),
    )
    op.create_index("ix_condition_answers_round", "condition_answers", ["case_id", "round_no"], unique=False)
    op.create_table(
        "screening_signatures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("answers_digest", sa.String(length=64), nullable=False),
        sa.Column("signed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "round_no"],
            ["rounds.case_id", "rounds.no"],
            name=op.f("fk_screening_signatures_case_id_round_no"),
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["users.id"], name=op.f("fk_screening_signatures_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_signatures")),
    )
    op.create_index("ix_screening_signatures_round", "screening_signatures", ["case_id", "round_no"], unique=False)
    op.create_table(
        "finding_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(length=5), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "round_no"], ["rounds.case_id", "rounds.no"], name=op.f("fk_finding_answers_case_id_round_no")
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["users.id"], name=op.f("fk_finding_answers_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_answers")),
    )
    op.create_table(
        "opinions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("conclusion", sa.String(40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("matters", sa.JSON(), nullable=False),
        sa.Column("report_number", sa.String(length=80), nullable=True),
        sa.Column("report_on", sa.Date(), nullable=True),
        sa.Column("notice_url", sa.String(length=400), nullable=True),
        sa.Column("notice_from", sa.Date(), nullable=True),
        sa.Column("notice_to", sa.Date(), nullable=True),
        sa.Column("external_number", sa.String(length=80), nullable=True),
        sa.Column("time_sufficient", sa.Boolean(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "conclusion IN ('favourable', 'conditional', 'unfavourable')", name=op.f("ck_opinions_conclusion_listed")
        ),
        sa.CheckConstraint("kind IN ('legal', 'validation', 'environment')", name=op.f("ck_opinions_kind_listed")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_opinions_author_id")),
        sa.ForeignKeyConstraint(
            ["case_id", "round_no"], ["rounds.case_id", "rounds.no"], name=op.f("fk_opinions_case_id_round_no")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_opinions_document_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_opinions_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinions")),
    )
    op.create_index("ix_opinions_round", "opinions", ["case_id", "round_no", "kind"], unique=False)
    for table in TABLES:
        append_only(table, ["id"])
        refuse(
            f"{table}_this_round",
            table,
            "INSERT",
            "NEW.round_no <> (SELECT c.round FROM cases c WHERE c.id = NEW.case_id)",
            "records belong to the round of the case",
        )


def downgrade():
    for table in TABLES:
        allow(f"{table}_this_round", table)
        append_freely(table)
    op.drop_table("opinions")
    op.drop_table("finding_answers")
    op.drop_table("screening_signatures")
    op.drop_table("condition_answers")
