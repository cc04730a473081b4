import json
from datetime import date
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from litestar.testing import AsyncTestClient
from openapi_spec_validator import validate

from registry.app import create_app
from registry.database.engine import Database
from registry.errors import BadInput
from registry.search.commands import rebuild
from registry.settings import Settings
from registry.web.api.lists import CursorSeal
from tests.conftest import postgresql_in_trust
from tests.factories import an_event
from tests.reading_on import answer, ids_of

LISTS = ["/api/v1/events", "/api/v1/projects", "/api/v1/proposals", "/api/v1/people", "/api/v1/search?q=a"]
PROBLEM = "application/problem+json"


async def _cursor(database: Database, client: AsyncTestClient) -> str:
    """A cursor of the list of events of the kind ``large``."""
    async with database.writing() as session:
        for _ in range(3):
            await an_event(session)
    following = (await answer(client, "/api/v1/events?kind=large&limit=1"))["next"]
    (cursor,) = parse_qs(str(urlsplit(following).query))["cursor"]
    return cursor


async def test_the_next_part_is_named_in_the_body_and_in_the_link_header(
    database: Database, client: AsyncTestClient
) -> None:
    cursor = await _cursor(database, client)
    first = await client.get("/api/v1/events?limit=1&kind=large")
    following = f"http://127.0.0.1:8000/api/v1/events?kind=large&limit=1&cursor={cursor}"
    assert first.json()["next"] == following
    assert first.headers["link"] == f'<{following}>; rel="next"'
    last = await client.get(f"/api/v1/events?kind=large&cursor={cursor}&limit=100")
    assert (len(last.json()["items"]), last.json()["next"], "link" in last.headers) == (2, None, False)


