"""Every kind of page: no accessibility violation, no sideways scrolling, in both languages, light and dark."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.browser.conftest import DESKTOP, PHONE, OpenPage

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PLAIN_PAGES = [
    "/", "/events", "/events/calendar", "/proposals", "/projects", "/projects?stage=prototype&has_repository=yes",
    "/projects?tag=no-such-tag", "/people", "/tags", "/needs", "/stages", "/search?q=資料", "/search?q=zzzz",
    "/search", "/about", "/api", "/handbook", "/no-such-page", "/sign-in",
    "/sign-in?problem=unreachable&provider=github", "/account", "/pitch",
]
# The first record that a list links to: (list, start of the record's address).
RECORDS = [
    ("/events", "/events/hackath"), ("/projects", "/projects/"), ("/proposals", "/proposals/"),
    ("/people", "/people/"), ("/tags", "/tags/"), ("/needs", "/needs/"), ("/stages", "/stages/"),
    ("/handbook", "/handbook/"),
]


async def violations(page: Page) -> list[str]:
    """What axe finds on a page, one line for each element."""
    found = await Axe().run(page, options={"runOnly": STANDARDS})
    return [
        f"{one['id']}: {node['html']}" for one in found.response["violations"] for node in one["nodes"]
    ]


async def scrolls_sideways(page: Page) -> bool:
    """Whether a page is wider than its window."""
    return bool(await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


async def _record_address(open_page: OpenPage, place: str, start: str) -> str:
    page = await open_page(place)
    link = page.locator(f'main a[href^="{start}"]:not([href*="?"]):not([href$="/calendar"])').first
    address = await link.get_attribute("href")
    assert address is not None
    return address


@pytest.mark.parametrize("path", PLAIN_PAGES)
async def test_a_page_has_no_violation(open_page: OpenPage, path: str) -> None:
    await _check(open_page, path)


@pytest.mark.parametrize(("place", "start"), RECORDS)
async def test_a_record_has_no_violation(open_page: OpenPage, place: str, start: str) -> None:
    await _check(open_page, await _record_address(open_page, place, start))


async def _check(open_page: OpenPage, path: str) -> None:
    for language, scheme, viewport in (("en", "light", DESKTOP), ("zh-TW", "dark", {**PHONE, "width": 320})):
        page = await open_page(path, language=language, color_scheme=scheme, viewport=viewport)
        assert await violations(page) == []
        assert not await scrolls_sideways(page)
