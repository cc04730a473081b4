"""Bring a database to a revision of the schema, one process at a time.

Run as a module with a message, it drafts a new revision.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from registry.database.engine import BUSY_TIMEOUT_MS, sync_url

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 7_315_064  # any number of our own: PostgreSQL's advisory locks are named by numbers


def migrate(database_url: str, revision: str = "head") -> list[str]:
    """Upgrade (or, for an older revision or ``base``, downgrade) the schema; the revisions that were applied.

    Safe to start in several processes: one does it, the others wait and find nothing to do.
    """
    with _connection(database_url) as connection:
        config = _config(connection)
        wanted, found = _order(config, revision), _order(config, current_revision(connection) or "base")
        if wanted >= found:
            command.upgrade(config, revision)
        else:
            command.downgrade(config, revision)
        return _revisions(config)[found:wanted]


def pending_revisions(database_url: str) -> list[str]:
    """The revisions that the database still lacks, oldest first."""
    with _connection(database_url) as connection:
        config = _config(connection)
        known = _revisions(config)
        return known[_order(config, current_revision(connection) or "base"):]


def current_revision(connection: Connection) -> str | None:
    """The revision the database is at; none for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def draft_migration(message: str) -> None:
    """Write a new revision file from the difference between the tables and an empty, migrated SQLite (developers)."""
    with TemporaryDirectory() as folder, _connection(f"sqlite:///{folder}/draft.sqlite3") as connection:
        command.upgrade(_config(connection), "head")
        config = _config(connection)
        number = len(_revisions(config)) + 1
        command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")


def _revisions(config: Config) -> list[str]:
    script = ScriptDirectory.from_config(config)
    return [one.revision for one in script.walk_revisions()][::-1]


def _order(config: Config, revision: str) -> int:
    known = _revisions(config)
    if revision == "head":
        return len(known)
    return 0 if revision == "base" else known.index(revision) + 1


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _connection(database_url: str) -> Iterator[Connection]:
    engine = create_engine(sync_url(database_url))
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
                connection.commit()
            else:
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
                connection.exec_driver_sql("PRAGMA journal_mode = WAL")
                connection.commit()
            yield connection
            connection.commit()
    finally:
        engine.dispose()


if __name__ == "__main__":
    draft_migration(sys.argv[1])
