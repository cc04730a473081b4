"""What people can trust: that what they did is there, whatever fails beside it."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from litestar import post
from litestar.testing import AsyncTestClient
from pydantic import SecretStr
from sqlalchemy import select

from registry import app as application
from registry.accounts.personas import Persona
from registry.accounts.rules import Permission
from registry.activity.commands import note_change
from registry.activity.rules import Subject
from registry.app import create_app
from registry.audit.commands import seal_log
from registry.audit.queries import verified, verify
from registry.database.engine import Database, Reader
from registry.ports import Workplace
from registry.privacy.commands import erase_person
from registry.projects.queries.listing import project_cards
from registry.proposals.editing import written_pitch
from registry.proposals.models import Proposal
from registry.search.queries import MOST_HITS
from registry.settings import Settings
from registry.tokens.rules import Scope
from registry.web.permissions import needs
from tests.accounts.test_permissions import WHOLE
from tests.conftest import application as built_once
from tests.conftest import in_trust, on_one_database, postgresql_in_trust
from tests.databases import PostgresqlDatabase, SqliteDatabase
from tests.exchange.test_archive import an_archive, spoilt_archives_are_refused
from tests.exchange.test_backup import backups_are_equal_elsewhere, without_one_picture
from tests.moderation.acts import NOW
from tests.tokens.scripts import a_script
from tests.trust import damage
from tests.trust.changes import change_everything
from tests.trust.editors import (
    AT_FIRST,
    SERVERS,
    a_shared_pitch,
    all_at_once,
    browsers,
    each_in_a_hurry,
    history,
    text_now,
)
from tests.trust.kills import killed_while_messages_leave, killed_while_people_write, up_again
from tests.trust.log import ROWS_OF_EACH, alterations, people_in_the_log, texts_of_the_log
from tests.trust.long_lists import LongLists, asked_for, goes_on, lists
from tests.trust.promises import promise, promised, replaced
from tests.trust.schema import breaking_steps, go_down_and_up, shapes, with_a_line
from tests.trust.shortage import without_transactions, writes_without_room
from tests.trust.soak import soaked
from tests.trust.states import that_offers_all
from tests.trust.witness import WALKED, Routes, Witness, expected
from tests.visits import BASE, visit_to

KILLS_ON_SQLITE, KILLS_ON_POSTGRESQL, KILLS_OF_WORKERS = 150, 50, 25
BACKUPS, PITCHES = 100, 10_000
ONLY_ADDING_SINCE = "0020"
SIZES = (10, 1_000, 10_000)


@on_one_database
@promise(
    13, "A disk that is full or fails leaves nothing half written, and the page says so.",
    fault="each statement is kept at once", planted=without_transactions,
)
async def test_a_full_or_broken_disk_leaves_nothing_half_written(settings: Settings) -> str:
    return await writes_without_room(settings, pages_left=range(4))


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
    13, "A server that was killed answers again within 2 s of a processor.",
    fault="nothing that was compiled is kept for the next start",
    planted=lambda: patch.dict(os.environ, {"PYTHONPYCACHEPREFIX": os.devnull}),
)
async def test_a_killed_server_is_up_again_soon(sqlite: SqliteDatabase, tmp_path: Path) -> str:
    return await up_again(sqlite.cleaned(), tmp_path)


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


@pytest.mark.trust
@on_one_database
@promise(
    14, "A backup that is made while people write is one picture, and the same elsewhere, from SQLite.",
    fault="each table is read when its turn comes", planted=without_one_picture,
)
async def test_backups_are_the_same_elsewhere(database: Database, sqlite: SqliteDatabase, tmp_path: Path) -> str:
    return await backups_are_equal_elsewhere(database, sqlite, tmp_path, times=BACKUPS)


@pytest.mark.trust
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@promise(
    14, "A backup that is made while people write is one picture, and the same elsewhere, from PostgreSQL.",
    fault="each table is read when its turn comes", planted=without_one_picture,
)
async def test_backups_of_postgresql_are_the_same_elsewhere(
    database: Database, sqlite: SqliteDatabase, tmp_path: Path
) -> str:
    return await backups_are_equal_elsewhere(database, sqlite, tmp_path, times=BACKUPS)


@pytest.mark.trust
@on_one_database
@promise(
    14, "A backup that was cut or altered anywhere is refused before anything is touched.",
    fault="nobody looks at the seal",
    planted=replaced("registry.exchange.archive_file._refuse_broken_seal", lambda *_: None),
)
async def test_spoilt_backups_are_refused(database: Database, tmp_path: Path) -> str:
    return await spoilt_archives_are_refused(database, await an_archive(database, tmp_path), times=BACKUPS)


@pytest.mark.trust
@promise(
    15, "A step of the tables only adds, so that the version before goes on answering until it is replaced.",
    fault="a step drops a column", planted=lambda: with_a_line("0036", "upgrade", "op.drop_column('tags', 'name')"),
)
async def test_each_step_of_the_tables_only_adds(tmp_path: Path) -> str:
    found = shapes(tmp_path, since=ONLY_ADDING_SINCE)
    with promised():
        assert breaking_steps(found) == []
    return f"{len(found) - 1} steps, up to {max(found)}"


@pytest.mark.trust
@promise(
    15, "The tables go down and up again, and what both versions know stays as it is, on SQLite.",
    fault="a step down loses rows",
    planted=lambda: with_a_line("0035", "downgrade", "op.execute('DELETE FROM audit WHERE id = 7')"),
)
async def test_the_tables_go_down_and_up(tmp_path: Path) -> str:
    return go_down_and_up(f"sqlite:///{tmp_path}/keng.sqlite3", tmp_path, pitches=PITCHES)


@pytest.mark.trust
@promise(
    15, "The tables go down and up again, and what both versions know stays as it is, on PostgreSQL.",
    fault="a step down loses rows",
    planted=lambda: with_a_line("0035", "downgrade", "op.execute('DELETE FROM audit WHERE id = 7')"),
)
async def test_the_tables_go_down_and_up_on_postgresql(postgresql: PostgresqlDatabase, tmp_path: Path) -> str:
    return go_down_and_up(postgresql.cleaned(), tmp_path, pitches=PITCHES)


async def _unlocked(session: Any, slug: str, by: Any) -> Any:
    found = await written_pitch(session, slug, by)
    return await session.get_one(Proposal, found.id), found


async def _edited(settings: Settings, database: Database, editors: int) -> str:
    """Let as many edit a pitch: each change must replace what its writer saw, or come back with what was typed."""
    tokens = await a_shared_pitch(database, editors)
    async with browsers(settings, tokens) as visits:
        sent = [*await all_at_once(visits), *await each_in_a_hurry(visits)]
    landed = [(one.seen, one.written) for one in sent if one.status == 303]
    told = [one for one in sent if one.status == 409]
    changes, text = await history(database), await text_now(database)
    assert len(landed) + len(told) == len(sent) == 2 * editors
    with promised():
        assert sorted(changes) == sorted(landed)
        assert [before for before, _after in changes] == [AT_FIRST, *(after for _before, after in changes)][:-1]
        assert text == changes[-1][1]
        assert [one.kept for one in told] == [one.written for one in told]
    return f"{len(sent)} changes sent by {editors} people at {SERVERS} servers: 0 overwritten unseen, 0 texts lost"


@postgresql_in_trust
@pytest.mark.parametrize("editors", [10, in_trust(200)])
@promise(
    18, "However many edit one pitch at once, nobody overwrites what they have not seen.",
    fault="a form filled from an older revision is taken",
    planted=replaced("registry.proposals.commands.refuse_older_revision", lambda *_record, **_theirs: None),
)
async def test_nobody_overwrites_what_they_have_not_seen(settings: Settings, database: Database, editors: int) -> str:
    return await _edited(settings, database, editors)


@pytest.mark.parametrize("database_url", [in_trust("postgresql")], indirect=True)
@promise(
    18, "Two servers that change one pitch on PostgreSQL at the same instant wait for each other.",
    fault="the pitch is not locked while it is changed",
    planted=replaced("registry.proposals.commands._to_change", _unlocked),
)
async def test_two_servers_wait_for_each_other(settings: Settings, database: Database) -> str:
    return await _edited(settings, database, 60)


ROWS = 50


@post("/walked-by-nobody", opt=needs(Permission.MODERATE), sync_to_thread=False)
def unwalked() -> None:
    """The fault of the next promise but one: it is in no table."""


@pytest.mark.trust
@on_one_database
@promise(
    19, "Every change of the record writes exactly one row of the log for each record that it is about.",
    fault="a registration writes none",
    planted=replaced("registry.registrations.commands.place.note_registration", lambda *_, **__: None),
)
async def test_every_change_is_told_once(settings: Settings, database: Database) -> str:
    demo, environment = [sys.executable, "-m", "registry.cli", "demo"], {"KENG_DATABASE_URL": settings.database_url}
    await asyncio.to_thread(subprocess.run, demo, env=os.environ | environment, check=True, capture_output=True)
    witness = Witness(str(settings.sqlite_path))
    async with AsyncTestClient(create_app(that_offers_all(settings)), base_url=BASE) as client:
        for part in Persona:  # which makes them who they are
            await visit_to(client).play(part.value)
        client.cookies.clear()
        witness.look_at(client)
        async for done in change_everything(client, database):
            with promised():
                assert (done, witness.amiss()) == (done, [])
    with promised():
        assert witness.walked() == {route for route, what in expected().items() if what == WALKED}
    changes = sum(one.is_one for one in witness.changes)
    return f"{changes:,} changes by {len(witness.walked())} of {len(expected())} routes, the others change no record"


@promise(
    19, "Every route that changes something is among those, or a table says why it changes no record.",
    fault="a route is added that is neither",
    planted=lambda: patch.object(application, "ROUTES", [*application.ROUTES, unwalked]),
)
async def test_every_changing_route_is_walked_or_has_its_reason() -> str:
    with promised():
        assert Routes(application.create_app(WHOLE)).changing() == set(expected())
    reasons = [what for what in expected().values() if what != WALKED]
    return f"{len(expected()) - len(reasons)} routes walked, {len(reasons)} with their reason"


@pytest.mark.trust
@on_one_database
@promise(
    19, "The rows of the log form a chain of hashes in which each row that is altered, missing or swapped is found.",
    fault="the hashes do not look at when something happened",
    planted=replaced("registry.audit.rules.moment_text", lambda _written: ""),
)
async def test_every_alteration_of_the_log_is_found(settings: Settings, database: Database) -> str:
    async with database.writing() as session:
        for number in range(ROWS):
            note_change(session, now=NOW, actor="person:ann", action="x", subject=Subject.PROJECT, subject_id=number,
                        changes={"name": ["a", "b"]})
    await seal_log(Workplace(settings, database, lambda: NOW), NOW)
    assert (await verified(database)).rows == ROWS
    async with database.writing() as session:
        every, found = await alterations(session), 0
        for statements in every:
            async with session.begin_nested() as kept:
                for statement in statements:
                    await session.execute(statement)
                found += bool((await verify(await session.connection())).flaws)
                await kept.rollback()
    with promised():
        assert found == len(every)
    return f"{len(every)} alterations of {ROWS} rows, all found"


@promise(
    19, "After an erasure no row of the log tells whom it was about, and its chain is whole.",
    fault="what rows about others say is not looked through",
    planted=replaced("registry.privacy.commands.MENTIONS", ()),
)
async def test_no_row_tells_of_the_erased(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> str:
    monkeypatch.setattr("registry.audit.commands._SECONDS_TO_BEGIN", 0.0)
    workplace = Workplace(settings, database, lambda: NOW)
    async with database.writing() as session:
        people = await people_in_the_log(session)
    await seal_log(workplace, NOW)
    words = [word for person in people for word in (person.slug, person.display_name)]
    before = await texts_of_the_log(database)
    assert [word for word in words if word not in before] == []
    async with database.writing() as session:
        for person in people:
            await erase_person(session, person_id=person.id, now=NOW)
    await seal_log(workplace, NOW)
    after, found = await texts_of_the_log(database), await verified(database)
    with promised():
        assert ([word for word in words if word in after], found.flaws) == ([], [])
    rows = ROWS_OF_EACH * len(people)
    return f"{len(people)} people in {rows} rows, on both databases: none is left, {found.rows} rows are whole"


@pytest.mark.trust
@promise(
    21, "Memory does not grow while all kinds of visitors come and go.",
    fault="pages of older data stay in memory", planted=damage.planted(damage.pages_of_older_data_are_kept),
)
async def test_memory_does_not_grow(tmp_path: Path) -> str:
    return await soaked(tmp_path, minutes=float(os.environ.get("KENG_TRUST_SOAK_MINUTES", "30")))


async def _asking_for_each(reader: Reader, *asked: Any, **more: Any) -> Any:
    cards = await project_cards(reader, *asked, **more)
    for _card in cards:
        await reader.execute(select(1))
    return cards


@pytest.mark.trust
@promise(
    20, "A list asks either database as often with 10,000 rows as with 10; the API's search once more above 500 finds.",
    fault="the list of projects asks once more for each of its rows",
    planted=replaced("registry.projects.pages.project_cards", _asking_for_each),
)
async def test_lists_ask_as_often_however_long_they_are(settings: Settings, database: Database) -> str:
    offering = settings.model_copy(update={
        "github_publish_repository": "g0v/record", "github_publish_token": SecretStr("token"),
    })
    record, counts = LongLists(database), dict[str, int]()
    async with AsyncTestClient(built_once(offering), base_url=BASE) as client:
        visit = await visit_to(client).play("administrator")
        await record.begin()
        script = await a_script(visit, Scope.READ)
        for rows in SIZES:
            await record.grow(rows)
            for route, address in lists(client.app).items():
                reader = script.client if "/me/" in route else client
                answer, asked = await asked_for(client, reader, address)
                assert (answer.status_code, goes_on(answer.text) or rows == SIZES[0]) == (200, True), address
                more = int(route == "/api/v1/search" and rows > MOST_HITS)
                with promised():
                    assert asked - more == counts.setdefault(route, asked), (address, rows)
    return f"{len(counts)} lists at {', '.join(f'{rows:,}' for rows in SIZES)} rows: none asks oftener"
