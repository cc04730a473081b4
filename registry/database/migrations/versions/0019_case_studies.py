"""case studies: drafts, versions with all they say, writers, comments, choices on the axes"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    with op.batch_alter_table('case_studies', schema=None) as batch_op:
        batch_op.add_column(sa.Column('summary', _JSON, nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('draft', _JSON, nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('version', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('revision', sa.Integer(), server_default='1', nullable=False))
        batch_op.create_index(batch_op.f('ix_case_studies_published_at'), ['published_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_case_studies_state'), ['state'], unique=False)

    # No version was ever written before this.
    with op.batch_alter_table('case_versions', schema=None) as batch_op:
        batch_op.drop_column('sections')
        batch_op.add_column(sa.Column('content', _JSON, nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('html', _JSON, nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('note', _JSON, nullable=False, server_default='{}'))

    for table, columns in (('case_studies', ('summary', 'draft')), ('case_versions', ('content', 'html', 'note'))):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.alter_column(column, existing_type=_JSON, existing_nullable=False, server_default=None)

    op.create_table('case_writers',
    sa.Column('case_id', _NUMBER, nullable=False),
    sa.Column('person_id', _NUMBER, nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_studies.id'], name=op.f('fk_case_writers_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_case_writers_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('case_id', 'person_id', name=op.f('pk_case_writers'))
    )
    with op.batch_alter_table('case_writers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_writers_person_id'), ['person_id'], unique=False)

    op.create_table('case_comments',
    sa.Column('case_id', _NUMBER, nullable=False),
    sa.Column('part', sa.String(length=20), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('written_by_id', _NUMBER, nullable=True),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_by_id', _NUMBER, nullable=True),
    sa.Column('id', _NUMBER, nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_studies.id'], name=op.f('fk_case_comments_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['written_by_id'], ['people.id'], name=op.f('fk_case_comments_written_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['settled_by_id'], ['people.id'], name=op.f('fk_case_comments_settled_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_comments'))
    )
    with op.batch_alter_table('case_comments', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_comments_case_id'), ['case_id'], unique=False)

    op.create_table('case_choices',
    sa.Column('case_id', _NUMBER, nullable=False),
    sa.Column('axis', sa.String(length=20), nullable=False),
    sa.Column('choice', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_studies.id'], name=op.f('fk_case_choices_case_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('case_id', 'axis', 'choice', name=op.f('pk_case_choices'))
    )
    with op.batch_alter_table('case_choices', schema=None) as batch_op:
        batch_op.create_index('ix_case_choices_axis_choice', ['axis', 'choice'], unique=False)


def downgrade() -> None:
    for table in ('case_choices', 'case_comments', 'case_writers'):
        op.drop_table(table)

    with op.batch_alter_table('case_versions', schema=None) as batch_op:
        for column in ('note', 'html', 'content'):
            batch_op.drop_column(column)
        batch_op.add_column(sa.Column('sections', _JSON, nullable=False, server_default='{}'))
    with op.batch_alter_table('case_versions', schema=None) as batch_op:
        batch_op.alter_column('sections', existing_type=_JSON, existing_nullable=False, server_default=None)

    with op.batch_alter_table('case_studies', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_case_studies_state'))
        batch_op.drop_index(batch_op.f('ix_case_studies_published_at'))
        for column in ('revision', 'version', 'draft', 'summary'):
            batch_op.drop_column(column)
