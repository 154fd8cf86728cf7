"""Meetings, agenda, roll, recusals, and the questions put to the vote; what the database refuses of them."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, append_freely, append_only, local_day, refuse

APPEND_ONLY = {
    "agenda_items": ["deliberation_id"],
    "attendances": ["id"],
    "sitting_calls": ["deliberation_id"],
    "recusals": ["deliberation_id", "user_id"],
    "flawed_votes": ["deliberation_id", "user_id"],
}
GROUNDS = "ground IN ('applicant', 'own_organisation', 'relatives_employer', 'earlier_part', 'flawed_vote', 'other_tie')"
OPEN_CASE = "SELECT d.case_id FROM deliberations d WHERE d.id = NEW.deliberation_id"
ENDED = "EXISTS (SELECT 1 FROM deliberation_ends e WHERE e.deliberation_id = NEW.deliberation_id)"
IN_FAVOUR = " AND v.choice = 'for'"

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def counted(members: str) -> str:
    """A decision that the votes do not carry; `members` is what the count is measured by."""
    votes = "(SELECT count(*) FROM votes v WHERE v.deliberation_id = d.id{})"
    return (
        "NEW.deliberation_id IS NOT NULL AND NEW.result IN ('pass', 'pass_with_conditions') AND NOT EXISTS ("
        "SELECT 1 FROM deliberations d WHERE d.id = NEW.deliberation_id AND (d.question = NEW.gate OR (d.question = 'amendment'"
        " AND EXISTS (SELECT 1 FROM registrations r WHERE r.case_id = d.case_id)))"
        " AND NOT EXISTS (SELECT 1 FROM deliberation_ends e WHERE e.deliberation_id = d.id)"
        f" AND {votes.format('')} >= d.quorum_min AND {votes.format('')} * d.quorum_den >= {members} * d.quorum_num"
        " AND CASE WHEN d.needs_num * 2 = d.needs_den"
        f" THEN {votes.format(IN_FAVOUR)} * 2 > {members}"
        f" ELSE {votes.format(IN_FAVOUR)} * d.needs_den >= {members} * d.needs_num END)"
    )


def measure_by(members: str) -> None:
    refuse(
        "gate_decisions_counted",
        "gate_decisions",
        "INSERT",
        counted(members),
        "the count does not carry the decision",
        lock_case="NEW.case_id",
    )


def seated_on(day: str) -> None:
    refuse(
        "electors_seated",
        "electors",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM deliberations d JOIN cases c ON c.id = d.case_id"
        " JOIN appointments a ON a.body_id = c.body_id AND a.user_id = NEW.user_id"
        " WHERE d.id = NEW.deliberation_id AND a.role IN ('member', 'deputy_chair', 'chair')"
        f" AND a.since <= {day} AND (a.until IS NULL OR a.until >= {day}))",
        "an elector holds a seat in the group",
    )


def upgrade():
    op.create_table(
        "meetings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.String(length=5), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("planned_at", sa.DateTime(), nullable=False),
        sa.Column("planned_by_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=True),
        sa.Column("presided_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state IN ('planned', 'in_session', 'held', 'minuted', 'called_off')", name=op.f("ck_meetings_state_listed")
        ),
        sa.ForeignKeyConstraint(["body_id"], ["bodies.id"], name=op.f("fk_meetings_body_id")),
        sa.ForeignKeyConstraint(["planned_by_id"], ["users.id"], name=op.f("fk_meetings_planned_by_id")),
        sa.ForeignKeyConstraint(["presided_by_id"], ["users.id"], name=op.f("fk_meetings_presided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint("number", name=op.f("uq_meetings_number")),
    )
    op.create_index("ix_meetings_day", "meetings", ["body_id", "held_on"], unique=False)
    op.create_table(
        "agenda_items",
        sa.Column("deliberation_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["deliberation_id"], ["deliberations.id"], name=op.f("fk_agenda_items_deliberation_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_agenda_items_meeting_id")),
        sa.PrimaryKeyConstraint("deliberation_id", name=op.f("pk_agenda_items")),
        sa.UniqueConstraint("meeting_id", "no", name=op.f("uq_agenda_items_meeting_id_no")),
    )
    op.create_table(
        "attendances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("noted_at", sa.DateTime(), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_attendances_meeting_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_attendances_user_id")),
        sa.ForeignKeyConstraint(["noted_by_id"], ["users.id"], name=op.f("fk_attendances_noted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendances")),
    )
    op.create_index("ix_attendances_meeting", "attendances", ["meeting_id", "user_id"], unique=False)
    op.create_table(
        "sitting_calls",
        sa.Column("deliberation_id", sa.Integer(), nullable=False),
        sa.Column("called_at", sa.DateTime(), nullable=False),
        sa.Column("presided_by_id", sa.Integer(), nullable=False),
        sa.Column("entitled", sa.Integer(), nullable=False),
        sa.Column("attending", sa.Integer(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.CheckConstraint("attending >= quorum", name=op.f("ck_sitting_calls_quorate")),
        sa.ForeignKeyConstraint(["deliberation_id"], ["deliberations.id"], name=op.f("fk_sitting_calls_deliberation_id")),
        sa.ForeignKeyConstraint(["presided_by_id"], ["users.id"], name=op.f("fk_sitting_calls_presided_by_id")),
        sa.PrimaryKeyConstraint("deliberation_id", name=op.f("pk_sitting_calls")),
    )
    op.create_table(
        "recusals",
        sa.Column("deliberation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(40), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(GROUNDS, name=op.f("ck_recusals_ground_listed")),
        sa.ForeignKeyConstraint(
            ["deliberation_id", "user_id"],
            ["electors.deliberation_id", "electors.user_id"],
            name=op.f("fk_recusals_deliberation_id_user_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_recusals_organisation_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_recusals_made_by_id")),
        sa.PrimaryKeyConstraint("deliberation_id", "user_id", name=op.f("pk_recusals")),
    )
    op.create_table(
        "recusal_proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deliberation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(GROUNDS, name=op.f("ck_recusal_proposals_ground_listed")),
        sa.CheckConstraint(
            "(upheld IS NULL) = (decided_at IS NULL)", name=op.f("ck_recusal_proposals_decided_at_an_instant")
        ),
        sa.ForeignKeyConstraint(
            ["deliberation_id", "user_id"],
            ["electors.deliberation_id", "electors.user_id"],
            name=op.f("fk_recusal_proposals_deliberation_id_user_id"),
        ),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["users.id"], name=op.f("fk_recusal_proposals_proposed_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_recusal_proposals_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal_proposals")),
        sa.UniqueConstraint("deliberation_id", "user_id", name=op.f("uq_recusal_proposals_deliberation_id_user_id")),
    )
    op.create_table(
        "flawed_votes",
        sa.Column("deliberation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.Column("found_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deliberation_id", "user_id"],
            ["votes.deliberation_id", "votes.user_id"],
            name=op.f("fk_flawed_votes_deliberation_id_user_id"),
        ),
        sa.ForeignKeyConstraint(["found_by_id"], ["users.id"], name=op.f("fk_flawed_votes_found_by_id")),
        sa.PrimaryKeyConstraint("deliberation_id", "user_id", name=op.f("pk_flawed_votes")),
    )
    append_freely("excluded_members")
    op.add_column(
        "excluded_members", sa.Column("ground", sa.String(40), nullable=False, server_default="own_organisation")
    )
    op.execute("UPDATE excluded_members SET ground = 'applicant' WHERE organisation_id IS NULL")
    append_only("excluded_members", ["deliberation_id", "user_id"])
    for table, key in APPEND_ONLY.items():
        append_only(table, key)
    refuse(
        "agenda_items_open_meeting",
        "agenda_items",
        "INSERT",
        "(SELECT m.state FROM meetings m WHERE m.id = NEW.meeting_id) NOT IN ('planned', 'in_session')",
        "a case is tabled for a meeting still to be held",
    )
    refuse(
        "meetings_settled",
        "meetings",
        "UPDATE",
        "OLD.state = 'called_off' OR (OLD.state <> 'planned' AND (NEW.held_on <> OLD.held_on OR NEW.state = 'planned'))"
        " OR NEW.number <> OLD.number OR NEW.body_id <> OLD.body_id",
        "a meeting that was held stays where it was",
    )
    refuse("meetings_no_delete", "meetings", "DELETE", "1 = 1", "meetings stay on record")
    refuse(
        "recusals_before_the_vote",
        "recusals",
        "INSERT",
        f"{ENDED} OR EXISTS (SELECT 1 FROM votes v WHERE v.deliberation_id = NEW.deliberation_id AND v.user_id = NEW.user_id)",
        "who has voted no longer stands aside",
        lock_case=OPEN_CASE,
    )
    refuse(
        "votes_recused",
        "votes",
        "INSERT",
        "EXISTS (SELECT 1 FROM recusals r WHERE r.deliberation_id = NEW.deliberation_id AND r.user_id = NEW.user_id)",
        "who stands aside does not vote",
        lock_case=OPEN_CASE,
    )
    refuse(
        "votes_called",
        "votes",
        "INSERT",
        "EXISTS (SELECT 1 FROM agenda_items i WHERE i.deliberation_id = NEW.deliberation_id)"
        " AND NOT EXISTS (SELECT 1 FROM sitting_calls s WHERE s.deliberation_id = NEW.deliberation_id)",
        "votes are taken once the question is put",
        lock_case=OPEN_CASE,
    )
    refuse(
        "votes_in_the_room",
        "votes",
        "INSERT",
        "EXISTS (SELECT 1 FROM agenda_items i WHERE i.deliberation_id = NEW.deliberation_id AND NOT EXISTS ("
        "SELECT 1 FROM attendances a WHERE a.meeting_id = i.meeting_id AND a.user_id = NEW.user_id AND a.present"
        " AND a.id = (SELECT max(b.id) FROM attendances b WHERE b.meeting_id = a.meeting_id AND b.user_id = a.user_id)))",
        "who votes is in the room",
    )
    refuse(
        "votes_chair_last",
        "votes",
        "INSERT",
        "EXISTS (SELECT 1 FROM sitting_calls s WHERE s.deliberation_id = NEW.deliberation_id"
        " AND s.presided_by_id = NEW.user_id) AND EXISTS (SELECT 1 FROM electors e"
        " JOIN agenda_items i ON i.deliberation_id = e.deliberation_id"
        " JOIN attendances a ON a.meeting_id = i.meeting_id AND a.user_id = e.user_id AND a.present"
        " AND a.id = (SELECT max(b.id) FROM attendances b WHERE b.meeting_id = a.meeting_id AND b.user_id = a.user_id)"
        " WHERE e.deliberation_id = NEW.deliberation_id AND e.user_id <> NEW.user_id"
        " AND NOT EXISTS (SELECT 1 FROM recusals r WHERE r.deliberation_id = e.deliberation_id AND r.user_id = e.user_id)"
        " AND NOT EXISTS (SELECT 1 FROM votes v WHERE v.deliberation_id = e.deliberation_id AND v.user_id = e.user_id))",
        "who presides speaks last",
        lock_case=OPEN_CASE,
    )
    refuse(
        "sitting_calls_open",
        "sitting_calls",
        "INSERT",
        f"{ENDED} OR NOT EXISTS (SELECT 1 FROM agenda_items i JOIN meetings m ON m.id = i.meeting_id"
        " WHERE i.deliberation_id = NEW.deliberation_id AND m.state = 'in_session')",
        "a question is put in a meeting in session",
        lock_case=OPEN_CASE,
    )
    allow("electors_seated", "electors")
    opened = local_day("d.opened_at")  # a case may be tabled for a meeting whose day has come already
    seated_on(
        "coalesce((SELECT m.held_on FROM agenda_items i JOIN meetings m ON m.id = i.meeting_id"
        f" WHERE i.deliberation_id = d.id AND m.held_on > {opened}), {opened})"
    )
    allow("gate_decisions_counted", "gate_decisions")
    measure_by("(d.members - (SELECT count(*) FROM recusals r WHERE r.deliberation_id = d.id))")


def downgrade():
    allow("electors_seated", "electors")
    seated_on(local_day("d.opened_at"))
    allow("gate_decisions_counted", "gate_decisions")
    measure_by("d.members")
    for table, names in {
        "sitting_calls": ("open",),
        "votes": ("chair_last", "in_the_room", "called", "recused"),
        "recusals": ("before_the_vote",),
        "meetings": ("no_delete", "settled"),
        "agenda_items": ("open_meeting",),
    }.items():
        for name in names:
            allow(f"{table}_{name}", table)
    for table in APPEND_ONLY:
        append_freely(table)
    append_freely("excluded_members")
    op.drop_column("excluded_members", "ground")
    append_only("excluded_members", ["deliberation_id", "user_id"])
    for table in ("flawed_votes", "recusal_proposals", "recusals", "sitting_calls", "attendances", "agenda_items"):
        op.drop_table(table)
    op.drop_table("meetings")
