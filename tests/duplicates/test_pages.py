"""Organisers decide about pairs on a page, and take decisions back."""

from datetime import UTC, datetime

from litestar.testing import AsyncTestClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.models import DuplicateCandidate
from registry.activity.rules import CandidateState, Subject
from registry.database.engine import Database
from registry.duplicates.commands import note_candidate
from registry.projects.models import Project
from tests.conftest import postgresql_in_trust
from tests.factories import a_link, a_membership, a_person, a_project, a_proposal, an_event
from tests.pages import page_of, words
from tests.visits import Visit

NOW = datetime(2026, 1, 2, tzinfo=UTC)


async def _noted(session: AsyncSession, left: Project, right: Project) -> int:
    pair = await note_candidate(
        session, subject=Subject.PROJECT, one=left.id, other=right.id, by=Actor(slug="olga"), now=NOW
    )
    return pair.id


async def _pair(database: Database) -> int:
    async with database.writing() as session:
        left = await a_project(session, slug="left", name={"en": "Left <pit>"})
        right = await a_project(session, slug="right", name={"zh-Hant": "右坑"}, summary={"en": "Right words"})
        await a_proposal(session, event=await an_event(session), project=right, title={"en": "Its pitch"})
        await a_link(session, project=right, label="Its site")
        await a_membership(session, project=right, person=await a_person(session, display_name="Rita"))
        return await _noted(session, left, right)


async def _state(database: Database) -> CandidateState:
    async with database.reading() as reader:
        return (await reader.scalars(select(DuplicateCandidate.state))).one()


async def test_a_pair_is_merged_from_the_list_and_parted_again(visit: Visit, database: Database) -> None:
    number = await _pair(database)
    assert (await visit.client.get("/duplicates")).status_code == 403
    await visit.play("organiser")
    shown = words((await visit.client.get("/duplicates")).text)
    for told in ("Left <pit>", "右坑", "Right words", "Its pitch", "Its site", "Rita", "put on the list by somebody"):
        assert told in shown
    place = f"/duplicates/{number}"
    answer = await visit.fill("/duplicates", place, decision="keep_left")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{place}?done=decided")
    moved = await visit.client.get("/projects/right")
    assert (moved.status_code, moved.headers["location"]) == (301, "/projects/left")
    assert "右坑" in await page_of(visit.client, "/projects/left")
    assert await _state(database) is CandidateState.SAME
    decided = await visit.client.get("/duplicates?list=decided")
    assert f'href="{place}"' in decided.text
    assert (await visit.fill(place, f"{place}/reopen")).status_code == 303
    assert (await visit.client.get("/projects/right")).status_code == 200
    assert await _state(database) is CandidateState.OPEN


async def test_a_pair_is_different_or_unsure_and_that_is_taken_back_too(visit: Visit, database: Database) -> None:
    place = f"/duplicates/{await _pair(database)}"
    await visit.play("organiser")
    for decision, state, which in (
        ("unsure", CandidateState.UNSURE, "unsure"), ("different", CandidateState.DIFFERENT, "decided")
    ):
        assert (await visit.fill(place, place, decision=decision)).status_code == 303
        assert await _state(database) is state
        assert f'href="{place}"' in (await visit.client.get(f"/duplicates?list={which}")).text
    assert (await visit.fill(place, f"{place}/reopen")).status_code == 303
    assert await _state(database) is CandidateState.OPEN
    assert (await visit.fill(place, place, decision="nonsense")).status_code == 400


@postgresql_in_trust
async def test_what_stays_after_taking_a_merge_back_is_said(visit: Visit, database: Database) -> None:
    place = f"/duplicates/{await _pair(database)}"
    await visit.play("organiser")
    stayed = words((await visit.client.get(f"{place}?stayed=links,project_tags,<script>")).text)
    assert "stays with the record that was kept: links, topics, something else." in stayed


async def test_an_organiser_finds_the_other_record_and_compares(visit: Visit, database: Database) -> None:
    async with database.writing() as session:
        one, other = await a_person(session, slug="ada"), await a_person(session, slug="ada-lin")
    await visit.play("organiser")
    about = "/duplicates/with?about=/people/ada"
    assert 'href="/duplicates/with?about=/people/ada"' in (await visit.client.get("/people/ada")).text
    wrong = await visit.submit(about, "/duplicates/with", about="/people/ada", other="nobody")
    assert (wrong.status_code, 'value="nobody"' in wrong.text) == (400, True)
    answer = await visit.submit(
        about, "/duplicates/with", about="/people/ada", other="http://testserver.local/people/ada-lin"
    )
    assert answer.headers["location"] == "/duplicates/1"
    async with database.reading() as reader:
        pair = (await reader.execute(select(DuplicateCandidate.left_id, DuplicateCandidate.right_id))).one()
    assert tuple(pair) == (one.id, other.id)
    assert (await visit.client.get("/duplicates/with?about=/tags/x")).status_code == 404


async def test_the_list_of_pairs_asks_the_same_for_one_pair_and_for_three(
    client: AsyncTestClient, database: Database, statements: list[str]
) -> None:
    visit = Visit(client)
    client.follow_redirects = False
    await visit.play("organiser")
    counts = []
    for more in (1, 2):
        async with database.writing() as session:
            for _ in range(more):
                await _noted(session, await a_project(session), await a_project(session))
        statements.clear()
        assert (await client.get("/duplicates")).status_code == 200
        counts.append(len(statements))
    assert counts == [7, 7]  # five, and the session's two
