"""The worker: one in an installation, each job in its rhythm, and a failure is noted and tried again."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import func, select

from registry.activity.commands import forget_old, send_later, take_form_key
from registry.activity.delivery import delivery_job
from registry.activity.models import FormAnswer, OutboxMessage
from registry.database.engine import Database
from registry.database.version import open_version
from registry.jobs.queries import job_runs
from registry.jobs.rules import FAILURES_THAT_WORRY, NOTED_AGAIN_AFTER, SILENT_AFTER, pause_after
from registry.jobs.seat import Seat, seat_of
from registry.jobs.worker import Worker
from registry.ports import Job, Workplace
from registry.settings import Settings
from tests.activity.test_delivery import Clock, Recorder

NOW = datetime(2026, 7, 25, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workplace(settings: Settings, database: Database, clock: Clock) -> Workplace:
    return Workplace(settings, database, clock)


class Diary:
    """A job that notes when it ran, and raises what is planted."""

    def __init__(self, *troubles: Exception | None) -> None:
        self.ran: list[datetime] = []
        self._troubles = list(troubles)

    async def work(self, workplace: Workplace, now: datetime) -> None:
        self.ran.append(now)
        trouble = self._troubles.pop(0) if self._troubles else None
        if trouble:
            raise trouble


async def live(worker: Worker, clock: Clock, *, until: datetime, step: timedelta = MINUTE) -> None:
    """Let a worker look for due jobs at each step of the clock."""
    while clock.now <= until:
        worker.start_due()
        await asyncio.gather(*worker._running.values())
        clock.now += step


async def test_each_job_runs_in_its_rhythm(workplace: Workplace, clock: Clock) -> None:
    often, seldom = Diary(), Diary()
    worker = Worker(workplace, [Job("often", 2 * MINUTE, often.work), Job("seldom", 60 * MINUTE, seldom.work)])
    await live(worker, clock, until=NOW + timedelta(hours=1))
    assert (len(often.ran), seldom.ran) == (31, [NOW, NOW + timedelta(hours=1)])


async def test_a_job_that_fails_is_noted_without_its_words_and_tried_again_ever_later(
    workplace: Workplace, clock: Clock, database: Database, client: AsyncTestClient, caplog: pytest.LogCaptureFixture
) -> None:
    diary = Diary(*[ValueError("ada@example.org is no address")] * FAILURES_THAT_WORRY)
    job = Job("letters", MINUTE, diary.work)
    await live(Worker(workplace, [job]), clock, until=NOW + timedelta(minutes=20))
    assert [(ran - NOW) // MINUTE for ran in diary.ran] == [0, 2, 6, 14]
    async with database.reading() as reader:
        run, = await job_runs(reader)
    assert (run.failures, run.succeeded_at, run.failed_at) == (4, None, NOW + 14 * MINUTE)
    assert (run.last_error or "").startswith("ValueError in tests/jobs/test_worker.py:")
    assert "letters failed" in caplog.text
    answer = (await client.get("/health")).json()
    assert "last success never, last error 2026-07-25T01:14:00Z: ValueError in" in answer["job: letters"]
    assert "ada@" not in str(answer)

    await live(Worker(workplace, [job]), clock, until=NOW + timedelta(minutes=64))  # a new worker knows nothing yet
    async with database.reading() as reader:
        run, = await job_runs(reader)
    assert (run.failures, run.succeeded_at is None) == (0, False)


async def test_a_new_worker_goes_on_in_the_rhythm_of_the_last_one(
    workplace: Workplace, clock: Clock, settings: Settings
) -> None:
    diary = Diary()
    daily = Job("daily", timedelta(days=1), diary.work)
    for hours in (0, 1, 23, 24):
        clock.now = NOW + timedelta(hours=hours)
        stop = asyncio.Event()
        working = asyncio.create_task(Worker(workplace, [daily]).work(seat_of(settings), stop))
        await asyncio.sleep(0.05)
        stop.set()
        await working
    assert diary.ran == [NOW, NOW + timedelta(days=1)]


async def test_an_idle_worker_writes_nothing_so_that_pages_stay_in_memory(
    workplace: Workplace, clock: Clock, settings: Settings
) -> None:
    version = open_version(settings)
    chat = Recorder()
    seat, worker = seat_of(settings), Worker(workplace, [delivery_job("chat", chat)])
    await live(worker, clock, until=NOW)
    await asyncio.sleep(0.03)
    before = await version.current()
    for _look in range(20):
        assert await seat.take()
        await live(worker, clock, until=clock.now + timedelta(seconds=2), step=timedelta(seconds=2))
    await asyncio.sleep(0.03)
    assert await version.current() == before
    clock.now += NOTED_AGAIN_AFTER
    await live(worker, clock, until=clock.now)
    await asyncio.sleep(0.03)
    assert await version.current() != before  # the control: a sign of life is a write, and the test would see one
    await version.close()
    await seat.leave()


async def test_the_health_page_notices_a_worker_that_stopped(
    workplace: Workplace, clock: Clock, client: AsyncTestClient
) -> None:
    clock.now = datetime.now(UTC) - SILENT_AFTER - MINUTE
    await live(Worker(workplace, [Job("often", MINUTE, Diary().work)]), clock, until=clock.now)
    answer = await client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "failing")


async def test_a_slow_job_neither_overlaps_itself_nor_holds_others(workplace: Workplace, clock: Clock) -> None:
    free = asyncio.Event()
    begun: list[str] = []

    def noting(name: str, wait: Callable[[], Awaitable[object]]) -> Job:
        async def work(workplace: Workplace, now: datetime) -> None:
            begun.append(name)
            await wait()

        return Job(name, MINUTE, work)

    worker = Worker(workplace, [noting("slow", free.wait), noting("quick", lambda: asyncio.sleep(0))])
    for _minute in range(3):
        worker.start_due()
        await worker._running["quick"]
        clock.now += MINUTE
    assert begun == ["slow", "quick", "quick", "quick"]
    free.set()
    await asyncio.gather(*worker._running.values())


HOLDER = """
import asyncio, sys
from registry.jobs.seat import seat_of
from registry.settings import Settings

