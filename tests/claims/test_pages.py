"""A newcomer claims a record; who is asked answers on a page; nobody else sees it."""

from litestar.testing import AsyncTestClient
from sqlalchemy import select

from registry.claims.models import Claim
from registry.claims.rules import ClaimState
from registry.database.engine import Database
from registry.people.models import Membership, Person
from tests.conftest import postgresql_in_trust
from tests.factories import a_person, a_project
from tests.pages import words
from tests.visits import Visit, another_visit


@postgresql_in_trust
async def test_a_newcomer_claims_a_name_and_an_organiser_agrees(visit: Visit, database: Database) -> None:
    async with database.writing() as session:
        await a_person(session, slug="ada-lin", display_name="Ada Lin")
    page = await visit.client.get("/people/ada-lin")
    assert 'href="/people/ada-lin/claim"' in page.text
    assert 'href="/report?about=/people/ada-lin"' in page.text
    assert (await visit.client.get("/people/ada-lin/claim")).status_code == 403
    await visit.play("proposer")
    refused = await visit.fill("/people/ada-lin/claim", "/people/ada-lin/claim", evidence="", evidence_url="nope nope")
    assert (refused.status_code, "nope nope" in refused.text) == (400, True)
    made = await visit.fill("/people/ada-lin/claim", "/people/ada-lin/claim", evidence="It <b>is</b> me")
    place = made.headers["location"].partition("?")[0]
    assert (made.status_code, place) == (303, "/claims/1")
    mine = await visit.client.get(place)
    assert ("It &lt;b&gt;is&lt;/b&gt; me" in mine.text, 'value="approve"' in mine.text) == (True, False)

    owner = await another_visit(visit.client).play("owner")
    assert (await owner.client.get(place)).status_code == 404
    organiser = await another_visit(visit.client).play("organiser")
    assert "Ada Lin" in (await organiser.client.get("/claims")).text
    declined = await organiser.fill(place, place, reason="", answer="decline")
    assert (declined.status_code, "This is needed." in words(declined.text)) == (400, True)
    assert (await organiser.fill(place, place, answer="approve")).status_code == 303
    moved = await visit.client.get("/people/ada-lin")
    assert (moved.status_code, moved.headers["location"]) == (301, "/people/example-newcomer")
    assert (await organiser.fill(place, place, answer="take_back")).status_code == 303
    assert (await visit.client.get("/people/ada-lin")).status_code == 200


async def test_a_project_that_nobody_keeps_can_be_claimed_and_the_claim_withdrawn(
    visit: Visit, database: Database
) -> None:
    async with database.writing() as session:
        await a_project(session, slug="pit")
    await visit.play("proposer")
    assert 'href="/projects/pit/claim"' in (await visit.client.get("/projects/pit")).text
    made = await visit.fill("/projects/pit/claim", "/projects/pit/claim", evidence="I dug it")
    place = made.headers["location"].partition("?")[0]
    assert "pit" in (await visit.client.get("/claims")).text.casefold()
    assert (await visit.fill(place, place)).status_code == 303
    async with database.reading() as reader:
        assert (await reader.scalars(select(Claim.state))).all() == [ClaimState.WITHDRAWN]
        assert (await reader.scalars(select(Membership.id))).all() == []


async def test_the_list_of_claims_asks_the_same_for_one_claim_and_for_three(
    client: AsyncTestClient, database: Database, statements: list[str]
) -> None:
    visit = Visit(client)
    client.follow_redirects = False
    await visit.play("organiser")
    counts = []
    for more in (1, 2):
        async with database.writing() as session:
            for _ in range(more):
                claimer: Person = await a_person(session)
                project = await a_project(session)
                session.add(Claim(
                    subject="project", subject_id=project.id, claimer_id=claimer.id, evidence="x",
                    made_at=project.created_at,
                ))
        statements.clear()
        assert (await client.get("/claims")).status_code == 200
        counts.append(len(statements))
    assert counts == [4, 4]
