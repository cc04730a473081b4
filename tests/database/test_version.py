"""No process serves an older page after a write has been acknowledged."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from registry.database.engine import Database
from registry.database.postgresql_version import PostgresqlVersion
from registry.database.version import DataVersion, SqliteVersion, open_version
from registry.projects.models import Project
from registry.settings import Settings
from tests.conftest import in_trust
from tests.factories import a_project

SECONDS_TO_START = 60

# A server process of the installation: the page counts what is written, with everything around it as in production.
SERVER = """
import sys
from granian.server.embed import Server
from granian.constants import Interfaces
import asyncio
from litestar import get
from sqlalchemy import select
from registry import app
from registry.projects.models import Project
from registry.settings import load_settings
from registry.web.dependencies import InReader

@get("/pitches", media_type="text/html")
async def pitches(reader: InReader) -> str:
    return str((await reader.execute(select(Project.pitch_count))).scalar_one())

app.ROUTES = [*app.ROUTES, pitches]
asyncio.run(Server(app.create_app(load_settings()), port=int(sys.argv[1]), interface=Interfaces.ASGI).serve())
"""


@pytest.fixture
def cached(settings: Settings) -> Settings:
    """The installation with its page cache on."""
    return settings.model_copy(update={"page_cache": True})


@pytest.fixture
async def version(cached: Settings) -> AsyncIterator[DataVersion]:
    """The data version of the test's database."""
    version = open_version(cached)
    yield version
    await version.close()


async def test_the_version_stays_while_nothing_is_written(version: DataVersion, database: Database) -> None:
    before = await version.current()
    async with database.reading() as reader:
        await reader.execute(select(Project.id))
    await asyncio.sleep(0.05)
    assert before is not None
    assert await version.current() == before


async def test_the_version_is_another_one_after_each_write(version: DataVersion, cached: Settings) -> None:
    seen = [await version.current()]
    database = Database(cached)
    for _round in range(20):
        async with database.writing() as session:
            await a_project(session)
        seen.append(await version.current())
    await database.close()
    assert len(set(seen)) == 21


async def test_a_transaction_that_fails_leaves_pages_alone_or_drops_them_but_never_says_none(
    version: DataVersion, database: Database
) -> None:
    with pytest.raises(RuntimeError, match="stop"):
        async with database.writing() as session:
            await a_project(session)
            raise RuntimeError("stop")
    assert await version.current() is not None


async def test_no_database_means_no_version(tmp_path: Path) -> None:
    sqlite = SqliteVersion(tmp_path / "missing.sqlite3")
    postgresql = PostgresqlVersion("postgresql://127.0.0.1:1/nowhere", lease=0.02)
    assert (await sqlite.current(), await postgresql.current()) == (None, None)
    assert not (tmp_path / "missing.sqlite3").exists()


@pytest.mark.parametrize("rounds", [15, in_trust(60)])
async def test_two_server_processes_never_answer_with_what_was_before_a_write(
    cached: Settings, database_url: str, rounds: int
) -> None:
    database = Database(cached)
    async with database.writing() as session:
        project = await a_project(session)
    stale = hits = 0
    with _server(database_url) as first, _server(database_url) as second:
        for count in range(1, rounds + 1):
            async with database.writing() as session:
                await session.execute(update(Project).where(Project.id == project.id).values(pitch_count=count))
            answers = [_page(address) for address in (first, second, first, second)]
            stale += sum(page != str(count) for page, _etag in answers)
            hits += _is_unchanged(first, answers[0][1]) + _is_unchanged(second, answers[1][1])
    await database.close()
    assert (stale, hits) == (0, 2 * rounds)


async def test_each_of_several_writers_at_once_makes_another_version(cached: Settings) -> None:
    versions = [open_version(cached) for _reader in range(2)]
    databases = [Database(cached) for _writer in range(3)]
    async with databases[0].writing() as session:
        await a_project(session, pitch_count=0)

    async def write(database: Database) -> int:
        stale = 0
        for _round in range(30):
            before = [await version.current() for version in versions]
            async with database.writing() as session:
                await _count_up(session)
            after = [await version.current() for version in versions]
            stale += sum(new == old for new, old in zip(after, before, strict=True))
        return stale

    assert sum(await asyncio.gather(*(write(database) for database in databases))) == 0
    async with databases[0].reading() as reader:
        assert (await reader.execute(select(func.sum(Project.pitch_count)))).scalar_one() == 90
    await asyncio.gather(*(version.close() for version in versions), *(database.close() for database in databases))


async def _count_up(session: AsyncSession) -> None:
    await session.execute(update(Project).values(pitch_count=Project.pitch_count + 1))


@contextlib.contextmanager
def _server(database_url: str) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "KENG_DATABASE_URL": database_url, "KENG_PAGE_CACHE": "true"}
    with subprocess.Popen([sys.executable, "-c", SERVER, str(port)], env=environment) as process:
        try:
            address = f"http://127.0.0.1:{port}/pitches"
            _wait_until_it_answers(address)
            yield address
        finally:
            process.terminate()


def _wait_until_it_answers(address: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            _page(address)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _page(address: str) -> tuple[str, str]:
    with urllib.request.urlopen(address) as answer:
        return answer.read().decode(), answer.headers["ETag"]


def _is_unchanged(address: str, etag: str) -> bool:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers={"If-None-Match": etag})):
            return False
    except urllib.error.HTTPError as answer:
        return answer.code == 304
