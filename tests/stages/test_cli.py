import asyncio
from datetime import date

import pytest
from typer.testing import CliRunner

from registry.cli import app
from registry.database.engine import Database
from registry.settings import Settings, load_settings
from tests.factories import a_project


def test_the_check_names_stages_that_are_gone_and_asks_quiet_projects_once(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fill() -> None:
        database = Database(Settings(database_url=database_url))
        async with database.writing() as session:
            await a_project(session, stage_key="gone", last_active_on=date(2015, 1, 1))
            await a_project(session)
        await database.close()

    monkeypatch.setenv("KENG_DATABASE_URL", database_url)
    load_settings.cache_clear()
    try:
        asyncio.run(fill())
        answers = [CliRunner().invoke(app, ["stages", "check"]) for _ in range(2)]
    finally:
        load_settings.cache_clear()
    assert [answer.exit_code for answer in answers] == [0, 0]
    said = [answer.output.splitlines()[1:] for answer in answers]
    gone = "projects on “gone”, which stages.toml no longer has: 1; they are shown on “idea” until somebody moves them"
    asked = "quiet projects whose owners were asked whether they are alive:"
    assert said == [[gone, f"{asked} 1"], [gone, f"{asked} 0"]]
