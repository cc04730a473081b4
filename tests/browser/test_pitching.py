"""Two journeys: a newcomer on a phone, in Chinese and without scripts; an owner who pitches a known project again."""

import re

from playwright.async_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.browser.test_every_page import scrolls_sideways, violations


async def _play(page: Page, part: int) -> None:
    await page.locator(".personas button").nth(part).click()
    await page.wait_for_load_state()


async def test_a_newcomer_on_a_phone_writes_first_signs_in_later_and_is_out(open_page: OpenPage) -> None:
    page = await open_page("/", language="zh-TW", viewport=PHONE, has_touch=True, java_script_enabled=False)
    await page.get_by_role("link", name="來提一個案").tap()
    await page.get_by_label("標題", exact=True).fill("瀏覽器裡的滷肉飯地圖")
    await page.get_by_label("一句話介紹").fill("我們提供滷肉飯地圖給旅人，讓大家不再迷路。")
    await page.get_by_role("button", name="開始提案").tap()
    await expect(page.locator("main")).to_contain_text("你寫的內容都還在")

    async with page.context.expect_page() as opened:
        await page.locator("main").get_by_role("link", name="登入").tap()
    await _play(await opened.value, 0)
    await page.get_by_role("button", name="再送出一次").tap()
    await page.get_by_role("button", name="再送出一次").tap()
    await expect(page.locator("h1")).to_have_text("瀏覽器裡的滷肉飯地圖")

    await page.get_by_label("Why：要解決的問題與背景", exact=True).fill("旅人會**迷路**")
    await page.get_by_role("button", name="預覽").tap()
    await expect(page.locator("#preview strong")).to_have_text("迷路")
    assert not await scrolls_sideways(page)
    await page.get_by_label("角色 1").select_option("designer")
    await page.get_by_label("要做什麼 1").fill("畫圖")
    await page.get_by_role("button", name="儲存草稿").tap()
    await expect(page.get_by_label("要做什麼 1")).to_have_value("畫圖")
    await page.get_by_role("button", name="送出提案").tap()
    await expect(page.get_by_role("status")).to_contain_text("提案已送出")
    await page.get_by_role("link", name="可列印的海報").tap()
    await expect(page.locator(".poster__code")).to_be_visible()


async def test_an_owner_pitches_a_known_project_again_and_a_crash_costs_nothing(open_page: OpenPage) -> None:
    page = await open_page("/sign-in?return=/pitch", viewport=DESKTOP)
    await _play(page, 1)
    await page.get_by_label("Title", exact=True).press_sequentially("Cofacts rumour check", delay=10)
    await page.locator("#similar").get_by_role("button", name=re.compile("It is this one.*Cofacts")).click()
    await expect(page).to_have_url(re.compile(r"/proposals/draft-\w+/edit"))
    await expect(page.locator(".page-header")).to_contain_text("a pitch of")
    assert (await violations(page), await scrolls_sideways(page)) == ([], False)

    why = page.locator("[name='why-en'], [name='why-zh-Hant']").locator("visible=true").first
    await why.fill("Because **rumours** travel.")
    await expect(page.locator("[data-kept-state]")).to_have_text("Draft saved.")
    address = page.url.partition("?")[0]
    await page.goto(address)
    await expect(why).to_have_value("Because **rumours** travel.")
    await page.get_by_role("button", name="Preview").click()
    await expect(page.locator("#preview strong").first).to_have_text("rumours")

    await page.get_by_label("English name").fill("Cofacts Strngthl")
    await expect(page.locator("#name-report")).to_contain_text("It is hard to say aloud.")
    await page.context.clear_cookies(name="keng_session")
    await why.fill("Typed after the session had ended.")
    await expect(page.locator("[data-kept-state]")).to_contain_text("Kept in this browser")
    await page.goto(f"/sign-in?return=/proposals/{address.partition('/proposals/')[2]}")
    await _play(page, 1)
    await page.get_by_role("button", name="Put them back").click()
    await expect(why).to_have_value("Typed after the session had ended.")
    await page.get_by_role("button", name="Submit").click()
    await expect(page.locator("main")).to_contain_text("Typed after the session had ended.")
    await expect(page.get_by_role("status")).to_contain_text("Your pitch is out.")
