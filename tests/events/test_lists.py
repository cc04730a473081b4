"""The list of events and the calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest
from litestar.testing import AsyncTestClient

from registry.database.bounded import Choices
from registry.database.engine import Database
from registry.events.listing import EVENT_LISTING, EventFilter, WholeEvents, event_counts
from registry.events.rules import EventKind, EventState
from registry.search.commands import rebuild
from registry.settings import Settings
from registry.tallies.queries import Occasion, Tallied, tallied
from tests.conftest import on_one_database, postgresql_in_trust
from tests.factories import a_project, a_proposal, an_event
from tests.pages import head, links, main_of, words


async def _shown(client: AsyncTestClient, address: str) -> list[str]:
    html = (await client.get(address)).text
    return [href.removeprefix("/events/") for href, _ in links(html, "/events/") if href != "/events/calendar"]


async def _some_events(database: Database) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    async with database.writing() as session:
        await an_event(session, slug="zero", number=0, starts_on=date(2012, 12, 1), name={"zh-Hant": "第零次動員"})
        await an_event(
            session, slug="small", kind=EventKind.SMALL, starts_on=date(2020, 5, 9), name={"en": "100% Café"}
        )
        await an_event(session, slug="off", state=EventState.CANCELLED, starts_on=date(2020, 7, 4))
        await an_event(session, slug="draft", state=EventState.DRAFT)
        await an_event(
            session, slug="soon", starts_on=tomorrow.date(), starts_at=tomorrow, ends_at=tomorrow + timedelta(hours=8)
        )
        await rebuild(session)


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("", ["soon", "off", "small", "zero"]),
        ("?sort=oldest", ["zero", "small", "off", "soon"]),
        ("?kind=small", ["small"]),
        ("?year=2020", ["off", "small"]),
        ("?year=2020&kind=large", ["off"]),
        ("?state=upcoming", ["soon"]),
        ("?state=past", ["small", "zero"]),
        ("?state=cancelled", ["off"]),
        ("?q=動員", ["zero"]),
        ("?q=动员", ["zero"]),
        ("?q=café", ["small"]),
        ("?q=100%25", ["small"]),
        ("?q=cafe&kind=large", []),
        ("?q=%25", []),
        ("?kind=", ["soon", "off", "small", "zero"]),
        ("?kind=nonsense", []),
        ("?year=0", []),
        ("?year=twenty", []),
        ("?sort=nonsense", ["soon", "off", "small", "zero"]),
    ],
)
async def test_filters_find_their_events(
    client: AsyncTestClient, database: Database, query: str, slugs: list[str]
) -> None:
    await _some_events(database)

    assert await _shown(client, f"/events{query}") == slugs


async def test_each_choice_shows_what_it_would_find_instead(client: AsyncTestClient, database: Database) -> None:
    await _some_events(database)

    html = (await client.get("/events?year=2020&kind=small")).text

    choices = [link for link in links(html, "/events?") if "sort=" not in link[0]]
    assert choices == [
        ("/events?year=2020", "Small hackathon drop"),
        ("/events?kind=small", "2020 drop"),
        ("/events?kind=small&year=2020&state=past", "Over 1"),
        ("/events?kind=large&year=2020", "Hackathon 1"),
        ("/events?year=2020", "Small hackathon 1"),
        ("/events?kind=small", "2020 1"),
    ]


async def test_an_empty_list_says_what_to_do(client: AsyncTestClient) -> None:
    assert "Events appear here once an organiser publishes them." in words((await client.get("/events")).text)
    filtered = (await client.get("/events?kind=nonsense")).text
    assert "No event fits" in words(filtered)
    assert ("/events", "Show every event") in links(filtered, "/events")


@postgresql_in_trust
async def test_pages_keep_the_filters(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        for _ in range(25):
            await an_event(session, kind=EventKind.SMALL)

    assert [len(await _shown(client, f"/events?kind=small&page={page}")) for page in (1, 2)] == [24, 1]
    html = (await client.get("/events?kind=small")).text
    assert links(html, "/events?kind=small&page=2") == [
        ("/events?kind=small&page=2", "Page 2"), ("/events?kind=small&page=2", "Next"),
    ]
    assert [(await client.get(f"/events?page={page}")).status_code for page in ("3", "0", "ten", "9" * 30)] == [
        404, 400, 400, 400,
    ]


async def test_only_the_whole_list_is_for_search_engines(client: AsyncTestClient) -> None:
    whole, filtered = [(await client.get(address)).text for address in ("/events", "/events?year=2020")]

    assert (head(whole, "robots"), head(filtered, "robots")) == ([], ["noindex"])
    assert ('rel="canonical"' in whole, 'rel="canonical"' in filtered) == (True, False)


async def test_events_with_most_pitches_can_come_first(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        busy = await an_event(session, slug="busy", starts_on=date(2013, 1, 5))
        await an_event(session, slug="calm", starts_on=date(2014, 1, 4))
        await a_proposal(session, event=busy, project=await a_project(session))

    html = (await client.get("/events?sort=pitches")).text

    assert await _shown(client, "/events?sort=pitches") == ["busy", "calm"]
    assert "1 pitch" in words(html)


async def test_the_calendar_puts_events_into_their_months(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        for slug, day in (("jan", date(2020, 1, 4)), ("dec", date(2020, 12, 31)), ("next", date(2022, 1, 1))):
            await an_event(session, slug=slug, starts_on=day, name={"en": slug})

    html = (await client.get("/events/calendar?year=2020")).text

    months = [words("<" + month) for month in main_of(html).split('<li class="calendar__month')[1:]]
    assert months == [
        "January 4 jan", *(f"{name} No event" for name in (
            "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        )), "December 31 dec",
    ]
    assert links(html, "/events/") == [
        ("/events/calendar?year=2022", "2022"), ("/events/jan", "jan"), ("/events/dec", "dec"),
    ]


@pytest.mark.parametrize(("year", "status"), [("1999", 200), ("0", 400), ("20201", 400), ("x", 400)])
async def test_a_year_out_of_range_is_refused(client: AsyncTestClient, year: str, status: int) -> None:
    assert (await client.get(f"/events/calendar?year={year}")).status_code == status


@pytest.mark.parametrize(("address", "fixed"), [
    ("/events", 3), ("/events?sort=pitches", 5), ("/events?sort=pitches&kind=large", 6),
    ("/events/calendar?year=2020", 2),
])
@pytest.mark.parametrize("events", [1, 3])
async def test_the_lists_take_a_fixed_number_of_statements(
    *, client: AsyncTestClient, database: Database, statements: list[str], address: str, fixed: int, events: int
) -> None:
    async with database.writing() as session:
        for _ in range(events):
            await an_event(session, starts_on=date(2020, 1, 4))
    statements.clear()

    await client.get(address)

    assert len(statements) == fixed


@on_one_database
async def test_an_event_is_over_at_its_hour_though_it_was_counted_in_the_morning(
    database: Database, settings: Settings
) -> None:
    morning = datetime(2026, 7, 25, 1, tzinfo=UTC)
    async with database.writing() as session:
        for slug, hours in (("before", -2), ("today", 3), ("tomorrow", 27)):
            await an_event(
                session, slug=slug, starts_on=morning.date(), starts_at=morning - timedelta(days=1),
                ends_at=morning + timedelta(hours=hours),
            )
    async with database.reading() as reader:
        counted = await tallied(reader, EVENT_LISTING, Occasion(settings, morning))

        async def states(hours: int) -> Choices:
            async def whole() -> Tallied[WholeEvents]:
                return counted
            now = morning + timedelta(hours=hours)
            return (await event_counts(reader, EventFilter(), now=now, whole=whole)).states

        assert [await states(hours) for hours in (0, 4)] == [{"past": 1, "upcoming": 2}, {"past": 2, "upcoming": 1}]
