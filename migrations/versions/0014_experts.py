"""The expert register; panels drawn from it, their order, seats, opinions and ends."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, append_freely, append_only, local_day, may_truncate, no_truncate, refuse

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

APPEND_ONLY = {
    "expert_profiles": ["id"],
    "expert_profile_fields": ["profile_id", "field"],
    "panels": ["id"],
    "panel_fields": ["panel_id", "field"],
    "panel_candidates": ["panel_id", "user_id"],
    "panel_seats": ["panel_id", "user_id"],
    "panel_departures": ["id"],
    "panel_opinions": ["panel_id", "user_id"],
    "panel_ends": ["panel_id"],
}
IN_FAVOUR = " AND o.advice <> 'not_accept'"
SITTING = (
    "(SELECT count(*) FROM panel_seats s WHERE s.panel_id = p.id AND NOT EXISTS"
    " (SELECT 1 FROM panel_departures d WHERE d.panel_id = s.panel_id AND d.user_id = s.user_id))"
)
ENDED = "EXISTS (SELECT 1 FROM panel_ends e WHERE e.panel_id = NEW.panel_id)"
GUARDS = {
    "panels": ("this_round", "one_a_round"),
    "panel_fields": ("fixed",),
    "panel_candidates": ("fixed",),
    "expert_profile_fields": ("fixed",),
    "panel_seats": ("drawn", "experts", "party"),
    "panel_departures": ("before_the_opinion",),
    "panel_opinions": ("of_a_seat", "party"),
    "panel_ends": ("counted",),
    "gate_decisions": ("expert_panel",),
    "expert_ties": ("kept", "no_delete", "no_replace"),
}


def upgrade():
    _tables()
    for table, key in APPEND_ONLY.items():
        append_only(table, key)
    _register()
    _draw()
    _opinions()


def _register():
    refuse(
        "expert_ties_kept",
        "expert_ties",
        "UPDATE",
        "OLD.until IS NOT NULL OR NEW.id <> OLD.id OR NEW.user_id <> OLD.user_id OR NEW.relation <> OLD.relation"
        " OR NEW.organisation_id <> OLD.organisation_id OR NEW.since <> OLD.since OR NEW.entered_at <> OLD.entered_at"
        " OR NEW.entered_by_id <> OLD.entered_by_id",
        "a declared tie is only ever ended",
    )
    refuse("expert_ties_no_delete", "expert_ties", "DELETE", "1 = 1", "a declared tie is only ever ended")
    refuse(
        "expert_ties_no_replace",
        "expert_ties",
        "INSERT",
        "EXISTS (SELECT 1 FROM expert_ties x WHERE x.id = NEW.id)",
        "a declared tie is only ever ended",
    )
    no_truncate("expert_ties")
    refuse(
        "expert_profile_fields_fixed",
        "expert_profile_fields",
        "INSERT",
        "EXISTS (SELECT 1 FROM panel_candidates k WHERE k.profile_id = NEW.profile_id)",
        "a profile that was drawn by is not changed",
    )


def _draw():
    refuse(
        "panels_this_round",
        "panels",
        "INSERT",
        "NEW.round_no <> (SELECT c.round FROM cases c WHERE c.id = NEW.case_id)",
        "a panel belongs to the round of the case",
        lock_case="NEW.case_id",
    )
    refuse(
        "panels_one_a_round",
        "panels",
        "INSERT",
        "EXISTS (SELECT 1 FROM panels p WHERE p.case_id = NEW.case_id AND p.round_no = NEW.round_no AND NOT EXISTS"
        " (SELECT 1 FROM panel_ends e WHERE e.panel_id = p.id AND e.result = 'broken_off'))",
        "one panel a round comes to a result",
        lock_case="NEW.case_id",
    )
    refuse(
        "panel_fields_fixed",
        "panel_fields",
        "INSERT",
        "EXISTS (SELECT 1 FROM panel_candidates k WHERE k.panel_id = NEW.panel_id)",
        "the draw is fixed",
    )
    refuse(
        "panel_candidates_fixed",
        "panel_candidates",
        "INSERT",
        "(SELECT count(*) FROM panel_candidates k WHERE k.panel_id = NEW.panel_id)"
        " >= (SELECT p.candidates_count FROM panels p WHERE p.id = NEW.panel_id)",
        "the draw is fixed",
    )
    refuse(
        "panel_seats_drawn",
        "panel_seats",
        "INSERT",
        f"{ENDED} OR NOT EXISTS (SELECT 1 FROM panels p JOIN cases c ON c.id = p.case_id JOIN panel_candidates k"
        " ON k.panel_id = p.id WHERE p.id = NEW.panel_id AND k.user_id = NEW.user_id AND k.bar IS NULL"
        f" AND c.round = p.round_no AND {SITTING} < p.size"
        " AND (SELECT count(*) FROM panel_candidates a WHERE a.panel_id = p.id) = p.candidates_count)",
        "a seat is drawn from the order, while one is free",
        lock_case="SELECT p.case_id FROM panels p WHERE p.id = NEW.panel_id",
    )
    refuse(
        "panel_seats_experts",
        "panel_seats",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM panels p JOIN cases c ON c.id = p.case_id JOIN appointments a"
        " ON a.body_id = c.body_id AND a.user_id = NEW.user_id WHERE p.id = NEW.panel_id AND a.role = 'expert'"
        f" AND a.since <= {local_day('NEW.seated_at')} AND (a.until IS NULL OR a.until >= {local_day('NEW.seated_at')}))",
        "a seat belongs to an expert of the register",
    )
    refuse("panel_seats_party", "panel_seats", "INSERT", _party("NEW.seated_at"), "no expert judges a party of the own")


def _party(at):
    """Belongs to a party of the case, is the applicant, or has declared a tie to a party that lasts."""
    parties = "(c.proponent_org_id, c.agent_org_id, c.partner_org_id, c.vvb_org_id)"
    return (
        "EXISTS (SELECT 1 FROM panels p JOIN cases c ON c.id = p.case_id WHERE p.id = NEW.panel_id"
        " AND (c.proponent_user_id = NEW.user_id OR EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = NEW.user_id"
        f" AND m.organisation_id IN {parties} AND (m.until IS NULL OR m.until >= {local_day('c.submitted_at')})"
        f" AND m.since <= {local_day(at)})"
        " OR EXISTS (SELECT 1 FROM expert_ties t WHERE t.user_id = NEW.user_id"
        f" AND t.organisation_id IN {parties} AND (t.until IS NULL OR t.until >= {local_day(at)})"
        f" AND t.since <= {local_day(at)})))"
    )


def _opinions():
    refuse(
        "panel_departures_before_the_opinion",
        "panel_departures",
        "INSERT",
        f"{ENDED} OR EXISTS (SELECT 1 FROM panel_opinions o WHERE o.panel_id = NEW.panel_id AND o.user_id = NEW.user_id)",
        "nobody leaves after the opinion or the end",
        lock_case="SELECT p.case_id FROM panels p WHERE p.id = NEW.panel_id",
    )
    refuse(
        "panel_opinions_of_a_seat",
        "panel_opinions",
        "INSERT",
        f"{ENDED} OR EXISTS (SELECT 1 FROM panel_departures d WHERE d.panel_id = NEW.panel_id"
        " AND d.user_id = NEW.user_id) OR NOT EXISTS (SELECT 1 FROM panels p JOIN cases c ON c.id = p.case_id"
        " JOIN panel_seats s ON s.panel_id = p.id"
        " WHERE p.id = NEW.panel_id AND s.user_id = NEW.user_id AND c.round = p.round_no)",
        "an opinion belongs to a seat of a panel at work",
        lock_case="SELECT p.case_id FROM panels p WHERE p.id = NEW.panel_id",
    )
    refuse(
        "panel_opinions_party",
        "panel_opinions",
        "INSERT",
        _party("NEW.given_at"),
        "no expert judges a party of the own",
    )
    given = "(SELECT count(*) FROM panel_opinions o WHERE o.panel_id = p.id{})"
    outside = (
        "(SELECT count(*) FROM panel_seats s JOIN panel_candidates k ON k.panel_id = s.panel_id AND k.user_id = s.user_id"
        " WHERE s.panel_id = p.id AND k.outside AND NOT EXISTS"
        " (SELECT 1 FROM panel_departures d WHERE d.panel_id = s.panel_id AND d.user_id = s.user_id))"
    )
    carried = (
        f"CASE WHEN p.needs_num * 2 = p.needs_den THEN {given.format(IN_FAVOUR)} * 2 > p.size"
        f" ELSE {given.format(IN_FAVOUR)} * p.needs_den >= p.size * p.needs_num END"
    )
    refuse(
        "panel_ends_counted",
        "panel_ends",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM panels p WHERE p.id = NEW.panel_id"
        f" AND NEW.in_favour = {given.format(IN_FAVOUR)} AND NEW.in_favour + NEW.against = {given.format('')}"
        f" AND (NEW.result = 'broken_off' OR ({SITTING} = p.size AND {given.format('')} = p.size"
        f" AND {outside} * p.outside_den >= p.size * p.outside_num"
        f" AND (NEW.result = 'accepted') = ({carried}))))",
        "the opinions do not carry the result",
        lock_case="SELECT p.case_id FROM panels p WHERE p.id = NEW.panel_id",
    )
    refuse(
        "gate_decisions_expert_panel",
        "gate_decisions",
        "INSERT",
        "NEW.gate = 'screening' AND NEW.result = 'pass'"
        " AND (SELECT c.scheme FROM cases c WHERE c.id = NEW.case_id) = 'local_ticket'"
        " AND NOT EXISTS (SELECT 1 FROM panels p JOIN panel_ends e ON e.panel_id = p.id"
        " WHERE p.case_id = NEW.case_id AND p.round_no = NEW.round_no AND e.result = 'accepted')",
        "a ticket is screened with a panel that accepted",
    )


def downgrade():
    may_truncate("expert_ties")
    for table, names in GUARDS.items():
        for name in names:
            allow(f"{table}_{name}", table)
    for table in APPEND_ONLY:
        append_freely(table)
    op.drop_table("panel_ends")
    op.drop_table("panel_opinions")
    op.drop_table("panel_departures")
    op.drop_table("panel_seats")
    op.drop_table("panel_candidates")
    op.drop_table("panel_fields")
    op.drop_table("panels")
    op.drop_table("expert_ties")
    op.drop_table("expert_profile_fields")
    op.drop_table("expert_profiles")


def _tables():
    op.create_table(
        "expert_profiles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entered_by_id"], ["users.id"], name=op.f("fk_expert_profiles_entered_by_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_expert_profiles_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_profiles")),
    )
    op.create_index("ix_expert_profiles_user", "expert_profiles", ["user_id"], unique=False)

    op.create_table(
        "expert_ties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("relation", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "relation IN ('own_employer', 'former_employer', 'spouse', 'child', 'parent', 'sibling', 'other_relative')",
            name=op.f("ck_expert_ties_relation_listed"),
        ),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_expert_ties_period_in_order")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["users.id"], name=op.f("fk_expert_ties_entered_by_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_expert_ties_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_expert_ties_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_ties")),
    )
    op.create_index(op.f("ix_expert_ties_organisation_id"), "expert_ties", ["organisation_id"], unique=False)
    op.create_index("ix_expert_ties_user", "expert_ties", ["user_id", "organisation_id"], unique=False)

    op.create_table(
        "expert_profile_fields",
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "field IN ('forestry', 'carbon_accounting', 'law', 'finance', 'ecology', 'remote_sensing', 'pest_fire', 'soil_water')",
            name=op.f("ck_expert_profile_fields_field_listed"),
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["expert_profiles.id"], name=op.f("fk_expert_profile_fields_profile_id")
        ),
        sa.PrimaryKeyConstraint("profile_id", "field", name=op.f("pk_expert_profile_fields")),
    )
    op.create_table(
        "panels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("candidates_count", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("outside_num", sa.Integer(), nullable=False),
        sa.Column("outside_den", sa.Integer(), nullable=False),
        sa.Column("needs_num", sa.Integer(), nullable=False),
        sa.Column("needs_den", sa.Integer(), nullable=False),
        sa.Column("expected_days", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(), nullable=False),
        sa.Column("drawn_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("expected_days >= 1", name=op.f("ck_panels_some_days")),
        sa.CheckConstraint("length(seed) = 64", name=op.f("ck_panels_seed_whole")),
        sa.CheckConstraint(
            "needs_num * 2 >= needs_den AND needs_num <= needs_den", name=op.f("ck_panels_majority_in_range")
        ),
        sa.CheckConstraint("outside_num > 0 AND outside_num <= outside_den", name=op.f("ck_panels_outside_in_range")),
        sa.CheckConstraint(
            "size % 2 = 1 AND size >= minimum AND minimum >= 1", name=op.f("ck_panels_odd_and_large_enough")
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "round_no"], ["rounds.case_id", "rounds.no"], name=op.f("fk_panels_case_id_round_no")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_panels_case_id")),
        sa.ForeignKeyConstraint(["drawn_by_id"], ["users.id"], name=op.f("fk_panels_drawn_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panels")),
        sa.UniqueConstraint("case_id", "round_no", "no", name=op.f("uq_panels_case_id_round_no_no")),
    )
    op.create_index(op.f("ix_panels_case_id"), "panels", ["case_id"], unique=False)

    op.create_table(
        "panel_candidates",
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("sort_key", sa.String(length=64), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=True),
        sa.Column("outside", sa.Boolean(), nullable=False),
        sa.Column("bar", sa.String(length=40), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "bar IN ('applicant', 'member_of_party', 'works_for_party', 'worked_for_party', 'relative_at_party', 'earlier_part', 'other_office', 'incomplete', 'not_in_office', 'refused')",
            name=op.f("ck_panel_candidates_bar_listed"),
        ),
        sa.CheckConstraint(
            "bar IS NOT NULL OR profile_id IS NOT NULL", name=op.f("ck_panel_candidates_known_or_barred")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_panel_candidates_organisation_id")
        ),
        sa.ForeignKeyConstraint(["panel_id"], ["panels.id"], name=op.f("fk_panel_candidates_panel_id")),
        sa.ForeignKeyConstraint(["profile_id"], ["expert_profiles.id"], name=op.f("fk_panel_candidates_profile_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_panel_candidates_user_id")),
        sa.PrimaryKeyConstraint("panel_id", "user_id", name=op.f("pk_panel_candidates")),
        sa.UniqueConstraint("panel_id", "place", name=op.f("uq_panel_candidates_panel_id_place")),
    )
    op.create_table(
        "panel_ends",
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=40), nullable=False),
        sa.Column("in_favour", sa.Integer(), nullable=False),
        sa.Column("conditional", sa.Integer(), nullable=False),
        sa.Column("against", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "result IN ('accepted', 'not_accepted', 'broken_off')", name=op.f("ck_panel_ends_result_listed")
        ),
        sa.CheckConstraint(
            "in_favour >= 0 AND conditional >= 0 AND conditional <= in_favour AND against >= 0",
            name=op.f("ck_panel_ends_count"),
        ),
        sa.ForeignKeyConstraint(["ended_by_id"], ["users.id"], name=op.f("fk_panel_ends_ended_by_id")),
        sa.ForeignKeyConstraint(["panel_id"], ["panels.id"], name=op.f("fk_panel_ends_panel_id")),
        sa.PrimaryKeyConstraint("panel_id", name=op.f("pk_panel_ends")),
    )
    op.create_table(
        "panel_fields",
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "field IN ('forestry', 'carbon_accounting', 'law', 'finance', 'ecology', 'remote_sensing', 'pest_fire', 'soil_water')",
            name=op.f("ck_panel_fields_field_listed"),
        ),
        sa.ForeignKeyConstraint(["panel_id"], ["panels.id"], name=op.f("fk_panel_fields_panel_id")),
        sa.PrimaryKeyConstraint("panel_id", "field", name=op.f("pk_panel_fields")),
    )
    op.create_table(
        "panel_departures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("left_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('applicant', 'member_of_party', 'works_for_party', 'worked_for_party', 'relative_at_party', 'earlier_part', 'other_office', 'incomplete', 'not_in_office', 'refused')",
            name=op.f("ck_panel_departures_reason_listed"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_panel_departures_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["panel_id", "user_id"],
            ["panel_candidates.panel_id", "panel_candidates.user_id"],
            name="fk_panel_departures_drawn",
        ),
        sa.ForeignKeyConstraint(["panel_id"], ["panels.id"], name=op.f("fk_panel_departures_panel_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_panel_departures_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_departures")),
        sa.UniqueConstraint("panel_id", "user_id", name=op.f("uq_panel_departures_panel_id_user_id")),
    )
    op.create_table(
        "panel_seats",
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("seated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["panel_id", "user_id"],
            ["panel_candidates.panel_id", "panel_candidates.user_id"],
            name="fk_panel_seats_drawn",
        ),
        sa.ForeignKeyConstraint(["panel_id"], ["panels.id"], name=op.f("fk_panel_seats_panel_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["users.id"], name=op.f("fk_panel_seats_replaces_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_panel_seats_user_id")),
        sa.PrimaryKeyConstraint("panel_id", "user_id", name=op.f("pk_panel_seats")),
        sa.UniqueConstraint("panel_id", "no", name=op.f("uq_panel_seats_panel_id_no")),
        sa.UniqueConstraint("panel_id", "replaces_id", name=op.f("uq_panel_seats_panel_id_replaces_id")),
    )
    op.create_index(op.f("ix_panel_seats_user_id"), "panel_seats", ["user_id"], unique=False)

    op.create_table(
        "panel_opinions",
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("advice", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("independent", sa.Boolean(), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "advice IN ('accept', 'accept_with_conditions', 'not_accept')", name=op.f("ck_panel_opinions_advice_listed")
        ),
        sa.CheckConstraint("independent", name=op.f("ck_panel_opinions_declared")),
        sa.ForeignKeyConstraint(
            ["panel_id", "user_id"], ["panel_seats.panel_id", "panel_seats.user_id"], name="fk_panel_opinions_seat"
        ),
        sa.ForeignKeyConstraint(["panel_id"], ["panels.id"], name=op.f("fk_panel_opinions_panel_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_panel_opinions_user_id")),
        sa.PrimaryKeyConstraint("panel_id", "user_id", name=op.f("pk_panel_opinions")),
    )
