"""A site with both ways to sign in, against fakes on loopback, and browsers that use it."""

import re
from collections.abc import AsyncIterator, Iterator
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from httpx import Response
from litestar.testing import AsyncTestClient
from pydantic import SecretStr

from registry.settings import Settings
from tests.conftest import application
from tests.fakes.sign_in import FakeGitHubSignIn, FakeSlackSignIn

BASE = "http://testserver.local"
ADA = {"id": 1, "login": "ada", "name": "Ada Example"}
BO = {"id": 2, "login": "bo", "name": None}
_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]+)"')


@pytest.fixture(scope="session")
def github_server() -> Iterator[FakeGitHubSignIn]:
    """GitHub, for every test at one address."""
    with FakeGitHubSignIn() as fake:
        yield fake


@pytest.fixture
def github(github_server: FakeGitHubSignIn) -> FakeGitHubSignIn:
    """GitHub, where Ada is signed in."""
    github_server.forget()
    github_server.signed_in_as = ADA
    return github_server


@pytest.fixture(scope="session")
def slack_server() -> Iterator[FakeSlackSignIn]:
    """Slack; its key takes a while to make."""
    with FakeSlackSignIn() as fake:
        yield fake


@pytest.fixture
def slack(slack_server: FakeSlackSignIn) -> FakeSlackSignIn:
    """Slack, where Ada is signed in to the community's workspace."""
    slack_server.forget()
    slack_server.wrong, slack_server.signing_key = {}, slack_server.key
    slack_server.signed_in_as = {
        "sub": "U1", "name": "Ada", "https://slack.com/team_id": "T1", "https://slack.com/user_id": "U1",
    }
    return slack_server


@pytest.fixture
def settings(database_url: str, github: FakeGitHubSignIn, slack: FakeSlackSignIn) -> Settings:
    """Settings with both providers, in demo mode."""
    return Settings(
        database_url=database_url, page_cache=False, base_url=BASE,
        github_client_id="keng", github_client_secret=SecretStr("github-secret"), github_web_url=github.url,
        github_api_url=github.url, slack_client_id="keng", slack_client_secret=SecretStr("slack-secret"),
        slack_team_id="T1", slack_url=slack.url,
    )


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[AsyncTestClient]:
    """The first browser at the site."""
    async with AsyncTestClient(application(settings), base_url=BASE) as client:
        client.follow_redirects = False
        yield client


class Visit:
    """A browser of someone: keeps cookies, sends forms with the token of the page they stand on."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def submit(self, page: str, action: str, *, token: str | None = None, **fields: Any) -> Response:
        """Open ``page`` and send its form ``action``; ``token`` replaces the one of the page."""
        if token is None:
            found = _TOKEN.search((await self.client.get(page)).text)
            token = found[1] if found else ""
        return await self.client.post(action, data={"form_token": token, **fields})

    async def leave(self, provider: str = "github", *, return_path: str = "/") -> str:
        """Begin a sign-in; the provider's address."""
        answer = await self.submit("/sign-in", f"/sign-in/{provider}", **{"return": return_path})
        assert answer.status_code == 303
        return str(answer.headers["location"])

    async def sign_in(self, provider: str = "github", *, return_path: str = "/") -> Response:
        """Sign in at ``provider`` and come back."""
        return await self.client.get(agree(await self.leave(provider, return_path=return_path)))

    async def link(self, provider: str) -> Response:
        """Link an account at ``provider`` and come back."""
        answer = await self.submit("/account", f"/account/link/{provider}")
        return await self.client.get(agree(answer.headers["location"]))

    async def name(self) -> str | None:
        """Whom the site takes this browser's user for; none for a visitor."""
        found = re.search(r'account-menu__name">([^<]*)<', (await self.client.get("/about")).text)
        return unescape(found[1]) if found else None


@pytest.fixture
def visit(client: AsyncTestClient) -> Visit:
    """The first browser."""
    return Visit(client)


@pytest.fixture
def other_visit(client: AsyncTestClient) -> Visit:
    """Another browser at the same site."""
    return another_visit(client)


def another_visit(client: AsyncTestClient) -> Visit:
    """A browser with cookies of its own at the site of ``client``, which may be opened only once."""
    return Visit(httpx.AsyncClient(transport=client._transport, base_url=BASE))


def agree(authorization_url: str) -> str:
    """Follow a browser to its provider and agree there; the path and query to which it sends the browser back."""
    back = _browser().get(authorization_url).headers["location"]
    assert back.startswith(f"{BASE}/sign-in/")
    return str(back).removeprefix(BASE)


@cache
def _browser() -> httpx.Client:
    """For what lies outside the site: httpx reads all certificates for each client, which takes as long as a page."""
    return httpx.Client(headers={"connection": "close"})


def query_of(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
