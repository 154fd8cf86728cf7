"""Minutes: pages, who confirms them, minutes as a paper of a meeting, and notices about a meeting."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, append_freely, append_only, is_sqlite, refuse

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KINDS = "'receipt', 'acceptance', 'declined', 'correction', 'review', 'certificate'"
PAPER_KEYS = ("number", "code", "seq")
CASE_LINK = (
    "e.subject_kind = 'project' AND e.subject_id = NEW.case_id AND e.round_no = NEW.round_no"
    " AND replace(e.detail, NEW.digest, '') <> e.detail"
)
MEETING_LINK = (
    "e.subject_kind = 'meeting' AND e.subject_id = NEW.meeting_id AND replace(e.detail, NEW.digest, '') <> e.detail"
)
NO_LINK = "NOT EXISTS (SELECT 1 FROM audit_events e WHERE e.seq = NEW.seq AND {})"
MINUTES_CHECKS = {
    "of_a_case": "(kind = 'minutes') = (case_id IS NULL)",
    "of_a_meeting": "(kind = 'minutes') = (meeting_id IS NOT NULL)",
    "of_a_round": "(case_id IS NULL) = (round_no IS NULL)",
}
PAPER_COLUMNS = "id, case_id, round_no, kind, number, code, seq, content, digest, issued_at"

ASIDE = (
    "(EXISTS (SELECT 1 FROM recusals r WHERE r.deliberation_id = i.deliberation_id AND r.user_id = {0})"
    " OR EXISTS (SELECT 1 FROM excluded_members x WHERE x.deliberation_id = i.deliberation_id AND x.user_id = {0}))"
)
HEAD = "COALESCE(s.presided_by_id, NEW.presided_by_id)"
CONFIRMED = (
    "EXISTS (SELECT 1 FROM minutes_confirmations k WHERE k.meeting_id = p.meeting_id AND k.page_no = p.no"
    " AND k.user_id = {})"
)
MEMBERS_CONFIRMED = (
    "(SELECT count(*) FROM minutes_confirmations c WHERE c.meeting_id = p.meeting_id AND c.page_no = p.no"
    f" AND c.user_id <> {HEAD} AND NOT {ASIDE.format('c.user_id')})"
)
COULD_CONFIRM = (
    "EXISTS (SELECT 1 FROM attendances a WHERE a.meeting_id = p.meeting_id AND a.present"
    f" AND a.user_id <> {HEAD} AND NOT {ASIDE.format('a.user_id')} AND NOT {CONFIRMED.format('a.user_id')})"
)
UNCONFIRMED = (
    "NOT EXISTS (SELECT 1 FROM minutes_pages p WHERE p.meeting_id = NEW.id)"
    " OR EXISTS (SELECT 1 FROM minutes_pages p WHERE p.meeting_id = NEW.id"
    f" AND NOT {CONFIRMED.format('NEW.presided_by_id')})"
    " OR EXISTS (SELECT 1 FROM minutes_pages p JOIN agenda_items i ON i.meeting_id = p.meeting_id"
    " LEFT JOIN sitting_calls s ON s.deliberation_id = i.deliberation_id"
    f" WHERE p.meeting_id = NEW.id AND (NOT {CONFIRMED.format(HEAD)}"
    f" OR ({MEMBERS_CONFIRMED} < p.members_needed AND {COULD_CONFIRM})))"
)
"""A page that whoever presided, or too few of the members of one of its items, have not confirmed."""
MEETING_STATE = "(SELECT m.state FROM meetings m WHERE m.id = NEW.meeting_id)"
WAS_THERE = (
    "(EXISTS (SELECT 1 FROM attendances a WHERE a.meeting_id = NEW.meeting_id AND a.user_id = NEW.user_id AND a.present)"
    " OR EXISTS (SELECT 1 FROM meetings m WHERE m.id = NEW.meeting_id AND m.presided_by_id = NEW.user_id))"
)


def guard_papers(link: str) -> None:
    append_only("papers", ["id"])
    for key in PAPER_KEYS:
        same = f"EXISTS (SELECT 1 FROM papers x WHERE x.{key} = NEW.{key})"
        refuse(f"papers_no_replace_{key}", "papers", "INSERT", same, "papers is append-only")
    refuse("papers_in_the_chain", "papers", "INSERT", link, "a paper stands in the chain with its digest")


def unguard_papers() -> None:
    allow("papers_in_the_chain", "papers")
    for key in PAPER_KEYS:
        allow(f"papers_no_replace_{key}", "papers")
    append_freely("papers")


def papers_again(*, of_meetings: bool) -> None:
    """SQLite changes no column: the table is made anew, with foreign keys off (env.py), and its rows moved over."""
    kinds = f"kind IN ({KINDS}{', ' + repr('minutes') if of_meetings else ''})"
    more = [
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_papers_meeting_id")),
        *(sa.CheckConstraint(said, name=op.f(f"ck_papers_{name}")) for name, said in MINUTES_CHECKS.items()),
    ]
    op.create_table(
        "papers_new",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=of_meetings),
        sa.Column("round_no", sa.Integer(), nullable=of_meetings),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(kinds, name=op.f("ck_papers_kind_listed")),
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
        *(more if of_meetings else ()),
    )
    op.execute(f"INSERT INTO papers_new ({PAPER_COLUMNS}) SELECT {PAPER_COLUMNS} FROM papers")
    op.drop_table("papers")
    op.rename_table("papers_new", "papers")
    op.create_index(op.f("ix_papers_case_id"), "papers", ["case_id"], unique=False)


def papers_of_meetings() -> None:
    unguard_papers()
    if is_sqlite():
        papers_again(of_meetings=True)
    else:
        op.alter_column("papers", "case_id", nullable=True)
        op.alter_column("papers", "round_no", nullable=True)
        op.add_column("papers", sa.Column("meeting_id", sa.Integer(), nullable=True))
        op.create_foreign_key(op.f("fk_papers_meeting_id"), "papers", "meetings", ["meeting_id"], ["id"])
        op.drop_constraint(op.f("ck_papers_kind_listed"), "papers")
        op.create_check_constraint(op.f("ck_papers_kind_listed"), "papers", f"kind IN ({KINDS}, 'minutes')")
        for name, said in MINUTES_CHECKS.items():
            op.create_check_constraint(op.f(f"ck_papers_{name}"), "papers", said)
    op.create_index(op.f("ix_papers_meeting_id"), "papers", ["meeting_id"], unique=False)
    guard_papers(NO_LINK.format(f"(({CASE_LINK}) OR ({MEETING_LINK}))"))
    refuse(
        "papers_minutes_confirmed",
        "papers",
        "INSERT",
        f"NEW.meeting_id IS NOT NULL AND {MEETING_STATE} <> 'minuted'",
        "minutes are issued once they are confirmed",
    )


def papers_of_cases_only() -> None:
    allow("papers_minutes_confirmed", "papers")
    unguard_papers()
    allow("paper_files_in_the_chain", "paper_files")
    allow("paper_files_no_replace_seq", "paper_files")
    append_freely("paper_files")
    op.execute("DELETE FROM paper_files WHERE paper_id IN (SELECT id FROM papers WHERE kind = 'minutes')")
    op.execute("DELETE FROM papers WHERE kind = 'minutes'")
    append_only("paper_files", ["paper_id"])
    same = "EXISTS (SELECT 1 FROM paper_files x WHERE x.seq = NEW.seq)"
    refuse("paper_files_no_replace_seq", "paper_files", "INSERT", same, "paper_files is append-only")
    refuse(
        "paper_files_in_the_chain",
        "paper_files",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM audit_events e WHERE e.seq = NEW.seq AND e.subject_kind = 'paper'"
        " AND e.subject_id = NEW.paper_id AND replace(e.detail, NEW.sha256, '') <> e.detail)",
        "the file of a paper stands in the chain with its digest",
    )
    op.drop_index(op.f("ix_papers_meeting_id"), table_name="papers")
    if is_sqlite():
        papers_again(of_meetings=False)
    else:
        for name in MINUTES_CHECKS:
            op.drop_constraint(op.f(f"ck_papers_{name}"), "papers")
        op.drop_constraint(op.f("ck_papers_kind_listed"), "papers")
        op.create_check_constraint(op.f("ck_papers_kind_listed"), "papers", f"kind IN ({KINDS})")
        op.drop_constraint(op.f("fk_papers_meeting_id"), "papers")
        op.drop_column("papers", "meeting_id")
        op.alter_column("papers", "round_no", nullable=False)
        op.alter_column("papers", "case_id", nullable=False)
    guard_papers(NO_LINK.format(CASE_LINK))


def notices_of_meetings() -> None:
    with op.batch_alter_table("notices") as notices:
        notices.alter_column("case_id", existing_type=sa.Integer(), nullable=True)
        notices.add_column(sa.Column("meeting_id", sa.Integer(), nullable=True))
        notices.create_foreign_key(op.f("fk_notices_meeting_id"), "meetings", ["meeting_id"], ["id"])
        notices.create_check_constraint(
            op.f("ck_notices_of_one_subject"), "(case_id IS NULL) <> (meeting_id IS NULL)"
        )


def upgrade():
    op.create_table(
        "minutes_pages",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("members_needed", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_minutes_pages_digest_whole")),
        sa.CheckConstraint("no >= 1", name=op.f("ck_minutes_pages_counted_from_one")),
        sa.CheckConstraint("members_needed >= 1", name=op.f("ck_minutes_pages_somebody_confirms")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_minutes_pages_meeting_id")),
        sa.ForeignKeyConstraint(["seq"], ["audit_events.seq"], name=op.f("fk_minutes_pages_seq")),
        sa.PrimaryKeyConstraint("meeting_id", "no", name=op.f("pk_minutes_pages")),
        sa.UniqueConstraint("seq", name=op.f("uq_minutes_pages_seq")),
    )
    op.create_table(
        "minutes_confirmations",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("page_no", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id", "page_no"],
            ["minutes_pages.meeting_id", "minutes_pages.no"],
            name=op.f("fk_minutes_confirmations_meeting_id_page_no"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_minutes_confirmations_user_id")),
        sa.PrimaryKeyConstraint("meeting_id", "page_no", "user_id", name=op.f("pk_minutes_confirmations")),
    )
    append_only("minutes_pages", ["meeting_id", "no"])
    append_only("minutes_confirmations", ["meeting_id", "page_no", "user_id"])
    refuse(
        "minutes_pages_no_replace_seq",
        "minutes_pages",
        "INSERT",
        "EXISTS (SELECT 1 FROM minutes_pages x WHERE x.seq = NEW.seq)",
        "minutes_pages is append-only",
    )
    refuse(
        "minutes_pages_in_the_chain",
        "minutes_pages",
        "INSERT",
        NO_LINK.format(MEETING_LINK),
        "a page of the minutes stands in the chain with its digest",
    )
    refuse(
        "minutes_pages_in_order",
        "minutes_pages",
        "INSERT",
        f"{MEETING_STATE} <> 'held'"
        " OR NEW.no <> 1 + (SELECT count(*) FROM minutes_pages x WHERE x.meeting_id = NEW.meeting_id)",
        "pages are added one after another to the minutes of a meeting that was held",
    )
    refuse(
        "minutes_confirmations_by_who_was_there",
        "minutes_confirmations",
        "INSERT",
        f"{MEETING_STATE} <> 'held' OR NOT {WAS_THERE}",
        "who was there confirms the minutes before they are issued",
    )
    refuse(
        "meetings_minuted",
        "meetings",
        "UPDATE",
        f"(NEW.state = 'minuted' AND OLD.state <> 'minuted' AND (OLD.state <> 'held' OR {UNCONFIRMED}))"
        " OR (OLD.state = 'minuted' AND NEW.state NOT IN ('minuted', 'held'))"
        " OR (OLD.state IN ('held', 'minuted') AND NEW.presided_by_id <> OLD.presided_by_id)",
        "minutes are issued once who presided and the members have confirmed every page",
    )
    refuse("meetings_begin", "meetings", "INSERT", "NEW.state <> 'planned'", "a meeting is planned first")
    papers_of_meetings()
    notices_of_meetings()


def downgrade():
    op.execute("DELETE FROM notices WHERE case_id IS NULL")
    with op.batch_alter_table("notices") as notices:
        notices.drop_constraint(op.f("ck_notices_of_one_subject"), type_="check")
        notices.drop_constraint(op.f("fk_notices_meeting_id"), type_="foreignkey")
        notices.drop_column("meeting_id")
        notices.alter_column("case_id", existing_type=sa.Integer(), nullable=False)
    papers_of_cases_only()
    allow("meetings_begin", "meetings")
    allow("meetings_minuted", "meetings")
    allow("minutes_confirmations_by_who_was_there", "minutes_confirmations")
    for name in ("in_order", "in_the_chain", "no_replace_seq"):
        allow(f"minutes_pages_{name}", "minutes_pages")
    append_freely("minutes_confirmations")
    append_freely("minutes_pages")
    op.drop_table("minutes_confirmations")
    op.drop_table("minutes_pages")
