"""Records of site checks with their signatures, and when the file was sent for legal review."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, append_freely, append_only, local_day, refuse

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KEYS = {
    "site_checks": ["id"],
    "site_check_papers": ["site_check_id", "document_id"],
    "site_check_signatures": ["id"],
    "legal_reviews": ["id"],
}
GUARDS = {
    "site_checks": ("this_round", "in_order", "no_replace_version", "day"),
    "site_check_papers": ("of_the_case",),
    "site_check_signatures": ("in_force", "no_replace_officer"),
    "legal_reviews": ("this_round", "day"),
}
WITH_A_RECORD = (
    *("legal_opinion", "validation_report", "national_notice", "standard_validation", "environment_opinion"),
    "site_check",
)
"""Papers that come in while a round is under review: with opinions, and now with site checks."""
FROZEN = "papers of a submitted round are frozen, but for those that come with an opinion"
ROUND = "records belong to the round of the case"
# Of a case's round: each record's last version with how many officers signed it.
SHORT = (
    "EXISTS (SELECT 1 FROM site_checks k WHERE k.case_id = NEW.case_id AND k.round_no = NEW.round_no"
    " AND k.version = (SELECT max(v.version) FROM site_checks v WHERE v.case_id = k.case_id AND v.no = k.no)"
    " AND (SELECT count(DISTINCT s.officer_id) FROM site_check_signatures s WHERE s.site_check_id = k.id) < 2)"
)


def upgrade():
    op.create_table(
        "site_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("who_went", sa.Text(), nullable=False),
        sa.Column("observed", sa.Text(), nullable=False),
        sa.Column("record_digest", sa.String(length=64), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "round_no"], ["rounds.case_id", "rounds.no"], name=op.f("fk_site_checks_case_id_round_no")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_site_checks_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_checks")),
        sa.UniqueConstraint("case_id", "no", "version", name=op.f("uq_site_checks_case_id_no_version")),
    )
    op.create_table(
        "site_check_papers",
        sa.Column("site_check_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_site_check_papers_document_id")),
        sa.ForeignKeyConstraint(["site_check_id"], ["site_checks.id"], name=op.f("fk_site_check_papers_site_check_id")),
        sa.PrimaryKeyConstraint("site_check_id", "document_id", name=op.f("pk_site_check_papers")),
    )
    op.create_table(
        "site_check_signatures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_check_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("record_digest", sa.String(length=64), nullable=False),
        sa.Column("signed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["users.id"], name=op.f("fk_site_check_signatures_officer_id")),
        sa.ForeignKeyConstraint(
            ["site_check_id"], ["site_checks.id"], name=op.f("fk_site_check_signatures_site_check_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_check_signatures")),
        sa.UniqueConstraint(
            "site_check_id", "officer_id", name=op.f("uq_site_check_signatures_site_check_id_officer_id")
        ),
    )
    op.create_table(
        "legal_reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "round_no"], ["rounds.case_id", "rounds.no"], name=op.f("fk_legal_reviews_case_id_round_no")
        ),
        sa.ForeignKeyConstraint(["sent_by_id"], ["users.id"], name=op.f("fk_legal_reviews_sent_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_reviews")),
    )
    op.create_index("ix_legal_reviews_round", "legal_reviews", ["case_id", "round_no"], unique=False)
    for table, key in KEYS.items():
        append_only(table, key)
    _open_documents(WITH_A_RECORD)
    _guard()


def _open_documents(kinds):
    """Which papers may be filed in a submitted round."""
    allow("documents_frozen_insert", "documents")
    refuse(
        "documents_frozen_insert",
        "documents",
        "INSERT",
        "EXISTS (SELECT 1 FROM documents x WHERE x.id = NEW.id)"
        " OR (NEW.round_no <= (SELECT c.round FROM cases c WHERE c.id = NEW.case_id)"
        f" AND NOT (NEW.kind IN {kinds} AND NEW.round_no = (SELECT c.round FROM cases c WHERE c.id = NEW.case_id)))",
        FROZEN,
    )


def _guard():
    other_round = "NEW.round_no <> (SELECT c.round FROM cases c WHERE c.id = NEW.case_id)"
    for table in ("site_checks", "legal_reviews"):
        refuse(f"{table}_this_round", table, "INSERT", other_round, ROUND)
    last = "(SELECT max(x.version) FROM site_checks x WHERE x.case_id = NEW.case_id AND x.no = NEW.no)"
    refuse(
        "site_checks_in_order",
        "site_checks",
        "INSERT",
        f"NEW.version <> COALESCE({last}, 0) + 1 OR EXISTS (SELECT 1 FROM site_checks x WHERE x.case_id = NEW.case_id"
        " AND x.no = NEW.no AND x.round_no <> NEW.round_no)",
        "a record is changed by a next version in its own round",
        lock_case="NEW.case_id",
    )
    # REPLACE INTO over another key would take the old row away.
    refuse(
        "site_checks_no_replace_version",
        "site_checks",
        "INSERT",
        "EXISTS (SELECT 1 FROM site_checks x WHERE x.case_id = NEW.case_id AND x.no = NEW.no"
        " AND x.version = NEW.version)",
        "site_checks is append-only",
    )
    refuse(
        "site_checks_day",
        "site_checks",
        "INSERT",
        f"NEW.visited_on > {local_day('NEW.recorded_at')}",
        "a visit is recorded once it was made",
    )
    refuse(
        "site_check_papers_of_the_case",
        "site_check_papers",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM site_checks k JOIN documents d ON d.case_id = k.case_id"
        " WHERE k.id = NEW.site_check_id AND d.id = NEW.document_id AND d.kind = 'site_check')",
        "a paper of a site check is one of its case",
    )
    refuse(
        "site_check_signatures_in_force",
        "site_check_signatures",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM site_checks k JOIN cases c ON c.id = k.case_id AND c.round = k.round_no"
        " WHERE k.id = NEW.site_check_id AND k.record_digest = NEW.record_digest"
        " AND k.version = (SELECT max(v.version) FROM site_checks v WHERE v.case_id = k.case_id AND v.no = k.no))",
        "a record is signed as it stands",
        lock_case="SELECT k.case_id FROM site_checks k WHERE k.id = NEW.site_check_id",
    )
    refuse(
        "site_check_signatures_no_replace_officer",
        "site_check_signatures",
        "INSERT",
        "EXISTS (SELECT 1 FROM site_check_signatures x WHERE x.site_check_id = NEW.site_check_id"
        " AND x.officer_id = NEW.officer_id)",
        "an officer signs a record once",
    )
    refuse(
        "legal_reviews_day",
        "legal_reviews",
        "INSERT",
        f"NEW.sent_on <> {local_day('NEW.sent_at')}",
        "the day of sending is the day it was sent",
    )
    refuse(
        "gate_decisions_site_checks",
        "gate_decisions",
        "INSERT",
        f"NEW.gate = 'screening' AND NEW.result = 'pass' AND {SHORT}",
        "two officers sign the record of a site check",
        lock_case="NEW.case_id",
    )


def downgrade():
    _open_documents(WITH_A_RECORD[:-1])
    allow("gate_decisions_site_checks", "gate_decisions")
    for table, guards in GUARDS.items():
        for guard in guards:
            allow(f"{table}_{guard}", table)
    for table in KEYS:
        append_freely(table)
    op.drop_index("ix_legal_reviews_round", "legal_reviews")
    for table in ("legal_reviews", "site_check_signatures", "site_check_papers", "site_checks"):
        op.drop_table(table)
