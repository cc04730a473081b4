"""Search among many generated records: in the database, and as it is answered."""

import random
import statistics
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import event, insert

from registry.database.engine import Database
from registry.database.migrate import migrate
from registry.projects.models import Project
from registry.search.commands import rebuild
from registry.search.queries import search
from registry.settings import Settings

QUERIES = 400
BATCH = 5_000
# The most used characters of civic proposals and some words of the field, drawn with a long tail like real titles.
_HAN = "政府資料開放公民預算地圖社會運動選舉環境教育交通健康食安土地農業語言文化法律議會透明參與平台工具查核事實"
_WORDS = (
    "open", "data", "map", "bot", "api", "vote", "budget", "air", "water", "school", "law", "news", "health", "bus",
    "card", "hack", "civic", "wiki", "tool",
)


class SearchTimes(NamedTuple):
    """Milliseconds of a search: the median of its statements, and median and 99th percentile of it all."""

    in_database: float
    p50: float
    p99: float


async def generated_search(database_url: str, *, records: int) -> SearchTimes:
    """What a search takes among ``records`` generated projects."""
    draw = random.Random(20121201)  # noqa: S311 — the same record in every run
    settings = Settings(database_url=database_url)
    migrate(settings.database_url)
    database = Database(settings)
    async with database.writing() as session:
        for first in range(0, records, BATCH):
            await session.execute(
                insert(Project), [_project(draw, number) for number in range(first, min(records, first + BATCH))]
            )
    async with database.writing() as session:
        await rebuild(session)
    times, statements = [], _noted(database)
    in_database = []
    async with database.reading() as reader:
        for number in range(QUERIES):
            asked = _query(draw, number)
            statements.clear()
            started = time.perf_counter()
            await search(reader, asked, limit=20)
            times.append(1000 * (time.perf_counter() - started))
            in_database.append(1000 * sum(statements))
    await database.close()
    times.sort()
    return SearchTimes(statistics.median(in_database), times[len(times) // 2], times[len(times) * 99 // 100])


def _noted(database: Database) -> list[float]:
    """A list to which each statement adds the seconds between its sending and its answer."""
    engine, started, seconds = database.read_engine.sync_engine, [0.0], list[float]()

    def before(*_any: Any) -> None:
        started[0] = time.perf_counter()

    def after(*_any: Any) -> None:
        seconds.append(time.perf_counter() - started[0])

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    return seconds


def _project(draw: random.Random, number: int) -> dict[str, object]:
    name = "".join(_drawn(draw, _HAN, 6)) + " " + " ".join(_drawn(draw, _WORDS, 2))
    summary = "".join(_drawn(draw, _HAN, 30)) + " " + " ".join(_drawn(draw, _WORDS, 6))
    return {
        "slug": f"generated-{number}", "name": {"zh-Hant": name}, "sort_name": name, "summary": {"zh-Hant": summary},
        "stage_key": "idea",
    }


def _query(draw: random.Random, number: int) -> str:
    if number % 4 == 0:
        return draw.choice(_WORDS)
    return "".join(_drawn(draw, _HAN, 2)) + (f" {draw.choice(_WORDS)}" if number % 4 == 1 else "")


def _drawn(draw: random.Random, choices: Sequence[str], number: int) -> list[str]:
    return [choices[min(int(draw.paretovariate(0.7)) - 1, len(choices) - 1)] for _one in range(number)]
