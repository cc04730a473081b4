"""All kinds of visitors at one real server for minutes, and what its processes weigh meanwhile."""

import asyncio
import random
import re
import time
from collections import Counter as Tally
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from registry.database.engine import Database
from registry.settings import Settings
from tests.processes import Processes, children, free_port, until_ready
from tests.tokens.scripts import an_owners_token
from tests.trust.damage import ENDLESS
from tests.trust.promises import promised
from tests.visits import Visit

LANGUAGES = ("en", "zh-Hant", "zh-TW,zh;q=0.9,en;q=0.5")
FORMATS = (
    "/api/v1/events", "/api/v1/projects", "/api/v1/proposals", "/api/v1/people", "/api/v1/openapi.json",
    "/feed.atom", "/feed.json", "/events/calendar.ics", "/data/package.zip", "/health", "/sitemap.xml",
    "/projects/mine/card.png",
)
STRANGE = ("/nothing-here", "/projects/%00", "/projects?page=99999999999", "/api/v1/projects?limit=x", "/search?q=%ff")
CHARACTERS = "預算環境教育交通健康土地農業語言文化法律議會選舉勞動居住能源防災空氣水質地圖查核"
OWN_PAGES = ("/account", "/inbox", "/projects/mine", "/pitch", "/")
SECONDS_OF_A_STREAM = 1.0
SECONDS_TO_WARM = 30
MOST_GROWTH = 1.1
_ADDRESS = re.compile(r"<loc>([^<]+)</loc>")
Step = Callable[[], Awaitable[object]]


class Crowd:
    """Visitors of every kind at ``base``; ``statuses`` counts what they were answered."""

    def __init__(self, base: str, token: str) -> None:
        self.statuses: Tally[int] = Tally()
        self.broken: Tally[str] = Tally()
        self._base, self._token = base, token
        self._draw = random.Random(21)  # noqa: S311 — the same crowd each time
        self._client = httpx.AsyncClient(base_url=base, timeout=30, event_hooks={"response": [self._note]})
        self._addresses: list[str] = []
        self._written = 0

    async def run(self, until: float) -> None:
        """Come and go until a moment of the monotonic clock."""
        visitors: dict[Step, float] = {
            self._read: 0.02, self._ask_for_a_format: 0.1, self._search: 0.1, self._write: 0.3, self._be_lost: 0.5,
            self._come_and_sign_in: 2.0, self._follow: 0.5,
        }
        async with self._client:
            listed = _ADDRESS.findall((await self._client.get("/sitemap.xml")).text)
            self._addresses = [urlsplit(one).path for one in listed]
            await asyncio.gather(*(self._again(step, pause, until) for step, pause in visitors.items()))

    async def _again(self, step: Step, pause: float, until: float) -> None:
        while time.monotonic() < until:
            try:
                await step()
            except httpx.TransportError as trouble:
                self.broken[type(trouble).__name__] += 1
            await asyncio.sleep(pause)

    async def _note(self, answer: httpx.Response) -> None:
        self.statuses[answer.status_code] += 1

    async def _read(self) -> None:
        headers = {"accept-language": self._draw.choice(LANGUAGES)}
        await self._client.get(self._draw.choice(self._addresses), headers=headers)

    async def _ask_for_a_format(self) -> None:
        await self._client.get(self._draw.choice(FORMATS))

    async def _search(self) -> None:
        words = "".join(self._draw.sample(CHARACTERS, 2))
        address = self._draw.choice(("/search", "/search/suggestions", "/api/v1/search"))
        await self._client.get(address, params={"q": words})

    async def _write(self) -> None:
        self._written += 1
        await self._client.post(
            "/api/v1/projects/mine/updates", json={"text": f"news {self._written}."},
            headers={"Authorization": f"Bearer {self._token}", "Idempotency-Key": f"{self._written}"},
        )

    async def _be_lost(self) -> None:
        await self._client.get(self._draw.choice(STRANGE))
        await self._client.post("/account/name", data={"name": "x" * 1_000})

    async def _come_and_sign_in(self) -> None:
        hooks: Any = {"response": [self._note]}
        async with httpx.AsyncClient(base_url=self._base, timeout=30, event_hooks=hooks) as client:
            visit = await Visit(client).play("owner")
            for page in OWN_PAGES:
                await client.get(page)
            await visit.fill("/account", "/account/name", name=f"Name {self._written}")

    async def _follow(self) -> None:
        events = [one for one in self._addresses if one.startswith("/events/") and one.count("/") == 2]
        address = f"{quote(self._draw.choice(events), safe='/%')}/board/live"
        ends_at = time.monotonic() + SECONDS_OF_A_STREAM
        async with self._client.stream("GET", address) as answer:
            async for _part in answer.aiter_raw():
                if time.monotonic() > ends_at:
                    break


