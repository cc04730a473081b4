"""jobs, deliveries of the outbox, following, e-mail, checks of links"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_INSTANT = sa.DateTime(timezone=True)
_WAITING = sa.text("delivered_at IS NULL AND given_up_at IS NULL")
_GIVEN_UP = sa.text("given_up_at IS NOT NULL")


def upgrade() -> None:
    op.create_table('job_runs',
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('ran_at', _INSTANT, nullable=False),
    sa.Column('succeeded_at', _INSTANT, nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('last_error', sa.String(length=200), nullable=True),
    sa.Column('failed_at', _INSTANT, nullable=True),
    sa.Column('position', sa.BigInteger(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_job_runs'))
    )

    op.create_table('follows',
    sa.Column('person_id', _ID, nullable=False),
    sa.Column('subject', sa.String(length=20), nullable=False),
    sa.Column('target', sa.String(length=120), nullable=False),
    sa.Column('since', _INSTANT, nullable=False),
    sa.Column('id', _ID, nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_follows_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_follows')),
    sa.UniqueConstraint('person_id', 'subject', 'target', name=op.f('uq_follows_person_id_subject_target'))
    )
    with op.batch_alter_table('follows', schema=None) as batch_op:
        batch_op.create_index('ix_follows_subject_target', ['subject', 'target'], unique=False)

    op.create_table('notice_deliveries',
    sa.Column('person_id', _ID, nullable=False),
    sa.Column('language', sa.String(length=35), nullable=True),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('unconfirmed_email', sa.String(length=254), nullable=True),
    sa.Column('confirmation_hash', sa.String(length=64), nullable=True),
    sa.Column('confirmation_sent_at', _INSTANT, nullable=True),
    sa.Column('pace', sa.String(length=20), nullable=False),
    sa.Column('mailed_notice_id', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('mailed_at', _INSTANT, nullable=True),
    sa.Column('mail_key', sa.String(length=64), nullable=True),
    sa.Column('feed_key', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(
        ['person_id'], ['people.id'], name=op.f('fk_notice_deliveries_person_id'), ondelete='CASCADE'
    ),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_notice_deliveries')),
    sa.UniqueConstraint('confirmation_hash', name=op.f('uq_notice_deliveries_confirmation_hash')),
    sa.UniqueConstraint('mail_key', name=op.f('uq_notice_deliveries_mail_key')),
    sa.UniqueConstraint('feed_key', name=op.f('uq_notice_deliveries_feed_key'))
    )
    with op.batch_alter_table('notice_deliveries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notice_deliveries_pace'), ['pace'], unique=False)

    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.add_column(sa.Column('claimed_until', _INSTANT, nullable=True))
        batch_op.add_column(sa.Column('may_be_out', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('given_up_at', _INSTANT, nullable=True))
        batch_op.drop_index('ix_outbox_delivered_at_due_at')
        batch_op.create_index(batch_op.f('ix_outbox_delivered_at'), ['delivered_at'], unique=False)
    op.create_index(
        'ix_outbox_waiting', 'outbox', ['kind', 'due_at', 'id'], sqlite_where=_WAITING, postgresql_where=_WAITING,
    )
    op.create_index(
        'ix_outbox_given_up', 'outbox', ['given_up_at', 'id'], sqlite_where=_GIVEN_UP, postgresql_where=_GIVEN_UP,
    )

    with op.batch_alter_table('links', schema=None) as batch_op:
        batch_op.add_column(sa.Column('failed_checks', sa.Integer(), server_default='0', nullable=False))
        batch_op.create_index(batch_op.f('ix_links_checked_at'), ['checked_at'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('links', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_links_checked_at'))
        batch_op.drop_column('failed_checks')

    op.drop_index('ix_outbox_given_up', 'outbox')
    op.drop_index('ix_outbox_waiting', 'outbox')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_delivered_at'))
        batch_op.create_index('ix_outbox_delivered_at_due_at', ['delivered_at', 'due_at'], unique=False)
        batch_op.drop_column('given_up_at')
        batch_op.drop_column('may_be_out')
        batch_op.drop_column('claimed_until')

    with op.batch_alter_table('notice_deliveries', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notice_deliveries_pace'))
    op.drop_table('notice_deliveries')

    with op.batch_alter_table('follows', schema=None) as batch_op:
        batch_op.drop_index('ix_follows_subject_target')
    op.drop_table('follows')
    op.drop_table('job_runs')
