"""A disk that is full or broken, under an application in this process."""

import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, nullcontext
from typing import Any
from unittest.mock import patch

from httpx import Response
from litestar.testing import AsyncTestClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.app import create_app
from registry.database.engine import Database
from registry.people.models import Person
from registry.settings import Settings
from tests.factories import a_membership, a_project
from tests.trust.promises import promised
from tests.visits import BASE, filled, visit_to

ENDLESS = 2**31 - 1


async def writes_without_room(settings: Settings, *, pages_left: range) -> str:
    """Post an update while the disk is full or broken: it is refused whole, and taken afterwards; the figure."""
    async with AsyncTestClient(create_app(settings), base_url=BASE) as client:
        await visit_to(client).play("owner")
        database: Database = client.app.state.database
        async with database.writing() as session:
            person = (await session.scalars(select(Person))).one()
            await a_membership(session, project=await a_project(session, slug="mine"), person=person)
        form = filled(await client.get("/projects/mine/updates/new"), "/projects/mine/updates", text="坑" * 2_000)
        before = _everything_in(database)

        async def send() -> Response:
            return await client.post("/projects/mine/updates", data=form, headers={"origin": BASE})

        for pages in pages_left:
            async with _full_disk(database, pages_left=pages):
                answer = await send()
            with promised():
                assert _everything_in(database) == before, pages
                assert (answer.status_code, "The disk of this registry is full" in answer.text) == (507, True)
        with _broken_disk():
            answer = await send()
        with promised():
            assert _everything_in(database) == before
            assert (answer.status_code, "The database cannot be reached right now" in answer.text) == (503, True)
            assert form["text"] in answer.text
            assert (await send()).status_code == 303
            assert (await client.get("/projects/mine")).text.count(form["text"]) == 1
    return f"{len(pages_left)} writes to a full disk and one to a broken one refused; the same form taken afterwards"


@asynccontextmanager
async def _full_disk(database: Database, *, pages_left: int) -> AsyncIterator[None]:
    """SQLite's file may grow by so many pages and no more, as on a disk that is nearly full."""
    await _limit(database, await _asked(database, "page_count") + pages_left)
    try:
        yield
    finally:
        await _limit(database, ENDLESS)


@contextmanager
def _broken_disk() -> Iterator[None]:
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


def _everything_in(database: Database) -> list[str]:
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
