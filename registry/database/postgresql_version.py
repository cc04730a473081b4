"""The data version of a PostgreSQL database; `registry.database.version` tells why it can be trusted."""

import asyncio
import time
from collections.abc import Hashable

import psycopg

_PATIENCE_SECONDS = 2.0
_RETRY_SECONDS = 1.0


class PostgresqlVersion:
    """PostgreSQL's snapshot, at most ``lease`` seconds old when a question arrives."""

    def __init__(self, url: str, *, lease: float) -> None:
        self._url = url
        self._lease = lease
        self._connection: psycopg.AsyncConnection | None = None
        self._one_at_a_time = asyncio.Lock()
        self._snapshot: str | None = None
        self._asked_at = float("-inf")
        self._retry_at = float("-inf")

    async def current(self) -> Hashable | None:
        """The snapshot that was asked for last, unless it is too old for a question that arrives now."""
        arrived_at = time.monotonic()
        if arrived_at >= self._asked_at + self._lease:
            async with self._one_at_a_time:
                if arrived_at >= self._asked_at + self._lease:
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
