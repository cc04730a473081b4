"""commits by week, merged work, accounts that are not to be named"""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def _repository() -> sa.Column:
    return sa.Column('repository_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False)


def _of_repository(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ['repository_id'], ['repositories.id'], name=op.f(f'fk_{table}_repository_id'), ondelete='CASCADE'
    )


def upgrade() -> None:
    op.create_table('unnamed_accounts',
    sa.Column('forge', sa.String(length=20), nullable=False),
    sa.Column('account_hash', sa.String(length=64), nullable=False),
    sa.Column('key_mark', sa.String(length=16), nullable=False),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('forge', 'account_hash', name=op.f('pk_unnamed_accounts'))
    )
    op.create_table('commit_weeks',
    _repository(),
    sa.Column('week', sa.Date(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('commit_count', sa.Integer(), nullable=False),
    _of_repository('commit_weeks'),
    sa.PrimaryKeyConstraint('repository_id', 'week', 'account_id', name=op.f('pk_commit_weeks'))
    )
    with op.batch_alter_table('commit_weeks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_commit_weeks_account_id'), ['account_id'], unique=False)

    op.create_table('merged_changes',
    _repository(),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('merged_at', sa.DateTime(timezone=True), nullable=False),
    _of_repository('merged_changes'),
    sa.PrimaryKeyConstraint('repository_id', 'number', name=op.f('pk_merged_changes'))
    )
    with op.batch_alter_table('repository_contributors', schema=None) as batch_op:
        batch_op.add_column(sa.Column('commits_url', sa.Text(), nullable=True))

    with op.batch_alter_table('repositories', schema=None) as batch_op:
        batch_op.add_column(sa.Column('weeks_since', sa.Date(), nullable=True))
        batch_op.create_index('ix_repositories_language', ['language'], unique=False)

    # Every repository is read whole once more: for its weeks, and for what was merged.
    op.execute("UPDATE repositories SET etag = NULL, read_at = NULL")


def downgrade() -> None:
    with op.batch_alter_table('repositories', schema=None) as batch_op:
        batch_op.drop_index('ix_repositories_language')
        batch_op.drop_column('weeks_since')

    with op.batch_alter_table('repository_contributors', schema=None) as batch_op:
        batch_op.drop_column('commits_url')

    op.drop_table('merged_changes')
    with op.batch_alter_table('commit_weeks', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_commit_weeks_account_id'))

    op.drop_table('commit_weeks')
    op.drop_table('unnamed_accounts')
