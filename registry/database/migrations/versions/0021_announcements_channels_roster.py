"""announcements, channels and the roster"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0021'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('chat_channels',
    sa.Column('chat', sa.String(length=20), nullable=False),
    sa.Column('channel_id', sa.String(length=120), nullable=False),
    sa.Column('name', sa.String(length=500), nullable=False),
    sa.Column('topic', sa.Text(), nullable=False),
    sa.Column('member_count', sa.Integer(), nullable=True),
    sa.Column('last_message_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_archived', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('gone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chat_channels')),
    sa.UniqueConstraint('chat', 'channel_id', name=op.f('uq_chat_channels_chat_channel_id'))
    )
    with op.batch_alter_table('chat_channels', schema=None) as batch_op:
        batch_op.create_index('ix_chat_channels_member_count_id', ['member_count', 'id'], unique=False)

    op.create_table('chat_members',
    sa.Column('chat', sa.String(length=20), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('display_name', sa.String(length=500), nullable=False),
    sa.Column('timezone', sa.String(length=64), nullable=True),
    sa.Column('is_bot', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('is_gone', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('is_forgotten', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('chat', 'subject', name=op.f('pk_chat_members'))
    )
    with op.batch_alter_table('chat_members', schema=None) as batch_op:
        batch_op.create_index('ix_chat_members_chat_seen_at', ['chat', 'seen_at'], unique=False)

    op.create_table('roster_sweeps',
    sa.Column('chat', sa.String(length=20), nullable=False),
    sa.Column('cursor', sa.Text(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_count', sa.Integer(), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('chat', name=op.f('pk_roster_sweeps'))
    )
    op.create_table('announcement_routes',
    sa.Column('fact', sa.String(length=20), nullable=False),
    sa.Column('channel_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('is_looked_at', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['chat_channels.id'], name=op.f('fk_announcement_routes_channel_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_announcement_routes_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_announcement_routes')),
    sa.UniqueConstraint('fact', 'channel_id', 'event_id', name=op.f('uq_announcement_routes_fact_channel_id_event_id'))
    )
    with op.batch_alter_table('announcement_routes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_announcement_routes_channel_id'), ['channel_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_announcement_routes_event_id'), ['event_id'], unique=False)

    op.create_table('announcements',
    sa.Column('channel_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('fact', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('words', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('message_id', sa.String(length=120), nullable=True),
    sa.Column('told', sa.String(length=64), nullable=True),
    sa.Column('out_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('revision', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['chat_channels.id'], name=op.f('fk_announcements_channel_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_announcements'))
    )
    with op.batch_alter_table('announcements', schema=None) as batch_op:
        batch_op.create_index('ix_announcements_channel_id_fact_due_at', ['channel_id', 'fact', 'due_at'], unique=False)
        batch_op.create_index('ix_announcements_state_due_at', ['state', 'due_at'], unique=False)

    op.create_table('project_channels',
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('channel_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('linked_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['chat_channels.id'], name=op.f('fk_project_channels_channel_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_project_channels_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('project_id', 'channel_id', name=op.f('pk_project_channels'))
    )
    with op.batch_alter_table('project_channels', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_channels_channel_id'), ['channel_id'], unique=False)

    op.create_table('announced_facts',
    sa.Column('announcement_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('channel_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('subject', sa.String(length=20), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('detail', sa.String(length=200), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcements.id'], name=op.f('fk_announced_facts_announcement_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['channel_id'], ['chat_channels.id'], name=op.f('fk_announced_facts_channel_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_announced_facts')),
    sa.UniqueConstraint('channel_id', 'key', name=op.f('uq_announced_facts_channel_id_key'))
    )
    with op.batch_alter_table('announced_facts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_announced_facts_announcement_id'), ['announcement_id'], unique=False)
        batch_op.create_index('ix_announced_facts_subject_subject_id', ['subject', 'subject_id'], unique=False)

    with op.batch_alter_table('repository_releases', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_repository_releases_published_at'), ['published_at'], unique=False)

    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.add_column(sa.Column('silenced', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default='[]', nullable=False))

    with op.batch_alter_table('notice_deliveries', schema=None) as batch_op:
        batch_op.add_column(sa.Column('takes_direct', sa.Boolean(), server_default=sa.true(), nullable=False))

    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.add_column(sa.Column('lane', sa.String(length=160), nullable=True))
        batch_op.create_index('ix_outbox_lane', ['lane', 'id'], unique=False, sqlite_where=sa.text('delivered_at IS NULL AND given_up_at IS NULL'), postgresql_where=sa.text('delivered_at IS NULL AND given_up_at IS NULL'))



def downgrade() -> None:
    with op.batch_alter_table('repository_releases', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_repository_releases_published_at'))

    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_lane', sqlite_where=sa.text('delivered_at IS NULL AND given_up_at IS NULL'), postgresql_where=sa.text('delivered_at IS NULL AND given_up_at IS NULL'))
        batch_op.drop_column('lane')

    with op.batch_alter_table('notice_deliveries', schema=None) as batch_op:
        batch_op.drop_column('takes_direct')

    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.drop_column('silenced')

    with op.batch_alter_table('announced_facts', schema=None) as batch_op:
        batch_op.drop_index('ix_announced_facts_subject_subject_id')
        batch_op.drop_index(batch_op.f('ix_announced_facts_announcement_id'))

    op.drop_table('announced_facts')
    with op.batch_alter_table('project_channels', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_project_channels_channel_id'))

    op.drop_table('project_channels')
    with op.batch_alter_table('announcements', schema=None) as batch_op:
        batch_op.drop_index('ix_announcements_state_due_at')
        batch_op.drop_index('ix_announcements_channel_id_fact_due_at')

    op.drop_table('announcements')
    with op.batch_alter_table('announcement_routes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_announcement_routes_event_id'))
        batch_op.drop_index(batch_op.f('ix_announcement_routes_channel_id'))

    op.drop_table('announcement_routes')
    op.drop_table('roster_sweeps')
    with op.batch_alter_table('chat_members', schema=None) as batch_op:
        batch_op.drop_index('ix_chat_members_chat_seen_at')

    op.drop_table('chat_members')
    with op.batch_alter_table('chat_channels', schema=None) as batch_op:
        batch_op.drop_index('ix_chat_channels_member_count_id')

    op.drop_table('chat_channels')
