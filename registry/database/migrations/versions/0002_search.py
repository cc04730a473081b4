"""search: what can be found, and the full-text index of each database over it"""

from itertools import pairwise

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

# The ASCII tokenizer keeps every character beyond ASCII: the terms arrive folded and cut, with spaces between.
SQLITE = (
    """
    CREATE VIRTUAL TABLE fts_titles USING fts5(
      title_terms, content='search_documents', content_rowid='id', tokenize='ascii', prefix='1', columnsize=0)
    """,
    """
    CREATE VIRTUAL TABLE fts_texts USING fts5(
      text_terms, content='search_documents', content_rowid='id', tokenize='ascii', prefix='1', columnsize=0)
    """,
    """
    CREATE TRIGGER fts_documents_added AFTER INSERT ON search_documents BEGIN
      INSERT INTO fts_titles (rowid, title_terms) VALUES (new.id, new.title_terms);
      INSERT INTO fts_texts (rowid, text_terms) VALUES (new.id, new.text_terms);
    END
    """,
    """
    CREATE TRIGGER fts_documents_removed AFTER DELETE ON search_documents BEGIN
      INSERT INTO fts_titles (fts_titles, rowid, title_terms) VALUES ('delete', old.id, old.title_terms);
      INSERT INTO fts_texts (fts_texts, rowid, text_terms) VALUES ('delete', old.id, old.text_terms);
    END
    """,
)

# Our own terms with their places, past every parser and locale of the server. The parts hold the heavier records
# first, so that a search for a word that every record has is satisfied by the first part (place = -weight).
POSTGRESQL = (
    """
    CREATE TABLE fts_documents (
      id bigint NOT NULL REFERENCES search_documents (id) ON DELETE CASCADE,
      place integer NOT NULL,
      subject varchar(20) NOT NULL,
      weight integer NOT NULL,
      title_vector tsvector NOT NULL,
      text_vector tsvector NOT NULL,
      PRIMARY KEY (id, place)
    ) PARTITION BY RANGE (place)
    """,
    *(
        f"CREATE TABLE fts_documents_{number} PARTITION OF fts_documents FOR VALUES FROM ({first}) TO ({end})"
        for number, (first, end) in enumerate(pairwise(("MINVALUE", -600, -500, -400, -300, -200, "MAXVALUE")))
    ),
    "CREATE INDEX ix_fts_documents_title_vector ON fts_documents USING gin (title_vector) WITH (fastupdate = off)",
    "CREATE INDEX ix_fts_documents_text_vector ON fts_documents USING gin (text_vector) WITH (fastupdate = off)",
    """
    CREATE FUNCTION fts_vector(terms text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
      SELECT coalesce(string_agg(quote_literal(term) || ':' || place, ' '), '')::tsvector
      FROM unnest(string_to_array(terms, ' ')) WITH ORDINALITY AS each_term (term, place)
    $$
    """,
    """
    CREATE FUNCTION fts_add() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO fts_documents VALUES (
        new.id, -new.weight, new.subject, new.weight, fts_vector(new.title_terms), fts_vector(new.text_terms));
      RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER fts_documents_added AFTER INSERT ON search_documents
      FOR EACH ROW EXECUTE FUNCTION fts_add()
    """,
)


def upgrade() -> None:
    op.create_table('search_documents',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject', sa.String(length=20), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=120), nullable=False),
    sa.Column('title', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('body', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('dated_on', sa.Date(), nullable=True),
    sa.Column('weight', sa.Integer(), nullable=False),
    sa.Column('title_terms', sa.Text(), nullable=False),
    sa.Column('text_terms', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_documents')),
    sa.UniqueConstraint('subject', 'subject_id', name=op.f('uq_search_documents_subject_subject_id')),
    )
    op.create_index('ix_search_documents_id_subject_weight', 'search_documents', ['id', 'subject', 'weight'])
    op.create_table('search_words',
    sa.Column('word', sa.String(length=60).with_variant(sa.String(length=60, collation='C'), 'postgresql'), nullable=False),
    sa.Column('uses', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('word', name=op.f('pk_search_words')),
    )
    for statement in POSTGRESQL if op.get_bind().dialect.name == 'postgresql' else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.drop_table('fts_documents')
        op.drop_table('search_documents')
        op.execute('DROP FUNCTION fts_add')
        op.execute('DROP FUNCTION fts_vector')
    else:
        op.drop_table('fts_titles')
        op.drop_table('fts_texts')
        op.drop_table('search_documents')
    op.drop_table('search_words')
