"""What people can trust: that everyone can use it, and that they find what is there."""

from itertools import product
from typing import Literal

import pytest
from playwright.async_api import Browser

from registry.database.engine import Database
from tests.browser.altered import altered
from tests.browser.conftest import View
from tests.browser.test_every_page import scrolls_sideways, violations
from tests.conftest import on_one_database
from tests.search import test_search
from tests.trust import windows
from tests.trust.kinds import Kind
from tests.trust.measures import CUT_OFF, MOVING, SMALL_TARGETS
from tests.trust.promises import promise, promised, replaced
from tests.trust.windows import NARROW, WIDE, LivedIn, walk

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.mark.trust
@promise(
    22, "No page has a violation that axe finds: WCAG 2.0 to 2.2, A and AA, light and dark, 320 and 1280 px.",
    fault="a colour forgets its dark value", planted=altered(r"(--ink-soft: light-dark\((#\w+), )#\w+", r"\1\2"),
)
async def test_no_page_has_a_violation(browser: Browser, site: LivedIn) -> str:
    async def look(kind: Kind, view: View) -> None:
        for scheme, width in product(SCHEMES, (NARROW, WIDE)):
            await view.page.emulate_media(color_scheme=scheme)
            await windows.resize(view.page, width)
            with promised():
                assert (kind, scheme, width, await violations(view.page)) == (kind, scheme, width, [])
        with promised():
            assert (kind, view.errors) == (kind, [])

    return f"{await walk(browser, site, look, reduced_motion='reduce')}, 4 windows each: 0 violations"


@pytest.mark.trust
@promise(
    24, "Whatever one taps is 24 px wide and high, or has that room to itself, or stands in a sentence.",
    fault="tags are as high as their text", planted=altered(r"min-block-size: 1\.5rem", "line-height: 1"),
)
async def test_targets_can_be_hit(browser: Browser, site: LivedIn) -> str:
    async def look(kind: Kind, view: View) -> None:
        small = await view.page.evaluate(SMALL_TARGETS)
        with promised():
            assert (kind, small) == (kind, [])

    return await walk(browser, site, look, viewport={"width": NARROW, "height": windows.HEIGHT})


@pytest.mark.trust
@promise(
    24, "At 320 px no page is wider than its window.",
    fault="long words are not broken", planted=altered("overflow-wrap: anywhere", "overflow-wrap: normal"),
)
async def test_nothing_scrolls_sideways(browser: Browser, site: LivedIn) -> str:
    async def look(kind: Kind, view: View) -> None:
        with promised():
            assert (kind, await scrolls_sideways(view.page)) == (kind, False)

    return await walk(browser, site, look, viewport={"width": NARROW, "height": windows.HEIGHT})


@pytest.mark.trust
@promise(
    24, "With text at 200 % nothing is cut off, and no page is wider than its window.",
    fault="buttons keep their height",
    planted=altered(r"min-block-size: var\(--target\)", "block-size: 44px; overflow: hidden"),
)
async def test_text_can_be_twice_as_large(browser: Browser, site: LivedIn) -> str:
    async def look(kind: Kind, view: View) -> None:
        await view.page.evaluate("document.documentElement.style.fontSize = '200%'")
        with promised():
            assert (kind, await scrolls_sideways(view.page), await view.page.evaluate(CUT_OFF)) == (kind, False, [])

    return await walk(browser, site, look, viewport={"width": WIDE, "height": windows.HEIGHT})


@pytest.mark.trust
@promise(
    24, "Nothing moves for whoever asks their system for less motion.",
    fault="it moves for all", planted=altered("prefers-reduced-motion: no-preference", "min-width: 1px"),
)
async def test_nothing_moves(browser: Browser, site: LivedIn) -> str:
    async def look(kind: Kind, view: View) -> None:
        with promised():
            assert (kind, await view.page.evaluate(MOVING)) == (kind, [])

    return await walk(browser, site, look, reduced_motion="reduce")


@on_one_database
@promise(
    28, "A Chinese word of two characters finds every record that holds it, in either writing.",
    fault="text without spaces is kept as one long word", planted=replaced("registry.search.commands.index_terms", str),
)
async def test_two_characters_find_everything(database: Database) -> str:
    with promised():
        await test_search.test_fifty_two_character_words_find_every_record_that_holds_them(database)
    return f"{len(test_search.TOPICS)} words in 200 records"
