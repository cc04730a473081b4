"""the day of an event: demos that close, results that owners were asked for"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.add_column(sa.Column('demos_closed_at', sa.DateTime(timezone=True), nullable=True))

    op.create_table('result_reminders',
    sa.Column('proposal_id', _NUMBER, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposals.id'], name=op.f('fk_result_reminders_proposal_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('proposal_id', 'number', name=op.f('pk_result_reminders'))
    )


def downgrade() -> None:
    op.drop_table('result_reminders')

    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.drop_column('demos_closed_at')
