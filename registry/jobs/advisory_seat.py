"""The seat for background work where the database is PostgreSQL."""

import psycopg

_ADVISORY_KEY = 0x6B656E67  # "keng"; locks of one database do not meet those of another


class AdvisorySeat:
    """An advisory lock of PostgreSQL, held as long as its connection lives."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.AsyncConnection | None = None

    async def take(self) -> bool:
        """Take the lock; one that is held is asked for on its own connection, so that a lost one is noticed."""
        try:
            if self._connection is not None:
                await self._connection.execute("SELECT 1")
                return True
            connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
        except psycopg.Error:
            await self.leave()
            return False
        cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", (_ADVISORY_KEY,))
        row = await cursor.fetchone()
        if row is None or not row[0]:
            await connection.close()
            return False
        self._connection = connection
        return True

    async def leave(self) -> None:
        """Close the connection, and with it the lock."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
