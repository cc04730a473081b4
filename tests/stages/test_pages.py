import re
from datetime import UTC, datetime

import pytest
from litestar.testing import AsyncTestClient

from registry.database.engine import Database
from registry.handbook import Stage, ladder
from tests.conftest import postgresql_in_trust
from tests.factories import a_project
from tests.pages import page_of


async def test_the_ladder_says_how_many_projects_stand_where(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        for stage in ("idea", "idea", "prototype"):
            await a_project(session, stage_key=stage)
        await a_project(session, stage_key="idea", hidden_at=datetime(2020, 1, 1, tzinfo=UTC))
    page = await page_of(client, "/stages")
    assert [int(number) for number in re.findall(r"(\d+) projects? stands? here", page)] == [2, 0, 1, 0, 0, 0]


@postgresql_in_trust
@pytest.mark.parametrize("stage", ladder().stage, ids=lambda stage: stage.key)
async def test_a_stage_shows_what_it_asks_and_who_is_there(client: AsyncTestClient, stage: Stage) -> None:
    page = await page_of(client, f"/stages/{stage.key}?lang=zh-Hant")
    for checkpoint in stage.checkpoint:
        assert checkpoint.text["zh-Hant"] in page
    assert 'data-total="0"' in page


async def test_a_stage_that_is_none_is_not_found(client: AsyncTestClient) -> None:
    assert (await client.get("/stages/nowhere")).status_code == 404
