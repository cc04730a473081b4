"""An owner says what is met and moves the project along its ladder: on a phone, without script, in Chinese."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import PHONE, OpenPage, ViewsAs, in_turns, shared_out
from tests.browser.test_every_page import scrolls_sideways, violations
from tests.conftest import in_trust

PROJECT = "/projects/example-street-tree-map"
PAGES_OF = [
    ("owner", f"{PROJECT}{part}")
    for part in ("", "/stage", "/stage/move", "/stage/standing", "/stage/checkpoints/data-sources")
]


async def _play_owner(page: Page) -> None:
    await page.locator(".personas button").nth(1).click()
    await page.wait_for_url("**/stage")


@pytest.mark.parametrize("script", [True, in_trust(False)], ids=["script", "no-script"])
async def test_an_owner_says_evidence_and_moves_a_stage_on_a_phone(open_page: OpenPage, script: bool) -> None:
    page = await open_page(
        f"/sign-in?return={PROJECT}/stage", language="zh-TW", viewport=PHONE, has_touch=True,
        java_script_enabled=script,
    )
    await _play_owner(page)
    to, note = ("釋出成果", "看過三張樹木地圖") if script else ("長期維運", "問過兩個區公所")
    await page.locator('#similar-projects a[href$="/similar-projects"]').tap()
    await page.get_by_label("怎麼達成的").fill(note)
    await page.get_by_role("button", name="就這麼說").tap()
    await expect(page.locator("#similar-projects")).to_contain_text(note)
    await page.locator(f'main a[href="{PROJECT}/stage/move"]').tap()
    value = await page.locator("select option", has_text=to).first.get_attribute("value")
    await page.get_by_role("combobox", name="階段").select_option(value)
    await page.get_by_label("原因").fill("里長已經在用。")
    await page.get_by_role("button", name="移動").tap()
    await expect(page.get_by_role("status")).to_contain_text("已換到另一個階段")
    await expect(page.locator(".stage-ladder [aria-current]")).to_contain_text(to)
    await expect(page.locator(".turn").first).to_contain_text("里長已經在用。")
    await page.get_by_role("button", name=f"收回：{note}").tap()
    await expect(page.locator("#similar-projects")).not_to_contain_text(note)


@in_turns
async def test_the_pages_of_a_projects_way_have_no_violation(views_as: ViewsAs, turn: int) -> None:
    for view, path in shared_out(await views_as("owner"), [path for _, path in PAGES_OF], turn):
        page = await view.open(path)
        assert (path, await violations(page), await scrolls_sideways(page)) == (path, [], False)
