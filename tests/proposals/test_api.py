from datetime import UTC, date, datetime

from litestar.testing import AsyncTestClient

from registry.activity.models import SlugRedirect
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.events.rules import EventState
from registry.projects.models import Link
from registry.projects.rules import LinkKind
from registry.proposals.rules import ProposalKind, ProposalState
from registry.search.commands import rebuild
from tests.conftest import postgresql_in_trust
from tests.factories import a_credit, a_need, a_person, a_project, a_proposal, an_event
from tests.reading_on import answer, ids_of, ids_to_the_end

BASE = "http://127.0.0.1:8000"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def test_a_proposal_has_the_documented_shape(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        event = await an_event(session, slug="hackathon-7", name={"zh-Hant": "第七次"})
        project = await a_project(session, slug="預算", name={"zh-Hant": "預算"})
        proposal = await a_proposal(
            session, event=event, project=project, slug="budget-at-7", position=0, title={"en": "Budget"},
            summary={"en": "See it"}, why={"en": "W"}, who={"en": "P"}, how={"en": "H"}, difficulties={"en": "D"},
            needs_text="designer", similar_projects="S", data_sources="city", notes="N", interests="none",
            code_licence="MIT", content_licence="CC0-1.0", is_open_source=True, result={"en": "R"}, continued=False,
            updated_at=LONG_AGO,
        )
        await a_credit(session, proposal=proposal, person=await a_person(session, slug="lin", display_name="Lin"))
        claimed = await a_person(session, slug="chen", display_name="Chen as she likes it", claimed_at=LONG_AGO)
        credit = await a_credit(session, proposal=proposal, person=claimed)
        credit.name_as_written = "chen2"
        session.add(Link(proposal_id=proposal.id, kind=LinkKind.SLIDES, url="https://slides.example.org/7", label="S"))
    project_address = f"{BASE}/api/v1/projects/%E9%A0%90%E7%AE%97"
    expected = {
        "id": "budget-at-7", "revision": 1, "url": f"{BASE}/api/v1/proposals/budget-at-7",
        "html_url": f"{BASE}/proposals/budget-at-7", "kind": "pitch", "position": 0, "title": {"en": "Budget"},
        "summary": {"en": "See it"}, "why": {"en": "W"}, "who": {"en": "P"}, "how": {"en": "H"},
        "difficulties": {"en": "D"}, "needs_text": "designer", "similar_projects": "S", "data_sources": "city",
        "notes": "N", "interests": "none", "code_licence": "MIT", "content_licence": "CC0-1.0",
        "is_open_source": True, "is_for_education": False, "result": {"en": "R"}, "continued": False,
        "is_anonymous": False, "initiators": None,
        "people": [
            {"id": "lin", "url": f"{BASE}/api/v1/people/lin", "html_url": f"{BASE}/people/lin", "name": "Lin"},
            {"id": "chen", "url": f"{BASE}/api/v1/people/chen", "html_url": f"{BASE}/people/chen",
             "name": "Chen as she likes it"},
        ],
        "links": [{"kind": "slides", "url": "https://slides.example.org/7", "label": "S", "health": "unknown"}],
        "updated_at": "2020-01-01T00:00:00Z", "pitched_on": event.starts_on.isoformat(),
        "event": {"id": "hackathon-7", "url": f"{BASE}/api/v1/events/hackathon-7",
                  "html_url": f"{BASE}/events/hackathon-7", "name": {"zh-Hant": "第七次"}},
        "project": {"id": "預算", "url": project_address, "html_url": f"{BASE}/projects/%E9%A0%90%E7%AE%97",
                    "name": {"zh-Hant": "預算"}},
    }
    assert await answer(client, "/api/v1/proposals/budget-at-7") == expected
    assert await answer(client, "/api/v1/proposals") == {"items": [expected], "next": None}


async def test_every_proposal_is_met_once_though_others_come_and_go(
    database: Database, client: AsyncTestClient
) -> None:
    async with database.writing() as session:
        event = await an_event(session)
        proposals = [
            await a_proposal(session, event=event, project=await a_project(session), slug=f"p{number}")
            for number in range(5)
        ]
    first = await answer(client, "/api/v1/proposals?limit=2")
    assert [record["id"] for record in first["items"]] == ["p4", "p3"]
    async with database.writing() as session:
        await a_proposal(session, event=event, project=await a_project(session), slug="late")
        await session.delete(await session.merge(proposals[3]))
    assert await ids_to_the_end(client, first["next"]) == ["p2", "p1", "p0"]


async def test_each_filter_of_proposals_narrows_the_list(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        early = await an_event(session, slug="early", starts_on=date(2013, 5, 4))
        late = await an_event(session, slug="late", starts_on=date(2019, 5, 4))
        map_, tree = await a_project(session, slug="map"), await a_project(session, slug="tree", name={"en": "Tree"})
        await a_need(session, project=tree, key="tech")
        lin = await a_person(session, slug="lin")
        credited = await a_proposal(session, event=early, project=map_, slug="early-map")
        await a_proposal(session, event=late, project=map_, slug="late-map", kind=ProposalKind.TALK)
        unnamed = await a_proposal(session, event=late, project=tree, slug="late-tree", is_anonymous=True)
        for proposal in (credited, unnamed):
            await a_credit(session, proposal=proposal, person=lin)
        await rebuild(session)
    for query, expected in {
        "event=late": ["late-tree", "late-map"], "event=none": [], "project=map": ["late-map", "early-map"],
        "project=map&event=late": ["late-map"], "year=2013": ["early-map"], "year=x": [], "kind=talk": ["late-map"],
        "need=tech": ["late-tree"], "need=x": [], "q=TREE": ["late-tree"], "q=_": [],
        "kind=opera": [], "person=lin": ["early-map"], "person=nobody": [],
    }.items():
        assert await ids_of(client, f"/api/v1/proposals?{query}") == expected, query


@postgresql_in_trust
async def test_nothing_that_is_not_public_is_shown(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        event, project = await an_event(session), await a_project(session)
        draft_event = await an_event(session, state=EventState.DRAFT)
        hidden_project = await a_project(session, hidden_at=LONG_AGO)
        await a_proposal(session, event=event, project=project, slug="draft", state=ProposalState.DRAFT)
        await a_proposal(session, event=event, project=project, slug="withdrawn", state=ProposalState.WITHDRAWN)
        await a_proposal(session, event=event, project=project, slug="hidden", hidden_at=LONG_AGO)
        await a_proposal(session, event=draft_event, project=project, slug="of-draft")
        await a_proposal(session, event=event, project=hidden_project, slug="of-hidden")
        shown = await a_proposal(session, event=event, project=project, slug="shown")
        anonymous = await a_proposal(
            session, event=event, project=await a_project(session), slug="anonymous", is_anonymous=True
        )
        for person in (
            await a_person(session, display_name="Secret", is_public=False),
            await a_person(session, display_name="Secret", hidden_at=LONG_AGO),
        ):
            await a_credit(session, proposal=shown, person=person)
        await a_credit(session, proposal=anonymous, person=await a_person(session, display_name="Secret"))
        session.add(SlugRedirect(subject=Subject.PROPOSAL, old_slug="old", subject_id=shown.id))
    listed = await client.get("/api/v1/proposals")
    assert [record["id"] for record in listed.json()["items"]] == ["anonymous", "shown"]
    assert "Secret" not in listed.text
    for slug in ("draft", "withdrawn", "hidden", "of-draft", "of-hidden"):
        assert (await client.get(f"/api/v1/proposals/{slug}")).status_code == 404, slug
    assert (await answer(client, "/api/v1/proposals/anonymous"))["people"] == []
    assert (await client.get("/api/v1/proposals/old", follow_redirects=False)).status_code == 301


@postgresql_in_trust
async def test_a_list_of_proposals_takes_one_statement_however_long(
    database: Database, client: AsyncTestClient, statements: list[str]
) -> None:
    for many in (1, 3):
        async with database.writing() as session:
            for _ in range(many):
                proposal = await a_proposal(
                    session, event=await an_event(session), project=await a_project(session)
                )
                await a_credit(session, proposal=proposal, person=await a_person(session))
        statements.clear()
        await answer(client, "/api/v1/proposals")
        assert len(statements) == 1
