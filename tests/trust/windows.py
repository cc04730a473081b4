"""Every kind of page in a real browser, in both languages, as each who may see it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import groupby
from typing import Any, NamedTuple

import httpx
from playwright.async_api import Browser, Page

from registry.app import create_app
from registry.database.engine import Database
from registry.settings import Settings
from tests.browser.altered import plant
from tests.browser.conftest import View, served
from tests.trust.kinds import Kind, Part, every_kind, not_among
from tests.visits import Visit

LANGUAGES = ("en", "zh-TW")
NARROW, WIDE = 320, 1280
HEIGHT = 800
Look = Callable[[Kind, View], Awaitable[None]]


class LivedIn(NamedTuple):
    """A live site on which everything has happened that pages tell of."""

    address: str
    database_url: str
    kinds: list[Kind]


@asynccontextmanager
async def lived_in(database_url: str) -> AsyncIterator[LivedIn]:
    """Serve the sample record, with all of that done; no route of a page is without its address."""
    settings = Settings(database_url=database_url)
    with served(database_url, KENG_WORKER="off") as address:
        async with AsyncExitStack() as open_ones:
            async def enter(part: Part) -> Visit:
                visit = Visit(await open_ones.enter_async_context(httpx.AsyncClient(base_url=address, timeout=60)))
                return await visit.play(part) if part else visit

            database = Database(settings)
            kinds = await every_kind(enter, database)
            await database.close()
        assert not_among(kinds, create_app(settings)) == []
        yield LivedIn(address, database_url, kinds)


async def walk(browser: Browser, site: LivedIn, look: Look, **options: Any) -> str:
    """Open each page once in each language, in a window with these options, and look at it; what was looked at."""
    kinds = sorted(site.kinds, key=lambda kind: kind.part or "")
    for language in LANGUAGES:
        for part, pages in groupby(kinds, key=lambda kind: kind.part):
            context = await browser.new_context(base_url=site.address, locale=language, **options)
            await plant(context)
            try:
                view = View(await context.new_page(), stays_signed_in=bool(part))
                if part:
                    await _sign_in(view.page, part)
                for kind in pages:
                    await view.open(kind.path)
                    await look(kind, view)
            finally:
                await context.close()
    return f"{len(kinds)} kinds of page in both languages"


async def resize(page: Page, width: int) -> None:
    """Make a window as wide as this."""
    await page.set_viewport_size({"width": width, "height": HEIGHT})


async def _sign_in(page: Page, part: str) -> None:
    await page.goto("/sign-in")
    await page.locator(f'form[action="/sign-in/as/{part}"] button').click()
    await page.wait_for_url("**/")
