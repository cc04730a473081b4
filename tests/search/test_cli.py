"""The verb that builds the index anew."""

import asyncio

import pytest
from typer.testing import CliRunner

from registry.cli import app
from registry.database.engine import Database
from registry.search.queries import search
from registry.settings import Settings, load_settings
from tests.factories import a_project


def test_reindex_makes_records_findable(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def add_and_search() -> int:
        database = Database(Settings(database_url=database_url))
        async with database.reading() as reader:
            found = (await search(reader, "預算", limit=1)).total
        if not found:
            async with database.writing() as session:
                await a_project(session, name={"zh-Hant": "預算"})
        await database.close()
        return found

    monkeypatch.setenv("KENG_DATABASE_URL", database_url)
    load_settings.cache_clear()
    try:
        assert asyncio.run(add_and_search()) == 0
        answer = CliRunner().invoke(app, ["reindex"])
        assert (answer.exit_code, "public records can be found" in answer.output) == (0, True)
        assert asyncio.run(add_and_search()) == 1
    finally:
        load_settings.cache_clear()
