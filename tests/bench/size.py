"""``python -m tests.bench.size``: what each kind of page costs as the community grows.

``--scales 1 10 100``, ``--databases sqlite postgresql`` and ``--only NAME`` choose. It prints the tables of
``docs/size.md``. Databases are made in ``--place`` and stay there, so that a second run need not make them again.
"""

import argparse
import asyncio
import logging
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import psycopg
from litestar.testing import AsyncTestClient
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import event, make_url, text

from registry.app import create_app
from registry.database.engine import Database
from registry.database.migrate import migrate
from registry.ports import Workplace
from registry.settings import Settings
from registry.tallies.jobs import count_the_record
from tests.bench.community import PROJECTS, RARE_WORD, generate, index
from tests.databases import postgresql_server

ROUNDS, SECONDS_A_PAGE = 15, 3.0
MOST_GROWTH = 2.0
DATABASES = ("sqlite", "postgresql")


def pages(scale: float) -> dict[str, str]:
    """A page of each kind, by its name in the table, as full at 1x as later; records are from the middle."""
    middle = int(PROJECTS * scale) // 2
    return {
        "home": "/", "events": "/events", "events, most pitches": "/events?sort=pitches",
        "events, words": f"/events?q={quote('黑客松')}&kind=large",
        "event": f"/events/hackathon-{int(75 * scale) // 2}",
        "proposals": "/proposals", "proposals, oldest": "/proposals?sort=oldest",
        "proposals, words": f"/proposals?q={quote('資料')}&kind=pitch", "proposal": f"/proposals/proposal-{middle}",
        "projects": "/projects", "projects, by name": "/projects?sort=name",
        "projects, a need, most pitches": "/projects?need=designer&sort=pitched",
        "projects, two filters": "/projects?need=designer&stage=idea",
        "projects, words": f"/projects?q={quote('預算')}", "project": f"/projects/project-{middle}",
        "people": "/people", "people, words": f"/people?q={quote('陳')}", "person": f"/people/person-{middle}",
        "tags": "/tags", "tag, common": "/tags/topic-1",
        "needs": "/needs", "need": "/needs/designer", "need, common": "/needs/writer",
        "stages": "/stages",
        "search, rare": f"/search?q={quote(RARE_WORD)}", "search, common": f"/search?q={quote('資料')}",
        "search, two characters": f"/search?q={quote('陳怡')}", "search, a slip": "/search?q=budgot",
        "feed": "/feed.atom", "feed of a topic": "/tags/topic-1/feed.atom",
        "API, projects": "/api/v1/projects", "API, projects with a need": "/api/v1/projects?need=designer",
        "API, people": "/api/v1/people", "API, proposals": "/api/v1/proposals", "API, events": "/api/v1/events",
        "numbers": "/numbers", "start": "/start", "start, answered": f"/start?need=designer&q={quote('預算')}",
        "start, issues": "/start/issues", "sitemap": "/sitemap.xml", "sitemap, a part": "/sitemaps/1",
    }


class Cost(msgspec.Struct, frozen=True):
    """What a page costs when warm: processors' milliseconds, its statements, and the slowest with its milliseconds."""

    milliseconds: float
    statements: int
    slowest: float
    statement: str


async def cost_of(client: AsyncTestClient[Any], path: str) -> Cost:
    """Ask for a page several times, with nothing between, and once more while its statements are noted.

    What processors did for it counts, ours and the database's, the time they did least: a clock would tell who else is
    at work on the machine, and so would the middle of the times.
    """
    answer = await client.get(path)
    assert answer.status_code == 200, f"{path} answers {answer.status_code}: {answer.text[:300]}"
    times: list[float] = []
    backends = await _backends(client)
    while len(times) < ROUNDS and sum(times) < SECONDS_A_PAGE:
        started = _worked(backends)
        await client.get(path)
        times.append(_worked(backends) - started)
    with _noting(client) as noted:
        await client.get(path)
        noted.clear()  # SQLAlchemy has compiled them now
        await client.get(path)
    slowest, statement = max(noted, default=(0.0, ""))
    return Cost(1000 * min(times), len(noted), 1000 * slowest, " ".join(statement.split()))


