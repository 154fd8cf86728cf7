"""Sittings, votes, gates and entries, and what the database refuses of them."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, append_freely, append_only, local_day, refuse

APPEND_ONLY = {
    "deliberations": ["id"],
    "electors": ["deliberation_id", "user_id"],
    "excluded_members": ["deliberation_id", "user_id"],
    "votes": ["deliberation_id", "user_id"],
    "deliberation_ends": ["deliberation_id"],
    "gate_decisions": ["case_id", "round_no", "gate"],
    "registrations": ["case_id", "round_no"],
}
IN_FAVOUR = " AND v.choice = 'for'"

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "deliberations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(40), nullable=False),
        sa.Column("sitting", sa.Integer(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("quorum_num", sa.Integer(), nullable=False),
        sa.Column("quorum_den", sa.Integer(), nullable=False),
        sa.Column("quorum_min", sa.Integer(), nullable=False),
        sa.Column("needs_num", sa.Integer(), nullable=False),
        sa.Column("needs_den", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "question IN ('screening', 'risk_review', 'validation', 'registration', 'amendment', 'revocation', 'suspension')",
            name=op.f("ck_deliberations_question_listed"),
        ),
        sa.CheckConstraint("members >= 3", name=op.f("ck_deliberations_enough_members")),
        sa.CheckConstraint(
            "needs_num * 2 >= needs_den AND needs_num <= needs_den", name=op.f("ck_deliberations_majority_in_range")
        ),
        sa.CheckConstraint(
            "quorum_num > 0 AND quorum_num <= quorum_den AND quorum_min >= 1",
            name=op.f("ck_deliberations_quorum_in_range"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "round_no"], ["rounds.case_id", "rounds.no"], name=op.f("fk_deliberations_case_id_round_no")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_deliberations_case_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["users.id"], name=op.f("fk_deliberations_opened_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliberations")),
        sa.UniqueConstraint(
            "case_id",
            "round_no",
            "question",
            "sitting",
            name=op.f("uq_deliberations_case_id_round_no_question_sitting"),
        ),
        sa.UniqueConstraint("id", "case_id", "round_no", name=op.f("uq_deliberations_id_case_id_round_no")),
    )
    op.create_index(op.f("ix_deliberations_case_id"), "deliberations", ["case_id"], unique=False)
    op.create_table(
        "electors",
        sa.Column("deliberation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("presides", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "role IN ('proponent', 'agent', 'case_officer', 'secretary', 'legal_reviewer', 'expert', 'vvb', 'eco_env', 'member', 'deputy_chair', 'chair', 'supervisor', 'farm_reporter', 'district_reporter', 'auditor', 'administrator', 'public', 'system')",
            name=op.f("ck_electors_role_listed"),
        ),
        sa.ForeignKeyConstraint(["deliberation_id"], ["deliberations.id"], name=op.f("fk_electors_deliberation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_electors_user_id")),
        sa.PrimaryKeyConstraint("deliberation_id", "user_id", name=op.f("pk_electors")),
    )
    op.create_table(
        "excluded_members",
        sa.Column("deliberation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["deliberation_id"], ["deliberations.id"], name=op.f("fk_excluded_members_deliberation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_excluded_members_organisation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_excluded_members_user_id")),
        sa.PrimaryKeyConstraint("deliberation_id", "user_id", name=op.f("pk_excluded_members")),
    )
    op.create_table(
        "votes",
        sa.Column("deliberation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(40), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("cast_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("choice IN ('for', 'against', 'abstain')", name=op.f("ck_votes_choice_listed")),
        sa.ForeignKeyConstraint(
            ["deliberation_id", "user_id"],
            ["electors.deliberation_id", "electors.user_id"],
            name=op.f("fk_votes_deliberation_id_user_id"),
        ),
        sa.ForeignKeyConstraint(["deliberation_id"], ["deliberations.id"], name=op.f("fk_votes_deliberation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_votes_user_id")),
        sa.PrimaryKeyConstraint("deliberation_id", "user_id", name=op.f("pk_votes")),
    )
    op.create_table(
        "deliberation_ends",
        sa.Column("deliberation_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deliberation_id"], ["deliberations.id"], name=op.f("fk_deliberation_ends_deliberation_id")
        ),
        sa.ForeignKeyConstraint(["ended_by_id"], ["users.id"], name=op.f("fk_deliberation_ends_ended_by_id")),
        sa.PrimaryKeyConstraint("deliberation_id", name=op.f("pk_deliberation_ends")),
    )
    op.create_table(
        "gate_decisions",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("gate", sa.String(40), nullable=False),
        sa.Column("result", sa.String(40), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("deliberation_id", sa.Integer(), nullable=True),
        sa.Column("carried_from", sa.Integer(), nullable=True),
        sa.Column("facts_digest", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(result = 'carried') = (carried_from IS NOT NULL)", name=op.f("ck_gate_decisions_carried_names_its_source")
        ),
        sa.CheckConstraint(
            "gate IN ('acceptance', 'screening', 'risk_review', 'validation', 'registration')",
            name=op.f("ck_gate_decisions_gate_listed"),
        ),
        sa.CheckConstraint(
            "gate NOT IN ('risk_review', 'registration') OR result = 'carried' OR deliberation_id IS NOT NULL",
            name=op.f("ck_gate_decisions_decided_in_a_sitting"),
        ),
        sa.CheckConstraint(
            "passed = CASE WHEN result = 'reject' THEN 0 ELSE 1 END",
            name=op.f("ck_gate_decisions_passed_follows_result"),
        ),
        sa.CheckConstraint(
            "result <> 'deemed' OR gate = 'acceptance'", name=op.f("ck_gate_decisions_only_acceptance_is_deemed")
        ),
        sa.CheckConstraint(
            "result <> 'reject' OR deliberation_id IS NOT NULL", name=op.f("ck_gate_decisions_rejected_in_a_sitting")
        ),
        sa.CheckConstraint(
            "result IN ('pass', 'pass_with_conditions', 'deemed', 'carried', 'reject')",
            name=op.f("ck_gate_decisions_result_listed"),
        ),
        sa.CheckConstraint(
            "carried_from IS NULL OR carried_from < round_no",
            name=op.f("ck_gate_decisions_carried_from_an_earlier_round"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "carried_from", "gate", "passed", "facts_digest"],
            [
                "gate_decisions.case_id",
                "gate_decisions.round_no",
                "gate_decisions.gate",
                "gate_decisions.passed",
                "gate_decisions.facts_digest",
            ],
            name="fk_gate_decisions_carried_from",
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "round_no"], ["rounds.case_id", "rounds.no"], name=op.f("fk_gate_decisions_case_id_round_no")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_gate_decisions_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["deliberation_id", "case_id", "round_no"],
            ["deliberations.id", "deliberations.case_id", "deliberations.round_no"],
            name="fk_gate_decisions_sitting",
        ),
        sa.PrimaryKeyConstraint("case_id", "round_no", "gate", name=op.f("pk_gate_decisions")),
        sa.UniqueConstraint(
            "case_id",
            "round_no",
            "gate",
            "passed",
            "facts_digest",
            name=op.f("uq_gate_decisions_case_id_round_no_gate_passed_facts_digest"),
        ),
        sa.UniqueConstraint(
            "case_id", "round_no", "gate", "passed", name=op.f("uq_gate_decisions_case_id_round_no_gate_passed")
        ),
    )
    op.create_table(
        "approval_conditions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reported_at", sa.DateTime(), nullable=True),
        sa.Column("report", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id", "round_no"],
            ["rounds.case_id", "rounds.no"],
            name=op.f("fk_approval_conditions_case_id_round_no"),
        ),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["users.id"], name=op.f("fk_approval_conditions_confirmed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_conditions")),
    )
    op.create_table(
        "registrations",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("ok", sa.Integer(), nullable=False),
        sa.Column("g1", sa.String(length=40), nullable=False),
        sa.Column("g2", sa.String(length=40), nullable=False),
        sa.Column("g3", sa.String(length=40), nullable=False),
        sa.Column("g4", sa.String(length=40), nullable=False),
        sa.Column("g5", sa.String(length=40), nullable=False),
        sa.Column("project_number", sa.String(length=60), nullable=False),
        sa.Column("registered_at", sa.DateTime(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.CheckConstraint("g1 = 'acceptance'", name=op.f("ck_registrations_g1")),
        sa.CheckConstraint("g2 = 'screening'", name=op.f("ck_registrations_g2")),
        sa.CheckConstraint("g3 = 'risk_review'", name=op.f("ck_registrations_g3")),
        sa.CheckConstraint("g4 = 'validation'", name=op.f("ck_registrations_g4")),
        sa.CheckConstraint("g5 = 'registration'", name=op.f("ck_registrations_g5")),
        sa.CheckConstraint("ok = 1", name=op.f("ck_registrations_ok")),
        sa.ForeignKeyConstraint(
            ["case_id", "round_no", "g1", "ok"],
            ["gate_decisions.case_id", "gate_decisions.round_no", "gate_decisions.gate", "gate_decisions.passed"],
            name="fk_registrations_g1",
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "round_no", "g2", "ok"],
            ["gate_decisions.case_id", "gate_decisions.round_no", "gate_decisions.gate", "gate_decisions.passed"],
            name="fk_registrations_g2",
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "round_no", "g3", "ok"],
            ["gate_decisions.case_id", "gate_decisions.round_no", "gate_decisions.gate", "gate_decisions.passed"],
            name="fk_registrations_g3",
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "round_no", "g4", "ok"],
            ["gate_decisions.case_id", "gate_decisions.round_no", "gate_decisions.gate", "gate_decisions.passed"],
            name="fk_registrations_g4",
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "round_no", "g5", "ok"],
            ["gate_decisions.case_id", "gate_decisions.round_no", "gate_decisions.gate", "gate_decisions.passed"],
            name="fk_registrations_g5",
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_registrations_case_id")),
        sa.PrimaryKeyConstraint("case_id", "round_no", name=op.f("pk_registrations")),
    )
    op.create_index(op.f("ix_registrations_project_number"), "registrations", ["project_number"], unique=False)
    for table, key in APPEND_ONLY.items():
        append_only(table, key)
    refuse(
        "deliberations_this_round",
        "deliberations",
        "INSERT",
        "NEW.round_no <> (SELECT c.round FROM cases c WHERE c.id = NEW.case_id)",
        "a sitting belongs to the round of the case",
    )
    refuse(
        "electors_fixed",
        "electors",
        "INSERT",
        "(SELECT count(*) FROM electors e WHERE e.deliberation_id = NEW.deliberation_id)"
        " >= (SELECT d.members FROM deliberations d WHERE d.id = NEW.deliberation_id)",
        "the electorate is fixed from the opening",
    )
    # A membership bars if it overlaps the time from the first submission to the opening of the sitting.
    own = (
        "EXISTS (SELECT 1 FROM deliberations d JOIN cases c ON c.id = d.case_id"
        " WHERE d.id = NEW.deliberation_id AND (c.proponent_user_id = NEW.user_id OR EXISTS ("
        "SELECT 1 FROM memberships m WHERE m.user_id = NEW.user_id"
        " AND m.organisation_id IN (c.proponent_org_id, c.agent_org_id, c.partner_org_id, c.vvb_org_id)"
        f" AND (m.until IS NULL OR m.until >= {local_day('c.submitted_at')}) AND m.since <= {local_day('d.opened_at')})))"
    )
    refuse(
        "electors_seated",
        "electors",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM deliberations d JOIN cases c ON c.id = d.case_id"
        " JOIN appointments a ON a.body_id = c.body_id AND a.user_id = NEW.user_id"
        " WHERE d.id = NEW.deliberation_id AND a.role IN ('member', 'deputy_chair', 'chair')"
        f" AND a.since <= {local_day('d.opened_at')} AND (a.until IS NULL OR a.until >= {local_day('d.opened_at')}))",
        "an elector holds a seat in the group",
    )
    refuse("electors_own_organisation", "electors", "INSERT", own, "no member decides on the own organisation")
    refuse("votes_own_organisation", "votes", "INSERT", own, "no member decides on the own organisation")
    refuse(
        "votes_in_open_sitting",
        "votes",
        "INSERT",
        "EXISTS (SELECT 1 FROM deliberation_ends e WHERE e.deliberation_id = NEW.deliberation_id)"
        " OR EXISTS (SELECT 1 FROM gate_decisions g WHERE g.deliberation_id = NEW.deliberation_id)"
        " OR (SELECT d.members FROM deliberations d WHERE d.id = NEW.deliberation_id)"
        " <> (SELECT count(*) FROM electors e WHERE e.deliberation_id = NEW.deliberation_id)"
        " OR (SELECT d.round_no FROM deliberations d WHERE d.id = NEW.deliberation_id)"
        " <> (SELECT c.round FROM cases c JOIN deliberations d ON d.case_id = c.id WHERE d.id = NEW.deliberation_id)",
        "votes are cast in an open sitting of this round",
        lock_case="SELECT d.case_id FROM deliberations d WHERE d.id = NEW.deliberation_id",
    )
    refuse(
        "gate_decisions_this_round",
        "gate_decisions",
        "INSERT",
        "NEW.round_no <> (SELECT c.round FROM cases c WHERE c.id = NEW.case_id)",
        "a gate is closed in the round of the case",
        lock_case="NEW.case_id",
    )
    votes = "(SELECT count(*) FROM votes v WHERE v.deliberation_id = d.id{})"
    refuse(
        "gate_decisions_counted",
        "gate_decisions",
        "INSERT",
        "NEW.deliberation_id IS NOT NULL AND NEW.result IN ('pass', 'pass_with_conditions') AND NOT EXISTS ("
        "SELECT 1 FROM deliberations d WHERE d.id = NEW.deliberation_id AND (d.question = NEW.gate OR (d.question = 'amendment'"
        " AND EXISTS (SELECT 1 FROM registrations r WHERE r.case_id = d.case_id)))"
        " AND NOT EXISTS (SELECT 1 FROM deliberation_ends e WHERE e.deliberation_id = d.id)"
        f" AND {votes.format('')} >= d.quorum_min AND {votes.format('')} * d.quorum_den >= d.members * d.quorum_num"
        " AND CASE WHEN d.needs_num * 2 = d.needs_den"
        f" THEN {votes.format(IN_FAVOUR)} * 2 > d.members"
        f" ELSE {votes.format(IN_FAVOUR)} * d.needs_den >= d.members * d.needs_num END)",
        "the count does not carry the decision",
        lock_case="NEW.case_id",
    )
    refuse(
        "gate_decisions_two_officers",
        "gate_decisions",
        "INSERT",
        "NEW.gate = 'screening' AND NEW.result = 'pass' AND (SELECT count(DISTINCT s.officer_id) FROM screening_signatures s"
        " WHERE s.case_id = NEW.case_id AND s.round_no = NEW.round_no) < 2",
        "two officers sign the screening sheet",
    )
    refuse(
        "gate_decisions_validated",
        "gate_decisions",
        "INSERT",
        "NEW.gate = 'validation' AND NEW.result = 'pass' AND NOT EXISTS (SELECT 1 FROM opinions o"
        " WHERE o.case_id = NEW.case_id AND o.round_no = NEW.round_no AND o.kind = 'validation'"
        " AND o.id = (SELECT max(p.id) FROM opinions p WHERE p.case_id = o.case_id AND p.round_no = o.round_no"
        " AND p.kind = o.kind)"
        " AND o.conclusion = 'favourable')",
        "a validation rests on an opinion of the body",
    )
    refuse(
        "registrations_this_round",
        "registrations",
        "INSERT",
        "NEW.round_no <> (SELECT c.round FROM cases c WHERE c.id = NEW.case_id)",
        "an entry belongs to the round of the case",
        lock_case="NEW.case_id",
    )
    refuse(
        "cases_registered",
        "cases",
        "UPDATE",
        "NEW.state IN ('registered', 'amendment_review', 'revoked', 'closed')"
        " AND NOT EXISTS (SELECT 1 FROM registrations r WHERE r.case_id = NEW.id)",
        "an entry in the library needs its registration",
    )


def downgrade():
    for table, names in {
        "cases": ("registered",),
        "registrations": ("this_round",),
        "gate_decisions": ("validated", "two_officers", "counted", "this_round"),
        "votes": ("in_open_sitting", "own_organisation"),
        "electors": ("own_organisation", "seated", "fixed"),
        "deliberations": ("this_round",),
    }.items():
        for name in names:
            allow(f"{table}_{name}", table)
    for table in APPEND_ONLY:
        append_freely(table)
    op.drop_table("registrations")
    op.drop_table("approval_conditions")
    op.drop_table("gate_decisions")
    op.drop_table("deliberation_ends")
    op.drop_table("votes")
    op.drop_table("excluded_members")
    op.drop_table("electors")
    op.drop_table("deliberations")
