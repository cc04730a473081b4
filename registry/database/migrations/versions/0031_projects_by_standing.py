"""Projects of a standing by their last activity: what wants help is found without sorting every active project

Revision ID: 0031
Revises: 0024
"""
from alembic import op

revision = '0031'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.drop_index('ix_projects_standing')
        batch_op.create_index('ix_projects_standing_last_active_on_id', ['standing', 'last_active_on', 'id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.drop_index('ix_projects_standing_last_active_on_id')
        batch_op.create_index('ix_projects_standing', ['standing'], unique=False)
