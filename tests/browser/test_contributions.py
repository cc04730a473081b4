"""A designer adds hours on a phone in Chinese, the owner confirms them, and a statement of them is printed."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, OpenPage, ViewsAs, in_turns, shared_out
from tests.browser.test_every_page import scrolls_sideways, violations
from tests.conftest import in_trust

PROJECT = "/projects/example-street-tree-map"
PAGES_OF = {
    "proposer": [
        "/contributions/new", "/contributions/new?q=樹", f"/contributions/new?project={PROJECT[10:]}",
        "/account/contributions", "/account/statements",
        "/account/statements/new?since=2026-01-01&until=2026-11-01", "/account/statements/new",
    ],
    "owner": [f"{PROJECT}/contributions", f"{PROJECT}/contributions?state=confirmed"],
    "organiser": ["/events/hackath66n/contributions"],
}


async def _play(page: Page, part: str) -> None:
    await page.locator(f'form[action="/sign-in/as/{part}"] button').click()
    await page.wait_for_url(lambda address: "/sign-in" not in address)


async def _is_sound(page: Page) -> None:
    assert (page.url, await violations(page), await scrolls_sideways(page)) == (page.url, [], False)


@pytest.mark.parametrize("script", [True, in_trust(False)], ids=["script", "no-script"])
async def test_hours_of_a_designer_become_a_printed_statement(open_page: OpenPage, script: bool) -> None:
    note = "畫了新的圖例" if script else "校對了英文說明"
    designer = await open_page(
        f"/sign-in?return={PROJECT}", language="zh-TW", color_scheme="dark", viewport=PHONE, has_touch=True,
        java_script_enabled=script,
    )
    await _play(designer, "proposer")
    await designer.locator('a[href^="/contributions/new"]').tap()
    await designer.get_by_label("貢獻種類").select_option(label="設計")
    await designer.get_by_label("你做了什麼").fill(note)
    await designer.get_by_label("日期").fill("2026-02-03")
    await designer.get_by_label("時數").fill("1.5")
    await designer.get_by_role("button", name="補登我的貢獻").tap()
    await expect(designer.get_by_role("status")).to_contain_text("謝謝你")
    await expect(designer.locator(".contribution", has_text=note)).to_contain_text("等待確認")

    owner = await open_page(
        f"/sign-in?return={PROJECT}/contributions", viewport=DESKTOP, java_script_enabled=script
    )
    await _play(owner, "owner")
    await owner.locator(".contribution", has_text=note).get_by_role("button", name="Confirm").click()
    await expect(owner.get_by_role("status")).to_contain_text("Confirmed")
    await owner.goto(PROJECT)
    await expect(owner.locator(".contributors")).to_contain_text("Design")

    await designer.goto("/account/statements")
    await designer.locator('[name="since"]').fill("2026-01-01")
    await designer.get_by_role("button", name="選擇內容").tap()
    await expect(designer.get_by_label("設計")).to_be_checked()
    await designer.get_by_role("button", name="開立證明").tap()
    statement = designer.locator(".statement")
    await expect(statement.get_by_role("row", name=f"設計 · 1 小時 30 分鐘 {note}")).to_be_visible()
    await expect(statement.get_by_role("heading", level=1)).to_have_text(["貢獻證明", "Statement of contributions"])
    await designer.emulate_media(media="print")
    await expect(designer.locator(".site-header, .site-footer, .notice").locator("visible=true")).to_have_count(0)
    await expect(statement.locator("svg.qr-code").first).to_be_visible()
    if not script:
        return
    paper = await designer.pdf(prefer_css_page_size=True)
    assert (paper[:5], b"/MediaBox [0 0 594.95996 841.91998]" in paper or b"/MediaBox [0 0 595" in paper) == (
        b"%PDF-", True
    )
    await designer.emulate_media(media="screen")
    await _is_sound(designer)
    await designer.goto("/account/contributions")
    await designer.get_by_role("button", name="顯示我的貢獻日曆").tap()
    await expect(designer.get_by_role("button", name="隱藏我的貢獻日曆")).to_be_visible()
    await designer.goto("/people/example-newcomer")
    await expect(designer.locator(".contribution-calendar")).to_contain_text("設計")
    await _is_sound(designer)


@in_turns
async def test_the_pages_of_contributions_have_no_violation(views_as: ViewsAs, turn: int) -> None:
    for part, paths in PAGES_OF.items():
        for view, path in shared_out(await views_as(part), paths, turn):
            await _is_sound(await view.open(path))
