"""the hackathon day: venue, agenda, helpers, registrations, running order"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('event_helpers',
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('task', sa.String(length=20), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_event_helpers_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_event_helpers_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_helpers')),
    sa.UniqueConstraint('event_id', 'person_id', 'task', name=op.f('uq_event_helpers_event_id_person_id_task'))
    )
    with op.batch_alter_table('event_helpers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_helpers_person_id'), ['person_id'], unique=False)

    op.create_table('rooms',
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_rooms_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rooms'))
    )
    with op.batch_alter_table('rooms', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rooms_event_id'), ['event_id'], unique=False)

    op.create_table('agenda',
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('title', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('note', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('room_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('ends_at >= starts_at', name=op.f('ck_agenda_ends_after_start')),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_agenda_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['room_id'], ['rooms.id'], name=op.f('fk_agenda_room_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agenda'))
    )
    with op.batch_alter_table('agenda', schema=None) as batch_op:
        batch_op.create_index('ix_agenda_event_id_starts_at', ['event_id', 'starts_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_agenda_room_id'), ['room_id'], unique=False)

    op.create_table('slots',
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('session', sa.String(length=20), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('title', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('presenter', sa.String(length=200), nullable=True),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('(CURRENT_TIMESTAMP)'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('(CURRENT_TIMESTAMP)'), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_slots_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_slots_project_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposals.id'], name=op.f('fk_slots_proposal_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_slots'))
    )
    with op.batch_alter_table('slots', schema=None) as batch_op:
        batch_op.create_index('ix_slots_event_id_session_position', ['event_id', 'session', 'position'], unique=False)
        batch_op.create_index(batch_op.f('ix_slots_project_id'), ['project_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_slots_proposal_id'), ['proposal_id'], unique=False)

    op.create_table('work_tables',
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('room_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('label', sa.String(length=40), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('taken_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_work_tables_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_work_tables_project_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['room_id'], ['rooms.id'], name=op.f('fk_work_tables_room_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['taken_by_id'], ['people.id'], name=op.f('fk_work_tables_taken_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_work_tables')),
    sa.UniqueConstraint('event_id', 'label', name=op.f('uq_work_tables_event_id_label'))
    )
    with op.batch_alter_table('work_tables', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_work_tables_project_id'), ['project_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_work_tables_room_id'), ['room_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_work_tables_taken_by_id'), ['taken_by_id'], unique=False)

    op.create_table('stage_clocks',
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('session', sa.String(length=20), nullable=False),
    sa.Column('slot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('seconds_left', sa.Integer(), nullable=False),
    sa.Column('counted_from', sa.DateTime(timezone=True), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revision', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_stage_clocks_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['slot_id'], ['slots.id'], name=op.f('fk_stage_clocks_slot_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('event_id', 'session', name=op.f('pk_stage_clocks'))
    )
    with op.batch_alter_table('stage_clocks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stage_clocks_slot_id'), ['slot_id'], unique=False)

    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.add_column(sa.Column('online_url', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('note_url', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('capacity', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('registration_opens_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('registration_closes_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('meals', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('conduct', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default='[]', nullable=False))

    with op.batch_alter_table('registrations', schema=None) as batch_op:
        batch_op.add_column(sa.Column('state', sa.String(length=20), server_default='confirmed', nullable=False))
        batch_op.add_column(sa.Column('code', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('meal', sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column('accepted_rules', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('language', sa.String(length=35), nullable=True))
        batch_op.add_column(sa.Column('mail_address', sa.String(length=254), nullable=True))
        batch_op.add_column(sa.Column('waiting_since', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('checked_in_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch_op.add_column(sa.Column('check_in_key', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('revision', sa.Integer(), server_default='1', nullable=False))
        batch_op.alter_column('person_id',
               existing_type=sa.INTEGER(),
               nullable=True)
        batch_op.create_index(batch_op.f('ix_registrations_checked_in_by_id'), ['checked_in_by_id'], unique=False)
        batch_op.create_index('ix_registrations_event_id_state_waiting_since', ['event_id', 'state', 'waiting_since'], unique=False)
        batch_op.create_unique_constraint(batch_op.f('uq_registrations_code'), ['code'])
        batch_op.create_foreign_key(batch_op.f('fk_registrations_checked_in_by_id'), 'people', ['checked_in_by_id'], ['id'], ondelete='SET NULL')



def downgrade() -> None:
    # Older versions know registrations of people with an account only.
    op.execute('DELETE FROM registrations WHERE person_id IS NULL')
    with op.batch_alter_table('registrations', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_registrations_checked_in_by_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_registrations_code'), type_='unique')
        batch_op.drop_index('ix_registrations_event_id_state_waiting_since')
        batch_op.drop_index(batch_op.f('ix_registrations_checked_in_by_id'))
        batch_op.alter_column('person_id',
               existing_type=sa.INTEGER(),
               nullable=False)
        batch_op.drop_column('revision')
        batch_op.drop_column('check_in_key')
        batch_op.drop_column('checked_in_by_id')
        batch_op.drop_column('cancelled_at')
        batch_op.drop_column('waiting_since')
        batch_op.drop_column('mail_address')
        batch_op.drop_column('language')
        batch_op.drop_column('accepted_rules')
        batch_op.drop_column('meal')
        batch_op.drop_column('code')
        batch_op.drop_column('state')

    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.drop_column('conduct')
        batch_op.drop_column('meals')
        batch_op.drop_column('registration_closes_at')
        batch_op.drop_column('registration_opens_at')
        batch_op.drop_column('capacity')
        batch_op.drop_column('note_url')
        batch_op.drop_column('online_url')

    with op.batch_alter_table('stage_clocks', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stage_clocks_slot_id'))

    op.drop_table('stage_clocks')
    with op.batch_alter_table('work_tables', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_work_tables_taken_by_id'))
        batch_op.drop_index(batch_op.f('ix_work_tables_room_id'))
        batch_op.drop_index(batch_op.f('ix_work_tables_project_id'))

    op.drop_table('work_tables')
    with op.batch_alter_table('slots', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_slots_proposal_id'))
        batch_op.drop_index(batch_op.f('ix_slots_project_id'))
        batch_op.drop_index('ix_slots_event_id_session_position')

    op.drop_table('slots')
    with op.batch_alter_table('agenda', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_agenda_room_id'))
        batch_op.drop_index('ix_agenda_event_id_starts_at')

    op.drop_table('agenda')
    with op.batch_alter_table('rooms', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rooms_event_id'))

    op.drop_table('rooms')
    with op.batch_alter_table('event_helpers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_event_helpers_person_id'))

    op.drop_table('event_helpers')
