"""An installation as real processes, with real sockets, that a test may kill."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

SECONDS = 120


class Processes:
    """The processes of one installation; all share its settings."""

    def __init__(self, environment: dict[str, str], logs: Path) -> None:
        self._environment = os.environ | environment
        self._logs = logs
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start ``keng`` with these words, as a group of processes that can be killed whole."""
        with (self._logs / f"{len(self._running)}-{words[0]}").open("w") as log:
            one = subprocess.Popen(
                [sys.executable, "-m", "registry.cli", *words], env=self._environment, stdout=log, stderr=log,
                start_new_session=True,
            )
        self._running.append(one)
        return one

    def serve(self, port: int, *, workers: int = 2) -> subprocess.Popen[bytes]:
        """Start a server of some processes."""
        return self.start("serve", "--port", str(port), "--workers", str(workers))

    def end(self) -> None:
        """Kill all of them."""
        for one in self._running:
            kill(one)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all that it started, without a word."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def children(process: subprocess.Popen[bytes]) -> list[int]:
    """The processes that a process has started."""
    threads = Path(f"/proc/{process.pid}/task").glob("*/children")
    return [int(child) for thread in threads for child in thread.read_text("ascii").split()]


async def until_ready(port: int) -> None:
    """Wait until a server at ``port`` can be sent readers."""
    deadline = time.monotonic() + SECONDS
    async with httpx.AsyncClient() as client:
        while time.monotonic() < deadline:
            try:
                if (await client.get(f"http://127.0.0.1:{port}/ready")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)
    raise AssertionError(f"nobody serves at port {port}")


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
