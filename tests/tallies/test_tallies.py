"""What is counted over the whole record: at each question in a small one, by a job in a large one."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import func, select

from registry.database.engine import Database, Reader
from registry.database.version import LEASE_SECONDS, open_version
from registry.ports import Workplace
from registry.projects.models import Project
from registry.settings import Settings
from registry.tallies import jobs
from registry.tallies.every import TALLIES
from registry.tallies.jobs import Counting, count_the_record
from registry.tallies.models import StoredTally
from registry.tallies.queries import Occasion, Tallies, Tally, tallied
from tests.conftest import on_one_database
from tests.factories import a_credit, a_need, a_person, a_project, a_proposal, a_tag, an_event
from tests.pages import words

NOW = datetime(2026, 7, 25, 1, 30, tzinfo=UTC)
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


class Size(msgspec.Struct, frozen=True):
    projects: int


class Counter:
    """Counts projects, and remembers what it counted."""

    def __init__(self) -> None:
        self.counted: list[int] = []
        self.tally = Tally("size", Size, self.count)

    async def count(self, reader: Reader, _occasion: Occasion) -> Size:
        self.counted.append(await reader.scalar(select(func.count(Project.id))) or 0)
        return Size(self.counted[-1])


@pytest.fixture
def cached(settings: Settings) -> Settings:
    """The installation with its page cache on."""
    return settings.model_copy(update={"page_cache": True})


@pytest.fixture
def workplace(settings: Settings, database: Database) -> Workplace:
    return Workplace(settings, database, lambda: NOW)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record of more than one project counts as large."""
    monkeypatch.setattr(jobs, "LARGE", 1)


async def test_a_number_is_kept_until_another_process_writes_and_never_of_an_older_picture(cached: Settings) -> None:
    database, version, counter = Database(cached), open_version(cached), Counter()
    tallies = Tallies(cached, version)

    async def asked(now: datetime = NOW) -> int:
        async with database.reading() as reader:
            return (await tallies.read(reader, counter.tally, now)).value.projects

    assert ([await asked(), await asked()], counter.counted) == ([0, 0], [0])
    environment = os.environ | {"KENG_DATABASE_URL": cached.database_url, "KENG_PAGE_CACHE": "true"}
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", WRITER], check=True, env=environment)
    assert ([await asked(), await asked()], counter.counted) == ([1, 1], [0, 1])

    async with database.reading() as reader:
        await reader.execute(select(Project.id))  # the picture is taken here, on SQLite
        async with database.writing() as session:
            await a_project(session)
        await tallies.read(reader, counter.tally, NOW)
    assert await asked() == 2
    counter.counted.clear()
    assert (await asked(NOW + timedelta(days=1)), counter.counted) == (2, [2])
    await version.close()
    await database.close()


async def test_nothing_is_kept_where_pages_are_not(settings: Settings, database: Database) -> None:
    tallies, counter = Tallies(settings, None), Counter()
    async with database.reading() as reader:
        for _ in range(2):
            await tallies.read(reader, counter.tally, NOW)
    assert counter.counted == [0, 0]


async def test_the_job_of_a_small_record_writes_nothing_and_its_pages_are_of_now(
    workplace: Workplace, client: AsyncTestClient
) -> None:
    await _add_projects(workplace, 2)
    await count_the_record(workplace, NOW)
    assert await _stored(workplace) == {}
    assert _said(await _home(client)) == ("2", False)


