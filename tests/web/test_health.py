"""Health and the doctor: what is wrong is found and said, with what to do."""

import socket
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import text
from typer.testing import CliRunner

from registry.app import create_app
from registry.cli import app
from registry.database.engine import Database
from registry.database.glance import newest_revision
from registry.database.migrate import migrate
from registry.settings import Settings, load_settings
from tests.factories import a_project

runner = CliRunner()


@pytest.fixture
def keng(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Run ``keng`` on a database file in the test's folder; gives the exit code and the words."""
    monkeypatch.setenv("KENG_DATABASE_URL", f"sqlite:///{tmp_path}/keng.sqlite3")

    def run(*words: str, **environment: str) -> tuple[int, str]:
        for name, setting in environment.items():
            monkeypatch.setenv(f"KENG_{name.upper()}", setting)
        load_settings.cache_clear()
        answer = runner.invoke(app, words)
        return answer.exit_code, answer.output

    yield run
    load_settings.cache_clear()


async def test_a_sound_installation_is_well(client: AsyncTestClient) -> None:
    answer = await client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {
        "status": "ok", "database": "answers", "migrations": f"at {newest_revision()}, the newest",
        "index": "0 records", "outbox": "0 waiting, 0 given up",
        "log of changes": "sealed never, verified never", "jobs": "none has run yet",
    })
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_server_is_ready_with_a_database_of_its_schema_or_of_a_newer_one(
    client: AsyncTestClient, database: Database
) -> None:
    found = [await client.get("/ready")]
    for revision in ("9999", "0001"):
        async with database.writing() as session:
            await session.execute(text("UPDATE alembic_version SET version_num = :at"), {"at": revision})
        found.append(await client.get("/ready"))
    assert [(one.status_code, one.json()["status"]) for one in found] == [
        (200, "ready"), (200, "ready"), (503, f"migrations: at 0001, the newest is {newest_revision()}"),
    ]
    assert found[2].headers["Cache-Control"] == "no-store"


async def test_a_server_whose_database_is_away_is_not_ready() -> None:
    away = Settings(database_url="postgresql://nobody@127.0.0.1:1/nothing")
    async with AsyncTestClient(create_app(away)) as client:
        answer = await client.get("/ready")
    assert (answer.status_code, answer.json()["status"]) == (503, "database: does not answer (OperationalError)")


async def test_records_that_nobody_can_find_are_not_well(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        await a_project(session)
    answer = await client.get("/health")
    assert (answer.status_code, answer.json()["status"], answer.json()["index"]) == (503, "failing", "is empty")


async def test_an_older_schema_is_not_well(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    answer = await client.get("/health")
    assert (answer.status_code, answer.json()["migrations"]) == (503, f"at 0001, the newest is {newest_revision()}")


def test_the_doctor_finds_a_missing_database_and_says_how_to_make_it(keng: Any) -> None:
    code, words = keng("doctor")
    assert code == 1
    assert "WRONG  database: there is no file" in words
    assert "Run `keng migrate`" in words


def test_the_doctor_is_content_after_a_migration(keng: Any, tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path}/keng.sqlite3")
    code, words = keng("doctor")
    assert ("WRONG" in words, code) == (False, 0)


def test_the_doctor_wants_https_in_production(keng: Any, tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path}/keng.sqlite3")
    code, words = keng("doctor", mode="production", secret_key="x" * 40)
    assert code == 1
    assert "Set KENG_BASE_URL" in words


@pytest.mark.parametrize(("variable", "value", "told"), [
    ("github_client_id", "x", "WRONG  GitHub sign-in: set up by half: KENG_GITHUB_CLIENT_SECRET is missing"),
    ("github_app_id", "1", "KENG_GITHUB_APP_KEY, KENG_GITHUB_APP_INSTALLATION_ID is missing"),
    ("slack_bot_token", "xoxb-1", "Set KENG_SLACK_SIGNING_SECRET or KENG_SLACK_APP_TOKEN, or take away KENG_SLACK_BOT"),
    ("github_token", "x", "ok     GitHub webhooks: not set up"),
])
def test_the_doctor_tells_what_is_set_up_by_half(keng: Any, variable: str, value: str, told: str) -> None:
    assert told in keng("doctor", **{variable: value})[1]


def test_the_server_wants_a_migrated_database(keng: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    code, words = keng("serve", "--port", port)
    assert (code, words.strip()) == (2, "The database is not up to date. Run `keng migrate` first.")


def test_the_server_says_when_its_port_is_taken(keng: Any, tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path}/keng.sqlite3")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        code, words = keng("serve", "--port", port)
    assert (code, words.strip()) == (
        2, f"Port {port} of 127.0.0.1 is taken. Stop what listens there, or give another --port."
    )
