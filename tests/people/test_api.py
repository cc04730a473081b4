from datetime import UTC, date, datetime

from litestar.testing import AsyncTestClient

from registry.activity.models import SlugRedirect
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.people.models import Identity
from registry.people.rules import IdentityProvider, MembershipRole
from registry.search.commands import rebuild
from tests.factories import a_credit, a_membership, a_person, a_project, a_proposal, an_event
from tests.reading_on import answer, ids_of, ids_to_the_end

BASE = "http://127.0.0.1:8000"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def test_a_person_has_the_documented_shape_and_shows_public_parts_only(
    database: Database, client: AsyncTestClient
) -> None:
    async with database.writing() as session:
        person = await a_person(
            session, slug="lin", display_name="Lin", bio={"en": "Maps"}, offers=["designer"], claimed_at=LONG_AGO
        )
        for provider, login, is_public in (
            (IdentityProvider.GITHUB, "lin-public", True), (IdentityProvider.GITHUB, "lin-canary", False),
            (IdentityProvider.SLACK, "slack-canary", True), (IdentityProvider.EMAIL, "canary@example.org", True),
        ):
            session.add(Identity(
                person_id=person.id, provider=provider, subject=f"canary-{login}", login=login, is_public=is_public,
            ))
        project = await a_project(session, slug="map", name={"en": "Map"})
        await a_membership(session, project=project, person=person, role=MembershipRole.MAINTAINER)
        await a_membership(session, project=await a_project(session, hidden_at=LONG_AGO), person=person)
        left = await a_membership(session, project=await a_project(session), person=person)
        left.left_on = date(2020, 1, 1)
        event = await an_event(session)
        for is_anonymous in (True, False):
            proposal = await a_proposal(
                session, event=event, project=await a_project(session), is_anonymous=is_anonymous
            )
            await a_credit(session, proposal=proposal, person=person)
    expected = {
        "id": "lin", "url": f"{BASE}/api/v1/people/lin", "html_url": f"{BASE}/people/lin", "name": "Lin",
        "is_example": False,
        "bio": {"en": "Maps"}, "offers": ["designer"], "is_claimed": True,
        "accounts": [{"provider": "github", "login": "lin-public"}],
        "projects": [{"id": "map", "url": f"{BASE}/api/v1/projects/map", "html_url": f"{BASE}/projects/map",
                      "name": {"en": "Map"}, "role": "maintainer"}],
        "proposal_count": 1, "proposals_url": f"{BASE}/api/v1/proposals?person=lin",
    }
    assert await answer(client, "/api/v1/people/lin") == expected
    assert await answer(client, "/api/v1/people") == {"items": [expected], "next": None}


async def test_every_person_is_met_once_though_others_arrive_meanwhile(
    database: Database, client: AsyncTestClient
) -> None:
    async with database.writing() as session:
        for number in range(4):
            await a_person(session, slug=f"p{number}", display_name="The same name")
    first = await answer(client, "/api/v1/people?limit=1")
    async with database.writing() as session:
        await a_person(session, slug="late")
    assert [record["id"] for record in first["items"]] == ["p3"]
    assert await ids_to_the_end(client, first["next"]) == ["p2", "p1", "p0"]


async def test_each_filter_of_people_narrows_the_list(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        project, hidden = await a_project(session), await a_project(session, hidden_at=LONG_AGO)
        owner = await a_person(session, slug="owner", display_name="林小明")
        await a_membership(session, project=project, person=owner)
        contributor = await a_person(session, slug="contributor", display_name="Sunny LIN")
        await a_membership(session, project=project, person=contributor, role=MembershipRole.CONTRIBUTOR)
        await a_membership(session, project=hidden, person=contributor, role=MembershipRole.OWNER)
        await rebuild(session)
    for query, expected in {
        "q=%E6%9E%97": ["owner"], "q=lin": ["contributor"], "q=_": [], "role=owner": ["owner"],
        "role=contributor": ["contributor"], "role=king": [], "q=lin&role=owner": [],
    }.items():
        assert await ids_of(client, f"/api/v1/people?{query}") == expected, query


async def test_nobody_who_asked_not_to_be_shown_is_shown(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        await a_person(session, slug="hidden", hidden_at=LONG_AGO)
        private = await a_person(session, slug="private", is_public=False)
        shown = await a_person(session, slug="shown")
        session.add(SlugRedirect(subject=Subject.PERSON, old_slug="old-private", subject_id=private.id))
        session.add(SlugRedirect(subject=Subject.PERSON, old_slug="old-shown", subject_id=shown.id))
    assert await ids_of(client, "/api/v1/people") == ["shown"]
    for slug in ("hidden", "private", "old-private"):
        assert (await client.get(f"/api/v1/people/{slug}")).status_code == 404, slug
    assert (await client.get("/api/v1/people/old-shown", follow_redirects=False)).status_code == 301


async def test_a_list_of_people_takes_one_statement_however_long(
    database: Database, client: AsyncTestClient, statements: list[str]
) -> None:
    for many in (1, 3):
        async with database.writing() as session:
            for _ in range(many):
                await a_membership(session, project=await a_project(session), person=await a_person(session))
        statements.clear()
        await answer(client, "/api/v1/people")
        assert len(statements) == 1
