"""Databases and clients for the tests. Each test that asks for ``database`` runs on SQLite and on PostgreSQL."""

import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from litestar import Litestar
from litestar.testing import AsyncTestClient
from sqlalchemy import event

from registry.app import create_app
from registry.database.engine import Database
from registry.settings import Settings
from tests.databases import PostgresqlDatabase, SqliteDatabase, postgresql_server
from tests.visits import BASE, Visit, visit_to

# How long an example takes depends on who else uses the machine.
hypothesis_settings.register_profile("keng", deadline=None, max_examples=50)
hypothesis_settings.register_profile("trust", deadline=None, max_examples=500)
hypothesis_settings.load_profile("keng")


def pytest_collection_finish() -> None:
    """Whatever was imported and collected stays: to look through it for garbage took a seventh of the tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def in_trust(*values: object) -> Any:
    """A row of ``pytest.mark.parametrize`` that ``make test`` leaves to ``make trust``."""
    return pytest.param(*values, marks=pytest.mark.trust)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlDatabase]:
    """A database on a real PostgreSQL server of this session's own."""
    # A short path: a Unix socket's address holds about 100 characters.
    place = Path(tempfile.mkdtemp(prefix="keng-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(place))
    with postgresql_server(place) as url:
        database = PostgresqlDatabase(url)
        yield database
        database.close()
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabase:
    """A database in a file."""
    return SqliteDatabase(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty, migrated database: once on SQLite, once on PostgreSQL."""
    database: SqliteDatabase | PostgresqlDatabase = request.getfixturevalue(request.param)
    return database.cleaned()


on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For a test that asks the database nothing but what other tests ask both: it runs on SQLite alone."""

postgresql_in_trust = pytest.mark.parametrize("database_url", ["sqlite", in_trust("postgresql")], indirect=True)
"""For a test whose statements other tests send to PostgreSQL too: there it runs in ``make trust``."""


@cache
def application(settings: Settings) -> Litestar:
    """The application with these settings, built once: each client opens it anew, with a database of its own.

    A test that changes the application itself must build one with ``create_app``.
    """
    return create_app(settings)


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings of an installation on the test's database; pages are rendered anew, however often they are asked for."""
    return _settings(database_url)


@cache
def _settings(database_url: str) -> Settings:
    return Settings(database_url=database_url, page_cache=False, api_requests_a_minute=0, searches_a_minute=0)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The test's database, open."""
    database = Database(settings)
    yield database
    await database.close()


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[AsyncTestClient]:
    """A client of the application on the test's database."""
    async with AsyncTestClient(application(settings)) as client:
        yield client


@pytest.fixture
async def visit(settings: Settings) -> AsyncIterator[Visit]:
    """A visitor's browser at the application on the test's database."""
    async with AsyncTestClient(application(settings), base_url=BASE) as client:
        yield visit_to(client)


@pytest.fixture
def statements(client: AsyncTestClient) -> Iterator[list[str]]:
    """The SQL statements that ``client``'s application has run since the test last cleared the list."""
    yield from statements_of(client)


@pytest.fixture
def statements_of_visit(visit: Visit) -> Iterator[list[str]]:
    """The same of ``visit``'s application."""
    yield from statements_of(visit.client)


def statements_of(client: Any) -> Iterator[list[str]]:
    """The SQL statements that a client's application runs, for a fixture."""
    database: Database = client.app.state.database
    engines = {database.read_engine.sync_engine, database.write_engine.sync_engine}
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
