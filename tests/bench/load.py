"""A load generator of our own: a few connections, each with one request under way, and what every answer took.

``wrk`` is used instead where it is installed, for it takes less of the machine from the server.
"""

import asyncio
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import cycle
from urllib.parse import urlsplit

import msgspec

CONNECTIONS = 16
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_PLAN = """
local paths, place = {{{paths}}}, 0
request = function()
  place = place % #paths + 1
  return wrk.format("GET", paths[place])
end
"""
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


class Load(msgspec.Struct, frozen=True):
    """What a server did under load; times in milliseconds."""

    per_second: float
    p50: float
    p99: float
    failures: int = 0


def generator() -> str:
    """The name of the program that makes the load."""
    return "wrk" if shutil.which("wrk") else "own generator"


def load_one(address: str, *, seconds: float) -> Load:
    """Ask for one address all the time."""
    return load_many([address], seconds=seconds)


def load_many(addresses: Sequence[str], *, seconds: float) -> Load:
    """Ask for each address in turn, and again from the first if they do not last; all on one server."""
    if not shutil.which("wrk"):
        return asyncio.run(_play(addresses, seconds))
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as plan:
        plan.write(_PLAN.format(paths=",".join(f'"{_target(address)}"' for address in addresses)))
        plan.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", "--latency", "-s", plan.name]
        report = subprocess.run(
            [*command, f"-d{seconds:.0f}s", addresses[0]], check=True, capture_output=True, text=True
        ).stdout
    return _read_wrk(report)


def _target(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def _read_wrk(report: str) -> Load:
    def milliseconds(share: str) -> float:
        found = re.search(rf"^ +{share}% +([\d.]+)(us|ms|s)", report, re.MULTILINE)
        return float(found[1]) * _UNITS[found[2]] if found else float("nan")

    rate = re.search(r"Requests/sec: +([\d.]+)", report)
    failures = re.search(r"Non-2xx or 3xx responses: (\d+)", report)
    return Load(
        per_second=float(rate[1]) if rate else 0.0, p50=milliseconds("50"), p99=milliseconds("99"),
        failures=int(failures[1]) if failures else 0,
    )


async def _play(addresses: Sequence[str], seconds: float) -> Load:
    server = urlsplit(addresses[0])
    host, port = server.hostname or "", server.port or 80
    requests = cycle(
        f"GET {_target(address)} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode() for address in addresses
    )
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    players = [
        (await loop.create_connection(lambda: _Connection(requests, started + seconds), host, port))[1]
        for _connection in range(CONNECTIONS)
    ]
    await asyncio.gather(*(player.finished for player in players))
    took = time.perf_counter() - started
    times = sorted(taken for player in players for taken in player.times)
    return Load(
        per_second=len(times) / took, p50=1000 * times[len(times) // 2], p99=1000 * times[len(times) * 99 // 100],
        failures=sum(player.failures for player in players),
    )


class _Connection(asyncio.Protocol):
    """One connection that sends its next request when the answer is whole."""

    def __init__(self, requests: Iterator[bytes], until: float) -> None:
        self._requests, self._until = requests, until
        self._missing = 0
        self._head = b""
        self.times: list[float] = []
        self.failures = 0
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        if self._missing:
            self._missing -= len(data)
        else:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            length = _LENGTH.search(self._head, 0, end + 2)
            assert length, "the generator reads answers of a known length only"
            self.failures += self._head[9:10] not in (b"2", b"3")
            self._missing = end + 4 + int(length[1]) - len(self._head)
            self._head = b""
        if not self._missing:
            self.times.append(time.perf_counter() - self._asked_at)
            self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.finished.done():
            self.finished.set_result(None)

    def _ask(self) -> None:
        self._asked_at = time.perf_counter()
        if self._asked_at >= self._until:
            self._transport.close()
        else:
            self._transport.write(next(self._requests))
