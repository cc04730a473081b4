"""From first visit to result, for those whom no other file follows: a proposer who stays anonymous and withdraws, an
owner who hands over, an organiser who makes an event, an administrator looking for their pages."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.conftest import in_trust

ENGLISH, CHINESE_WITHOUT_SCRIPT = ("en", True), ("zh-TW", False)


async def _arrive(open_page: OpenPage, part: str, language: str, *, script: bool) -> Page:
    """The front page of somebody who has found the way to sign in."""
    page = await open_page(
        "/", language=language, viewport=DESKTOP if script else PHONE, java_script_enabled=script,
    )
    await page.locator(".sign-in-link").click()
    await page.locator(f'form[action="/sign-in/as/{part}"] button').click()
    await expect(page.locator(".account-menu__name")).to_be_visible()
    return page


async def _choose(page: Page, address: str) -> None:
    """Go somewhere by the account's menu."""
    await page.locator(".account-menu > summary").click()
    await page.locator(f'.account-menu a[href="{address}"]').click()


@pytest.mark.parametrize(("language", "script"), [CHINESE_WITHOUT_SCRIPT, in_trust(*ENGLISH)])
async def test_a_proposer_finds_advice_stays_anonymous_and_withdraws(
    open_page: OpenPage, language: str, script: bool
) -> None:
    title = {"en": "Whispered Whistle", "zh-TW": "悄悄話信箱"}[language]
    page = await _arrive(open_page, "proposer", language, script=script)
    await _choose(page, "/pitch")
    await page.locator('.in-handbook a[href="/handbook/pitching"]').click()
    await expect(page.locator("h1")).to_have_text({"en": "Pitching in three minutes", "zh-TW": "三分鐘提案"}[language])
    await page.go_back()
    await page.locator("#title").fill(title)
    await page.locator("#sentence").fill(title)
    await page.get_by_role("button", name={"en": "Begin my pitch", "zh-TW": "開始提案"}[language]).click()
    await page.locator("#is_anonymous").check()
    await page.get_by_role("button", name={"en": "Submit", "zh-TW": "送出提案"}[language]).click()
    await expect(page.locator("h1")).to_contain_text(title)
    address = page.url.partition("?")[0]

    reader = await open_page(address, language=language, java_script_enabled=script)
    await expect(reader.locator("main")).to_contain_text({"en": "stays anonymous", "zh-TW": "匿名提案人"}[language])
    await expect(reader.locator("main")).not_to_contain_text("Demo Newcomer")

    await page.locator('main a[href$="/edit"]').click()
    await page.get_by_role("button", name={"en": "Withdraw", "zh-TW": "撤回"}[language]).click()
    await expect(page.get_by_role("status").first).to_be_visible()
    answer = await reader.reload()
    assert answer is not None
    assert answer.status == 404


async def test_an_owner_on_a_phone_hands_a_project_over_and_the_next_one_finds_it(open_page: OpenPage) -> None:
    successor = await _arrive(open_page, "proposer", "zh-TW", script=False)
    page = await _arrive(open_page, "owner", "zh-TW", script=False)
    await page.goto("/projects/new")
    await page.get_by_label("正體中文").first.fill("交棒練習")
    await page.get_by_role("button", name="開坑").click()
    await page.get_by_role("link", name="管理團隊").click()
    await page.get_by_role("link", name="交接專案").click()
    await page.get_by_label("由誰接手").fill("/people/example-newcomer")
    await page.get_by_role("button", name="交接", exact=True).click()

    await _choose(successor, "/account")
    await expect(successor.locator("main li", has_text="交棒練習")).to_contain_text("坑主")
    await successor.get_by_role("link", name="交棒練習").click()
    await expect(successor.get_by_role("link", name="管理團隊")).to_be_visible()


@pytest.mark.parametrize(("language", "script"), [ENGLISH, in_trust(*CHINESE_WITHOUT_SCRIPT)])
async def test_an_organiser_makes_an_event_shows_it_and_takes_it_back(
    open_page: OpenPage, language: str, script: bool
) -> None:
    name = {"en": "Walkers' Hackathon", "zh-TW": "散步黑客松"}[language]
    page = await _arrive(open_page, "organiser", language, script=script)
    await _choose(page, "/events/new")
    await page.locator("#name-en").fill(name)
    await page.locator("#name-zh-Hant").fill(name)
    await page.locator("#slug").fill(f"walk-{language.lower()}")
    await page.get_by_role("button", name={"en": "Make the draft", "zh-TW": "建立草稿"}[language]).click()
    await page.wait_for_url(re.compile(r"/run"))
    path = f"/events/walk-{language.lower()}"
    reader = await open_page(path, language=language, java_script_enabled=script)
    await expect(reader.locator("main")).not_to_contain_text(name)

    await page.get_by_role("button", name={"en": "Publish", "zh-TW": "公開"}[language], exact=True).click()
    await expect(page.locator(f'main a[href="{path}"]')).to_be_visible()
    await reader.reload()
    await expect(reader.locator("h1")).to_have_text(name)

    await page.get_by_role("button", name={"en": "Make it a draft again", "zh-TW": "改回草稿"}[language]).click()
    await expect(page.locator(f'main a[href="{path}"]')).to_have_count(0)


async def test_every_way_in_the_menu_of_an_administrator_leads_somewhere(open_page: OpenPage) -> None:
    page = await _arrive(open_page, "administrator", "en", script=True)
    ways = [await way.get_attribute("href") for way in await page.locator(".account-menu a").all()]
    answers = {str(way): (await page.request.get(str(way))).status for way in ways}
    assert {"/events/new", "/reports", "/claims", "/duplicates", "/outbox", "/audit", "/inbox"} <= set(answers)
    assert [way for way, status in answers.items() if status != 200] == []
