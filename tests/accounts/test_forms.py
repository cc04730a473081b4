"""Every change comes from a page of ours, and reading changes nothing."""

import hashlib
from collections.abc import Iterator
from typing import Any

from litestar import Litestar
from litestar.testing import AsyncTestClient
from sqlalchemy import select

from registry.database.engine import Database
from registry.database.tables import Base
from registry.paths import TEMPLATES
from tests.accounts.routes import Route, example, routes
from tests.conftest import on_one_database, postgresql_in_trust
from tests.factories import a_project, a_proposal, an_event
from tests.fakes.sign_in import FakeGitHubSignIn
from tests.visits import BASE, Visit


def _changes(app: Litestar) -> Iterator[Route]:
    return (route for route in routes(app) if route.method != "GET" and not route.opt.get("answers_to_anyone"))


async def _fingerprint(database: Database) -> str:
    digest = hashlib.sha256()
    async with database.reading() as reader:
        for table in Base.metadata.sorted_tables:
            rows = await reader.execute(select(table).order_by(*table.primary_key.columns))
            digest.update(repr((table.name, rows.all())).encode())
    return digest.hexdigest()


async def _refused_everywhere(visit: Visit, app: Litestar, headers: dict[str, str], token: str) -> list[str]:
    wrong = []
    for route in _changes(app):
        answer = await visit.client.request(
            route.method, example(route.path), headers=headers, data={"form_token": token} if token else {}
        )
        if (answer.status_code, "not done" in answer.text) != (403, True):
            wrong.append(f"{route.method} {route.path}: {answer.status_code}")
    return wrong


@on_one_database
async def test_every_change_refuses_a_missing_a_foreign_and_a_cross_site_form(
    visit: Visit, other_visit: Visit, client: AsyncTestClient, database: Database
) -> None:
    await visit.submit("/sign-in", "/sign-in/as/administrator")
    await other_visit.submit("/sign-in", "/sign-in/as/owner")
    mine, foreign = await _token(visit), await _token(other_visit)
    before = await _fingerprint(database)
    assert len(list(_changes(client.app))) >= 8
    refused = {
        "missing": await _refused_everywhere(visit, client.app, {}, ""),
        "not even ASCII": await _refused_everywhere(visit, client.app, {}, "坑"),
        "foreign": await _refused_everywhere(visit, client.app, {}, foreign),
        "cross-site origin": await _refused_everywhere(visit, client.app, {"origin": "https://evil.example"}, mine),
        "sandboxed": await _refused_everywhere(visit, client.app, {"origin": "null"}, mine),
        "cross-site fetch": await _refused_everywhere(visit, client.app, {"sec-fetch-site": "cross-site"}, mine),
        "sibling site": await _refused_everywhere(visit, client.app, {"sec-fetch-site": "same-site"}, mine),
    }
    assert {kind: wrong for kind, wrong in refused.items() if wrong} == {}
    assert await _fingerprint(database) == before


@postgresql_in_trust
async def test_a_form_of_ours_is_taken_with_the_headers_of_a_browser(visit: Visit) -> None:
    await visit.submit("/sign-in", "/sign-in/as/owner")
    token = await _token(visit)
    answer = await visit.client.post(
        "/account/name", data={"form_token": token, "name": "New"},
        headers={"origin": BASE, "sec-fetch-site": "same-origin"},
    )
    assert (answer.status_code, await visit.name()) == (303, "New")


@postgresql_in_trust
async def test_a_script_sends_the_token_in_a_header(visit: Visit) -> None:
    await visit.submit("/sign-in", "/sign-in/as/owner")
    answer = await visit.client.post(
        "/account/name", data={"name": "New"}, headers={"X-Form-Token": await _token(visit)}
    )
    assert answer.status_code == 303


async def test_a_form_opened_before_signing_in_is_refused_after(visit: Visit) -> None:
    token = await _token(visit, page="/sign-in")
    await visit.submit("/sign-in", "/sign-in/as/owner")
    answer = await visit.submit("/account", "/account/name", token=token, name="New")
    assert (answer.status_code, "reload the page" in answer.text) == (403, True)


async def test_a_page_with_a_form_is_never_stored(visit: Visit) -> None:
    first, second = [await visit.client.get("/sign-in") for _ in range(2)]
    assert [one.headers["cache-control"] for one in (first, second)] == ["private, no-store"] * 2
    assert ("keng_form" in first.cookies, "keng_form" in second.cookies) == (True, False)


@postgresql_in_trust
async def test_reading_changes_nothing(
    visit: Visit, client: AsyncTestClient, database: Database, github: FakeGitHubSignIn
) -> None:
    async with database.writing() as session:
        await a_proposal(session, event=await an_event(session), project=await a_project(session))
    await visit.submit("/sign-in", "/sign-in/as/administrator")
    before = await _fingerprint(database)
    read = [route.path for route in routes(client.app) if route.method == "GET"]
    for path in read:
        await visit.client.get(example(path))
    assert (len(read) > 15, await _fingerprint(database)) == (True, before)


def test_every_changing_form_is_drawn_by_the_one_component() -> None:
    own = [path.name for path in TEMPLATES.rglob("*.html") if 'method="post"' in path.read_text().lower()]
    assert own == ["form.html"]


async def _token(visit: Visit, page: str = "/account") -> str:
    text = (await visit.client.get(page)).text
    token: Any = text.split('name="form_token" value="')[1].split('"')[0]
    return str(token)
