"""Fifty screens follow one clock: each process draws it once, and each screen has it within two seconds."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from registry.accounts.queries import Actor
from registry.database.engine import Database
from registry.database.version import open_version
from registry.events.models import Event
from registry.programme.commands import mark_slot, run_clock
from registry.programme.queries import stage_on_screen
from registry.programme.rules import ClockMove, SlotMove
from registry.programme.shown import screen_context
from registry.settings import Settings
from registry.web.live import Live
from registry.web.templates import render_template
from tests.conftest import postgresql_in_trust
from tests.factories import a_project, a_slot, an_event

SOMEBODY = Actor(person_id=1, slug="somebody")
SCREENS = 50


@pytest.fixture
async def processes(settings: Settings) -> AsyncIterator[list[Live]]:
    """Two processes' streams on one database."""
    versions = [open_version(settings) for _ in range(2)]
    lives = [Live(version) for version in versions]
    yield lives
    for live, version in zip(lives, versions, strict=True):
        await live.close()
        await version.close()


async def test_fifty_screens_see_the_start_within_two_seconds_and_each_process_draws_it_once(
    database: Database, processes: list[Live]
) -> None:
    async with database.writing() as session:
        slot = await a_slot(session, event=await an_event(session, slug="now"))
    async with database.writing() as session:
        await mark_slot(session, slug="now", slot_id=slot.id, move=SlotMove.CALL, by=SOMEBODY, now=datetime.now(UTC))
    drawings = []

    async def draw() -> str:
        async with database.reading() as reader:
            context = screen_context(await stage_on_screen(reader, "now"), "http://here")
        drawings.append(render_template("programme/screens/_pitch.html", **context))
        return drawings[-1]

    streams = [live.follow("screen", draw) for live in processes for _ in range(SCREENS // 2)]
    first = await asyncio.gather(*(anext(stream) for stream in streams))
    assert ['data-state="stopped" data-seconds="180"' in one for one in first] == [True] * SCREENS
    drawings.clear()
    async with database.writing() as session:
        await run_clock(session, slug="now", slot_id=slot.id, move=ClockMove.START, by=SOMEBODY, now=datetime.now(UTC))
    async with asyncio.timeout(2):
        then = await asyncio.gather(*(anext(stream) for stream in streams))
    assert ['data-state="running" data-seconds="180"' in one for one in then] == [True] * SCREENS
    assert len(drawings) <= 2 * len(processes)


@postgresql_in_trust
async def test_a_running_clock_is_drawn_the_same_at_every_moment_until_somebody_changes_it(database: Database) -> None:
    async with database.writing() as session:
        slot = await a_slot(session, event=await an_event(session, slug="now"))
    async with database.writing() as session:
        await mark_slot(session, slug="now", slot_id=slot.id, move=SlotMove.CALL, by=SOMEBODY, now=datetime.now(UTC))
        await run_clock(session, slug="now", slot_id=slot.id, move=ClockMove.START, by=SOMEBODY, now=datetime.now(UTC))
    drawn = set()
    for _ in range(2):
        async with database.reading() as reader:
            context = screen_context(await stage_on_screen(reader, "now"), "http://here")
        drawn.add(render_template("programme/screens/_pitch.html", **context))
        await asyncio.sleep(1.1)
    assert len(drawn) == 1


async def test_a_stream_whose_event_is_hidden_ends_and_the_others_go_on(
    database: Database, processes: list[Live]
) -> None:
    async with database.writing() as session:
        await an_event(session, slug="now")
        await a_project(session)

    async def draw() -> str:
        async with database.reading() as reader:
            return str(len((await stage_on_screen(reader, "now")).slots))

    async def other() -> str:
        async with database.reading() as reader:
            return str((await reader.execute(select(Event.hidden_reason))).scalar_one())

    stage, others = processes[0].follow("stage", draw), processes[0].follow("other", other)
    assert (await anext(stage), await anext(others)) == ("0", "None")
    async with database.writing() as session:
        event = (await session.scalars(select(Event))).one()
        event.hidden_at, event.hidden_reason = datetime.now(UTC), "spam"
    async with asyncio.timeout(5):
        with pytest.raises(StopAsyncIteration):
            await anext(stage)
        assert await anext(others) == "spam"
