"""The worker as a process: one beside a server of two processes, gone when the server is, however it goes."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from registry.database.migrate import migrate

SECONDS = 150


def until(holds: Callable[[], bool]) -> bool:
    """Whether something comes true in time."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False


def workers_on(database: str) -> list[int]:
    """The processes that do background work on a database."""
    found = []
    for place in Path("/proc").iterdir():
        try:
            if (
                place.name.isdecimal() and b"--beside-server" in (place / "cmdline").read_bytes()
                and database.encode() in (place / "environ").read_bytes()
            ):
                found.append(int(place.name))
        except OSError:
            continue
    return found


def jobs_have_run(path: Path) -> bool:
    """Whether a worker has left a sign of life."""
    with closing(sqlite3.connect(path)) as connection:
        return bool(connection.execute("SELECT count(*) FROM job_runs").fetchone()[0])


@pytest.mark.trust
def test_a_server_of_two_processes_has_one_worker_which_comes_back_and_ends_with_it(tmp_path: Path) -> None:
    path = tmp_path / "keng.sqlite3"
    database = f"sqlite:///{path}"
    migrate(database)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    keng = [sys.executable, "-m", "registry.cli", "serve", "--port", str(port), "--workers", "2"]
    with subprocess.Popen(keng, env={**os.environ, "KENG_DATABASE_URL": database}) as server:
        try:
            assert until(lambda: jobs_have_run(path))
            first, = workers_on(database)
            os.kill(first, signal.SIGKILL)
            assert until(lambda: workers_on(database) not in ([], [first]))
            assert until(lambda: _answers(port))
            assert len(workers_on(database)) == 1
        finally:
            server.kill()
            is_alone = until(lambda: workers_on(database) == [])
            _end_orphans(database)
    assert is_alone


def _answers(port: int) -> bool:
    try:
        return "forget" in httpx.get(f"http://127.0.0.1:{port}/health", timeout=1).text
    except httpx.HTTPError:
        return False


def _end_orphans(database: str) -> None:
    """End the server's own processes, which a killed server leaves behind."""
    for place in Path("/proc").iterdir():
        try:
            if place.name.isdecimal() and int(place.name) != os.getpid() and database.encode() in (
                place / "environ"
            ).read_bytes():
                os.kill(int(place.name), signal.SIGKILL)
        except OSError:
            continue
