"""A page reads what belongs to it, and a list what it shows, however large the record around them is."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import event

from registry.database.engine import Database
from registry.events.listing import EventSort
from registry.ports import Workplace
from registry.projects.rules import ProjectOrder
from registry.settings import Settings
from registry.tallies import jobs
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
    f"/events?q={quote('黑客松')}&kind=large",
)
LISTS = (
    "/", "/start", "/start/issues", "/people", "/proposals", "/proposals?sort=oldest", "/needs", "/tags",
    *(f"/events?sort={sort}" for sort in EventSort), *(f"/projects?sort={sort}" for sort in ProjectOrder),
    "/events?kind=small&sort=oldest", "/events?state=upcoming", "/api/v1/events", "/api/v1/projects", "/api/v1/people",
    "/api/v1/proposals",
)
_SCAN = re.compile(r"SCAN (\w+?)(?:_\d+)?\b(?! VIRTUAL)")
_SORTED = re.compile(r"USE TEMP B-TREE FOR (?!.*(LAST|RIGHT PART))")
pytestmark = on_one_database


@pytest.fixture
async def visitor(settings: Settings) -> AsyncIterator[AsyncTestClient[Any]]:
    generate(settings, scale=0.04)
    await index(settings)
    async with AsyncTestClient(application(settings)) as client:
        yield client


async def test_no_page_about_one_record_reads_a_large_table_from_end_to_end(visitor: AsyncTestClient[Any]) -> None:
    assert await _reading_whole_tables(visitor, PATHS) == {}


async def test_no_list_reads_or_sorts_more_than_it_shows(
    visitor: AsyncTestClient[Any], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LARGE", 1)
    now = datetime.now(UTC)
    await jobs.count_the_record(Workplace(settings, visitor.app.state.database, lambda: now), now)
    assert await _reading_whole_tables(visitor, LISTS, may_walk=True) == {}


@pytest.mark.parametrize(("statement", "may_walk", "found"), [
    ("SELECT count(*) FROM people AS people_1 WHERE bio = '{}'", False, ["people"]),
    ("SELECT bio FROM people WHERE slug = 'person-9'", False, []),
    ("SELECT slug FROM events ORDER BY starts_at DESC, id DESC LIMIT 5", False, ["events"]),
    ("SELECT slug FROM events ORDER BY starts_at DESC, id DESC LIMIT 5", True, []),
    ("SELECT slug FROM events ORDER BY starts_at DESC, id DESC", True, ["events"]),
    ("SELECT slug FROM (SELECT slug, name FROM events ORDER BY name LIMIT 5) AS named", True, ["events"]),
])
async def test_a_statement_that_reads_a_table_from_end_to_end_would_be_noticed(
    database: Database, statement: str, may_walk: bool, found: list[str]
) -> None:
    assert await _scans(database, statement, (), may_walk=may_walk) == found


async def _reading_whole_tables(
    visitor: AsyncTestClient[Any], paths: tuple[str, ...], *, may_walk: bool = False
) -> dict[str, list[str]]:
    """The statements of some pages that read large tables from end to end, and which."""
    database: Database = visitor.app.state.database
    asked: dict[str, Any] = {}
    event.listen(
        database.read_engine.sync_engine, "before_cursor_execute",
        lambda _connection, _cursor, statement, parameters, *_rest: asked.setdefault(statement, parameters),
    )
    found: dict[str, list[str]] = {}
    for path in paths:
        asked.clear()
        assert (await visitor.get(path)).status_code == 200
        statements = {one: given for one, given in asked.items() if one.startswith(("SELECT", "WITH"))}
        assert statements, path
        for statement, parameters in statements.items():
            if scans := await _scans(database, statement, parameters, may_walk=may_walk):
                found[f"{path}: {statement[:200]}"] = scans
    return found


async def _scans(database: Database, statement: str, parameters: Any, *, may_walk: bool = False) -> list[str]:
    """The large tables that SQLite would read from end to end.

    One that ``may_walk`` may go along an index, or its numbers, until it has enough.
    """
    async with database.reading() as reader:
        plan = (await reader.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)).all()
    sorted_parts = {row.parent for row in plan if _SORTED.search(row.detail)}
    return [
        table for row in plan for table in _SCAN.findall(row.detail)
        if table in LARGE and not (
            may_walk and "LIMIT" in statement and row.parent not in sorted_parts
        )
    ]
