"""What people can trust: that what they gave is kept, whatever breaks."""

from pathlib import Path

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient
from sqlalchemy import select

from registry.app import create_app
from registry.database.engine import Database
from registry.people.models import Person
from registry.settings import Settings
from tests.conftest import on_one_database
from tests.databases import PostgresqlDatabase, SqliteDatabase
from tests.factories import a_membership, a_project
from tests.trust import damage
from tests.trust.kills import killed_while_messages_leave, killed_while_people_write
from tests.trust.promises import promise, promised
from tests.trust.shortage import broken_disk, everything_in, full_disk, without_transactions
from tests.visits import BASE, filled, visit_to

PAGES_LEFT = 4
KILLS_ON_SQLITE, KILLS_ON_POSTGRESQL, KILLS_OF_WORKERS = 120, 30, 25


@on_one_database
@promise(
    13, "A disk that is full or fails leaves nothing half written, and the page says so.",
    fault="each statement is kept at once", planted=without_transactions,
)
async def test_a_full_or_broken_disk_leaves_nothing_half_written(settings: Settings) -> str:
    async with AsyncTestClient(create_app(settings), base_url=BASE) as client:
        await visit_to(client).play("owner")
        database: Database = client.app.state.database
        async with database.writing() as session:
            person = (await session.scalars(select(Person))).one()
            await a_membership(session, project=await a_project(session, slug="mine"), person=person)
        form = filled(await client.get("/projects/mine/updates/new"), "/projects/mine/updates", text="坑" * 2_000)
        before = everything_in(database)

        async def send() -> Response:
            return await client.post("/projects/mine/updates", data=form, headers={"origin": BASE})

        for pages_left in range(PAGES_LEFT):
            async with full_disk(database, pages_left=pages_left):
                answer = await send()
            with promised():
                assert everything_in(database) == before, pages_left
                assert (answer.status_code, "The disk of this registry is full" in answer.text) == (507, True)
        with broken_disk():
            answer = await send()
        with promised():
            assert everything_in(database) == before
            assert (answer.status_code, "The database cannot be reached right now" in answer.text) == (503, True)
            assert form["text"] in answer.text
            assert (await send()).status_code == 303
            assert (await client.get("/projects/mine")).text.count(form["text"]) == 1
    return f"{PAGES_LEFT} writes to a full disk and one to a broken one refused; the same form taken afterwards"


@pytest.mark.trust
@promise(
    13, "Nothing that was acknowledged is lost when the server is killed, on SQLite.",
    fault="the answer goes out before the commit", planted=damage.planted(damage.acknowledged_before_the_commit),
)
async def test_a_killed_server_loses_nothing(sqlite: SqliteDatabase, tmp_path: Path) -> str:
    return await killed_while_people_write(sqlite.cleaned(), tmp_path, times=KILLS_ON_SQLITE)


@pytest.mark.trust
@promise(
    13, "Nothing that was acknowledged is lost when the server is killed, on PostgreSQL.",
    fault="the answer goes out before the commit", planted=damage.planted(damage.acknowledged_before_the_commit),
)
async def test_a_killed_server_loses_nothing_on_postgresql(postgresql: PostgresqlDatabase, tmp_path: Path) -> str:
    return await killed_while_people_write(postgresql.cleaned(), tmp_path, times=KILLS_ON_POSTGRESQL)


@pytest.mark.trust
@promise(
    13, "A message that must leave is not lost when the worker is killed.",
    fault="it counts as delivered before it is sent", planted=damage.planted(damage.marked_before_it_is_sent),
)
async def test_a_killed_worker_loses_no_message(sqlite: SqliteDatabase, tmp_path: Path) -> str:
    return await killed_while_messages_leave(sqlite.cleaned(), tmp_path, times=KILLS_OF_WORKERS)


@pytest.mark.trust
@promise(
    13, "Nothing arrives twice at a system that can be asked for what it has, when the worker is killed.",
    fault="nobody remembers that a message may be out", planted=damage.planted(damage.sent_again_without_asking),
)
async def test_a_killed_worker_sends_nothing_twice(sqlite: SqliteDatabase, tmp_path: Path) -> str:
    return await killed_while_messages_leave(sqlite.cleaned(), tmp_path, times=KILLS_OF_WORKERS)
