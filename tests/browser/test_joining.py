"""A newcomer finds a project through the hat, offers help, and is answered by its owner in another browser."""

import re
from urllib.parse import quote

from playwright.async_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.browser.test_every_page import scrolls_sideways, violations
from tests.fakes.sign_in import FakeGitHubSignIn

TREES = "/projects/example-street-tree-map"


async def _is_fine(page: Page) -> None:
    assert (await violations(page), await scrolls_sideways(page)) == ([], False)


async def _owner(open_page: OpenPage, path: str) -> Page:
    page = await open_page(f"/sign-in?return={quote(path)}", viewport=DESKTOP)
    await page.locator(".personas button").nth(1).click()
    return page


async def test_a_newcomer_on_a_phone_in_chinese_without_script_is_welcomed_by_the_owner(
    open_page: OpenPage, fake_github: FakeGitHubSignIn
) -> None:
    fake_github.signed_in_as = {"id": 501, "login": "xiaomei", "name": "小美"}
    page = await open_page(
        "/", language="zh-TW", color_scheme="dark", viewport={**PHONE, "width": 320}, java_script_enabled=False
    )
    await page.locator("main").get_by_role("link", name="找個坑跳").click()
    await page.get_by_label("自己的三個關鍵字").fill("前端工程師、地圖")
    await page.get_by_label("設計", exact=True).check()
    await page.get_by_role("button", name="幫我找坑").click()
    await expect(page.locator(".hat__reasons").first).to_contain_text("在找：前端")
    await page.get_by_role("link", name="我要跳坑 範例：行道樹地圖").click()
    await page.get_by_role("button", name="用 GitHub 登入").click()
    await expect(page.get_by_label("想幫忙什麼")).to_have_value(re.compile("front-end|designer"))
    await page.get_by_label("給這個坑的夥伴幾句話").fill("我是國小老師，想從圖例開始。")
    await page.get_by_role("button", name="送出，我要跳坑").click()
    await expect(page.get_by_role("status")).to_contain_text("留言已經送出")

    owner = await _owner(open_page, "/account/offers/waiting")
    await _is_fine(owner)
    await owner.get_by_role("link", name="小美 offers help").click()
    await expect(owner.locator("blockquote")).to_have_text("我是國小老師，想從圖例開始。")
    await owner.get_by_label("In your own words").fill("Welcome! Begin with the legend.")
    await owner.get_by_role("button", name="Accept, and welcome them").click()
    await expect(owner.locator(".offer__state").first).to_have_text("accepted")

    await page.reload()
    await expect(page.locator(".offer__answer")).to_contain_text("歡迎跳坑")
    await expect(page.locator(".offer__answer")).to_contain_text("Begin with the legend.")


async def test_an_english_reader_with_script_is_declined_with_a_reason_and_takes_another_offer_back(
    open_page: OpenPage, fake_github: FakeGitHubSignIn
) -> None:
    fake_github.signed_in_as = {"id": 502, "login": "ada-l", "name": "Ada L"}
    page = await open_page(f"{TREES}/help?need=talking-to-real-people")
    await page.get_by_role("button", name="Sign in with GitHub").click()
    await _is_fine(page)
    for need in ("talking-to-real-people", ""):
        await page.goto(f"{TREES}/help?need={need}")
        await page.get_by_label("A few words to the project's people").fill("I like to walk.")
        await page.get_by_label("Where they may reach you").select_option(label="GitHub · ada-l")
        await page.get_by_role("button", name="Offer my help").click()
        await expect(page.get_by_role("status")).to_contain_text("Thank you!")
    await _is_fine(page)

    owner = await _owner(open_page, f"{TREES}/offers")
    await _is_fine(owner)
    await owner.locator(".offer", has_text="Talking to real people").get_by_role("link").click()
    await expect(owner.locator("main")).to_contain_text("GitHub · ada-l")
    await owner.get_by_role("button", name="Decline kindly").click()
    await expect(owner.get_by_role("alert")).to_contain_text("Nobody is turned away in silence")
    await _is_fine(owner)
    await owner.get_by_label("If you decline: a sentence to say why").select_option("found")
    await owner.get_by_role("button", name="Decline kindly").click()

    await page.reload()
    await expect(page.locator(".offer__answer")).to_contain_text("Somebody came shortly before you")
    await page.get_by_role("button", name="Take it back").click()
    await expect(page.locator(".offer__state").first).to_have_text("taken back")
