"""Organisers read the log: filtered, page by page, and those of one event only what concerns it."""

from datetime import timedelta

from litestar.testing import AsyncTestClient
from sqlalchemy import text

from registry.accounts.queries import Actor
from registry.accounts.rules import Role
from registry.activity.commands import note_change
from registry.activity.log import LogFilter, log_rows
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.database.keyset import Place
from tests.factories import a_project, a_proposal, an_event
from tests.moderation.acts import NOW, ORGANISER
from tests.visits import Visit

EVERYTHING = LogFilter()


async def _acts(database: Database) -> dict[str, int]:
    """Five changes on three kinds of record."""
    async with database.writing() as session:
        project = await a_project(session, slug="pit", name={"en": "The pit"})
        event, other = await an_event(session, slug="mine"), await an_event(session, slug="theirs")
        pitch = await a_proposal(session, event=event, project=project)
        for number, (actor, action, subject, row_number) in enumerate([
            ("person:ada", "project edited", Subject.PROJECT, project.id),
            ("person:ada", "event edited", Subject.EVENT, event.id),
            ("person:bo", "event edited", Subject.EVENT, other.id),
            ("person:bo", "pitched", Subject.PROPOSAL, pitch.id),
            ("person:bo", "project edited", Subject.PROJECT, project.id),
        ]):
            note_change(session, now=NOW + timedelta(days=number), actor=actor, action=action, subject=subject,
                        subject_id=row_number, changes={"summary": [{"en": f"old {number}"}, {"en": f"new {number}"}]})
        await session.flush()
        return {"mine": event.id, "theirs": other.id}


async def _found(database: Database, wanted: LogFilter = EVERYTHING, actor: Actor = ORGANISER) -> list[str]:
    async with database.reading() as reader:
        batch = await log_rows(reader, wanted, actor=actor, place=Place(50), timezone="Asia/Taipei")
    return [f"{row.actor.removeprefix('person:')} {row.action}" for row in batch.rows]


async def test_each_filter_finds_its_rows_the_newest_first(database: Database) -> None:
    await _acts(database)
    everything = ["bo project edited", "bo pitched", "bo event edited", "ada event edited", "ada project edited"]
    day = (NOW + timedelta(days=1)).date()
    assert [await _found(database, wanted) for wanted in (
        EVERYTHING, LogFilter(actor="person:ada"), LogFilter(action="pitched"), LogFilter(subject=Subject.EVENT),
        LogFilter(record="/projects/pit"), LogFilter(record="/projects/none"), LogFilter(record="nonsense"),
        LogFilter(first_day=day, last_day=day), LogFilter(actor="person:bo", record="/projects/pit"),
    )] == [
        everything, everything[3:], everything[1:2], everything[2:4], [everything[0], everything[4]], [], [],
        everything[3:4], everything[:1],
    ]


async def test_an_organiser_of_one_event_reads_its_rows_and_those_of_its_pitches(database: Database) -> None:
    events = await _acts(database)
    member = frozenset({Role.MEMBER})
    of_one = Actor(person_id=1, slug="x", roles=member, organises=frozenset({events["mine"]}))
    nobody = Actor(person_id=2, slug="y", roles=member)
    assert await _found(database, actor=of_one) == ["bo pitched", "ada event edited"]
    assert await _found(database, LogFilter(subject=Subject.PROJECT), of_one) == []
    assert await _found(database, actor=nobody) == []


async def test_the_page_shows_before_and_after_and_reads_on_from_the_last_row(
    visit: Visit, database: Database
) -> None:
    await _acts(database)
    async with database.writing() as session:
        for number in range(60):
            note_change(session, now=NOW - timedelta(minutes=number), actor="import:sheet", action="import.fill",
                        subject=Subject.TAG, subject_id=1, changes={"credits": [f"name {number:02}"]})
    await visit.play("organiser")
    first = await visit.client.get("/audit?kind=tag&actor=import:sheet")
    assert (first.text.count('class="report-list__report"'), "name 00" in first.text) == (50, True)
    older = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = await visit.client.get(older)
    assert (second.text.count('class="report-list__report"'), "name 59" in second.text) == (10, True)
    changed = (await visit.client.get("/audit?record=/projects/pit")).text
    assert ("<del>old 4</del> <ins>new 4</ins>" in changed, ">The pit</a>" in changed) == (True, True)
    assert (">Edited</a>" in changed, "<dt>In one sentence</dt>" in changed) == (True, True)
    for address in ("/audit?after=x~y", "/audit?from=0000&to=nonsense", "/audit?kind=none", "/audit?actor=%00"[:13]):
        assert (await visit.client.get(address)).status_code == 200


async def test_an_organiser_of_one_event_opens_the_page_and_a_member_does_not(
    visit: Visit, database: Database
) -> None:
    events = await _acts(database)
    await visit.play("owner")
    assert (await visit.client.get("/audit")).status_code == 403
    async with database.writing() as session:
        await session.execute(text(
            "INSERT INTO role_grants (person_id, role, event_id, granted_by, granted_at) "
            "SELECT id, 'organiser', :event, 'x', :now FROM people WHERE slug = 'example-proposer'"
        ), {"event": events["mine"], "now": NOW.isoformat(" ") if database.is_sqlite else NOW})
    page = await visit.client.get("/audit")
    assert (page.status_code, page.text.count('class="report-list__report"')) == (200, 2)
    assert "Audit log" in page.text


async def test_the_log_takes_two_statements_however_long(
    client: AsyncTestClient, database: Database, statements: list[str]
) -> None:
    await _acts(database)
    opened: Database = client.app.state.database
    async with opened.reading() as reader:
        for limit in (1, 3):
            statements.clear()
            await log_rows(reader, EVERYTHING, actor=ORGANISER, place=Place(limit), timezone="Asia/Taipei")
            assert len(statements) == 1
