from datetime import UTC, date, datetime, timedelta

from litestar.testing import AsyncTestClient

from registry.activity.models import SlugRedirect
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.people.rules import MembershipRole
from registry.projects.models import ProjectAlias
from registry.projects.rules import LinkHealth, LinkKind, NeedState, Standing
from tests.factories import a_link, a_membership, a_need, a_person, a_project, a_proposal, a_tag, an_event
from tests.reading_on import answer, ids_of, ids_to_the_end

BASE = "http://127.0.0.1:8000"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def test_a_project_has_the_documented_shape(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        project = await a_project(
            session, slug="budget", name={"zh-Hant": "預算", "en": "Budget"}, summary={"en": "See it"},
            description={"en": "All of *it*"}, stage_key="prototype", code_licence="MIT", content_licence="CC0-1.0",
            has_repository=True, updated_at=LONG_AGO,
        )
        event = await an_event(session, starts_on=date(2012, 12, 1))
        await a_proposal(session, event=event, project=project)
        session.add(ProjectAlias(project_id=project.id, name="budget -1", normalised="budget"))
        await a_need(session, project=project, key="writer", line={"en": "A story"})
        await a_need(session, project=project, key="tech", state=NeedState.FILLED)
        await a_tag(session, project, slug="money", name={"en": "Money"})
        await a_tag(session, project, hidden_at=LONG_AGO)
        await a_link(
            session, project=project, kind=LinkKind.REPOSITORY, url="https://code.example.org/b",
            health=LinkHealth.DEAD,
        )
        await a_membership(session, project=project, person=await a_person(session, slug="lin", display_name="Lin"))
        for person in (await a_person(session, is_public=False), await a_person(session, hidden_at=LONG_AGO)):
            await a_membership(session, project=project, person=person, role=MembershipRole.MAINTAINER)
    expected = {
        "id": "budget", "revision": 1, "url": f"{BASE}/api/v1/projects/budget", "html_url": f"{BASE}/projects/budget",
        "is_example": False, "name": {"zh-Hant": "預算", "en": "Budget"}, "other_names": [{"name": "budget -1"}],
        "summary": {"en": "See it"}, "description": {"en": "All of *it*"}, "stage": "prototype",
        "standing": "active", "code_licence": "MIT", "content_licence": "CC0-1.0", "has_repository": True,
        "pitch_count": 1, "first_pitched_on": "2012-12-01", "last_active_on": "2012-12-01",
        "needs": [
            {"key": "writer", "line": {"en": "A story"}, "state": "open"},
            {"key": "tech", "line": {}, "state": "filled"},
        ],
        "tags": [{"id": "money", "name": {"en": "Money"}}],
        "people": [
            {"id": "lin", "url": f"{BASE}/api/v1/people/lin", "html_url": f"{BASE}/people/lin", "name": "Lin",
             "role": "owner"},
        ],
        "links": [{"kind": "repository", "url": "https://code.example.org/b", "label": None, "health": "dead"}],
        "proposals_url": f"{BASE}/api/v1/proposals?project=budget", "updated_at": "2020-01-01T00:00:00Z",
    }
    assert await answer(client, "/api/v1/projects/budget") == expected
    assert await answer(client, "/api/v1/projects") == {"items": [expected], "next": None}


async def test_every_project_is_met_once_though_others_arrive_and_old_ones_stir(
    database: Database, client: AsyncTestClient
) -> None:
    async with database.writing() as session:
        projects = [await a_project(session, slug=f"p{number}") for number in range(5)]
    first = await answer(client, "/api/v1/projects?limit=2")
    async with database.writing() as session:
        await a_project(session, slug="late")
        (await session.merge(projects[0])).last_active_on = date(2999, 1, 1)
    assert [record["id"] for record in first["items"]] == ["p4", "p3"]
    assert await ids_to_the_end(client, first["next"]) == ["p2", "p1", "p0"]


async def test_each_filter_of_projects_narrows_the_list(database: Database, client: AsyncTestClient) -> None:
    today = datetime.now(UTC).date()
    async with database.writing() as session:
        event = await an_event(session, slug="e1", starts_on=date(2014, 2, 1))
        map_ = await a_project(
            session, slug="map", name={"zh-Hant": "地圖"}, stage_key="release", code_licence="MIT",
            has_repository=True,
        )
        await a_proposal(session, event=event, project=map_)
        await a_need(session, project=map_, key="designer")
        await a_tag(session, map_, slug="places")
        tree = await a_project(session, slug="tree", name={"en": "Tree"}, last_active_on=today - timedelta(days=1))
        await a_need(session, project=tree, key="designer", state=NeedState.FILLED)
        await a_project(session, slug="done", name={"en": "Done"}, standing=Standing.RETIRED)
    for query, expected in {
        "stage=release": ["map"], "stage=x": [], "need=designer": ["map"], "tag=places": ["map"], "event=e1": ["map"],
        "year=2014": ["map"], "year=20": [], "licence=MIT": ["map"], "standing=active": ["tree"],
        "standing=dormant": ["map"], "standing=retired": ["done"], "standing=x": [], "language=zh-Hant": ["map"],
        "language=en": ["done", "tree"], "has_repository=yes": ["map"], "has_repository=no": ["done", "tree"],
        "has_repository=maybe": [], "language=en&standing=active": ["tree"],
    }.items():
        assert await ids_of(client, f"/api/v1/projects?{query}") == expected, query


async def test_a_hidden_project_is_nowhere(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        hidden = await a_project(session, slug="hidden", hidden_at=LONG_AGO)
        shown = await a_project(session, slug="shown")
        session.add(SlugRedirect(subject=Subject.PROJECT, old_slug="old-hidden", subject_id=hidden.id))
        session.add(SlugRedirect(subject=Subject.PROJECT, old_slug="old-shown", subject_id=shown.id))
    assert await ids_of(client, "/api/v1/projects") == ["shown"]
    for slug in ("hidden", "old-hidden"):
        assert (await client.get(f"/api/v1/projects/{slug}")).status_code == 404, slug
    assert (await client.get("/api/v1/projects/old-shown", follow_redirects=False)).status_code == 301


async def test_a_list_of_projects_takes_one_statement_however_long(
    database: Database, client: AsyncTestClient, statements: list[str]
) -> None:
    for many in (1, 3):
        async with database.writing() as session:
            for _ in range(many):
                project = await a_project(session)
                await a_need(session, project=project)
                await a_link(session, project=project)
        statements.clear()
        await answer(client, "/api/v1/projects")
        assert len(statements) == 1
