"""What GitHub says of a repository, through PyGithub over a real socket; what becomes of a form when it is silent."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import AsyncTestClient
from sqlalchemy import text

from integrations.github.describing import first_paragraph
from integrations.github.forge import GitHubForge
from registry.app import create_app
from registry.database.engine import Database
from registry.ports import ForgeUnreachable, RepositoryFacts
from registry.settings import Settings
from tests.conftest import postgresql_in_trust
from tests.fakes.github import FakeGitHub
from tests.fakes.http import Asked, Reply
from tests.pages import main_of, words
from tests.visits import BASE, Visit, filled, visit_to

README = """\
<p align="center"><img src="logo.png"></p>

# Budget map

[![build](https://ci.example.org/badge.svg)](https://ci.example.org)

We **draw** the [budget](https://example.org) of a city.
Join in!

## More
"""


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    """GitHub on loopback, with one repository."""
    with FakeGitHub() as fake:
        fake.add_repository(
            "g0v/budget-map", description="See where taxes go", homepage="https://budget.example.org",
            topics=["budget", "open-data"], license={"spdx_id": "MIT", "key": "mit", "name": "MIT License"},
            readme=README,
        )
        yield fake


def _forge(fake: FakeGitHub, seconds: float = 5) -> GitHubForge:
    return GitHubForge(web_url=fake.url, api_url=fake.url, seconds=seconds)


async def test_a_repository_is_described_with_the_first_text_of_its_readme(github: FakeGitHub) -> None:
    facts = await _forge(github).describe_repository(f"{github.url}/g0v/budget-map/tree/main?tab=readme")
    assert facts == RepositoryFacts(
        url=f"{github.url}/g0v/budget-map", name="budget-map", description="See where taxes go", licence="MIT",
        topics=("budget", "open-data"), site="https://budget.example.org",
        readme="We **draw** the budget of a city. Join in!",
    )
    assert github.requests == {"GET /repos/g0v/budget-map": 1, "GET /repos/g0v/budget-map/readme": 1}


async def test_what_is_private_or_gone_is_none(github: FakeGitHub) -> None:
    github.add_repository("g0v/secret", private=True, description="hush")
    bare = await _forge(github).describe_repository(github.add_repository("g0v/bare"))
    assert bare == RepositoryFacts(url=f"{github.url}/g0v/bare", name="bare")
    for name in ("g0v/secret", "g0v/none"):
        assert await _forge(github).describe_repository(f"{github.url}/{name}") is None


@pytest.mark.parametrize("reply", [
    Reply({"message": "down"}, 500), Reply({"message": "API rate limit exceeded"}, 403),
    Reply({"message": "wait"}, 429), Reply(raw=b"<html>login</html>", headers={"Content-Type": "text/html"}),
    Reply(raw=b'{"name": "bud'), Reply({}), Reply([1, 2]),
    Reply({"message": "moved"}, 301, {"Location": "http://169.254.169.254/latest"}),
    Reply({"message": "moved"}, 307, {"Location": "/repos/x/y"}),
], ids=["500", "403", "429", "html", "half", "empty", "list", "301 away", "307"])
async def test_a_forge_out_of_order_is_one_error(github: FakeGitHub, reply: Reply) -> None:
    github.fail_next("/repos/g0v/budget-map", reply, times=3)
    with pytest.raises(ForgeUnreachable):
        await _forge(github).describe_repository(f"{github.url}/g0v/budget-map")
    assert github.requests.total() == 1


@pytest.mark.parametrize(("address", "is_known"), [
    ("https://github.com/g0v/budget", True), ("https://github.com/g0v/budget.git", True),
    ("https://www.github.com/g0v/budget/issues/1", True), ("https://github.com/orgs/g0v", False),
    ("https://github.com/g0v", False), ("https://github.com.evil.org/g0v/budget", False),
    ("https://github.com@evil.org/g0v/budget", False), ("https://gitlab.com/g0v/budget", False),
    ("https://github.com/g0v/..%2f..", False), ("https://github.com/../budget", False), ("nonsense", False),
])
def test_only_addresses_of_repositories_there_are_asked_about(address: str, is_known: bool) -> None:
    forge = GitHubForge(web_url="https://github.com", api_url="https://api.github.com")
    assert forge.knows(address) is is_known


@given(st.text())
def test_no_readme_breaks_its_reading(readme: str) -> None:
    assert len(first_paragraph(readme)) <= 1000


async def _visit(client: AsyncTestClient[Any]) -> Visit:
    return await visit_to(client).play("proposer")


def _settings(database_url: str, fake: FakeGitHub) -> Settings:
    return Settings(
        database_url=database_url, page_cache=False, github_web_url=fake.url, github_api_url=fake.url
    )


@postgresql_in_trust
async def test_a_pitch_begins_from_an_address_alone(database_url: str, github: FakeGitHub) -> None:
    async with AsyncTestClient(create_app(_settings(database_url, github)), base_url=BASE) as client:
        visit = await _visit(client)
        answer = await visit.fill("/pitch", "/pitch", repository=f"{github.url}/g0v/budget-map")
        assert answer.status_code == 303
        edit = answer.headers["location"].partition("?")[0]
        form = filled(await visit.client.get(edit), edit)
    wanted = {
        "title-en": "budget-map", "summary-en": "See where taxes go", "code_licence": "MIT",
        "topics": "budget, open-data", "site": "https://budget.example.org",
        "how-en": "We **draw** the budget of a city. Join in!", "repository": f"{github.url}/g0v/budget-map",
    }
    assert {name: form[name] for name in wanted} == {name: [value] for name, value in wanted.items()}


@postgresql_in_trust
async def test_a_forge_that_fails_leaves_what_was_typed_and_a_clear_sentence(
    database_url: str, github: FakeGitHub
) -> None:
    async with AsyncTestClient(create_app(_settings(database_url, github)), base_url=BASE) as client:
        visit = await _visit(client)
        github.fail_next("/repos/g0v/budget-map", Reply({"message": "down"}, 503))
        failed = await visit.fill("/pitch", "/pitch", repository=f"{github.url}/g0v/budget-map")
        gone = await visit.fill("/pitch", "/pitch", repository=f"{github.url}/g0v/none")
        titled = await visit.fill("/pitch", "/pitch", repository=f"{github.url}/g0v/none", title="Mine")
        edit = titled.headers["location"].partition("?")[0]
        filling = await visit.client.post(
            edit.replace("/edit", "/fill"),
            data=filled(await visit.client.get(edit), edit, **{"why-en": "Kept."}),
        )
    assert (failed.status_code, gone.status_code, titled.status_code, filling.status_code) == (400, 400, 303, 400)
    assert "GitHub does not answer at the moment." in words(main_of(failed.text))
    assert "GitHub knows no public repository there." in words(main_of(gone.text))
    assert filled(failed, "/pitch")["repository"] == [f"{github.url}/g0v/budget-map"]
    assert filled(filling, edit)["why-en"] == ["Kept."]


async def test_a_forge_that_hangs_holds_no_transaction_and_is_given_up(
    database_url: str, github: FakeGitHub
) -> None:
    is_free: list[bool] = []

    def hang(_asked: Asked) -> Reply:
        time.sleep(1.5)
        return Reply({}, 500)

    github._routes.insert(0, ("GET", re.compile(r"/repos/.*"), hang))
    async with AsyncTestClient(create_app(_settings(database_url, github)), base_url=BASE) as client:
        visit = await _visit(client)
        app: Any = client.app
        forge = GitHubForge(web_url=github.url, api_url=github.url, seconds=0.5)
        asked = forge.describe_repository

        async def describe(url: str) -> RepositoryFacts | None:
            database: Database = app.state.database
            async with database.writing() as session:
                await session.execute(text("SELECT 1"))
                is_free.append(True)
            return await asked(url)

        forge.describe_repository = describe  # type: ignore[method-assign]
        app.state.connections = type("Connected", (), {"forges": (forge,), "sign_in": ()})()
        began = time.monotonic()
        answer = await visit.fill("/pitch", "/pitch", repository=f"{github.url}/g0v/budget-map")
    assert (answer.status_code, is_free, time.monotonic() - began < 5) == (400, [True], True)
