"""Two servers and two workers on one PostgreSQL, killed in the middle: nothing lost, nothing doubled."""

import asyncio
import os
import shutil
import tempfile
import threading
import time
from collections import Counter as Tally
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select, update

from registry.activity.commands import send_later
from registry.activity.models import AuditEntry, OutboxMessage
from registry.database.engine import Database
from registry.projects.models import Project, Update
from registry.projects.rules import LinkKind
from registry.repositories.models import Repository, RepositoryContributor
from registry.settings import Settings
from tests.databases import postgresql_server
from tests.factories import a_link
from tests.fakes.github import TOKEN, FakeGitHub
from tests.fakes.http import Reply
from tests.processes import SECONDS, Processes, free_port, kill, until_ready
from tests.several.counter import ADDRESS, KIND, Counter
from tests.tokens.scripts import an_owners_token

pytestmark = pytest.mark.trust
REPOSITORIES, MESSAGES, WRITERS, READERS = 12, 200, 2, 4
SECONDS_OF_LOAD = 20
AFTER_THE_LAST_ANSWER = 4  # of GitHub, before the first worker is killed


class SlowGitHub(FakeGitHub):
    """Hangs after some answers, until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = threading.Event()
        self.hangs = threading.Event()
        self.answered = 0

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        self.answered += 1
        if self.answered > AFTER_THE_LAST_ANSWER:
            self.hangs.set()
            self.goes_on.wait(SECONDS)
        return super().answer(method, target, headers, body)


class Load:
    """People at two servers: what they were told was written, and what failed."""

    def __init__(self, ports: list[int], token: str) -> None:
        self._addresses = [f"http://127.0.0.1:{port}" for port in ports]
        self._token = token
        self.acknowledged: set[str] = set()
        self.written = self.read = self.broken = self.stale = 0
        self.statuses: Tally[int] = Tally()
        self.seconds: list[float] = []

    async def run(self, until: float) -> None:
        """Write and read until a moment of the monotonic clock."""
        async with httpx.AsyncClient(timeout=10) as client:
            await asyncio.gather(
                *(self._write(client, number, until) for number in range(WRITERS)),
                *(self._read(client, number, until) for number in range(READERS)),
            )

    async def _write(self, client: httpx.AsyncClient, writer: int, until: float) -> None:
        count = 0
        while time.monotonic() < until:
            count += 1
            text = f"news {writer}-{count}."
            server = count
            while not await self._is_written(client, text, server):
                server += 1  # the same with its key, at the other one
                await asyncio.sleep(0.05)
            self.acknowledged.add(text)
            answer = await self._asked(client, "GET", self._addresses[(server + 1) % 2] + "/projects/mine")
            self.stale += answer is not None and answer.status_code == 200 and text not in answer.text

    async def _is_written(self, client: httpx.AsyncClient, text: str, server: int) -> bool:
        answer = await self._asked(
            client, "POST", self._addresses[server % 2] + "/api/v1/projects/mine/updates", json={"text": text},
            headers={"Authorization": f"Bearer {self._token}", "Idempotency-Key": text},
        )
        self.written += answer is not None and answer.status_code == 201
        return answer is not None and answer.status_code == 201

    async def _read(self, client: httpx.AsyncClient, reader: int, until: float) -> None:
        while time.monotonic() < until:
            for path in ("/projects/mine", "/projects", "/api/v1/projects", "/"):
                reader += 1
                answer = await self._asked(client, "GET", self._addresses[reader % 2] + path)
                self.read += answer is not None and answer.status_code == 200
                await asyncio.sleep(0.02)

    async def _asked(
        self, client: httpx.AsyncClient, method: str, address: str, **more: object
    ) -> httpx.Response | None:
        began = time.monotonic()
        try:
            answer = await client.request(method, address, **more)  # type: ignore[arg-type]
        except httpx.ConnectError:
            return None  # nobody listens there: never sent, so a proxy would have gone to the other server
        except httpx.TransportError:
            self.broken += 1
            return None
        self.statuses[answer.status_code] += 1
        self.seconds.append(time.monotonic() - began)
        return answer


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a short path, for PostgreSQL's socket."""
    folder = Path(tempfile.mkdtemp(prefix="keng-two-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


async def test_what_was_acknowledged_is_there_once_whatever_dies(place: Path) -> None:
    with postgresql_server(place) as url, SlowGitHub() as github, Counter() as counter:
        environment = {
            "KENG_DATABASE_URL": url, "KENG_WORKER": "false", "KENG_ACCOUNT_WRITES_A_MINUTE": "1000000",
            "KENG_ACCOUNT_HOURLY": "1000000", "KENG_API_TOKEN_REQUESTS_A_MINUTE": "1000000",
            "KENG_API_REQUESTS_A_MINUTE": "0", "KENG_GITHUB_API_URL": github.url, "KENG_GITHUB_WEB_URL": github.url,
            "KENG_GITHUB_TOKEN": TOKEN, "KENG_INTEGRATIONS": '["integrations.github", "tests.several.counter"]',
            "KENG_NEW_ACCOUNT_HOURLY": "1000000", "KENG_NEW_ACCOUNT_DAILY": "1000000", ADDRESS: counter.url,
        }
        processes, database = Processes(environment, place), Database(Settings(database_url=url))
        try:
            _migrate_twice(processes, place)
            load = await _under_load(processes, database, github, counter, url)
            await _nothing_is_lost_or_doubled(database, load, counter)
        finally:
            github.goes_on.set()
            processes.end()
            await database.close()


def _migrate_twice(processes: Processes, place: Path) -> None:
    """Two processes migrate one empty database at once: one does it, the other finds it done."""
    both = [processes.start("migrate") for _process in range(2)]
    assert [one.wait(SECONDS) for one in both] == [0, 0]
    said = [log.read_text() for log in place.glob("*-migrate")]
    assert sorted("applied" in text for text in said) == [False, True]


async def _under_load(
    processes: Processes, database: Database, github: SlowGitHub, counter: Counter, url: str
) -> Load:
    """Run servers and workers under load; kill one of each in the middle, and start the server again."""
    token = await _prepare(database, github, url)
    ports = [free_port(), free_port()]
    servers = [processes.serve(port) for port in ports]
    first_worker = processes.start("worker")
    assert await asyncio.to_thread(github.hangs.wait, SECONDS)  # it has the seat, and is in the middle of its sync
    processes.start("worker")
    for port in ports:
        await until_ready(port)
    load = Load(ports, token)
    running = asyncio.create_task(load.run(time.monotonic() + SECONDS_OF_LOAD))
    await asyncio.sleep(SECONDS_OF_LOAD / 4)
    kill(first_worker)
    github.goes_on.set()
    await asyncio.sleep(SECONDS_OF_LOAD / 8)
    kill(servers[0])
    killed_at = time.monotonic()
    processes.serve(ports[0])
    await until_ready(ports[0])
    print(f"\na killed server served again after {time.monotonic() - killed_at:.1f} s")  # noqa: T201
    await running
    await _until_worked_off(database, counter)
    return load


async def _prepare(database: Database, github: SlowGitHub, url: str) -> str:
    """A project with repositories, an owner's access token, and messages that must leave."""
    token, project = await an_owners_token(database, url)
    async with database.writing() as session:
        for number in range(REPOSITORIES):
            name = f"g0v/p{number}"
            await a_link(session, project=project, kind=LinkKind.REPOSITORY, url=github.add_repository(name))
            github.add_contributor(name, 1, "ada", 3)
        for number in range(MESSAGES):
            await send_later(session, key=f"m{number}", kind=KIND, payload={}, now=datetime.now(UTC))
    return token


async def _until_worked_off(database: Database, counter: Counter) -> None:
    """Wait until the second worker has done all; a dead worker's claim is taken to have run out."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        async with database.writing() as session:
            await session.execute(
                update(OutboxMessage).where(OutboxMessage.delivered_at.is_(None), OutboxMessage.attempts > 0)
                .values(claimed_until=datetime.now(UTC))
            )
            waiting = await session.scalar(select(func.count()).where(OutboxMessage.delivered_at.is_(None)))
            read = await session.scalar(select(func.count(Repository.read_at)))
        if (waiting, read) == (0, REPOSITORIES):
            return
        await asyncio.sleep(2)
    raise AssertionError(f"{waiting} messages wait, {read} repositories were read, {len(counter.arrived)} arrived")


async def _nothing_is_lost_or_doubled(database: Database, load: Load, counter: Counter) -> None:
    async with database.reading() as reader:
        texts = [text for words in await reader.scalars(select(Update.text)) for text in words.values()]
        audited = await reader.scalar(select(func.count()).where(AuditEntry.action == "update posted"))
        contributors, commits = (await reader.execute(
            select(func.count(), func.sum(RepositoryContributor.commit_count))
        )).one()
        assert await reader.scalar(select(func.count(Project.id))) == 1
    slowest = sorted(load.seconds)[int(len(load.seconds) * 0.99)]
    print(  # noqa: T201 — the figures are the point
        f"{len(load.acknowledged)} writes acknowledged, {load.read} pages read, {load.broken} requests broken off, "
        f"{load.stale} stale, p99 {slowest * 1_000:.0f} ms; {len(counter.arrived)} deliveries of {MESSAGES}"
    )
    assert sorted(texts) == sorted(load.acknowledged)
    assert audited == len(texts)
    assert len(texts) > 10
    assert load.stale == 0
    assert load.broken <= WRITERS + READERS
    assert set(load.statuses) <= {200, 201}
    assert sorted(counter.arrived) == sorted(f"m{number}" for number in range(MESSAGES))
    assert (contributors, commits) == (REPOSITORIES, 3 * REPOSITORIES)
