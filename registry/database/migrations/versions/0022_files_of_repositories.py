"""what repositories say by themselves and in their files"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('repositories', schema=None) as batch_op:
        batch_op.add_column(sa.Column('told_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('stated', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default='{}', nullable=False))
        batch_op.add_column(sa.Column('faults', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default='[]', nullable=False))

    op.create_table('repository_readmes',
    sa.Column('repository_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=500), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['repository_id'], ['repositories.id'], name=op.f('fk_repository_readmes_repository_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('repository_id', name=op.f('pk_repository_readmes'))
    )


def downgrade() -> None:
    op.drop_table('repository_readmes')
    with op.batch_alter_table('repositories', schema=None) as batch_op:
        batch_op.drop_column('faults')
        batch_op.drop_column('stated')
        batch_op.drop_column('told_at')
