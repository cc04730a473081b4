"""The desk: links that no longer answer are counted and listed.

Revision ID: 0026
"""
import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

DEAD = sa.text("health = 'dead'")


def upgrade() -> None:
    with op.batch_alter_table('links', schema=None) as batch_op:
        batch_op.create_index('ix_links_dead', ['checked_at', 'id'], unique=False, sqlite_where=DEAD, postgresql_where=DEAD)


def downgrade() -> None:
    with op.batch_alter_table('links', schema=None) as batch_op:
        batch_op.drop_index('ix_links_dead', sqlite_where=DEAD, postgresql_where=DEAD)
