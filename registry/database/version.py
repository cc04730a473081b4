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
from collections.abc import Hashable
from pathlib import Path
from typing import Protocol

from registry.settings import Settings

LEASE_SECONDS = 0.02


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
    from registry.database.postgresql_version import PostgresqlVersion  # noqa: PLC0415 — only where PostgreSQL is used

    return PostgresqlVersion(settings.database_url, lease=LEASE_SECONDS)


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