class Weights:
    """What processes weigh, by their names: their own memory, without files that the system keeps for all."""

    def __init__(self, find: Callable[[], dict[str, int]]) -> None:
        self._find = find
        self.megabytes: dict[str, list[float]] = {}

    async def watch(self, until: float) -> bool:
        """Weigh each second; break off when something weighs twice what it did when it was warm: that tells enough."""
        while time.monotonic() < until:
            if any(_has_doubled(found) for found in self.megabytes.values()):
                return True
            for name, process in self._find().items():
                self.megabytes.setdefault(name, []).append(own_megabytes(process))
            await asyncio.sleep(1)
        return False

    def growth(self) -> dict[str, tuple[float, float]]:
        """Of each process its weight once it was warm, after a quarter of the time, and at the end."""
        return {name: (_part(found, 0.25), _part(found, 0.9)) for name, found in self.megabytes.items()}


async def soaked(place: Path, *, minutes: float) -> str:
    """Let a crowd come and go for minutes, and weigh what serves it: it must not have grown; the figure."""
    url = f"sqlite:///{place}/keng.sqlite3"
    processes = Processes(ENDLESS | {"KENG_DATABASE_URL": url}, place)
    database, port = Database(Settings(database_url=url)), free_port()
    assert await asyncio.to_thread(processes.start("demo").wait) == 0
    crowd = Crowd(f"http://127.0.0.1:{port}", (await an_owners_token(database, url))[0])
    await database.close()
    server = processes.serve(port, workers=1)
    try:
        await until_ready(port)
        weights, until = Weights(lambda: _named(children(server))), time.monotonic() + 60 * minutes
        coming = asyncio.create_task(crowd.run(until))
        is_broken_off = await weights.watch(until)
        if is_broken_off:
            coming.cancel()
        await asyncio.gather(coming, return_exceptions=is_broken_off)
    finally:
        processes.end()
    growth = weights.growth()
    assert (crowd.broken, [status for status in crowd.statuses if status >= 500]) == ({}, [])
    assert set(growth) == {"server", "worker"}
    with promised():
        assert [name for name, (before, after) in growth.items() if after > before * MOST_GROWTH] == []
    told = ", ".join(f"{name} {before:.0f} to {after:.0f} MB" for name, (before, after) in sorted(growth.items()))
    return f"{minutes:.0f} minutes, {crowd.statuses.total():,} requests: {told}"


def _named(processes: list[int]) -> dict[str, int]:
    """The processes beside each other in a server, by what they do."""
    return {
        "worker" if b"--beside-server" in Path(f"/proc/{one}/cmdline").read_bytes() else "server": one
        for one in processes
    }


def _has_doubled(megabytes: list[float]) -> bool:
    return len(megabytes) > SECONDS_TO_WARM and megabytes[-1] > 2 * megabytes[SECONDS_TO_WARM]


def _part(megabytes: list[float], begin: float) -> float:
    first = int(len(megabytes) * begin)
    return median(megabytes[first : first + max(1, len(megabytes) // 10)])


def own_megabytes(process: int) -> float:
    """Memory of a process that belongs to no file."""
    status = Path(f"/proc/{process}/status").read_text("ascii", "replace")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon:")) / 1_000