async def test_filters_in_chinese_are_kept_in_the_next_address(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        for _ in range(2):
            await an_event(session, name={"zh-Hant": "黑客松 & 大會"})
        await rebuild(session)
    following = (await answer(client, f"/api/v1/events?limit=1&q={quote('松 & 大')}"))["next"]
    assert len((await answer(client, following))["items"]) == 1


async def test_of_a_filter_given_twice_the_last_one_counts_on_every_part(
    database: Database, client: AsyncTestClient
) -> None:
    async with database.writing() as session:
        for number in range(3):
            await an_event(session, slug=f"e{number}", starts_on=date(2020, 1, 1 + number))
    first = await answer(client, "/api/v1/events?kind=small&kind=large&limit=2")
    assert [record["id"] for record in first["items"]] == ["e2", "e1"]
    assert await ids_of(client, first["next"]) == ["e0"]


async def test_a_cursor_that_is_not_of_this_list_is_refused(database: Database, client: AsyncTestClient) -> None:
    cursor = await _cursor(database, client)
    tampered = ("B" if cursor[0] == "A" else "A") + cursor[1:]
    for address in (
        f"/api/v1/events?kind=large&cursor={tampered}", f"/api/v1/events?kind=large&cursor={cursor[:-2]}",
        f"/api/v1/events?kind=large&cursor={cursor}AA", f"/api/v1/events?kind=small&cursor={cursor}",
        f"/api/v1/events?cursor={cursor}", f"/api/v1/people?kind=large&cursor={cursor}",
        "/api/v1/events?cursor=!", "/api/v1/events?cursor=%E5%9D%91", "/api/v1/events?cursor=a",
    ):
        response = await client.get(address)
        assert (response.status_code, response.headers["content-type"]) == (400, PROBLEM), address


def test_a_seal_opens_only_its_own_cursors() -> None:
    key = (12, "abc")
    seal = CursorSeal(b"secret", "/list?")
    assert seal.read(seal.write(key)) == key
    for other in (CursorSeal(b"other", "/list?"), CursorSeal(b"secret", "/list?kind=x")):
        with pytest.raises(BadInput):
            other.read(seal.write(key))


@pytest.mark.parametrize("query", [
    "limit=0", "limit=-1", "limit=101", f"limit={10**22}", "limit=x", "limit=", "limit=1.5", "nonsense=1", "page=2",
    f"cursor={'A' * 401}", f"limit={'9' * 300}", "limit=1&limit2=3",
])
async def test_bad_input_is_a_problem_that_names_the_parameter(client: AsyncTestClient, query: str) -> None:
    for address in LISTS:
        response = await client.get(f"{address}{'&' if '?' in address else '?'}{query}")
        problem = response.json()
        assert (response.status_code, response.headers["content-type"]) == (400, PROBLEM), address
        assert (problem["type"], problem["title"], problem["status"]) == ("about:blank", "Bad Request", 400)
        assert [one["name"] for one in problem["errors"]] == [query.rpartition("&")[2].partition("=")[0]]
        assert problem["detail"]


async def test_an_unknown_parameter_is_answered_with_the_known_ones(client: AsyncTestClient) -> None:
    response = await client.get("/api/v1/people?colour=red")
    assert response.json()["detail"] == "There is no such parameter here. Known ones: q, role, limit, cursor."
    response = await client.get("/api/v1/people/x?colour=red", headers={"Accept-Language": "zh-TW"})
    assert response.json()["detail"] == "這裡不接受任何參數。"


@pytest.mark.parametrize("address", [
    "/api/v1/events?q=%00", "/api/v1/events/%00", "/api/v1/projects?tag=%00", "/api/v1/people?q=%ff",
    "/api/v1/people/%ff%fe", f"/api/v1/projects?q={'a' * 201}", f"/api/v1/projects/{'a' * 121}", "/api/v1/search?q=%00",
])
async def test_text_that_no_record_can_hold_is_refused(client: AsyncTestClient, address: str) -> None:
    response = await client.get(address)
    assert (response.status_code, response.headers["content-type"]) == (400, PROBLEM), response.text


async def test_what_does_not_exist_is_a_problem_too(client: AsyncTestClient) -> None:
    for address in ("/api/v1/nothing", "/api/v1/events/none", "/api/v1", "/api/v1/events/a/b"):
        response = await client.get(address)
        assert (response.status_code, response.headers["content-type"]) == (404, PROBLEM), address
    response = await client.post("/api/v1/people")
    assert (response.status_code, response.headers["content-type"]) == (405, PROBLEM)
    assert "GET" in response.headers["allow"]


async def test_scripts_of_any_site_may_read_answers_and_errors(client: AsyncTestClient) -> None:
    for address in ("/api/v1/events", "/api/v1/events/none", "/api/v1/events?limit=x", "/api/v1/openapi.json"):
        response = await client.get(address, headers={"Origin": "https://elsewhere.example.org"})
        assert response.headers["access-control-allow-origin"] == "*"
        assert response.headers["access-control-expose-headers"] == (
            "ETag, Link, RateLimit, RateLimit-Policy, Retry-After"
        )
        assert "access-control-allow-credentials" not in response.headers
    preflight = await client.options("/api/v1/events", headers={
        "Origin": "https://elsewhere.example.org", "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    })
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    assert preflight.headers["access-control-allow-headers"] == "If-None-Match"


async def test_other_pages_are_not_opened_to_scripts_of_other_sites(client: AsyncTestClient) -> None:
    for address in ("/livez", "/api"):
        assert "access-control-allow-origin" not in (await client.get(address)).headers


@postgresql_in_trust
async def test_an_unchanged_answer_costs_nothing_and_a_change_is_seen(
    database: Database, settings: Settings
) -> None:
    kept = settings.model_copy(update={"page_cache": True})
    async with AsyncTestClient(create_app(kept)) as client:
        for address in (*LISTS, "/api/v1/openapi.json"):
            first, second = await client.get(address), await client.get(address)
            assert (first.headers["etag"], first.content) == (second.headers["etag"], second.content), address
            unchanged = await client.get(address, headers={"If-None-Match": first.headers["etag"]})
            assert (unchanged.status_code, unchanged.content) == (304, b""), address
            assert unchanged.headers["access-control-allow-origin"] == "*"
        etag = (await client.get("/api/v1/events")).headers["etag"]
        writing = client.app.state.database.writing
        async with writing() as session:
            await an_event(session)
        changed = await client.get("/api/v1/events", headers={"If-None-Match": etag})
        assert (changed.status_code, len(changed.json()["items"])) == (200, 1)


async def test_head_answers_like_get_without_a_body(client: AsyncTestClient) -> None:
    get, head = await client.get("/api/v1/events"), await client.head("/api/v1/events")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == get.headers["etag"]


async def test_the_description_of_the_api_is_valid_and_whole(client: AsyncTestClient) -> None:
    document = await answer(client, "/api/v1/openapi.json")
    validate(document)
    operations = {
        (path, method): operation
        for path, methods in document["paths"].items() for method, operation in methods.items()
    }
    public = {
        "listEvents", "getEvent", "listProjects", "getProject", "listProposals", "getProposal", "listPeople",
        "getPerson", "listCases", "getCase", "search",
    }
    own, writes = {"getMe", "listMyProposals"}, {
        "pitch", "changePitch", "submitPitch", "withdrawPitch", "changeProject", "postUpdate", "setNeed", "moveStage",
        "addContribution", "register", "draftEvent", "changeEvent", "moveEvent",
    }
    assert {operation["operationId"] for operation in operations.values()} == public | own | writes
    for (path, method), operation in operations.items():
        name, answers = operation["operationId"], operation["responses"]
        assert operation["summary"], name
        assert operation["description"], name
        done = [status for status in answers if status.startswith("2")]
        assert (name in writes) == (method != "get"), name
        assert done == (["201"] if name in {
            "pitch", "postUpdate", "addContribution", "register", "draftEvent"
        } else ["200"]), name
        assert ("304" in answers) == (name in public), name
        assert ({"401", "403"} <= set(answers)) == (name not in public), name
        assert ("security" in operation) == (name not in public), name
        assert ({"409", "413", "422", "429"} <= set(answers)) == (name in writes), name
        assert ("404" in answers) == ("{" in path), name
        assert "example" in answers[done[0]]["content"]["application/json"], name
        assert PROBLEM in answers["400"]["content"], name
        assert all(one["description"] for one in operation["parameters"]), name
    for name, schema in document["components"]["schemas"].items():
        for field, part in schema.get("properties", {}).items():
            assert part.get("description"), (name, field)


@postgresql_in_trust
async def test_the_examples_fit_what_they_are_examples_of(client: AsyncTestClient) -> None:
    document = await answer(client, "/api/v1/openapi.json")
    text = json.dumps(document)
    for operation in (one for methods in document["paths"].values() for one in methods.values()):
        for told in (*operation["responses"].values(), operation.get("requestBody", {})):
            for content in told.get("content", {}).values():
                _validator(content["schema"], text).validate(content["example"])


async def test_the_sample_records_lie_where_such_records_lie(client: AsyncTestClient) -> None:
    document = await answer(client, "/api/v1/openapi.json")
    public = {
        path: methods for path, methods in document["paths"].items()
        if "304" in methods.get("get", {"responses": ()})["responses"]
    }
    for path, methods in public.items():
        content = methods["get"]["responses"]["200"]["content"]["application/json"]["example"]
        record = content["items"][0] if "items" in content else content
        collection = path.split("/")[3].replace("search", "projects")
        assert record["url"] == f"https://registry.example.org/api/v1/{collection}/{record['id']}"
        assert record["html_url"] == f"https://registry.example.org/{collection}/{record['id']}"


def _validator(schema: dict[str, Any], document: str) -> Any:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 — comes with the validator of the description

    return Draft202012Validator({**json.loads(document), **schema})
