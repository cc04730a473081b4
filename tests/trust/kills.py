"""An installation whose processes are killed again and again while people write and messages leave."""

import asyncio
import os
import random
import resource
import signal
import subprocess
import time
from collections import Counter as Tally
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import NamedTuple

import httpx
from sqlalchemy import create_engine, func, select, update

from registry.activity.commands import send_later
from registry.activity.models import AuditEntry, OutboxMessage
from registry.database.engine import Database, sync_url
from registry.projects.models import Update
from registry.settings import Settings
from tests.processes import Processes, children, free_port, kill, until_ready
from tests.several.counter import ADDRESS, KIND, Counter
from tests.tokens.scripts import an_owners_token
from tests.trust.damage import ENDLESS
from tests.trust.promises import promised

WRITERS = 4
PARTS = 2
ALL_OF_IT = 5  # each fifth time
MESSAGES_A_KILL = 10
SECONDS = 120
STARTS, MOST_STARTS = 5, 30
SECONDS_UNTIL_UP = 2.0
AS_INSTALLED = {"PYTHONDONTWRITEBYTECODE": ""}
"""What Python compiles is kept for the next start, whatever the environment of the tests says."""
_TICKS = os.sysconf("SC_CLK_TCK")


class Found(NamedTuple):
    """What a database holds while nobody uses it."""

    trouble: list[str]
    texts: Tally[str]
    audited: int
    delivered: set[str]


