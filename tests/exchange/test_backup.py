"""A backup is one true picture of a busy installation; the command makes it, keeps some, and puts it back."""

import asyncio
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from typer.testing import CliRunner, Result

from registry.accounts.commands import start_session
from registry.cli import app
from registry.database.engine import Database
from registry.database.inline_sqlite import InlineSqliteDialect
from registry.exchange.archive import check_archive, read_archive, write_archive
from registry.exchange.backups import WORRYING_AGE, backup_at, backups_in, newest_backup
from registry.jobs.seat import seat_of
from registry.settings import Settings, load_settings
from tests.conftest import on_one_database, postgresql_in_trust
from tests.databases import SqliteDatabase
from tests.factories import a_person, a_project
from tests.trust.promises import promised

NOW = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


class Writer:
    """Somebody who adds a project and a person, always both in one transaction, as fast as the database lets them."""

    def __init__(self, url: str) -> None:
        self._settings = Settings(database_url=url, page_cache=False)
        self._stop = threading.Event()
        self.acknowledged = 0

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write during the block, beside the test."""
        self._stop.clear()
        thread = threading.Thread(target=lambda: asyncio.run(self._write()))
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    async def _write(self) -> None:
        database = Database(self._settings)
        while not self._stop.is_set():
            async with database.writing() as session:
                await a_person(session)
                await a_project(session)
            self.acknowledged += 1
        await database.close()


async def _more_of(writer: Writer) -> None:
    """Wait until two more writes have been acknowledged: the first may have begun before."""
    ends_at, wanted = time.monotonic() + 20, writer.acknowledged + 2
    while writer.acknowledged < wanted and time.monotonic() < ends_at:  # noqa: ASYNC110 — it lives in another loop
        await asyncio.sleep(0.005)


async def backups_are_equal_elsewhere(database: Database, elsewhere: SqliteDatabase, place: Path, times: int) -> str:
    """Make backups while somebody writes, and read each in another installation: the same there; the figure."""
    writer = Writer(database.url)
    for number in range(times):
        file, again = place / f"{number}.keng", place / f"{number}-again.keng"
        with writer.writing():
            await _more_of(writer)
            before = writer.acknowledged
            counts = await write_archive(database, file, now=NOW)
            await _more_of(writer)
        with promised():
            assert before <= counts["projects"] == counts["people"] <= writer.acknowledged
        copied = shutil.copy(elsewhere.template, place / f"{number}.sqlite3")
        new = Database(Settings(database_url=f"sqlite:///{copied}"))
        await read_archive(new, file)
        await write_archive(new, again, now=NOW)
        await new.close()
        with promised():
            assert check_archive(file).tables == check_archive(again).tables
    return f"{times} backups beside {writer.acknowledged:,} writes"


@contextmanager
def without_one_picture() -> Iterator[None]:
    """A fault: each table is read as it is when its turn comes."""

    async def as_it_comes(connection: AsyncConnection, **_: Any) -> AsyncConnection:
        return connection

    with (
        patch.object(AsyncConnection, "execution_options", as_it_comes),
        patch.object(InlineSqliteDialect, "do_begin", lambda *_: None),
    ):
        yield


@postgresql_in_trust
async def test_a_backup_made_while_the_server_writes_is_the_same_elsewhere(
    database: Database, sqlite: SqliteDatabase, tmp_path: Path
) -> None:
    await backups_are_equal_elsewhere(database, sqlite, tmp_path, times=2)


@on_one_database
def test_the_newest_backups_stay_and_other_files_are_left_alone(tmp_path: Path, keng: "Keng") -> None:
    old = [backup_at(tmp_path, NOW - timedelta(days=days)) for days in range(4)]
    for path in [*old, tmp_path / "keng-of-mine.keng", tmp_path / "letter.txt"]:
        path.touch()
    assert newest_backup(tmp_path) == NOW
    assert keng("backup", KENG_BACKUP_DIR=tmp_path, KENG_BACKUPS_KEPT=3).exit_code == 0
    assert [path.name for path in backups_in(tmp_path)][:2] == [old[1].name, old[0].name]
    assert (len(backups_in(tmp_path)), len(list(tmp_path.iterdir()))) == (3, 5)
    assert "ok     backup: the newest is of" in keng("doctor", KENG_BACKUP_DIR=tmp_path).output
    for path in backups_in(tmp_path)[-1:]:
        path.unlink()
    late = keng("doctor", KENG_BACKUP_DIR=tmp_path)
    assert (late.exit_code, f"WRONG  backup: the newest is of {old[0].name[5:9]}" in late.output) == (1, True)
    assert datetime.now(UTC) - NOW > WORRYING_AGE


@on_one_database
def test_the_command_moves_an_installation_and_replaces_a_record_only_when_told(
    keng: "Keng", tmp_path: Path, database_url: str
) -> None:
    elsewhere = {"KENG_DATABASE_URL": f"sqlite:///{tmp_path}/new/keng.sqlite3"}
    asyncio.run(_a_project_whose_owner_is_signed_in(database_url))
    file = tmp_path / "all.keng"
    made = keng("backup", file)
    assert (made.exit_code, "keep it as you keep the database" in made.output) == (0, True)
    assert keng("restore", file, "--check", **elsewhere).output.startswith(f"{file}: whole, made at ")
    moved = keng("restore", file, **elsewhere)
    assert (moved.exit_code, "Everybody is signed out" in moved.output) == (0, True)
    full, asked = keng("restore", file), keng("restore", file, "--replace", typed="n\n")
    assert (full.exit_code, "holds a record already" in full.output) == (2, True)
    assert (asked.exit_code, "Go on? [y/N]" in asked.output) == (1, True)
    replaced = keng("restore", file, "--replace", "--yes")
    assert (replaced.exit_code, asyncio.run(_sign_ins(database_url))) == (0, 0)
    file.write_bytes(file.read_bytes()[:-1])
    cut = keng("restore", file, "--replace", "--yes")
    assert (cut.exit_code, "Nothing was restored." in cut.output, "altered" in cut.output) == (2, True, True)
    assert keng("backup").exit_code == 2


async def test_nothing_is_restored_while_somebody_works(keng: "Keng", settings: Settings, tmp_path: Path) -> None:
    made = await asyncio.to_thread(keng, "backup", tmp_path / "all.keng")
    seat = seat_of(settings)
    assert (made.exit_code, await seat.take()) == (0, True)
    answer = await asyncio.to_thread(keng, "restore", tmp_path / "all.keng")
    await seat.leave()
    assert (answer.exit_code, "stop `keng serve` and `keng worker` first" in answer.output) == (2, True)


async def _a_project_whose_owner_is_signed_in(url: str) -> None:
    database = Database(Settings(database_url=url, page_cache=False))
    async with database.writing() as session:
        await a_project(session)
        person = await a_person(session)
        await start_session(
            session, person_id=person.id, browser="Firefox", now=NOW, life=timedelta(days=1), instead_of=None
        )
    await database.close()
    assert await _sign_ins(url) == 1


async def _sign_ins(url: str) -> int | None:
    database = Database(Settings(database_url=url))
    async with database.reading() as reader:
        count: int | None = await reader.scalar(text("SELECT count(*) FROM sessions"))
    await database.close()
    return count


class Keng:
    """The command on the test's database, with more of the environment where it is given."""

    def __init__(self, environment: pytest.MonkeyPatch) -> None:
        self._environment = environment

    def __call__(self, *words: object, typed: str = "", **more: object) -> Result:
        with self._environment.context() as environment:
            for name, setting in more.items():
                environment.setenv(name, str(setting))
            load_settings.cache_clear()
            return CliRunner().invoke(app, [str(word) for word in words], input=typed)


@pytest.fixture
def keng(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keng]:
    monkeypatch.setenv("KENG_DATABASE_URL", database_url)
    yield Keng(monkeypatch)
    load_settings.cache_clear()