@pytest.mark.usefixtures("large")
async def test_a_page_of_a_large_record_tells_what_the_job_counted_and_when(
    workplace: Workplace, client: AsyncTestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _add_projects(workplace, 2)
    assert _said(await _home(client)) == ("2", False)  # nobody counted yet: better late than wrong
    await count_the_record(workplace, NOW)
    stored = await _stored(workplace)
    assert set(stored) == {tally.name for tally in TALLIES}
    await _add_projects(workplace, 1)
    html = await _home(client)
    assert _said(html) == ("2", True)
    assert "Counted at Jul 25, 2026, 9:30:00 AM (" in words(html)

    await count_the_record(workplace, NOW + timedelta(minutes=1))
    assert _said(await _home(client)) == ("3", True)
    written = await _stored(workplace)
    await count_the_record(workplace, NOW + timedelta(minutes=2))
    assert await _stored(workplace) == written  # what is the same is not written anew

    monkeypatch.setattr(jobs, "LARGE", 5)
    await count_the_record(workplace, NOW + timedelta(minutes=3))
    assert (await _stored(workplace), _said(await _home(client))) == ({}, ("3", False))


@pytest.mark.usefixtures("large")
async def test_what_is_hidden_after_it_was_counted_is_gone_at_once(
    workplace: Workplace, client: AsyncTestClient
) -> None:
    async with workplace.database.writing() as session:
        project, other = await a_project(session, name={"en": "Canary"}), await a_project(session, name={"en": "Other"})
        tag = await a_tag(session, project, name={"en": "Canary"})
        event = await an_event(session, name={"en": "Canary"}, starts_on=date(2014, 1, 4))
        await a_tag(session, other, name={"en": "Shared"})
        pitch = await a_proposal(session, event=event, project=project, title={"en": "Canary"})
        await a_credit(session, proposal=pitch, person=await a_person(session, display_name="Canary"))
        for one in (project, other):
            await a_need(session, project=one, key="designer", line={"en": "Canary" if one is project else "Draw"})
    await count_the_record(workplace, NOW)
    assert [name for name, (value, _at) in (await _stored(workplace)).items() if "Canary" in value] == []
    paths = ("/needs", "/tags", "/numbers", "/sitemaps/1", "/events?sort=pitches")
    shown = [(await client.get(path)).text for path in paths]
    marks = ("Canary", "Canary", "Canary", f"/projects/{project.slug}?", "Canary")
    assert [mark in html for mark, html in zip(marks, shown, strict=True)] == [True] * 5

    async with workplace.database.writing() as session:
        for record in (project, tag, event):
            kept = await session.merge(record)
            kept.hidden_at, kept.hidden_reason = NOW, "asked"
    shown = [(await client.get(path)).text for path in paths]
    assert [mark in html for mark, html in zip(marks, shown, strict=True)] == [False] * 5
    assert ("Other" in shown[0], "2 projects look for this" in words(shown[0])) == (True, True)


@pytest.mark.usefixtures("large")
async def test_the_job_rests_until_somebody_writes_or_a_new_day_begins(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[datetime] = []

    async def noted(_workplace: Workplace, now: datetime) -> None:
        turns.append(now)

    monkeypatch.setattr(jobs, "count_the_record", noted)
    job, minutes = Counting(workplace.settings), [NOW + timedelta(minutes=number) for number in range(5)]
    await job.take_turn(workplace, minutes[0])
    await job.take_turn(workplace, minutes[1])
    await _add_projects(workplace, 1)
    await asyncio.sleep(LEASE_SECONDS)  # so long an answer about the version holds
    await job.take_turn(workplace, minutes[2])
    await job.take_turn(workplace, minutes[3])
    await job.take_turn(workplace, NOW + timedelta(days=1))
    await job.close()
    assert turns == [minutes[0], minutes[2], NOW + timedelta(days=1)]


@on_one_database
async def test_what_another_version_counted_under_a_name_is_counted_anew(
    settings: Settings, database: Database
) -> None:
    counter = Counter()
    async with database.writing() as session:
        session.add(StoredTally(name="size", value='{"people": 3}', taken_at=NOW))
    async with database.reading() as reader:
        found = await tallied(reader, counter.tally, Occasion(settings, NOW))
    assert (found.value, found.counted_at) == (Size(0), None)


async def _add_projects(workplace: Workplace, count: int) -> None:
    async with workplace.database.writing() as session:
        for _ in range(count):
            await a_project(session)


async def _stored(workplace: Workplace) -> dict[str, tuple[str, datetime]]:
    async with workplace.database.reading() as reader:
        rows = await reader.execute(select(StoredTally.name, StoredTally.value, StoredTally.taken_at))
        return {name: (value, taken_at) for name, value, taken_at in rows}


async def _home(client: AsyncTestClient) -> str:
    return (await client.get("/")).text


def _said(html: str) -> tuple[str, bool]:
    """How many projects the front page counts, and whether it says when that was."""
    return html.split("<dt>Projects</dt><dd>")[1].split("<", maxsplit=1)[0], "Counted at" in html
