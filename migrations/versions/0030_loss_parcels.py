"""A loss of a project may name its parcel; records keep to their own farm, pilot, plots and project."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, refuse

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

OF_THE_FARM = (
    "NOT EXISTS (SELECT 1 FROM farm_records r JOIN farm_records p ON p.farm_id = r.farm_id"
    " WHERE r.id = NEW.id AND p.id = NEW.{column})"
)


def upgrade():
    op.add_column("pilot_losses", sa.Column("parcel_key", sa.String(length=40), nullable=True))
    refuse(
        "pilot_losses_own_parcel",
        "pilot_losses",
        "INSERT",
        "NEW.parcel_key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM farm_records r JOIN parcel_keys k"
        " ON k.case_id = r.case_id WHERE r.id = NEW.id AND k.parcel_key = NEW.parcel_key)",
        "a loss names a parcel of its project",
    )
    refuse(
        "farm_records_registered",
        "farm_records",
        "INSERT",
        "NEW.case_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM registrations g WHERE g.case_id = NEW.case_id)",
        "a loss hangs on a registered project",
    )
    refuse(
        "farm_records_own_pilot",
        "farm_records",
        "INSERT",
        "NEW.pilot_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM pilots p WHERE p.id = NEW.pilot_id"
        " AND p.farm_id = NEW.farm_id)",
        "a record belongs to a pilot of its farm",
    )
    refuse(
        "pilot_measurements_own_plot",
        "pilot_measurements",
        "INSERT",
        OF_THE_FARM.format(column="plot_id"),
        "a measurement is of a plot of its farm",
    )
    refuse(
        "pilot_trials_own_plots",
        "pilot_trials",
        "INSERT",
        " OR ".join(OF_THE_FARM.format(column=column) for column in ("treatment_id", "control_id")),
        "a trial is on plots of its farm",
    )


def downgrade():
    allow("pilot_trials_own_plots", "pilot_trials")
    allow("pilot_measurements_own_plot", "pilot_measurements")
    allow("farm_records_own_pilot", "farm_records")
    allow("farm_records_registered", "farm_records")
    allow("pilot_losses_own_parcel", "pilot_losses")
    op.drop_column("pilot_losses", "parcel_key")
