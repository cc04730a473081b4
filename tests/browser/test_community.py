"""A second community in a real browser: its colours can be read, in the light and in the dark."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser

from tests.browser.conftest import View, served
from tests.browser.test_every_page import scrolls_sideways, violations

STADTLABOR = Path(__file__).parent.parent / "community" / "stadtlabor"
PAGES = ("/", "/projects", "/stages", "/needs")


@pytest.fixture(scope="module")
def stadtlabor(live_database: str, live_server: str) -> Iterator[str]:
    """The address of a server of the Stadtlabor's, on the record that the live server shows in our colours."""
    with served(live_database, KENG_COMMUNITY_DIR=str(STADTLABOR), KENG_WORKER="off") as address:
        yield address


@pytest.mark.trust
@pytest.mark.parametrize("pages", [PAGES[::2], PAGES[1::2]])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_its_colours_can_be_read(
    browser: Browser, stadtlabor: str, scheme: Literal["light", "dark"], pages: tuple[str, ...]
) -> None:
    context = await browser.new_context(
        base_url=stadtlabor, locale="de", color_scheme=scheme, viewport={"width": 390, "height": 840}
    )
    view = View(await context.new_page())
    band = {"light": "rgb(11, 79, 92)", "dark": "rgb(6, 48, 58)"}[scheme]
    for path in pages:
        page = await view.open(path)
        shown = await page.locator(".site-header").evaluate("header => getComputedStyle(header).backgroundColor")
        assert shown == band
        assert await violations(page) == []
        assert not await scrolls_sideways(page)
        assert view.errors == []
    await context.close()
