"""A disk that is full or broken, under an application in this process."""

import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, nullcontext
from typing import Any
from unittest.mock import patch

from sqlalchemy.ext.asyncio import AsyncSession

from registry.database.engine import Database

ENDLESS = 2**31 - 1


@asynccontextmanager
async def full_disk(database: Database, *, pages_left: int) -> AsyncIterator[None]:
    """SQLite's file may grow by so many pages and no more, as on a disk that is nearly full."""
    await _limit(database, await _asked(database, "page_count") + pages_left)
    try:
        yield
    finally:
        await _limit(database, ENDLESS)


@contextmanager
def broken_disk() -> Iterator[None]:
    """Whatever this process writes to a file fails in the system, as an input/output error."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def without_transactions() -> Iterator[None]:
    """A fault: neither a change nor the work of a form is one transaction."""
    with (
        patch("registry.database.engine._begin_to_write", lambda _connection: None),
        patch.object(AsyncSession, "begin_nested", lambda _session: nullcontext()),
    ):
        yield


def everything_in(database: Database) -> list[str]:
    """What an SQLite database holds, as statements."""
    with closing(sqlite3.connect(database.url.removeprefix("sqlite:///"))) as file:
        return list(file.iterdump())


async def _limit(database: Database, pages: int) -> None:
    assert await _asked(database, f"max_page_count = {pages}") == pages


async def _asked(database: Database, pragma: str) -> int:
    async with database.write_engine.connect() as connection:  # the only one that writes
        raw: Any = (await connection.get_raw_connection()).driver_connection
        answer = await raw.execute_fetchall(f"PRAGMA {pragma}")
    pages: int = next(iter(answer))[0]
    return pages
