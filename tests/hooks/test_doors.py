"""A door that an integration brings is a route: without session and token, and with a limit of its own."""

from collections.abc import AsyncIterator, Iterator

import pytest
from litestar.testing import AsyncTestClient

from registry.app import create_app
from registry.settings import Settings
from registry.web.page_cache import SESSION_COOKIE
from tests.conftest import statements_of
from tests.databases import SqliteDatabase
from tests.hooks.doorbell import LARGEST, PATH


@pytest.fixture
async def site(sqlite: SqliteDatabase) -> AsyncIterator[AsyncTestClient]:
    """An installation with that door."""
    settings = Settings(
        database_url=f"sqlite:///{sqlite.template}", page_cache=False, integrations=("tests.hooks.doorbell",)
    )
    async with AsyncTestClient(create_app(settings)) as client:
        yield client


@pytest.fixture
def statements_of_site(site: AsyncTestClient) -> Iterator[list[str]]:
    """The SQL statements of that installation."""
    yield from statements_of(site)


async def test_another_system_is_heard_without_session_or_token_from_anywhere(
    site: AsyncTestClient, statements_of_site: list[str]
) -> None:
    site.cookies.set(SESSION_COOKIE, "somebody")
    answer = await site.post(PATH, content=b"\xffraw", headers={
        "X-Signed": "yes", "Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site",
    })
    assert (answer.status_code, answer.json()) == (200, {"heard": 4, "signed": "yes"})
    quiet = await site.post(PATH, content=b"x", headers={"X-Quiet": "1"})
    assert (quiet.status_code, quiet.content) == (202, b"")
    assert ((await site.get(PATH)).status_code, (await site.post("/hooks/none")).status_code) == (405, 404)
    assert statements_of_site == []


async def test_what_is_too_large_is_refused_whether_it_says_so_or_not(site: AsyncTestClient) -> None:
    announced = await site.post(PATH, content=b"x" * (LARGEST + 1), headers={"X-Signed": "yes"})
    understated = await site.post(
        PATH, content=b"x" * (LARGEST + 1), headers={"X-Signed": "yes", "Content-Length": "1"}
    )
    largest = await site.post(PATH, content=b"x" * LARGEST, headers={"X-Signed": "yes"})
    assert [one.status_code for one in (announced, understated, largest)] == [413, 413, 200]
