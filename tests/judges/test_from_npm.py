"""Our formats before npm's g0v.json (its schema), ical.js, @seriousme/openapi-schema-validator and html-validate."""

import json
from datetime import date

from jsonschema import Draft7Validator
from litestar.testing import AsyncTestClient

from registry.database.engine import Database
from registry.events.rules import EventState
from registry.projects.rules import LinkKind
from tests.conftest import on_one_database
from tests.factories import a_case, a_link, a_membership, a_need, a_person, a_project, a_proposal, an_event
from tests.judges import FROM_NPM, judged, needs_npm

pytestmark = needs_npm


@on_one_database
async def test_a_g0v_json_keeps_to_the_published_schema(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        project = await a_project(
            session, slug="map", name={"en": "Budget map", "zh-Hant": "預算地圖"}, code_licence="MIT",
            summary={"en": "See where.", "zh-Hant": "看看哪裡"}, stage_key="release",
        )
        await a_link(session, project=project, kind=LinkKind.REPOSITORY, url="https://github.com/g0v/map")
        await a_need(session, project=project, key="designer")
        await a_membership(session, project=project, person=await a_person(session))
    schema = Draft7Validator(json.loads((FROM_NPM / "g0v.json" / "schemas" / "v2.json").read_text(encoding="utf-8")))
    ours = (await client.get("/projects/map/g0v.json")).json()
    assert [error.message for error in schema.iter_errors(ours)] == []
    assert [*schema.iter_errors({**ours, "status": "nearly"})] != []


@on_one_database
async def test_ical_js_reads_our_calendar(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        await an_event(session, starts_on=date(2026, 7, 25), is_all_day=False, name={"en": "The, day; 一\\"})
        await an_event(session, starts_on=date(2026, 8, 1), is_all_day=True, name={"en": "All day"})
        await an_event(session, name={"en": "Secret"}, state=EventState.DRAFT)
    text = (await client.get("/events/calendar.ics?lang=en")).text
    (found,) = judged("calendar", {"all": text}).values()
    assert {name: (starts[:10], is_longer) for _, name, starts, is_longer in found} == {
        "The, day; 一\\": ("2026-07-25", 1), "All day": ("2026-08-01", 1),
    }
    assert len({uid for uid, *_ in found}) == 2


async def test_the_description_of_the_api_is_openapi(client: AsyncTestClient) -> None:
    text = (await client.get("/api/v1/openapi.json")).text
    broken = json.dumps({**json.loads(text), "paths": []})
    said = judged("openapi", {"ours": text, "broken": broken})
    assert (said["ours"], said["broken"] == []) == ([], False)


@on_one_database
async def test_the_pages_of_records_are_html(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        event, project = await an_event(session, slug="h1"), await a_project(session, slug="map")
        await a_proposal(session, event=event, project=project)
        await a_case(session, project=project, slug="moe")
    paths = ["/", "/events/h1", "/projects/map", "/cases/moe", "/projects/map/card"]
    pages = {path: (await client.get(path)).text for path in paths}
    broken = {"a tag": pages["/"].replace("</main>", "</nav>"), "a form": f"{pages['/']}<form></form>"}
    said = judged("html", pages | broken)
    assert {name: len(complaints) > 0 for name, complaints in said.items()} == {
        name: name in broken for name in pages | broken
    }, said
