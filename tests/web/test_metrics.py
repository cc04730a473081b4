"""Figures for Prometheus: who may read them, what they count, and that the dashboard asks for nothing else."""

import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from pydantic import SecretStr

from registry.activity.commands import send_later
from registry.app import create_app
from registry.database.engine import Database
from registry.jobs.commands import note_run
from registry.settings import Settings
from tests.factories import a_project, a_repository

TOKEN = "figures-for-prometheus"
OF_WORKERS = ("keng_job_runs_total", "keng_github_quota")
DASHBOARD = Path(__file__).parents[2] / "docs" / "running" / "grafana.json"


@pytest.fixture
async def counted(settings: Settings) -> AsyncIterator[AsyncTestClient[Any]]:
    app = create_app(settings.model_copy(update={"metrics_token": SecretStr(TOKEN), "page_cache": True}))
    async with AsyncTestClient(app) as client:
        yield client


async def _figures(client: AsyncTestClient[Any]) -> dict[str, float]:
    answer = await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer.headers["Content-Type"][:10]) == (200, "text/plain")
    lines = [line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


async def test_requests_memory_outbox_jobs_and_repositories_are_counted(
    counted: AsyncTestClient[Any], database: Database
) -> None:
    now = datetime.now(UTC)
    async with database.writing() as session:
        project = await a_project(session, slug="pit")
        await a_repository(session, project, read_at=now - timedelta(hours=5))
        await send_later(session, kind="letter", payload={}, key="letter:1", now=now - timedelta(minutes=10))
        await note_run(session, name="letters", failures=3, error="KeyError", now=now)
    for path in ("/projects/pit", "/projects/pit", "/projects/nobody", "/secret-place-of-somebody"):
        await counted.get(path)
    await counted.request("SPELL", "/projects/pit")
    figures = await _figures(counted)
    route = 'route="/projects/{slug}"'
    assert figures[f'keng_requests_total{{method="GET",{route},status="2xx"}}'] == 1
    assert figures[f'keng_requests_total{{method="GET",{route},status="4xx"}}'] == 1
    assert figures[f"keng_request_seconds_count{{{route}}}"] >= 2
    assert (figures["keng_page_cache_hits_total"], figures["keng_outbox_waiting"], figures["keng_database_up"]) == (
        1, 1, 1,
    )
    assert 590 < figures["keng_outbox_oldest_seconds"] < 700
    assert 17_990 < figures["keng_repositories_oldest_seconds"] < 18_100
    assert figures['keng_job_failures{job="letters"}'] == 3
    assert not [name for name in figures if "nobody" in name or "secret-place" in name or "SPELL" in name]
    panels = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    asked = set(re.findall(r"keng_\w+", json.dumps([one["targets"] for one in panels])))
    has = {name.partition("{")[0] for name in figures} | {
        "keng_job_success_timestamp_seconds", *OF_WORKERS,
    }
    assert len(asked) > 8
    assert asked - has == set()


async def test_nobody_else_learns_that_there_are_figures(client: AsyncTestClient[Any], settings: Settings) -> None:
    async with AsyncTestClient(create_app(settings.model_copy(update={"metrics_token": SecretStr(TOKEN)}))) as counted:
        refused = [
            await one.get("/metrics", headers={"Authorization": told})
            for one in (client, counted) for told in ("", "Bearer ", "Bearer figures", "Basic eDp5")
        ]
    assert {one.status_code for one in refused} == {404}


def test_a_server_tells_what_the_worker_beside_it_counts(tmp_path: Path) -> None:
    shared = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    programs = (
        "from registry.counted import *; count_run('letters', has_failed=True); note_quota('token', 'core', 4_900)",
        "from registry.web.metrics import Metrics; print(Metrics().told([]).decode())",
    )
    for program in programs:
        told = subprocess.run([sys.executable, "-c", program], env=shared, check=True, capture_output=True, text=True)
    assert {line for line in told.stdout.splitlines() if line.startswith(OF_WORKERS)} == {
        'keng_job_runs_total{job="letters",outcome="failed"} 1.0',
        'keng_github_quota{account="token",resource="core"} 4900.0',
    }
