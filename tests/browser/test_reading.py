"""What a reader does: search, filter, change the language and the colours, on a phone, by keyboard, without script."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import PHONE, OpenPage
from tests.conftest import in_trust

WITH_SCRIPT = pytest.mark.parametrize("script", [True, in_trust(False)], ids=["script", "no-script"])
WITHOUT_SCRIPT = pytest.mark.parametrize("script", [in_trust(True), False], ids=["script", "no-script"])


@WITHOUT_SCRIPT
async def test_a_two_character_chinese_search_finds_and_marks(open_page: OpenPage, script: bool) -> None:
    page = await open_page("/", language="zh-TW", java_script_enabled=script)
    await page.locator("input[type=search]").fill("預算")
    await page.locator("input[type=search]").press("Enter")
    await expect(page).to_have_url(re.compile(r"/search\?.*q="))
    await expect(page.locator("main mark").first).to_have_text("預算")


async def test_suggestions_come_while_typing_and_the_keyboard_takes_one(open_page: OpenPage) -> None:
    page = await open_page("/")
    field = page.locator("input[type=search]")
    await field.press_sequentially("Cofacts", delay=30)
    option = page.get_by_role("option").first
    await expect(option).to_be_visible()
    await field.press("ArrowDown")
    await field.press("Enter")
    await expect(page.locator("h1")).to_contain_text("Cofacts")


@WITH_SCRIPT
async def test_filters_combine_and_live_in_the_address(open_page: OpenPage, script: bool) -> None:
    page = await open_page("/projects?has_repository=yes", java_script_enabled=script)
    before = await page.locator("main [data-total]").get_attribute("data-total")
    await page.locator('main .filter-group__choice[href*="stage="]').first.click()
    await expect(page).to_have_url(re.compile(r"has_repository=yes.*stage=|stage=.*has_repository=yes"))
    after = page.locator("main [data-total]")
    await expect(after).not_to_have_attribute("data-total", before or "")
    assert 0 < int(await after.get_attribute("data-total") or 0) < int(before or 0)


@WITHOUT_SCRIPT
async def test_the_language_switch_is_remembered(open_page: OpenPage, script: bool) -> None:
    page = await open_page("/events", java_script_enabled=script)
    await page.get_by_role("link", name="正體中文").click()
    await expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")
    await page.goto("/projects")
    await expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")


@WITH_SCRIPT
async def test_dark_colours_can_be_chosen_and_stay(open_page: OpenPage, script: bool) -> None:
    page = await open_page("/", java_script_enabled=script)
    light = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor") if script else ""
    await page.locator('[data-theme-choice="dark"]').click()
    await page.goto("/about")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    if script:
        assert await page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != light


async def test_a_phone_reader_finds_a_pitch_and_what_became_of_it(open_page: OpenPage) -> None:
    page = await open_page("/events?sort=pitches", language="zh-TW", viewport=PHONE, has_touch=True)
    await page.locator('main a[href^="/events/hackath"]').first.tap()
    await page.locator('main a[href^="/projects/"]:not([href$="/new"])').first.tap()
    await expect(page.locator("main")).to_contain_text("提案")


async def test_the_keyboard_reaches_the_content_at_once(open_page: OpenPage) -> None:
    page = await open_page("/projects")
    await page.keyboard.press("Tab")
    await expect(page.locator(":focus")).to_have_attribute("href", "#main")
    await page.keyboard.press("Enter")
    await expect(page.locator("#main")).to_be_focused()


async def test_a_wrong_address_offers_the_search(open_page: OpenPage, live_server: str) -> None:
    page = await open_page("/about")
    response = await page.request.get(f"{live_server}/no-such-page", headers={"accept": "text/html"})
    assert response.status == 404
    assert 'type="search"' in await response.text()
