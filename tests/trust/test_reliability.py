"""What people can trust: that nothing is lost, nothing is done twice, and what was changed is on record."""

import asyncio
import os
import subprocess
import sys
from collections import Counter

import pytest
from litestar.testing import AsyncTestClient

from registry.accounts.personas import Persona
from registry.activity.commands import note_change
from registry.activity.rules import Subject
from registry.app import create_app
from registry.audit.commands import seal_log
from registry.audit.queries import verified, verify
from registry.database.engine import Database
from registry.ports import Workplace
from registry.privacy.commands import erase_person
from registry.settings import Settings
from tests.accounts.routes import routes
from tests.conftest import on_one_database
from tests.moderation.acts import NOW
from tests.trust.changes import Walk, Witness
from tests.trust.log import ROWS_OF_EACH, alterations, people_in_the_log, texts_of_the_log
from tests.trust.promises import promise, promised, replaced
from tests.visits import BASE, visit_to

WALKED_FROM = (
    "/", "/account", "/desk", "/pitch", "/projects/new", "/projects/cofacts", "/cases/cofacts/draft", "/imports",
    "/webhooks", "/inbox", "/events/hackath66n", "/events/hackath66n/run", "/events/example-hackathon/register",
)
ROWS = 50


@pytest.mark.trust
@on_one_database
@promise(
    19, "Every change of the record writes exactly one row of the log for each record that it is about.",
    fault="a command writes none",
    planted=replaced("registry.projects.commands.updates.note_change", lambda *_, **__: None),
)
async def test_every_change_is_told_once(settings: Settings) -> str:
    demo, environment = [sys.executable, "-m", "registry.cli", "demo"], {"KENG_DATABASE_URL": settings.database_url}
    await asyncio.to_thread(subprocess.run, demo, env=os.environ | environment, check=True, capture_output=True)
    witness, changes = Witness(str(settings.sqlite_path)), Counter[str]()
    for persona in Persona:
        async with AsyncTestClient(create_app(settings), base_url=BASE) as client:
            visit = await visit_to(client).play(persona.value)
            witness.told("")
            async for change in Walk(visit, witness).through(*WALKED_FROM):
                with promised():
                    assert change.is_told_once, change
                changes[change.route] += change.is_one
    changing = [one for one in routes(create_app(settings)) if one.method != "GET"]
    done = [route for route, count in changes.items() if count]
    assert len(done) > 50
    return f"{changes.total()} changes by {len(done)} of {len(changing)} routes, one row for each record"


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
