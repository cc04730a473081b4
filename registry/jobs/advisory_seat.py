"""The seat for background work where the database is PostgreSQL."""

import asyncio

import psycopg

SECONDS = 5
"""How long PostgreSQL may take to say that the seat is ours."""
_ADVISORY_KEY = 0x6B656E67  # "keng"; locks of one database do not meet those of another
# A machine that loses its power or its network says no goodbye. PostgreSQL would believe it in its seat for two hours.
_NOTICE_A_SILENT_MACHINE = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4"


class AdvisorySeat:
    """An advisory lock of PostgreSQL, held as long as its connection lives."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.AsyncConnection | None = None

    async def take(self) -> bool:
        """Take the lock; one that is held is asked for on its own connection, so that a lost one is noticed."""
        try:
            async with asyncio.timeout(SECONDS):
                if self._connection is not None:
                    await self._connection.execute("SELECT 1")
                    return True
                return await self._sit_down()
        except (psycopg.Error, TimeoutError):
            await self.leave()
            return False

    async def _sit_down(self) -> bool:
        self._connection = await psycopg.AsyncConnection.connect(
            self._url, autocommit=True, options=_NOTICE_A_SILENT_MACHINE
        )
        cursor = await self._connection.execute("SELECT pg_try_advisory_lock(%s)", (_ADVISORY_KEY,))
        row = await cursor.fetchone()
        if row is None or not row[0]:
            await self.leave()
            return False
        return True

    async def leave(self) -> None:
        """Close the connection, and with it the lock."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
