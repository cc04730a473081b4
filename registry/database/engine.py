"""The database of an installation: a reading engine, a writing engine and their sessions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

import msgspec
from sqlalchemy import event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from registry.database.inline_sqlite import DRIVER as INLINE
from registry.database.types import to_json
from registry.database.version import settle
from registry.settings import Settings

BUSY_TIMEOUT_MS = 10_000
SECONDS_TO_CONNECT = 5
SECONDS_A_STATEMENT = 30
SECONDS_IDLE_IN_A_TRANSACTION = 120

Reader = AsyncConnection | AsyncSession
"""Anything that can run a select: queries take either, so that a command can ask within its transaction."""


class Database:
    """Open once per process.

    SQLite loses updates when a transaction reads before it writes under a deferred ``BEGIN``, so writes have an
    engine of their own whose transactions start with ``BEGIN IMMEDIATE``, one at a time in a process.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.url = settings.database_url
        self.is_sqlite = settings.is_sqlite
        if self.is_sqlite:
            settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
            self.read_engine = _sqlite_engine(self.url, INLINE)
            self.write_engine = _sqlite_engine(self.url, "sqlite+aiosqlite", pool_size=1, max_overflow=0)
            event.listen(self.write_engine.sync_engine, "begin", _begin_to_write)
        else:
            self.read_engine = _postgresql_engine(self.url)
            self.write_engine = self.read_engine
        self._idle: list[AsyncConnection] = []
        self._writing: Any = asyncio.Lock() if self.is_sqlite else nullcontext()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reads; what is read is one consistent picture on SQLite."""
        if not self.is_sqlite:
            async with self.read_engine.connect() as connection:
                yield connection
            return
        # Kept as SQLAlchemy gave it: to take it from its pool and to put it back took as long as three statements.
        connection = self._idle.pop() if self._idle else await self.read_engine.connect()
        try:
            yield connection
        finally:
            inline: Any = connection.sync_connection
            inline.rollback()  # nothing in it waits: it needs no task that outlives whoever is cancelled
            self._idle.append(connection)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A session for one transaction: committed at the end of the block, rolled back on any exception.

        When the block is left, no process serves an older page any more.
        """
        async with self._writing, self._session() as session, session.begin():
            yield session
        await settle(self._settings)

    def _session(self) -> AsyncSession:
        """A session that carries the installation's settings (``settings_of``), for the limits that commands hold."""
        return AsyncSession(self.write_engine, expire_on_commit=False, info={"settings": self._settings})

    async def close(self) -> None:
        """Close every connection that nobody uses."""
        while self._idle:
            await self._idle.pop().close()
        await self.read_engine.dispose()
        await self.write_engine.dispose()


def dialect_of(reader: Reader) -> str:
    """Which database answers: ``sqlite`` or ``postgresql``."""
    return (reader if isinstance(reader, AsyncConnection) else reader.get_bind()).dialect.name


def settings_of(session: AsyncSession) -> Settings:
    """The settings of the installation that a session of ``Database.writing`` belongs to."""
    settings: Settings = session.info["settings"]
    return settings


def sync_url(database_url: str) -> str:
    """The address for synchronous use (migrations): the same driver family, no event loop."""
    return _with_driver(database_url, sqlite="sqlite", postgresql="postgresql+psycopg")


def _with_driver(database_url: str, *, sqlite: str, postgresql: str) -> str:
    url = make_url(database_url.replace("postgres://", "postgresql://", 1))
    driver = sqlite if url.get_backend_name() == "sqlite" else postgresql
    return url.set(drivername=driver).render_as_string(hide_password=False)


def _engine(database_url: str, *, sqlite: str = "", **options: Any) -> AsyncEngine:
    return create_async_engine(
        _with_driver(database_url, sqlite=sqlite, postgresql="postgresql+psycopg"),
        json_serializer=to_json, json_deserializer=msgspec.json.decode, **options,
    )


def _postgresql_engine(database_url: str) -> AsyncEngine:
    engine = _engine(
        database_url, pool_size=10, max_overflow=10, pool_pre_ping=True,
        connect_args={"connect_timeout": SECONDS_TO_CONNECT},
    )
    event.listen(engine.sync_engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    """Let no statement and no transaction hang for ever: whoever waits for it would hang with it.

    Pages look up a bounded number of rows by their index, on disks and in memory that find one as fast as the next.
    PostgreSQL's own setting is of turning disks, and reads a whole table before it looks for a thousand of its rows.
    """
    cursor = connection.cursor()
    cursor.execute(f"SET statement_timeout = '{SECONDS_A_STATEMENT}s'")
    cursor.execute("SET random_page_cost = 1.1")
    cursor.execute(f"SET idle_in_transaction_session_timeout = '{SECONDS_IDLE_IN_A_TRANSACTION}s'")
    cursor.close()
    connection.commit()


def _sqlite_engine(database_url: str, driver: str, **options: Any) -> AsyncEngine:
    engine = _engine(database_url, sqlite=driver, **options)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA mmap_size = 2147418112")  # as much as SQLite takes; of a small file no more than that
    cursor.close()


def _begin_to_write(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
