"""An organiser handles a report on a phone in Chinese; a person takes their data along and is erased without script."""

import json
import re
from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.conftest import PHONE, OpenPage
from tests.browser.test_every_page import scrolls_sideways, violations
from tests.fakes.sign_in import FakeGitHubSignIn


async def _play(page: Page, part: str) -> None:
    await page.goto("/sign-in")
    await page.locator(f'form[action="/sign-in/as/{part}"] button').click()
    await expect(page.locator(".account-menu__name")).to_be_visible()


async def _is_sound(page: Page) -> None:
    assert await violations(page) == []
    assert not await scrolls_sideways(page)


def _identities(file: Path) -> list[str]:
    return [one["login"] for one in json.loads(file.read_text())["identities"]]


async def test_an_organiser_handles_a_report_on_a_phone_in_chinese(open_page: OpenPage) -> None:
    reader = await open_page("/tags", language="zh-TW", viewport=PHONE, java_script_enabled=False)
    await reader.locator('main a[href^="/tags/"]').last.click()
    path = re.sub(r"^https?://[^/]+", "", reader.url)
    await reader.get_by_role("link", name="檢舉這一頁").click()
    await reader.get_by_label("有什麼問題？").select_option(label="垃圾訊息或廣告")
    await reader.get_by_label("揪松團需要知道什麼？").fill("這不是主題")
    await reader.get_by_role("button", name="送出檢舉").click()
    await expect(reader.get_by_role("status")).to_contain_text("謝謝你")

    page = await open_page("/about", language="zh-TW", viewport=PHONE)
    await _play(page, "organiser")
    await page.locator(".account-menu > summary").click()
    await page.locator(".account-menu").get_by_role("link", name="檢舉").click()
    await page.locator(".report-list a").first.click()
    await expect(page.locator("blockquote")).to_have_text("這不是主題")
    await _is_sound(page)
    await page.get_by_role("textbox", name=re.compile("^理由")).fill("不是主題")
    await page.get_by_role("button", name="隱藏", exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text("已隱藏")

    await reader.goto(path)
    await expect(reader.locator("main")).to_contain_text("揪松團已隱藏這一頁")
    await page.goto(path)
    await _is_sound(page)
    await page.get_by_role("button", name="重新顯示").click()
    await expect(page.get_by_role("link", name="檢舉這一頁")).to_be_visible()


async def test_a_person_takes_their_data_along_and_is_erased_without_script(
    open_page: OpenPage, fake_github: FakeGitHubSignIn
) -> None:
    fake_github.signed_in_as = {"id": 4242, "login": "leaving-soon", "name": "Leaving Soon"}
    page = await open_page("/sign-in?return=/account", java_script_enabled=False)
    await page.get_by_role("button", name="Sign in with GitHub").click()
    await page.get_by_role("link", name="Read or take along").click()
    await expect(page.locator("main")).to_contain_text("leaving-soon")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Take it along as a file").click()
    assert _identities(await (await download.value).path()) == ["leaving-soon"]

    await page.get_by_role("link", name="Erase me").click()
    await page.get_by_label(re.compile("^Type your name to confirm")).fill("Leaving")
    await page.get_by_role("button", name="Erase me").click()
    await expect(page.get_by_role("alert")).to_contain_text("exactly as it stands above")
    await page.get_by_label(re.compile("^Type your name to confirm")).fill("Leaving Soon")
    await page.get_by_role("button", name="Erase me").click()
    await expect(page).to_have_url(re.compile(r"/privacy\?done=erasing$"))
    await expect(page.get_by_role("status")).to_contain_text("You are signed out")
    await expect(page.get_by_role("link", name="Sign in", exact=True)).to_be_visible()

    await page.goto("/sign-in")
    await page.get_by_role("button", name="Sign in with GitHub").click()
    await expect(page.get_by_role("status")).to_contain_text("You are not erased")
