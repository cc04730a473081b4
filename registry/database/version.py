"""The data version: a value that is another one after each committed write, by whichever process.

What was rendered under one version is true as long as the version stays. An acknowledged write must never be
followed by an older page, in any process:

* SQLite keeps such a number itself (``PRAGMA data_version`` on one open connection): 4 microseconds, asked each time.
* PostgreSQL's snapshot names every transaction that is visible, so two equal snapshots show the same data. Asking
  costs a round trip, so an answer holds for ``LEASE_SECONDS`` from the moment it was asked for, and a writer
  acknowledges only that long after its commit (``settle``). By then every older answer has run out. NOTIFY would
  tell other processes sooner or later, but "later" has no bound, and it would miss writers that do not notify.
"""

import asyncio
import sqlite3
import time
from collections.abc import Hashable
from pathlib import Path
from typing import Protocol

import psycopg

from registry.settings import Settings

LEASE_SECONDS = 0.02
_PATIENCE_SECONDS = 2.0
_RETRY_SECONDS = 1.0


class DataVersion(Protocol):
    """What the page cache asks before each answer."""

    async def current(self) -> Hashable | None:
        """The version now; none when the database cannot say, and then nothing may be served from memory."""

    async def close(self) -> None:
        """Give the connection back."""


def open_version(settings: Settings) -> DataVersion:
    """The data version of an installation's database; connects at the first question."""
    if settings.is_sqlite:
        return SqliteVersion(settings.sqlite_path)
    return PostgresqlVersion(settings.database_url)


async def settle(settings: Settings) -> None:
    """Wait, after a commit and before it is acknowledged, until no process trusts an older version."""
    if settings.page_cache and not settings.is_sqlite:
        await asyncio.sleep(LEASE_SECONDS)


class SqliteVersion:
    """SQLite's own counter. It sees the writes of every other connection, those of this process among them."""

    def __init__(self, path: Path) -> None:
        self._address = f"{path.absolute().as_uri()}?mode=rw"  # never make an empty database by asking
        self._connection: sqlite3.Connection | None = None

    async def current(self) -> Hashable | None:
        """The counter, read without leaving the event loop."""
        try:
            if self._connection is None:
                self._connection = sqlite3.connect(self._address, uri=True, isolation_level=None, timeout=0)
            version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error:
            # A new connection counts anew, so nothing kept under the old one may live on: none says that.
            await self.close()
            return None
        return version

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class PostgresqlVersion:
    """PostgreSQL's snapshot, at most ``LEASE_SECONDS`` old when a question arrives."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.AsyncConnection | None = None
        self._one_at_a_time = asyncio.Lock()
        self._snapshot: str | None = None
        self._asked_at = float("-inf")
        self._retry_at = float("-inf")

    async def current(self) -> Hashable | None:
        """The snapshot that was asked for last, unless it is too old for a question that arrives now."""
        arrived_at = time.monotonic()
        if arrived_at >= self._asked_at + LEASE_SECONDS:
            async with self._one_at_a_time:
                if arrived_at >= self._asked_at + LEASE_SECONDS:
                    await self._ask()
        return self._snapshot

    async def _ask(self) -> None:
        asked_at = time.monotonic()
        if asked_at < self._retry_at:
            return
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                if self._connection is None:
                    self._connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
                cursor = await self._connection.execute("SELECT pg_current_snapshot()::text")
                row = await cursor.fetchone()
        except (psycopg.Error, TimeoutError):
            await self.close()
            self._retry_at = asked_at + _RETRY_SECONDS
        else:
            self._snapshot = row[0] if row else None
            self._asked_at = asked_at

    async def close(self) -> None:
        """Close the connection and trust nothing that it said."""
        connection, self._connection, self._snapshot = self._connection, None, None
        self._asked_at = float("-inf")
        if connection is not None:
            await connection.close()
