"""A page about one record reads what belongs to it, however large the record around it is."""

import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import event

from registry.database.engine import Database
from registry.settings import Settings
from tests.bench.community import RARE_WORD, generate, index
from tests.conftest import application, on_one_database

LARGE = frozenset({
    "events", "people", "projects", "project_tags", "needs", "memberships", "links", "updates", "stage_changes",
    "repositories", "starter_issues", "proposals", "credits", "contributions", "provenance", "audit",
    "search_documents",
})
PATHS = (
    "/events/hackathon-2", "/events/hackathon-2/feed.atom", "/proposals/proposal-9", "/people/person-9",
    "/projects/project-9", "/api/v1/projects/project-9", "/api/v1/people/person-9", f"/search?q={quote(RARE_WORD)}",
    f"/search?q={quote('資料')}", f"/people?q={quote('怡君')}",
    "/needs/designer", "/tags/topic-1", f"/projects?q={quote('預算')}", f"/proposals?q={quote('預算')}&kind=pitch",
)
_SCAN = re.compile(r"SCAN (\w+?)(?:_\d+)?\b(?! VIRTUAL)")
pytestmark = on_one_database


@pytest.fixture
async def visitor(settings: Settings) -> AsyncIterator[AsyncTestClient[Any]]:
    generate(settings, scale=0.04)
    await index(settings)
    async with AsyncTestClient(application(settings)) as client:
        yield client


async def test_no_page_about_one_record_reads_a_large_table_from_end_to_end(visitor: AsyncTestClient[Any]) -> None:
    database: Database = visitor.app.state.database
    asked: dict[str, Any] = {}
    event.listen(
        database.read_engine.sync_engine, "before_cursor_execute",
        lambda _connection, _cursor, statement, parameters, *_rest: asked.setdefault(statement, parameters),
    )
    found: dict[str, list[str]] = {}
    for path in PATHS:
        asked.clear()
        assert (await visitor.get(path)).status_code == 200
        statements = {one: given for one, given in asked.items() if one.startswith(("SELECT", "WITH"))}
        assert statements, path
        for statement, parameters in statements.items():
            if scans := await _scans(database, statement, parameters):
                found[f"{path}: {statement[:200]}"] = scans
    assert found == {}


async def test_a_statement_that_reads_a_table_from_end_to_end_would_be_noticed(database: Database) -> None:
    assert await _scans(database, "SELECT count(*) FROM people AS people_1 WHERE bio = ?", ("{}",)) == ["people"]
    assert await _scans(database, "SELECT bio FROM people WHERE slug = ?", ("person-9",)) == []


async def _scans(database: Database, statement: str, parameters: Any) -> list[str]:
    """The large tables that SQLite would read from end to end."""
    async with database.reading() as reader:
        plan = (await reader.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)).all()
    return [table for row in plan for table in _SCAN.findall(row.detail) if table in LARGE]
