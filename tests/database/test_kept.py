"""What is counted over the whole record is true until the next write, by whichever process."""

import asyncio
import os
import subprocess
import sys

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from registry.database.engine import Database
from registry.database.kept import Kept
from registry.database.version import open_version
from registry.projects.models import Project
from registry.settings import Settings
from tests.factories import a_project

WRITER = """
import asyncio
from registry.database.engine import Database
from registry.settings import load_settings
from tests.factories import a_project

async def write():
    database = Database(load_settings())
    async with database.writing() as session:
        await a_project(session, slug="from-elsewhere")
    await database.close()

asyncio.run(write())
"""


@pytest.fixture
def cached(settings: Settings) -> Settings:
    """The installation with its page cache on."""
    return settings.model_copy(update={"page_cache": True})


async def test_a_number_is_kept_until_another_process_writes_and_never_of_an_older_picture(cached: Settings) -> None:
    database, version = Database(cached), open_version(cached)
    kept = Kept(version)
    counted = []

    async def projects(reader: AsyncConnection) -> int:
        counted.append(await reader.scalar(select(func.count(Project.id))))
        return counted[-1] or 0

    async def asked() -> int:
        async with database.reading() as reader:
            return await kept.read(reader, projects)

    assert ([await asked(), await asked()], counted) == ([0, 0], [0])
    environment = os.environ | {"KENG_DATABASE_URL": cached.database_url, "KENG_PAGE_CACHE": "true"}
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", WRITER], check=True, env=environment)
    assert ([await asked(), await asked()], counted) == ([1, 1], [0, 1])

    async with database.reading() as reader:
        await reader.execute(select(Project.id))  # the picture is taken here, on SQLite
        async with database.writing() as session:
            await a_project(session)
        await kept.read(reader, projects)
    assert await asked() == 2
    await version.close()
    await database.close()


async def test_nothing_is_kept_where_pages_are_not(database: Database) -> None:
    kept = Kept(None)
    made: list[int] = []

    async def note(_reader: AsyncConnection) -> int:
        made.append(len(made))
        return made[-1]

    async with database.reading() as reader:
        assert [await kept.read(reader, note), await kept.read(reader, note)] == [0, 1]
