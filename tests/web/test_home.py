"""The front page."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from litestar.testing import AsyncTestClient

from registry.database.engine import Database
from registry.events.rules import EventKind, EventState
from registry.projects.rules import NeedState, Standing
from tests.conftest import postgresql_in_trust
from tests.factories import a_need, a_person, a_project, a_proposal, an_event
from tests.pages import facts, links, main_of, words

HIDDEN = {"hidden_at": datetime(2026, 1, 1, tzinfo=UTC), "hidden_reason": "asked"}


async def test_without_a_date_it_says_so_and_names_the_last_event(client: AsyncTestClient, database: Database) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    soon = {"starts_on": tomorrow.date(), "starts_at": tomorrow, "ends_at": tomorrow + timedelta(hours=8)}
    async with database.writing() as session:
        await an_event(session, slug="older", starts_on=date(2019, 1, 5))
        await an_event(session, slug="last", starts_on=date(2020, 1, 4), name={"en": "The last"})
        await an_event(session, state=EventState.CANCELLED, **soon)
        await an_event(session, state=EventState.DRAFT, **soon)
        await an_event(session, kind=EventKind.OTHER, **soon)

    html = (await client.get("/")).text

    assert "The next date is not announced yet There is usually a hackathon every two months." in words(html)
    assert links(html, "/events/") == [("/events/last", "The last")]


async def test_an_empty_record_says_what_will_be_where(client: AsyncTestClient) -> None:
    read = words((await client.get("/")).text)

    assert "The next date is not announced yet" in read
    assert "Projects appear here once they are pitched at an event." in read
    assert "The last one" not in read


@postgresql_in_trust
@pytest.mark.parametrize(("hours", "label"), [(24, "Next event"), (-1, "Happening now")])
async def test_the_next_event_leads(client: AsyncTestClient, database: Database, hours: int, label: str) -> None:
    starts_at = datetime.now(UTC) + timedelta(hours=hours)
    async with database.writing() as session:
        for slug, later in (("later", 30), ("next", 0)):
            start = starts_at + timedelta(days=later)
            await an_event(
                session, slug=slug, name={"en": slug}, starts_on=start.date(), starts_at=start,
                ends_at=start + timedelta(hours=8), is_all_day=False, place={"en": "Taipei"},
                registration_url="https://example.org/register",
            )

    html = (await client.get("/")).text

    assert links(html, "/events/") == [("/events/next", "next")]
    assert words(html.split('next-event__label">')[1].split("</p>")[0]) == label
    assert facts(html)["Where"] == "Taipei"
    assert "(Taiwan Standard Time, GMT+08:00)" in facts(html)["When"]
    assert links(html, "https://example.org/") == [("https://example.org/register", "Register")]


async def test_open_needs_of_active_projects_are_put_forward(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        wanting = await a_project(session, slug="wanting", last_active_on=date(2020, 1, 4))
        fresher = await a_project(session, slug="fresher", last_active_on=date(2021, 1, 4))
        others = [await a_project(session, **fields) for fields in ({"standing": Standing.RETIRED}, HIDDEN)]
        for project in (wanting, fresher, *others):
            await a_need(session, project=project, key="designer")
        filled = await a_project(session)
        await a_need(session, project=filled, key="designer", state=NeedState.FILLED)

    html = (await client.get("/")).text

    assert [href for href, _ in links(html, "/projects/")] == ["/projects/fresher", "/projects/wanting"]


async def test_projects_come_in_the_order_of_their_first_pitch(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        for slug, year in (("a", 2014), ("b", 2016), ("c", 2015)):
            event = await an_event(session, starts_on=date(year, 1, 3))
            await a_proposal(session, event=event, project=await a_project(session, slug=slug))

    html = (await client.get("/")).text

    assert [href for href, _ in links(html, "/projects/")] == ["/projects/b", "/projects/c", "/projects/a"]


async def test_the_numbers_count_what_is_public(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        first = await an_event(session, starts_on=date(2012, 12, 1))
        third = await an_event(session, starts_on=date(2014, 1, 4))
        draft = await an_event(session, state=EventState.DRAFT)
        project = await a_project(session, stage_key="prototype")
        hidden = await a_project(session, **HIDDEN)
        for event in (first, third, draft):
            await a_proposal(session, event=event, project=project)
        await a_proposal(session, event=third, project=hidden)
        await a_need(session, project=project, key="data")
        await a_need(session, project=hidden, key="data")
        await a_person(session)
        await a_person(session, is_public=False)
        await a_person(session, **HIDDEN)

    html = (await client.get("/")).text

    figures = re.findall(r"<dt>(\w[\w ]*)</dt><dd>([\d,]+)</dd>", html)
    assert figures == [("Events", "2"), ("Pitches", "2"), ("Projects", "1"), ("People named", "1")]
    years = re.findall(r'<th scope="row">(\d{4})</th><td>(\d+)</td>', html)
    assert years == [("2012", "1"), ("2013", "0"), ("2014", "1")]
    bars = re.findall(r'bar-table__label">(.*?)</th>.*?bar-table__value">(\d+)<', main_of(html), re.DOTALL)
    assert [(words(name), count) for name, count in bars if count != "0"] == [("Prototype", "1"), ("Data", "1")]


@pytest.mark.parametrize("count", [1, 3])
async def test_the_front_page_takes_five_statements(
    client: AsyncTestClient, database: Database, statements: list[str], count: int
) -> None:
    async with database.writing() as session:
        for _ in range(count):
            project = await a_project(session)
            await a_need(session, project=project)
            await a_proposal(session, event=await an_event(session), project=project)
    statements.clear()

    await client.get("/")

    assert len(statements) == 5
