"""Two records become one and two again; a name in the record becomes a person's own."""

import re
from urllib.parse import quote

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.browser.test_every_page import scrolls_sideways, violations
from tests.conftest import in_trust

# Projects that no other journey touches, whatever it does to the order of the list.
PAIRS = {True: ("/projects/lost-cats", "/projects/park-map"), False: ("/projects/mapview", "/projects/roadpin")}
KEPT_BY_NOBODY = {True: "/projects/newsdiff", False: "/projects/twcompany"}
PARTS = {"proposer": 0, "owner": 1, "organiser": 2}


async def _play(open_page: OpenPage, part: str, path: str, **options: object) -> Page:
    page = await open_page("/sign-in", **options)
    await page.locator(".personas button").nth(PARTS[part]).click()
    await page.goto(path)
    return page


async def _is_sound(page: Page) -> None:
    assert (await violations(page), await scrolls_sideways(page)) == ([], False)


@pytest.mark.parametrize(("language", "script", "words"), [
    ("en", True, ("Merge with…", "Compare the two", "The same: keep", "Take this back", "they are one record")),
    in_trust("zh-TW", False, ("與…合併", "比較這兩筆", "同一個：保留", "收回這個決定", "已決定：是同一筆。")),
], ids=["English", "Chinese without script"])
async def test_an_organiser_merges_a_duplicate_and_takes_it_back(
    open_page: OpenPage, language: str, script: bool, words: tuple[str, ...]
) -> None:
    merge_with, compare, keep, take_back, decided = words
    ours, other = PAIRS[script]
    page = await _play(
        open_page, "organiser", ours, language=language, java_script_enabled=script,
        viewport=DESKTOP if script else PHONE,
    )
    await page.get_by_role("link", name=merge_with).click()
    await page.get_by_label(re.compile("address|網址")).fill(other)
    await page.get_by_role("button", name=compare).click()
    if script:
        await _is_sound(page)
    side = page.locator(f'.compared__name a[href="{ours}"]')
    name = await side.inner_text()
    await page.get_by_role("button", name=f"{keep}").filter(has_text=name).first.click()
    await expect(page.locator("main")).to_contain_text(decided)
    pair = page.url.partition("?")[0]
    await page.goto(other)
    await expect(page).to_have_url(re.compile(re.escape(quote(ours)) + "$"))
    await page.goto(f"{ours}/history")
    if script:
        await _is_sound(page)
    await page.goto(pair)
    await page.get_by_role("button", name=take_back).click()
    await page.goto(other)
    await expect(page).to_have_url(re.compile(re.escape(quote(other)) + "$"))


@pytest.mark.parametrize(("language", "script", "words"), [
    in_trust("en", True, ("This is mine", "How can others tell?", "Approve", "Approved")),
    ("zh-TW", False, ("這是我的坑", "別人怎麼知道是你？", "同意", "已同意")),
], ids=["English", "Chinese without script"])
async def test_a_newcomer_claims_a_project_and_an_organiser_agrees(
    open_page: OpenPage, language: str, script: bool, words: tuple[str, ...]
) -> None:
    this_is_mine, how, approve, approved = words
    options = {"language": language, "java_script_enabled": script, "viewport": DESKTOP if script else PHONE}
    place = KEPT_BY_NOBODY[script]
    newcomer = await _play(open_page, "proposer", place, **options)
    await newcomer.get_by_role("link", name=this_is_mine).click()
    if script:
        await _is_sound(newcomer)
    await newcomer.get_by_label(how).fill("I pitched it: 我提的。")
    await newcomer.get_by_role("button", name=this_is_mine).click()
    claim = newcomer.url.partition("?")[0]

    organiser = await _play(open_page, "organiser", claim, **options)
    if script:
        await _is_sound(organiser)
    await organiser.get_by_role("button", name=approve).click()
    await newcomer.goto(claim)
    await expect(newcomer.locator("main")).to_contain_text(approved)
    await newcomer.goto(place)
    await expect(newcomer.locator("main")).to_contain_text("Demo Newcomer")
    await newcomer.goto(f"{place}/history")  # an owner now, who may take changes back
    await expect(newcomer.locator("h1")).to_be_visible()
