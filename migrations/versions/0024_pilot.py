"""The farm's pilot, and the records of the farm: a base with what every record says, a table for each kind."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, append_freely, append_only, may_truncate, no_truncate, refuse

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

KINDS = {
    "pilot_explorations": "exploration",
    "pilot_activities": "activity",
    "pilot_plots": "plot",
    "pilot_measurements": "measurement",
    "pilot_trials": "trial",
    "pilot_losses": "loss",
    "pilot_money": "money",
    "pilot_sales": "sale",
    "pilot_loans": "loan",
}
"""Table and the kind of record whose particulars it holds; a lesson has none."""
STEPS = (
    ("plan", "plan"), ("plan", "submitted"), ("submitted", "prepared"), ("submitted", "plan"),
    ("prepared", "approved"), ("prepared", "plan"), ("approved", "running"), ("running", "evaluated"),
)  # fmt: skip


def upgrade():
    op.create_table('pilots',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('farm_id', sa.Integer(), nullable=False),
    sa.Column('body_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=True),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('budget_yuan', sa.Numeric(precision=16, scale=2), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('drafted_by_id', sa.Integer(), nullable=False),
    sa.Column('drafted_at', sa.DateTime(), nullable=False),
    sa.Column('submitted_by_id', sa.Integer(), nullable=True),
    sa.Column('submitted_at', sa.DateTime(), nullable=True),
    sa.Column('prepared_by_id', sa.Integer(), nullable=True),
    sa.Column('approved_by_id', sa.Integer(), nullable=True),
    sa.Column('evaluated_by_id', sa.Integer(), nullable=True),
    sa.Column('is_example', sa.Boolean(), nullable=False),
    sa.CheckConstraint("(state = 'evaluated') = (evaluated_by_id IS NOT NULL)", name=op.f('ck_pilots_evaluated_by_a_person')),
    sa.CheckConstraint("(state = 'plan') OR submitted_by_id IS NOT NULL", name=op.f('ck_pilots_submitted_by_a_person')),
    sa.CheckConstraint("(state IN ('approved', 'running', 'evaluated')) = (approved_by_id IS NOT NULL)", name=op.f('ck_pilots_approved_by_a_person')),
    sa.CheckConstraint("state IN ('plan', 'submitted') OR prepared_by_id IS NOT NULL", name=op.f('ck_pilots_prepared_by_a_person')),
    sa.CheckConstraint("state IN ('plan', 'submitted', 'prepared', 'approved', 'running', 'evaluated')", name=op.f('ck_pilots_state_listed')),
    sa.CheckConstraint('approved_by_id IS NULL OR (approved_by_id <> submitted_by_id AND approved_by_id <> prepared_by_id)', name=op.f('ck_pilots_approved_by_another')),
    sa.CheckConstraint('budget_yuan >= 0', name=op.f('ck_pilots_budget_not_negative')),
    sa.CheckConstraint('since < until', name=op.f('ck_pilots_period_in_order')),
    sa.ForeignKeyConstraint(['approved_by_id'], ['users.id'], name=op.f('fk_pilots_approved_by_id')),
    sa.ForeignKeyConstraint(['body_id'], ['bodies.id'], name=op.f('fk_pilots_body_id')),
    sa.ForeignKeyConstraint(['drafted_by_id'], ['users.id'], name=op.f('fk_pilots_drafted_by_id')),
    sa.ForeignKeyConstraint(['evaluated_by_id'], ['users.id'], name=op.f('fk_pilots_evaluated_by_id')),
    sa.ForeignKeyConstraint(['farm_id'], ['organisations.id'], name=op.f('fk_pilots_farm_id')),
    sa.ForeignKeyConstraint(['prepared_by_id'], ['users.id'], name=op.f('fk_pilots_prepared_by_id')),
    sa.ForeignKeyConstraint(['submitted_by_id'], ['users.id'], name=op.f('fk_pilots_submitted_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pilots')),
    sa.UniqueConstraint('number', name=op.f('uq_pilots_number'))
    )
    op.create_index(op.f('ix_pilots_farm_id'), 'pilots', ['farm_id'], unique=False)
    op.create_table('farm_records',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('farm_id', sa.Integer(), nullable=True),
    sa.Column('pilot_id', sa.Integer(), nullable=True),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('latitude', sa.Numeric(precision=9, scale=6), nullable=True),
    sa.Column('longitude', sa.Numeric(precision=9, scale=6), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('source', sa.String(length=300), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('filename', sa.String(length=200), nullable=True),
    sa.Column('client_id', sa.String(length=36), nullable=False),
    sa.Column('supersedes_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('entered_by_id', sa.Integer(), nullable=False),
    sa.Column('entered_at', sa.DateTime(), nullable=False),
    sa.Column('is_example', sa.Boolean(), nullable=False),
    sa.CheckConstraint("(supersedes_id IS NULL) = (reason = '')", name=op.f('ck_farm_records_correction_says_why')),
    sa.CheckConstraint("case_id IS NULL OR kind = 'loss'", name=op.f('ck_farm_records_losses_alone_hang_on_a_project')),
    sa.CheckConstraint("kind IN ('exploration', 'activity', 'plot', 'measurement', 'trial', 'loss', 'money', 'sale', 'loan', 'lesson')", name=op.f('ck_farm_records_kind_listed')),
    sa.CheckConstraint('(latitude IS NULL) = (longitude IS NULL)', name=op.f('ck_farm_records_coordinates_whole')),
    sa.CheckConstraint('(sha256 IS NULL) = (filename IS NULL)', name=op.f('ck_farm_records_file_has_a_name')),
    sa.CheckConstraint('farm_id IS NOT NULL OR case_id IS NOT NULL', name=op.f('ck_farm_records_of_a_farm_or_a_project')),
    sa.CheckConstraint('latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180', name=op.f('ck_farm_records_on_the_globe')),
    sa.CheckConstraint('length(client_id) BETWEEN 16 AND 36', name=op.f('ck_farm_records_client_id_whole')),
    sa.CheckConstraint('supersedes_id IS NULL OR supersedes_id <> id', name=op.f('ck_farm_records_replaces_another')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_farm_records_case_id')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['users.id'], name=op.f('fk_farm_records_entered_by_id')),
    sa.ForeignKeyConstraint(['farm_id'], ['organisations.id'], name=op.f('fk_farm_records_farm_id')),
    sa.ForeignKeyConstraint(['pilot_id'], ['pilots.id'], name=op.f('fk_farm_records_pilot_id')),
    sa.ForeignKeyConstraint(['sha256'], ['stored_files.sha256'], name=op.f('fk_farm_records_sha256')),
    sa.ForeignKeyConstraint(['supersedes_id'], ['farm_records.id'], name=op.f('fk_farm_records_supersedes_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_farm_records')),
    sa.UniqueConstraint('client_id', name=op.f('uq_farm_records_client_id')),
    sa.UniqueConstraint('supersedes_id', name=op.f('uq_farm_records_supersedes_id'))
    )
    op.create_index(op.f('ix_farm_records_case_id'), 'farm_records', ['case_id'], unique=False)
    op.create_index('ix_farm_records_farm_kind', 'farm_records', ['farm_id', 'kind'], unique=False)
    op.create_index(op.f('ix_farm_records_pilot_id'), 'farm_records', ['pilot_id'], unique=False)
    op.create_table('pilot_activities',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('work', sa.String(length=40), nullable=False),
    sa.Column('planned_mu', sa.Numeric(precision=14, scale=4), nullable=True),
    sa.Column('done_mu', sa.Numeric(precision=14, scale=4), nullable=False),
    sa.Column('days', sa.Integer(), nullable=True),
    sa.Column('species', sa.String(length=200), nullable=False),
    sa.Column('cost_yuan', sa.Numeric(precision=16, scale=2), nullable=True),
    sa.CheckConstraint("work IN ('tending', 'restoration', 'replanting', 'species_change', 'afforestation', 'fire_prevention', 'pest_control', 'trial_work')", name=op.f('ck_pilot_activities_work_listed')),
    sa.CheckConstraint('days >= 0 AND cost_yuan >= 0', name=op.f('ck_pilot_activities_effort_not_negative')),
    sa.CheckConstraint('planned_mu >= 0 AND done_mu >= 0', name=op.f('ck_pilot_activities_areas_not_negative')),
    sa.ForeignKeyConstraint(['id'], ['farm_records.id'], name=op.f('fk_pilot_activities_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pilot_activities'))
    )
    op.create_table('pilot_explorations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('field', sa.String(length=40), nullable=False),
    sa.Column('aims', sa.Text(), nullable=False),
    sa.Column('progress', sa.Text(), nullable=False),
    sa.CheckConstraint("aims <> ''", name=op.f('ck_pilot_explorations_aims_said')),
    sa.CheckConstraint("field IN ('business_model', 'technique', 'measurement', 'projects', 'trade', 'compensation', 'finance')", name=op.f('ck_pilot_explorations_field_listed')),
    sa.ForeignKeyConstraint(['id'], ['farm_records.id'], name=op.f('fk_pilot_explorations_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pilot_explorations'))
    )
    op.create_table('pilot_loans',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(length=200), nullable=False),
    sa.Column('pledged_t', sa.Numeric(precision=14, scale=4), nullable=True),
    sa.Column('loan_yuan', sa.Numeric(precision=16, scale=2), nullable=False),
    sa.Column('lender', sa.String(length=200), nullable=False),
    sa.Column('registration_no', sa.String(length=80), nullable=False),
    sa.CheckConstraint('pledged_t >= 0 AND loan_yuan > 0', name=op.f('ck_pilot_loans_amounts')),
    sa.ForeignKeyConstraint(['id'], ['farm_records.id'], name=op.f('fk_pilot_loans_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pilot_loans'))
    )
    op.create_table('pilot_losses',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cause', sa.String(length=40), nullable=False),
    sa.Column('area_mu', sa.Numeric(precision=14, scale=4), nullable=False),
    sa.Column('volume_m3', sa.Numeric(precision=14, scale=4), nullable=True),
    sa.Column('carbon_t', sa.Numeric(precision=14, scale=4), nullable=True),
    sa.Column('method_version', sa.String(length=120), nullable=False),
    sa.Column('handling', sa.Text(), nullable=False),
    sa.CheckConstraint("carbon_t IS NULL OR method_version <> ''", name=op.f('ck_pilot_losses_carbon_by_a_method')),
    sa.CheckConstraint("cause IN ('fire', 'pest', 'felling', 'storm')", name=op.f('ck_pilot_losses_cause_listed')),
    sa.CheckConstraint('area_mu > 0', name=op.f('ck_pilot_losses_area_positive')),
    sa.CheckConstraint('volume_m3 >= 0 AND carbon_t >= 0', name=op.f('ck_pilot_losses_losses_not_negative')),
    sa.ForeignKeyConstraint(['id'], ['farm_records.id'], name=op.f('fk_pilot_losses_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pilot_losses'))
    )
    op.create_table('pilot_money',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('direction', sa.String(length=40), nullable=False),
    sa.Column('heading', sa.String(length=200), nullable=False),
    sa.Column('budget_yuan', sa.Numeric(precision=16, scale=2), nullable=True),
    sa.Column('executed_yuan', sa.Numeric(precision=16, scale=2), nullable=False),
    sa.Column('funds', sa.String(length=200), nullable=False),
    sa.CheckConstraint("direction IN ('money_in', 'money_out')", name=op.f('ck_pilot_money_direction_listed')),
    sa.CheckConstraint("heading <> ''", name=op.f('ck_pilot_money_heading_said')),
    sa.CheckConstraint('budget_yuan >= 0 AND executed_yuan >= 0', name=op.f('ck_pilot_money_not_negative')),
    sa.ForeignKeyConstraint(['id'], ['farm_records.id'], name=op.f('fk_pilot_money_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pilot_money'))
    )
    op.create_table('pilot_plots',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('plot_no', sa.String(length=40), nullable=False),
    sa.Column('area_m2', sa.Numeric(precision=10, scale=2), nullable=False),
    sa.Column('stratum', sa.String(length=200), nullable=False),
    sa.Column('species', sa.String(length=200), nullable=False),
    sa.CheckConstraint("plot_no <> ''", name=op.f('ck_pilot_plots_numbered')),
    sa.CheckConstraint('area_m2 > 0', name=op.f('ck_pilot_plots_area_positive')),
    sa.ForeignKeyConstraint(['id'], ['farm_records.id'], name=op.f('fk_pilot_plots_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pilot_plots'))
    )
    op.create_table('pilot_sales',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(length=200), nullable=False),
    sa.Column('quantity_t', sa.Numeric(precision=14, scale=4), nullable=False),
    sa.Column('price_yuan', sa.Numeric(precision=16, scale=2), nullable=False),
    sa.Column('amount_yuan', sa.Numeric(precision=16, scale=2), nullable=False),
    sa.Column('counterparty', sa.String(length=200), nullable=False),
    sa.Column('retirement_no', sa.String(length=80), nullable=False),
    sa.CheckConstraint('quantity_t > 0 AND price_yuan >= 0 AND amount_yuan >= 0', name=op.f('ck_pilot_sales_not_negative')),
    sa.ForeignKeyConstraint(['id'], ['farm_records.id'], name=op.f('fk_pilot_sales_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pilot_sales'))
    )
    op.create_table('pilot_measurements',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('plot_id', sa.Integer(), nullable=False),
    sa.Column('persons', sa.String(length=200), nullable=False),
    sa.Column('instrument', sa.String(length=200), nullable=False),
    sa.Column('trees', sa.Integer(), nullable=False),
    sa.Column('mean_diameter_cm', sa.Numeric(precision=14, scale=4), nullable=True),
    sa.Column('mean_height_m', sa.Numeric(precision=14, scale=4), nullable=True),
    sa.Column('tree_list', sa.Text(), nullable=False),
    sa.CheckConstraint("persons <> ''", name=op.f('ck_pilot_measurements_measured_by_somebody')),
    sa.CheckConstraint('mean_diameter_cm > 0 AND mean_height_m > 0', name=op.f('ck_pilot_measurements_means_positive')),
    sa.CheckConstraint('trees >= 0', name=op.f('ck_pilot_measurements_trees_not_negative')),
    sa.ForeignKeyConstraint(['id'], ['farm_records.id'], name=op.f('fk_pilot_measurements_id')),
    sa.ForeignKeyConstraint(['plot_id'], ['pilot_plots.id'], name=op.f('fk_pilot_measurements_plot_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pilot_measurements'))
    )
    op.create_index(op.f('ix_pilot_measurements_plot_id'), 'pilot_measurements', ['plot_id'], unique=False)
    op.create_table('pilot_trials',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('treatment_id', sa.Integer(), nullable=False),
    sa.Column('control_id', sa.Integer(), nullable=False),
    sa.Column('measure', sa.String(length=200), nullable=False),
    sa.Column('unit', sa.String(length=20), nullable=False),
    sa.Column('treatment_before', sa.Numeric(precision=14, scale=4), nullable=False),
    sa.Column('treatment_after', sa.Numeric(precision=14, scale=4), nullable=True),
    sa.Column('control_before', sa.Numeric(precision=14, scale=4), nullable=False),
    sa.Column('control_after', sa.Numeric(precision=14, scale=4), nullable=True),
    sa.CheckConstraint('treatment_id <> control_id', name=op.f('ck_pilot_trials_two_plots')),
    sa.ForeignKeyConstraint(['control_id'], ['pilot_plots.id'], name=op.f('fk_pilot_trials_control_id')),
    sa.ForeignKeyConstraint(['id'], ['farm_records.id'], name=op.f('fk_pilot_trials_id')),
    sa.ForeignKeyConstraint(['treatment_id'], ['pilot_plots.id'], name=op.f('fk_pilot_trials_treatment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pilot_trials'))
    )

    _guard_pilots()
    _guard_records()


def _guard_pilots():
    steps = " OR ".join(f"(OLD.state = '{a}' AND NEW.state = '{b}')" for a, b in STEPS)
    refuse("pilots_begin", "pilots", "INSERT", "NEW.state <> 'plan'", "a pilot begins as a plan")
    over = "EXISTS (SELECT 1 FROM pilots x WHERE x.id = NEW.id)"
    refuse("pilots_no_replace", "pilots", "INSERT", over, "a pilot is not written over")
    refuse("pilots_steps", "pilots", "UPDATE", f"NOT ({steps})", "a pilot goes its steps in order")
    refuse(
        "pilots_frozen",
        "pilots",
        "UPDATE",
        "NEW.id <> OLD.id OR (OLD.state <> 'plan' AND (NEW.farm_id <> OLD.farm_id OR NEW.body_id <> OLD.body_id"
        " OR NEW.title <> OLD.title OR NEW.since <> OLD.since OR NEW.until <> OLD.until"
        " OR NEW.budget_yuan <> OLD.budget_yuan))",
        "a plan that was submitted stays as it is",
    )
    refuse("pilots_kept", "pilots", "DELETE", "1 = 1", "pilots are kept")
    no_truncate("pilots")


def _guard_records():
    append_only("farm_records", ("id", "client_id"))
    # A replacement takes the place of a record of the same kind, farm and project.
    refuse(
        "farm_records_same_thing",
        "farm_records",
        "INSERT",
        "NEW.supersedes_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM farm_records x WHERE x.id = NEW.supersedes_id"
        " AND x.kind = NEW.kind AND COALESCE(x.farm_id, 0) = COALESCE(NEW.farm_id, 0)"
        " AND COALESCE(x.case_id, 0) = COALESCE(NEW.case_id, 0))",
        "a correction replaces a record of the same kind and place",
    )
    for table, kind in KINDS.items():
        append_only(table, ("id",))
        of_kind = f"NOT EXISTS (SELECT 1 FROM farm_records x WHERE x.id = NEW.id AND x.kind = '{kind}')"
        refuse(f"{table}_of_kind", table, "INSERT", of_kind, "particulars belong to a record of their kind")


def downgrade():
    for table in reversed(KINDS):
        allow(f"{table}_of_kind", table)
        append_freely(table)
    allow("farm_records_same_thing", "farm_records")
    append_freely("farm_records")
    may_truncate("pilots")
    for guard in ("begin", "no_replace", "steps", "frozen", "kept"):
        allow(f"pilots_{guard}", "pilots")
    # Notices and letters about pilots go with them.
    allow("mails_no_delete", "mails")
    op.execute("DELETE FROM mails WHERE notice_id IN (SELECT id FROM notices WHERE record_kind = 'pilot')")
    refuse("mails_no_delete", "mails", "DELETE", "1 = 1", "letters are kept")
    op.execute("DELETE FROM notices WHERE record_kind = 'pilot'")
    for table in ("pilot_trials", "pilot_measurements", *(t for t in KINDS if t not in ("pilot_trials", "pilot_measurements"))):
        op.drop_table(table)
    op.drop_table("farm_records")
    op.drop_table("pilots")
