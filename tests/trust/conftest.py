"""Sites and browsers for what is promised of pages."""

from collections.abc import AsyncIterator

import pytest

from tests.browser.conftest import browser, fake_github, line, live_database, live_server, open_page
from tests.browser.test_registering import passes
from tests.trust.windows import LivedIn, lived_in

__all__ = ["browser", "fake_github", "line", "live_database", "live_server", "open_page", "passes"]


@pytest.fixture(scope="session")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LivedIn]:
    """A live site with every kind of page."""
    async with lived_in(f"sqlite:///{tmp_path_factory.mktemp('lived-in')}/keng.sqlite3") as site:
        yield site
