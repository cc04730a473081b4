"""The schema goes up and down on both databases, and says what the tables say."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect

from registry.database.engine import sync_url
from registry.database.migrate import migrate, pending_revisions
from registry.database.tables import Base


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def test_migrations_go_down_to_nothing_and_up_again(database_url: str) -> None:
    engine = create_engine(sync_url(database_url))
    migrate(database_url, "base")
    with engine.connect() as connection:
        assert _tables(connection) == set()
    migrate(database_url)
    assert pending_revisions(database_url) == []
    with engine.connect() as connection:
        assert set(Base.metadata.tables) <= _tables(connection)
    engine.dispose()


def test_migrated_schema_equals_the_declared_tables(database_url: str) -> None:
    engine = create_engine(sync_url(database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={
            "compare_type": True,
            "include_name": lambda name, _kind, _parent: not (name or "").startswith(("fts_", "pg_")),
        })
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_an_empty_database_lacks_every_revision(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite3"
    assert pending_revisions(f"sqlite:///{path}")[0] == "0001"
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
