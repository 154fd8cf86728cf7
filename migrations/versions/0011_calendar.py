"""The working calendar, with the years that the library knows; later years come with the notice itself."""

import hashlib

import chinese_calendar
import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, may_truncate, no_truncate, refuse

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

GOV = "https://www.gov.cn/zhengce/zhengceku/"
NOTICES = {
    2023: GOV + "2022-12/08/content_5730844.htm",
    2024: GOV + "202310/content_6911528.htm",
    2025: GOV + "202411/content_6986383.htm",
    2026: GOV + "202511/content_7047091.htm",
}


def upgrade():
    years = op.create_table(
        "calendar_years",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["seq"], ["audit_events.seq"], name=op.f("fk_calendar_years_seq")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_years")),
    )
    days = op.create_table(
        "calendar_days",
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["year"], ["calendar_years.year"], name=op.f("fk_calendar_days_year")),
        sa.PrimaryKeyConstraint("on_day", name=op.f("pk_calendar_days")),
    )
    op.create_index(op.f("ix_calendar_days_year"), "calendar_days", ["year"], unique=False)
    known = days_of_the_library()
    source = f"chinesecalendar {chinese_calendar.__version__}"
    op.bulk_insert(
        years,
        [
            {"year": year, "source": NOTICES.get(year, source), "digest": digest_of(year, known), "seq": None}
            for year in sorted({row["year"] for row in known})
        ],
    )
    op.bulk_insert(days, known)
    refuse("calendar_years_kept", "calendar_years", "DELETE", "1 = 1", "a notice is kept")
    for event in ("INSERT", "UPDATE"):
        refuse(
            f"calendar_years_in_the_chain_{event.lower()}",
            "calendar_years",
            event,
            "NOT EXISTS (SELECT 1 FROM audit_events e WHERE e.seq = NEW.seq AND e.subject_kind = 'calendar'"
            " AND e.subject_id = NEW.year AND replace(e.detail, NEW.digest, '') <> e.detail)",
            "a notice stands in the chain with its digest",
        )
    no_truncate("calendar_years")


def days_of_the_library():
    """Days off, and weekend days worked, each with the year of its notice and its name."""
    names = {h.value: h.chinese for h in chinese_calendar.Holiday}
    first = chinese_calendar.Holiday.new_years_day.value
    from chinese_calendar import constants

    rows = [
        # A holiday that begins in December stands in the notice of the year it belongs to.
        {"on_day": on, "year": on.year + (on.month == 12 and name == first), "working": working, "name": names[name]}
        for working, known in ((False, constants.holidays), (True, constants.workdays))
        for on, name in known.items()
    ]
    return sorted(rows, key=lambda row: row["on_day"])


def digest_of(year, rows):
    lines = [f"{r['on_day'].isoformat()} {int(r['working'])}" for r in rows if r["year"] == year]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def downgrade():
    may_truncate("calendar_years")
    for event in ("insert", "update"):
        allow(f"calendar_years_in_the_chain_{event}", "calendar_years")
    allow("calendar_years_kept", "calendar_years")
    op.drop_index(op.f("ix_calendar_days_year"), table_name="calendar_days")
    op.drop_table("calendar_days")
    op.drop_table("calendar_years")
