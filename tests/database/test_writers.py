"""Several processes that read, then update, lose nothing."""

import asyncio
import subprocess
import sys

import pytest
from sqlalchemy import select

from registry.database.engine import Database
from registry.projects.models import Project
from registry.settings import Settings
from tests.conftest import in_trust
from tests.factories import a_project

# The read comes before the write, in one transaction: what a deferred BEGIN gets wrong on SQLite.
WRITER = """
import asyncio, sys
from sqlalchemy import select, update
from registry.database.engine import Database
from registry.projects.models import Project
from registry.settings import Settings

async def main():
    database = Database(Settings(database_url=sys.argv[1], page_cache=False))
    for _write in range(int(sys.argv[2])):
        async with database.writing() as session:
            count = (await session.execute(select(Project.pitch_count).with_for_update())).scalar_one()
            await session.execute(update(Project).values(pitch_count=count + 1))
    await database.close()

asyncio.run(main())
"""


@pytest.mark.parametrize(("processes", "writes"), [(2, 50), in_trust(4, 100)])
async def test_processes_that_write_at_once_lose_no_update_and_meet_no_error(
    database: Database, settings: Settings, processes: int, writes: int
) -> None:
    async with database.writing() as session:
        await a_project(session)
    command = [sys.executable, "-c", WRITER, settings.database_url, str(writes)]
    writers = [await asyncio.create_subprocess_exec(*command, stderr=subprocess.PIPE) for _one in range(processes)]
    errors = [(await writer.communicate())[1] for writer in writers]
    assert errors == [b""] * processes
    async with database.reading() as reader:
        assert (await reader.execute(select(Project.pitch_count))).scalar_one() == processes * writes
