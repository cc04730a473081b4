import re
from datetime import UTC, datetime

from litestar.testing import AsyncTestClient

from registry.database.engine import Database
from registry.projects.rules import NeedState
from tests.factories import a_need, a_project, a_tag
from tests.pages import page_of

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def test_tags_stand_by_how_many_projects_have_them(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        projects = [await a_project(session) for _ in range(3)]
        hidden = await a_project(session, hidden_at=LONG_AGO)
        await a_tag(session, projects[0], hidden, slug="rare", name={"en": "Rare"})
        await a_tag(session, *projects, slug="common", name={"en": "Common"})
        await a_tag(session, projects[0], slug="secret", name={"en": "Canary"}, hidden_at=LONG_AGO)
        await a_tag(session, hidden, slug="unused", name={"en": "Canary"})
    page = await page_of(client, "/tags")
    shown = re.findall(r'href="/tags/(\w+)">\w+ <span class="tag__count">(\d+)', page)
    assert shown == [("common", "3"), ("rare", "1")]
    assert "Canary" not in page
    assert re.findall(r'href="/tags/(\w+)"', await page_of(client, "/tags?q=rar")) == ["rare"]
    assert "No topic holds that" in await page_of(client, "/tags?q=%25")


async def test_a_tag_leads_to_its_projects_and_its_neighbours(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        one, two = await a_project(session, name={"en": "One"}), await a_project(session, name={"en": "Two"})
        await a_tag(session, one, slug="money", name={"en": "Money", "zh-Hant": "錢"})
        await a_tag(session, one, two, slug="law", name={"en": "Law"})
        await a_tag(session, two, slug="far", name={"en": "Far"})
        await a_tag(session, one, slug="secret", name={"en": "Canary"}, hidden_at=LONG_AGO)
    page = await page_of(client, "/tags/money")
    assert re.findall(r'"project-card__name"><a href="[^"]*">(\w+)', page) == ["One"]
    aside = page.split("Often beside it")[1]
    assert re.findall(r'href="/tags/(\w+)"', aside) == ["law"]
    assert (await client.get("/tags/secret")).status_code == 410
    assert (await client.get("/tags/none")).status_code == 404


async def test_needs_count_who_looks_for_them(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        for name in ("One", "Two"):
            await a_need(session, project=await a_project(session, name={"en": name}), line={"en": f"Help {name}"})
        await a_need(session, project=await a_project(session), state=NeedState.FILLED)
        await a_need(session, project=await a_project(session, name={"en": "Canary"}, hidden_at=LONG_AGO))
    page = await page_of(client, "/needs")
    assert "2 projects look for this" in page
    assert re.findall(r"Help \w+", page) == ["Help Two", "Help One"]
    assert "Canary" not in page
    assert 'data-total="2"' in await page_of(client, "/needs/designer")
    assert 'data-total="0"' in await page_of(client, "/needs/writer")
    assert (await client.get("/needs/king")).status_code == 404


async def test_without_needs_the_page_says_so(client: AsyncTestClient) -> None:
    assert "Nobody is sought right now" in await page_of(client, "/needs")
    assert "No topic yet" in await page_of(client, "/tags")