async def _backends(client: AsyncTestClient[Any]) -> list[Path]:
    """Where the system tells of the processes of PostgreSQL that work for us."""
    database: Database = client.app.state.database
    if database.is_sqlite:
        return []
    async with database.reading() as reader:
        pids = await reader.scalars(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"))
        return [Path(f"/proc/{pid}/schedstat") for pid in pids]


def _worked(backends: list[Path]) -> float:
    """The seconds that processors have worked for us and for these processes so far."""
    return time.process_time() + sum(int(path.read_text().split()[0]) / 1e9 for path in backends)


@contextmanager
def _noting(client: AsyncTestClient[Any]) -> Iterator[list[tuple[float, str]]]:
    """The statements that are asked meanwhile, each with its seconds."""
    engine = client.app.state.database.read_engine.sync_engine
    noted: list[tuple[float, str]] = []
    started: list[float] = []

    def before(*_any: Any) -> None:
        started.append(time.perf_counter())

    def after(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        noted.append((time.perf_counter() - started[-1], statement))

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    yield noted
    event.remove(engine, "before_cursor_execute", before)
    event.remove(engine, "after_cursor_execute", after)


async def measure(settings: Settings, *, scale: float, only: str) -> dict[str, Cost]:
    """The cost of each page on a generated database. What is kept until the next write is kept, pages are not."""
    app = create_app(settings)
    async with AsyncTestClient(app) as client:
        return {name: await cost_of(client, path) for name, path in pages(scale).items() if only in name}


def main() -> None:
    """Generate what is missing, measure, print."""
    asked = _arguments()
    asked.place.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(asked.place))
    logging.getLogger("httpx").setLevel(logging.WARNING)
    found: dict[str, dict[float, dict[str, Cost]]] = {}
    for database in asked.databases:
        with _server(database, asked.place) as server_url:
            for scale in asked.scales:
                settings = _database(database, server_url, asked.place, scale)
                costs = asyncio.run(measure(settings, scale=scale, only=asked.only))
                found.setdefault(database, {})[scale] = costs
    for database, by_scale in found.items():
        _print(database, by_scale)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What each kind of page costs as the community grows.")
    parser.add_argument("--scales", type=float, nargs="+", default=[1, 10, 100])
    parser.add_argument("--databases", nargs="+", default=DATABASES, choices=DATABASES)
    parser.add_argument("--only", default="", help="pages whose name holds this")
    parser.add_argument("--place", type=Path, default=Path("/tmp/size"))  # noqa: S108 — a folder to be thrown away
    return parser.parse_args()


@contextmanager
def _server(database: str, place: Path) -> Iterator[str]:
    if database == "sqlite":
        yield ""
    else:
        (place / "postgresql").mkdir(exist_ok=True)
        with postgresql_server(place / "postgresql") as url:
            yield url


def _database(database: str, server_url: str, place: Path, scale: float) -> Settings:
    """The generated database of a scale, made where it is missing."""
    name = f"community_{scale:g}".replace(".", "_")
    if database == "sqlite":
        url = f"sqlite:///{place.absolute()}/{name}.sqlite3"
        is_missing = not (place / f"{name}.sqlite3").exists()
    else:
        url = make_url(server_url).set(database=name).render_as_string(hide_password=False)
        with psycopg.connect(server_url, autocommit=True) as server:
            is_missing = not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if is_missing:
                server.execute(f"CREATE DATABASE {name}".encode())
    settings = Settings(database_url=url, page_cache=False, api_requests_a_minute=0, searches_a_minute=0)
    if is_missing:
        with Progress() as progress:
            generate(settings, scale=scale, progress=progress)
            asyncio.run(index(settings, progress=progress))
    else:
        migrate(settings.database_url)
    started = time.perf_counter()
    asyncio.run(_count(settings))
    print(f"{database} {scale:g}x: counted in {time.perf_counter() - started:.1f} s")  # noqa: T201
    return settings


async def _count(settings: Settings) -> None:
    """What the worker does within a minute of each write: a large record's tallies."""
    database = Database(settings)
    now = datetime.now(UTC)
    await count_the_record(Workplace(settings, database, lambda: now), now)
    await database.close()


def _print(database: str, by_scale: dict[float, dict[str, Cost]]) -> None:
    """The table of a database, as Markdown: milliseconds at each scale, the growth, and the slowest statement."""
    console = Console(width=240, soft_wrap=True)
    scales = sorted(by_scale)
    heads = ["page", *(f"{scale:g}x, ms" for scale in scales), "growth", "statements", "slowest statement, ms"]
    console.print(f"\n{database}\n")
    for row in (heads, ["---"] * len(heads), *_rows(scales, by_scale)):
        console.print("| " + " | ".join(row) + " |", markup=False, highlight=False)
    largest = by_scale[scales[-1]]
    for name, cost in sorted(largest.items(), key=lambda one: -one[1].slowest)[:12]:
        console.print(f"\n{name}: {cost.slowest:.1f} ms\n{cost.statement[:4000]}", markup=False, highlight=False)


def _rows(scales: Sequence[float], by_scale: dict[float, dict[str, Cost]]) -> Iterator[list[str]]:
    for name in by_scale[scales[0]]:
        costs = [by_scale[scale][name] for scale in scales]
        growth = costs[-1].milliseconds / costs[0].milliseconds
        yield [
            name, *(f"{cost.milliseconds:.1f}" for cost in costs),
            f"{growth:.1f}" + ("" if growth < MOST_GROWTH else " ✗"), str(costs[-1].statements),
            f"{costs[-1].slowest:.1f}",
        ]


if __name__ == "__main__":
    main()
