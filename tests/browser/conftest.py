"""A real server on the sample record and a real Chromium, shared by the browser tests."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Literal
from urllib.error import URLError

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, async_playwright, expect

from tests.browser.altered import plant
from tests.browser.chromium import find_quick_chromium
from tests.browser.line import Line, line_to
from tests.conftest import in_trust
from tests.fakes.sign_in import FakeGitHubSignIn

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}
VIEWS: list[tuple[str, Literal["light", "dark"], ViewportSize]] = [
    ("en", "light", {"width": 1280, "height": 900}), ("zh-TW", "dark", {"width": 320, "height": 740}),
]
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync",
         "--disable-component-update", "--disable-quic", "--use-fake-device-for-media-stream",
         "--disable-site-isolation-trials"]  # no process is kept in reserve for another site
# What Chromium logs when a connection is lost.
LOST = ("ERR_INTERNET_DISCONNECTED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE")
SECONDS_TO_START = 120
MILLISECONDS_TO_FIND = 20_000  # a failing test waits for this long, a busy machine may need much of it
expect.set_options(timeout=MILLISECONDS_TO_FIND)

ViewsAs = Callable[[str], Awaitable[list["View"]]]
OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
def fake_github() -> Iterator[FakeGitHubSignIn]:
    """GitHub, as the live server knows it; ``signed_in_as`` is whoever has agreed there."""
    with FakeGitHubSignIn() as fake:
        yield fake


@pytest.fixture(scope="session")
def live_database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the live server's database."""
    return f"sqlite:///{tmp_path_factory.mktemp('live')}/keng.sqlite3"


@pytest.fixture(scope="session")
def live_server(live_database: str, fake_github: FakeGitHubSignIn) -> Iterator[str]:
    """The address of a server in a process of its own, on a database of its own that holds the sample record."""
    with served(
        live_database, KENG_GITHUB_CLIENT_ID="keng", KENG_GITHUB_WEB_URL=fake_github.url,
        KENG_GITHUB_API_URL=fake_github.url,
    ) as address:
        yield address


@contextmanager
def served(database_url: str, **settings: str) -> Iterator[str]:
    """Serve the sample record from a database with these settings, in a process of its own; its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "KENG_DATABASE_URL": database_url, "KENG_BASE_URL": address, **settings}
    keng = [sys.executable, "-m", "registry.cli"]
    subprocess.run([*keng, "demo"], env=environment, check=True, capture_output=True)
    with subprocess.Popen([*keng, "serve", "--port", str(port)], env=environment) as server:
        try:
            _wait_until_it_answers(f"{address}/livez")
            yield address
        finally:
            server.terminate()


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium, the quickest there is."""
    async with launched(find_quick_chromium()) as browser:
        yield browser


@asynccontextmanager
async def launched(path: str | None) -> AsyncIterator[Browser]:
    """The Chromium at a path, without a window that anyone sees."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        await browser.close()


@pytest.fixture
async def open_page(browser: Browser, live_server: str) -> AsyncIterator[OpenPage]:
    """Open a path of the live server: ``await open_page("/events", language="zh-Hant", color_scheme="dark")``.

    A page fails its test when the browser logs an error.
    """
    contexts, logs = [], []

    async def open_path(path: str, *, language: str = "en", **options: Any) -> Page:
        context = await browser.new_context(
            base_url=live_server, **{"viewport": DESKTOP, "locale": language, **options},
        )
        context.set_default_timeout(MILLISECONDS_TO_FIND)
        await plant(context)
        contexts.append(context)
        page = await context.new_page()
        logs.append(_errors_of(page))
        await page.goto(path)
        return page

    yield open_path
    for context in contexts:
        await context.close()
    assert [error for errors in logs for error in errors] == []


@pytest.fixture
async def line(live_server: str) -> AsyncIterator[Line]:
    """A way to the live server that a test can cut."""
    async with line_to(live_server) as line:
        yield line


class View:
    """A window in which one page after another is looked at: a new one costs four times as much as another address."""

    def __init__(self, page: Page, *, stays_signed_in: bool = False) -> None:
        self.page = page
        self.errors = _errors_of(page)
        self._stays_signed_in = stays_signed_in

    async def open(self, path: str) -> Page:
        """The page at a path, as a browser finds it that never was here, or as one who is signed in."""
        if not self._stays_signed_in:
            await self.page.context.clear_cookies()
        self.errors.clear()
        await self.page.goto(path)
        return self.page


in_turns = pytest.mark.parametrize("turn", [0, in_trust(1)])
"""A page is looked at in one of two windows, the next page in the other; ``make trust`` changes the windows round."""


def shared_out(views: list[View], paths: Iterable[str], turn: int) -> list[tuple[View, str]]:
    """Each page with the window in which it is looked at in this turn."""
    return [(views[(place + turn) % len(views)], path) for place, path in enumerate(paths)]


@pytest.fixture(scope="session")
async def views(browser: Browser, live_server: str) -> AsyncIterator[list[View]]:
    """Two windows that stay open: English, light and wide; Chinese, dark and narrow."""
    contexts = [
        await browser.new_context(base_url=live_server, locale=language, color_scheme=scheme, viewport=viewport)
        for language, scheme, viewport in VIEWS
    ]
    yield [View(await context.new_page()) for context in contexts]
    for context in contexts:
        await context.close()


@pytest.fixture(scope="session")
async def views_as(browser: Browser, live_server: str) -> AsyncIterator["ViewsAs"]:
    """The same two windows for a part of the demo: ``await views_as("organiser")``."""
    contexts: dict[str, list[BrowserContext]] = {}

    async def signed_in(part: str) -> list[View]:
        if part not in contexts:
            contexts[part] = [
                await browser.new_context(base_url=live_server, locale=language, color_scheme=scheme, viewport=viewport)
                for language, scheme, viewport in VIEWS
            ]
            for context in contexts[part]:
                page = await context.new_page()
                await page.goto("/sign-in")
                await page.locator(f'form[action="/sign-in/as/{part}"] button').click()
                await page.wait_for_url("**/")
        return [View(context.pages[0], stays_signed_in=True) for context in contexts[part]]

    yield signed_in
    for some in contexts.values():
        for context in some:
            await context.close()


def _errors_of(page: Page) -> list[str]:
    """The errors that the browser logs on a page (a script's, or a breach of the Content-Security-Policy), from now."""
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if _is_error(message, page) else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    return errors


def _is_error(message: ConsoleMessage, page: Page) -> bool:
    """Whether the console complains, of more than the status of an error page or a connection that the test cut."""
    if any(error in message.text for error in LOST):
        return False
    is_own_status = message.text.startswith("Failed to load") and message.location["url"] == page.url
    return message.type == "error" and not is_own_status


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_until_it_answers(url: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"{url} did not answer within {SECONDS_TO_START} s")
