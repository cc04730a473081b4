"""merges and claims"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('merges',
    sa.Column('subject', sa.String(length=20), nullable=False),
    sa.Column('kept_id', sa.Integer(), nullable=False),
    sa.Column('gone_id', sa.Integer(), nullable=False),
    sa.Column('rows', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('merged_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('merged_by', sa.String(length=200), nullable=False),
    sa.Column('unmerged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('unmerged_by', sa.String(length=200), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merges'))
    )
    with op.batch_alter_table('merges', schema=None) as batch_op:
        batch_op.create_index('ix_merges_subject_kept_id', ['subject', 'kept_id'], unique=False)
        batch_op.create_index('ux_merges_subject_gone_id', ['subject', 'gone_id'], unique=True, sqlite_where=sa.text('unmerged_at IS NULL'), postgresql_where=sa.text('unmerged_at IS NULL'))

    op.create_table('claims',
    sa.Column('subject', sa.String(length=20), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('claimer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.Column('evidence_url', sa.Text(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('merge_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['claimer_id'], ['people.id'], name=op.f('fk_claims_claimer_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['decided_by_id'], ['people.id'], name=op.f('fk_claims_decided_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['merge_id'], ['merges.id'], name=op.f('fk_claims_merge_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_claims'))
    )
    with op.batch_alter_table('claims', schema=None) as batch_op:
        batch_op.create_index('ix_claims_state_id', ['state', 'id'], unique=False)
        batch_op.create_index('ix_claims_subject_subject_id', ['subject', 'subject_id'], unique=False)
        batch_op.create_index('ux_claims_claimer_id_subject_subject_id', ['claimer_id', 'subject', 'subject_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))



def downgrade() -> None:
    with op.batch_alter_table('claims', schema=None) as batch_op:
        batch_op.drop_index('ux_claims_claimer_id_subject_subject_id', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index('ix_claims_subject_subject_id')
        batch_op.drop_index('ix_claims_state_id')

    op.drop_table('claims')
    with op.batch_alter_table('merges', schema=None) as batch_op:
        batch_op.drop_index('ux_merges_subject_gone_id', sqlite_where=sa.text('unmerged_at IS NULL'), postgresql_where=sa.text('unmerged_at IS NULL'))
        batch_op.drop_index('ix_merges_subject_kept_id')

    op.drop_table('merges')
