"""One-time correction notices, and reconsideration."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import append_freely, append_only

APPEND_ONLY = {
    "correction_notices": ["id"],
    "correction_faults": ["id"],
    "reconsiderations": ["id"],
    "reconsideration_people": ["reconsideration_id", "user_id"],
}

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('correction_notices',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('round_no', sa.Integer(), nullable=False),
    sa.Column('sent_at', sa.DateTime(), nullable=False),
    sa.Column('sent_by_id', sa.Integer(), nullable=False),
    sa.Column('late_reason', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['case_id', 'round_no'], ['rounds.case_id', 'rounds.no'], name=op.f('fk_correction_notices_case_id_round_no')),
    sa.ForeignKeyConstraint(['sent_by_id'], ['users.id'], name=op.f('fk_correction_notices_sent_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction_notices')),
    sa.UniqueConstraint('case_id', 'round_no', name=op.f('uq_correction_notices_case_id_round_no'))
    )
    op.create_table('correction_faults',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('field', sa.String(length=120), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('carried_from_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['carried_from_id'], ['correction_faults.id'], name=op.f('fk_correction_faults_carried_from_id')),
    sa.ForeignKeyConstraint(['notice_id'], ['correction_notices.id'], name=op.f('fk_correction_faults_notice_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction_faults'))
    )
    op.create_index(op.f('ix_correction_faults_notice_id'), 'correction_faults', ['notice_id'], unique=False)
    op.create_table('reconsiderations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('round_no', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(length=40), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("outcome IN ('asked', 'upheld', 'annulled', 'changed')", name=op.f('ck_reconsiderations_outcome_listed')),
    sa.ForeignKeyConstraint(['case_id', 'round_no'], ['rounds.case_id', 'rounds.no'], name=op.f('fk_reconsiderations_case_id_round_no')),
    sa.ForeignKeyConstraint(['made_by_id'], ['users.id'], name=op.f('fk_reconsiderations_made_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reconsiderations')),
    sa.UniqueConstraint('case_id', 'round_no', 'outcome', name=op.f('uq_reconsiderations_case_id_round_no_outcome'))
    )
    op.create_table('reconsideration_people',
    sa.Column('reconsideration_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['reconsideration_id'], ['reconsiderations.id'], name=op.f('fk_reconsideration_people_reconsideration_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_reconsideration_people_user_id')),
    sa.PrimaryKeyConstraint('reconsideration_id', 'user_id', name=op.f('pk_reconsideration_people'))
    )
    for table, key in APPEND_ONLY.items():
        append_only(table, key)


def downgrade():
    for table in APPEND_ONLY:
        append_freely(table)
    op.drop_table('reconsideration_people')
    op.drop_table('reconsiderations')
    op.drop_table('correction_faults')
    op.drop_table('correction_notices')
