"""What changes reaches every browser, whichever process wrote it, and is drawn once for all of them."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from registry.database.engine import Database
from registry.database.version import open_version
from registry.errors import Busy
from registry.events.models import Event
from registry.settings import Settings
from registry.web import live as live_module
from registry.web.i18n import current_language, speak
from registry.web.live import Live
from tests.factories import an_event

PATIENCE = 10.0


@pytest.fixture
async def processes(settings: Settings) -> AsyncIterator[list[Live]]:
    """Two processes' streams on one database."""
    versions = [open_version(settings) for _ in range(2)]
    lives = [Live(version) for version in versions]
    yield lives
    for live, version in zip(lives, versions, strict=True):
        await live.close()
        await version.close()


async def _next(stream: AsyncIterator[str]) -> str:
    async with asyncio.timeout(PATIENCE):
        return await anext(stream)


async def _rename(database: Database, number: int) -> None:
    async with database.writing() as session:
        event = (await session.scalars(select(Event))).one()
        event.number = number


async def test_a_change_reaches_the_followers_of_every_process_and_is_drawn_once_in_each(
    database: Database, processes: list[Live]
) -> None:
    async with database.writing() as session:
        await an_event(session, number=0)
    drawings = []

    async def draw() -> str:
        async with database.reading() as reader:
            drawn = f"{current_language()} {await reader.scalar(select(Event.number))}"
        drawings.append(drawn)
        return drawn

    streams = [live.follow("event", draw) for live in processes for _ in range(25)]
    assert await asyncio.gather(*map(_next, streams)) == ["en 0"] * 50
    drawings.clear()
    await _rename(database, 7)
    assert await asyncio.gather(*map(_next, streams)) == ["en 7"] * 50
    assert drawings.count("en 7") <= 2 * len(processes)


async def test_each_language_has_its_own_drawing(database: Database, processes: list[Live]) -> None:
    async def draw() -> str:
        return current_language()

    english = processes[0].follow("event", draw)
    assert await _next(english) == "en"
    speak("zh-Hant")
    chinese = processes[0].follow("event", draw)
    assert await _next(chinese) == "zh-Hant"
    speak("en")


async def test_a_stream_ends_by_itself_and_when_the_server_stops(
    database: Database, processes: list[Live], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def draw() -> str:
        return "same"

    stream = processes[0].follow("event", draw)
    assert await _next(stream) == "same"
    stopping = asyncio.create_task(_next(stream))
    await asyncio.sleep(0)
    await processes[0].close()
    with pytest.raises(StopAsyncIteration):
        await stopping
    monkeypatch.setattr(live_module, "STREAM_SECONDS", 0.1)
    short = [drawn async for drawn in processes[1].follow("event", draw)]
    assert short in (["same"], ["same", ""])


async def test_more_followers_than_can_be_served_are_told_so(
    database: Database, processes: list[Live], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def draw() -> str:
        return "same"

    monkeypatch.setattr(live_module, "MOST_FOLLOWERS", 1)
    first = processes[0].follow("event", draw)
    await _next(first)
    with pytest.raises(Busy):
        await _next(processes[0].follow("event", draw))
