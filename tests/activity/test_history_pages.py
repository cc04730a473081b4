"""A history tells who changed what, to each reader what they may know."""

from datetime import UTC, datetime
from typing import Any

from litestar.testing import AsyncTestClient

from registry.accounts.queries import Actor
from registry.activity.commands import note_change
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.duplicates.commands import merge_records
from registry.projects.models import Project
from tests.conftest import postgresql_in_trust
from tests.factories import a_person, a_project, a_proposal, an_event
from tests.pages import page_of, words
from tests.visits import Visit

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def _note(session: Any, project: Project, actor: str, action: str, **changes: Any) -> None:
    note_change(session, now=NOW, actor=actor, action=action, subject=Subject.PROJECT, subject_id=project.id,
                changes=changes)


async def _told(database: Database) -> Project:
    async with database.writing() as session:
        project = await a_project(session, slug="pit", name={"en": "Pit"}, summary={"en": "a blue pit"})
        await a_person(session, slug="ada", display_name="Ada")
        await a_person(session, slug="bo", display_name="Bo Secret", is_public=False)
        _note(session, project, "import:aray", "import.fill", tags=["map", "tree"])
        _note(session, project, "person:ada", "project edited", summary=[{"en": "a red pit"}, {"en": "a blue pit"}])
        _note(session, project, "person:bo", "project edited", code_licence=[None, "MIT"], team=[[], ["bo"]])
        _note(session, project, "person:ada", "hidden", hidden_reason=[None, "spam <b>"])
    return project


@postgresql_in_trust
async def test_the_public_reads_who_when_and_what_but_no_moderation(
    client: AsyncTestClient, database: Database
) -> None:
    await _told(database)
    page = await page_of(client, "/projects/pit/history")
    told = words(page)
    for expected in (
        "History of Pit", "import: aray · ", "Ada · ", "somebody · ", "Jan 2, 2026, 11:04:00", "Topics",
        "a Removed: red Added: blue pit", "Licence of the code Added: MIT",
    ):
        assert expected in told, expected
    assert '<a href="/people/ada">Ada</a>' in page
    for secret in ("Bo Secret", "spam", "team", "Take this back"):
        assert secret not in told


@postgresql_in_trust
async def test_organisers_read_everything_and_take_a_change_back_with_both_versions_shown(
    visit: Visit, database: Database
) -> None:
    await _told(database)
    await visit.play("organiser")
    page = (await visit.client.get("/projects/pit/history")).text
    assert "spam &lt;b&gt;" in page
    place = "/projects/pit/history/2"
    assert f'href="{place}"' in page
    plan = words((await visit.client.get(place)).text)
    assert "What goes back In one sentence a Removed: blue Added: red pit" in plan
    answer = await visit.fill(place, place)
    assert answer.headers["location"] == "/projects/pit/history?done=taken_back"
    after = words((await visit.client.get("/projects/pit/history")).text)
    assert ("Took a change back" in after, "Taken back since." in after) == (True, True)
    again = await visit.fill(place, place)
    assert again.status_code == 409
    assert "It was: a red pit It is now: a red pit" in words(again.text)


@postgresql_in_trust
async def test_a_member_may_read_but_not_take_back(visit: Visit, database: Database) -> None:
    await _told(database)
    await visit.play("proposer")
    page = (await visit.client.get("/projects/pit/history")).text
    assert ("Take this back" in page, (await visit.client.get("/projects/pit/history/2")).status_code) == (False, 403)


@postgresql_in_trust
async def test_a_merged_records_changes_stand_with_the_one_it_went_into_and_its_address_leads_there(
    client: AsyncTestClient, database: Database
) -> None:
    gone = await _told(database)
    async with database.writing() as session:
        kept = await a_project(session, slug="kept", name={"en": "Kept"})
        await merge_records(
            session, subject=Subject.PROJECT, kept=kept.id, gone=gone.id, by=Actor(slug="x"), now=NOW
        )
    client.follow_redirects = False
    moved = await client.get("/projects/pit/history")
    assert (moved.status_code, moved.headers["location"]) == (301, "/projects/kept/history")
    told = words(await page_of(client, "/projects/kept/history"))
    assert ("Merged with another record" in told, "Removed: red" in told) == (True, True)


async def test_an_anonymous_pitch_names_nobody_in_its_history(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        await a_person(session, slug="ada", display_name="Ada")
        event = await an_event(session, slug="松")
        pitch = await a_proposal(
            session, event=event, project=await a_project(session), slug="p", is_anonymous=True
        )
        for subject, number in ((Subject.PROPOSAL, pitch.id), (Subject.EVENT, event.id)):
            note_change(session, now=NOW, actor="person:ada", action="pitch changed", subject=subject,
                        subject_id=number, changes={"title": [{"en": "x"}, {"en": "y"}]})
    told = words(await page_of(client, "/proposals/p/history"))
    assert ("Ada" in told, "somebody · " in told) == (False, True)
    assert "Ada · " in words(await page_of(client, "/events/松/history"))


async def test_a_history_asks_the_same_for_one_change_and_for_three(
    client: AsyncTestClient, database: Database, statements: list[str]
) -> None:
    counts = []
    async with database.writing() as session:
        project = await a_project(session, slug="pit")
    for more in (1, 2):
        async with database.writing() as session:
            for number in range(more):
                person = await a_person(session)
                _note(session, project, f"person:{person.slug}", "project edited", code_licence=[None, str(number)])
        statements.clear()
        await page_of(client, "/projects/pit/history")
        counts.append(len(statements))
    assert counts == [5, 5]