async def main():
    seat = seat_of(Settings(database_url=sys.argv[1]))
    print(await seat.take(), flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.trust
async def test_one_process_holds_the_seat_and_its_death_frees_it(settings: Settings) -> None:
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, settings.database_url, stdout=asyncio.subprocess.PIPE
    )
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"True\n"
    seat: Seat = seat_of(settings)
    assert await seat.take() is False
    holder.kill()
    await holder.wait()
    async with asyncio.timeout(5):
        while not await seat.take():  # noqa: ASYNC110 — the server frees it when it notices
            await asyncio.sleep(0.05)
    assert await seat.take() is True
    await seat.leave()
    another = seat_of(settings)
    assert await another.take() is True
    await another.leave()


async def test_what_is_old_is_forgotten_and_nothing_else(workplace: Workplace, database: Database) -> None:
    async with database.writing() as session:
        for key, days in (("old", 100), ("fresh", 10)):
            await send_later(session, key=key, kind="chat", payload={}, now=NOW - timedelta(days=days))
            await take_form_key(session, key=key, by="someone", now=NOW - timedelta(days=days - 9))
        for row in await session.scalars(select(OutboxMessage)):
            row.delivered_at = row.created_at
        await send_later(session, key="waiting", kind="chat", payload={}, now=NOW - timedelta(days=100))
    await forget_old(workplace, NOW)
    async with database.reading() as reader:
        assert set(await reader.scalars(select(OutboxMessage.key))) == {"fresh", "waiting"}
        assert await reader.scalar(select(func.count()).select_from(FormAnswer)) == 1


@pytest.mark.parametrize(("failures", "minutes"), [(0, 1), (1, 2), (2, 4), (6, 60), (99, 60)])
def test_the_pause_after_failures_doubles_up_to_an_hour(failures: int, minutes: int) -> None:
    assert pause_after(failures, MINUTE) == minutes * MINUTE
    assert pause_after(failures, timedelta(days=1)) == timedelta(days=1)
