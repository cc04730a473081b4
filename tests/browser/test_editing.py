"""An owner looks after a project on a phone, with and without scripts, in both languages."""

import re
from typing import NamedTuple

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.conftest import PHONE, OpenPage
from tests.browser.test_every_page import scrolls_sideways, violations
from tests.conftest import in_trust

PROJECT = "/projects/example-street-tree-map"
PARTS = ("/team", "/hand-over", "/leave", "/edit/links", "/edit/relations", "/updates")


class Words(NamedTuple):
    """What the owner reads and writes in one language."""

    language: str
    save: str
    cancel: str
    found: str
    post: str
    posted: str
    sentence: str


ENGLISH = Words("en", "Save", "Cancel", "Somebody was found", "Post", "Posted.", "We map every tree of the town.")
CHINESE = Words("zh-TW", "儲存", "取消", "找到人了", "發布", "已發布。", "我們替城裡每一棵樹做地圖。")


async def _edit(page: Page, part: str, *, in_place: bool) -> None:
    """Open the form of a part; with scripts it takes the part's place, without them it is a page of its own."""
    project = page.url.partition("?")[0].partition("#")[0]
    await page.locator(f'[data-part="{part}"] .edit-link').first.click()
    await expect(page.locator(".part-form")).to_be_visible()
    assert (page.url.partition("?")[0].partition("#")[0] == project) is in_place
    assert not await scrolls_sideways(page)
    if part == "needs" or not in_place:
        assert await violations(page) == []


async def _nothing(route: Route) -> None:
    await route.fulfill(body="", content_type="text/javascript")


@pytest.mark.parametrize(("words", "script"), [(ENGLISH, True), in_trust(CHINESE, False)], ids=["script", "no script"])
async def test_an_owner_edits_three_parts_on_a_phone(open_page: OpenPage, words: Words, script: bool) -> None:
    # axe itself needs a browser with scripts: without them means here without any of ours.
    page = await open_page(
        "/sign-in?return=/projects/new", language=words.language, viewport=PHONE,
        color_scheme="light" if script else "dark",
    )
    if not script:
        await page.route(re.compile(r"/static/.*\.js"), _nothing)
    await page.locator(".personas button").nth(1).click()
    # A project of their own: other journeys count on the example as it is.
    await page.locator('[name="name-en"]').fill(f"Trees of {words.language}")
    await page.locator('main form[action="/projects/new"] button').click()
    await expect(page).to_have_url(re.compile(r"/projects/trees-of-"))

    await _edit(page, "names", in_place=script)
    await page.locator(".part-form").get_by_role("link", name=words.cancel).click()
    await expect(page.locator(".part-form")).to_have_count(0)

    await _edit(page, "names", in_place=script)
    own = "zh-Hant" if words is CHINESE else "en"
    await page.locator(f'[name="name-{own}"]').fill("")
    await page.locator(f'[name="name-{"en" if own == "zh-Hant" else "zh-Hant"}"]').fill("")
    await page.locator(f'[name="summary-{own}"]').fill(words.sentence)
    await page.get_by_role("button", name=words.save).click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.locator(f'[name="summary-{own}"]')).to_have_value(words.sentence)
    await page.locator(f'[name="name-{own}"]').fill(f"Street trees {words.language}")
    await page.get_by_role("button", name=words.save).click()
    await expect(page).to_have_url(re.compile(r"\?done=saved#names$"))
    await expect(page.locator(".project-page__sentence")).to_have_text(words.sentence)

    await _edit(page, "needs", in_place=script)
    await page.locator('[name="key"]').select_option("designer")
    await page.locator('form:has(select[name="key"]) button').click()
    await _edit(page, "needs", in_place=script)
    await page.get_by_role("button", name=words.found).first.click()
    await expect(page).to_have_url(re.compile(r"#needs$"))
    await expect(page.locator('[data-part="needs"] .need--filled').first).to_be_visible()

    await _edit(page, "updates", in_place=script)
    await page.locator('[name="text"]').fill(words.sentence)
    await page.get_by_role("button", name=words.post, exact=True).click()
    await expect(page.get_by_role("status").first).to_contain_text(words.posted)
    await expect(page.locator(".update").first).to_contain_text(words.sentence)


async def test_the_pages_of_a_team_have_no_violation_and_suggest_projects(open_page: OpenPage) -> None:
    page = await open_page(
        f"/sign-in?return={PROJECT}/team", language="zh-TW", viewport={**PHONE, "width": 320}, color_scheme="dark"
    )
    await page.locator(".personas button").nth(1).click()
    await expect(page).to_have_url(re.compile("/team$"))
    for path in PARTS:
        await page.goto(PROJECT + path)
        assert (path, await violations(page), await scrolls_sideways(page)) == (path, [], False)
    await page.goto(f"{PROJECT}/edit/relations")
    await page.locator('[name="relation-1-project"]').press_sequentially("gis")
    await expect(page.locator("#relation-1-project-list option").first).to_be_attached()
