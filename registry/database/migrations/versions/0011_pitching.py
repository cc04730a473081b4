"""pitching online: drafts, pitches without an event, sign-up that closes"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def _json(name: str, empty: str) -> sa.Column:
    kind = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    return sa.Column(name, kind, server_default=empty, nullable=False)


def upgrade() -> None:
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.add_column(sa.Column('proposals_close_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('proposals_closed_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('proposals', schema=None) as batch_op:
        batch_op.alter_column('event_id', existing_type=_NUMBER, nullable=True)
        batch_op.alter_column('project_id', existing_type=_NUMBER, nullable=True)
        batch_op.add_column(sa.Column('initiators', sa.String(length=500), nullable=True))
        batch_op.add_column(_json('wanted', '[]'))
        batch_op.add_column(_json('related', '{}'))
        batch_op.add_column(_json('topics', '[]'))
        batch_op.add_column(_json('texts_html', '{}'))
        batch_op.add_column(sa.Column('pitched_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('is_founding', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_check_constraint(
            op.f('ck_proposals_project_unless_draft'), "project_id IS NOT NULL OR state = 'draft'"
        )


def downgrade() -> None:
    # The older schema cannot say what these are.
    op.execute("DELETE FROM proposals WHERE event_id IS NULL OR project_id IS NULL")
    with op.batch_alter_table('proposals', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_proposals_project_unless_draft'), type_='check')
        for name in ('is_founding', 'pitched_on', 'texts_html', 'topics', 'related', 'wanted', 'initiators'):
            batch_op.drop_column(name)
        batch_op.alter_column('project_id', existing_type=_NUMBER, nullable=False)
        batch_op.alter_column('event_id', existing_type=_NUMBER, nullable=False)

    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.drop_column('proposals_closed_at')
        batch_op.drop_column('proposals_close_at')
