"""The day of each pitch, and what lists are sorted by

Revision ID: 0044
Revises: 0043
"""
import sqlalchemy as sa
from alembic import op

revision = '0044'
down_revision = '0043'
branch_labels = None
depends_on = None
only_adds = True

# SQLite drops triggers with the table that a batch migration makes anew, and refuses to rename one that a trigger
# names: whoever changes events or proposals so drops them before and creates them after.
SQLITE = (
    """
    CREATE TRIGGER proposals_day_added AFTER INSERT ON proposals BEGIN
      UPDATE proposals SET day = coalesce((SELECT starts_on FROM events WHERE id = new.event_id), new.pitched_on)
      WHERE id = new.id;
    END
    """,
    """
    CREATE TRIGGER proposals_day_changed AFTER UPDATE OF event_id, pitched_on ON proposals BEGIN
      UPDATE proposals SET day = coalesce((SELECT starts_on FROM events WHERE id = new.event_id), new.pitched_on)
      WHERE id = new.id;
    END
    """,
    """
    CREATE TRIGGER events_day_changed AFTER UPDATE OF starts_on ON events BEGIN
      UPDATE proposals SET day = new.starts_on WHERE event_id = new.id;
    END
    """,
)
POSTGRESQL = (
    """
    CREATE FUNCTION proposals_day() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      new.day := coalesce((SELECT starts_on FROM events WHERE id = new.event_id), new.pitched_on);
      RETURN new;
    END $$
    """,
    """
    CREATE TRIGGER proposals_day_changed BEFORE INSERT OR UPDATE OF event_id, pitched_on ON proposals
      FOR EACH ROW EXECUTE FUNCTION proposals_day()
    """,
    """
    CREATE FUNCTION events_day() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE proposals SET day = new.starts_on WHERE event_id = new.id;
      RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER events_day_changed AFTER UPDATE OF starts_on ON events
      FOR EACH ROW EXECUTE FUNCTION events_day()
    """,
)
LATEST = (('pg_projects_active', 'last_active_on'), ('pg_projects_pitched', 'first_pitched_on'))


def upgrade() -> None:
    op.add_column('proposals', sa.Column('day', sa.Date(), nullable=True))
    op.execute(
        'UPDATE proposals SET day = '
        'coalesce((SELECT starts_on FROM events WHERE events.id = proposals.event_id), pitched_on)'
    )
    op.create_index('ix_proposals_day_event_id', 'proposals', ['day', 'event_id'])
    is_sqlite = op.get_bind().dialect.name == 'sqlite'
    for statement in SQLITE if is_sqlite else POSTGRESQL:
        op.execute(statement)
    op.drop_index('ix_project_tags_tag_id', 'project_tags')
    op.create_index('ix_project_tags_tag_id_project_id', 'project_tags', ['tag_id', 'project_id'])
    op.create_index('ix_events_counted', 'events', ['starts_on', 'kind', 'state', 'hidden_at', 'ends_at'])
    op.drop_index('ix_projects_stage_key', 'projects')
    op.create_index('ix_projects_stage_key_last_active_on_id', 'projects', ['stage_key', 'last_active_on', 'id'])
    # Lists end with those without a day: from these on PostgreSQL would walk the index that both databases have. What
    # only one of them understands stands in no model, and its name begins otherwise.
    for name, day in () if is_sqlite else LATEST:
        op.create_index(name, 'projects', [sa.text(f'{day} DESC NULLS LAST'), sa.text('id DESC')])


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        for name in ('proposals_day_added', 'proposals_day_changed', 'events_day_changed'):
            op.execute(f'DROP TRIGGER {name}')
    else:
        for name, _day in LATEST:
            op.drop_index(name, 'projects')
        for table in ('proposals', 'events'):
            op.execute(f'DROP TRIGGER {table}_day_changed ON {table}')
            op.execute(f'DROP FUNCTION {table}_day()')
    op.drop_index('ix_events_counted', 'events')
    op.drop_index('ix_project_tags_tag_id_project_id', 'project_tags')
    op.create_index('ix_project_tags_tag_id', 'project_tags', ['tag_id'])
    op.drop_index('ix_projects_stage_key_last_active_on_id', 'projects')
    op.create_index('ix_projects_stage_key', 'projects', ['stage_key'])
    op.drop_index('ix_proposals_day_event_id', 'proposals')
    op.drop_column('proposals', 'day')
