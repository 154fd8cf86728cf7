"""Reports of completed area by the units of the plan."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, is_sqlite, may_truncate, no_truncate, refuse

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TABLE = "completion_reports"
GUARDS = ("begin", "no_replace", "steps", "frozen", "kept", "corrects")
SAID = (
    *("body_id", "unit_id", "year", "kind", "area_mu", "document_title", "document_number", "document_on", "sha256"),
    *("filename", "supersedes_id", "drafted_by_id", "drafted_at", "is_example"),
)
"""What stands as it was reported, until it is taken back or returned."""
FIRST = "state = 'confirmed' AND supersedes_id IS NULL"
CORRECTED = "state = 'confirmed' AND supersedes_id IS NOT NULL"


def _fk(column, target):
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{TABLE}_{column}"))


def _check(name, condition):
    return sa.CheckConstraint(condition, name=op.f(f"ck_{TABLE}_{name}"))


def upgrade():
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("area_mu", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("document_title", sa.String(length=200), nullable=False),
        sa.Column("document_number", sa.String(length=120), nullable=False),
        sa.Column("document_on", sa.Date(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("filename", sa.String(length=200), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(), nullable=False),
        sa.Column("reported_by_id", sa.Integer(), nullable=True),
        sa.Column("reported_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        _check("state_listed", "state IN ('draft', 'reported', 'confirmed', 'returned')"),
        _check("kind_listed", "kind IN ('afforestation', 'quality')"),
        _check("area_positive", "area_mu > 0"),
        _check("year_in_a_period", "year BETWEEN 2021 AND 2030"),
        _check("file_has_a_name", "(sha256 IS NULL) = (filename IS NULL)"),
        _check(
            "reported_by_a_person",
            "state = 'draft' OR (reported_by_id IS NOT NULL AND reported_at IS NOT NULL)",
        ),
        _check(
            "with_its_document",
            "state = 'draft' OR (sha256 IS NOT NULL AND document_on IS NOT NULL AND document_title <> ''"
            " AND document_number <> '')",
        ),
        _check("decided_by_a_person", "(state IN ('confirmed', 'returned')) = (decided_by_id IS NOT NULL)"),
        _check("decided_at_an_instant", "(decided_by_id IS NULL) = (decided_at IS NULL)"),
        _check("decided_by_another", "decided_by_id IS NULL OR decided_by_id <> reported_by_id"),
        _check("corrects_another", "supersedes_id IS NULL OR supersedes_id <> id"),
        _fk("body_id", "bodies.id"),
        _fk("unit_id", "organisations.id"),
        _fk("sha256", "stored_files.sha256"),
        _fk("supersedes_id", f"{TABLE}.id"),
        _fk("drafted_by_id", "users.id"),
        _fk("reported_by_id", "users.id"),
        _fk("decided_by_id", "users.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index("ix_completion_reports_unit_id", TABLE, ["unit_id"], unique=False)
    op.create_index("ix_completion_reports_state", TABLE, ["state", "year"], unique=False)
    for name, columns, where in (
        ("first", ["unit_id", "year", "kind"], FIRST),
        ("corrected", ["supersedes_id"], CORRECTED),
    ):
        where = sa.text(where)
        op.create_index(f"uq_{TABLE}_{name}", TABLE, columns, unique=True, sqlite_where=where, postgresql_where=where)
    _guard()


def _guard():
    differs = "IS NOT" if is_sqlite() else "IS DISTINCT FROM"
    refuse(f"{TABLE}_begin", TABLE, "INSERT", "NEW.state <> 'draft'", "a report is drafted first")
    over = f"EXISTS (SELECT 1 FROM {TABLE} x WHERE x.id = NEW.id)"
    refuse(f"{TABLE}_no_replace", TABLE, "INSERT", over, "a report is not written over")
    refuse(
        f"{TABLE}_steps",
        TABLE,
        "UPDATE",
        "NOT ((OLD.state IN ('draft', 'returned') AND NEW.state IN (OLD.state, 'reported'))"
        " OR (OLD.state = 'reported' AND NEW.state IN ('confirmed', 'returned', 'draft')))",
        "a report is reported, then confirmed or returned; what is confirmed stays",
    )
    refuse(
        f"{TABLE}_frozen",
        TABLE,
        "UPDATE",
        "NEW.id <> OLD.id OR (OLD.state = 'reported' AND ("
        + " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in SAID)
        + "))",
        "what was reported stays as it is",
    )
    refuse(f"{TABLE}_kept", TABLE, "DELETE", "OLD.reported_at IS NOT NULL", "a report that was sent is kept")
    refuse(
        f"{TABLE}_corrects",
        TABLE,
        "UPDATE",
        "NEW.state <> 'draft' AND NEW.supersedes_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM"
        f" {TABLE} x WHERE x.id = NEW.supersedes_id AND x.state = 'confirmed' AND x.unit_id = NEW.unit_id"
        " AND x.year = NEW.year AND x.kind = NEW.kind)",
        "a correction is of a confirmed report of the same unit, year and kind",
    )
    no_truncate(TABLE)


def downgrade():
    # The older pages cannot name these records: letters about them go with their notices.
    allow("mails_no_delete", "mails")
    op.execute("DELETE FROM mails WHERE notice_id IN (SELECT id FROM notices WHERE record_kind = 'greening')")
    refuse("mails_no_delete", "mails", "DELETE", "1 = 1", "letters are kept")
    op.execute("DELETE FROM notices WHERE record_kind = 'greening'")
    may_truncate(TABLE)
    for guard in GUARDS:
        allow(f"{TABLE}_{guard}", TABLE)
    op.drop_table(TABLE)
