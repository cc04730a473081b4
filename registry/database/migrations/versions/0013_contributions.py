"""contributions that people say, and statements of them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('statements',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('content', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_statements_person_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_statements')),
    sa.UniqueConstraint('code', name=op.f('uq_statements_code'))
    )
    with op.batch_alter_table('statements', schema=None) as batch_op:
        batch_op.create_index('ix_statements_person_id_issued_at', ['person_id', 'issued_at'], unique=False)

    with op.batch_alter_table('contributions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_shown', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column('declined_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('decline_reason', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('decided_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch_op.add_column(sa.Column('decided_as', sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column('revision', sa.Integer(), server_default='1', nullable=False))
        batch_op.create_foreign_key(batch_op.f('fk_contributions_decided_by_id'), 'people', ['decided_by_id'], ['id'], ondelete='SET NULL')
        batch_op.drop_index('ix_contributions_event_id')
        batch_op.drop_index('ix_contributions_project_id')
        batch_op.create_index('ix_contributions_decided_by_id', ['decided_by_id'], unique=False)
        batch_op.create_index('ix_contributions_event_id_source_happened_on', ['event_id', 'source', 'happened_on'], unique=False)
        batch_op.create_index('ix_contributions_project_id_source_happened_on', ['project_id', 'source', 'happened_on'], unique=False)

    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.add_column(sa.Column('shows_calendar', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.drop_column('shows_calendar')

    with op.batch_alter_table('contributions', schema=None) as batch_op:
        batch_op.drop_index('ix_contributions_project_id_source_happened_on')
        batch_op.drop_index('ix_contributions_event_id_source_happened_on')
        batch_op.drop_index('ix_contributions_decided_by_id')
        batch_op.create_index('ix_contributions_project_id', ['project_id'], unique=False)
        batch_op.create_index('ix_contributions_event_id', ['event_id'], unique=False)
        batch_op.drop_constraint('fk_contributions_decided_by_id', type_='foreignkey')
        batch_op.drop_column('revision')
        batch_op.drop_column('decided_as')
        batch_op.drop_column('decided_by_id')
        batch_op.drop_column('decline_reason')
        batch_op.drop_column('declined_at')
        batch_op.drop_column('is_shown')

    with op.batch_alter_table('statements', schema=None) as batch_op:
        batch_op.drop_index('ix_statements_person_id_issued_at')

    op.drop_table('statements')
