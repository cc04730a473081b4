"""Sites and browsers for what is promised of pages."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from litestar.testing import AsyncTestClient
from playwright.async_api import Browser

from tests.accounts.conftest import github, github_server, slack, slack_server, with_both_providers
from tests.browser.conftest import browser, fake_github, line, live_database, live_server, open_page
from tests.browser.test_registering import passes
from tests.conftest import application
from tests.fakes.sign_in import FakeGitHubSignIn, FakeSlackSignIn
from tests.trust import sign_ins
from tests.trust.hostile import Screen
from tests.trust.windows import LivedIn, lived_in
from tests.visits import BASE, another_visit

__all__ = [
    "browser", "fake_github", "github", "github_server", "line", "live_database", "live_server", "open_page", "passes",
    "slack", "slack_server",
]


@pytest.fixture(scope="session")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LivedIn]:
    """A live site with every kind of page."""
    async with lived_in(f"sqlite:///{tmp_path_factory.mktemp('lived-in')}/keng.sqlite3") as site:
        yield site


@pytest.fixture
async def screen(browser: Browser) -> AsyncIterator[Screen]:
    """Shows pages in a browser."""
    screen = Screen(browser)
    yield screen
    await screen.close()


@pytest.fixture
async def scenes(
    database_url: str, github: FakeGitHubSignIn, slack: FakeSlackSignIn, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Callable[[], Awaitable[sign_ins.Scene]]]:
    """Sets one scene after another at a site where people sign in at fakes."""
    caplog.set_level(logging.INFO)
    async with AsyncTestClient(application(with_both_providers(database_url, github, slack)), base_url=BASE) as client:
        async def scene() -> sign_ins.Scene:
            github.forget()
            slack.forget()
            database = client.app.state.database
            await sign_ins.forget_attempts(database)
            return sign_ins.Scene(another_visit(client), another_visit(client), github, slack, database, caplog)

        yield scene
