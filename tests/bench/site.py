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
from urllib.parse import quote

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
SECONDS_TO_START = 20
KENG = (sys.executable, "-m", "registry.cli")
SOURCES = {
    "jothon-events": "jothon-events", "aray": "aray", "g0v-db": "g0v-db-proposals.csv",
    "case-axes": "case-axes-2023.csv",
}


class Pages(msgspec.Struct, frozen=True):
    """Paths to measure, and queries none of which is asked twice."""

    event: str
    project: str
    projects: str
    searches: list[str]

    def single(self) -> dict[str, str]:
        """Each page that is one address, by its name in the table."""
        return {
            "home": "/", "event page": self.event, "project page": self.project,
            "projects, two filters": self.projects,
        }


def import_record(settings: Settings, folder: Path | None) -> float:
    """Fill an empty database from the files in ``folder``, or with the sample record; seconds that it took."""
    environment = _environment(settings)
    started = time.perf_counter()
    if folder is None:
        commands = [("demo",)]
    else:
        commands = [("migrate",), *(("import", form, str(folder / name)) for form, name in SOURCES.items())]
    for command in commands:
        subprocess.run([*KENG, *command], env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


async def heaviest_pages(settings: Settings) -> Pages:
    """The event with most pitches, the project pitched most often, the most used need with the most used tag."""
    database = Database(settings)
    async with database.reading() as reader:
        pitches = func.count(Proposal.id)
        slug_of_event = await reader.scalar(
            select(Event.slug).join(Proposal, Proposal.event_id == Event.id).group_by(Event.slug).order_by(pitches.desc())
        )
        slug_of_project = await reader.scalar(select(Project.slug).order_by(Project.pitch_count.desc(), Project.id))
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
        event=f"/events/{quote(slug_of_event or '')}", project=f"/projects/{quote(slug_of_project or '')}",
        projects=f"/projects?need={need}&tag={quote(tag or '')}",
        searches=[f"/search?q={quote(pair)}" for pair in sorted(pairs) if len(pair) == 2],  # noqa: PLR2004
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
    with subprocess.Popen(command, env=_environment(settings), stdout=subprocess.DEVNULL) as process:
        server = Server(f"http://127.0.0.1:{port}", process.pid)
        try:
            _wait_until_it_answers(f"{server.address}/livez")
            yield server
        finally:
            process.terminate()


def _environment(settings: Settings) -> Mapping[str, str]:
    return {
        **os.environ, "KENG_DATABASE_URL": settings.database_url, "KENG_PAGE_CACHE": str(settings.page_cache).lower(),
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
