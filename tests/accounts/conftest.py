"""A site with both ways to sign in, against fakes on loopback, and browsers that use it."""

from collections.abc import AsyncIterator, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from litestar.testing import AsyncTestClient
from pydantic import SecretStr

from registry.settings import Settings
from tests.conftest import application
from tests.fakes.sign_in import FakeGitHubSignIn, FakeSlackSignIn
from tests.visits import BASE, Visit, another_visit, visit_to

ADA = {"id": 1, "login": "ada", "name": "Ada Example"}
BO = {"id": 2, "login": "bo", "name": None}


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
    return with_both_providers(database_url, github, slack)


def with_both_providers(database_url: str, github: FakeGitHubSignIn, slack: FakeSlackSignIn) -> Settings:
    """Settings of an installation where people sign in at fakes."""
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
        yield client


@pytest.fixture
def visit(client: AsyncTestClient) -> Visit:
    """The first browser."""
    return visit_to(client)


@pytest.fixture
def other_visit(client: AsyncTestClient) -> Visit:
    """Another browser at the same site."""
    return another_visit(client)


def query_of(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
