from litestar.testing import AsyncTestClient

from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.search.commands import refresh
from tests.factories import a_person, a_project, a_proposal, a_tag, an_event
from tests.reading_on import answer, ids_to_the_end

BASE = "http://127.0.0.1:8000"


async def test_a_found_record_has_the_documented_shape(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        project = await a_project(session, slug="預算", name={"zh-Hant": "預算"}, summary={"zh-Hant": "看得見"})
        await refresh(session, Subject.PROJECT, [project.id])
    address = "%E9%A0%90%E7%AE%97"
    (found,) = (await answer(client, f"/api/v1/search?q={address}"))["items"]
    assert found == {
        "id": "預算", "url": f"{BASE}/api/v1/projects/{address}", "html_url": f"{BASE}/projects/{address}",
        "kind": "project", "title": {"zh-Hant": "預算"}, "text": found["text"], "dated_on": None,
    }
    assert "看得見" in found["text"]["zh-Hant"]
    assert (await answer(client, found["url"]))["id"] == "預算"


async def test_search_finds_every_kind_that_the_api_has_and_reads_on(
    database: Database, client: AsyncTestClient
) -> None:
    async with database.writing() as session:
        event = await an_event(session, slug="an-event", name={"en": "Lantern day"})
        project = await a_project(session, slug="a-project", name={"en": "Lantern"})
        proposal = await a_proposal(session, event=event, project=project, slug="a-proposal")
        person = await a_person(session, slug="a-person", display_name="Lantern Lin")
        tag = await a_tag(session, project, slug="a-tag", name={"en": "Lantern"})
        for subject, record in (
            (Subject.EVENT, event), (Subject.PROJECT, project), (Subject.PROPOSAL, proposal),
            (Subject.PERSON, person), (Subject.TAG, tag),
        ):
            await refresh(session, subject, [record.id])
    everything = {"an-event", "a-project", "a-proposal", "a-person"}
    found = await ids_to_the_end(client, "/api/v1/search?q=lantern&limit=1")
    assert (set(found), len(found)) == (everything, len(everything))
    for kind, expected in {"event": ["an-event"], "person": ["a-person"], "tag": [], "x": []}.items():
        assert await ids_to_the_end(client, f"/api/v1/search?q=lantern&kind={kind}") == expected, kind
    assert await ids_to_the_end(client, "/api/v1/search?q=nothing-like-it") == []
    assert await ids_to_the_end(client, "/api/v1/search?q=%20") == []


async def test_a_search_without_words_says_what_is_missing(client: AsyncTestClient) -> None:
    response = await client.get("/api/v1/search")
    assert (response.status_code, response.json()["status"]) == (400, 400)
    assert "q" in response.json()["detail"] + str(response.json()["errors"])
