"""stages: standings, dormancy, imported moves"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('dormancy_questions',
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.String(length=20), nullable=True),
    sa.Column('answered_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['answered_by_id'], ['people.id'], name=op.f('fk_dormancy_questions_answered_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_dormancy_questions_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dormancy_questions'))
    )
    with op.batch_alter_table('dormancy_questions', schema=None) as batch_op:
        batch_op.create_index('ix_dormancy_questions_answered_at_asked_at', ['answered_at', 'asked_at'], unique=False)
        batch_op.create_index('ix_dormancy_questions_project_id_asked_at', ['project_id', 'asked_at'], unique=False)

    op.create_table('standing_changes',
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_standing', sa.String(length=20), nullable=False),
    sa.Column('to_standing', sa.String(length=20), nullable=False),
    sa.Column('other_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('by_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['by_person_id'], ['people.id'], name=op.f('fk_standing_changes_by_person_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['other_id'], ['projects.id'], name=op.f('fk_standing_changes_other_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_standing_changes_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_standing_changes'))
    )
    with op.batch_alter_table('standing_changes', schema=None) as batch_op:
        batch_op.create_index('ix_standing_changes_project_id_changed_at', ['project_id', 'changed_at'], unique=False)

    with op.batch_alter_table('stage_changes', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_imported', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index('ix_stage_changes_changed_at_id', ['changed_at', 'id'], unique=False)
    # Until now nobody but an import moved a project.
    op.execute("UPDATE stage_changes SET is_imported = true WHERE by_person_id IS NULL")



def downgrade() -> None:
    with op.batch_alter_table('stage_changes', schema=None) as batch_op:
        batch_op.drop_index('ix_stage_changes_changed_at_id')
        batch_op.drop_column('is_imported')

    with op.batch_alter_table('standing_changes', schema=None) as batch_op:
        batch_op.drop_index('ix_standing_changes_project_id_changed_at')

    op.drop_table('standing_changes')
    with op.batch_alter_table('dormancy_questions', schema=None) as batch_op:
        batch_op.drop_index('ix_dormancy_questions_project_id_asked_at')
        batch_op.drop_index('ix_dormancy_questions_answered_at_asked_at')

    op.drop_table('dormancy_questions')
