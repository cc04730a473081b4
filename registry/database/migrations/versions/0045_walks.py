"""When events end, topics by their weight, and what lists of projects walk along

Revision ID: 0045
Revises: 0044
"""
import sqlalchemy as sa
from alembic import op

revision = '0045'
down_revision = '0044'
branch_labels = None
depends_on = None
only_adds = True

WALKS = (
    ('activity', 'last_active_on'), ('first_pitch', 'first_pitched_on'), ('pitches', 'pitch_count'),
    ('name', 'sort_name'),
)
# On PostgreSQL a list that ends with those without a day walks along an index of its own.
LATEST = (('pg_projects_active', 'last_active_on'), ('pg_projects_pitched', 'first_pitched_on'))


def upgrade() -> None:
    op.create_index('ix_events_ends_at', 'events', ['ends_at'])
    op.create_index('ix_search_documents_subject_weight', 'search_documents', ['subject', 'weight'])
    for name, column in WALKS:
        op.create_index(f'ix_projects_by_{name}', 'projects', [column, 'id', 'hidden_at', 'stage_key'])
        op.drop_index(f'ix_projects_{column}_id', 'projects')
    _latest(['hidden_at', 'stage_key'])


def downgrade() -> None:
    _latest([])
    for name, column in WALKS:
        op.create_index(f'ix_projects_{column}_id', 'projects', [column, 'id'])
        op.drop_index(f'ix_projects_by_{name}', 'projects')
    op.drop_index('ix_search_documents_subject_weight', 'search_documents')
    op.drop_index('ix_events_ends_at', 'events')


def _latest(besides: list[str]) -> None:
    for name, day in () if op.get_bind().dialect.name == 'sqlite' else LATEST:
        op.drop_index(name, 'projects')
        op.create_index(name, 'projects', [sa.text(f'{day} DESC NULLS LAST'), sa.text('id DESC'), *besides])
