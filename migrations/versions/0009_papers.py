"""Papers the bureau hands out, and the files made of them."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, append_freely, append_only, refuse

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEYS = {"papers": ("id", "number", "code", "seq"), "paper_files": ("paper_id", "seq")}
"""Table → its keys; the first is the primary one."""


def upgrade():
    op.create_table(
        "papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('receipt', 'acceptance', 'declined', 'correction', 'review', 'certificate')",
            name=op.f("ck_papers_kind_listed"),
        ),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_papers_digest_whole")),
        sa.CheckConstraint("length(code) = 12", name=op.f("ck_papers_code_whole")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_papers_case_id")),
        sa.ForeignKeyConstraint(
            ["case_id", "round_no"], ["rounds.case_id", "rounds.no"], name=op.f("fk_papers_case_id_round_no")
        ),
        sa.ForeignKeyConstraint(["seq"], ["audit_events.seq"], name=op.f("fk_papers_seq")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_papers")),
        sa.UniqueConstraint("number", name=op.f("uq_papers_number")),
        sa.UniqueConstraint("code", name=op.f("uq_papers_code")),
        sa.UniqueConstraint("seq", name=op.f("uq_papers_seq")),
    )
    op.create_index(op.f("ix_papers_case_id"), "papers", ["case_id"], unique=False)
    op.create_table(
        "paper_files",
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_paper_files_paper_id")),
        sa.ForeignKeyConstraint(["seq"], ["audit_events.seq"], name=op.f("fk_paper_files_seq")),
        sa.ForeignKeyConstraint(["sha256"], ["stored_files.sha256"], name=op.f("fk_paper_files_sha256")),
        sa.PrimaryKeyConstraint("paper_id", name=op.f("pk_paper_files")),
        sa.UniqueConstraint("seq", name=op.f("uq_paper_files_seq")),
    )
    for table, (key, *others) in KEYS.items():
        append_only(table, [key])
        for other in others:
            # REPLACE INTO over any key would take the old row away.
            same = f"EXISTS (SELECT 1 FROM {table} x WHERE x.{other} = NEW.{other})"
            refuse(f"{table}_no_replace_{other}", table, "INSERT", same, f"{table} is append-only")
    refuse(
        "papers_in_the_chain",
        "papers",
        "INSERT",
        # replace() finds the digest literally; LIKE would take % and _ in a forged one for anything.
        "NOT EXISTS (SELECT 1 FROM audit_events e WHERE e.seq = NEW.seq AND e.subject_kind = 'project'"
        " AND e.subject_id = NEW.case_id AND e.round_no = NEW.round_no"
        " AND replace(e.detail, NEW.digest, '') <> e.detail)",
        "a paper stands in the chain with its digest",
    )
    refuse(
        "paper_files_in_the_chain",
        "paper_files",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM audit_events e WHERE e.seq = NEW.seq AND e.subject_kind = 'paper'"
        " AND e.subject_id = NEW.paper_id AND replace(e.detail, NEW.sha256, '') <> e.detail)",
        "the file of a paper stands in the chain with its digest",
    )


def downgrade():
    for table, (_key, *others) in KEYS.items():
        allow(f"{table}_in_the_chain", table)
        for other in others:
            allow(f"{table}_no_replace_{other}", table)
        append_freely(table)
    op.drop_table("paper_files")
    op.drop_index(op.f("ix_papers_case_id"), table_name="papers")
    op.drop_table("papers")
