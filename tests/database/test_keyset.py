"""The lists of the API come out of an index in their order, wherever in the list one reads."""

from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection

from registry.database.engine import Database, dialect_of
from tests.factories import a_person, a_project, a_proposal, an_event
from tests.reading_on import answer


@pytest.mark.parametrize("path", ["events", "projects", "proposals", "people"])
async def test_no_part_of_a_list_is_sorted(database: Database, client: AsyncTestClient, path: str) -> None:
    async with database.writing() as session:
        for _ in range(3):
            await a_proposal(session, event=await an_event(session), project=await a_project(session))
            await a_person(session)
    second = (await answer(client, f"/api/v1/{path}?limit=1"))["next"]
    asked: list[tuple[str, Any]] = []
    engine = client.app.state.database.read_engine.sync_engine

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    await answer(client, second)
    event.remove(engine, "before_cursor_execute", note)
    (statement, parameters), = asked
    async with database.reading() as reader:
        assert [step for step in await _outer_steps(reader, statement, parameters) if "sort" in step] == []


async def _outer_steps(reader: AsyncConnection, statement: str, parameters: Any) -> list[str]:
    """The steps of the plan of a statement, those of the lists inside its rows left out."""
    if dialect_of(reader) == "sqlite":
        plan = await reader.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [step.detail.replace("TEMP B-TREE FOR ORDER BY", "sort") for step in plan if step.parent == 0]
    # Three rows are sorted sooner than an index is opened; only a list without an index sorts even so.
    await reader.execute(text("SET LOCAL enable_sort = off"))
    plan = await reader.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
    steps, nodes = [], [plan.scalar_one()[0]["Plan"]]
    while nodes:
        node = nodes.pop()
        steps.append(node["Node Type"].lower())
        nodes += [one for one in node.get("Plans", ()) if one["Parent Relationship"] in {"Outer", "Inner"}]
    return steps
