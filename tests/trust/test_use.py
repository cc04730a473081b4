"""What people can trust: that everyone can use it, and that they find what is there."""

from itertools import product
from pathlib import Path
from typing import Literal

import lxml.html
import pytest
from litestar.testing import AsyncTestClient
from playwright.async_api import Browser

from registry.database.engine import Database
from registry.settings import Settings
from registry.web.page_cache import SESSION_COOKIE
from tests.browser.altered import altered
from tests.browser.conftest import OpenPage, View
from tests.browser.test_every_page import scrolls_sideways, violations
from tests.conftest import application, on_one_database
from tests.fakes.sign_in import FakeGitHubSignIn
from tests.pages import main_of, words
from tests.search import test_search
from tests.trust import windows
from tests.trust.journeys import made, with_keys, without_scripts
from tests.trust.keyboard import by_keyboard
from tests.trust.kinds import Kind
from tests.trust.lists import LISTS, OF_SOMETHING, OTHERWISE, almost_nothing, rendered, rewritten, templates_of_lists
from tests.trust.measures import CUT_OFF, MOVING, SMALL_TARGETS
from tests.trust.promises import promise, promised, replaced
from tests.trust.pseudo import (
    LANGUAGE,
    Known,
    a_community_that_speaks_it,
    noticed_share,
    words_of_the_community,
    words_of_the_record,
    words_outside,
)
from tests.trust.windows import NARROW, WIDE, LivedIn, walk
from tests.visits import BASE, Visit, another_visit

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
    23, "Ten journeys are made by keyboard alone.",
    fault="the account's menu is opened by a mouse", planted=altered("<summary", '<summary tabindex="-1"'),
)
async def test_journeys_are_made_by_keyboard(open_page: OpenPage, fake_github: FakeGitHubSignIn) -> str:
    with by_keyboard():
        count = await made(with_keys(open_page, fake_github))
    return f"{count} journeys: every link, button and field reached by Tab"


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


@pytest.mark.trust
@promise(
    25, "Seven journeys are made without JavaScript.",
    fault="buttons wait for a script", planted=altered('<button class="button', '<button type="button" class="button'),
)
async def test_journeys_are_made_without_scripts(
    open_page: OpenPage, fake_github: FakeGitHubSignIn, passes: dict[str, str]
) -> str:
    return f"{await made(without_scripts(open_page, fake_github, passes))} journeys"


@pytest.mark.trust
@promise(
    26, "In a made-up language no page shows a word that neither its catalogue nor the record holds.",
    fault="a page's words go past the catalogue", planted=replaced("registry.projects.pages._", str),
)
async def test_no_word_is_outside_the_catalogues(site: LivedIn, tmp_path: Path) -> str:
    settings = Settings(
        database_url=site.database_url, page_cache=False, community_dir=a_community_that_speaks_it(tmp_path / "own"),
    )
    database = Database(settings)
    known = Known([*await words_of_the_record(database), *words_of_the_community()])
    await database.close()
    async with AsyncTestClient(application(settings), base_url=BASE) as client:
        visits: dict[str | None, Visit] = {}
        for part, path in site.kinds:
            if part not in visits:
                visits[part] = another_visit(client)
                visits[part].client.cookies.set("lang", LANGUAGE)
                if part:
                    await visits[part].play(part)
            page = (await visits[part].client.get(path, headers={"accept": "text/html"})).text
            assert f'<html lang="{LANGUAGE}"' in page
            with promised():
                assert (path, words_outside(page, known, Known([path.replace("=", " · ")]))) == (path, [])
    noticed = noticed_share(known)
    assert noticed > 80
    return f"{len(site.kinds)} kinds of page, 0 words; {noticed} % of all messages would be noticed"


async def _is_empty(reader: Visit, part: str | None, path: str) -> None:
    if part and await reader.name() is None:
        await reader.play(part)
    for language in ("en", "zh-Hant"):
        page = await reader.client.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
        told = lxml.html.fromstring(page.text).xpath("//main//*[@class='empty-state']/p")
        with promised():
            assert (path, page.status_code, len(told) > 1) == (path, 200, True)


@on_one_database
@promise(
    27, "Every list says so when it is empty, and what to do, in both languages.",
    fault="a list forgets it", planted=lambda: rewritten("claims/list.html", "{{ empty_state(", "{{ [].append("),
)
async def test_every_list_has_its_empty_state(visit: Visit, database: Database) -> str:
    readers = {part: another_visit(visit.client) for part in LISTS}
    asked = [(part, path) for part, paths in LISTS.items() for path in paths]
    with rendered() as seen:
        for of_something in (False, True):
            if of_something:
                await almost_nothing(database)
            for part, path in asked:
                if path.startswith(OF_SOMETHING) is of_something:
                    await _is_empty(readers[part], part, path)
    assert templates_of_lists() - OTHERWISE - seen == set()
    return f"{len(asked)} lists in both languages"


@promise(
    27, "Every list says so when the database is away, and that one may try again, in both languages.",
    fault="that counts as a fault of ours", planted=replaced("registry.web.errors.is_away", lambda _error: False),
)
async def test_every_list_has_its_error_state() -> str:
    away = Settings(database_url="postgresql://127.0.0.1:1/nowhere", page_cache=False)
    paths = [path for some in LISTS.values() for path in some]
    async with AsyncTestClient(application(away), base_url=BASE, raise_server_exceptions=False) as client:
        client.cookies.set(SESSION_COOKIE, "somebody")
        for path in paths:
            for language, said in (("en", "Please try again in a moment."), ("zh-Hant", "請稍候再試一次。")):
                page = await client.get(path, headers={"accept": "text/html", "accept-language": language})
                main = words(main_of(page.text))
                with promised():
                    assert (path, page.status_code, page.headers.get("retry-after")) == (path, 503, "5")
                    assert said in main
    return f"{len(paths)} lists in both languages"


@on_one_database
@promise(
    28, "A Chinese word of two characters finds every record that holds it, in either writing.",
    fault="text without spaces is kept as one long word", planted=replaced("registry.search.commands.index_terms", str),
)
async def test_two_characters_find_everything(database: Database) -> str:
    with promised():
        await test_search.test_fifty_two_character_words_find_every_record_that_holds_them(database)
    return f"{len(test_search.TOPICS)} words in 200 records"
