"""Tallies: what is counted over a large record

Revision ID: 0043
Revises: 0039
"""
import sqlalchemy as sa
from alembic import op

revision = '0043'
down_revision = '0039'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('tallies',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_tallies')),
    )


def downgrade() -> None:
    op.drop_table('tallies')
