"""Minutes of a meeting whose head has no account any more: one more of those who were there confirms instead."""

from importlib import import_module

from migrations.guards import allow, refuse

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

before = import_module("migrations.versions.0017_minutes")

OPEN = "EXISTS (SELECT 1 FROM users u WHERE u.id = {} AND u.active)"
OWED = f"NOT {before.CONFIRMED} AND {OPEN}"
"""Whoever presided has not confirmed, and could."""
COULD_CONFIRM = before.COULD_CONFIRM.removesuffix(")") + f" AND {OPEN.format('a.user_id')})"
UNCONFIRMED = (
    "NOT EXISTS (SELECT 1 FROM minutes_pages p WHERE p.meeting_id = NEW.id)"
    " OR EXISTS (SELECT 1 FROM minutes_pages p WHERE p.meeting_id = NEW.id"
    f" AND {OWED.format('NEW.presided_by_id', 'NEW.presided_by_id')})"
    " OR EXISTS (SELECT 1 FROM minutes_pages p JOIN agenda_items i ON i.meeting_id = p.meeting_id"
    " LEFT JOIN sitting_calls s ON s.deliberation_id = i.deliberation_id"
    f" WHERE p.meeting_id = NEW.id AND (({OWED.format(before.HEAD, before.HEAD)})"
    f" OR ({before.MEMBERS_CONFIRMED} < p.members_needed"
    f" + CASE WHEN {before.CONFIRMED.format(before.HEAD)} THEN 0 ELSE 1 END AND {COULD_CONFIRM})))"
)
"""A page that whoever presided, or too few of the members of one of its items, have not confirmed."""


def guard(unconfirmed: str) -> None:
    refuse(
        "meetings_minuted",
        "meetings",
        "UPDATE",
        f"(NEW.state = 'minuted' AND OLD.state <> 'minuted' AND (OLD.state <> 'held' OR {unconfirmed}))"
        " OR (OLD.state = 'minuted' AND NEW.state NOT IN ('minuted', 'held'))"
        " OR (OLD.state IN ('held', 'minuted') AND NEW.presided_by_id <> OLD.presided_by_id)",
        "minutes are issued once who presided and the members have confirmed every page",
    )


def upgrade():
    allow("meetings_minuted", "meetings")
    guard(UNCONFIRMED)


def downgrade():
    allow("meetings_minuted", "meetings")
    guard(before.UNCONFIRMED)
