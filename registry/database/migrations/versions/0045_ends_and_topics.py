"""When events end, and topics by their weight

Revision ID: 0045
Revises: 0044
"""
from alembic import op

revision = '0045'
down_revision = '0044'
branch_labels = None
depends_on = None
only_adds = True


def upgrade() -> None:
    op.create_index('ix_events_ends_at', 'events', ['ends_at'])
    op.create_index('ix_search_documents_subject_weight', 'search_documents', ['subject', 'weight'])


def downgrade() -> None:
    op.drop_index('ix_search_documents_subject_weight', 'search_documents')
    op.drop_index('ix_events_ends_at', 'events')
