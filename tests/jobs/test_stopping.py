"""A server that is told to stop: it says so, what is under way ends, nobody comes in, the worker leaves its seat."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from registry.database.migrate import migrate
from registry.jobs.seat import seat_of
from registry.settings import Settings
from tests.jobs.test_processes import jobs_have_run, until

TOKEN = "figures-for-prometheus"
CANARY = "canary@example.org"


@pytest.mark.trust
def test_a_stop_lets_requests_end_and_frees_the_seat_and_the_log_names_nobody(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/keng.sqlite3"
    migrate(url)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "KENG_DATABASE_URL": url, "KENG_MODE": "production", "KENG_SECRET_KEY": "s" * 40, "KENG_METRICS_TOKEN": TOKEN,
        "KENG_BASE_URL": "https://registry.example.org", "KENG_CHECK_LINKS": "false",
        "KENG_DRAIN_SECONDS": "2",
    }
    keng = [sys.executable, "-m", "registry.cli", "serve", "--port", str(port), "--workers", "2"]
    with (tmp_path / "log").open("w") as log, subprocess.Popen(keng, env=environment, stderr=log) as server:
        try:
            assert until(lambda: _status(port, "/ready") == 200)
            assert until(lambda: jobs_have_run(tmp_path / "keng.sqlite3"))
            _count_together(port)
            with socket.create_connection(("127.0.0.1", port), timeout=20) as under_way:
                body = f"mail={CANARY}&text={'x' * 400}".encode()
                under_way.sendall(
                    b"POST /report HTTP/1.1\r\nHost: registry.example.org\r\nConnection: close\r\n"
                    b"Content-Type: application/x-www-form-urlencoded\r\n"
                    b"Content-Length: %d\r\n\r\n" % len(body) + body[:100]
                )
                time.sleep(0.5)
                server.send_signal(signal.SIGTERM)
                assert until(lambda: _status(port, "/ready") == 503)
                assert _status(port, "/events") == 200
                assert until(lambda: _status(port, "/ready") is None)
                under_way.sendall(body[100:])
                answer = b"".join(iter(lambda: under_way.recv(65536), b""))
            assert answer.startswith(b"HTTP/1.1 4")
            assert b"x-request-id: " in answer.lower()
            assert server.wait(20) == 0
        finally:
            server.kill()
    assert asyncio.run(seat_of(Settings(database_url=url)).take())
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert any(one.get("method") == "POST" for one in lines)
    assert CANARY not in (tmp_path / "log").read_text()
    assert "127.0.0.1" not in "".join(json.dumps(one) for one in lines if one["logger"] != "_granian")


def _count_together(port: int) -> None:
    """What two processes counted is one figure, whichever of them is asked."""
    for _ in range(10):
        assert _status(port, "/nothing-here") == 404
    for _ in range(4):
        told = httpx.get(f"http://127.0.0.1:{port}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
        assert 'keng_requests_total{method="GET",route="no route",status="4xx"} 10.0' in told
    assert 'keng_job_runs_total{job="notice dates that are news",outcome="done"} 1.0' in told


def _status(port: int, path: str) -> int | None:
    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=2).status_code
    except httpx.HTTPError:
        return None
