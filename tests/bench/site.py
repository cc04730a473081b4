"""A server on the community's record, and the addresses of its heaviest pages."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, urlencode

import msgspec
from litestar.testing import AsyncTestClient
from sqlalchemy import event, func, select

from registry.app import create_app
from registry.database.engine import Database
from registry.events.models import Event
from registry.projects.models import Need, Project, ProjectTag, Tag
from registry.proposals.models import Proposal
from registry.settings import Settings

WORKERS = 2
PAIR = 2
SECONDS_TO_START = 20
KENG = (sys.executable, "-m", "registry.cli")
SOURCES = {
    "jothon-events": "jothon-events", "aray": "aray", "g0v-db": "g0v-db-proposals.csv",
    "case-axes": "case-axes-2023.csv",
}


class Pages(msgspec.Struct, frozen=True):
    """Paths to measure by their names in the table, and searches none of which is asked twice."""

    single: dict[str, str]
    searches: list[str]


def import_record(settings: Settings, folder: Path | None) -> float:
    """Fill an empty database from the files in ``folder``, or with the sample record; seconds that it took."""
    environment = _environment(settings)
    started = time.perf_counter()
    commands: list[tuple[str, ...]] = [("demo",)]
    if folder is not None:
        commands = [("migrate",), *(("import", form, str(folder / name)) for form, name in SOURCES.items())]
    for command in commands:
        subprocess.run([*KENG, *command], env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


async def pages_of(settings: Settings) -> Pages:
    """The event and the project in the middle of the record and the heaviest, by pitches; a list with two filters."""
    pitches = func.count(Proposal.id)
    events = select(Event.slug).join(Proposal, Proposal.event_id == Event.id).group_by(Event.slug).order_by(pitches)
    database = Database(settings)
    async with database.reading() as reader:
        by_event = (await reader.scalars(events)).all()
        by_project = (await reader.scalars(select(Project.slug).order_by(Project.pitch_count, Project.id))).all()
        need = await reader.scalar(select(Need.key).group_by(Need.key).order_by(func.count(Need.id).desc()))
        tag = await reader.scalar(
            select(Tag.slug).join(ProjectTag, ProjectTag.tag_id == Tag.id).group_by(Tag.slug)
            .order_by(func.count(ProjectTag.project_id).desc())
        )
        names = (await reader.scalars(select(Project.name))).all()
    await database.close()
    # Two characters are the common query: every pair in the record's titles, each once.
    titles = [title for name in names for title in name.values()]
    pairs = {title[place : place + 2].strip() for title in titles for place in range(len(title) - 1)}
    return Pages(
        single={
            "home": "/",
            "event page": f"/events/{quote(by_event[len(by_event) // 2])}",
            "event page, heaviest": f"/events/{quote(by_event[-1])}",
            "project page": f"/projects/{quote(by_project[len(by_project) // 2])}",
            "project page, heaviest": f"/projects/{quote(by_project[-1])}",
            "projects, two filters": f"/projects?{urlencode({'need': need, 'tag': tag})}",
        },
        searches=[f"/search?q={quote(pair)}" for pair in sorted(pairs) if len(pair) == PAIR],
    )


async def queries_of(settings: Settings, path: str) -> int:
    """How many statements a page asks of the database."""
    app = create_app(settings)
    async with AsyncTestClient(app) as client:
        await client.get(path)
        asked: list[str] = []

        @event.listens_for(app.state.database.read_engine.sync_engine, "before_cursor_execute")
        def _note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith("BEGIN"):
                asked.append(statement)

        answer = await client.get(path)
        assert answer.status_code == 200, f"{path} answers {answer.status_code}"
    return len(asked)


class Server(msgspec.Struct, frozen=True):
    """A running server: its address and its main process."""

    address: str
    process_id: int

    def worker_megabytes(self) -> float:
        """Resident memory of the largest worker, in MB of a million bytes."""
        children = Path(f"/proc/{self.process_id}/task/{self.process_id}/children").read_text(encoding="ascii").split()
        sizes = [_resident_kilobytes(int(child)) for child in children]
        return max(sizes) * 1.024 / 1000


@contextlib.contextmanager
def serving(settings: Settings) -> Iterator[Server]:
    """``keng serve`` with two workers in processes of their own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [*KENG, "serve", "--port", str(port), "--workers", str(WORKERS)]
    with subprocess.Popen(
        command, env=_environment(settings), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        server = Server(f"http://127.0.0.1:{port}", process.pid)
        try:
            _wait_until_it_answers(f"{server.address}/livez")
            yield server
        finally:
            process.terminate()


def _environment(settings: Settings) -> Mapping[str, str]:
    return {
        **os.environ, "KENG_DATABASE_URL": settings.database_url, "KENG_PAGE_CACHE": str(settings.page_cache).lower(),
        "KENG_API_REQUESTS_A_MINUTE": "0", "KENG_SEARCHES_A_MINUTE": "0",
    }


def _resident_kilobytes(process_id: int) -> int:
    status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii", errors="replace")
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")), 0)


def _wait_until_it_answers(address: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            with urllib.request.urlopen(address):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