class Writers:
    """People who write all the time; what failed is sent again with its key until it is acknowledged."""

    def __init__(self, base: str, token: str) -> None:
        self.acknowledged: set[str] = set()
        self.statuses: Tally[int] = Tally()
        self._base, self._token = base, token
        self._is_over = False

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Write during the block; what was begun is brought to its end after it."""
        async with httpx.AsyncClient(base_url=self._base, timeout=30) as client:
            tasks = [asyncio.create_task(self._write(client, number)) for number in range(WRITERS)]
            try:
                yield
                self._is_over = True
                await asyncio.wait_for(asyncio.gather(*tasks), SECONDS)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def more(self, count: int = WRITERS) -> None:
        """Wait until some more have been acknowledged."""
        wanted, ends_at = len(self.acknowledged) + count, time.monotonic() + SECONDS
        while len(self.acknowledged) < wanted and time.monotonic() < ends_at:  # noqa: ASYNC110 — many tell it
            await asyncio.sleep(0.01)
        assert len(self.acknowledged) >= wanted

    async def _write(self, client: httpx.AsyncClient, writer: int) -> None:
        count = 0
        while not self._is_over:
            count += 1
            text = f"news {writer}-{count}."
            while not await self._is_taken(client, text):  # noqa: ASYNC110 — it is asked, not told
                await asyncio.sleep(0.02)
            self.acknowledged.add(text)

    async def _is_taken(self, client: httpx.AsyncClient, text: str) -> bool:
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": text}
        try:
            answer = await client.post("/api/v1/projects/mine/updates", json={"text": text}, headers=headers)
        except httpx.TransportError:
            return False
        self.statuses[answer.status_code] += 1
        return answer.status_code == 201


class Killing:
    """A server of two processes that is killed, whole or in part.

    ``seconds`` of a processor that each start took until the first answer: of the server and of the one that answers.
    """

    def __init__(self, processes: Processes, url: str) -> None:
        self.port = free_port()
        self.is_on_a_file = Settings(database_url=url).is_sqlite
        self.seconds: list[float] = []
        self._processes = processes
        self._chance = random.Random(13)  # noqa: S311 — the same moments each time
        self._server: subprocess.Popen[bytes]

    async def start(self) -> None:
        """Start the server, and wait until it serves."""
        self._server = self._processes.serve(self.port)
        await until_ready(self.port)
        answering = max(map(_processor_seconds, children(self._server)))
        self.seconds.append(_processor_seconds(self._server.pid) + answering)

    async def kill(self) -> None:
        """Kill all of it, at some moment of the next half second."""
        await self._at_some_moment()
        kill(self._server)

    async def kill_a_part(self) -> None:
        """Kill the process that has served longer; the server puts another in its place."""
        await self._at_some_moment()
        os.kill(min(children(self._server)), signal.SIGKILL)
        while len(children(self._server)) < PARTS:  # noqa: ASYNC110 — the system tells nobody
            await asyncio.sleep(0.02)

    async def fail_to_write(self) -> None:
        """Let each write to a file fail for a moment."""
        self._let_files_grow_to(1)
        await asyncio.sleep(0.3)

    def write_again(self) -> None:
        """Let files be written again."""
        self._let_files_grow_to(resource.RLIM_INFINITY)

    async def _at_some_moment(self) -> None:
        await asyncio.sleep(self._chance.uniform(0, 0.5))

    def _let_files_grow_to(self, size: int) -> None:
        for process in children(self._server):
            resource.prlimit(process, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def found_in(url: str) -> Found:
    """What a database holds, in one picture."""
    engine = create_engine(sync_url(url), isolation_level="SERIALIZABLE")
    with engine.connect() as connection:
        trouble = []
        if Settings(database_url=url).is_sqlite:
            connection.exec_driver_sql("BEGIN")
            trouble = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
            trouble += [str(row) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
        texts = Tally(text for words in connection.scalars(select(Update.text)) for text in words.values())
        audited = connection.scalar(
            select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "update posted")
        )
        delivered = set(connection.scalars(select(OutboxMessage.key).where(OutboxMessage.delivered_at.is_not(None))))
    engine.dispose()
    return Found(trouble, texts, audited or 0, delivered)


async def killed_while_people_write(url: str, place: Path, *, times: int) -> str:
    """Kill a server at ``url`` again and again: what was acknowledged must be there, once; the figure."""
    processes = Processes(ENDLESS | {"KENG_DATABASE_URL": url, "KENG_WORKER": "false"}, place)
    killing = Killing(processes, url)
    writers = Writers(f"http://127.0.0.1:{killing.port}", await prepared(url))
    try:
        await killing.start()
        async with writers.writing():
            for number in range(times):
                await writers.more()
                if number % ALL_OF_IT:
                    await killing.kill_a_part()
                else:
                    await killing.kill()
                _nothing_is_lost(set(writers.acknowledged), found_in(url))
                if number % ALL_OF_IT == 0:
                    await killing.start()
                if number % ALL_OF_IT == 2 and killing.is_on_a_file:
                    await killing.fail_to_write()
                    killing.write_again()
    finally:
        processes.end()
    _nothing_is_lost(writers.acknowledged, found_in(url))
    assert set(writers.statuses) == ({201, 503} if killing.is_on_a_file else {201})
    failing = f", and {times // ALL_OF_IT} times a disk that failed" if killing.is_on_a_file else ""
    return f"{times} kills{failing}: {len(writers.acknowledged):,} writes acknowledged, 0 lost"


async def up_again(url: str, place: Path) -> str:
    """Kill a server at ``url`` and start it again, some times, and more often where that is doubtful; the figure.

    Other work on a processor makes ours longer, so that the shortest start is nearest to what one takes.
    """
    processes = Processes(ENDLESS | {"KENG_DATABASE_URL": url, "KENG_WORKER": "false"} | AS_INSTALLED, place)
    killing = Killing(processes, url)
    try:
        for number in range(MOST_STARTS):
            if number >= STARTS and not SECONDS_UNTIL_UP < min(killing.seconds) < 2 * SECONDS_UNTIL_UP:
                break
            await killing.start()
            await killing.kill()
    finally:
        processes.end()
    shortest, middle = min(killing.seconds), median(killing.seconds)
    with promised():
        assert shortest <= SECONDS_UNTIL_UP
    return f"{len(killing.seconds)} kills: the shortest start takes {shortest:.1f} s, the middle one {middle:.1f} s"


def _nothing_is_lost(acknowledged: set[str], found: Found) -> None:
    with promised():
        assert found.trouble == []
        assert acknowledged - set(found.texts) == set()
        assert [text for text, times in found.texts.items() if times > 1] == []
        assert found.audited == found.texts.total()


async def killed_while_messages_leave(url: str, place: Path, *, times: int) -> str:
    """Kill a worker at ``url`` again and again: each message must arrive, once; the figure."""
    chance = random.Random(14)  # noqa: S311 — the same moments each time
    await waiting(url, times * MESSAGES_A_KILL)
    with Counter() as counter:
        processes = Processes(ENDLESS | {"KENG_DATABASE_URL": url, ADDRESS: counter.url}, place)
        try:
            for _time in range(times):
                worker, before = processes.start("worker"), len(counter.arrived)
                await arrived(counter, min(before + 2, times * MESSAGES_A_KILL))
                await asyncio.sleep(chance.uniform(0, 0.06))
                kill(worker)
                found = found_in(url)
                with promised():
                    assert found.trouble == []
                    assert found.delivered - set(counter.arrived) == set()
                    assert [key for key, often in Tally(counter.arrived).items() if often > 1] == []
                await let_claims_run_out(url)
            processes.start("worker")
            await arrived(counter, times * MESSAGES_A_KILL)
        finally:
            processes.end()
    with promised():
        assert sorted(counter.arrived) == sorted(f"m{number}" for number in range(times * MESSAGES_A_KILL))
    return f"{times} kills: {len(counter.arrived)} messages, each arrived once"


async def prepared(url: str) -> str:
    """The token of somebody who may write at the installation of ``url``."""
    database = Database(Settings(database_url=url))
    token, _project = await an_owners_token(database, url)
    await database.close()
    return token


async def waiting(url: str, count: int) -> None:
    """Messages that must leave."""
    database = Database(Settings(database_url=url))
    async with database.writing() as session:
        for number in range(count):
            await send_later(session, key=f"m{number}", kind=KIND, payload={}, now=datetime.now(UTC))
    await database.close()


async def let_claims_run_out(url: str) -> None:
    """As if five minutes had passed: what a dead worker had claimed is free."""
    database = Database(Settings(database_url=url))
    async with database.writing() as session:
        await session.execute(
            update(OutboxMessage).where(OutboxMessage.claimed_until.is_not(None))
            .values(claimed_until=datetime.now(UTC))
        )
    await database.close()


async def arrived(counter: Counter, count: int) -> None:
    """Wait until so many messages have arrived."""
    ends_at = time.monotonic() + SECONDS
    while len(counter.arrived) < count and time.monotonic() < ends_at:  # noqa: ASYNC110 — it counts in a thread
        await asyncio.sleep(0.005)
    assert len(counter.arrived) >= count


def _processor_seconds(process: int) -> float:
    times = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(times[11]) + int(times[12])) / _TICKS
